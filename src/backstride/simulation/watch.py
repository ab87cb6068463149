"""What a watch makes of a course: lag, error, missing columns, laps and a workout."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby

import numpy as np

from backstride.evidence import constant, regression
from backstride.models.energy import running_cost, running_oxygen, walking_cost
from backstride.recording import (
    SIMULATED_DEVICE,
    Athlete,
    Device,
    Floats,
    Given,
    Interval,
    Lap,
    Notice,
    Recording,
    Section,
    Source,
    Track,
    WorkoutStep,
)
from backstride.simulation.course import Bools, Course
from backstride.simulation.noise import lagged, wander
from backstride.simulation.people import Runner
from backstride.vocabulary import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Sport

#: The zero of every simulated clock, a day of no meaning.
START_UTC = datetime(2024, 6, 1, 8, 0, tzinfo=UTC)

#: Printed wherever a simulated recording is shown.
NOTICE = Notice("simulated", "simulated by Backstride: nobody ran this")


class Place(StrEnum):
    """Where a simulated session is run; all of it lies in the open sea at 0° N 0° E."""

    TRACK = "track"
    ROAD = "road"
    TREADMILL = "treadmill"


class Sampling(StrEnum):
    """When a watch keeps a sample."""

    EVERY_SECOND = "every second"
    SMART = "smart"


@dataclass(frozen=True)
class Options:
    """How a session is recorded.

    Attributes
    ----------
    speed_error_mps
        Of the watch's speed, one standard deviation.
    missing
        Columns that the watch does not record.
    dropouts
        When it has no satellites: it shows too low a speed and no position.
    """

    place: Place = Place.TRACK
    sampling: Sampling = Sampling.EVERY_SECOND
    speed_error_mps: float = constant("simulation.speed_error_mps")
    missing: frozenset[str] = frozenset()
    dropouts: tuple[Interval, ...] = ()


#: Columns that only a chest strap or pod gives.
RUNNING_DYNAMICS = frozenset(
    {
        "contact_s",
        "contact_share",
        "contact_balance_left",
        "vertical_oscillation_m",
        "vertical_ratio",
        "step_length_m",
    }
)


def recorded(
    course: Course,
    runner: Runner,
    chance: np.random.Generator,
    options: Options,
    workout: tuple[str, tuple[WorkoutStep, ...]],
) -> Recording:
    """What the watch makes of it; `workout` is the name and the steps that it was given."""
    n = len(course)
    t_s = np.arange(n, dtype=np.float64)
    lost = np.zeros(n, dtype=np.bool_)
    for gap in options.dropouts:
        lost |= (t_s >= gap.start_s) & (t_s < gap.end_s)
    speed = _watch_speed(course, runner, chance, options, lost)
    cadence = _cadence(course, runner, chance)
    way = np.round(np.cumsum(np.concatenate(([0], np.where(course.paused, 0, speed)))), 2)
    columns = {
        "speed_mps": np.round(speed, 3),
        "distance_m": way[:-1],
        "heart_rate_bpm": np.round(_heart_rate(course, runner, chance)),
        "cadence_spm": np.round(cadence),
        **_dynamics(course, runner, speed, cadence, chance),
        **_position(course, chance, options, lost),
    }
    kept = ~course.paused & _sampled(n, chance, options.sampling)
    names = tuple(name for name in columns if name not in options.missing)
    values = np.column_stack([columns[name][kept] for name in names])
    track = Track("record", t_s[kept], values, names)
    legs = tuple(course.spans())
    return Recording(
        start_utc=START_UTC,
        tracks=(track,),
        laps=_laps(course, way),
        sections=(_section(course, way, options.place),),
        device=Device("development", SIMULATED_DEVICE, "1.0"),
        source=Source(
            path="simulated",
            sha256=hashlib.sha256(values.tobytes()).hexdigest(),
            format="simulated",
        ),
        pauses=tuple(Interval(start, end) for leg, start, end in legs if leg.paused),
        workout_name=workout[0],
        workout_steps=workout[1],
        athlete=_athlete(runner),
        notices=(NOTICE,),
    )


def _watch_speed(
    course: Course,
    runner: Runner,
    chance: np.random.Generator,
    options: Options,
    lost: Bools,
) -> Floats:
    speed = course.speed_mps
    if options.place is Place.TREADMILL:
        # Speed out of steps: quicker steps backward are taken for more speed.
        fooled = np.where(course.backward, runner.backward_cadence_ratio, 1)
        speed = speed * runner.treadmill_scale * fooled
    speed = lagged(speed, constant("simulation.speed_lag_s"))
    error = wander(
        len(speed), options.speed_error_mps, constant("simulation.speed_error_s"), chance
    )
    share = np.where(lost, constant("simulation.dropout_share"), 1)
    return np.maximum((speed + np.where(course.moving, error, 0)) * share, 0)


def _cadence(course: Course, runner: Runner, chance: np.random.Generator) -> Floats:
    """Steps of both feet per minute as a watch shows them."""
    pace = np.where(course.moving, course.speed_mps, 1)
    run = runner.cadence_spm * (pace / constant("watch.reference_mps")) ** runner.cadence_exponent
    run = run * np.exp(runner.cadence_gradient * course.gradient)
    walked = (pace / constant("watch.walking_mps")) ** constant("watch.walking_exponent")
    steps = np.where(course.running, run, runner.walking_spm * walked)
    steps = steps * np.where(course.backward, runner.backward_cadence_ratio, 1)
    steps = np.where(course.moving, steps * course.cadence_factor, 0)
    noise = _unsteady(
        course,
        constant("simulation.cadence_wander"),
        constant("simulation.cadence_scatter"),
        chance,
    )
    return lagged(steps, constant("simulation.cadence_lag_s")) * np.exp(noise)


def _dynamics(
    course: Course,
    runner: Runner,
    speed: Floats,
    cadence: Floats,
    chance: np.random.Generator,
) -> dict[str, Floats]:
    """Running dynamics: missing but when running."""
    pace = np.maximum(course.speed_mps, 0.5) / constant("watch.reference_mps")
    spread = constant("simulation.contact_wander"), constant("simulation.contact_scatter")
    contact = runner.contact_s * pace**runner.contact_exponent
    contact = contact * np.where(course.backward, runner.backward_contact_ratio, 1)
    contact = contact * np.exp(_unsteady(course, *spread, chance))
    rise = runner.oscillation_m * np.where(course.backward, runner.backward_oscillation_ratio, 1)
    rise = rise * np.exp(_unsteady(course, *spread, chance))
    balance = 0.5 + constant("simulation.balance_sd") * chance.standard_normal(len(course))
    step_s = SECONDS_PER_MINUTE / np.maximum(cadence, 1)
    step_m: Floats = np.maximum(speed * step_s, 0.1)
    full: dict[str, Floats] = {
        "contact_s": np.round(contact, 4),
        "contact_share": np.round(contact / (2 * step_s), 4),
        "contact_balance_left": np.round(balance, 4),
        "vertical_oscillation_m": np.round(rise, 4),
        "vertical_ratio": np.round(rise / step_m, 4),
        "step_length_m": np.round(step_m, 4),
    }
    shown = course.running & (speed > 1)
    return {name: np.where(shown, values, np.nan) for name, values in full.items()}


def _heart_rate(course: Course, runner: Runner, chance: np.random.Generator) -> Floats:
    """Heart rate that follows oxygen uptake with a first-order lag, and creeps up."""
    rest = constant("energy.resting_oxygen")
    net = running_oxygen(course.speed_mps, course.gradient) - rest
    level = np.zeros(1)
    net = net * np.where(course.running, 1, walking_cost(level) / running_cost(level))
    ratios = float(constant("energy.cost_ratio_walking") / constant("energy.cost_ratio_running"))
    dearer = runner.backward_cost_ratio * np.where(course.running, 1, ratios)
    net = net * np.where(course.backward, dearer, 1)
    slope, offset = regression("energy.oxygen_reserve").coefficients
    reserve = (net / (runner.oxygen_max - rest) - offset) / slope
    hours = np.arange(len(course)) / SECONDS_PER_HOUR
    share = np.clip(reserve * (1 + runner.heart_rate_drift_per_h * hours), 0, 1)
    low, top = runner.resting_heart_rate_bpm, runner.max_heart_rate_bpm
    unrest = wander(
        len(course),
        constant("simulation.heart_rate_scatter_bpm"),
        constant("simulation.heart_rate_scatter_s"),
        chance,
    )
    course_bpm = low + lagged(share, runner.heart_rate_lag_s, from_rest=True) * (top - low)
    return np.clip(course_bpm + unrest, low, top)


def _position(
    course: Course, chance: np.random.Generator, options: Options, lost: Bools
) -> dict[str, Floats]:
    """Where it is run: on an invented track or road in the open sea; nowhere on a treadmill."""
    if options.place is Place.TREADMILL:
        return {}
    way = np.cumsum(course.speed_mps)
    if options.place is Place.TRACK:
        east, north = _on_track(way)
    else:
        east, north = way, np.zeros(len(way))
    error_m, error_s = (
        constant("simulation.position_error_m"),
        constant("simulation.position_error_s"),
    )
    rise = np.cumsum(course.speed_mps * course.gradient) + wander(
        len(way),
        constant("simulation.elevation_error_m"),
        constant("simulation.elevation_error_s"),
        chance,
    )

    def degrees(metres: Floats) -> Floats:
        exact = np.degrees(
            (metres + wander(len(way), error_m, error_s, chance)) / constant("watch.earth_radius_m")
        )
        return np.where(lost, np.nan, np.round(exact / _SEMICIRCLE_DEG) * _SEMICIRCLE_DEG)

    return {
        "latitude_deg": degrees(north),
        "longitude_deg": degrees(east),
        "elevation_m": np.round(rise * 5) / 5,
    }


#: The step of a position as watches store it.
_SEMICIRCLE_DEG = 180 / 2**31


def _on_track(way_m: Floats) -> tuple[Floats, Floats]:
    """Metres east and north on a 400 m track: two straights, two half circles."""
    straight, radius = (
        constant("simulation.track_straight_m"),
        constant("simulation.track_radius_m"),
    )
    bend = np.pi * radius
    at = np.mod(way_m, 2 * (straight + bend))
    second = at >= straight + bend
    at = np.where(second, at - straight - bend, at)
    angle = np.maximum(at - straight, 0) / radius
    east = np.minimum(at, straight) - straight / 2 + radius * np.sin(angle)
    north = -radius * np.cos(angle)
    return np.where(second, -east, east), np.where(second, -north, north)


def _laps(course: Course, way_m: Floats) -> tuple[Lap, ...]:
    """A lap for each leg that carries out a step; neighbours that carry out none share one."""
    numbered = enumerate(course.spans(), start=1)
    laps = []
    for _, group in groupby(
        numbered, key=lambda item: 0 if item[1][0].step_index is None else item[0]
    ):
        legs = [item[1] for item in group]
        start, end = legs[0][1], legs[-1][2]
        laps.append(
            Lap(
                start,
                end,
                name=legs[0][0].lap_name,
                intensity=legs[0][0].intensity,
                trigger="manual",
                distance_m=round(float(way_m[int(end)] - way_m[int(start)]), 2),
                step_index=legs[0][0].step_index,
            )
        )
    return tuple(laps)


def _section(course: Course, way_m: Floats, place: Place) -> Section:
    indoors = place is Place.TREADMILL
    return Section(
        0.0,
        float(len(course)),
        Sport.RUNNING,
        device_sport="running",
        indoors=indoors,
        distance_m=float(way_m[-1]),
    )


def _athlete(runner: Runner) -> Athlete:
    facts = {
        "mass_kg": round(runner.mass_kg, 1),
        "resting_heart_rate_bpm": float(round(runner.resting_heart_rate_bpm)),
        "max_heart_rate_bpm": float(round(runner.max_heart_rate_bpm)),
    }
    return Athlete(
        mass_kg=facts["mass_kg"],
        resting_heart_rate_bpm=facts["resting_heart_rate_bpm"],
        max_heart_rate_bpm=facts["max_heart_rate_bpm"],
        origins=dict.fromkeys(facts, Given.RECORDING),
    )


def _sampled(n: int, chance: np.random.Generator, sampling: Sampling) -> Bools:
    """Which seconds the watch keeps; always the first and the last."""
    if sampling is Sampling.EVERY_SECOND:
        return np.ones(n, dtype=np.bool_)
    longest = int(2 * constant("simulation.smart_gap_s"))
    at = np.cumsum(chance.integers(1, longest, size=n))
    kept = np.zeros(n, dtype=np.bool_)
    kept[at[at < n]] = True
    kept[[0, -1]] = True
    return kept


def _unsteady(
    course: Course, slow_sd: float, quick_sd: float, chance: np.random.Generator
) -> Floats:
    """Slow and quick scatter of steps, on the scale of the logarithm; more of it backward."""
    slow = wander(len(course), slow_sd, constant("simulation.wander_s"), chance)
    quick = wander(len(course), quick_sd, constant("simulation.scatter_s"), chance)
    return slow + quick * np.where(course.backward, constant("simulation.backward_unsteadiness"), 1)
