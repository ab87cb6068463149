"""How well found moments agree with a reference: each paired once, within a tolerance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from backstride.recording import Floats

#: Found moments are right within one frame or this, whichever is larger.
WITHIN_S = 0.02
#: A second, wider tolerance, in which a constant offset of a method counts less.
WIDE_S = 0.05
#: Moments are written down in samples; a sample's edge is not a miss.
_HAIR_S = 1e-6

BOTH = "both"


@dataclass(frozen=True, eq=False)
class Events:
    """Initial contacts and toe-offs: side -> seconds in order, `BOTH` where sides are not told."""

    contacts: Mapping[str, Floats]
    toe_offs: Mapping[str, Floats]

    def regardless_of_side(self) -> "Events":
        """All of them under `BOTH`."""
        return Events(
            *(
                {BOTH: np.sort(np.concatenate([np.empty(0), *kind.values()]))}
                for kind in (self.contacts, self.toe_offs)
            )
        )


#: Stretches of time that are judged, from and to.
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Agreement:
    """What was found against what was there; `errors_s` is found minus reference of each pair."""

    errors_s: tuple[float, ...] = ()
    surplus: int = 0
    missed: int = 0

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(
            self.errors_s + other.errors_s,
            self.surplus + other.surplus,
            self.missed + other.missed,
        )

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where nothing was there or found."""
        all_of_both = 2 * len(self.errors_s) + self.surplus + self.missed
        return 2 * len(self.errors_s) / all_of_both if all_of_both else None


def tolerance_s(rate_hz: float) -> float:
    """One frame or 20 ms, whichever is larger."""
    return max(1 / rate_hz, WITHIN_S)


def pairs_of(found: Floats, reference: Floats, within_s: float) -> list[tuple[int, int]]:
    """Places of found and reference moments that are paired, each at most once, the most pairs.

    Of all ways to pair moments no further apart than `within_s` it is one with the most pairs, and
    of these one with the least sum of distances.

    Parameters
    ----------
    found, reference
        Seconds, in order.
    """
    within_s += _HAIR_S
    of_both = np.concatenate([found, reference])
    order = np.argsort(of_both, kind="stable")
    # No pair reaches over a gap: what lies between two gaps is paired by itself.
    gaps = np.flatnonzero(np.diff(of_both[order]) > within_s) + 1
    chosen: list[tuple[int, int]] = []
    for together in np.split(order, gaps):
        rows = together[together < len(found)]
        columns = together[together >= len(found)] - len(found)
        chosen += [
            (int(rows[row]), int(columns[column]))
            for row, column in _best_pairs(found[rows], reference[columns], within_s)
        ]
    return chosen


def _best_pairs(found: Floats, reference: Floats, within_s: float) -> list[tuple[int, int]]:
    rows, columns = len(found), len(reference)
    #: (pairs, minus distance) of the best pairing of the first so many of each; higher is better.
    best = [[(0, 0.0)] * (columns + 1) for _ in range(rows + 1)]
    for row in range(1, rows + 1):
        for column in range(1, columns + 1):
            apart = abs(float(found[row - 1]) - float(reference[column - 1]))
            candidates = [best[row - 1][column], best[row][column - 1]]
            if apart <= within_s:
                pairs, distance = best[row - 1][column - 1]
                candidates.append((pairs + 1, distance - apart))
            best[row][column] = max(candidates)
    chosen: list[tuple[int, int]] = []
    row, column = rows, columns
    while row and column:
        if best[row][column] == best[row - 1][column]:
            row -= 1
        elif best[row][column] == best[row][column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            chosen.append((row, column))
    return chosen[::-1]


def agreement(found: Floats, reference: Floats, within_s: float, judged: Spans) -> Agreement:
    """Found moments of one kind and side against those of the reference.

    All are paired, and then only those in the judged spans count: a pair by its reference.
    """
    found, reference = np.sort(found), np.sort(reference)
    pairs = pairs_of(found, reference, within_s)
    taken, met = {row for row, _ in pairs}, {column for _, column in pairs}
    return Agreement(
        tuple(
            float(found[row] - reference[column])
            for row, column in pairs
            if _is_judged(reference[column], judged)
        ),
        sum(_is_judged(m, judged) for row, m in enumerate(found) if row not in taken),
        sum(_is_judged(m, judged) for column, m in enumerate(reference) if column not in met),
    )


def _is_judged(moment: float, judged: Spans) -> bool:
    return any(begin <= moment <= end for begin, end in judged)


@dataclass(frozen=True)
class Score:
    """One method on some trials.

    Attributes
    ----------
    contacts, toe_offs
        Each against its own kind in the reference.
    wide_contacts, wide_toe_offs
        The same within `WIDE_S`.
    swapped
        Found contacts against the reference's toe-offs, and found toe-offs against its contacts:
        high where the two are taken for each other.
    stance_errors_s
        Of each stance found near one of the reference: its duration minus the reference's.
    missed_stances
        Stances of the reference near which none was found.
    """

    contacts: Agreement = Agreement()
    toe_offs: Agreement = Agreement()
    wide_contacts: Agreement = Agreement()
    wide_toe_offs: Agreement = Agreement()
    swapped: Agreement = Agreement()
    stance_errors_s: tuple[float, ...] = ()
    missed_stances: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.contacts + other.contacts,
            self.toe_offs + other.toe_offs,
            self.wide_contacts + other.wide_contacts,
            self.wide_toe_offs + other.wide_toe_offs,
            self.swapped + other.swapped,
            self.stance_errors_s + other.stance_errors_s,
            self.missed_stances + other.missed_stances,
        )


def total(scores: Sequence[Score]) -> Score:
    """All of them together."""
    return reduce(Score.__add__, scores, Score())


def score(found: Events, reference: Events, within_s: float, judged: Spans) -> Score:
    """One method on one trial, side by side; regardless of side where a method tells none.

    Stances are not judged where sides are not told, for in walking the next toe-off after a contact
    is the other foot's.
    """
    if BOTH in found.contacts or BOTH in found.toe_offs:
        found, reference = found.regardless_of_side(), reference.regardless_of_side()
    sides = sorted(set(reference.contacts) | set(found.contacts))
    return total([_one_side(found, reference, side, within_s, judged) for side in sides])


_NONE = np.empty(0)


def _one_side(found: Events, reference: Events, side: str, within_s: float, judged: Spans) -> Score:
    contacts, toe_offs = (kind.get(side, _NONE) for kind in (found.contacts, found.toe_offs))
    true_contacts, true_toe_offs = (
        kind.get(side, _NONE) for kind in (reference.contacts, reference.toe_offs)
    )
    stances = [
        (begin, end)
        for begin, end in _stances(true_contacts, true_toe_offs)
        if side != BOTH and _is_judged(begin, judged) and _is_judged(end, judged)
    ]
    errors = _stance_errors(_stances(contacts, toe_offs), stances)
    return Score(
        contacts=agreement(contacts, true_contacts, within_s, judged),
        toe_offs=agreement(toe_offs, true_toe_offs, within_s, judged),
        wide_contacts=agreement(contacts, true_contacts, WIDE_S, judged),
        wide_toe_offs=agreement(toe_offs, true_toe_offs, WIDE_S, judged),
        swapped=agreement(contacts, true_toe_offs, within_s, judged)
        + agreement(toe_offs, true_contacts, within_s, judged),
        stance_errors_s=errors,
        missed_stances=len(stances) - len(errors),
    )


def _stances(contacts: Floats, toe_offs: Floats) -> list[tuple[float, float]]:
    """From each contact to the next toe-off, if no other contact comes first."""
    spans = []
    for place, contact in enumerate(contacts):
        after = toe_offs[toe_offs > contact]
        following = contacts[place + 1] if place + 1 < len(contacts) else np.inf
        if len(after) and after[0] <= following:
            spans.append((float(contact), float(after[0])))
    return spans


def _stance_errors(found: Spans, reference: Spans) -> tuple[float, ...]:
    """Of each stance of the reference: the found one that overlaps it most, each used once."""
    left = list(found)
    errors = []
    for begin, end in reference:
        shared = [min(end, last) - max(begin, first) for first, last in left]
        if shared and max(shared) > 0:
            first, last = left.pop(int(np.argmax(shared)))
            errors.append((last - first) - (end - begin))
    return tuple(errors)
