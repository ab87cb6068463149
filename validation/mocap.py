"""Direction from motion capture: facing against travel, on clips whose direction is known."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backstride.motion import analyze
from backstride.readers.points import Capture, recording_of
from backstride.readers.skeleton import Naming
from backstride.recording import Floats, Recording, Source, Track
from backstride.vocabulary import Direction, Gait
from validation.data import ROOT, recordings_of
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent

_TITLE = "Direction from motion capture"

CLIPS = ROOT / "mocap-bandai-namco-1"
LONG = ROOT / "mocap-100style-walkingstickleft" / "WalkingStickLeft_BR.npz"

#: Direction of a clip by the word in its name; of walk-left and walk-right see the remarks.
NAMED: Mapping[str, Direction] = {
    "walk": Direction.FORWARD,
    "run": Direction.FORWARD,
    "dash": Direction.FORWARD,
    "walk-back": Direction.BACKWARD,
}
OBLIQUE = ("walk-left", "walk-right")

#: A pelvis that goes less far than this in a second around the moment is not counted as moving.
MOVING_MPS = 0.3
#: So near to a change of the true direction nothing is judged.
NEAR_CHANGE_S = 0.3
#: Who turns on a shorter radius than this turns; true direction of the long clip only.
RADIUS_M = 0.3
#: Shorter clips are left out where changes are looked for: they hold not even two steps.
LASTING_S = 1.0
LEAST_RIGHT = 99.0
_WINDOW_S = 1.0

Words = npt.NDArray[np.str_]
#: Horizontal vectors: x + iy.
Plane = npt.NDArray[np.complex128]
_ONTO_PLANE = np.array([1, 1j, 0])


@dataclass(frozen=True, eq=False)
class Clip:
    """A clip with what is known of it: a direction at each moment, "" where nothing is judged."""

    kind: str
    style: str
    tuning: bool
    recording: Recording
    t_s: Floats
    truth: Words


def study() -> Result:
    """Judge every clip, and the same clips run on the spot, in reverse, and there and back."""
    if not CLIPS.is_dir() or not LONG.is_file():
        reason = f"no motion capture at {ROOT.name}; set BACKSTRIDE_DATA to where it is"
        return Result("mocap", _TITLE, Evidence.REAL, "none", not_measured=reason)
    clips = tuple(short_clips())
    plain = [clip for clip in clips if clip.kind in NAMED]
    oblique = [clip for clip in clips if clip.kind in OBLIQUE]
    long = long_clip()
    parts = {
        "clips, tuning half": [clip for clip in plain if clip.tuning],
        "clips, held-out half": [clip for clip in plain if not clip.tuning],
        "long clip": [long],
        "clips on the spot, held-out half": [on_the_spot(c) for c in plain if not c.tuning],
        "clips in reverse, held-out half": [in_reverse(c) for c in plain if not c.tuning],
        "long clip on the spot": [on_the_spot(long)],
    }
    counts = {name: counted(part) for name, part in parts.items()}
    obliquely = counted(oblique)
    lasting = [clip for clip in plain if not clip.tuning and clip.recording.duration_s >= LASTING_S]
    errors = [change_error_s(clip) for clip in lasting]
    located = sum(error is not None and error <= NEAR_CHANGE_S for error in errors)
    forward = [c for c in (*plain, *oblique) if NAMED.get(c.kind) is not Direction.BACKWARD]
    return Result(
        key="mocap",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"{len(clips)} clips of three actors in {len({c.style for c in clips})} styles, and"
        " one clip of 91 s of a fourth; nobody runs backward in them",
        tables=(
            _confusion("Moving time by true and found direction", counts),
            _confusion("walk-left and walk-right: what they are called", {"all": obliquely}),
            _gaits(plain),
        ),
        targets=(
            *(
                Target(
                    f"right, {name}, % of moving time", right(count), Bound.AT_LEAST, LEAST_RIGHT
                )
                for name, count in counts.items()
            ),
            Target(
                "called backward in clips forward or oblique, s",
                sum(_backward_s(clip) for clip in forward),
                Bound.AT_MOST,
                0.0,
            ),
            Target(
                f"changes found within {NEAR_CHANGE_S} s, held-out half, %",
                100 * located / len(errors),
                Bound.AT_LEAST,
                LEAST_RIGHT,
            ),
        ),
        remarks=_REMARKS,
    )


_REMARKS = (
    "Tuned on every second style by name (the tuning half); the same three actors are in both "
    "halves. The long clip was looked at when the radius of turning and the window of the ground's "
    "velocity were chosen: it is of another actor, but not held out.",
    "True direction of the clips: their names. Of the long clip: the way of the pelvis over a "
    "second against where the feet point in that second, which the program does not take for "
    "facing where it sees hips; within 45° of straight on or straight back it is forward or "
    f"backward, else, and where it turns on a radius below {RADIUS_M} m, it is a transition and "
    "not judged.",
    f"Judged is where the pelvis travels at {MOVING_MPS} m/s or more over a second, "
    f"{NEAR_CHANGE_S} s or more away from a change of the true direction.",
    "walk-left and walk-right are named for where the actor goes in the room. The pelvis is turned "
    "to within 8° to 44° of the travel: as this program uses the words they are forward or between "
    "forward and sideways, and only that they are never called backward is a target. Nobody steps "
    "sideways in these recordings: sideways is not validated.",
    "On the spot: the smoothed way of the pelvis is taken off every point, as on a treadmill. In "
    "reverse: the same frames from last to first, which turns the direction round; nobody moved "
    "so. Changes: each clip to its end and back in reverse; the error is from the turn of the film "
    "to the middle between the last bout before and the first after that are as they should be; "
    f"clips shorter than {LASTING_S:g} s are left out there.",
)


def short_clips() -> Iterator[Clip]:
    """Clips of one direction each; the tuning half are the styles of even place by name."""
    paths = sorted(CLIPS.glob("*.bvh"))
    styles = sorted({path.stem.split("_")[2] for path in paths})
    for path in paths:
        _, kind, style, _ = path.stem.split("_")
        if kind not in NAMED and kind not in OBLIQUE:
            continue
        (recording,) = recordings_of(path)
        track = points_of(recording)
        word = str(NAMED.get(kind, kind))
        truth = np.where(np.abs(_way(track)) >= MOVING_MPS, word, "")
        yield Clip(kind, style, styles.index(style) % 2 == 0, recording, track.t_s, truth)


def long_clip() -> Clip:
    """91 s of walking forward and backward, in curves and with turns."""
    with np.load(LONG) as file:
        names = tuple(str(name) for name in file["bone_names"])
        positions = file["positions"].astype(np.float64).transpose(1, 2, 0)
        t_s = np.arange(positions.shape[2]) / float(file["framerate"])
    capture = Capture(Naming.JOINTS, names, positions, t_s)
    recording = recording_of(capture, Source(LONG.name, "", "npz"))
    track = points_of(recording)
    way, pointing = _way(track), _pointing(track)
    off_rad = np.abs(np.angle(way * np.conj(pointing)))
    first, last = _window(track)
    turn_radps = np.angle(pointing[last] * np.conj(pointing[first])) / _WINDOW_S
    truth = np.full(len(track), "transition", dtype="U10")
    truth[off_rad <= np.pi / 4] = Direction.FORWARD
    truth[off_rad >= 3 * np.pi / 4] = Direction.BACKWARD
    truth[np.abs(turn_radps) * RADIUS_M > np.abs(way)] = "transition"
    truth[np.abs(way) < MOVING_MPS] = ""
    return Clip(
        "long", "walking stick left", tuning=False, recording=recording, t_s=track.t_s, truth=truth
    )


def on_the_spot(clip: Clip) -> Clip:
    """The same clip as on a treadmill: the smoothed way of the pelvis taken off every point."""
    track = points_of(clip.recording)
    way = _smooth(_at(track, "pelvis") * [1, 1, 0], round(_WINDOW_S / _step_s(track)))
    return replace(clip, recording=_with(clip.recording, track, _less(track, way)))


def in_reverse(clip: Clip) -> Clip:
    """The same clip from its last frame to its first, which turns its direction round."""
    track = points_of(clip.recording)
    recording = _with(clip.recording, track, track.values[::-1])
    words = clip.truth[::-1]
    truth = np.where(words == Direction.FORWARD, Direction.BACKWARD, words)
    truth = np.where(words == Direction.BACKWARD, Direction.FORWARD, truth)
    return replace(clip, recording=recording, truth=truth)


def change_error_s(clip: Clip) -> float | None:
    """How far from its place a change is found in the clip followed by itself in reverse.

    None where the bouts do not go from its direction to the opposite one.
    """
    track = points_of(clip.recording)
    there_and_back: Floats = np.concatenate([track.values, track.values[-2::-1]])
    t_s: Floats = np.arange(len(there_and_back), dtype=np.float64) * _step_s(track)
    longer = Track(track.name, t_s, there_and_back, track.columns)
    bouts = analyze(replace(clip.recording, tracks=(longer,))).bouts
    before = NAMED[clip.kind]
    after = Direction.FORWARD if before is Direction.BACKWARD else Direction.BACKWARD
    found = [bout for bout in bouts if bout.direction in (before, after)]
    turns = [
        (a.end_s + b.start_s) / 2 for a, b in pairwise(found) if a.direction is not b.direction
    ]
    if len(turns) != 1 or found[0].direction is not before:
        return None
    return abs(turns[0] - float(track.t_s[-1] - track.t_s[0]))


#: Seconds by true and found direction.
Counts = dict[tuple[str, str], float]


def counted(clips: Sequence[Clip]) -> Counts:
    """Seconds by true and found direction, away from changes of the true one."""
    seconds: Counts = {}
    for clip in clips:
        found = _found(clip)
        near = round(NEAR_CHANGE_S / _step_s(points_of(clip.recording)))
        changes = np.flatnonzero(clip.truth[1:] != clip.truth[:-1]) + 1
        judged = ~np.isin(clip.truth, ["", "transition"])
        for change in changes:
            judged[max(change - near, 0) : change + near] = False
        step = _step_s(points_of(clip.recording))
        for pair, frames in Counter(
            zip(clip.truth[judged].tolist(), found[judged].tolist(), strict=True)
        ).items():
            seconds[pair] = seconds.get(pair, 0.0) + frames * step
    return seconds


def right(seconds: Counts) -> float:
    """Per cent of judged time that is called what it is."""
    agreed = sum(time for (truth, found), time in seconds.items() if truth == found)
    return percent(agreed, sum(seconds.values())) or 0.0


def _found(clip: Clip) -> Words:
    """Direction that the program finds at each moment."""
    bouts = analyze(clip.recording).bouts.items
    place = np.searchsorted([bout.end_s for bout in bouts], clip.t_s, side="right")
    words = np.array([str(bout.direction) for bout in bouts])
    return words[np.minimum(place, len(bouts) - 1)]


def _backward_s(clip: Clip) -> float:
    bouts = analyze(clip.recording).bouts
    called = (*bouts.of(Direction.BACKWARD), *bouts.suspected())
    return float(sum(bout.duration_s for bout in called))


def _confusion(title: str, counts: Mapping[str, Counts]) -> Table:
    columns = [str(d) for d in Direction]
    rows: list[tuple[Cell, ...]] = []
    for name, seconds in counts.items():
        for truth in sorted({truth for truth, _ in seconds}):
            times = [seconds.get((truth, found), 0.0) for found in columns]
            share = percent(seconds.get((truth, truth), 0.0), sum(times))
            shown = share if truth in columns else None
            rows.append((name, truth, *(round(time, 1) for time in times), shown))
    return Table(title, ("clips", "truth", *(f"{c} s" for c in columns), "right %"), tuple(rows))


def _gaits(clips: Sequence[Clip]) -> Table:
    """Time called walking and running; no target, for styles of running without flight exist."""
    seconds: defaultdict[tuple[bool, str, str], float] = defaultdict(float)
    for clip in clips:
        for bout in analyze(clip.recording).bouts:
            seconds[clip.tuning, clip.kind, str(bout.gait)] += bout.duration_s
    rows = [
        (
            "tuning" if tuning else "held out",
            kind,
            *(round(seconds[tuning, kind, str(gait)], 1) for gait in Gait),
        )
        for tuning in (True, False)
        for kind in NAMED
    ]
    columns = ("half", "clips", *(f"{gait} s" for gait in Gait))
    return Table("Gait that is found, by kind of clip", columns, tuple(rows))


def points_of(recording: Recording) -> Track:
    """The track of points; a ValueError where there is none."""
    track = recording.track("points")
    if track is None:
        raise ValueError(f"{recording.source.path} has no points of a body")
    return track


def _at(track: Track, name: str) -> Floats:
    """Shape (n, 3)."""
    return np.column_stack([track.column(f"point:{name}.{axis}") for axis in "xyz"])


def _less(track: Track, way: Floats) -> Floats:
    return track.values - np.tile(way, len(track.columns) // 3)


def _with(recording: Recording, track: Track, values: Floats) -> Recording:
    changed = Track(track.name, track.t_s, np.array(values, dtype=np.float64), track.columns)
    return replace(recording, tracks=(changed,))


def _step_s(track: Track) -> float:
    return float(np.median(np.diff(track.t_s)))


def _window(track: Track) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and last frame of the second around each frame, cut at the ends."""
    half = round(_WINDOW_S / 2 / _step_s(track))
    at = np.arange(len(track))
    return np.maximum(at - half, 0), np.minimum(at + half, len(track) - 1)


def _way(track: Track) -> Plane:
    """Horizontal velocity of the pelvis from end to end of the window."""
    first, last = _window(track)
    place = _at(track, "pelvis") @ _ONTO_PLANE
    return np.asarray((place[last] - place[first]) / (track.t_s[last] - track.t_s[first]))


def _pointing(track: Track) -> Plane:
    """Where both feet point, ankle to toes, as a mean over the window."""
    both = np.zeros(len(track), dtype=np.complex128)
    for side in ("left", "right"):
        foot = (_at(track, f"{side}_toe") - _at(track, f"{side}_ankle")) @ _ONTO_PLANE
        both += foot / np.abs(foot)
    first, last = _window(track)
    sums = np.concatenate([[0], np.cumsum(both)])
    return np.asarray((sums[last + 1] - sums[first]) / (last + 1 - first))


def _smooth(values: Floats, frames: int) -> Floats:
    """Running mean of so many frames; the ends go on as they are."""
    half = frames // 2
    sums = np.cumsum(np.pad(values, ((half + 1, half), (0, 0)), mode="edge"), axis=0)
    return np.asarray((sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1))
