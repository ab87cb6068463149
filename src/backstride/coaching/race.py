"""How fast somebody will run a distance backward, by what the person has run backward.

Two laws of endurance, both from running forward, for nobody has measured one backward: time as a
power of distance (the form of Riegel 1981), and distance as a straight line over time, whose slope
is the critical speed (the two-parameter model of Monod and Scherrer 1965 in its linear form). No
number of either is taken over: own efforts give them, and where they say too little, a prior that
is assumed and wide. So everything here is of grade D, with an interval.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import exp, hypot, isfinite, log, sqrt

import numpy as np

from backstride.benefits.history import History, Pieces
from backstride.coaching.records import DISTANCES_M, fastest_known_mps
from backstride.errors import RequestError
from backstride.evidence import CONFIDENCE, Constant, Grade, Spread, constant
from backstride.evidence.tracing import OWN_SOURCE
from backstride.models.energy import level_ground
from backstride.vocabulary import (
    METRES_PER_KILOMETRE,
    METRES_PER_MILE,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    clock,
    distance,
)


@dataclass(frozen=True)
class _Assumed:
    """The project's choices; their meaning stands in ``constants/coaching.toml``."""

    exponent: Constant = constant("coaching.race_exponent")
    exponent_wander: float = constant("coaching.race_exponent_wander")
    effort_sd: float = constant("coaching.race_effort_sd")
    effort_weight: float = constant("coaching.race_effort_weight")
    critical_shortest_s: float = constant("coaching.race_critical_shortest_s")
    critical_longest_s: float = constant("coaching.race_critical_longest_s")
    critical_reach_s: float = constant("coaching.race_critical_reach_s")
    critical_efforts: int = int(constant("coaching.race_critical_efforts"))
    far: float = constant("coaching.race_far")
    shortest_m: float = constant("coaching.race_shortest_m")
    longest_m: float = constant("coaching.race_longest_m")
    slowest_mps: float = constant("coaching.race_slowest_mps")
    over_best: float = constant("coaching.race_over_best")
    least_probability: float = constant("coaching.race_least_probability")


_A = _Assumed()


class Method(StrEnum):
    """By which law a time is predicted."""

    POWER_LAW = "power law"
    CRITICAL_SPEED = "critical speed"


@dataclass(frozen=True)
class Effort:
    """A distance that somebody ran backward as fast as it went.

    Attributes
    ----------
    recorded
        Whether it was found in a recording; it need not have been as fast as it went.

    Raises
    ------
    RequestError
        Too short, too long, too slow to be a run, or faster than anybody has run backward.
    """

    distance_m: float
    time_s: float
    day: date | None = None
    recorded: bool = False

    def __post_init__(self) -> None:
        _checked_distance(self.distance_m)
        if not (isfinite(self.time_s) and self.time_s > 0):
            raise RequestError(
                f"{distance(self.distance_m)} in {self.time_s:g} s", hint="give a time above zero"
            )
        if self.speed_mps < _A.slowest_mps:
            raise RequestError(
                f"{self}: slower than anybody races", hint="check its distance and its time"
            )
        if self.speed_mps > fastest_possible_mps(self.distance_m):
            raise RequestError(
                f"{self}: faster than anybody has run backward",
                hint="check its distance and its time, and that it was not run forward",
            )

    @property
    def speed_mps(self) -> float:
        """Mean speed."""
        return self.distance_m / self.time_s

    def __str__(self) -> str:
        return f"{distance(self.distance_m)} in {clock(self.time_s)}"


def fastest_possible_mps(distance_m: float) -> float:
    """A speed over that distance that nobody can be believed to have run backward."""
    return _A.over_best * fastest_known_mps(distance_m)


def _checked_distance(distance_m: float) -> None:
    if not _A.shortest_m <= distance_m <= _A.longest_m:
        raise RequestError(
            f"a distance of {distance_m:g} m",
            hint=f"give one from {distance(_A.shortest_m)} to {distance(_A.longest_m)}",
        )


_UNITS_M = {
    "m": 1.0,
    "k": METRES_PER_KILOMETRE,
    "km": METRES_PER_KILOMETRE,
    "mi": METRES_PER_MILE,
    "mile": METRES_PER_MILE,
    "miles": METRES_PER_MILE,
}


def distance_of(text: str) -> float:
    """Metres of a distance as people write it.

    >>> distance_of("1000m"), distance_of("5 km"), distance_of("half marathon")
    (1000.0, 5000.0, 21097.5)

    Raises
    ------
    RequestError
        It is none, has no unit, or is too short or too long for a race.
    """
    plain = re.sub(r"[\s_-]+", " ", text.strip().casefold())
    known = {name.replace("_", " "): metres for name, metres in DISTANCES_M.items()}
    if plain in known:
        return known[plain]
    amount, unit = re.match(r"([\d.]*)\s*(.*)", plain, re.DOTALL).groups()  # type: ignore[union-attr]  # matches any text
    if unit not in _UNITS_M or not re.fullmatch(r"\d+(\.\d+)?", amount):
        raise RequestError(
            f"'{text}' is no distance",
            hint="write it as 1000m, 5km, 1 mile, half marathon or marathon",
        )
    metres = float(amount) * _UNITS_M[unit]
    _checked_distance(metres)
    return metres


def effort_of(text: str) -> Effort:
    """An effort as people write it: a distance, then a time.

    >>> str(effort_of("1000m 5:30")), str(effort_of("half marathon 2:10:00"))
    ('1.00 km in 5:30', '21.10 km in 2:10:00')

    Raises
    ------
    RequestError
        The distance or the time is none, or nobody ran it backward (`Effort`).
    """
    where, _, when = text.strip().rpartition(" ")
    parts = re.fullmatch(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)s?", when)
    if not where or parts is None:
        raise RequestError(
            f"'{text}' is no effort", hint="write a distance and a time, as '1000m 5:30'"
        )
    hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    if ":" in when and seconds >= SECONDS_PER_MINUTE:
        raise RequestError(f"'{when}' is no time", hint="write minutes and seconds as 5:30")
    time_s = hours * SECONDS_PER_HOUR + minutes * SECONDS_PER_MINUTE + seconds
    return Effort(distance_of(where), time_s)


def efforts_of(history: History, *, since: date | None = None) -> tuple[Effort, ...]:
    """The fastest backward runs of a history over the distances that people race.

    Each lies within one bout that is sure to have been run backward, on ground that is level on
    the whole, by the clock: a halt counts. What is faster than anybody has run backward is an error
    of the recording and left out.

    Parameters
    ----------
    since
        Older recordings, and ones without a date, are left out; all count where it is not told.
    """
    best: dict[float, Effort] = {}
    for one in history.digests:
        day = one.start_utc.date() if one.start_utc else None
        if since is not None and (day is None or day < since):
            continue
        pieces = one.pieces
        sure = pieces.probability >= _A.least_probability
        counted = pieces.where(pieces.backward & pieces.running & sure)
        for bout in counted.split(counted.bout):
            for metres in DISTANCES_M.values():
                time_s = _fastest_s(bout, metres)
                known = best.get(metres)
                if time_s is None or (known is not None and known.time_s <= time_s):
                    continue
                if metres / time_s <= fastest_possible_mps(metres):
                    best[metres] = Effort(metres, time_s, day, recorded=True)
    return tuple(best[metres] for metres in sorted(best))


def _fastest_s(bout: Pieces, metres: float) -> float | None:
    """The least time in which a bout covers that distance; None where it is shorter or hilly."""
    way = np.concatenate(([0.0], np.cumsum(bout.distance_m)))
    if way[-1] < metres:
        return None
    end_s = bout.start_s[-1] + bout.time_s[-1]
    at_s = np.concatenate((bout.start_s, [end_s]))
    climbed = np.concatenate(([0.0], np.cumsum(bout.distance_m * bout.slope)))
    # Speed is constant within a piece: the fastest stretch begins or ends where one does.
    starts = np.concatenate((way[way + metres <= way[-1]], way[way >= metres] - metres))
    took = np.interp(starts + metres, way, at_s) - np.interp(starts, way, at_s)
    rise = np.interp(starts + metres, way, climbed) - np.interp(starts, way, climbed)
    level = (level_ground(rise / metres) > 0) & (took > 0)
    return float(took[level].min()) if level.any() else None


@dataclass(frozen=True)
class Prediction:
    """A time over a distance with the interval in which 95 % of such races are expected.

    Attributes
    ----------
    parameters
        What the law was fitted to be: ``exponent``; or ``critical_speed_mps`` and
        ``distance_above_m``, the distance that can be run above it.
    efforts
        Those that it rests on.
    cautions
        What makes it less sure than it looks, in sentences.
    """

    distance_m: float
    method: Method
    time: Spread
    parameters: Mapping[str, Spread]
    efforts: tuple[Effort, ...]
    cautions: tuple[str, ...]
    grade: Grade = Grade.D
    sources: tuple[str, ...] = (OWN_SOURCE,)


@dataclass(frozen=True)
class Forecast:
    """What own efforts say of a distance: predictions, and in sentences what they cannot say."""

    distance_m: float
    predictions: tuple[Prediction, ...]
    left_out: tuple[str, ...]


def predict(efforts: Iterable[Effort], distance_m: float) -> Forecast:
    """Predict the time over a distance by both laws, as far as efforts allow.

    An effort that a longer one was as fast as was not all that the person had; it is left out.

    Raises
    ------
    RequestError
        There are no efforts, or the distance is too short or too long.
    """
    _checked_distance(distance_m)
    given = sorted(set(efforts), key=lambda one: (one.distance_m, one.time_s))
    if not given:
        raise RequestError(
            "no time can be predicted without an effort",
            hint="give one as '1000m 5:30', or recordings of running backward",
        )
    used = [
        one
        for k, one in enumerate(given)
        if not any(other.speed_mps >= one.speed_mps for other in given[k + 1 :])
        and not any(other.distance_m == one.distance_m for other in given[:k])
    ]
    left_out = [
        f"{one} is left out: another effort was as fast over as far or farther."
        for one in given
        if one not in used
    ]
    predictions = [_by_power_law(used, distance_m)]
    critical = _by_critical_speed(used, distance_m)
    if isinstance(critical, Prediction):
        predictions.append(critical)
    else:
        left_out.append(critical)
    return Forecast(distance_m, tuple(predictions), tuple(left_out))


def _by_power_law(efforts: Sequence[Effort], distance_m: float) -> Prediction:
    """ln t = a + b ln d by least squares, b with a normal prior and a with none."""
    x = np.log([one.distance_m for one in efforts])
    y = np.log([one.time_s for one in efforts])
    prior = _A.exponent
    prior_sd = (prior.provenance.high - prior.provenance.low) / (2 * _Z95)
    away, spread_x = x - x.mean(), float(((x - x.mean()) ** 2).sum())
    own = float((away * y).sum())
    left = y - y.mean() - (away * own / spread_x if spread_x > 0 else 0.0)
    effort_sd, quantile = _scatter(float((left**2).sum()), len(efforts) - 2)
    precision = spread_x / effort_sd**2 + 1 / prior_sd**2
    exponent = (own / effort_sd**2 + prior / prior_sd**2) / precision
    at = log(distance_m)
    beyond = max(float(x.min()) - at, at - float(x.max()), 0.0)
    sd = sqrt(
        effort_sd**2 * (1 + 1 / len(efforts))
        + (at - float(x.mean())) ** 2 / precision
        + (_A.exponent_wander * beyond) ** 2
    )
    middle = float(y.mean()) + exponent * (at - float(x.mean()))
    half = quantile / sqrt(precision)
    return Prediction(
        distance_m=distance_m,
        method=Method.POWER_LAW,
        time=Spread(exp(middle), exp(middle - quantile * sd), exp(middle + quantile * sd)),
        parameters={"exponent": Spread(exponent, exponent - half, exponent + half)},
        efforts=tuple(efforts),
        cautions=(*_assumed(efforts), *_cautions(efforts, distance_m)),
    )


#: Half the width of a normal 95 % interval, in standard deviations.
_Z95 = 1.959963984540054


def _scatter(squares: float, freedom: int) -> tuple[float, float]:
    """Standard deviation of efforts about their law, and Student's quantile that goes with it.

    What own efforts show is joined with what is assumed, each by its degrees of freedom.
    """
    from scipy.special import stdtrit

    degrees = _A.effort_weight + max(freedom, 0)
    shown = squares if freedom > 0 else 0.0
    sd = sqrt((_A.effort_weight * _A.effort_sd**2 + shown) / degrees)
    return sd, float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


def _by_critical_speed(efforts: Sequence[Effort], distance_m: float) -> Prediction | str:
    """d = D + v t by least squares of relative errors; or why it cannot be told."""
    low, high, needed = _A.critical_shortest_s, _A.critical_longest_s, _A.critical_efforts
    fit = [one for one in efforts if low <= one.time_s <= high]
    if len(fit) < needed:
        return (
            f"Critical speed needs {needed} efforts of {clock(low)} to {clock(high)}, each slower "
            f"than the shorter ones; there {'is' if len(fit) == 1 else 'are'} {len(fit)}."
        )
    metres = np.array([one.distance_m for one in fit])
    rows = np.column_stack((np.ones(len(fit)), [one.time_s for one in fit])) / metres[:, None]
    (above_m, speed), *_ = np.linalg.lstsq(rows, np.ones(len(fit)), rcond=None)
    squares = float(((rows @ (above_m, speed) - 1) ** 2).sum())
    effort_sd, quantile = _scatter(squares, len(fit) - 2)
    if not (above_m > 0 and speed > 0):
        return "Critical speed cannot be told: the efforts do not slow down as the model has it."
    time_s = (distance_m - above_m) / speed
    reach = _A.critical_reach_s
    if not low <= time_s <= reach:
        shown = clock(time_s) if time_s > 0 else "no time"
        return (
            f"Critical speed says nothing of {distance(distance_m)}: it holds for times of "
            f"{clock(low)} to {clock(reach)}, and that would take {shown}."
        )
    covariance = effort_sd**2 * np.linalg.inv(rows.T @ rows)
    slope = np.array([1.0, time_s]) / (speed * time_s)
    sd = hypot(sqrt(float(slope @ covariance @ slope)), effort_sd * distance_m / (speed * time_s))
    if quantile * sd > log(2):
        return (
            f"Critical speed cannot tell {distance(distance_m)} within a factor of two: the "
            "efforts are too alike in length, or too scattered."
        )
    halves = quantile * np.sqrt(np.diag(covariance))
    return Prediction(
        distance_m=distance_m,
        method=Method.CRITICAL_SPEED,
        time=Spread(float(time_s), time_s * exp(-quantile * sd), time_s * exp(quantile * sd)),
        parameters={
            "critical_speed_mps": _around(speed, halves[1]),
            "distance_above_m": _around(above_m, halves[0]),
        },
        efforts=tuple(fit),
        cautions=_cautions(fit, distance_m),
    )


def _around(value: float, half: float) -> Spread:
    return Spread(float(value), float(value - half), float(value + half))


def _assumed(efforts: Sequence[Effort]) -> tuple[str, ...]:
    """How much of the exponent is the person's own."""
    if len(efforts) == 1:
        return (
            f"One effort cannot tell how times grow with distance: the exponent {_A.exponent:g} "
            "is assumed, and the interval is as wide as that is unsure.",
        )
    return ()


def _cautions(efforts: Sequence[Effort], distance_m: float) -> tuple[str, ...]:
    longest = max(one.distance_m for one in efforts)
    shortest = min(one.distance_m for one in efforts)
    found = []
    if distance_m > _A.far * longest:
        found.append(f"It is {distance_m / longest:.1f} times as far as the longest effort.")
    if distance_m * _A.far < shortest:
        found.append(f"The shortest effort is {shortest / distance_m:.1f} times as far.")
    if any(one.recorded for one in efforts):
        found.append(
            "Efforts from recordings need not have been all that was possible, and their "
            "distance is the watch's."
        )
    return tuple(found)
