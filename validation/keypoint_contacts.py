"""Contacts of keypoints against those of the points of the body that were filmed."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from backstride.motion.points import bodies_of
from backstride.motion.points import contacts as of_points
from backstride.motion.points.keypoint_contacts import contacts_of
from backstride.motion.points.sagittal import films_of
from backstride.motion.strides import Contacts
from backstride.recording import Floats
from validation import mocap
from validation.films import SIDE_DEG, Shot
from validation.study import Cell, Table

#: A moment counts as found within a frame of the film, or this where frames are closer.
WITHIN_S = 0.02
#: Steps are found at all if they are within this.
STEP_S = 0.15
#: So near to the ends of a film nobody can tell.
_EDGE_S = 0.1

REMARK = (
    "Contacts: the reference is what the program finds in the points of the body that were filmed, "
    "on the same side of the body. It is not the truth: there are no force plates in the clips, "
    "they have 30 frames a second and no heels, and some styles shuffle. Clean films (side-on, 60 "
    "frames a second, nothing spoiled) show how far two views of the same movement agree at best."
)

#: Found less reference of pairs within `STEP_S`, surplus and missed moments, and how many of the
#: pairs are within a frame.
Moments = tuple[list[float], int, int, int]


def table(films: Sequence[Shot], clean: Sequence[Shot]) -> Table:
    """A row for each kind of clip, its reverse, and clean films."""
    rows: list[tuple[Cell, ...]] = []
    for name, some in (("films", films), ("clean films", clean)):
        kinds = dict.fromkeys(shot.name for shot in some) if name == "films" else {}
        rows.append(_row(f"all {name}", some))
        rows += [_row(kind, [shot for shot in some if shot.name == kind]) for kind in kinds]
    columns = (
        "films",
        "contacts",
        "contact: F1 in a frame or 20 ms",
        "F1 in 150 ms",
        "median ms",
        "middle half ms",
        "toe-off: F1 in a frame or 20 ms",
        "F1 in 150 ms",
        "median ms",
        "middle half ms",
    )
    return Table(
        "Contacts and toe-offs beside those of the points, held-out half", columns, tuple(rows)
    )


def _row(name: str, films: Sequence[Shot]) -> tuple[Cell, ...]:
    errors: dict[str, list[float]] = defaultdict(list)
    tally: dict[str, list[int]] = {"contact": [0, 0, 0], "toe-off": [0, 0, 0]}
    for shot in films:
        for what, moments in _compared(shot):
            errors[what] += moments[0]
            for at, count in enumerate(moments[1:]):
                tally[what][at] += count
    cells: list[Cell] = [name, len(errors["contact"]) + tally["contact"][1]]
    for what in ("contact", "toe-off"):
        found = 1000 * np.array(errors[what])
        surplus, missed, near = tally[what]
        total = 2 * len(found) + surplus + missed
        quarter = np.quantile(found, [1 / 4, 3 / 4]) if len(found) else np.full(2, np.nan)
        cells += [
            round(2 * near / total, 3),
            round(2 * len(found) / total, 3),
            round(float(np.median(found)), 1),
            round(float(quarter[1] - quarter[0]), 1),
        ]
    return tuple(cells)


def _compared(shot: Shot) -> Iterator[tuple[str, Moments]]:
    track = shot.film.track
    films = films_of(track)
    found = list(contacts_of(track, films))
    points = mocap.points_of(shot.clip.recording)
    reference = list(of_points.contacts_of(points, bodies_of(points)))
    spans = [(film.body.t_s[0] + _EDGE_S, film.body.end_s - _EDGE_S) for film in films]

    def kept(moments: Floats) -> Floats:
        """Those that were filmed from the side, not at the ends of a stretch."""
        inside = np.zeros(len(moments), dtype=np.bool_)
        for begin, end in spans:
            inside |= (moments > begin) & (moments < end)
        off = np.interp(moments, shot.film.t_s, shot.film.off_deg)
        return moments[inside & (off <= SIDE_DEG)]

    within = max(WITHIN_S, 1 / shot.view.rate_hz)
    for what, moments_of in _WHAT.items():
        for side in (0, 1):
            yield (
                what,
                _matched(
                    kept(_moments(found, moments_of, side)),
                    kept(_moments(reference, moments_of, side)),
                    within,
                ),
            )


_WHAT: dict[str, Callable[[Contacts], Floats]] = {
    "contact": lambda one: one.contact_s,
    "toe-off": lambda one: one.toe_off_s,
}


def _moments(parts: Sequence[Contacts], of: Callable[[Contacts], Floats], side: int) -> Floats:
    moments = np.concatenate([np.empty(0), *(of(one)[one.side == side] for one in parts)])
    return np.sort(moments[np.isfinite(moments)])


def _matched(found: Floats, reference: Floats, within_s: float) -> Moments:
    """Each moment with the nearest one that is free."""
    free = list(reference)
    errors: list[float] = []
    surplus = 0
    for moment in found:
        best = min(free, key=lambda other: abs(moment - other), default=None)
        if best is None or abs(moment - best) > STEP_S:
            surplus += 1
            continue
        free.remove(best)
        errors.append(float(moment - best))
    return errors, surplus, len(free), sum(abs(error) <= within_s for error in errors)
