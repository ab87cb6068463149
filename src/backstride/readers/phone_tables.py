"""Tables of one phone, a table for each sensor, put together: Sensor Logger and phyphox.

Both write a folder or an archive of tables that share a clock. Sensor Logger documents
(tszheichoi/awesome-sensor-logger, UNITS and CROSSPLATFORM) that an iPhone has no table of
acceleration with gravity, which is then acceleration without it plus gravity, and that an iPhone's
accelerations point down at rest, unless its Metadata say that they are standardised; phyphox turns
an iPhone's itself. A sensor's axes turned around would turn forward into backward, so an
acceleration of unknown sign is none.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath, PurePosixPath

import numpy as np

from backstride.errors import ReadError
from backstride.readers import csv_table, imu_log
from backstride.readers.column_map import Column, ColumnMap
from backstride.readers.inertial import ACCELERATION, ANGULAR_VELOCITY, AXES, COLUMN, MAGNETIC
from backstride.readers.told import Told
from backstride.recording import Notice, Recording, Source, Track, frozen_array

_SENSOR_LOGGER, _PHYPHOX = "Sensor Logger", "phyphox"
_METADATA, _LOCATION = "metadata", "location"
_WITHOUT_GRAVITY, _GRAVITY = "accelerometer", "gravity"
#: Tables of the phone itself, the best first where several are one thing.
_TABLES: Mapping[str, tuple[str, ...]] = {
    ACCELERATION: ("totalacceleration", "accelerometeruncalibrated"),
    ANGULAR_VELOCITY: ("gyroscope", "gyroscopeuncalibrated"),
    MAGNETIC: ("magnetometer", "magnetometeruncalibrated"),
}
_OF_SENSOR_LOGGER = frozenset(
    [name for names in _TABLES.values() for name in names]
    + [_WITHOUT_GRAVITY, _GRAVITY, _METADATA, _LOCATION]
)
_GPS = ColumnMap(
    {
        "time": Column("date", "ns"),
        "latitude": Column("latitude_deg"),
        "longitude": Column("longitude_deg"),
        "altitude": Column("elevation_m"),
        "speed": Column("speed_mps"),
    }
)


def may_be_part(name: str, head: bytes) -> bool:
    """Whether a file that begins so may be one table of several."""
    if not _is_csv(name):
        return False
    if _key(name) in (_METADATA, _LOCATION):
        return True
    found = imu_log.kinds_in(head, name)
    return found is not None and found[0] in (_SENSOR_LOGGER, _PHYPHOX)


def session(names: Iterable[str], head_of: Callable[[str], bytes]) -> tuple[str, ...]:
    """Those files of one folder that are one phone's session; none where there is none.

    A session has acceleration and angular velocity, one table of each; files that could be two
    sessions are none.
    """
    tables = {name: imu_log.kinds_in(head_of(name), name) for name in names if _is_csv(name)}
    loggers = {
        name
        for name, found in tables.items()
        if _key(name) in _OF_SENSOR_LOGGER
        and (_key(name) in (_METADATA, _LOCATION) or (found and found[0] == _SENSOR_LOGGER))
    }
    keys = [_key(name) for name in loggers]
    total = any(key in keys for key in _TABLES[ACCELERATION])
    parts = total or {_WITHOUT_GRAVITY, _GRAVITY} <= set(keys)
    if parts and any(key in keys for key in _TABLES[ANGULAR_VELOCITY]):
        return tuple(sorted(loggers)) if len(keys) == len(set(keys)) else ()
    phyphox = {
        name: found[1]
        for name, found in tables.items()
        if found and found[0] == _PHYPHOX and len(found[1]) == 1
    }
    kinds = [next(iter(kinds)) for kinds in phyphox.values()]
    whole = {ACCELERATION, ANGULAR_VELOCITY} <= set(kinds) and len(kinds) == len(set(kinds))
    return tuple(sorted(phyphox)) if whole else ()


def recording_of(contents: Mapping[str, bytes], source: Source) -> Recording:
    """A session's tables as one recording.

    Parameters
    ----------
    contents
        Name -> content of each table.

    Raises
    ------
    ReadError
        A table cannot be read, or none of them has anything.
    """
    by_key = {_key(name): name for name in contents}
    logs = {
        name: imu_log.log_of(data, name)
        for name, data in contents.items()
        if _key(name) not in (_METADATA, _LOCATION)
    }
    if any(log.maker == _PHYPHOX for log in logs.values()):
        return imu_log.recording_of(list(logs.values()), source)
    best = [
        logs[by_key[key]]
        for keys in (_TABLES[ANGULAR_VELOCITY], _TABLES[MAGNETIC])
        if (key := next((key for key in keys if key in by_key), ""))
    ]
    points_down = _points_down(contents.get(by_key.get(_METADATA, ""), b""))
    acceleration, notices = _acceleration(logs, by_key, points_down=points_down)
    recording = imu_log.recording_of([*acceleration, *best], source)
    recording = replace(recording, notices=(*notices, *recording.notices))
    if _LOCATION in by_key:
        return _with_location(recording, contents[by_key[_LOCATION]])
    return recording


def _acceleration(
    logs: Mapping[str, imu_log.Log], by_key: Mapping[str, str], *, points_down: bool | None
) -> tuple[list[imu_log.Log], list[Notice]]:
    """Acceleration with gravity that points up at rest, and how it was made; none if unknown."""
    both = {_WITHOUT_GRAVITY, _GRAVITY} <= by_key.keys()
    total, raw = _TABLES[ACCELERATION]
    if total in by_key:  # which by the documents only Android writes
        log = logs[by_key[total]]
        return [imu_log.turned_around(log) if points_down else log], []
    if raw in by_key and not both:
        log = logs[by_key[raw]]
        turned = any(notice.code == "sign_found" for notice in log.notices)
        return [imu_log.turned_around(log) if points_down and not turned else log], []
    if not both:
        return [], []
    if points_down is None:
        message = (
            "there is no Metadata.csv that says on which system this was recorded, so nobody knows "
            "whether its acceleration points up or down at rest; it was left out"
        )
        return [], [Notice("sign_unknown", message)]
    log = _sum(logs[by_key[_WITHOUT_GRAVITY]], logs[by_key[_GRAVITY]])
    said = "acceleration without gravity and gravity were added"
    if points_down:
        log = imu_log.turned_around(log)
        said += ", and turned around, for an iPhone's point down at rest"
    return [log], [Notice("gravity_added", said)]


def _sum(without: imu_log.Log, gravity: imu_log.Log) -> imu_log.Log:
    """Acceleration with gravity at the times of acceleration without it."""
    known = np.isfinite(gravity.times)
    order = np.argsort(gravity.times[known], kind="stable")
    columns = {}
    for axis in AXES:
        series = gravity.columns.get(f"imu:{axis}", np.full(len(gravity.times), np.nan))
        pull = np.interp(without.times, gravity.times[known][order], series[known][order])
        alone = without.columns.get(f"imu:{axis}", np.full(len(without.times), np.nan))
        columns[COLUMN[ACCELERATION].format(axis)] = alone + pull
    return replace(without, columns=columns)


def _points_down(metadata: bytes) -> bool | None:
    """Whether accelerations point down at rest, as Sensor Logger's Metadata tell; None: unknown."""
    lines = metadata.decode("utf-8-sig", errors="replace").splitlines()
    if len(lines) < 2:
        return None
    about = dict(zip(lines[0].lower().split(","), lines[1].lower().split(","), strict=False))
    platform = about.get("platform", "").strip(' "')
    if platform not in ("ios", "android"):
        return None
    return platform == "ios" and about.get("standardisation", "").strip(' "') != "true"


def _with_location(recording: Recording, data: bytes) -> Recording:
    """The session with where the phone was, if its table can be read."""
    try:
        (fixes,) = csv_table.read(data, recording.source, Told(_GPS))
    except ReadError as error:
        notice = Notice("location_unreadable", f"the table of places {error.reason}")
        return replace(recording, notices=(*recording.notices, notice))
    if fixes.start_utc is None or recording.start_utc is None:
        return recording
    start = min(fixes.start_utc, recording.start_utc)
    tracks = [
        _later(track, (one.start_utc - start).total_seconds())
        for one in (fixes, recording)
        for track in map(_known, one.tracks)
        if one.start_utc is not None
    ]
    end_s = max(float(track.t_s[-1]) for track in tracks)
    return replace(
        recording,
        start_utc=start,
        tracks=tuple(tracks),
        sections=tuple(replace(section, end_s=end_s) for section in recording.sections),
    )


def _known(track: Track) -> Track:
    """Speeds below zero are Sensor Logger's word for an unknown one."""
    if "speed_mps" not in track:
        return track
    values = track.values.copy()
    speeds = values[:, track.columns.index("speed_mps")]
    speeds[speeds < 0] = np.nan
    return replace(track, values=values)


def _later(track: Track, seconds: float) -> Track:
    return replace(track, t_s=frozen_array(np.round(track.t_s + seconds, 6)))


def _is_csv(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() == ".csv"


def _key(name: str) -> str:
    stem = PurePath(name.rpartition("!")[2]).stem
    return stem.lower().replace(" ", "").replace("_", "")


def names_of(parts: Sequence[str]) -> str:
    """What a session is called: its folder, with a word for its tables."""
    archive, inside, name = parts[0].rpartition("!")
    return f"{archive}{inside}{PurePosixPath(name).with_name('*.csv')}"
