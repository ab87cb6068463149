"""Contacts felt at the trunk: running against force, walking against sensors on the feet."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstride.motion.imu.inertial import Inertial, inertial_of
from backstride.motion.imu.trunk_contacts import contacts_of
from backstride.readers import read
from backstride.recording import Floats
from validation.data import ROOT
from validation.study import Bound, Cell, Evidence, Result, Table, Target

FOLDER = ROOT / "biomech-alcantara-run-grf"
WALKING = ROOT / "imu-voisard-forward" / "GaitData"
_TITLE = "Contacts of running from a sensor at the sacrum"

#: What must be reached: the median of the absolute error of contact, toe-off and contact time.
MOST_MS = 15.0
#: A foot is on the ground while the normal force is above this share of body weight.
ON_GROUND_BW = 0.05
#: And stands there for sure above this one.
LOADED_BW = 0.5
_RATE_HZ = 500
_GRAVITY = 9.80665
#: Contacts further from those of the reference are not the same ones.
NEAR_S = 0.1
_MOMENTS = ("contact", "toe-off", "contact time")


@dataclass(frozen=True, eq=False)
class Trial:
    """One trial: its pairs of true and found contacts, and what had no partner.

    Attributes
    ----------
    errors_s
        shape (k, 3), found minus true: contact, toe-off, contact time; NaN where not found.
    """

    name: str
    tuning: bool
    errors_s: Floats
    surplus: int
    missed: int


def study() -> Result:
    """Every trial of running; those of even place were tuned on, the others not."""
    if not FOLDER.is_dir():
        reason = f"no recordings at {FOLDER.name}; set BACKSTRIDE_DATA to where they are"
        return Result("running_contacts", _TITLE, Evidence.REAL, "none", not_measured=reason)
    trials = tuple(_running())
    halves = _halves(trials)
    walks = tuple(_walking())
    held_out = _median_ms(halves["held-out half"])
    return Result(
        key="running_contacts",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"one man, {len(trials)} runs of 5 s on a treadmill with force plates, and"
        f" {len(walks)} walks of 12 people with a sensor on the lower back",
        tables=(
            _errors("Running, against force", halves),
            Table(
                "Running by trial: median error, found minus true",
                ("trial", "half", "contacts", *(f"{moment} ms" for moment in _MOMENTS)),
                tuple(
                    (
                        trial.name,
                        "tuning" if trial.tuning else "held out",
                        len(trial.errors_s),
                        *(round(1000 * float(e), 1) for e in np.nanmedian(trial.errors_s, axis=0)),
                    )
                    for trial in trials
                ),
            ),
            _errors("Walking, against the sensors on both feet", _halves(walks)),
        ),
        targets=tuple(
            Target(f"median error of {moment}, held-out half, ms", error, Bound.AT_MOST, MOST_MS)
            for moment, error in zip(_MOMENTS, held_out, strict=True)
        ),
        remarks=_REMARKS,
    )


_REMARKS = (
    "Running is one person: how the detector does on others, and on other places of the trunk, is "
    "not known. Both halves are his; the tuning half are the trials of even place in the file.",
    "The two axes of the file are one along the trunk and one fore and aft, in units of gravity; "
    "third axis and gyroscope are made zero. Its authors set the first one to zero where it was "
    "negative, so flight is flatter than a sensor feels it, and both it (to about 30 Hz) and the "
    "force are low-pass filtered. The product's own function runs on them, at its own 100 Hz.",
    f"True contact is the first sample with a normal force above {100 * ON_GROUND_BW:.0f} % of "
    "body weight, true toe-off the first one below again; the filter of the force widens both by "
    "some milliseconds.",
    f"Pairs are within {1000 * NEAR_S:.0f} ms of contact. The reference of walking is that of the "
    "data's authors, outside the turn; people with odd numbers are the tuning half.",
    "A first rule of gait took half of a held-out trial (4.17 m/s, slope 10) for walking. That was "
    "seen before the rule was mended, so walking against running is not held out there.",
    "Nothing here is backward gait.",
)


def true_contacts(force_bw: Floats) -> Floats:
    """Shape (k, 2): seconds of contact and toe-off of every whole contact."""
    loaded = np.diff((force_bw > LOADED_BW).astype(np.int8), prepend=0, append=0)
    off = np.flatnonzero(force_bw <= ON_GROUND_BW)
    found = []
    for first, last in zip(np.flatnonzero(loaded > 0), np.flatnonzero(loaded < 0), strict=True):
        before, after = off[off < first], off[off >= last]
        if len(before) and len(after):
            found.append((before[-1] + 1, after[0]))
    return np.array(found, dtype=np.float64).reshape(-1, 2) / _RATE_HZ


def _running() -> Iterator[Trial]:
    felt = np.loadtxt(FOLDER / "Accelerometer_one_sub.csv", delimiter=",")
    forces = np.loadtxt(FOLDER / "GRF_one_sub.csv", delimiter=",")
    with (FOLDER / "Sub_Info_one_sub.csv").open() as file:
        about = list(csv.DictReader(file))
    for place, (row, force, one) in enumerate(zip(felt, forces, about, strict=True)):
        contacts = contacts_of(_made(*np.split(row, 2)))
        found = np.column_stack([contacts.contact_s, contacts.toe_off_s])
        true = true_contacts(force)
        # The first and last contacts of the file are cut, so they are found but not true.
        whole = (found[:, 0] > true[0, 0] - NEAR_S) & (found[:, 0] < true[-1, 0] + NEAR_S)
        name = f"{place + 1}: {one['Speed']} m/s, slope {one['Slope']}"
        yield _compared(name, found[whole], true, tuning=place % 2 == 0)


def _made(along: Floats, fore: Floats) -> Inertial:
    """The two axes as a sensor of six, on the product's clock of 100 Hz."""
    from scipy.ndimage import uniform_filter1d

    dense = _RATE_HZ // 100
    axes = np.column_stack([along, fore, np.zeros_like(along)]) * _GRAVITY
    acceleration = uniform_filter1d(axes, dense, axis=0, mode="nearest")[::dense]
    return Inertial(
        place="sacrum",
        start_s=0.0,
        rate_hz=100.0,
        acceleration_mps2=acceleration,
        angular_velocity_radps=np.zeros_like(acceleration),
        known=np.ones(len(acceleration), dtype=np.bool_),
        notices=(),
    )


def _walking() -> Iterator[Trial]:
    for path in sorted(WALKING.glob("*lb.txt")):
        about = json.loads(path.with_name(path.stem.split("_")[0] + ".json").read_text())
        begin, end = (sample / 100 for sample in about["TrialBoundaries"])
        turn, after = (sample / 100 for sample in about["UTurnBoundaries"])
        contacts = contacts_of(inertial_of(read(path).tracks[0]))
        found = np.column_stack([contacts.contact_s, contacts.toe_off_s])
        true = _steps(about["LeftFootEvents"], about["RightFootEvents"])
        judged = [
            (one[:, 0] > begin) & (one[:, 0] < end) & ~((one[:, 0] > turn) & (one[:, 0] < after))
            for one in (found, true)
        ]
        yield _compared(
            path.stem, found[judged[0]], true[judged[1]], tuning=int(about["Subject"]) % 2 == 1
        )


def _steps(*feet: Sequence[Sequence[int]]) -> Floats:
    """Shape (k, 2): contact and the toe-off after it, of both feet in order; NaN for the last."""
    rows = []
    for events in feet:
        toe_off, contact = np.asarray(events, dtype=np.float64).T / 100
        after = np.searchsorted(toe_off, contact)
        rows.append(np.column_stack([contact, np.append(toe_off, np.nan)[after]]))
    both = np.concatenate(rows)
    return np.asarray(both[np.argsort(both[:, 0])])


def _compared(name: str, found: Floats, true: Floats, *, tuning: bool) -> Trial:
    """Pair each true contact with the nearest found one, each once."""
    errors, free = [], np.ones(len(found), dtype=np.bool_)
    for contact, toe_off in true:
        apart = np.where(free, np.abs(found[:, 0] - contact), np.inf)
        if len(apart) and apart.min() <= NEAR_S:
            nearest = apart.argmin()
            free[nearest] = False
            early, late = found[nearest] - (contact, toe_off)
            errors.append((early, late, late - early))
    kept = np.array(errors).reshape(-1, 3)
    return Trial(name, tuning, kept, int(free.sum()), len(true) - len(kept))


def _halves(trials: Sequence[Trial]) -> dict[str, Trial]:
    """The trials of each half as one."""
    parts = {
        "tuning half": [trial for trial in trials if trial.tuning],
        "held-out half": [trial for trial in trials if not trial.tuning],
    }
    return {
        half: replace(
            part[0],
            errors_s=np.concatenate([trial.errors_s for trial in part]),
            surplus=sum(trial.surplus for trial in part),
            missed=sum(trial.missed for trial in part),
        )
        for half, part in parts.items()
        if part
    }


def _median_ms(trial: Trial) -> list[float]:
    return [float(error) for error in np.nanmedian(1000 * np.abs(trial.errors_s), axis=0)]


def _errors(title: str, halves: dict[str, Trial]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for half, trial in halves.items():
        for moment, errors in zip(_MOMENTS, 1000 * trial.errors_s.T, strict=True):
            known = errors[np.isfinite(errors)]
            rows.append(
                (
                    half,
                    moment,
                    len(known),
                    trial.surplus,
                    trial.missed,
                    round(float(np.median(known)), 1),
                    round(float(np.median(np.abs(known))), 1),
                    round(float(np.quantile(np.abs(known), 0.95)), 1),
                )
            )
    columns = ("half", "moment", "found", "surplus", "missed", "median ms", "median of |error| ms",
               "95 % within ms")  # fmt: skip
    return Table(title, columns, tuple(rows))
