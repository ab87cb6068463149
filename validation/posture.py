"""Posture by a camera or a trunk sensor, against the body that they were computed from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backstride.motion.bouts import Bout
from backstride.motion.points import bodies_of
from backstride.motion.posture import posture_of
from backstride.recording import Floats, Recording, Track
from backstride.vocabulary import Direction, Gait, Origin, degrees
from validation import mocap
from validation.data import ROOT
from validation.sessions import Leg, Session, session_of
from validation.study import Bound, Cell, Evidence, Result, Table, Target, percent
from validation.virtual_camera import Faults, View, filmed
from validation.virtual_imu import virtual_imu

_TITLE = "Posture by a camera or a trunk sensor"
_LEG_S, _EDGE_S = 16.0, 1.5
#: Shorter clips cannot be looped.
_LOOPED_S = 2.5
#: How far off the side of the body a camera stands.
_ANGLES_DEG = (-30.0, -15.0, 0.0, 15.0, 30.0)
#: The interval that the program assumes: 1.96 times two degrees; and how often it must hold.
WITHIN_DEG, HOLDS = 3.9, 95.0
_CAMERA, _CHEST = "camera, trunk", "chest sensor, chest"


@dataclass(frozen=True)
class Compared:
    """A session by one means: lean backward less forward, degrees; None where nothing is said."""

    means: str
    gait: Gait
    tuning: bool
    found_deg: float | None
    true_deg: float

    @property
    def error_deg(self) -> float:
        """How much too far forward; NaN where nothing is said."""
        return float("nan") if self.found_deg is None else self.found_deg - self.true_deg


def study() -> Result:
    """Compare every style's session by every means with what its points show."""
    if not mocap.CLIPS.is_dir():
        reason = f"no motion capture at {ROOT.name}; set BACKSTRIDE_DATA to where it is"
        return Result("posture", _TITLE, Evidence.SIMULATED, "none", not_measured=reason)
    rows = tuple(_compared())
    held_out = [row for row in rows if not row.tuning]
    return Result(
        key="posture",
        title=_TITLE,
        on=Evidence.SIMULATED,
        size=f"{len(rows)} comparisons on sessions joined from clips of three actors; nobody runs "
        "backward in them",
        tables=(
            _table("Held-out half", held_out),
            _table("Tuning half", [row for row in rows if row.tuning]),
        ),
        targets=tuple(
            Target(
                f"{means}, {gait}, held-out half: within {WITHIN_DEG} degrees, %",
                _within(mine),
                Bound.AT_LEAST,
                HOLDS,
            )
            for (means, gait), mine in _parts(held_out).items()
            if means in (_CAMERA, _CHEST)
        ),
        remarks=_REMARKS,
    )


_REMARKS = (
    "Each session goes forward, backward, forward and backward, 16 s each, looking the same way. "
    "Walking: clips of walk and walk-back of one style. Running: clips of run, and the same in "
    "reverse for backward, for nobody runs backward in the recordings; so the true difference is "
    "near none there, and what is tested is that none is made up.",
    "Camera: virtual, at the side within 30 degrees, 2 px noise, dropouts and swaps, the body on "
    "the spot as on a treadmill. It is compared with the same line in space, from hips to "
    "shoulders. Chest sensor: virtual, in any orientation, with a phone's noise and offsets. It is "
    "compared with the chest that carries it, and with the trunk from pelvis to neck: acted styles "
    "round their backs, which a sensor on the chest takes for lean. It is told which way the bouts "
    "went.",
    "Where ahead is, as a sensor on the trunk finds it, was checked on real people too: on all 12 "
    "low backs of imu-voisard-forward it points out of the belly within 14 degrees, in forward "
    "walking only (a test says so).",
)


def _table(title: str, rows: Sequence[Compared]) -> Table:
    cells: list[tuple[Cell, ...]] = []
    for (means, gait), mine in _parts(rows).items():
        errors = np.array([row.error_deg for row in mine])
        said = errors[np.isfinite(errors)]
        cells.append(
            (
                means,
                str(gait),
                len(mine),
                len(mine) - len(said),
                round(float(np.mean(said)), 2),
                round(float(np.std(said)), 2),
                round(float(np.max(np.abs(said))), 2),
            )
        )
    columns = ("by, of", "gait", "recordings", "nothing said", "error, mean", "SD", "most")
    return Table(f"{title}: error of the difference, degrees", columns, tuple(cells))


def _parts(rows: Sequence[Compared]) -> dict[tuple[str, Gait], list[Compared]]:
    parts: dict[tuple[str, Gait], list[Compared]] = {}
    for row in rows:
        parts.setdefault((row.means, row.gait), []).append(row)
    return parts


def _within(rows: Sequence[Compared]) -> float:
    said = [row for row in rows if row.found_deg is not None]
    return percent(sum(abs(row.error_deg) <= WITHIN_DEG for row in said), len(said)) or 0.0


def _compared() -> Iterator[Compared]:
    for gait, tuning, session in _sessions():
        bouts = _bouts(session, gait)
        track = mocap.points_of(session.recording)
        line = _middle(track, "shoulder") - _middle(track, "hip")
        chest = _at(track, "neck") - _at(track, "spine")
        stage = mocap.on_the_spot(
            mocap.Clip("", "", tuning, session.recording, track.t_s, np.array([], dtype=np.str_))
        )
        for angle in _ANGLES_DEG:
            film = filmed(stage.recording, View(angle_deg=angle), Faults(), seed=round(angle) + 60)
            found = _found(film.recording, bouts, session)
            yield Compared(_CAMERA, gait, tuning, found, _true(track, line, session))
        worn = virtual_imu(session.recording, seed=2, places=("chest",))
        found = _found(worn, bouts, session)
        yield Compared(_CHEST, gait, tuning, found, _true(track, chest, session))
        of_trunk = _found(session.recording, bouts, session)
        if of_trunk is not None:
            yield Compared("chest sensor, trunk", gait, tuning, found, of_trunk)


def _sessions() -> Iterator[tuple[Gait, bool, Session]]:
    """A session for each style that walks both ways, and one for each that runs."""
    kinds: dict[tuple[str, str], list[mocap.Clip]] = {}
    for clip in mocap.short_clips():
        if clip.recording.duration_s >= _LOOPED_S:
            kinds.setdefault((clip.style, clip.kind), []).append(clip)
    for (style, kind), some in kinds.items():
        if kind == "run":
            yield Gait.RUN, some[0].tuning, _session(some, [mocap.in_reverse(c) for c in some])
        if kind == "walk" and (style, "walk-back") in kinds:
            yield Gait.WALK, some[0].tuning, _session(some, kinds[style, "walk-back"])


def _session(ahead: Sequence[mocap.Clip], behind: Sequence[mocap.Clip]) -> Session:
    legs = [
        Leg(tuple(clip.recording for clip in clips), way, _LEG_S)
        for clips, way in ((ahead, Direction.FORWARD), (behind, Direction.BACKWARD))
    ]
    return session_of(legs * 2, seed=5)


def _bouts(session: Session, gait: Gait) -> tuple[Bout, ...]:
    return tuple(
        Bout(start + _EDGE_S, end - _EDGE_S, way, gait, 1.0, Origin.DECLARED)
        for start, end, way in zip(
            session.start_s.tolist(), session.end_s.tolist(), session.directions, strict=True
        )
    )


def _found(recording: Recording, bouts: Sequence[Bout], session: Session) -> float | None:
    """The program's own posture, backward less forward."""
    seen = (track for track in recording.tracks if track.name == "points")
    bodies = [body for track in seen for body in bodies_of(track)]
    found = posture_of(recording, bodies, bouts)
    if found is None:
        return None
    return _difference(found.table.t_s, found.table.column("trunk_lean_rad"), session)


def _true(track: Track, line: Floats, session: Session) -> float:
    """Lean of a line in space to where the hips face, smoothed over a second."""
    across = _at(track, "left_hip") - _at(track, "right_hip")
    facing = across[:, 1] - 1j * across[:, 0]
    window = np.ones(round(track.rate_hz or 1))
    facing = np.convolve(facing / np.abs(facing), window, mode="same")
    level = (line[:, 0] + 1j * line[:, 1]) * np.conj(facing / np.abs(facing))
    lean = np.arctan2(level.real, line[:, 2])
    return _difference(track.t_s, lean, session) or 0.0


def _at(track: Track, name: str) -> Floats:
    return np.column_stack([track.column(f"point:{name}.{axis}") for axis in "xyz"])


def _middle(track: Track, name: str) -> Floats:
    left, right = (_at(track, f"{side}_{name}") for side in ("left", "right"))
    return np.asarray((left + right) / 2)


def _difference(t_s: Floats, lean_rad: Floats, session: Session) -> float | None:
    """Mean of the backward legs less that of the forward ones, degrees; None without either."""
    means = {}
    for way in (Direction.FORWARD, Direction.BACKWARD):
        rows = np.zeros(len(t_s), dtype=np.bool_)
        for start, end, each in zip(
            session.start_s, session.end_s, session.directions, strict=True
        ):
            if each is way:
                rows |= (t_s >= start + _EDGE_S) & (t_s < end - _EDGE_S)
        rows &= np.isfinite(lean_rad)
        if not rows.any():
            return None
        means[way] = float(lean_rad[rows].mean())
    return degrees(means[Direction.BACKWARD] - means[Direction.FORWARD])
