"""The same simulated half minute in every format: what each reader must make of it is known.

Twelve seconds of running at 3 m/s from 0° N 0° E at sea level, the heart rate missing once, a
pause of eight seconds, then twelve seconds more.
"""

import io
import math
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from tests.fuzz import c3d_seeds, keypoint_seeds

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


#: Motion capture: a body that glides backward, its pelvis unseen in one frame.
FRAMES = len(SECONDS)
FRAME_RATE_HZ = 25
NO_PELVIS_AT = 5
GLIDE_MPS = -1.0
#: Our name -> (forward, left, up) of the pelvis, metres; toes are on the floor.
BODY: Mapping[str, tuple[float, float, float]] = {
    "pelvis": (0, 0, 0),
    "head": (0, 0, 0.7),
    "left_hip": (0, 0.1, -0.05),
    "left_knee": (0.1, 0.1, -0.44),
    "left_ankle": (0, 0.1, -0.83),
    "left_toe": (0.15, 0.1, -0.9),
    "right_hip": (0, -0.1, -0.05),
    "right_knee": (0.1, -0.1, -0.44),
    "right_ankle": (0, -0.1, -0.83),
    "right_toe": (0.15, -0.1, -0.9),
}


def pelvis_at(frame: int) -> tuple[float, float, float]:
    """Where the pelvis is in a frame; the body faces x."""
    return (5 + GLIDE_MPS * frame / FRAME_RATE_HZ, 0, 0.9)


_BVH_NAMES = ("UpLeg", "Leg", "Foot", "ToeBase")


def bvh() -> bytes:
    """Centimetres, y up; the skeleton is drawn facing x and turned to face z."""
    limbs = "".join(_bvh_leg(side) for side in ("left", "right"))
    head = _bvh_joint("JOINT Head", BODY["head"], "End Site\n{\nOFFSET 0 9 0\n}\n")
    skeleton = _bvh_joint("ROOT Hips", BODY["pelvis"], head + limbs)
    lines = [f"HIERARCHY\n{skeleton}MOTION\nFrames: {FRAMES}\nFrame Time: {1 / FRAME_RATE_HZ}"]
    for frame in range(FRAMES):
        forward, left, up = pelvis_at(frame)
        places = [100 * place for place in (left, up, forward)]
        root = ["nan" if frame == NO_PELVIS_AT else f"{place:g}" for place in places]
        lines.append(" ".join([*root, "0 0 -90", *["0 0 0"] * (len(BODY) - 1)]))
    return "\n".join([*lines, ""]).encode()


def _bvh_leg(side: str) -> str:
    points = ["pelvis", *(f"{side}_{name}" for name in ("hip", "knee", "ankle", "toe"))]
    inner = ""
    for k in range(4, 0, -1):
        here, parent = BODY[points[k]], BODY[points[k - 1]]
        offset = (here[0] - parent[0], here[1] - parent[1], here[2] - parent[2])
        inner = _bvh_joint(f"JOINT {side.title()}{_BVH_NAMES[k - 1]}", offset, inner)
    return inner


def _bvh_joint(name: str, offset: tuple[float, float, float], inner: str) -> str:
    forward, left, up = offset
    places = "Xposition Yposition Zposition " if name.startswith("ROOT") else ""
    channels = f"{6 if places else 3} {places}Zrotation Xrotation Yrotation"
    numbers = f"{100 * forward:g} {100 * up:g} {-100 * left:g}"
    return f"{name}\n{{\nOFFSET {numbers}\nCHANNELS {channels}\n{inner}}}\n"


_TRC_NAMES = {
    "pelvis": "MidHip",
    "head": "Head",
    **{
        f"{side}_{point}": f"{side[0].upper()}{name}"
        for side in ("left", "right")
        for point, name in {"hip": "Hip", "knee": "Knee", "ankle": "Ankle", "toe": "BigToe"}.items()
    },
}


def trc() -> bytes:
    """Millimetres, z up; a marker that nobody saw is three empty cells."""
    count = len(BODY)
    names = "\t\t\t".join(_TRC_NAMES[point] for point in BODY)
    axes = "\t".join(f"X{k}\tY{k}\tZ{k}" for k in range(1, count + 1))
    lines = [
        "PathFileType\t4\t(X/Y/Z)\tsimulated.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits",
        f"{FRAME_RATE_HZ}\t{FRAME_RATE_HZ}\t{FRAMES}\t{count}\tmm",
        f"Frame#\tTime\t{names}",
        f"\t\t{axes}",
        *(_trc_line(frame) for frame in range(FRAMES)),
    ]
    return "\n".join([*lines, ""]).encode()


def _trc_line(frame: int) -> str:
    cells = [f"{frame + 1}", f"{frame / FRAME_RATE_HZ:g}"]
    for point, offset in BODY.items():
        unseen = frame == NO_PELVIS_AT and point == "pelvis"
        place = (1000 * (a + b) for a, b in zip(pelvis_at(frame), offset, strict=True))
        cells += ["" if unseen else f"{round(value)}" for value in place]
    return "\t".join(cells)


def body_positions() -> np.ndarray:
    """Shape (frames, points, 3), millimetres, y up and facing z; the pelvis unseen in one frame."""
    places = np.array([pelvis_at(frame) for frame in range(FRAMES)])[:, None]
    places = 1000 * (places + np.array(list(BODY.values())))
    places[NO_PELVIS_AT, 0] = np.nan
    return places[:, :, [1, 2, 0]]


def c3d() -> bytes:
    """Whole half millimetres, a force plate, the pelvis unseen once."""
    forces = np.arange(FRAMES * 2 * 3).reshape(FRAMES, 2, 3) * 4.0
    labels = list(_TRC_NAMES.values())
    return c3d_seeds.c3d(body_positions(), labels, FRAME_RATE_HZ, forces=forces)


#: Joint angles of the same body: knees bend ever more, the pelvis faces forward and goes backward.
FACING_RAD = 0.1


def knee_rad(frame: int) -> float:
    """Flexion of the right knee."""
    return frame / 20


def mot() -> bytes:
    """OpenSim's coordinates, in degrees; a knee's angle is missing in one frame."""
    lines = [
        "Coordinates",
        "version=1",
        f"nRows={FRAMES}",
        "nColumns=6",
        "inDegrees=yes",
        "",
        "endheader",
        "time\tpelvis_rotation\tpelvis_tx\tpelvis_ty\tknee_angle_r\tknee_angle_r_beta",
    ]
    for frame in range(FRAMES):
        forward, _, up = pelvis_at(frame)
        knee = "nan" if frame == NO_PELVIS_AT else f"{math.degrees(knee_rad(frame)):.8f}"
        lines.append(
            f"{frame / FRAME_RATE_HZ:.4f}\t{math.degrees(FACING_RAD):.8f}\t{forward:.4f}\t{up}"
            f"\t{knee}\t{knee_rad(frame):.6f}"
        )
    return "\n".join([*lines, ""]).encode()


#: Inertial logs: a sensor that lies flat and turns ever faster about x; one packet is lost, the
#: counter of packets starts again on the way, and one angular velocity is missing.
SAMPLES = len(SECONDS)
SAMPLE_RATE_HZ = 100
LOST_BEFORE = 12
NO_TURNING_AT = 5
GRAVITY_MPS2 = 9.81


def sample_s(sample: int) -> float:
    """When a sample was taken."""
    return (sample + (sample >= LOST_BEFORE)) / SAMPLE_RATE_HZ


def turning_radps(sample: int) -> float:
    """Angular velocity about x."""
    return sample / 10


def imu() -> bytes:
    """A table of an Xsens sensor that names its frequency."""
    lines = [f"Acquisition frequency: {SAMPLE_RATE_HZ} Hz"]
    lines += ["PacketCounter\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X\tGyr_Y\tGyr_Z\tMag_X\tMag_Y\tMag_Z"]
    for sample in range(SAMPLES):
        packet = (65530 + round(SAMPLE_RATE_HZ * sample_s(sample))) % 65536
        turning = "" if sample == NO_TURNING_AT else f"{turning_radps(sample)}"
        lines.append(f"{packet}.0\t0.0\t0\t{GRAVITY_MPS2}\t{turning}\t0\t0.0\t0.4\t0\t-0.8")
    return "\n".join([*lines, ""]).encode()


def _log(headers: str, row: Callable[[int], Sequence[float | str]], before: str = "") -> bytes:
    """A table of commas of the same movement."""
    rows = (",".join(f"{value}" for value in row(sample)) for sample in range(SAMPLES))
    return "\n".join([f"{before}{headers}", *rows, ""]).encode()


def other_logs() -> tuple[bytes, ...]:
    """The same movement as other loggers write it."""
    g, turn, s = GRAVITY_MPS2, turning_radps, sample_s
    phyphox = ",".join(
        f'"{name}"'
        for name in (
            "Time (s)",
            *(f"Acceleration {axis} (m/s^2)" for axis in "xyz"),
            *(f"Gyroscope {axis} (rad/s)" for axis in "xyz"),
        )
    )
    dot = "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"
    manager = "PacketCounter\tSampleTimeFine\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X\tGyr_Y\tGyr_Z"
    stamp_ns = int(START.timestamp()) * 10**9
    return (
        _log(phyphox, lambda k: (s(k), 0, 0, g, turn(k), 0, 0)),
        _log(phyphox, lambda k: (s(k), 0, 0, g, turn(k), 0, 0))
        .replace(b",", b";")
        .replace(b".", b","),
        _log(
            "time,gFx,gFy,gFz,TgF,wx,wy,wz",
            lambda k: (s(k), 0, 0, 1, 1, "", "", "") if k % 2 else (s(k), *[""] * 4, turn(k), 0, 0),
        ),
        _log("time,seconds_elapsed,z,y,x", lambda k: (stamp_ns + round(1e9 * s(k)), s(k), g, 0, 0)),
        _log(
            dot,
            lambda k: (round(100 * s(k)), round(1e6 * s(k)), 0, 0, g, turn(k) * 57.29578, 0, 0),
            "DeviceTag:,Foot\nOutputRate:,100Hz\n",
        ),
        _log(
            manager,
            lambda k: (round(100 * s(k)), round(1e4 * s(k)), 0, 0, g, turn(k), 0, 0),
            "// General information:\n//  MT Manager version: 2022.2.0\n",
        ).replace(b",", b"\t"),
    )


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
    "bvh": bvh,
    "trc": trc,
    "c3d": c3d,
    "mot": mot,
    "imu": imu,
    "keypoints": keypoint_seeds.myogait,
}
#: Formats of inertial sensors.
INERTIAL = ("imu",)
#: Formats of motion capture, and of people in pictures; the others are what watches write.
MOTION_CAPTURE = ("bvh", "trc", "c3d")
PICTURES = ("keypoints",)
#: Formats of joint angles.
JOINTS = ("mot",)


def of(format_name: str) -> tuple[bytes, ...]:
    """Seeds of that format for fuzzing."""
    if format_name in PICTURES:
        return keypoint_seeds.all_layouts()
    return (SEEDS[format_name](), *(other_logs() if format_name in INERTIAL else ()))
