"""What any file and any person become: Recording, Track, Lap, Athlete and what they hold.

All of it is frozen. A value that a device did not give is missing (NaN in a track, None in a
field); zero degrees, zero metres and sea level are values.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from backstride.errors import AthleteError, RequestError
from backstride.vocabulary import QUANTITIES, Sport

Floats = npt.NDArray[np.float64]


def frozen_array(values: npt.ArrayLike) -> Floats:
    """A float64 copy that cannot be written to."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Track:
    """One sensor's samples on its own clock.

    Attributes
    ----------
    name
        ``record`` for a watch's main table; ``rr`` for beat-to-beat intervals; ``heart_rate`` for
        heart rate that a strap kept and sent later; others by their sensor.
    t_s
        shape (n,), seconds since ``Recording.start_utc``, never decreasing.
    values
        shape (n, k), SI; NaN where the device gave nothing.
    columns
        k names: a name of the vocabulary, or ``source:name`` for what a device recorded and the
        vocabulary has no word for (``developer:Form Power [Watts]``, ``fit:unknown_88``), in the
        device's own unit.
    """

    name: str
    t_s: Floats
    values: Floats
    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.t_s), len(self.columns)):
            raise ValueError(f"track {self.name}: values {self.values.shape} do not fit its clock")
        self.t_s.setflags(write=False)
        self.values.setflags(write=False)

    def __len__(self) -> int:
        return len(self.t_s)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def column(self, name: str) -> Floats:
        """Shape (n,); all NaN where this track has no such column."""
        if name not in self.columns:
            return np.full(len(self.t_s), np.nan)
        return self.values[:, self.columns.index(name)]

    @property
    def rate_hz(self) -> float | None:
        """One over the median step of the clock; None with fewer than two samples."""
        steps = np.diff(self.t_s)
        steps = steps[steps > 0]
        return float(1 / np.median(steps)) if len(steps) else None


@dataclass(frozen=True)
class Lap:
    """A lap as the device or the runner cut it.

    `name` is what a person would read: a workout step's name, a lap's label, a note. `intensity` is
    the device's word (active, rest, warmup, cooldown, recovery) or "". `step_index` is that of the
    workout step that it carried out.
    """

    start_s: float
    end_s: float
    name: str = ""
    intensity: str = ""
    trigger: str = ""
    distance_m: float | None = None
    energy_j: float | None = None
    step_index: int | None = None


@dataclass(frozen=True)
class Section:
    """A stretch of one sport: a whole recording, or a leg of a multisport one."""

    start_s: float
    end_s: float
    sport: Sport
    device_sport: str = ""
    indoors: bool = False
    distance_m: float | None = None
    energy_j: float | None = None


@dataclass(frozen=True)
class WorkoutStep:
    """One step of a planned workout that a recording carries or a workout file holds.

    Attributes
    ----------
    duration_kind, duration_value
        What ends the step, in the words of the FIT profile; seconds for ``time``, metres for
        ``distance``. A repeat is a step of its own after those that it repeats: its kind is
        ``repeat_until_steps_cmplt``, its value the index of the first step that is done again.
    target_kind, target_value
        What is aimed at; for ``repeats`` how often the steps are done in all. Where the target is a
        range, its value is the middle.
    target_low, target_high
        Ends of a target that is a range; m/s for ``speed``, as the device stores them for others.
    """

    index: int
    name: str
    notes: str = ""
    intensity: str = ""
    duration_kind: str = ""
    duration_value: float | None = None
    target_kind: str = ""
    target_value: float | None = None
    target_low: float | None = None
    target_high: float | None = None


#: More steps than anybody carries out in a day; a damaged file can ask for any number.
_MOST_CARRIED_OUT = 10_000


def carried_out(steps: Iterable[WorkoutStep]) -> tuple[WorkoutStep, ...]:
    """The steps in the order in which they are done, each repeated as often as it is repeated.

    Repeats until a time, a distance or a heart rate, of which nobody knows how many there will be,
    are done once.

    Raises
    ------
    RequestError
        The repeats make more than 10,000 steps of it.
    """
    done: list[WorkoutStep] = []
    places: dict[float, int] = {}
    for step in steps:
        places[step.index] = len(done)
        if not step.duration_kind.startswith("repeat_until"):
            done.append(step)
            continue
        first = places.get(-1 if step.duration_value is None else step.duration_value, len(done))
        again = done[first:] if step.duration_kind == "repeat_until_steps_cmplt" else []
        more = max(int(step.target_value or 1) - 1, 0)
        if len(done) + len(again) * more > _MOST_CARRIED_OUT:
            raise RequestError(
                f"step {step.index} makes a workout of more than {_MOST_CARRIED_OUT:,} steps",
                hint="repeat less often",
            )
        done += again * more
    return tuple(done)


@dataclass(frozen=True)
class Interval:
    """Seconds from `start_s` to `end_s` of a recording."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class Notice:
    """Something a reader or an analysis wants said: a stable `code` and a sentence."""

    code: str
    message: str


@dataclass(frozen=True)
class Source:
    """Where a recording came from."""

    path: str
    sha256: str
    format: str
    title: str = ""


class FoundBy(StrEnum):
    """How it is known where a part of a session lies on its clock."""

    LEAD = "lead"  # the clock is its own
    GIVEN = "given"  # a person said so
    DATES = "dates"  # by the dates of both, which their steps do not contradict
    STEPS = "steps"  # by steps that both recorded


@dataclass(frozen=True)
class Part:
    """One file of a session that several devices recorded.

    Attributes
    ----------
    offset_s
        What was added to its clock to make it the session's.
    offset_sd_s
        Standard deviation of the error of that; None where a person said it.
    against, against_sd_s
        Path of the part whose steps or dates it was found by, and how sure it is against that one
        alone; "" and None where the clock is its own or a person said so.
    """

    source: Source
    offset_s: float
    offset_sd_s: float | None
    found_by: FoundBy
    against: str = ""
    against_sd_s: float | None = None


@dataclass(frozen=True)
class Device:
    """What recorded it, in the maker's words."""

    manufacturer: str = ""
    product: str = ""
    software: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.manufacturer, self.product) if part)


class Given(StrEnum):
    """Where a fact about a person comes from."""

    PERSON = "person"
    RECORDING = "recording"
    ASSUMED = "assumed"


class Sex(StrEnum):
    """Sex as equations of load distinguish it."""

    FEMALE = "female"
    MALE = "male"


_FACTS = (
    "mass_kg",
    "height_m",
    "birth_year",
    "sex",
    "resting_heart_rate_bpm",
    "max_heart_rate_bpm",
)


@dataclass(frozen=True)
class Athlete:
    """A person, as far as is known; every fact is optional and says where it came from.

    Raises
    ------
    AthleteError
        A value outside the vocabulary's range, or a resting heart rate not below the maximal one.
    """

    mass_kg: float | None = None
    height_m: float | None = None
    birth_year: int | None = None
    sex: Sex | None = None
    resting_heart_rate_bpm: float | None = None
    max_heart_rate_bpm: float | None = None
    origins: Mapping[str, Given] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in _FACTS:
            value = getattr(self, name)
            if value is None or name not in QUANTITIES:
                continue
            quantity = QUANTITIES[name]
            if not isinstance(value, int | float) or isinstance(value, bool):
                raise AthleteError(
                    f"athlete: {name} is {value!r}, not a number",
                    hint=f"write {name} as a number in {quantity.unit}",
                )
            if not quantity.low <= value <= quantity.high:
                raise AthleteError(
                    f"athlete: {name} = {value:g} is not possible "
                    f"({quantity.low:g} to {quantity.high:g} {quantity.unit})",
                    hint=f"correct {name}, or leave it out",
                )
        year = self.birth_year
        if year is not None and (type(year) is not int or not 1900 <= year <= 2100):
            raise AthleteError(
                f"athlete: birth_year = {year!r} is not possible (1900 to 2100)",
                hint="correct birth_year, or leave it out",
            )
        rest, top = self.resting_heart_rate_bpm, self.max_heart_rate_bpm
        if rest is not None and top is not None and rest >= top:
            raise AthleteError(
                f"athlete: resting heart rate {rest:g} is not below the maximal one {top:g}",
                hint="correct resting_heart_rate_bpm or max_heart_rate_bpm",
            )

    def filled_from(self, other: "Athlete") -> "Athlete":
        """This athlete, with what is missing taken from `other`, and its origin with it.

        A heart rate that would contradict one already known is not taken.
        """
        known = self
        for name in _FACTS:
            value = getattr(other, name)
            if getattr(known, name) is not None or value is None:
                continue
            origins = {**known.origins, name: other.origins.get(name, Given.ASSUMED)}
            try:
                known = replace(known, **{name: value, "origins": origins})
            except AthleteError:
                continue
        return known

    @classmethod
    def agreed(cls, athletes: Iterable["Athlete"]) -> "Athlete":
        """What all that know a fact agree on; recordings of several people agree on little."""
        known = list(athletes)
        facts = {}
        for name in _FACTS:
            values = {getattr(one, name) for one in known} - {None}
            if len(values) == 1:
                facts[name] = values.pop()
        origins = {
            name: next(one.origins[name] for one in known if name in one.origins)
            for name in facts
            if any(name in one.origins for one in known)
        }
        try:
            return cls(**facts, origins=origins)
        except AthleteError:
            return cls()

    @classmethod
    def from_toml(cls, path: str | Path) -> "Athlete":
        """Read an athlete file.

        Raises
        ------
        AthleteError
            The file is missing, is not TOML, has an unknown key or an impossible value.
        """
        hint = "known keys: " + ", ".join(_FACTS)
        try:
            table = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise AthleteError(f"{path}: {error.strerror or error}", hint=hint) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise AthleteError(f"{path}: not a TOML file: {error}", hint=hint) from error
        if unknown := sorted(set(table) - set(_FACTS)):
            raise AthleteError(f"{path}: unknown key {', '.join(unknown)}", hint=hint)
        if "sex" in table:
            try:
                table["sex"] = Sex(table["sex"])
            except ValueError as error:
                hint = "write 'female' or 'male', or leave it out"
                raise AthleteError(f"{path}: sex = {table['sex']!r}", hint=hint) from error
        try:
            return cls(**table, origins=dict.fromkeys(table, Given.PERSON))
        except AthleteError as error:
            raise AthleteError(f"{path}: {error}", hint=error.hint) from error


@dataclass(frozen=True, eq=False)
class Table:
    """One kind of message of a file as the device wrote it: columns of raw, unscaled values."""

    columns: Mapping[str, npt.NDArray[np.generic]]

    def __len__(self) -> int:
        return max((len(column) for column in self.columns.values()), default=0)


@dataclass(frozen=True, eq=False)
class Recording:
    """What a device recorded, in SI units, whatever the file.

    Attributes
    ----------
    start_utc
        Zero of every clock in this recording; None where the file has no dates.
    tracks, laps, sections, pauses, workout_steps
        In order of time.
    athlete
        What the file says of the person.
    notices
        What was lost, mended or odd, in words.
    raw
        Message kind -> table of raw values, for what the nouns above have no place for.
    parts
        The files of a session that were put on one clock, the one whose clock it is first; none
        where one file is all.
    """

    start_utc: datetime | None
    tracks: tuple[Track, ...]
    laps: tuple[Lap, ...]
    sections: tuple[Section, ...]
    device: Device
    source: Source
    pauses: tuple[Interval, ...] = ()
    workout_name: str = ""
    workout_steps: tuple[WorkoutStep, ...] = ()
    athlete: Athlete = field(default_factory=Athlete)
    notices: tuple[Notice, ...] = ()
    raw: Mapping[str, Table] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    def track(self, name: str) -> Track | None:
        """The first track of that name, or None."""
        return next((track for track in self.tracks if track.name == name), None)

    @cached_property
    def duration_s(self) -> float:
        """From zero to the last sample or lap end, pauses included."""
        ends = [float(track.t_s[-1]) for track in self.tracks if len(track)]
        ends += [lap.end_s for lap in self.laps]
        return max([0.0, *ends])

    @property
    def simulated(self) -> bool:
        """Whether nobody recorded this; it survives being written to a file and read back."""
        return SIMULATED_DEVICE in str(self.device)

    @property
    def sport(self) -> Sport:
        """The sport of the longest section on foot, else of the longest section."""
        on_foot = [s for s in self.sections if s.sport in (Sport.RUNNING, Sport.WALKING)]
        longest = max(on_foot or self.sections, key=lambda s: s.end_s - s.start_s, default=None)
        return longest.sport if longest else Sport.UNKNOWN


#: What a simulated recording calls its device, so that it says so in any file format.
SIMULATED_DEVICE = "SIMULATED by Backstride"


def field_names(cls: type) -> tuple[str, ...]:
    """Names of a noun's fields, for documents and exports."""
    return tuple(f.name for f in fields(cls))
