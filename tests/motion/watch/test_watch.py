"""The watch model on simulated sessions: what it finds, and what must not alarm it.

Nobody has published a watch recording of backward running: all of this is simulated.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from backstride.evidence import constant
from backstride.motion import Analysis, analyze
from backstride.motion.watch.model import COLUMNS
from backstride.recording import Interval, Recording, Section, Track
from backstride.simulation import (
    RUNNING_DYNAMICS,
    Leg,
    Options,
    Place,
    Runner,
    Sampling,
    Simulated,
    backward,
    forward,
    runners,
    simulate,
    stand,
    walk,
)
from backstride.vocabulary import Direction, Gait, Origin, Sport

#: People whose steps change backward as the published mean says.
AVERAGE = runners(12, 21, spread=0.0)


def session(runner: Runner, bout_s: float, options: Options | None = None) -> Simulated:
    easy, back = runner.easy_speed_mps, runner.equal_effort_speed_mps
    sets = [leg for _ in range(6) for leg in (backward(back, bout_s), forward(0.9 * easy, 90))]
    legs = [forward(easy, 600), *sets, forward(0.95 * easy, 300)]
    return simulate(legs, runner, seed=runner.number, options=options or Options())


def found(analysis: Analysis) -> np.ndarray:
    """Seconds called backward, suspected ones included."""
    seconds = np.zeros(len(analysis.series), dtype=bool)
    for bout in (*analysis.bouts.of(Direction.BACKWARD), *analysis.bouts.suspected()):
        seconds[analysis.series.within(bout.start_s, bout.end_s)] = True
    return seconds


def sensitivity(bout_s: float, options: Options | None = None) -> float:
    """Share of simulated backward bouts of which more than half is found."""
    hits = []
    for runner in AVERAGE:
        simulated = session(runner, bout_s, options)
        seconds = found(analyze(simulated.recording))
        hits += [
            seconds[int(span.start_s) : int(span.end_s)].mean() > 0.5
            for span in simulated.truth
            if span.direction is Direction.BACKWARD
        ]
    return float(np.mean(hits))


def alarms(legs: Callable[[float], list[Leg]], options: Options | None = None) -> float:
    """Share of a forward session called backward, over several people."""
    wrong, total = 0, 0
    for runner in runners(8, 5):
        simulated = simulate(
            legs(runner.easy_speed_mps), runner, seed=runner.number, options=options or Options()
        )
        seconds = found(analyze(simulated.recording))
        wrong, total = wrong + int(seconds.sum()), total + len(seconds)
    return wrong / total


@pytest.mark.parametrize(
    ("bout_s", "least"),
    [(30, 0.7), (60, 0.85), (120, 0.85)],
)
def test_most_backward_bouts_of_people_like_the_published_mean_are_found(
    bout_s: float, least: float
) -> None:
    assert sensitivity(bout_s) >= least


@pytest.mark.parametrize(
    "missing",
    [RUNNING_DYNAMICS, RUNNING_DYNAMICS | {"heart_rate_bpm"}, frozenset({"elevation_m"})],
    ids=["no running dynamics", "no heart rate", "no elevation"],
)
def test_cadence_and_speed_alone_carry_the_model(missing: frozenset[str]) -> None:
    assert sensitivity(60, Options(missing=missing)) >= 0.8


def test_smart_recording_is_enough() -> None:
    assert sensitivity(60, Options(sampling=Sampling.SMART)) >= 0.8


FORWARD_SESSIONS: dict[str, Callable[[float], list[Leg]]] = {
    "easy": lambda v: [forward(v, 2400)],
    "hills": lambda v: [
        forward(v, 600),
        *[forward(0.75 * v, 90, gradient=0.08), forward(0.95 * v, 90, gradient=-0.08)] * 6,
    ],
    "intervals": lambda v: [forward(v, 600), *[forward(1.35 * v, 90), forward(0.75 * v, 90)] * 8],
    "walking breaks": lambda v: [forward(v, 600), *[forward(1.4 * v, 60), walk(60)] * 8],
    "strides": lambda v: [forward(v, 1200), *[forward(1.7 * v, 20), forward(0.7 * v, 40)] * 8],
    "stop and go": lambda v: [forward(v, 90), stand(20)] * 15,
    "pauses": lambda v: [forward(v, 120), stand(20, paused=True)] * 10,
}


@pytest.mark.parametrize("kind", FORWARD_SESSIONS)
def test_forward_sessions_raise_no_alarm(kind: str) -> None:
    assert alarms(FORWARD_SESSIONS[kind]) <= 0.005


def test_a_treadmill_raises_no_alarm() -> None:
    def legs(v: float) -> list[Leg]:
        return [forward(share * v, 300) for share in (0.8, 0.9, 1.0, 1.1, 1.2, 1.0)]

    assert alarms(legs, Options(place=Place.TREADMILL)) <= 0.005


def test_a_device_that_shows_too_little_speed_raises_no_alarm() -> None:
    lost = tuple(Interval(t, t + length) for t, length in ((500, 20), (900, 60), (1500, 120)))
    dropouts = Options(place=Place.ROAD, dropouts=lost)
    assert alarms(lambda v: [forward(v, 2400)], dropouts) <= 0.005


def test_short_drills_of_quick_steps_raise_few_alarms() -> None:
    def legs(v: float) -> list[Leg]:
        drill = Leg(Direction.FORWARD, Gait.RUN, 0.6 * v, 15, cadence_factor=1.15)
        return [forward(v, 900), *[drill, walk(30)] * 6, forward(v, 600)]

    assert alarms(legs) <= 0.01


@pytest.fixture(scope="module")
def clear() -> Simulated:
    return session(replace(AVERAGE[0], backward_cadence_ratio=1.15), 60)


def test_an_ordinary_run_is_forward_with_the_models_probability() -> None:
    runner = AVERAGE[0]
    run = simulate([forward(runner.easy_speed_mps, 1200)], runner, seed=1).recording
    (bout,) = analyze(run).bouts
    assert (bout.direction, bout.gait, bout.origin) == (
        Direction.FORWARD,
        Gait.RUN,
        Origin.WATCH,
    )
    assert 0.95 < bout.probability <= 1


def test_edges_of_a_found_bout_are_within_seconds_of_the_truth(clear: Simulated) -> None:
    bouts = analyze(clear.recording).bouts.of(Direction.BACKWARD)
    truth = [span for span in clear.truth if span.direction is Direction.BACKWARD]
    assert len(bouts) == len(truth)
    for bout, span in zip(bouts, truth, strict=True):
        assert abs(bout.start_s - span.start_s) <= 7
        assert abs(bout.end_s - span.end_s) <= 7
        assert bout.gait is Gait.RUN


def test_the_posterior_has_a_row_a_second_that_sums_to_one(clear: Simulated) -> None:
    analysis = analyze(clear.recording)
    posterior = analysis.bouts.posterior
    assert posterior is not None
    assert posterior.columns == tuple(COLUMNS)
    assert len(posterior) == len(analysis.series)
    assert posterior.values.sum(axis=1) == pytest.approx(1)


def test_swapping_left_and_right_changes_nothing(clear: Simulated) -> None:
    track = clear.recording.tracks[0]
    values = np.array(track.values)
    left = track.columns.index("contact_balance_left")
    values[:, left] = 1 - values[:, left]
    mirrored = replace(
        clear.recording, tracks=(Track(track.name, track.t_s, values, track.columns),)
    )
    assert analyze(mirrored).bouts.items == analyze(clear.recording).bouts.items


def test_a_sample_every_three_seconds_keeps_bouts_within_a_few_seconds(clear: Simulated) -> None:
    track = clear.recording.tracks[0]
    thinned = Track(track.name, track.t_s[::3].copy(), track.values[::3].copy(), track.columns)
    full = analyze(clear.recording).bouts.of(Direction.BACKWARD)
    few = analyze(replace(clear.recording, tracks=(thinned,))).bouts.of(Direction.BACKWARD)
    assert len(few) == len(full)
    moved = [
        abs(a - b)
        for one, other in zip(few, full, strict=True)
        for a, b in ((one.start_s, other.start_s), (one.end_s, other.end_s))
    ]
    assert np.median(moved) <= 3
    assert max(moved) <= 10


def _short_of_certain(recording: Recording) -> Analysis | None:
    analysis = analyze(recording)
    return analysis if analysis.bouts.suspected() else None


def test_a_suspected_bout_counts_for_nothing_until_confirmed() -> None:
    suspects = (_short_of_certain(session(runner, 25).recording) for runner in runners(40, 9))
    analysis = next(one for one in suspects if one is not None)
    for bout in analysis.bouts.suspected():
        assert bout.direction is Direction.UNKNOWN
        assert bout.suspected_direction is Direction.BACKWARD
        assert constant("watch.suspected") <= bout.probability < constant("watch.called")
        assert bout not in analysis.bouts.of(Direction.BACKWARD)
    assert "direction_suspected" in [notice.code for notice in analysis.notices]


def test_the_model_finds_no_bout_shorter_than_its_minimum() -> None:
    for runner in AVERAGE[:6]:
        for bout in analyze(session(runner, 10).recording).bouts.of(Direction.BACKWARD):
            assert bout.duration_s >= 15


def test_a_sport_not_on_foot_has_no_direction_and_no_gait(clear: Simulated) -> None:
    end_s = clear.recording.duration_s
    ridden = replace(clear.recording, sections=(Section(0, end_s, Sport.OTHER, "cycling"),))
    (bout,) = analyze(ridden).bouts
    assert (bout.direction, bout.gait) == (Direction.UNKNOWN, Gait.UNKNOWN)


def test_bouts_of_a_session_follow_each_other_without_a_gap(clear: Simulated) -> None:
    items = analyze(clear.recording).bouts.items
    assert items[0].start_s == 0
    assert items[-1].end_s == clear.recording.duration_s
    assert all(one.end_s == other.start_s for one, other in pairwise(items))
