"""Direction from one sensor on trunk or leg: virtual ones both ways, real ones forward."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import process_time

import numpy as np

from backstride.errors import RequestError
from backstride.motion.imu.inertial import inertial_of
from backstride.motion.imu.trunk import clues_of
from backstride.motion.sensed import sensed
from backstride.readers import read
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Direction
from validation import imu, mocap
from validation.sessions import Leg, session_of
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent
from validation.virtual_imu import COLUMNS, LOOSE_PHONE, PHONE, Wear, virtual_imu

_TITLE = "Direction from one sensor on pelvis, thigh or shank"

#: What must be reached: per cent of bouts that are called what they are, per cent of real forward
#: walking called backward, seconds for an hour.
BOUTS, MOST, SECONDS = 90.0, 1.0, 0.2
#: Per cent of a shank's bouts that may be called the wrong way.
WRONG = 2.0
#: Seconds of a bout, each way, and in the middle of a session there and back.
LONG_S, SHORT_S = 12.0, 8.0
#: So near to a bout's edge nothing is judged.
NEAR_S = 0.3
#: Orientations that each session is worn in.
SEEDS = (0, 1)
TARGETED = ("pelvis", "pocket", "shank")
PLACES = (*TARGETED, "chest")

#: What a session is made of: kinds of clips in order, and whether the body turns round in between.
SESSIONS: Mapping[str, tuple[tuple[str, ...], bool]] = {
    "walking forward": (("walk",), False),
    "walking backward": (("walk-back",), False),
    "running forward": (("run",), False),
    "sprinting forward": (("dash",), False),
    "walking there, back, there": (("walk", "walk-back", "walk"), False),
    "walking, turning round, backward": (("walk", "walk-back", "walk"), True),
    "backward, there, backward": (("walk-back", "walk", "walk-back"), False),
    "running, walking backward, running": (("run", "walk-back", "run"), False),
}
#: Start and end in seconds, and what was found in between.
Seen = tuple[tuple[float, float, Direction], ...]

_RIGHT, _UNKNOWN, _WRONG, _REFUSED = "right", "unknown", "wrong", "refused"
_FOUND = (_RIGHT, _UNKNOWN, _WRONG, _REFUSED)
_TRAVEL = (Direction.FORWARD, Direction.BACKWARD, Direction.SIDEWAYS)

#: What is done to a real recording, and what must come of it.
SPOILT: Mapping[str, Callable[[Floats], Floats]] = {
    "as recorded": lambda values: values,
    "upside down": lambda values: values * [1, -1, -1, 1, -1, -1],
    "left-handed axes": lambda values: values * [-1, 1, 1, -1, 1, 1],
    "in g": lambda values: values / np.repeat([9.80665, 1.0], 3),
    "in degrees per second": lambda values: values * np.repeat([1.0, 180 / np.pi], 3),
}


@dataclass(frozen=True)
class Bout:
    """A bout of a virtual session, and what most of it was called."""

    session: str
    place: str
    tuning: bool
    truth: Direction
    found: str


def study() -> Result:
    """Every style in every session, worn anyhow; every real trial, and the same spoilt."""
    if not (mocap.CLIPS.is_dir() and imu.FOLDER.is_dir() and mocap.LONG.is_file()):
        reason = "no motion capture or no recordings; set BACKSTRIDE_DATA to where they are"
        return Result("trunk", _TITLE, Evidence.SIMULATED, "none", not_measured=reason)
    bouts = tuple(virtual_bouts(PHONE))
    loose = tuple(bout for bout in virtual_bouts(LOOSE_PHONE) if not bout.tuning)
    trials = {name: real_trials(change) for name, change in SPOILT.items()}
    seconds = seconds_for_an_hour()
    held = [bout for bout in bouts if not bout.tuning]
    singles = [name for name, (kinds, _) in SESSIONS.items() if len(kinds) == 1]
    return Result(
        key="trunk",
        title=_TITLE,
        on=Evidence.SIMULATED,
        size=f"{len(bouts)} bouts of virtual sensors from motion capture of three actors; and "
        f"real: {len(trials['as recorded'])} trials of 12 people who walk forward with a sensor on "
        "the low back",
        tables=(
            _bouts_table("Bouts, held-out styles", held),
            _bouts_table("Bouts, styles that it was tuned on", [b for b in bouts if b.tuning]),
            _bouts_table("Bouts, held-out styles, with gaps and a sensor that slips once", loose),
            _long_table(),
            _reversed_table(),
            _real_table(trials),
            Table("Cost", ("signals", "s"), (("1 h, 100 Hz, six axes, walking", seconds),)),
        ),
        targets=(
            *(
                Target(
                    f"bouts right, {place}, sessions in {how}, held-out styles, %",
                    _share_of(
                        [b for b in held if b.place == place and (b.session in singles) == one],
                        _RIGHT,
                    ),
                    Bound.AT_LEAST,
                    BOUTS,
                )
                for place in TARGETED
                for how, one in (("one direction", True), ("both directions", False))
            ),
            Target(
                "bouts wrong, shank, held-out styles, %",
                _share_of([b for b in held if b.place == "shank"], _WRONG),
                Bound.AT_MOST,
                WRONG,
            ),
            Target(
                "real forward walking called backward, low back, held-out people, % of time",
                _called_backward([t for t in trials["as recorded"] if not t.tuning]),
                Bound.AT_MOST,
                MOST,
            ),
            Target("an hour to clues, s", seconds, Bound.AT_MOST, SECONDS),
        ),
        remarks=_REMARKS,
    )


_REMARKS = (
    "Backward gait in this study is virtual: sensors computed from motion capture, without the "
    "shock of landing, soft tissue or a phone that swings in its pocket. Nobody in it runs "
    "backward; no sensor on trunk or thigh of anybody who does is public.",
    "Tuned on every second style by name and on real people with odd numbers. The same three "
    "actors are in both halves of the styles. The held-out half was looked at twice, in sum, "
    "before two changes to the thigh's model that were chosen on the tuning half: a pocket's place "
    "before the thigh bone, and two more phases of the hip; three bouts of four of walking with a "
    "pocket were right before them.",
    "A shank was looked at on the held-out half once, after all was chosen, and nothing was "
    "changed then. It is weakest where somebody walks backward: its tilt goes with its velocity "
    "three times less in some styles than in others, on the tuning half too, and the bouts that "
    "are wrong are all backward walking called forward. Its virtual sensor sits 0.15 m above the"
    " ankle; other heights were tried on the tuning half, 0.05 to 0.35 m, and none was called "
    "the wrong way.",
    "Left-handed axes exchange forward and backward on a shank. On the tuning half they are "
    "refused or unknown in running; of bouts of walking a quarter is refused and a third called "
    "the wrong way. A pocket's sensor named a shank is refused or unknown in half of its bouts, "
    "and wrong in one of nineteen.",
    "A pocket is weakest in running: there it rests on one phase, and on forward running alone.",
    "A session is one actor's clips of a style, looped and joined by blends; its strides repeat "
    "themselves. A bout is right if more than half of it, away from its edges, is called what it "
    "is; unknown includes suspected.",
    "A sensor on the pelvis is taken to sit at the back, as on the sacrum, and one in a pocket "
    "before the thigh; virtual ones do. On a "
    "chest nothing shows which way it faces, so the longer part of a recording would have to be "
    "taken for forward; that is too little to call, and the chest has no target.",
    "In left-handed axes front and back of a trunk change places. They are noticed where the "
    "sensor tilts slowly, which it hardly does in trials of half a minute: most are unknown there, "
    "and some are called backward.",
    "Reversed in time is a stand-in for backward running, not a recording of it, and wrong in its "
    "mechanics: who runs backward is braked first and pushed then, too, and a film in reverse "
    "shows the opposite.",
)


def virtual_bouts(wear: Wear) -> Iterator[Bout]:
    """Bouts of every session that a style has clips for, at each place and orientation."""
    styles: defaultdict[tuple[str, bool], defaultdict[str, list[Recording]]]
    styles = defaultdict(lambda: defaultdict(list))
    for clip in mocap.short_clips():
        styles[clip.style, clip.tuning][clip.kind].append(clip.recording)
    for (_, tuning), clips in sorted(styles.items()):
        for name, (kinds, turns_round) in SESSIONS.items():
            legs = [
                Leg(tuple(clips[kind]), mocap.NAMED[kind], SHORT_S if place == 1 else LONG_S)
                for place, kind in enumerate(kinds)
            ]
            try:
                session = session_of(legs, seed=1, turns_round=turns_round)
            except ValueError:
                continue  # clips of this style are shorter than a stride and its blends
            spans = list(zip(session.start_s, session.end_s, session.directions, strict=True))
            for place in PLACES:
                for seed in SEEDS:
                    worn = virtual_imu(session.recording, seed=seed, places=(place,), wear=wear)
                    for (_, _, truth), found in zip(
                        spans, _judged(worn.tracks[0], spans), strict=True
                    ):
                        yield Bout(name, place, tuning, truth, found)


def _judged(track: Track, spans: Sequence[tuple[float, float, Direction]]) -> list[str]:
    """What most of each span is called, as against its true direction."""
    try:
        found = _found(track)
    except RequestError:
        return [_REFUSED for _ in spans]
    return [_verdict(found, start + NEAR_S, end - NEAR_S, truth) for start, end, truth in spans]


def _found(track: Track) -> Seen:
    """What is found in a track, in order of time."""
    seen = sensed([clues_of(inertial_of(track))], float(track.t_s[-1]))
    return () if seen is None else tuple((b.start_s, b.end_s, b.direction) for b in seen.bouts)


def _verdict(found: Seen, start_s: float, end_s: float, truth: Direction) -> str:
    seconds = _seconds(found, start_s, end_s)
    other = sum(seconds[direction] for direction in _TRAVEL if direction is not truth)
    if seconds[truth] > (end_s - start_s) / 2:
        return _RIGHT
    return _WRONG if other > (end_s - start_s) / 2 else _UNKNOWN


def _seconds(found: Seen, start_s: float, end_s: float) -> dict[Direction, float]:
    """Seconds by direction between two moments; what is not said is unknown."""
    seconds = dict.fromkeys(Direction, 0.0)
    for start, end, direction in found:
        seconds[direction] += max(min(end, end_s) - max(start, start_s), 0.0)
    seconds[Direction.UNKNOWN] += end_s - start_s - sum(seconds.values())
    return seconds


@dataclass(frozen=True)
class Trial:
    """A real trial on the low back: seconds by direction while walking, or why it was refused."""

    person: int
    seconds: Mapping[Direction, float]
    refused: bool

    @property
    def tuning(self) -> bool:
        """Whether the numbers of the model were chosen on this person: those of odd numbers."""
        return self.person % 2 == 1


def real_trials(change: Callable[[Floats], Floats]) -> tuple[Trial, ...]:
    """Every trial, its signals changed first; judged from its start to its end but in the turn."""
    trials = []
    for path in sorted(imu.FOLDER.glob("*lb.txt")):
        trial = json.loads(path.with_name(path.stem.split("_")[0] + ".json").read_text())
        (start, end), (turn, turned) = (
            np.asarray(trial[name]) / imu.RATE_HZ for name in ("TrialBoundaries", "UTurnBoundaries")
        )
        track = read(path).tracks[0]
        values = change(track.values[:, :6].copy())
        columns = track.columns[:6]
        try:
            found = _found(Track(track.name, track.t_s.copy(), values, columns))
        except RequestError:
            trials.append(Trial(int(trial["Subject"]), {}, refused=True))
            continue
        parts = [_seconds(found, *part) for part in ((start, turn), (turned, end))]
        both = {direction: parts[0][direction] + parts[1][direction] for direction in Direction}
        trials.append(Trial(int(trial["Subject"]), both, refused=False))
    return tuple(trials)


def _called_backward(trials: Sequence[Trial]) -> float:
    """Per cent of the time of trials that are not refused."""
    whole = sum(sum(trial.seconds.values()) for trial in trials)
    called = sum(trial.seconds.get(Direction.BACKWARD, 0.0) for trial in trials)
    return percent(called, whole) or 0.0


def _share_of(bouts: Sequence[Bout], found: str) -> float:
    """Per cent of bouts."""
    return percent(sum(bout.found == found for bout in bouts), len(bouts)) or 0.0


def _bouts_table(title: str, bouts: Sequence[Bout]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for place in PLACES:
        for name in SESSIONS:
            for truth in (Direction.FORWARD, Direction.BACKWARD):
                some = [
                    bout.found
                    for bout in bouts
                    if (bout.place, bout.session, bout.truth) == (place, name, truth)
                ]
                if some:
                    counts = [some.count(found) for found in _FOUND]
                    rows.append((place, name, str(truth), *counts, percent(counts[0], len(some))))
    return Table(title, ("place", "session", "truth", *_FOUND, "right %"), tuple(rows))


def _real_table(trials: Mapping[str, Sequence[Trial]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, every in trials.items():
        for half, tuning in (("tuning", True), ("held out", False)):
            some = [trial for trial in every if trial.tuning is tuning]
            seconds = [sum(t.seconds.get(d, 0.0) for t in some) for d in _SHOWN]
            rows.append(
                (
                    name,
                    half,
                    len(some),
                    sum(trial.refused for trial in some),
                    *(round(s, 1) for s in seconds),
                    _called_backward(some),
                )
            )
    columns = ("signals", "people", "trials", "refused", *(f"{d} s" for d in _SHOWN), "backward %")
    return Table("Real forward walking, low back, outside the turn", columns, tuple(rows))


_SHOWN = (Direction.FORWARD, Direction.BACKWARD, Direction.UNKNOWN)


def _long_table() -> Table:
    """The one long clip of another actor, most of it backward at the cadence of a jog."""
    clip = mocap.long_clip()
    rows: list[tuple[Cell, ...]] = []
    for place in PLACES:
        for seed in SEEDS:
            worn = virtual_imu(clip.recording, seed=seed, places=(place,), wear=PHONE)
            found = _found(worn.tracks[0])
            step = float(np.median(np.diff(clip.t_s)))
            ends = np.array([end for _, end, _ in found])
            names = np.array([str(direction) for _, _, direction in found])
            called = names[np.minimum(np.searchsorted(ends, clip.t_s), len(ends) - 1)]
            for truth in (Direction.FORWARD, Direction.BACKWARD):
                here = called[clip.truth == truth]
                seconds = [round(float((here == shown).sum()) * step, 1) for shown in _SHOWN]
                rows.append((place, seed, str(truth), *seconds))
    columns = ("place", "orientation", "truth", *(f"{direction} s" for direction in _SHOWN))
    return Table("Long clip of another actor, walking with a stick", columns, tuple(rows))


def _reversed_table() -> Table:
    """Clips of running, looped, and their film reversed."""
    counts: Counter[tuple[str, str]] = Counter()
    for clip in mocap.short_clips():
        if clip.kind != "run" or clip.tuning:
            continue
        try:
            session = session_of([Leg((clip.recording,), Direction.FORWARD, LONG_S)], seed=1)
        except ValueError:
            continue
        whole = replace(clip, recording=session.recording)
        back = mocap.in_reverse(replace(whole, truth=np.empty(0, dtype=np.str_))).recording
        for place in PLACES:
            worn = virtual_imu(back, seed=0, places=(place,), wear=PHONE)
            (found,) = _judged(
                worn.tracks[0], [(0.0, session.recording.duration_s, Direction.BACKWARD)]
            )
            counts[place, found] += 1
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (place, *(counts[place, found] for found in _FOUND)) for place in PLACES
    )
    return Table("Running reversed in time, as if it were backward", ("place", *_FOUND), rows)


def seconds_for_an_hour() -> float:
    """Processor time for straight parts of real trials, joined to an hour; the best of three."""
    pieces = []
    samples = 3600 * imu.RATE_HZ
    for path in sorted(imu.FOLDER.glob("*lb.txt")):
        trial = json.loads(path.with_name(path.stem.split("_")[0] + ".json").read_text())
        values = read(path).tracks[0].values[:, :6]
        pieces.append(values[trial["TrialBoundaries"][0] : trial["TrialBoundaries"][1]])
    whole = np.concatenate(pieces)
    hour = np.tile(whole, (-(-samples // len(whole)), 1))[:samples]
    track = Track("imu:lower_back", np.arange(samples) / imu.RATE_HZ, hour, COLUMNS[:6])
    signals = inertial_of(track)
    taken = []
    for _ in range(3):
        begun = process_time()
        clues_of(signals)
        taken.append(process_time() - begun)
    return round(min(taken), 3)
