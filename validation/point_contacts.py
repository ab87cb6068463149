"""Contacts of points of the body, against when the body falls freely."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backstride.motion import analyze
from backstride.recording import Floats, Recording, Track
from validation.data import ROOT, recordings_of
from validation.mocap import Clip, in_reverse, short_clips
from validation.study import Bound, Cell, Evidence, Result, Table, Target

_TITLE = "Contacts and strides from motion capture"
RUNS = ROOT / "biomech-dorn-ja1-run"
SPEEDS: Mapping[str, float] = {"0350": 3.5, "0500": 5.0, "0700": 7.0, "0900": 9.0}

#: At these speeds the middle of trunk and thighs falls as freely as the body; at higher ones the
#: legs swing too hard for that.
FREE_FALL_MPS = 5.0
#: Force below which a foot counts as off the ground, in body weights: as for force plates.
LEAST_FORCE_BW = 0.05
GRAVITY_MPS2 = 9.80665
SMOOTHING_S = 0.01
#: A reference further off belongs to no free fall: the body's middle was not loaded evenly.
FARTHEST_MS = 100.0
LIMIT_MS = 15.0


@dataclass(frozen=True)
class Stance:
    """A stance that was found, and the one between two free falls; seconds."""

    found: tuple[float, float]
    reference: tuple[float, float]

    @property
    def errors_ms(self) -> tuple[float, float, float]:
        """Of contact, toe-off and the time between them: found less reference."""
        contact, toe_off = (
            1000 * (mine - theirs) for mine, theirs in zip(self.found, self.reference, strict=True)
        )
        return contact, toe_off, toe_off - contact


def study() -> Result:
    """Running of one person at four speeds, and how strides of clips come out in reverse."""
    if not RUNS.is_dir():
        reason = f"no runs at {ROOT.name}; set BACKSTRIDE_DATA to where they are"
        return Result("point_contacts", _TITLE, Evidence.REAL, "none", not_measured=reason)
    runs = {speed: recordings_of(RUNS / f"run{name}cms.trc")[0] for name, speed in SPEEDS.items()}
    stances = {speed: stances_of(run) for speed, run in runs.items()}
    judged = [s for speed, found in stances.items() if speed <= FREE_FALL_MPS for s in found]
    held_out = [clip for clip in short_clips() if not clip.tuning]
    return Result(
        key="point_contacts",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"one person running forward at four speeds ({sum(map(len, stances.values()))} "
        f"stances), and {len(held_out)} clips of three actors",
        tables=(
            Table(
                "Running at 250 frames a second: found less reference, ms",
                (
                    "speed m/s",
                    "stances",
                    "contact, median",
                    "toe-off, median",
                    "contact time, median",
                    "contact time, median size of the error",
                    "contact time found, ms",
                ),
                tuple(_row(speed, found) for speed, found in stances.items()),
            ),
            _strides(held_out),
        ),
        targets=(
            Target(
                "contact time at 3.5 and 5 m/s, median size of the error, ms",
                float(np.median([abs(s.errors_ms[2]) for s in judged])),
                Bound.AT_MOST,
                LIMIT_MS,
            ),
        ),
        remarks=(
            "There are no force plates in this motion capture. The reference is physics: while no "
            "foot is on the ground the body falls freely. The middle of pelvis, shoulders, hips "
            f"and knees stands for it; a stance is where that falls {LEAST_FORCE_BW:.0%} slower "
            "than free fall or more. That is right within some 10 ms at 3.5 m/s and ever less at "
            "higher speed, where legs swing hard against the trunk: the rows above 5 m/s show it "
            "and are not judged.",
            "The smoothing of a foot and the share of its speed were chosen with these runs in "
            "view; one person, forward only. Backward running has no public motion capture.",
            "Clips of the held-out half, 30 frames a second, no heels in them (a heel is put where "
            "ankle and sole say): nothing measures their contacts; the table shows whether strides "
            "come out as such gait does. In reverse the same frames are played from last to "
            "first; contact then is where toe-off was, so contact times should stay.",
        ),
    )


def stances_of(recording: Recording) -> list[Stance]:
    """Stances that the program finds, beside the loading between free falls around them."""
    strides = analyze(recording).strides
    t_s, force = _force_bw(recording)
    free = force < LEAST_FORCE_BW
    found = []
    for begin, contact in zip(strides.table.t_s, strides.column("contact_s"), strict=True):
        middle = int(np.searchsorted(t_s, begin + contact / 2))
        before, after = np.flatnonzero(free[:middle]), np.flatnonzero(free[middle:])
        if len(before) and len(after):
            loaded = float(t_s[before[-1] + 1]), float(t_s[middle + after[0]])
            found.append(Stance((float(begin), float(begin + contact)), loaded))
    return [one for one in found if max(map(abs, one.errors_ms)) < FARTHEST_MS]


def _force_bw(recording: Recording) -> tuple[Floats, Floats]:
    """Times, and the vertical force that the body's middle feels, in body weights."""
    from scipy.ndimage import gaussian_filter1d

    track = recording.track("points")
    if track is None:
        raise ValueError(f"{recording.source.path} has no points")
    rate = track.rate_hz or 1.0
    pairs = [f"{side}_{part}" for side in ("left", "right") for part in ("shoulder", "hip", "knee")]
    middle = np.mean([_height(track, name) for name in ("pelvis", *pairs)], axis=0)
    height = gaussian_filter1d(middle, SMOOTHING_S * rate)
    return track.t_s, np.gradient(np.gradient(height)) * rate**2 / GRAVITY_MPS2 + 1


def _height(track: Track, name: str) -> Floats:
    return track.column(f"point:{name}.z")


def _row(speed: float, stances: list[Stance]) -> tuple[float | int | None, ...]:
    if not stances:
        return (speed, 0, None, None, None, None, None)
    errors = np.array([stance.errors_ms for stance in stances])
    times = [1000 * (s.found[1] - s.found[0]) for s in stances]
    medians = (*np.median(errors, axis=0), np.median(np.abs(errors[:, 2])), np.median(times))
    return (speed, len(stances), *(round(float(value), 1) for value in medians))


def _strides(clips: list[Clip]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for kind in ("walk", "walk-back", "run", "dash"):
        some = [clip for clip in clips if clip.kind == kind]
        for name, group in ((kind, some), (f"{kind}, reversed", [in_reverse(c) for c in some])):
            found = [analyze(clip.recording).strides for clip in group]
            medians = (
                np.nanmedian(np.concatenate([strides.column(column) for strides in found])) * scale
                for column, scale in _COLUMNS.items()
            )
            rows.append((name, sum(map(len, found)), *(round(float(m), 2) for m in medians)))
    return Table(
        "Strides of clips, medians; a foot angle below zero is forefoot first",
        ("clips", "strides", "m/s", "steps/min", "contact ms", "contact %", "flight ms", "foot °"),
        tuple(rows),
    )


#: Column -> what it is shown times.
_COLUMNS: Mapping[str, float] = {
    "speed_mps": 1,
    "cadence_spm": 1,
    "contact_s": 1000,
    "contact_share": 100,
    "flight_s": 1000,
    "foot_strike_rad": 180 / np.pi,
}
