"""Virtual inertial sensors: what a sensor on a moving body would have felt. All of it is simulated.

From points of a body (motion capture) to the tracks ``imu:left_foot``, ``imu:right_foot``,
``imu:shank``, ``imu:pelvis``, ``imu:chest`` and ``imu:pocket`` (a trouser pocket: the right thigh)
at 100 Hz. A segment's frame is built from joints; the sensor sits at an offset from the joint, in
any orientation. Its place is differentiated twice and gravity added, its orientation once, after
Young, Ling and Arvind (2011, "IMUSim", IPSN): quintic splines through points that were low-pass
filtered first. Then come the faults of a phone's sensor: noise, offset, clipping, gaps, a mounting
that slips once.

What is not in it: the shock of landing, which motion capture at 30 frames a second does not hold;
soft tissue and clothes that wobble; a phone that swings in its pocket. A detector that works here
has not been shown to work on a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backstride.recording import SIMULATED_DEVICE, Device, Floats, Notice, Recording, Track

#: Where sensors can be, in the words of the tracks' names.
PLACES = ("left_foot", "right_foot", "shank", "pelvis", "chest", "pocket")
COLUMNS = (
    *(f"acceleration_{axis}_mps2" for axis in "xyz"),
    *(f"angular_velocity_{axis}_radps" for axis in "xyz"),
    *(f"magnetic_{axis}_ut" for axis in "xyz"),
)
RATE_HZ = 100.0
GRAVITY = 9.80665
#: The earth's field in the room: x and y level, z up; that of central Europe, north along y.
FIELD_UT = (0.0, 20.0, -44.0)

#: Motion above this is taken for noise of the cameras; a foot lands faster than a trunk moves.
_CUTOFF_HZ = {"left_foot": 15.0, "right_foot": 15.0, "shank": 15.0}
_TRUNK_CUTOFF_HZ = 10.0
#: Of the frame rate: what is faster cannot be in the frames.
_CUTOFF_SHARE = 0.4
#: How much the line of the hips counts for where a foot's left is.
_HIPS_WEIGHT = 0.5
#: The sensor from the segment's joint, along its own axes (ahead, left, up), in metres.
_OFFSET_M = {
    "left_foot": (0.06, 0.0, 0.03),
    "right_foot": (0.06, 0.0, 0.03),
    "shank": (0.03, 0.03, 0.15),
    "pelvis": (-0.11, 0.0, 0.04),
    "chest": (0.10, 0.0, -0.08),
    "pocket": (0.07, -0.06, -0.14),
}


@dataclass(frozen=True)
class Wear:
    """How a sensor is worn and how good it is.

    Attributes
    ----------
    turned
        Whether it is mounted in any orientation; if not, its axes are the segment's.
    offset_sd_m
        How far its place is off the usual one, along each axis.
    slips_rad
        How far the mounting turns, at once, somewhere in the middle half of the recording.
    gaps_per_min, gap_s
        How often nothing is recorded, and for how long on average.
    range_mps2, range_radps
        What is beyond is clipped.
    """

    turned: bool = True
    offset_sd_m: float = 0.02
    acceleration_noise_mps2: float = 0.04
    acceleration_bias_mps2: float = 0.1
    turning_noise_radps: float = 0.004
    turning_bias_radps: float = 0.01
    magnetic_noise_ut: float = 0.5
    range_mps2: float = 8 * GRAVITY
    range_radps: float = 34.9
    gaps_per_min: float = 0.0
    gap_s: float = 0.4
    slips_rad: float = 0.0


#: A phone, fixed well; one that loses samples and slips; no faults, with the segment's own axes.
PHONE = Wear()
LOOSE_PHONE = Wear(gaps_per_min=4.0, slips_rad=0.8)
FLAWLESS = Wear(
    turned=False,
    offset_sd_m=0.0,
    acceleration_noise_mps2=0.0,
    acceleration_bias_mps2=0.0,
    turning_noise_radps=0.0,
    turning_bias_radps=0.0,
    magnetic_noise_ut=0.0,
)


@dataclass(frozen=True, eq=False)
class _Segment:
    """A part of the body in the room: its joint, shape (n, 3), and its axes, shape (n, 3, 3).

    The columns of `axes` point ahead, left and up as that part of the body has them.
    """

    joint: Floats
    axes: Floats


def virtual_imu(
    recording: Recording,
    *,
    seed: int,
    places: Sequence[str] = PLACES,
    wear: Wear = PHONE,
) -> Recording:
    """The recording with sensors instead of points; places whose points it lacks are left out.

    Each place draws its own numbers from the seed, so that asking for fewer places changes none.

    Raises
    ------
    ValueError
        There are no points, too few frames, or no such place.
    """
    track = recording.track("points")
    if track is None or len(track) < 2 * 3 * _ORDER:
        raise ValueError(f"{recording.source.path} has too few frames of a body")
    if unknown := set(places) - set(PLACES):
        raise ValueError(f"no place is called {', '.join(sorted(unknown))}")
    tracks = []
    for place in places:
        rng = np.random.default_rng([seed, PLACES.index(place)])
        segment = _segment(track, place)
        if segment is not None:
            felt = _felt(track.t_s, segment, _mounted(place, wear, rng), wear, rng)
            tracks.append(Track(f"imu:{place}", *felt, COLUMNS))
    return replace(
        recording,
        tracks=tuple(tracks),
        device=Device(SIMULATED_DEVICE, "virtual inertial sensor"),
        notices=(
            *recording.notices,
            Notice("simulated", "Nobody wore these sensors: computed from motion capture."),
        ),
    )


def _mounted(place: str, wear: Wear, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Offset in the segment and axes of the sensor, shape (3,) and (3, 3)."""
    offset = np.array(_OFFSET_M[place]) + rng.normal(0, wear.offset_sd_m, 3)
    axes = any_rotation(rng)
    return offset, axes if wear.turned else np.eye(3)


def any_rotation(rng: np.random.Generator) -> Floats:
    """Shape (3, 3), each rotation as likely as any other."""
    axes, triangle = np.linalg.qr(rng.normal(size=(3, 3)))
    axes = axes * np.sign(np.diag(triangle))
    axes[:, 0] *= np.sign(np.linalg.det(axes))
    return np.asarray(axes)


def _felt(
    t_s: Floats,
    segment: _Segment,
    mounted: tuple[Floats, Floats],
    wear: Wear,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Clock and values of a sensor with its faults."""
    offset, axes = mounted
    clock, exact = _exact(t_s, segment, offset)
    triples = exact.reshape(len(clock), 3, 3)
    values = triples @ axes
    about = rng.normal(size=3)
    slip = _turn(wear.slips_rad * about / np.linalg.norm(about))
    slipped = clock >= clock[0] + rng.uniform(0.25, 0.75) * (clock[-1] - clock[0])
    values[slipped] = values[slipped] @ slip
    values = values.reshape(len(clock), 9)
    bias = rng.normal(0, np.repeat([wear.acceleration_bias_mps2, wear.turning_bias_radps], 3))
    values[:, :6] += bias
    noise = [wear.acceleration_noise_mps2, wear.turning_noise_radps, wear.magnetic_noise_ut]
    values += rng.normal(0, np.repeat(noise, 3), values.shape)
    for columns, limit in ((slice(0, 3), wear.range_mps2), (slice(3, 6), wear.range_radps)):
        values[:, columns] = np.clip(values[:, columns], -limit, limit)
    kept = np.ones(len(clock), dtype=np.bool_)
    minutes = (clock[-1] - clock[0]) / 60
    for _ in range(rng.poisson(wear.gaps_per_min * minutes)):
        begin = rng.uniform(clock[0], clock[-1])
        kept &= (clock < begin) | (clock > begin + rng.exponential(wear.gap_s))
    return clock[kept], values[kept]


_ORDER = 5


def _exact(t_s: Floats, segment: _Segment, offset_m: Floats) -> tuple[Floats, Floats]:
    from scipy.interpolate import make_interp_spline

    place = segment.joint + segment.axes @ offset_m
    clock = np.arange(np.ceil(t_s[0] * RATE_HZ), np.floor(t_s[-1] * RATE_HZ) + 1) / RATE_HZ
    way = make_interp_spline(t_s, place, k=_ORDER)
    force = way(clock, 2) + np.array([0, 0, GRAVITY])
    orientation = make_interp_spline(t_s, _quaternions(segment.axes), k=_ORDER)
    turned, turning = orientation(clock), orientation(clock, 1)
    size = np.linalg.norm(turned, axis=1, keepdims=True)
    turned, turning = turned / size, turning / size
    # Along the quaternion itself there is only its length, which is none of the body's motion.
    turning -= turned * (turned * turning).sum(axis=1, keepdims=True)
    axes = _axes(turned)
    w, u = turned[:, :1], turned[:, 1:]
    dw, du = turning[:, :1], turning[:, 1:]
    rate = 2 * (w * du - dw * u - np.cross(u, du))
    field = np.broadcast_to(FIELD_UT, force.shape)
    # Into the segment's own axes.
    own = [np.einsum("nij,ni->nj", axes, each) for each in (force, field)]
    return clock, np.hstack([own[0], rate, own[1]])


def _segment(track: Track, place: str) -> _Segment | None:
    """The part of the body that carries the sensor; None where its points are not there."""
    side = "left" if place == "left_foot" else "right"
    cutoff_hz = _CUTOFF_HZ.get(place, _TRUNK_CUTOFF_HZ)
    names = {
        "left_foot": ("ankle", "toe", "knee", "left_hip", "right_hip"),
        "right_foot": ("ankle", "toe", "knee", "left_hip", "right_hip"),
        "shank": ("ankle", "knee", "toe", "left_hip", "right_hip"),
        "pelvis": ("pelvis", "spine", "left_hip", "right_hip"),
        "chest": ("spine", "neck", "left_shoulder", "right_shoulder"),
        "pocket": ("hip", "knee", "left_hip", "right_hip"),
    }[place]
    found = [_point(track, name, side, cutoff_hz) for name in names]
    points = [point for point in found if point is not None]
    if len(points) < len(names):
        return None
    if place.endswith("foot"):
        ankle, toe, knee, left, right = points
        hinge = _hinge(knee - ankle, toe - ankle, left - right)
        return _Segment(ankle, _frame(ahead=toe - ankle, left=hinge))
    if place == "shank":
        ankle, knee, toe, left, right = points
        hinge = _hinge(knee - ankle, toe - ankle, left - right)
        return _Segment(ankle, _frame(up=knee - ankle, left=hinge))
    base, end, left, right = points
    if place == "pocket":
        return _Segment(base, _frame(up=base - end, left=left - right))
    return _Segment(base, _frame(up=end - base, left=left - right))


def _hinge(shank: Floats, foot: Floats, hips: Floats) -> Floats:
    """Left of the ankle's plane; of the hips where a pointed foot leaves hardly any plane."""
    return np.asarray(np.cross(_unit(shank), _unit(foot)) + _HIPS_WEIGHT * _unit(hips))


def _frame(*, left: Floats, ahead: Floats | None = None, up: Floats | None = None) -> Floats:
    """Shape (n, 3, 3): the axis that is not `left` is kept, and left made square to it."""
    if ahead is not None:
        x = _unit(ahead)
        y = _unit(left - x * (x * left).sum(axis=1, keepdims=True))
        z = np.cross(x, y)
    else:
        z = _unit(np.asarray(up))
        y = _unit(left - z * (z * left).sum(axis=1, keepdims=True))
        x = np.cross(y, z)
    return np.stack([x, y, z], axis=2)


def _unit(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _point(track: Track, name: str, side: str, cutoff_hz: float) -> Floats | None:
    """Shape (n, 3), without gaps and camera noise; None where the point is not in the track."""
    from scipy.signal import butter, sosfiltfilt

    for full in (name, f"{side}_{name}"):
        values = np.column_stack([track.column(f"point:{full}.{axis}") for axis in "xyz"])
        seen = np.isfinite(values).all(axis=1)
        if seen.mean() > 0.5:
            break
    else:
        return None
    whole = np.column_stack([np.interp(track.t_s, track.t_s[seen], v[seen]) for v in values.T])
    rate_hz = track.rate_hz
    if rate_hz is None:
        return None
    cutoff_hz = min(cutoff_hz, _CUTOFF_SHARE * rate_hz)
    return np.asarray(sosfiltfilt(butter(2, cutoff_hz, fs=rate_hz, output="sos"), whole, axis=0))


def _quaternions(axes: Floats) -> Floats:
    """Shape (n, 4), w first, without jumps of sign."""
    from scipy.spatial.transform import Rotation

    turned = np.roll(Rotation.from_matrix(axes).as_quat(), 1, axis=1)
    jumps = (turned[1:] * turned[:-1]).sum(axis=1) < 0
    signs = np.concatenate([[1.0], np.cumprod(np.where(jumps, -1.0, 1.0))])
    return np.asarray(turned * signs[:, None])


def _axes(quaternions: Floats) -> Floats:
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_quat(np.roll(quaternions, -1, axis=1)).as_matrix())


def _turn(rotation_vector: Floats) -> Floats:
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_rotvec(rotation_vector).as_matrix())
