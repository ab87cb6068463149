"""Record messages of a FIT file -> the track of a recording, and which of them to believe."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backstride.readers import limits
from backstride.readers.fit import profile as fit_profile
from backstride.readers.fit.clock import Clock
from backstride.readers.fit.frame import TIMESTAMP, Span
from backstride.readers.fit.tables import RECORD, Key, Kind, Messages, unrolled
from backstride.recording import Floats, Notice, Section, Track
from backstride.vocabulary import QUANTITIES, Sport

_LATITUDE, _LONGITUDE, _ALTITUDE, _HEART_RATE, _CADENCE = 0, 1, 2, 3, 4
_DISTANCE, _SPEED, _COMPRESSED_SPEED_DISTANCE, _FRACTIONAL_CADENCE = 5, 6, 8, 53
#: A longer array is not spread over columns; it stays in the raw table.
_MAX_SPREAD = 16

#: Rows on either side of damage that are looked at.
_NEAR_ROWS = 2
_MAX_SPEED_MPS = 60.0
_POSITION_ERROR_M = 200.0
_CLOCK_ERROR_S = 60.0
_METRES_PER_DEGREE = 111_195.0
_DEGREES_PER_SEMICIRCLE = 180 / 2**31


def without_implausible(
    messages: Messages, damages: Sequence[Span]
) -> tuple[Messages, tuple[Notice, ...]]:
    """The messages without those records next to damage that cannot be."""
    records = messages.kind(RECORD)
    if not damages or not len(records):
        return messages, ()
    at = np.searchsorted(records.offsets, [span.start for span in damages])
    near = (at[:, None] + np.arange(-_NEAR_ROWS, _NEAR_ROWS)).ravel()
    suspects = np.unique(near[(near >= 0) & (near < len(records))])
    bad = _implausible(records, suspects)
    if not len(bad):
        return messages, ()
    message = (
        f"{len(bad)} records next to what could not be read were not plausible and were left out, "
        f"the first at byte {records.offsets[bad[0]]:,}"
    )
    kept = messages.without(records.offsets[bad])
    return kept, (Notice("implausible_rows", message),)


def _implausible(records: Kind, suspects: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Which of the suspect rows no device can have meant, between the rows around them."""
    times, distance = records.times(), records.value(_DISTANCE)
    latitude = records.value(_LATITUDE) * _DEGREES_PER_SEMICIRCLE
    longitude = records.value(_LONGITUDE) * _DEGREES_PER_SEMICIRCLE
    bad = np.zeros(len(records), dtype=bool)
    for values, name in (
        (records.value(_HEART_RATE), "heart_rate_bpm"),
        (records.value(_ALTITUDE), "elevation_m"),
        (latitude, "latitude_deg"),
    ):
        quantity = QUANTITIES[name]
        bad |= (values != 0) & ((values < quantity.low) | (values > quantity.high))
    bad |= records.value(_SPEED) > _MAX_SPEED_MPS
    trusted = np.setdiff1d(np.arange(len(records)), suspects)
    place = np.searchsorted(trusted, suspects)
    for offset, sign in ((-1, 1), (0, -1)):
        inside = (place + offset >= 0) & (place + offset < len(trusted))
        rows = suspects[inside]
        neighbours = trusted[(place + offset)[inside]]
        elapsed = sign * (times[rows] - times[neighbours])
        travelled = sign * (distance[rows] - distance[neighbours])
        reach = _POSITION_ERROR_M + _MAX_SPEED_MPS * np.maximum(np.nan_to_num(elapsed), 0)
        north = (latitude[rows] - latitude[neighbours]) * _METRES_PER_DEGREE
        east = (longitude[rows] - longitude[neighbours]) * _METRES_PER_DEGREE
        east = east * np.cos(np.radians(np.nan_to_num(latitude[neighbours])))
        bad[rows] |= elapsed < -_CLOCK_ERROR_S
        bad[rows] |= (travelled < -1) | (travelled > reach)
        bad[rows] |= np.hypot(north, east) > reach
    return suspects[bad[suspects]]


def record_track(
    records: Kind, clock: Clock, sections: Sequence[Section]
) -> tuple[Track, tuple[Notice, ...]]:
    """The track ``record``: a row per record, columns without any value left out."""
    columns = _known_columns(records)
    columns.update(_cadence(records, clock, sections))
    columns.update(_other_columns(records))
    present = {name: values for name, values in columns.items() if not np.isnan(values).all()}
    notices: tuple[Notice, ...] = ()
    if len(present) > limits.MAX_COLUMNS:
        message = f"records have {len(present)} different values; the last are only in raw tables"
        notices = (Notice("columns_left_out", message),)
        present = dict(list(present.items())[: limits.MAX_COLUMNS])
    names = tuple(present)
    columns.clear()
    table = np.empty((len(records), len(names)))
    for index, name in enumerate(names):
        table[:, index] = present.pop(name)
    return Track("record", clock.t_s, table, names), notices


def _known_columns(records: Kind) -> dict[str, Floats]:
    """What the vocabulary has words for."""
    columns: dict[str, Floats] = {}
    if Key(_COMPRESSED_SPEED_DISTANCE) in records.keys:
        columns["speed_mps"], columns["distance_m"] = _compressed_speed_distance(records)
    for number, word, factor in fit_profile.RECORD_WORDS:
        if Key(number) not in records.keys:
            continue
        values = records.value(number) * factor
        if word in columns:
            values = np.where(np.isnan(values), columns[word], values)
        columns[word] = values
    return columns


def _compressed_speed_distance(records: Kind) -> tuple[Floats, Floats]:
    """Speed in m/s and distance in m, twelve bits each in three bytes; the distance rolls over."""
    speed, distance = np.full((2, len(records)), np.nan)
    stored = records.raw(Key(_COMPRESSED_SPEED_DISTANCE))
    if stored.dtype == np.uint8 and stored.shape[1:] == (3,):
        rows = np.flatnonzero((stored != 0xFF).any(axis=1))
        low, middle, high = stored[rows].astype(np.int64).T
        speed[rows] = (low | (middle & 15) << 8) / 100
        whole = np.zeros(len(rows), dtype=bool)
        distance[rows] = unrolled(middle >> 4 | high << 4, whole, 12) / 16
    return speed, distance


def _cadence(records: Kind, clock: Clock, sections: Sequence[Section]) -> dict[str, Floats]:
    """Steps of both feet where the sport is on foot, for there a device counts strides."""
    if Key(_CADENCE) not in records.keys:
        return {}
    cadence = records.value(_CADENCE) + np.nan_to_num(records.value(_FRACTIONAL_CADENCE))
    walked = np.array([section.sport in (Sport.RUNNING, Sport.WALKING) for section in sections])
    begun = np.searchsorted([section.start_s for section in sections], clock.t_s, side="right")
    on_foot = walked[np.maximum(begun - 1, 0)]
    return {
        "cadence_spm": np.where(on_foot, 2 * cadence, np.nan),
        "fit:cadence": np.where(on_foot, np.nan, cadence),
    }


def _other_columns(records: Kind) -> dict[str, Floats]:
    """What the vocabulary has no word for, in the unit of the profile or of the app."""
    known = {number for number, _, _ in fit_profile.RECORD_WORDS}
    known |= {_CADENCE, _FRACTIONAL_CADENCE, _COMPRESSED_SPEED_DISTANCE, TIMESTAMP}
    columns = {}
    for key, name in records.names().items():
        if (key.developer is None and key.number in known) or records.is_text(key):
            continue
        title = name if key.developer is not None else f"fit:{name}"
        if records.type_of(key).width > _MAX_SPREAD:
            continue
        values = records.scaled(key)
        for index in range(values.shape[1]):
            columns[title if values.shape[1] == 1 else f"{title}[{index}]"] = values[:, index]
    return columns
