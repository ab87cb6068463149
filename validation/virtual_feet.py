"""Foot sensors computed from motion capture: which way each stride went, and when feet landed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstride.errors import RequestError
from backstride.motion import points
from backstride.motion.imu import foot, trunk_contacts
from backstride.motion.imu.inertial import inertial_of
from backstride.motion.points import contacts as point_contacts
from backstride.motion.strides import SIDES
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Direction, Side
from validation.data import ROOT, recordings_of
from validation.mocap import NAMED, short_clips
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent
from validation.virtual_imu import GRAVITY, PHONE, virtual_imu

_TITLE = "Foot and trunk sensors in running and backward walking (computed from motion capture)"
RUNS = ROOT / "biomech-dorn-ja1-run"

#: Per cent of strides with the right direction.
LEAST_RIGHT = 98.0
#: Feet are knocked harder than a phone's 8 g can hold.
WEAR = replace(PHONE, range_mps2=16 * GRAVITY)
#: Each recording is worn so many times, each time mounted in another way.
SEEDS = (1, 2, 3)
FEET = ("left_foot", "right_foot")
#: Contacts and toe-offs further apart are not the same ones.
NEAR_S = 0.15


@dataclass(frozen=True, eq=False)
class Movement:
    """A recording of points and which way it went; perhaps played in time reversed."""

    kind: str
    tuning: bool
    recording: Recording
    direction: Direction
    reverse: bool = False


@dataclass(frozen=True, eq=False)
class Worn:
    """What one foot sensor found: strides by direction, and their lengths over the true ones."""

    movement: Movement
    directions: tuple[Direction, ...]
    length_ratio: Floats


def study() -> Result:
    """Both feet of every clip, forward and in reverse, and a sprinter's contacts."""
    if not RUNS.is_dir():
        reason = f"no motion capture at {ROOT.name}; set BACKSTRIDE_DATA to where it is"
        return Result("virtual_feet", _TITLE, Evidence.SIMULATED, "none", not_measured=reason)
    movements = [moved for one in _movements() for moved in (one, _in_reverse(one))]
    worn = [each for movement in movements for each in _worn(movement)]
    several = [each for each in worn if len(each.directions) > 1]
    held_out = [each for each in several if not each.movement.tuning]
    moments = {speed: _moments(recording) for speed, recording in _sprints().items()}
    return Result(
        key="virtual_feet",
        title=_TITLE,
        on=Evidence.SIMULATED,
        size=f"{len(movements) // 2} clips of four people, each also in time reversed, both feet, "
        f"{len(SEEDS)} mountings each",
        tables=(
            Table(
                "Strides by direction, recordings with two strides or more",
                ("half", "clips", "strides", "right", "wrong", "unknown", "right %",
                 "length, found over true"),
                tuple(_rows(several)),
            ),
            _moment_table(moments),
            _bounce_table(movements),
        ),
        targets=(
            *(
                Target(
                    f"right, {name}, held-out half, % of strides",
                    _right([each for each in held_out if each.movement.kind in kinds]),
                    Bound.AT_LEAST,
                    LEAST_RIGHT,
                )
                for name, kinds in (
                    ("walking", ("walk", "walk-back")), ("running", ("run", "dash", "sprint"))
                )
            ),
        ),
        remarks=(
            "Nobody wore these sensors. Motion capture at 30 frames a second does not hold the "
            "shock of a landing; only the sprinter was captured at 250.",
            "Walking backward was captured; running backward was not: it is running forward played "
            "in time reversed, and so is a part of the walking.",
            "Tuned on every second style by name and on 3.5 and 7 m/s; the actors are the same in "
            "both halves. How much more feet pitch toe down than toe up had been seen in both "
            "halves when the scatter of that was set.",
            "A recording with a single stride does not tell toe from heel, so its direction is "
            "unknown by design; it is left out here. Unknown strides are nearly all of feet that "
            "pitch toe up as far as toe down, in some styles of walking backward.",
            "Contacts are compared with those that the program finds in the points themselves: "
            "another method, which is no reference above 3.5 m/s (see there), and not force. They "
            "are few, and no target. Sensors without noise.",
        ),
    )  # fmt: skip


_WHAT = ("contact", "toe-off", "contact time")


def _movements() -> Iterator[Movement]:
    for clip in short_clips():
        if clip.kind in NAMED:
            yield Movement(clip.kind, clip.tuning, clip.recording, NAMED[clip.kind])
    for speed, recording in _sprints().items():
        yield Movement("sprint", speed in (3.5, 7.0), recording, Direction.FORWARD)


def _sprints() -> dict[float, Recording]:
    return {
        int(path.stem[3:7]) / 100: recordings_of(path)[0] for path in sorted(RUNS.glob("*.trc"))
    }


def _in_reverse(movement: Movement) -> Movement:
    track = _points(movement.recording)
    values = np.array(track.values[::-1])
    back = Track(track.name, track.t_s, values, track.columns)
    forward = movement.direction is Direction.FORWARD
    return replace(
        movement,
        recording=replace(movement.recording, tracks=(back,)),
        direction=Direction.BACKWARD if forward else Direction.FORWARD,
        reverse=True,
    )


def _points(recording: Recording) -> Track:
    track = recording.track(points.TRACK)
    if track is None:
        raise ValueError(f"{recording.source.path} has no points of a body")
    return track


def _worn(movement: Movement) -> Iterator[Worn]:
    """What each mounting of each foot's sensor finds; nothing of clips that are too short."""
    for seed in SEEDS:
        try:
            tracks = virtual_imu(movement.recording, seed=seed, places=FEET, wear=WEAR).tracks
            signals = [inertial_of(track) for track in tracks]
        except (ValueError, RequestError):
            continue
        for one in signals:
            strides = foot.foot_strides(one)
            found_m = np.hypot(*strides.displacement_m[:, :2].T)
            true_m = _way_m(movement.recording, one.place, strides.start_s, strides.end_s)
            yield Worn(movement, strides.directions, found_m / true_m)


def _way_m(recording: Recording, place: str, start_s: Floats, end_s: Floats) -> Floats:
    """How far the ankle of that foot went on the level from one time to the other."""
    track = _points(recording)
    side = place.removesuffix("_foot")
    ankle = [track.column(f"point:{side}_ankle.{axis}") for axis in "xy"]
    way = [np.interp(end_s, track.t_s, v) - np.interp(start_s, track.t_s, v) for v in ankle]
    return np.asarray(np.hypot(*way))


def _right(worn: Sequence[Worn]) -> float:
    right = sum(each.directions.count(each.movement.direction) for each in worn)
    return percent(right, sum(len(each.directions) for each in worn)) or 0.0


def _rows(worn: Sequence[Worn]) -> Iterator[tuple[Cell, ...]]:
    groups: dict[tuple[bool, str, bool], list[Worn]] = {}
    for each in worn:
        movement = each.movement
        groups.setdefault((movement.tuning, movement.kind, movement.reverse), []).append(each)
    for (tuning, kind, reverse), group in sorted(groups.items(), reverse=True):
        strides = sum(len(each.directions) for each in group)
        right = sum(each.directions.count(each.movement.direction) for each in group)
        unknown = sum(each.directions.count(Direction.UNKNOWN) for each in group)
        ratios = np.concatenate([each.length_ratio for each in group])
        yield (
            "tuning" if tuning else "held out",
            kind + (", reversed" if reverse else ""),
            strides,
            right,
            strides - right - unknown,
            unknown,
            percent(right, strides),
            round(float(np.median(ratios)), 3),
        )


#: Errors in ms by the sensor and what was timed.
Moments = dict[tuple[str, str], Floats]


def _moments(recording: Recording) -> Moments:
    """What flawless sensors find, less what points of the body show."""
    track = _points(recording)
    seen = list(point_contacts.contacts_of(track, points.bodies_of(track)))
    flawless = replace(WEAR, range_mps2=100 * GRAVITY, acceleration_noise_mps2=0.0,
                       acceleration_bias_mps2=0.0, turning_noise_radps=0.0,
                       turning_bias_radps=0.0)  # fmt: skip
    worn = virtual_imu(recording, seed=1, places=(*FEET, "pelvis", "chest"), wear=flawless)
    found: dict[tuple[str, str], list[Floats]] = {}
    for each in worn.tracks:
        signals = inertial_of(each)
        of_foot = signals.place in FEET
        place = "foot" if of_foot else signals.place
        codes = [SIDES.index(_SIDE[signals.place])] if of_foot else [0, 1]
        true_s = [
            np.concatenate([moment[np.isin(one.side, codes)] for moment, one in part])
            for part in zip(*(((s.contact_s, s), (s.toe_off_s, s)) for s in seen), strict=True)
        ]
        if of_foot:
            strides = foot.foot_strides(signals)
            moments = strides.contact_s, strides.toe_off_s
            contacts = foot.contacts_of(strides)
        else:
            contacts = trunk_contacts.contacts_of(signals)
            moments = contacts.contact_s, contacts.toe_off_s
        for what, mine, theirs in zip(_WHAT, moments, true_s, strict=False):
            found.setdefault((place, what), []).append(_less(mine, theirs))
        lasting = _lasting(np.column_stack([contacts.contact_s, contacts.toe_off_s]), *true_s)
        found.setdefault((place, _WHAT[2]), []).append(lasting)
    return {key: np.concatenate(parts) for key, parts in found.items()}


_SIDE = {"left_foot": Side.LEFT, "right_foot": Side.RIGHT}


def _less(found_s: Floats, true_s: Floats) -> Floats:
    """In ms, of those that have a true one near."""
    nearest = _nearest(found_s, true_s)
    return 1000 * nearest[np.abs(nearest) < NEAR_S]


def _nearest(found_s: Floats, true_s: Floats) -> Floats:
    if not len(true_s):
        return np.full(len(found_s), np.nan)
    apart = found_s[:, None] - true_s
    return np.asarray(apart[np.arange(len(apart)), np.abs(apart).argmin(axis=1)])


def _lasting(found_s: Floats, contact_s: Floats, toe_off_s: Floats) -> Floats:
    """Contact time in ms, found less true, where both ends have a true one near."""
    whole = found_s[np.isfinite(found_s).all(axis=1)]
    early, late = _nearest(whole[:, 0], contact_s), _nearest(whole[:, 1], toe_off_s)
    near = (np.abs(early) < NEAR_S) & (np.abs(late) < NEAR_S)
    return 1000 * (late - early)[near]


def _bounce_table(movements: Sequence[Movement]) -> Table:
    """How far the trunk rises and falls in each step, against the pelvis of the points."""
    pairs: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for movement in movements:
        if movement.reverse:
            continue
        try:
            worn = virtual_imu(movement.recording, seed=1, places=("pelvis", "chest"), wear=WEAR)
            signals = [inertial_of(track) for track in worn.tracks]
        except (ValueError, RequestError):
            continue
        track = _points(movement.recording)
        height_m = track.column("point:pelvis.z")
        for one in signals:
            contacts = trunk_contacts.contacts_of(one)
            bounce_m = contacts.measured["vertical_oscillation_m"]
            for begin, end, found in zip(
                contacts.contact_s, contacts.contact_s[1:], bounce_m, strict=False
            ):
                rows = height_m[(track.t_s >= begin) & (track.t_s < end)]
                if np.isfinite(found) and len(rows) > 1:
                    pair = 1000 * float(found), 1000 * float(np.ptp(rows))
                    pairs.setdefault((movement.kind, one.place), []).append(pair)
    rows_of: list[tuple[Cell, ...]] = []
    for (kind, place), each in pairs.items():
        found_mm, true_mm = np.array(each).T
        error = float(np.median(np.abs(found_mm - true_mm)))
        medians = (round(float(np.median(part)), 1) for part in (found_mm, true_mm))
        rows_of.append((kind, place, len(each), *medians, round(error, 1)))
    columns = ("clips", "sensor", "steps", "found mm", "true mm", "median of |error| mm")
    return Table("Rise and fall of the trunk over a step, medians", columns, tuple(rows_of))


def _moment_table(moments: dict[float, Moments]) -> Table:
    rows = [
        (
            speed,
            place,
            what,
            len(errors),
            round(float(np.median(errors)), 1),
            round(float(np.median(np.abs(errors))), 1),
        )
        for speed, found in moments.items()
        for (place, what), errors in found.items()
        if len(errors)
    ]
    columns = ("m/s", "sensor", "moment", "found", "median ms", "median of |error| ms")
    return Table("A sprinter's contacts, found less those in the points", columns, tuple(rows))
