"""Days of training from analyzed recordings, as plans take them in."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from backstride.benefits.history import Digest
from backstride.coaching.wish import Day
from backstride.evidence import constant
from backstride.vocabulary import SECONDS_PER_MINUTE

_EASY_EFFORT = float(constant("coaching.dose_easy_effort"))


def days_of(digests: Iterable[Digest], before: date) -> tuple[Day, ...]:
    """What was done on each day before a date; recordings without a date are left out.

    No recording says how hard it felt: load is minutes on the move times the rating of an easy
    session, which is too little for hard ones.
    """
    found: dict[date, np.ndarray] = {}
    for one in digests:
        if one.start_utc is None or one.start_utc.date() >= before:
            continue
        pieces = one.pieces
        runs, backward = pieces.running, pieces.backward
        row = np.array(
            [
                np.sum(pieces.distance_m[runs & ~backward]),
                np.sum(pieces.distance_m[runs & backward]),
                np.sum(pieces.time_s[runs & backward]),
                np.sum(pieces.time_s[~runs & backward]),
                np.sum(pieces.time_s) / SECONDS_PER_MINUTE * _EASY_EFFORT,
            ]
        )
        day = one.start_utc.date()
        found[day] = found.get(day, np.zeros(len(row))) + row
    return tuple(Day(day, *(float(value) for value in row)) for day, row in sorted(found.items()))
