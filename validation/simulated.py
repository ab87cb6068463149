"""How much of simulated backward running is found, and when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from backstride.evidence import constant
from backstride.motion import analyze
from backstride.motion.bouts import Bout, Bouts
from backstride.simulation import (
    ASSUMPTIONS,
    RUNNING_DYNAMICS,
    Leg,
    Options,
    Place,
    Runner,
    Sampling,
    Simulated,
    Span,
    backward,
    forward,
    runners,
    simulate,
)
from backstride.vocabulary import Direction, Gait
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent

PEOPLE = 120
SEED = 2024

#: Per cent of bouts of 30 s and longer that must be found.
LEAST = 90.0

#: Per cent of forward running time that may be called backward, suspected bouts included.
MOST = 0.5

#: Lengths of each session's bouts, in a drawn order, and their speeds over that of equal effort.
DURATIONS_S = (30, 45, 60, 120, 240)
SPEEDS = (0.7, 0.8, 0.9, 1.0, 1.1)

#: Shares of the widest spread between people that the sources allow.
SPREADS = (0.25, 0.5, 1.0)

#: A called second this near to a true edge is an error of the edge, not a false alarm.
_EDGE_S = 10

_HEART_RATE = frozenset({"heart_rate_bpm"})
CONDITIONS: dict[str, Options] = {
    "everything recorded": Options(),
    "no running dynamics": Options(missing=RUNNING_DYNAMICS),
    "no heart rate": Options(missing=_HEART_RATE),
    "speed and cadence alone": Options(missing=RUNNING_DYNAMICS | _HEART_RATE),
    "treadmill": Options(place=Place.TREADMILL, missing=RUNNING_DYNAMICS),
    "smart recording": Options(sampling=Sampling.SMART, missing=RUNNING_DYNAMICS),
    "poor satellites": Options(speed_error_mps=0.3, missing=RUNNING_DYNAMICS),
}


@dataclass(frozen=True)
class Tried:
    """One simulated bout and what became of it.

    `called` and `noticed` are shares of its seconds: called backward; called or suspected.
    """

    duration_s: float
    relative_speed: float
    cadence_ratio: float
    called: float
    noticed: float
    edge_errors_s: tuple[float, ...]

    @property
    def is_called(self) -> bool:
        """Whether most of it was called backward, so that it changes numbers."""
        return self.called >= 0.5

    @property
    def is_found(self) -> bool:
        """Whether most of it was called or suspected, so that the runner is told or asked."""
        return self.noticed >= 0.5


@dataclass(frozen=True)
class Session:
    """What became of one simulated session: its bouts, and its forward seconds."""

    tried: tuple[Tried, ...]
    forward_s: float
    called_s: float
    suspected_s: float


def study() -> Result:
    """Every condition with the same people, then people who differ more and more.

    The sources give the mean change of cadence and a P value, not how much people differ. So the
    target is judged on people whose steps change by that mean, and a table says what is lost as
    people differ, up to the most that the P value allows.
    """
    people = runners(PEOPLE, SEED, spread=0.0)
    by_condition = {name: sessions_of(people, options) for name, options in CONDITIONS.items()}
    everyone = [session for sessions in by_condition.values() for session in sessions]
    bouts = _bouts(everyone)
    by_spread = {
        spread: [
            session
            for name in ("everything recorded", "no running dynamics")
            for session in sessions_of(runners(PEOPLE, SEED, spread=spread), CONDITIONS[name])
        ]
        for spread in SPREADS
    }
    differing = [bout for sessions in by_spread.values() for bout in _bouts(sessions)]
    watched = [*everyone, *(one for sessions in by_spread.values() for one in sessions)]
    alarms = percent(
        sum(one.called_s + one.suspected_s for one in watched),
        sum(one.forward_s for one in watched),
    )
    return Result(
        key="simulated",
        title="Backward bouts found in simulated sessions",
        on=Evidence.SIMULATED,
        size=f"{PEOPLE} simulated people, {len(watched)} sessions, "
        f"{len(bouts) + len(differing)} bouts of {min(DURATIONS_S)} to {max(DURATIONS_S)} s; no "
        "real recording of backward running exists",
        tables=(
            Table(
                "People whose steps change by the published mean, by what is recorded",
                _COLUMNS,
                tuple((name, *_summary(sessions)) for name, sessions in by_condition.items()),
            ),
            Table(
                "By how much people differ: share of the widest spread that the sources allow",
                ("share", *_COLUMNS[1:]),
                tuple((spread, *_summary(sessions)) for spread, sessions in by_spread.items()),
            ),
            _by(
                "the person's own cadence backward over forward, from, people who differ",
                differing,
                _band,
            ),
            _by("length of the bout, s", bouts, lambda bout: bout.duration_s),
            _by(
                "speed over that of equal effort, as intended",
                bouts,
                lambda bout: bout.relative_speed,
            ),
            assumptions(),
        ),
        targets=(
            Target(
                "bouts found, called or suspected, people as the published mean, %",
                percent(sum(bout.is_found for bout in bouts), len(bouts)) or 0.0,
                Bound.AT_LEAST,
                LEAST,
            ),
            Target(
                "share of forward time called or suspected, %", alarms or 0.0, Bound.AT_MOST, MOST
            ),
        ),
        remarks=(
            "A bout is called where at least half of its seconds are called backward, and found "
            "where at least half are called or suspected; only called ones change numbers.",
            *_lost(by_spread),
            "Three of the model's numbers were tuned on this same simulator, with other people; so "
            "these figures are not held out.",
            "How much people differ in what backward running does to their steps is not known; "
            "the more they differ, the more runners there are whose cadence hardly changes, and "
            "whose backward running a watch cannot find. They must declare it.",
            f"Forward seconds within {_EDGE_S} s of a true edge count as errors of the edge.",
            "Bouts are run at 0.7 to 1.1 of the speed that costs this person as much as easy "
            "running forward, but no slower than the speed below which people walk backward.",
            "The watch model expects what the simulation assumes of the average runner, so these "
            "figures say how it copes with people, watches and noise, and not whether running "
            "backward looks like this.",
        ),
    )


def _lost(by_spread: dict[float, list[Session]]) -> tuple[str, ...]:
    """What is found as people differ, in words that stand beside the target."""
    return tuple(
        f"With {100 * spread:.0f} % of the widest spread between people that the sources allow, "
        f"{percent(sum(b.is_found for b in bouts), len(bouts)):.1f} % are found and "
        f"{percent(sum(b.is_called for b in bouts), len(bouts)):.1f} % called."
        for spread, sessions in by_spread.items()
        for bouts in (_bouts(sessions),)
    )


def session_legs(runner: Runner, chance: np.random.Generator) -> tuple[list[Leg], list[float]]:
    """Warm-up, bouts without labels in a drawn order with running between, cool-down.

    The forward parts change speed, as people do, which is what a personal curve is learned from.
    """
    easy, slowest = runner.easy_speed_mps, constant("gait.backward_transition_speed")
    legs = [forward(easy * share, 150) for share in chance.uniform(0.85, 1.15, size=4)]
    speeds = chance.permutation(SPEEDS)
    for duration, share in zip(chance.permutation(DURATIONS_S), speeds, strict=True):
        # Slower than this people walk backward rather than run.
        speed = max(runner.equal_effort_speed_mps * share, slowest)
        legs.append(backward(speed, float(duration)))
        legs.append(forward(easy * chance.uniform(0.85, 1.1), 120))
    legs += [forward(easy * share, 150) for share in chance.uniform(0.8, 1.1, size=4)]
    return legs, [float(share) for share in speeds]


def sessions_of(people: Sequence[Runner], options: Options) -> list[Session]:
    """One session of each person, recorded so."""
    return [_session(person, options) for person in people]


def _session(runner: Runner, options: Options) -> Session:
    chance = np.random.default_rng((SEED, runner.number))
    legs, speeds = session_legs(runner, chance)
    session = simulate(legs, runner, seed=SEED + runner.number, options=options)
    bouts = analyze(session.recording).bouts
    true = [span for span in session.truth if span.direction is Direction.BACKWARD]
    tried = tuple(
        tried_of(span, share, runner, bouts) for span, share in zip(true, speeds, strict=True)
    )
    return Session(tried, *alarms_of(session, bouts))


def tried_of(span: Span, share: float, runner: Runner, bouts: Bouts) -> Tried:
    """What became of a bout that was truly run from `span.start_s` to `span.end_s`."""
    called = bouts.of(Direction.BACKWARD)
    noticed = (*called, *bouts.suspected())
    touching = [bout for bout in noticed if _shared_s(span, bout) > 0]
    length = span.end_s - span.start_s
    errors = (
        (
            min(bout.start_s for bout in touching) - span.start_s,
            max(bout.end_s for bout in touching) - span.end_s,
        )
        if touching
        else ()
    )
    return Tried(
        duration_s=length,
        relative_speed=share,
        cadence_ratio=runner.backward_cadence_ratio,
        called=sum(_shared_s(span, bout) for bout in called) / length,
        noticed=sum(_shared_s(span, bout) for bout in noticed) / length,
        edge_errors_s=errors,
    )


def _shared_s(span: Span, bout: Bout) -> float:
    return max(0.0, min(span.end_s, bout.end_s) - max(span.start_s, bout.start_s))


def alarms_of(session: Simulated, bouts: Bouts) -> tuple[float, float, float]:
    """Forward running seconds away from true edges; those called backward; those suspected."""
    ahead = [
        (span.start_s + before, span.end_s - after)
        for span, before, after in _with_margins(session.truth)
        if span.direction is Direction.FORWARD and span.gait is Gait.RUN
    ]

    def inside(items: Iterable[Bout]) -> float:
        return sum(
            max(0.0, min(end, bout.end_s) - max(start, bout.start_s))
            for bout in items
            for start, end in ahead
        )

    total = sum(max(0.0, end - start) for start, end in ahead)
    return total, inside(bouts.of(Direction.BACKWARD)), inside(bouts.suspected())


def _with_margins(truth: Sequence[Span]) -> Iterable[tuple[Span, float, float]]:
    """Each span with what of its two ends lies at an edge of backward running."""
    edges = [
        _EDGE_S if Direction.BACKWARD in (one.direction, other.direction) else 0
        for one, other in pairwise(truth)
    ]
    return zip(truth, [0, *edges], [*edges, 0], strict=True)


_COLUMNS = (
    "condition",
    "bouts",
    "called %",
    "found %",
    "forward time called %",
    "forward time suspected %",
    "edge error s, median",
    "edge error s, 9 of 10 within",
)


def _bouts(sessions: Iterable[Session]) -> list[Tried]:
    return [bout for session in sessions for bout in session.tried]


def _summary(sessions: Sequence[Session]) -> tuple[Cell, ...]:
    ahead = sum(session.forward_s for session in sessions)
    return (
        *_rates(_bouts(sessions)),
        percent(sum(session.called_s for session in sessions), ahead),
        percent(sum(session.suspected_s for session in sessions), ahead),
        *_edges(_bouts(sessions)),
    )


def _rates(bouts: Sequence[Tried]) -> tuple[Cell, ...]:
    return (
        len(bouts),
        percent(sum(bout.is_called for bout in bouts), len(bouts)),
        percent(sum(bout.is_found for bout in bouts), len(bouts)),
    )


def _edges(bouts: Sequence[Tried]) -> tuple[Cell, Cell]:
    errors = np.abs([error for bout in bouts if bout.is_found for error in bout.edge_errors_s])
    if not len(errors):
        return None, None
    return float(np.median(errors)), float(np.quantile(errors, 0.9))


def _by(what: str, bouts: Sequence[Tried], key: Callable[[Tried], float]) -> Table:
    """Rates and edges apart by a property of the bouts, all conditions together."""
    groups: dict[float, list[Tried]] = {}
    for bout in sorted(bouts, key=key):
        groups.setdefault(key(bout), []).append(bout)
    return Table(
        f"By {what}",
        (what, *_COLUMNS[1:4], *_COLUMNS[6:]),
        tuple((name, *_rates(group), *_edges(group)) for name, group in groups.items()),
    )


def _band(bout: Tried) -> float:
    """The lower end of the band that the person's cadence ratio lies in."""
    edges = (0.0, 1.0, 1.03, 1.06, 1.09, 1.12, 1.15)
    return max(edge for edge in edges if edge <= bout.cadence_ratio)


def assumptions() -> Table:
    """Everything that the simulation takes for granted."""
    return Table(
        "What the simulation assumes",
        ("name", "value", "95 % of people", "unit", "kind", "why"),
        tuple(
            (
                one.name,
                one.value,
                f"{one.low:g} to {one.high:g}" if one.low < one.high else "all alike",
                one.unit,
                one.kind,
                one.why,
            )
            for one in ASSUMPTIONS
        ),
    )
