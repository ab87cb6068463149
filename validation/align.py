"""Recordings of one session put on one clock: how far off, how surely, and whom it refuses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from time import process_time

import numpy as np

from backstride.errors import RequestError
from backstride.motion.align import StepSignal, joined, offset_between, step_signal
from backstride.readers import read
from backstride.recording import Floats, Recording, Track
from backstride.simulation import Simulated, backward, forward, runners, simulate, stand, walk
from backstride.vocabulary import Direction
from validation import mocap
from validation.data import runs
from validation.imu import FOLDER
from validation.sessions import Leg, session_of
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent
from validation.virtual_camera import Faults, Mount, View, filmed
from validation.virtual_imu import virtual_imu
from validation.worn import bouts, worn

_TITLE = "Several recordings on one clock"

#: What must be reached on the held-out half: per cent of offsets within two of their standard
#: deviations, per cent that are off by less than `STEP_S`, per cent of strangers taken in.
WITHIN, RIGHT, STRANGERS = 90.0, 90.0, 5.0
#: Nearer than this is the right step: steps of walking are half a second apart.
STEP_S = 0.1
_PLACES = ("lf", "rf", "lb")
_PAIRS = tuple(combinations(_PLACES, 2))
#: Of each trial the second file begins as much later, in seconds, as drawn up to this.
_LATER_S = 3.0


@dataclass(frozen=True)
class Found:
    """One offset that was looked for.

    `error_s` is found minus true; NaN where it was refused, then `sd_s` too.
    """

    error_s: float
    sd_s: float

    @property
    def refused(self) -> bool:
        """Whether nothing was found."""
        return bool(np.isnan(self.error_s))


def study() -> Result:
    """Real trials of synchronous sensors, simulated watches, and motion capture."""
    if not FOLDER.is_dir() or not mocap.CLIPS.is_dir():
        reason = "no recordings of walking and motion capture; set BACKSTRIDE_DATA to them"
        return Result("align", _TITLE, Evidence.REAL, "none", not_measured=reason)
    trials = _trials()
    halves = {
        half: {name: trial for name, trial in trials.items() if _person(name) % 2 == odd}
        for half, odd in (("tuning half", 1), ("held-out half", 0))
    }
    pairs = {
        (half, pair): [_of_pair(trial, pair) for trial in part.values()]
        for half, part in halves.items()
        for pair in _PAIRS
    }
    together = {half: [_feet(trial) for trial in part.values()] for half, part in halves.items()}
    strangers = {half: _strangers(part) for half, part in halves.items()}
    watches, others = _watches()
    same_run, other_runs = _real_runs()
    held_out = [found for pair in _PAIRS for found in pairs["held-out half", pair]]
    tried, taken = strangers["held-out half"]
    return Result(
        key="align",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"{len({_person(name) for name in trials})} people walking with sensors on both feet "
        f"and the lower back, {len(trials)} trials of half a minute; the rest is simulated",
        tables=(
            Table(
                "Real sensors of one trial, one of them cut to begin up to 3 s later",
                ("half", "sensors", *_COLUMNS),
                tuple(
                    (half, " and ".join(pair), *_row(found))
                    for (half, pair), found in pairs.items()
                ),
            ),
            Table(
                "The three of a trial joined: one foot against the other",
                ("half", "", *_COLUMNS),
                tuple((half, "by way of the back", *_row(f)) for half, f in together.items()),
            ),
            Table(
                "Sensors of two people in trials of one protocol: what is taken for one session",
                ("half", "pairs", "taken for one", "%"),
                tuple((half, n, one, percent(one, n)) for half, (n, one) in strangers.items()),
            ),
            Table(
                "Simulated watch and made sensor (simulated)",
                ("session", "sensor begins", *_COLUMNS),
                tuple((*key, *_row(found)) for key, found in watches.items()),
            ),
            Table(
                "Simulated watch and the sensor of another session (simulated)",
                ("pairs", "taken for one", "%"),
                ((*others, percent(others[1], others[0])),),
            ),
            Table(
                "Real runs of a watch, and sensors made of their cadence (sensors simulated)",
                ("sensor of", *_COLUMNS),
                (("the same run", *_row(same_run)),),
            ),
            Table(
                "The same with the sensor of another run (sensors simulated)",
                ("pairs", "taken for one", "%"),
                ((*other_runs, percent(other_runs[1], other_runs[0])),),
            ),
            Table(
                "Motion capture and cameras against virtual sensors (simulated)",
                ("session", "recordings", *_COLUMNS),
                tuple((*key, *_row(found)) for key, found in _captured().items()),
            ),
            Table("Cost", ("recordings", "s"), _costs()),
        ),
        targets=(
            Target(
                "real sensors within two standard deviations, held-out half, %",
                _within(held_out),
                Bound.AT_LEAST,
                WITHIN,
            ),
            Target(
                "real sensors at the right step, held-out half, %",
                _right(held_out),
                Bound.AT_LEAST,
                RIGHT,
            ),
            Target(
                "sensors of two people taken for one session, held-out half, %",
                percent(taken, tried) or 0.0,
                Bound.AT_MOST,
                STRANGERS,
            ),
            Target(
                "sensors of another real run taken for the watch's, %",
                percent(other_runs[1], other_runs[0]) or 0.0,
                Bound.AT_MOST,
                STRANGERS,
            ),
            Target(
                "simulated watches within two standard deviations, %",
                _within([found for row in watches.values() for found in row]),
                Bound.AT_LEAST,
                WITHIN,
            ),
        ),
        remarks=_REMARKS,
    )


_REMARKS = (
    "The three sensors of a trial count their samples together, so the true offset is what was cut "
    "off. Numbers were chosen on people with odd numbers; those with even numbers are held out. "
    "Those for watches were chosen on other simulated runners, those for cameras on the other half "
    "of the styles of motion capture.",
    "The protocol is the same for all: stand, walk ten metres, turn, walk back, stand. Two people "
    "who do that at one cadence cannot be told apart in half a minute; longer sessions differ "
    "more.",
    "Two feet step in turn. Alone they are told apart only by starts, stops and turns, so one pair "
    "in twenty is off by a step, and its error says so; by way of the back it is rarer.",
    "The lag of a watch's cadence is an assumption of the simulation, and the one that is taken "
    "off is another: how late real watches are has not been measured here. The made sensor has "
    "steps of the simulated runner with a wander of its own.",
    "Sensors made of the cadence that a watch recorded share its errors, and its lag: they show "
    "what a real run has to be found by, not how well it is found. How much cadences must agree "
    "was chosen with these runs in view.",
    "Simulated strangers run sessions of the same and of another kind, whose parts last 0.7 to 1.3 "
    "times as long. Two people who run one session together would be taken for one.",
    "A steady run without a pause has nothing to find a time by and is refused; dates are needed, "
    "or a word.",
    "Virtual sensors lack the shock of landing. Keypoints are of a virtual camera on a tripod, "
    "with the faults of the study of keypoints. A camera that pans along is always refused.",
    "Nobody has published recordings of a watch, a camera or sensors in backward running made at "
    "one time. Running with real sensors has not been tried.",
)


_COLUMNS = (
    "offsets",
    "refused",
    "median ms",
    "95 % within ms",
    "right step %",
    "stated ± ms, median",
    "within ± %",
)


def _row(found: Sequence[Found]) -> tuple[Cell, ...]:
    """What is said of some offsets: of those found, and how many were refused."""
    errors_ms = 1000 * np.abs(np.array([one.error_s for one in found if not one.refused]))
    stated_ms = 2000 * np.array([one.sd_s for one in found if not one.refused])
    refused = len(found) - len(errors_ms)
    if not len(errors_ms):
        return (len(found), refused, *(None,) * 5)
    return (
        len(found),
        refused,
        round(float(np.median(errors_ms)), 1),
        round(float(np.quantile(errors_ms, 0.95)), 1),
        _right(found),
        round(float(np.median(stated_ms)), 1),
        _within(found),
    )


def _right(found: Sequence[Found]) -> float:
    known = [one for one in found if not one.refused]
    return percent(sum(abs(one.error_s) < STEP_S for one in known), len(known)) or 0.0


def _within(found: Sequence[Found]) -> float:
    known = [one for one in found if not one.refused]
    return percent(sum(abs(one.error_s) <= 2 * one.sd_s for one in known), len(known)) or 0.0


def _offset(lead: StepSignal, other: StepSignal, true_s: float) -> Found:
    try:
        offset = offset_between(lead, other)
    except RequestError:
        return Found(float("nan"), float("nan"))
    return Found(offset.seconds - true_s, offset.sd_s)


def _person(trial: str) -> int:
    return int(trial.split("-")[0])


@dataclass(frozen=True, eq=False)
class Trial:
    """One trial: its recordings by place, and how much later each is cut to begin."""

    whole: Mapping[str, Recording]
    later_s: Mapping[str, float]

    def cut(self, place: str) -> Recording:
        """The recording without its beginning, its clock begun anew."""
        recording, later_s = self.whole[place], self.later_s[place]
        track = recording.tracks[0]
        kept = track.t_s >= later_s
        cut = replace(track, t_s=track.t_s[kept] - later_s, values=track.values[kept])
        return replace(recording, tracks=(cut,))


def _trials() -> Mapping[str, Trial]:
    """Every trial by name."""
    chance = np.random.default_rng(2025)
    return {
        path.stem: Trial(
            {place: read(path.with_name(f"{path.stem}_{place}.txt")) for place in _PLACES},
            {place: float(chance.uniform(0, _LATER_S)) for place in _PLACES},
        )
        for path in sorted(FOLDER.glob("*.json"))
    }


def _of_pair(trial: Trial, pair: tuple[str, str]) -> Found:
    one, other = pair
    return _offset(
        step_signal(trial.whole[one]), step_signal(trial.cut(other)), trial.later_s[other]
    )


def _feet(trial: Trial) -> Found:
    """All three joined, both feet cut: the right foot's offset against the left one's."""
    session = joined([trial.cut("lf"), trial.cut("rf"), trial.whole["lb"]]).recording
    parts = {part.source.path.rpartition("_")[2][:2]: part for part in session.parts}
    if not {"lf", "rf"} <= set(parts):
        return Found(float("nan"), float("nan"))
    left, right = parts["lf"], parts["rf"]
    true_s = trial.later_s["rf"] - trial.later_s["lf"]
    error_s = right.offset_s - left.offset_s - true_s
    for one, other in ((left, right), (right, left)):
        if one.against == other.source.path:
            return Found(error_s, one.against_sd_s or 0.0)
    # Both by way of the back, or one of them the lead and the other by way of it.
    back = parts["lb"].against_sd_s
    return Found(
        error_s,
        float(np.linalg.norm([part.against_sd_s or back or 0.0 for part in (left, right)])),
    )


def _strangers(trials: Mapping[str, Trial]) -> tuple[int, int]:
    """Pairs of sensors of two people that were tried, and that were taken for one session."""
    chance = np.random.default_rng(7)
    signals = {
        (name, place): step_signal(recording)
        for name, trial in trials.items()
        for place, recording in trial.whole.items()
    }
    keys = sorted(signals)
    tried = taken = 0
    while tried < _STRANGERS:
        one, other = (keys[at] for at in chance.integers(len(keys), size=2))
        if _person(one[0]) == _person(other[0]):
            continue
        tried += 1
        try:
            offset_between(signals[one], signals[other])
            taken += 1
        except RequestError:
            pass
    return tried, taken


_STRANGERS = 400


def _sessions() -> Iterator[tuple[str, Simulated]]:
    """Simulated sessions of each kind, of other runners than those that numbers were chosen on."""
    for at, runner in enumerate(runners(_RUNNERS, seed=83)):
        easy, back = runner.easy_speed_mps, runner.equal_effort_speed_mps
        chance = np.random.default_rng(at)
        kinds = {
            "backward intervals, walked rests": [
                walk(100), *[leg for _ in range(6) for leg in (backward(back, 60), walk(60))],
            ],
            "walk, run, backward, stand": [
                stand(20), walk(90), forward(easy, 240), walk(40), backward(back, 100),
                forward(easy, 150), stand(45), forward(easy, 120), walk(60), stand(20),
            ],
            "steady run": [forward(easy, 1200)],
        }  # fmt: skip
        for kind, legs in kinds.items():
            varied = [
                replace(leg, duration_s=chance.uniform(0.7, 1.3) * leg.seconds) for leg in legs
            ]
            yield kind, simulate(varied, runner, seed=100 + at)


_RUNNERS = 12


def _watches() -> tuple[Mapping[tuple[str, str], Sequence[Found]], tuple[int, int]]:
    """Offsets of made sensors to simulated watches; and strangers that were tried and taken."""
    found: dict[tuple[str, str], list[Found]] = {}
    sessions = list(_sessions())
    for at, (kind, session) in enumerate(sessions):
        steps = _steps_of(session, seed=at)
        for begins, start_s in (("30 s before the watch", -30.0), ("45 s after", 45.0)):
            sensor = worn(steps, "left_foot", start_s=start_s, seed=at)
            found.setdefault((kind, begins), []).append(
                _offset(step_signal(session.recording), step_signal(sensor), start_s)
            )
    tried = taken = 0
    for at, (_, session) in enumerate(sessions):
        for step in (3, 7):
            _, stranger = sessions[(at + step) % len(sessions)]
            sensor = worn(_steps_of(stranger, seed=at), "left_foot", start_s=-30, seed=at)
            tried += 1
            taken += not _offset(step_signal(session.recording), step_signal(sensor), 0.0).refused
    return found, (tried, taken)


def _steps_of(session: Simulated, *, seed: int) -> Floats:
    """Cadence of each second: that of each span, with a wander of its own and no lag."""
    track = session.recording.tracks[0]
    cadence = np.zeros(int(session.truth[-1].end_s))
    for span in session.truth:
        settled = (track.t_s >= span.start_s + _SETTLED_S) & (track.t_s < span.end_s)
        if span.direction is not Direction.STILL and settled.any():
            steps = float(np.median(track.column("cadence_spm")[settled]))
            cadence[int(span.start_s) : int(span.end_s)] = steps
    wander = np.convolve(
        np.random.default_rng(seed).normal(0, 0.05, len(cadence)), np.ones(30) / 30, "same"
    )
    return cadence * np.exp(wander)


#: A simulated watch's lag is over.
_SETTLED_S = 10


def _real_runs() -> tuple[Sequence[Found], tuple[int, int]]:
    """Real cadence over time: sensors of the same run; strangers that were tried and taken."""
    watches, sensors = [], []
    for at, run in enumerate(runs()):
        try:
            watch = step_signal(run.recording)
        except RequestError:
            continue
        cadence = np.nan_to_num(watch.cadence_spm)
        cadence[cadence < _STEPPING_SPM] = 0.0
        if np.count_nonzero(cadence) >= _SHORTEST_S:
            watches.append(watch)
            sensors.append(step_signal(worn(cadence, "left_foot", start_s=-20.0, seed=at)))
    same = [_offset(*pair, -20.0) for pair in zip(watches, sensors, strict=True)]
    others = [
        _offset(watch, sensor, 0.0)
        for at, watch in enumerate(watches)
        for place, sensor in enumerate(sensors)
        if at != place
    ]
    return same, (len(others), sum(not one.refused for one in others))


#: Slower is standing or a step now and then; shorter runs are left out.
_STEPPING_SPM, _SHORTEST_S = 60.0, 120


def _captured() -> Mapping[tuple[str, str], Sequence[Found]]:
    """Offsets of virtual sensors to motion capture and cameras, held-out styles."""
    found: dict[tuple[str, str], list[Found]] = {}
    for at, (whole, kind) in enumerate(_moved()):
        sensors = virtual_imu(whole, seed=at, places=("left_foot", "pelvis"))
        foot, pelvis = (replace(sensors, tracks=(track,)) for track in sensors.tracks)
        tripod, panning = (
            filmed(whole, View(mount=mount), Faults(), at).recording
            for mount in (Mount.FIXED, Mount.PANNING)
        )
        for what, one, other in (
            ("points, sensor on a foot", whole, foot),
            ("points, sensor on the pelvis", whole, pelvis),
            ("camera on a tripod, sensor on a foot", tripod, foot),
            ("camera that pans, sensor on a foot", panning, foot),
        ):
            found.setdefault((kind, what), []).append(
                _offset(step_signal(one), step_signal(other), 0.0)
            )
    return found


def _moved() -> Iterator[tuple[Recording, str]]:
    """Sessions of the held-out styles joined from clips: without a pause, and with three."""
    clips: dict[str, dict[str, list[Recording]]] = {}
    for clip in mocap.short_clips():
        if not clip.tuning:
            clips.setdefault(clip.style, {}).setdefault(clip.kind, []).append(clip.recording)
    ahead, behind = Direction.FORWARD, Direction.BACKWARD
    plan = (
        ("walk", ahead, 18.0), ("walk-back", behind, 12.0), ("run", ahead, 12.0),
        ("walk-back", behind, 9.0), ("walk", ahead, 14.0), ("run", ahead, 20.0),
    )  # fmt: skip
    for at, kinds in enumerate(clips.values()):
        if not {kind for kind, _, _ in plan} <= set(kinds):
            continue
        legs = [Leg(tuple(kinds[kind]), way, seconds) for kind, way, seconds in plan]
        try:
            session = session_of(legs, seed=at).recording
        except ValueError:  # a clip too short for a stride
            continue
        yield session, "no pause"
        yield _with_pauses(session, seed=at), "with pauses"


def _with_pauses(session: Recording, *, seed: int) -> Recording:
    """The body stands as it is for some seconds: at the start, two times between, at the end."""
    chance = np.random.default_rng(seed)
    track = session.tracks[0]
    last = len(track) - 1
    rate_hz = track.rate_hz or 1.0
    stops = [0, *(int(share * last) for share in chance.uniform((0.25, 0.6), (0.4, 0.75))), last]
    frames = np.arange(len(track))
    for stop in reversed(stops):
        standing = np.full(int(chance.uniform(4, 9) * rate_hz), stop)
        frames = np.insert(frames, stop, standing)
    t_s = np.arange(len(frames)) / rate_hz
    return replace(session, tracks=(Track(track.name, t_s, track.values[frames], track.columns),))


def _costs() -> tuple[tuple[Cell, ...], ...]:
    """Processor time from recordings to the offset between them."""
    day = bouts(np.random.default_rng(9), 36000)
    back = worn(day, "lower_back")
    hour = worn(day[:3600], "lower_back")
    foot = worn(day[:3600], "left_foot", start_s=20, seed=1)
    minute = worn(day, "left_foot", start_s=20000, end_s=20060, seed=1)
    rows = []
    for what, lead, other in (
        ("an hour and an hour, 100 Hz", hour, foot),
        ("ten hours and a minute, 100 Hz", back, minute),
    ):
        begun = process_time()
        offset_between(step_signal(lead), step_signal(other))
        rows.append((what, round(process_time() - begun, 2)))
    return tuple(rows)
