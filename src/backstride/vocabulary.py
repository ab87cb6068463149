"""The words of Backstride: every quantity with its unit, meaning and plausible range.

A quantity's name ends in its unit. Inside the program all values are SI; people are shown other
units only through the conversions at the end of this module, which are the only ones outside
the readers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Where a person travels as seen from where the pelvis faces."""

    FORWARD = "forward"
    BACKWARD = "backward"
    SIDEWAYS = "sideways"
    TURNING = "turning"
    STILL = "still"
    UNKNOWN = "unknown"


class Gait(StrEnum):
    """How a person moves, whatever the direction."""

    RUN = "run"
    WALK = "walk"
    STILL = "still"
    UNKNOWN = "unknown"


class Side(StrEnum):
    """Which foot; unknown where a sensor on the trunk feels steps and cannot tell."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """Where the direction of a bout comes from, weakest first."""

    WATCH = "watch"
    IMU = "imu"
    POSE = "pose"
    FUSED = "fused"
    LABEL = "label"
    DECLARED = "declared"


class Sport(StrEnum):
    """What the device was told that the person was doing."""

    RUNNING = "running"
    WALKING = "walking"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Quantity:
    """One measurable thing.

    Attributes
    ----------
    name
        Column name; its end is the unit.
    unit
        The SI unit as it is printed; "1" for a pure number.
    meaning
        One sentence.
    low, high
        A recorded value outside ``[low, high]`` is not plausible of a person on foot and is
        taken as missing when a recording is cleaned; it stays in the recording as read.
    digits
        Decimals when shown in its SI unit.
    """

    name: str
    unit: str
    meaning: str
    low: float
    high: float
    digits: int = 2


def _table(*quantities: Quantity) -> Mapping[str, Quantity]:
    return {q.name: q for q in quantities}


_INFINITY = float("inf")

#: Every quantity that a track, bout, stride, equation or finding may name.
QUANTITIES: Mapping[str, Quantity] = _table(
    # what devices record
    Quantity("latitude_deg", "deg", "Geographic latitude, WGS 84.", -90, 90, 6),
    Quantity("longitude_deg", "deg", "Geographic longitude, WGS 84.", -180, 180, 6),
    Quantity("elevation_m", "m", "Height above sea level.", -500, 9000, 1),
    Quantity("distance_m", "m", "Distance travelled since the start.", 0, 1e6, 0),
    Quantity("speed_mps", "m/s", "Speed of travel, never negative.", 0, 13, 2),
    Quantity("heart_rate_bpm", "bpm", "Heart rate.", 25, 240, 0),
    Quantity("cadence_spm", "steps/min", "Steps of both feet per minute.", 0, 300, 0),
    Quantity("power_w", "W", "Power as the device estimates it.", 0, 3000, 0),
    Quantity("temperature_c", "°C", "Temperature at the device.", -60, 70, 0),
    Quantity("contact_s", "s", "Foot contact (stance) time of one step.", 0.05, 1.5, 3),
    Quantity("contact_share", "1", "Foot contact time as a share of the stride.", 0, 1, 3),
    Quantity("contact_balance_left", "1", "Left foot's share of contact time.", 0, 1, 3),
    Quantity("flight_s", "s", "Time with no foot on the ground in one step.", -1, 1, 3),
    Quantity("swing_s", "s", "Time from a foot's toe-off to its next contact.", 0.05, 3, 3),
    Quantity("step_s", "s", "Time from one foot's contact to the other's.", 0.1, 3, 3),
    Quantity("stride_s", "s", "Time from a foot's contact to its next one.", 0.2, 6, 3),
    Quantity("vertical_oscillation_m", "m", "Rise and fall of the trunk.", 0, 0.4, 3),
    Quantity("vertical_ratio", "1", "Vertical oscillation over step length.", 0, 1, 3),
    Quantity("step_length_m", "m", "Distance from one foot's contact to the other's.", 0, 3, 2),
    Quantity("stride_length_m", "m", "Distance between two contacts of one foot.", 0, 6, 2),
    Quantity("step_width_m", "m", "Distance between the feet, across the travel.", -0.6, 0.6, 3),
    Quantity("foot_clearance_m", "m", "How high a foot is lifted in its swing.", 0, 1.2, 3),
    Quantity(
        "foot_strike_rad",
        "rad",
        "Angle of the sole to the ground at contact, toes up positive: heel first; negative: "
        "forefoot first.",
        -1.6,
        1.6,
        2,
    ),
    Quantity("turned_rad", "rad", "Change of heading over a stride, to the left.", -3.2, 3.2, 2),
    Quantity("path_deviation_m", "m", "Greatest distance of a path from its chord.", 0, 100, 2),
    # how the body is held
    Quantity(
        "trunk_lean_rad",
        "rad",
        "Inclination of the trunk to the vertical, positive towards where the pelvis faces.",
        -1.6,
        1.6,
        3,
    ),
    Quantity(
        "trunk_side_lean_rad",
        "rad",
        "Inclination of the trunk to the vertical, positive to the left.",
        -1.6,
        1.6,
        3,
    ),
    Quantity(
        "head_lean_rad",
        "rad",
        "Inclination of the line from neck to head, positive towards where the pelvis faces.",
        -1.6,
        1.6,
        3,
    ),
    Quantity(
        "pelvis_tilt_rad",
        "rad",
        "Turn of the pelvis about its left-right axis, front down positive; its zero is the "
        "recording's own, so only differences speak.",
        -3.2,
        3.2,
        3,
    ),
    Quantity("respiration_bpm", "breaths/min", "Breaths per minute.", 1, 99, 1),
    Quantity("rr_interval_s", "s", "Time between two heart beats.", 0.2, 3, 3),
    Quantity("activity_energy_j", "J", "Energy since the start, as the device says.", 0, 1e8, 0),
    Quantity("gradient", "1", "Rise over horizontal distance.", -0.6, 0.6, 3),
    # what inertial sensors record, along their own axes
    *(
        Quantity(
            f"acceleration_{axis}_mps2",
            "m/s²",
            f"Acceleration along the sensor's {axis} axis, gravity included.",
            -400,
            400,
            2,
        )
        for axis in "xyz"
    ),
    *(
        Quantity(
            f"angular_velocity_{axis}_radps",
            "rad/s",
            f"Angular velocity about the sensor's {axis} axis.",
            -70,
            70,
            3,
        )
        for axis in "xyz"
    ),
    *(
        Quantity(
            f"magnetic_{axis}_ut",
            "µT",
            f"Magnetic field along the sensor's {axis} axis.",
            -5000,
            5000,
            1,
        )
        for axis in "xyz"
    ),
    # time and shares
    Quantity("time_s", "s", "A duration.", 0, _INFINITY, 1),
    Quantity(
        "duration_min", "min", "A duration in minutes, as training load counts it.", 0, 1e5, 1
    ),
    Quantity("probability", "1", "Probability.", 0, 1, 2),
    Quantity("share", "1", "A part of a whole.", 0, 1, 2),
    Quantity("ratio", "1", "One quantity over another.", -_INFINITY, _INFINITY, 2),
    Quantity("change", "1", "Relative change, 0.2 for a fifth more.", -1, _INFINITY, 2),
    # the person
    Quantity("mass_kg", "kg", "Body mass.", 20, 300, 1),
    Quantity("height_m", "m", "Body height.", 0.8, 2.6, 2),
    Quantity("leg_length_m", "m", "From hip to ground with a straight leg.", 0.4, 1.4, 2),
    Quantity("resting_heart_rate_bpm", "bpm", "Heart rate at rest.", 25, 120, 0),
    Quantity("max_heart_rate_bpm", "bpm", "Maximal heart rate.", 90, 240, 0),
    # energy and effort
    Quantity("cost_j_per_kg_m", "J/kg/m", "Net metabolic cost of transport.", -5, 60, 2),
    Quantity("energy_j", "J", "Metabolic energy.", 0, 1e9, 0),
    Quantity("energy_j_per_kg", "J/kg", "Metabolic energy per body mass.", 0, 1e7, 0),
    Quantity("energy_kcal", "kcal", "Metabolic energy.", 0, 1e6, 0),
    Quantity("energy_kcal_per_kg", "kcal/kg", "Metabolic energy per body mass.", 0, 1e4, 2),
    Quantity("power_w_per_kg", "W/kg", "Metabolic power per body mass.", 0, 120, 1),
    Quantity("oxygen_ml_per_kg_min", "ml/kg/min", "Oxygen uptake per body mass.", 0, 110, 1),
    Quantity("oxygen_reserve_share", "1", "Share of the oxygen uptake reserve.", -1, 2, 2),
    Quantity("heart_rate_reserve_share", "1", "Share of the heart rate reserve.", -1, 2, 2),
    Quantity("heart_rate_max_share", "1", "Share of maximal heart rate.", 0, 2, 2),
    Quantity("beats_per_km", "beats/km", "Heart beats per kilometre.", 0, 5000, 0),
    Quantity("laps", "forward laps", "Forward laps that a backward lap is worth.", 0, 100, 2),
    # load
    Quantity("load_au", "au", "Training load in arbitrary units.", 0, 1e6, 0),
    Quantity("rating_of_effort", "0-10", "Session rating of perceived exertion.", 0, 10, 0),
    Quantity("monotony", "1", "Mean daily load over its standard deviation, 7 days.", 0, 100, 2),
    Quantity("strain_au", "au", "Weekly load times monotony.", 0, 1e7, 0),
    Quantity("weeks", "weeks", "A number of weeks.", 0, 1e4, 0),
    Quantity("days", "d", "A number of days.", 0, 1e5, 0),
    Quantity("count", "1", "A number of things.", 0, 1e9, 0),
    Quantity("kind", "1", "Code of a kind of movement.", -_INFINITY, _INFINITY, 0),
    Quantity("kinds", "kinds", "Effective number of kinds of movement.", 0, 1000, 2),
    Quantity("steps", "steps", "Number of steps.", 0, 1e7, 0),
    Quantity("force_bw", "BW", "Force in body weights.", 0, 40, 2),
    Quantity("force_per_km_bw", "BW/km", "Peak forces of all steps of a kilometre.", 0, 1e5, 0),
    Quantity("stiffness_per_s2", "1/s²", "Vertical stiffness over mass.", 0, 5000, 0),
    Quantity("leg_stiffness_per_s2", "1/s²", "Leg stiffness over mass.", 0, 5000, 0),
    Quantity("frequency_hz", "Hz", "Frequency.", 0, 100, 2),
)

METRES_PER_KILOMETRE = 1000.0
METRES_PER_MILE = 1609.344
METRES_PER_FOOT = 0.3048
SECONDS_PER_MINUTE = 60.0
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = 86400.0
DAYS_PER_WEEK = 7
JOULES_PER_KILOCALORIE = 4184.0
KILOGRAMS_PER_POUND = 0.45359237
DEGREES_PER_RADIAN = 57.29577951308232
CENTIMETRES_PER_METRE = 100.0
MILLISECONDS_PER_SECOND = 1000.0


def kilocalories(energy_j: float) -> float:
    """Joules as kilocalories (thermochemical, 4184 J)."""
    return energy_j / JOULES_PER_KILOCALORIE


def degrees(angle_rad: float) -> float:
    """Radians as degrees."""
    return angle_rad * DEGREES_PER_RADIAN


def clock(seconds: float) -> str:
    """A duration as people read it on a watch: ``5:07`` or ``1:05:07``.

    >>> clock(307.4), clock(3907)
    ('5:07', '1:05:07')
    """
    whole = round(seconds)
    hours, rest = divmod(whole, int(SECONDS_PER_HOUR))
    minutes, secs = divmod(rest, int(SECONDS_PER_MINUTE))
    return f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"


#: Slower than this nobody is on the way, and a pace would say nothing.
_SLOWEST_MPS = 0.2


def pace(speed_mps: float, *, imperial: bool = False) -> str:
    """Speed as minutes per kilometre, or per mile.

    >>> pace(2.5), pace(2.5, imperial=True), pace(0)
    ('6:40 /km', '10:44 /mi', '–')
    """
    if not _SLOWEST_MPS <= speed_mps <= QUANTITIES["speed_mps"].high:
        return "–"
    metres, unit = (METRES_PER_MILE, "/mi") if imperial else (METRES_PER_KILOMETRE, "/km")
    return f"{clock(metres / speed_mps)} {unit}"


def distance(metres: float, *, imperial: bool = False) -> str:
    """A distance in the unit a runner would use for it.

    >>> distance(200), distance(5234), distance(5234, imperial=True)
    ('200 m', '5.23 km', '3.25 mi')
    """
    if imperial:
        return f"{metres / METRES_PER_MILE:.2f} mi"
    if metres < METRES_PER_KILOMETRE:
        return f"{metres:.0f} m"
    return f"{metres / METRES_PER_KILOMETRE:.2f} km"
