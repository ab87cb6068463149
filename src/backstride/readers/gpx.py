"""GPX 1.0 and 1.1, with the extensions that watches and their services write into it.

Namespaces are ignored; what the vocabulary has no word for stays reachable as column
``gpx:<element>`` (numbers) or raw table ``trkpt:<element>`` (text). Distance and speed are not
computed from positions here: a reader gives what was recorded.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import limits, xml_stream
from backstride.readers.samples import (
    NAN,
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
from backstride.vocabulary import SECONDS_PER_MINUTE, Sport

_TIME = "time"
_CADENCE = "gpx:cadence"
#: A track that begins within this time of the end of the one before it continues it.
_CONTIGUOUS_S = 30 * SECONDS_PER_MINUTE

#: Element of a point, in lower case -> column. TrackPointExtension, Garmin's PowerExtension,
#: Cluetrust's gpxdata, and plain elements of several apps; all of these are SI.
_WORDS: Mapping[str, str] = {
    "ele": "elevation_m",
    "hr": "heart_rate_bpm",
    "heartrate": "heart_rate_bpm",
    "speed": "speed_mps",
    "power": "power_w",
    "watts": "power_w",
    "powerinwatts": "power_w",
    "atemp": "temperature_c",
    "temp": "temperature_c",
    "distance": "distance_m",
    "cad": _CADENCE,
    "cadence": _CADENCE,
    "runcadence": _CADENCE,
}


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is GPX."""
    return xml_stream.begins_with_element(head, "gpx")


def read(data: bytes, source: Source) -> tuple[Recording, ...]:
    """Tracks that follow each other make one recording with a lap each; others one each.

    Raises
    ------
    DamagedFileError
        No point of a track could be read.
    RefusedFileError
        Entities, or more than the limits allow.
    ReadError
        No point has a time: a route or a drawn track.
    """
    document = _Document(source.path)
    damages = xml_stream.stream(data, document, source.path, b"trkpt")
    columns = document.rows.columns()
    times = columns.pop(_TIME)
    if np.isnan(times).all():
        raise _nothing_recorded(document, damages, source.path)
    common = (*xml_stream.damage_notices(damages, len(data)), *document.rows.notices())
    waypoints = _waypoints(document.waypoints)
    recordings = []
    for tracks in _joined(document.tracks, times):
        rows = slice(tracks[0].first_row, tracks[-1].stop_row)
        recordings.append(
            _recording(
                tracks,
                times[rows],
                {name: values[rows] for name, values in columns.items()},
                document.rows.text_tables("trkpt", rows.start, rows.stop) | waypoints,
                document,
                source,
                common,
            )
        )
    return tuple(recordings)


@dataclass
class _TrackRead:
    """A trk as it is being read; `segments` are the rows at which its segments begin."""

    first_row: int
    stop_row: int = 0
    segments: list[int] = field(default_factory=list)
    name: str = ""
    kind: str = ""


class _Document:
    """Takes tracks, points and waypoints from the stream."""

    containers = frozenset({"gpx", "trk", "trkseg", "trkpt", "wpt", "rtept"})

    def __init__(self, path: str) -> None:
        self.rows = Rows(path, (_TIME, "latitude_deg", "longitude_deg"))
        self.waypoints = Rows(path)
        self.tracks: list[_TrackRead] = []
        self.route_points = 0
        self.creator = ""
        self.title = ""
        self._path = path
        self._parts = 0
        self._track: _TrackRead | None = None
        self._point: dict[str, float | str] | None = None
        self._point_element = ""

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("trkpt", "wpt", "rtept"):
            self._point_element = name
            self._point = {
                "latitude_deg": number(attributes.get("lat", "")),
                "longitude_deg": number(attributes.get("lon", "")),
            }
            return
        self._parts += 1
        if self._parts > limits.MAX_PARTS or len(self.tracks) > limits.MAX_RECORDINGS:
            raise limits.refuse(self._path, None, "holds more tracks than any recording has")
        if name == "gpx":
            self.creator = one_line(attributes.get("creator", ""))
        elif name == "trk":
            self._track = _TrackRead(self.rows.count)
            self.tracks.append(self._track)
        elif name == "trkseg" and self._track:
            self._track.segments.append(self.rows.count)

    def closed(self, name: str) -> None:
        if name == "trk":
            self._track = None
        elif self._point is None or name != self._point_element:
            return
        elif name == "trkpt" and self._track:
            self.rows.add(self._point)
            self._track.stop_row = self.rows.count
        elif name == "wpt":
            self.waypoints.add(self._point)
        elif name == "rtept":
            self.route_points += 1
        self._point = None

    def interrupted(self) -> None:
        self._point = None

    def leaf(self, name: str, parent: str, text: str) -> None:
        if self._point is not None:
            self._point_value(name, parent, text)
        elif parent == "trk" and self._track:
            if name == "name":
                self._track.name = one_line(text)
            elif name == "type":
                self._track.kind = one_line(text)
        elif name == "name" and parent in ("metadata", "gpx"):
            self.title = one_line(text)

    def _point_value(self, name: str, parent: str, text: str) -> None:
        point = self._point
        if point is None or not text:
            return
        if name == "time":
            if parent == self._point_element:
                point[_TIME] = epoch_seconds(text)
            return
        value = number(text)
        word = _WORDS.get(name.lower())
        if word is not None or math.isfinite(value):
            point[word or f"gpx:{name}"] = value
        else:
            point[name] = text


def _nothing_recorded(
    document: _Document, damages: Sequence[xml_stream.Damage], path: str
) -> ReadError:
    if document.rows.count or document.route_points:
        return ReadError(
            path,
            None,
            "has positions but no times: a route or a drawn track, not a recording",
            "export the recorded activity, with its times",
        )
    if damages:
        reason = f"damaged GPX: {damages[0].reason}"
        return DamagedFileError(path, damages[0].start, reason, "export it again")
    return DamagedFileError(path, None, "a GPX file without any track", "export it again")


def _joined(tracks: Sequence[_TrackRead], times: Floats) -> list[list[_TrackRead]]:
    """Tracks with a time, in groups that follow each other without a long gap or overlap."""
    groups: list[list[_TrackRead]] = []
    last_end = NAN
    for track in tracks:
        known = times[track.first_row : track.stop_row]
        known = known[np.isfinite(known)]
        if not len(known):
            continue
        if 0 <= float(known[0]) - last_end <= _CONTIGUOUS_S:
            groups[-1].append(track)
        else:
            groups.append([track])
        last_end = float(known[-1])
    return groups


def _recording(
    tracks: Sequence[_TrackRead],
    times: Floats,
    columns: dict[str, Floats],
    raw: Mapping[str, Table],
    document: _Document,
    source: Source,
    common: Sequence[Notice],
) -> Recording:
    clock = clock_of(times)
    device_sport = next((track.kind for track in tracks if track.kind), "")
    sport = sport_named(device_sport)
    cadences = _cadence(columns, sport)
    record = record_track(clock, columns)
    title = source.title or next((t.name for t in tracks if t.name), "") or document.title
    return Recording(
        start_utc=clock.start_utc,
        tracks=(record,),
        laps=_laps(tracks, times, clock) if len(tracks) > 1 else (),
        sections=(Section(0.0, float(record.t_s[-1]), sport, device_sport=device_sport),),
        device=Device(product=document.creator),
        source=replace(source, title=title),
        pauses=_pauses(tracks, times, clock),
        notices=(*common, *clock.notices, *cadences),
        raw=raw,
    )


def _waypoints(rows: Rows) -> dict[str, Table]:
    """What was marked beside the tracks."""
    if not rows.count:
        return {}
    return {"wpt": Table(rows.columns()), **rows.text_tables("wpt", 0, rows.count)}


def _cadence(columns: dict[str, Floats], sport: Sport) -> tuple[Notice, ...]:
    """Decide whose steps the cadence counts, in place; that of a ride stays as it is."""
    cadence = columns.get(_CADENCE)
    if cadence is None or sport is Sport.OTHER:
        return ()
    del columns[_CADENCE]
    doubled = counts_one_leg(cadence, sport)
    columns["cadence_spm"] = 2 * cadence if doubled else cadence
    return (cadence_notice(cadence, doubled=doubled),) if (cadence > 0).any() else ()


def _laps(tracks: Sequence[_TrackRead], times: Floats, clock: Clock) -> tuple[Lap, ...]:
    """A lap per track, named as the track is."""
    laps = []
    for track in tracks:
        start, stop = (row - tracks[0].first_row for row in (track.first_row, track.stop_row))
        seen = [clock.seconds(t) for t in times[start:stop]]
        known = [t for t in seen if math.isfinite(t)]
        if known:
            laps.append(Lap(min(known), max(known), name=track.name))
    return tuple(sorted(laps, key=lambda lap: lap.start_s))


def _pauses(tracks: Sequence[_TrackRead], times: Floats, clock: Clock) -> tuple[Interval, ...]:
    """From the last point of a segment to the first of the next."""
    pauses = []
    for row in sorted({row for track in tracks for row in track.segments}):
        index = row - tracks[0].first_row
        if 0 < index < len(times):
            start, end = clock.seconds(times[index - 1]), clock.seconds(times[index])
            if start < end:
                pauses.append(Interval(start, end))
    return tuple(pauses)
