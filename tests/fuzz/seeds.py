"""The same simulated half minute in every format: what each reader must make of it is known.

Twelve seconds of running at 3 m/s from 0° N 0° E at sea level, the heart rate missing once, a
pause of eight seconds, then twelve seconds more.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

START = datetime(2024, 5, 1, 6, 30, tzinfo=UTC)
#: Seconds since the start of every sample.
SECONDS = (*range(12), *range(20, 32))
SPEED_MPS = 3.0
CADENCE_SPM = 166.0
NO_HEART_RATE_AT = 5


def heart_rate(second: int) -> int | None:
    """What the strap gave; None for the beat that it missed."""
    return None if second == NO_HEART_RATE_AT else 120 + second


def distance_m(second: int) -> float:
    """Nothing is run in the pause."""
    return SPEED_MPS * (second if second < 20 else second - 9)


def stamp(second: int) -> str:
    """ISO 8601, as watches write it."""
    return (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def tcx() -> bytes:
    """One lap whose track is interrupted by the pause."""
    points = {second: _tcx_point(second) for second in SECONDS}
    before = "".join(points[s] for s in SECONDS if s < 20)
    after = "".join(points[s] for s in SECONDS if s >= 20)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase xmlns="http://x/v2">'
        f'<Activities><Activity Sport="Running"><Id>{stamp(0)}</Id><Lap StartTime="{stamp(0)}">'
        "<TotalTimeSeconds>23</TotalTimeSeconds><DistanceMeters>66</DistanceMeters>"
        "<Calories>5</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>"
        f"<Track>{before}</Track><Track>{after}</Track><Notes>backward 1</Notes></Lap>"
        "<Notes>Morning run</Notes><Creator><Name>Simulated</Name><Version><VersionMajor>2"
        "</VersionMajor><VersionMinor>80</VersionMinor></Version></Creator></Activity>"
        "</Activities></TrainingCenterDatabase>"
    ).encode()


def _tcx_point(second: int) -> str:
    bpm = heart_rate(second)
    beat = "" if bpm is None else f"<HeartRateBpm><Value>{bpm}</Value></HeartRateBpm>"
    return (
        f"<Trackpoint><Time>{stamp(second)}</Time><Position><LatitudeDegrees>0</LatitudeDegrees>"
        f"<LongitudeDegrees>0.0</LongitudeDegrees></Position><AltitudeMeters>0</AltitudeMeters>"
        f"<DistanceMeters>{distance_m(second)}</DistanceMeters>{beat}<Extensions><TPX>"
        f"<Speed>{SPEED_MPS}</Speed><RunCadence>{CADENCE_SPM / 2:.0f}</RunCadence>"
        "</TPX></Extensions></Trackpoint>\n"
    )


def gpx() -> bytes:
    """Two segments; GPX has no word for distance, but some apps write one."""
    before = "".join(_gpx_point(s) for s in SECONDS if s < 20)
    after = "".join(_gpx_point(s) for s in SECONDS if s >= 20)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<gpx creator="Simulated" version="1.1">'
        f"<trk><name>Morning run</name><type>running</type><trkseg>{before}</trkseg>"
        f"<trkseg>{after}</trkseg></trk></gpx>"
    ).encode()


def _gpx_point(second: int) -> str:
    bpm = heart_rate(second)
    beat = "" if bpm is None else f"<t:hr>{bpm}</t:hr>"
    return (
        f'<trkpt lat="0.0" lon="0"><ele>0</ele><time>{stamp(second)}</time><extensions>'
        f"<t:TrackPointExtension>{beat}<t:cad>{CADENCE_SPM / 2:.0f}</t:cad>"
        f"<t:speed>{SPEED_MPS}</t:speed><distance>{distance_m(second)}</distance>"
        "</t:TrackPointExtension></extensions></trkpt>\n"
    )


def csv() -> bytes:
    """Speed in km/h, cadence of both legs, and a column that no vocabulary has."""
    lines = ["timestamp,lat,lon,ele,distance (m),Speed [km/h],Heart Rate (bpm),cadence,mood"]
    lines += [
        f"{stamp(s)},0,0.0,0,{distance_m(s)},{SPEED_MPS * 3.6},{heart_rate(s) or ''},"
        f"{CADENCE_SPM:.0f},7"
        for s in SECONDS
    ]
    return "\n".join(lines).encode()


_FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
#: Global message number -> fields as (number, struct code, base type), little-endian.
_FIT_KINDS: Mapping[int, tuple[tuple[int, str, int], ...]] = {
    0: ((0, "B", 0x00), (1, "H", 0x84), (4, "I", 0x86)),
    20: (
        (253, "I", 0x86),
        (0, "i", 0x85),
        (1, "i", 0x85),
        (2, "H", 0x84),
        (3, "B", 0x02),
        (4, "B", 0x02),
        (5, "I", 0x86),
        (6, "H", 0x84),
    ),
    19: ((253, "I", 0x86), (2, "I", 0x86), (7, "I", 0x86), (8, "I", 0x86)),
    18: ((253, "I", 0x86), (2, "I", 0x86), (7, "I", 0x86), (8, "I", 0x86), (5, "B", 0x00)),
}


def fit() -> bytes:
    """Records, a lap and a session, as the protocol lays them out; 255 is a missing heart rate."""
    begin = round((START - _FIT_EPOCH).total_seconds())
    whole = (begin + 31, begin, 31_000, 23_000)
    body = _fit_messages(0, [(4, 1, begin)])
    body += _fit_messages(20, [_fit_record(begin, second) for second in SECONDS])
    body += _fit_messages(19, [whole]) + _fit_messages(18, [(*whole, 1)])
    head = struct.pack("<BBHI4s", 14, 0x20, 2140, len(body), b".FIT")
    head += struct.pack("<H", _fit_checksum(head))
    return head + body + struct.pack("<H", _fit_checksum(head + body))


def _fit_record(begin: int, second: int) -> tuple[int, ...]:
    bpm = heart_rate(second)
    sea_level = 500 * 5
    return (
        begin + second,
        0,
        0,
        sea_level,
        0xFF if bpm is None else bpm,
        round(CADENCE_SPM / 2),
        round(100 * distance_m(second)),
        round(1000 * SPEED_MPS),
    )


def _fit_messages(kind: int, rows: Sequence[tuple[int, ...]]) -> bytes:
    """A definition and its messages, all under local number 0."""
    fields = _FIT_KINDS[kind]
    definition = struct.pack("<BBBHB", 0x40, 0, 0, kind, len(fields))
    for number, code, base_type in fields:
        definition += struct.pack("BBB", number, struct.calcsize(code), base_type)
    layout = "<B" + "".join(code for _, code, _ in fields)
    return definition + b"".join(struct.pack(layout, 0, *row) for row in rows)


def _fit_checksum(data: bytes) -> int:
    """CRC-16 with the reflected polynomial 0xA001, which is the protocol's."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, the same bytes each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return packed.getvalue()


#: Format of READERS -> its sample.
SEEDS: Mapping[str, Callable[[], bytes]] = {
    "fit": fit,
    "tcx": tcx,
    "gpx": gpx,
    "csv": csv,
}


def of(format_name: str) -> tuple[bytes, ...]:
    """Seeds of that format for fuzzing."""
    return (SEEDS[format_name](),)
