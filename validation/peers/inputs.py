"""The same inputs for every system with their reference: points, keypoints, inertial signals."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY
from backstride.readers import read
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Direction
from validation import mocap
from validation.data import ROOT, recordings_of
from validation.peers.scoring import BOTH, WITHIN_S, Events, Spans, tolerance_s
from validation.peers.truth import PARTS, SIDES, Stances, stances
from validation.running_contacts import true_contacts
from validation.virtual_camera import Faults, View, filmed
from validation.virtual_imu import FLAWLESS, GRAVITY, virtual_imu

SPRINTS = ROOT / "biomech-dorn-ja1-run"
WALKS = ROOT / "imu-voisard-forward" / "GaitData"
FORCES = ROOT / "biomech-alcantara-run-grf"

#: Points of the body that systems are given.
POINTS = (
    "pelvis",
    "neck",
    "head",
    *(
        f"{side}_{part}"
        for side in SIDES
        for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe")
    ),
)
#: Pieces of the long clip in which the way is straight, in seconds.
STRAIGHT_S: Mapping[Direction, tuple[tuple[float, float], ...]] = {
    Direction.FORWARD: ((1.1, 4.5),),
    Direction.BACKWARD: ((9.1, 11.1), (63.5, 65.3), (66.5, 68.4), (70.1, 72.8)),
}
#: Shorter clips hold hardly a stride, and some systems take none of them.
SHORTEST_S = 1.5

#: The heel of a skeleton that has none, behind its ankle, beside ankle to toe over the ground.
_BEHIND = 0.35
#: Of the frames, those in which toe and ankle are lowest together: there the foot lies flat.
_FLATTEST = 0.05
#: So much of each end is not judged, for filters are not sure there.
_EDGE_S = 0.25
#: The head's joint from the neck of who has no marker on it.
_HEAD_M = np.array([0.0, 0.0, 0.1])
#: Of the camera; what it misses or takes for the other side is not part of this comparison.
_FAULTS = Faults(points_missing=0.0, frames_missing=0.0, swapped=0.0)
_FASTEST_FILM_HZ = 120
_IMU_RATE_HZ = 100.0
_FORCE_RATE_HZ = 500.0
_NOISE = 0.02


class Kind(StrEnum):
    """What a system is given."""

    POINTS = "points in space"
    KEYPOINTS = "keypoints of a camera at the side"
    FOOT = "sensor on a foot"
    BACK = "sensor on the lower back"


@dataclass(frozen=True, eq=False)
class Trial:
    """One clip or walk as systems are given it, with its reference.

    Attributes
    ----------
    group
        What is done in it, in the words of the tables.
    arrays
        `POINTS` -> shape (n, 3), metres, z up, going along x. Or keypoints -> shape (n, 3), pixels
        to the right, pixels down, confidence. Or ``acceleration`` in m/s², with gravity, and
        ``turning`` in rad/s, shape (n, 3), x ahead, y left, z up of that part of the body.
    within_s
        How far from the reference a moment may be found: one frame of the film or sample of the
        sensor, or 20 ms, whichever is larger.
    told
        What no system has to find: where somebody walks, a foot's strides, which way the body goes.
    uncertain_s
        Half the range of each moment of the reference.
    """

    name: str
    kind: Kind
    group: str
    direction: Direction
    t_s: Floats
    arrays: Mapping[str, Floats]
    reference: Events
    judged: Spans
    within_s: float
    uncertain_s: Floats = field(default_factory=lambda: np.empty(0))
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def judged_s(self) -> float:
        """How long is judged."""
        return float(sum(end - begin for begin, end in self.judged))


def trials() -> Iterator[Trial]:
    """All of them, by clip."""
    seen: Counter[str] = Counter()
    for clip in clips():
        body = _Body.of(clip, toward=1 if seen[clip.group] % 2 == 0 else -1)
        seen[clip.group] += 1
        yield body.points()
        yield body.keypoints()
        yield from body.inertial()
    yield from _walks()
    yield from _forced()


@dataclass(frozen=True, eq=False)
class Clip:
    """Motion capture of one body that goes straight in one direction."""

    name: str
    group: str
    direction: Direction
    recording: Recording

    @property
    def track(self) -> Track:
        """The points."""
        (track,) = self.recording.tracks
        return track


_GROUPS = {
    "walk": "walk forward",
    "walk-back": "walk backward",
    "run": "run forward",
    "dash": "run forward",
}
REVERSED = "run forward, film in reverse"
HOBBLE = {
    Direction.FORWARD: "with a stick, forward",
    Direction.BACKWARD: "with a stick, backward",
}
SPRINT = "run forward, 250 Hz"
WALK = "walk forward, real sensor"
FORCED = "run forward, real sensor and force"


def clips() -> Iterator[Clip]:
    """Clips of the held-out half, straight pieces of the long clip, and the sprinter."""
    for clip in mocap.short_clips():
        too_short = clip.recording.duration_s < SHORTEST_S
        if clip.tuning or clip.kind not in mocap.NAMED or too_short:
            continue
        name = f"{clip.kind} {clip.style} {len(clip.t_s)}"
        direction = mocap.NAMED[clip.kind]
        yield Clip(name, _GROUPS[clip.kind], direction, clip.recording)
        if _GROUPS[clip.kind] == "run forward":
            played = mocap.in_reverse(clip).recording
            yield Clip(f"{name} in reverse", REVERSED, Direction.BACKWARD, played)
    long = mocap.long_clip().recording
    for direction, pieces in STRAIGHT_S.items():
        for begin, end in pieces:
            yield Clip(f"stick {begin:g} s", HOBBLE[direction], direction, _piece(long, begin, end))
    for path in sorted(SPRINTS.glob("*.trc")):
        (recording,) = recordings_of(path)
        yield Clip(path.stem, SPRINT, Direction.FORWARD, _seen(recording))


def _piece(recording: Recording, begin_s: float, end_s: float) -> Recording:
    (track,) = recording.tracks
    return _cut(recording, np.flatnonzero((track.t_s >= begin_s) & (track.t_s < end_s)))


def _seen(recording: Recording) -> Recording:
    """From the first to the last frame in which all of the feet is seen."""
    (track,) = recording.tracks
    wanted = [place for place, name in enumerate(track.columns) if _is_of_foot(name)]
    seen = np.flatnonzero(np.isfinite(track.values[:, wanted]).all(axis=1))
    return _cut(recording, np.arange(seen[0], seen[-1] + 1))


def _is_of_foot(column: str) -> bool:
    return any(f"{side}_{part}." in column for side in SIDES for part in PARTS)


def _cut(recording: Recording, rows: "np.ndarray") -> Recording:
    (track,) = recording.tracks
    t_s = track.t_s[rows] - track.t_s[rows[0]]
    return replace(
        recording, tracks=(Track(track.name, t_s, track.values[rows].copy(), track.columns),)
    )


@dataclass(frozen=True, eq=False)
class _Body:
    """A clip turned so that it goes along x, `toward` one end or the other, with its stances."""

    clip: Clip
    toward: int
    at: Mapping[str, Floats]
    found: Stances

    @classmethod
    def of(cls, clip: Clip, toward: int) -> "_Body":
        track = clip.track
        at = {name: _whole(track, name) for name in POINTS if f"point:{name}.x" in track}
        at.setdefault("head", at["neck"] + _HEAD_M)
        at |= {f"{side}_heel": at.get(f"{side}_heel", _heel(at, side)) for side in SIDES}
        way = at["pelvis"][-1] - at["pelvis"][0]
        turned = at_angle(-np.arctan2(way[1], way[0]) + (0 if toward > 0 else np.pi))
        at = {name: place @ turned.T for name, place in at.items()}
        return cls(clip, toward, at, stances(track.t_s, at))

    def _trial(self, kind: Kind, t_s: Floats, arrays: Mapping[str, Floats]) -> Trial:
        begin, end = float(self.clip.track.t_s[0]), float(self.clip.track.t_s[-1])
        return Trial(
            name=self.clip.name,
            kind=kind,
            group=self.clip.group,
            direction=self.clip.direction,
            t_s=t_s,
            arrays=arrays,
            reference=self.found.events,
            judged=((begin + _EDGE_S, end - _EDGE_S),),
            within_s=tolerance_s((len(self.clip.track) - 1) / (end - begin)),
            uncertain_s=self.found.uncertain_s,
            told={"travel": self.toward, "walks_s": [[begin, end]]},
        )

    def points(self) -> Trial:
        return self._trial(Kind.POINTS, self.clip.track.t_s, self.at)

    def keypoints(self) -> Trial:
        """As a camera that stands still at the side sees it; noise, but nothing missing."""
        rate_hz = min(round((len(self.clip.track) - 1) / self.clip.track.t_s[-1]), _FASTEST_FILM_HZ)
        view = View(from_left=self.toward > 0, rate_hz=float(rate_hz))
        recording = replace(self.clip.recording, tracks=(_track(self.clip.track.t_s, self.at),))
        film = filmed(recording, view, _FAULTS, seed=1)
        columns = film.track.columns[::3]
        arrays = {
            column.removeprefix("keypoint:").removesuffix(".x"): film.track.values[
                :, 3 * n : 3 * n + 3
            ]
            for n, column in enumerate(columns)
        }
        way_px = arrays["pelvis"][-1, 0] - arrays["pelvis"][0, 0]
        trial = self._trial(Kind.KEYPOINTS, film.t_s, arrays)
        told = {**trial.told, "travel": 1 if way_px > 0 else -1}
        return replace(trial, within_s=tolerance_s(rate_hz), told=told)

    def inertial(self) -> Iterator[Trial]:
        """Computed sensors without faults on both feet and the pelvis."""
        places = {"left_foot": "left", "right_foot": "right", "pelvis": BOTH}
        worn = virtual_imu(self.clip.recording, seed=1, places=tuple(places), wear=FLAWLESS)
        for track in worn.tracks:
            side = places[track.name.removeprefix("imu:")]
            felt = {"acceleration": track.values[:, :3], "turning": track.values[:, 3:6]}
            if side == BOTH:
                trial = self._trial(Kind.BACK, track.t_s, felt)
                yield replace(trial, reference=self.found.events.regardless_of_side())
                continue
            trial = self._trial(Kind.FOOT, track.t_s, felt)
            yield _of_foot(trial, side, self.found.events)


def _track(t_s: Floats, at: Mapping[str, Floats]) -> Track:
    columns = tuple(f"point:{name}.{axis}" for name in at for axis in "xyz")
    return Track("points", t_s, np.hstack(list(at.values())), columns)


def _of_foot(trial: Trial, side: str, events: Events) -> Trial:
    """The trial of one foot, told the foot's strides: from each toe-off to the next."""
    own = Events({side: events.contacts[side]}, {side: events.toe_offs[side]})
    left = own.toe_offs[side]
    strides = np.column_stack([left[:-1], left[1:]]).tolist()
    told = {**trial.told, "side": side, "strides_s": strides}
    return replace(trial, name=f"{trial.name}, {side}", reference=own, told=told)


def _walks() -> Iterator[Trial]:
    """Real walks of people of even number: with sensors on both feet and the lower back."""
    for path in sorted(WALKS.glob("*.json")):
        facts = json.loads(path.read_text())
        if int(str(facts["Subject"])) % 2 == 1:
            continue
        begin, end = _seconds(facts["TrialBoundaries"])
        turn, straight = _seconds(facts["UTurnBoundaries"])
        left, right = (_seconds(facts[key]) for key in ("LeftFootEvents", "RightFootEvents"))
        events = Events(
            {"left": left[:, 1], "right": right[:, 1]}, {"left": left[:, 0], "right": right[:, 0]}
        )
        for sensor, side in (("lf", "left"), ("rf", "right"), ("lb", BOTH)):
            t_s, samples = _even(path.with_name(f"{path.stem}_{sensor}.txt"))
            axes = _worn(samples[:, :3], on_foot=side != BOTH)
            trial = Trial(
                name=path.stem,
                kind=Kind.BACK if side == BOTH else Kind.FOOT,
                group=WALK,
                direction=Direction.FORWARD,
                t_s=t_s,
                arrays={
                    "acceleration": samples[:, :3] @ axes.T,
                    "turning": samples[:, 3:] @ axes.T,
                },
                reference=events.regardless_of_side(),
                judged=((begin, turn), (straight, end)),
                within_s=tolerance_s(_IMU_RATE_HZ),
                told={"walks_s": [[begin, end]]},
            )
            yield trial if side == BOTH else _of_foot(trial, side, events)


def _forced() -> Iterator[Trial]:
    """Real runs on a treadmill that measures force, trials of odd place: one man."""
    felt = np.loadtxt(FORCES / "Accelerometer_one_sub.csv", delimiter=",")
    forces = np.loadtxt(FORCES / "GRF_one_sub.csv", delimiter=",")
    rng = np.random.default_rng(1)
    every = round(_FORCE_RATE_HZ / _IMU_RATE_HZ)
    for place, (row, force) in enumerate(zip(felt, forces, strict=True)):
        if place % 2 == 0:
            continue
        along, fore = (_averaged(axis, every) * GRAVITY for axis in np.split(row, 2))
        # The file has two axes, one of them set to zero in flight: no sensor is so quiet.
        felt_none = np.zeros((4, len(along)))
        noisy = np.vstack([along, fore, felt_none])
        along, fore, aside, *turning = noisy + rng.normal(0, _NOISE, noisy.shape)
        true = true_contacts(force)
        middle = (every - 1) / 2 / _FORCE_RATE_HZ
        t_s: Floats = np.arange(len(along), dtype=np.float64) / _IMU_RATE_HZ + middle
        yield Trial(
            name=f"forces {place + 1}",
            kind=Kind.BACK,
            group=FORCED,
            direction=Direction.FORWARD,
            t_s=t_s,
            arrays={
                "acceleration": np.column_stack([fore, aside, along]),
                "turning": np.column_stack(turning),
            },
            reference=Events({BOTH: true[:, 0]}, {BOTH: true[:, 1]}),
            judged=((float(true[0, 0]) - WITHIN_S, float(true[-1, 1]) + WITHIN_S),),
            within_s=tolerance_s(_IMU_RATE_HZ),
            told={"walks_s": [[0.0, float(t_s[-1])]]},
        )


def _averaged(axis: Floats, every: int) -> Floats:
    return np.asarray(axis[: len(axis) // every * every].reshape(-1, every).mean(axis=1))


def _even(path: Path) -> tuple[Floats, Floats]:
    """Clock of `_IMU_RATE_HZ` and samples, shape (n, 6): straight lines over lost packets."""
    (track,) = read(path).tracks
    clock = np.arange(0, track.t_s[-1], 1 / _IMU_RATE_HZ)
    columns = [track.column(name) for name in ACCELERATION + ANGULAR_VELOCITY]
    return clock, np.column_stack([np.interp(clock, track.t_s, each) for each in columns])


def _seconds(samples: object) -> Floats:
    return np.asarray(samples, dtype=np.float64) / _IMU_RATE_HZ


def _worn(acceleration: Floats, *, on_foot: bool) -> Floats:
    """Shape (3, 3): axes ahead, left and up of a sensor that its authors fixed alike on everybody.

    On the foot its x points up the instep, toward the shin; on the back x points up, z behind.
    """
    up = acceleration[: int(_IMU_RATE_HZ)].mean(axis=0)
    up = up / np.linalg.norm(up)
    ahead = np.array([-1.0, 0.0, 0.0]) if on_foot else np.array([0.0, 0.0, -1.0])
    ahead = ahead - up * (ahead @ up)
    ahead = ahead / np.linalg.norm(ahead)
    return np.stack([ahead, np.cross(up, ahead), up])


def at_angle(radians: float) -> Floats:
    """Shape (3, 3): turns about z, left positive."""
    c, s = float(np.cos(radians)), float(np.sin(radians))
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _whole(track: Track, name: str) -> Floats:
    """Shape (n, 3), straight lines over frames in which the point was not seen."""
    place = np.column_stack([track.column(f"point:{name}.{axis}") for axis in "xyz"])
    seen = np.isfinite(place).all(axis=1)
    return np.column_stack([np.interp(track.t_s, track.t_s[seen], axis[seen]) for axis in place.T])


def _heel(at: Mapping[str, Floats], side: str) -> Floats:
    """Shape (n, 3): a heel on the foot, at the toe's height and behind the ankle in a flat stance.

    Skeletons for animation have none, and without it a foot that lands on its heel is not seen to.
    """
    toe, ankle = at[f"{side}_toe"], at[f"{side}_ankle"]
    along = toe - ankle
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along = along / length
    left = at["left_hip"] - at["right_hip"]
    left = left - along * (along * left).sum(axis=1, keepdims=True)
    left = left / np.linalg.norm(left, axis=1, keepdims=True)
    above = np.cross(along, left)
    height = toe[:, 2] + ankle[:, 2]
    flat = height <= np.quantile(height, _FLATTEST)
    drop = float(np.median((ankle - toe)[flat, 2]))
    size = float(np.median(length))
    ahead = float(np.sqrt(size**2 - drop**2))
    # In a flat stance `along` is (ahead, -drop) and `above` (drop, ahead), both over size.
    behind = _BEHIND * ahead
    return np.asarray(
        ankle
        + along * ((drop * drop - behind * ahead) / size)
        - above * ((behind * drop + drop * ahead) / size)
    )
