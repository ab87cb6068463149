"""The best marks of running backward that were read, and what share of them a time is.

Each is of another person, on another ground, and most stand in no official list: they are there to
compare with and to notice what nobody can have run, and predict nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from backstride.evidence import Constant, constant
from backstride.recording import Sex
from backstride.vocabulary import METRES_PER_MILE

#: Metres of the distances that people race, by name; the names that `race.distance_of` knows.
DISTANCES_M: Mapping[str, float] = {
    "100m": 100.0,
    "200m": 200.0,
    "400m": 400.0,
    "800m": 800.0,
    "1000m": 1000.0,
    "1500m": 1500.0,
    "mile": METRES_PER_MILE,
    "3000m": 3000.0,
    "5000m": 5000.0,
    "10km": 10_000.0,
    "half_marathon": 21_097.5,
    "marathon": 42_195.0,
}

_MEN = (
    constant("records.men_100m"),
    constant("records.men_200m"),
    constant("records.men_400m"),
    constant("records.men_800m"),
    constant("records.men_1000m"),
    constant("records.men_1500m"),
    constant("records.men_mile"),
    constant("records.men_mile_unratified"),
    constant("records.men_3000m"),
    constant("records.men_5000m"),
    constant("records.men_10km"),
    constant("records.men_half_marathon"),
    constant("records.men_marathon"),
    constant("records.men_marathon_unratified"),
)
_WOMEN = (
    constant("records.women_800m"),
    constant("records.women_1500m"),
    constant("records.women_5000m"),
    constant("records.women_10km"),
    constant("records.women_half_marathon"),
    constant("records.women_marathon"),
)
_UNRATIFIED = "_unratified"


@dataclass(frozen=True)
class Record:
    """A best mark.

    Attributes
    ----------
    unratified
        Whether the page that was read says that nobody ratified it, or the official list that was
        read has another mark.
    holder, about
        Who, and when, where and by whom it was printed.
    sources
        Keys of the bibliography.
    """

    sex: Sex
    name: str
    distance_m: float
    time_s: float
    unratified: bool
    holder: str
    about: str
    sources: tuple[str, ...]


def _record(sex: Sex, mark: Constant) -> Record:
    about = mark.provenance
    name = about.name.partition("_")[2].removesuffix(_UNRATIFIED)
    return Record(
        sex=sex,
        name=name,
        distance_m=DISTANCES_M[name],
        time_s=float(mark),
        unratified=about.name.endswith(_UNRATIFIED),
        holder=about.population.partition(": ")[2],
        about=about.where,
        sources=about.sources,
    )


#: Every mark, men's first, in order of distance.
RECORDS: tuple[Record, ...] = (
    *(_record(Sex.MALE, mark) for mark in _MEN),
    *(_record(Sex.FEMALE, mark) for mark in _WOMEN),
)
#: How far a distance may be from that of a mark to be compared with it: a lap's lane, a watch.
_SAME = 0.002


@dataclass(frozen=True)
class Share:
    """A time against a mark: `share` is 1 at the mark, less below it."""

    record: Record
    share: float


def shares_of_records(
    distance_m: float, time_s: float, sex: Sex | None = None
) -> tuple[Share, ...]:
    """What share of the speed of each mark over that distance a time is; none at other distances.

    Parameters
    ----------
    sex
        Whose marks; both where it is not told.
    """
    return tuple(
        Share(record, record.time_s / time_s)
        for record in RECORDS
        if sex in (None, record.sex)
        and abs(distance_m - record.distance_m) <= _SAME * record.distance_m
    )


def fastest_known_mps(distance_m: float) -> float:
    """The highest speed of any mark over at most that distance, which bounds longer ones."""
    shorter = [one for one in RECORDS if one.distance_m <= distance_m * (1 + _SAME)]
    if not shorter:
        return max(one.distance_m / one.time_s for one in RECORDS)
    longest = max(one.distance_m for one in shorter)
    return max(one.distance_m / one.time_s for one in shorter if one.distance_m == longest)
