"""TCX: Garmin's Training Center XML, version 2, with its activity extension.

Namespaces are ignored, for exporters get them wrong; what the vocabulary has no word for stays
reachable as column ``tcx:<element>`` (numbers) or raw table ``trackpoint:<element>`` (text).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits, xml_stream
from backstride.readers.samples import (
    Clock,
    Rows,
    cadence_notice,
    clock_of,
    counts_one_leg,
    epoch_seconds,
    number,
    one_line,
    record_track,
    sport_named,
)
from backstride.recording import (
    Device,
    Floats,
    Interval,
    Lap,
    Notice,
    Recording,
    Section,
    Source,
    Table,
)
from backstride.vocabulary import JOULES_PER_KILOCALORIE, Sport

_TIME = "time"

#: Element of a trackpoint -> vocabulary, where the schema's unit is SI already.
_WORDS: Mapping[str, str] = {
    "LatitudeDegrees": "latitude_deg",
    "LongitudeDegrees": "longitude_deg",
    "AltitudeMeters": "elevation_m",
    "DistanceMeters": "distance_m",
    "HeartRateBpm": "heart_rate_bpm",
    "Speed": "speed_mps",
    "Watts": "power_w",
}
_INTENSITIES: Mapping[str, str] = {"active": "active", "resting": "rest"}


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is TCX."""
    return xml_stream.begins_with_element(head, "TrainingCenterDatabase")


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """One recording per activity of the file.

    Raises
    ------
    DamagedFileError
        No trackpoint and no lap could be read.
    RefusedFileError
        Entities, or more than the limits allow.
    ReadError
        The file holds a course or a workout.
    """
    document = _Document(source.path)
    damages = xml_stream.stream(data, document, source.path, b"Trackpoint")
    notices = (*xml_stream.damage_notices(damages, len(data)), *document.rows.notices())
    columns = document.rows.columns()
    edges = [*(activity.first_row for activity in document.activities), document.rows.count]
    recordings = tuple(
        _recording(
            activity,
            {name: values[activity.first_row : stop] for name, values in columns.items()},
            document.rows.text_tables("trackpoint", activity.first_row, stop),
            replace(source, title=source.title or activity.notes),
            notices,
        )
        for activity, stop in zip(document.activities, edges[1:], strict=True)
    )
    if sound := tuple(r for r in recordings if r.tracks or r.laps):
        return sound
    if damages:
        raise DamagedFileError(
            source.path, damages[0].start, f"damaged TCX: {damages[0].reason}", "export it again"
        )
    planned = " or ".join(sorted(document.planned))
    if planned:
        raise ReadError(
            source.path,
            None,
            f"holds a {planned}, which is planned and not recorded",
            "give the recording of the activity",
        )
    raise DamagedFileError(
        source.path, None, "a TCX file without any lap or point in time", "export it again"
    )


@dataclass
class _LapRead:
    """A lap as it is being read: its start, first row, and where its stretches of track begin."""

    start: float
    first_row: int
    tracks: list[int] = field(default_factory=list)
    values: dict[str, float | str] = field(default_factory=dict)


@dataclass
class _ActivityRead:
    sport: str
    first_row: int
    laps: list[_LapRead] = field(default_factory=list)
    creator: dict[str, str] = field(default_factory=dict)
    notes: str = ""
    workout: str = ""


class _Document:
    """Takes activities, laps and points from the stream."""

    containers = frozenset(
        {"Activity", "Lap", "Track", "Trackpoint", "Creator", "Course", "Workout"}
    )

    def __init__(self, path: str) -> None:
        self.rows = Rows(path, (_TIME,))
        self.activities: list[_ActivityRead] = []
        self.planned: set[str] = set()
        self._path = path
        self._parts = 0
        self._activity: _ActivityRead | None = None
        self._lap: _LapRead | None = None
        self._point: dict[str, float | str] | None = None
        self._in_creator = False

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Trackpoint":
            self._point = {} if self._activity else None
            return
        self._parts += 1
        if self._parts > limits.MAX_PARTS:
            raise limits.refuse(self._path, None, "holds more laps than any recording has")
        if name == "Activity":
            sport = one_line(attributes.get("Sport", ""))
            self._activity = _ActivityRead(sport, self.rows.count)
            self.activities.append(self._activity)
            if len(self.activities) > limits.MAX_RECORDINGS:
                raise limits.refuse(self._path, None, "holds too many activities")
            self._lap = None
        elif name == "Lap" and self._activity:
            start = epoch_seconds(attributes.get("StartTime", ""))
            self._lap = _LapRead(start, self.rows.count)
            self._activity.laps.append(self._lap)
        elif name == "Track" and self._lap:
            self._lap.tracks.append(self.rows.count)
        elif name == "Creator":
            self._in_creator = True
        elif name in ("Course", "Workout"):
            self.planned.add(name.lower())

    def closed(self, name: str) -> None:
        if name == "Trackpoint" and self._point is not None:
            self.rows.add(self._point)
            self._point = None
        elif name == "Lap":
            self._lap = None
        elif name == "Activity":
            self._activity = None
        elif name == "Creator":
            self._in_creator = False

    def interrupted(self) -> None:
        self._point = None
        self._in_creator = False

    def leaf(self, name: str, parent: str, text: str) -> None:
        key = parent if name == "Value" else name
        if self._point is not None:
            self._point_value(key, text)
        elif self._activity is None:
            return
        elif self._in_creator:
            self._activity.creator.setdefault(name, one_line(text))
        elif self._lap is not None:
            value = number(text)
            if len(self._lap.values) < limits.MAX_COLUMNS:
                self._lap.values[key] = value if math.isfinite(value) else one_line(text)
        elif name == "Notes" and parent == "Activity":
            self._activity.notes = one_line(text)
        elif name == "Name" and parent == "Plan":
            self._activity.workout = one_line(text)

    def _point_value(self, key: str, text: str) -> None:
        point = self._point
        if point is None or not text:
            return
        if key == "Time":
            point[_TIME] = epoch_seconds(text)
            return
        value = number(text)
        word = _WORDS.get(key)
        if word is not None or math.isfinite(value):
            point[word or f"tcx:{key}"] = value
        else:
            point[key] = text


def _recording(
    activity: _ActivityRead,
    columns: dict[str, Floats],
    texts: Mapping[str, Table],
    source: Source,
    notices: Sequence[Notice],
) -> Recording:
    times = columns.pop(_TIME)
    clock = clock_of(times, [lap.start for lap in activity.laps])
    sport = sport_named(activity.sport)
    cadences = _cadence(columns, sport)
    track = record_track(clock, columns)
    laps = _laps(activity, times, clock)
    end = max([lap.end_s for lap in laps] + track.t_s[-1:].tolist(), default=0.0)
    section = Section(
        0.0,
        end,
        sport,
        device_sport=activity.sport,
        distance_m=_total([lap.distance_m for lap in laps]),
        energy_j=_total([lap.energy_j for lap in laps]),
    )
    return Recording(
        start_utc=clock.start_utc,
        tracks=(track,) if len(track) else (),
        laps=laps,
        sections=(section,),
        device=_device(activity.creator),
        source=source,
        pauses=_pauses(activity, times, clock),
        workout_name=activity.workout,
        notices=(*notices, *clock.notices, *cadences),
        raw={**texts, **_raw_laps(activity)},
    )


def _cadence(columns: dict[str, Floats], sport: Sport) -> tuple[Notice, ...]:
    """Turn what the schema counts of one foot into steps of both, in place.

    `Cadence` of a ride is that of the cranks and stays as it is. Some exporters write both feet's
    steps all the same; then the median says so.
    """
    run = columns.pop("tcx:RunCadence", None)
    feet = columns.pop("tcx:Cadence", None) if sport is not Sport.OTHER else None
    if run is not None and feet is not None:
        run = np.where(np.isnan(run), feet, run)
    cadence = feet if run is None else run
    if cadence is None:
        return ()
    if counts_one_leg(cadence, Sport.RUNNING) or not (cadence > 0).any():
        columns["cadence_spm"] = 2 * cadence
        return ()
    columns["cadence_spm"] = cadence
    return (cadence_notice(cadence, doubled=False),)


def _laps(activity: _ActivityRead, times: Floats, clock: Clock) -> tuple[Lap, ...]:
    """Laps in order; one ends where the next begins, or at its last point or timed end.

    `TotalTimeSeconds` leaves pauses out, so the last point may come after start plus total.
    """
    reads = [lap for lap in activity.laps if math.isfinite(clock.seconds(lap.start))]
    edges = [*(lap.first_row - activity.first_row for lap in reads), len(times)]
    laps = []
    for lap, first, stop in zip(reads, edges[:-1], edges[1:], strict=True):
        start = clock.seconds(lap.start)
        total = lap.values.get("TotalTimeSeconds")
        timed = start + total if isinstance(total, float) and total > 0 else start
        seen = [clock.seconds(t) for t in times[first:stop]]
        ends = [t for t in seen if math.isfinite(t)]
        if timed - start <= limits.MAX_SPAN_S:
            ends.append(timed)
        intensity = str(lap.values.get("Intensity", "")).lower()
        energy = _non_negative(lap.values.get("Calories"))
        laps.append(
            Lap(
                start_s=start,
                end_s=max([start, *ends]),
                name=str(lap.values.get("Notes", "")),
                intensity=_INTENSITIES.get(intensity, intensity),
                trigger=str(lap.values.get("TriggerMethod", "")).lower(),
                distance_m=_non_negative(lap.values.get("DistanceMeters")),
                energy_j=None if energy is None else energy * JOULES_PER_KILOCALORIE,
            )
        )
    laps.sort(key=lambda lap: lap.start_s)
    return tuple(
        replace(lap, end_s=min(lap.end_s, following.start_s)) for lap, following in pairwise(laps)
    ) + tuple(laps[-1:])


def _pauses(activity: _ActivityRead, times: Floats, clock: Clock) -> tuple[Interval, ...]:
    """Where a lap's track was interrupted: the device was paused from one point to the next."""
    pauses = []
    for lap in activity.laps:
        for row in lap.tracks[1:]:
            index = row - activity.first_row
            if 0 < index < len(times):
                start, end = clock.seconds(times[index - 1]), clock.seconds(times[index])
                if start < end:
                    pauses.append(Interval(start, end))
    return tuple(sorted(pauses, key=lambda pause: pause.start_s))


def _device(creator: Mapping[str, str]) -> Device:
    version = [creator.get("VersionMajor", ""), creator.get("VersionMinor", "")]
    return Device(product=creator.get("Name", ""), software=".".join(filter(None, version)))


def _raw_laps(activity: _ActivityRead) -> dict[str, Table]:
    """All that laps say, a row each."""
    if not any(lap.values for lap in activity.laps):
        return {}
    laps = Rows("")
    for lap in activity.laps:
        laps.add(lap.values)
    return {"lap": Table(laps.columns()), **laps.text_tables("lap", 0, laps.count)}


def _non_negative(value: float | str | None) -> float | None:
    return value if isinstance(value, float) and value >= 0 else None


def _total(parts: Sequence[float | None]) -> float | None:
    """The sum where every part is known."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None
