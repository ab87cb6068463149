"""A sensor on a foot: when the foot leaves the ground and lands, and which way each stride went.

Strides run from stance to stance (`foot_stance`), their ways are integrated (`foot_path`), toe-off
and contact are read from the foot's turning (`foot_moments`).

The foot's own axis
    Its left-right axis is the level one about which it turns most. Toe and heel are told apart
    without knowing how the sensor is mounted: between two flat stances a foot pitches further and
    longer toe down, behind the leg, than toe up, so the cubes of its pitch add up to toe down.
    They do so when played in time reversed, too, so this holds whichever way the person goes;
    travel against this axis is the direction. On a treadmill that is the direction against the
    belt.

What it rests on
    Walking: real forward walking. Running, and backward walking: sensors computed from motion
    capture. Backward running: the same of forward runs played in time reversed, for nobody has
    published a recording of it by any sensor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.imu.foot_moments import moments
from backstride.motion.imu.foot_path import Paths, paths
from backstride.motion.imu.foot_stance import between, rests
from backstride.motion.imu.inertial import Inertial, rotated
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats, Notice
from backstride.vocabulary import Direction, Origin, Side

Indices = npt.NDArray[np.intp]

#: Columns of `FootStrides.probability`.
PATHS = (Direction.FORWARD, Direction.BACKWARD, Direction.SIDEWAYS)
#: Strides integrated at once, so that memory does not grow with the recording.
_BLOCK = 1000


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/imu.toml``."""

    shortest_stride_s: float = constant("imu.shortest_stride_s")
    longest_stride_s: float = constant("imu.longest_stride_s")
    least_pitch_rad: float = constant("imu.least_pitch_rad")
    axis_skew_sd: float = constant("imu.axis_skew_sd")
    stride_skew_sd: float = constant("imu.stride_skew_sd")
    widest_axis: float = constant("imu.widest_axis")
    fewest_strides: float = constant("imu.fewest_strides")
    displacement_sd_m: float = constant("imu.displacement_sd_m")
    drift_share: float = constant("imu.drift_share")
    turning_rad: float = constant("imu.turning_rad")
    certain: float = constant("imu.certain")
    standing_s: float = constant("imu.standing_s")
    turning_spread_rad: float = constant("imu.turning_spread_rad")
    duty_spread: float = constant("imu.duty_spread")
    outliers: float = constant("imu.outliers")


_M = _Model()


@dataclass(frozen=True, eq=False)
class FootStrides:
    """Strides of one foot, a row each.

    Attributes
    ----------
    start_s, end_s
        shape (s,), the stances between which the stride was integrated, on the recording's clock.
    rest_s
        shape (r, 2), from when to when the foot stood; of no length where it only came to a halt.
    toe_off_s, contact_s
        shape (s,), when the foot left the ground and when it landed.
    displacement_m
        shape (s, 3): forward, left and up, seen from the foot's mean heading.
    turned_rad
        shape (s,), change of heading, left positive.
    lift_m
        shape (s,), how far above its two stances the sensor came.
    strike_rad
        shape (s,), pitch at contact against the stance after it, toes up positive.
    ways
        shape (s, 3), columns `PATHS`: probability of each, if toe and heel are what they are taken
        for; rows sum to 1.
    axis_probability
        That toe and heel have not been mistaken for each other; ½ where nothing tells.
    """

    place: str
    start_s: Floats
    end_s: Floats
    rest_s: Floats
    toe_off_s: Floats
    contact_s: Floats
    displacement_m: Floats
    turned_rad: Floats
    lift_m: Floats
    strike_rad: Floats
    ways: Floats
    axis_probability: float
    notices: tuple[Notice, ...]

    def __len__(self) -> int:
        return len(self.start_s)

    @property
    def probability(self) -> Floats:
        """Shape (s, 3), columns `PATHS`: with what is not known of toe and heel; rows sum to 1."""
        ahead, behind, aside = self.ways.T
        sure = self.axis_probability
        return np.column_stack(
            [sure * ahead + (1 - sure) * behind, sure * behind + (1 - sure) * ahead, aside]
        )

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Of each stride: turning, the most probable path if it is certain enough, or unknown."""
        probability = self.probability
        best = probability.argmax(axis=1)
        certain = probability.max(axis=1) >= _M.certain
        turning = np.abs(self.turned_rad) > _M.turning_rad
        return tuple(
            Direction.TURNING if turned else PATHS[path] if sure else Direction.UNKNOWN
            for path, sure, turned in zip(best, certain, turning, strict=True)
        )


class _Foot(NamedTuple):
    """The foot in the sensor's axes, and how well it is known.

    Attributes
    ----------
    left
        shape (3,), unit.
    level
        Whether one level axis stands out at all.
    """

    left: Floats
    level: bool
    probability: float


def foot_strides(inertial: Inertial) -> FootStrides:
    """Every stride of a foot between two stances; none where the foot made no step."""
    begin, end = rests(inertial)
    first, last = _whole(inertial, *between(inertial, begin, end))
    way = Paths(*_joined(_ways(inertial, first, last), first, last))
    foot, stepped = _foot(inertial, first, last, way.up)
    first, last, way = first[stepped], last[stepped], Paths(*(each[stepped] for each in way))
    displacement, turned = _seen_from(foot.left, way)
    spread = np.hypot(
        _M.displacement_sd_m, _M.drift_share * way.drift_mps * (last - first) / inertial.rate_hz
    )
    ways = _probability(displacement, spread, foot)
    backward = ways[:, PATHS.index(Direction.BACKWARD)] > ways[:, PATHS.index(Direction.FORWARD)]
    pitching = np.einsum("ni,i->n", inertial.angular_velocity_radps, foot.left)
    parts = (
        (moments(inertial, pitching, place, length, backward[some]),)
        for some, place, length in _blocks(first, last)
    )
    moment = first[:, None] + next(iter(_joined(parts, first, last)))
    pitch = np.cumsum(pitching) / inertial.rate_hz
    at = np.arange(len(inertial))
    seconds = inertial.start_s + moment / inertial.rate_hz
    return FootStrides(
        place=inertial.place,
        start_s=inertial.start_s + first / inertial.rate_hz,
        end_s=inertial.start_s + last / inertial.rate_hz,
        rest_s=inertial.start_s + np.column_stack([begin, end]) / inertial.rate_hz,
        toe_off_s=seconds[:, 0],
        contact_s=seconds[:, 1],
        displacement_m=displacement,
        turned_rad=turned,
        lift_m=way.lift_m,
        strike_rad=pitch[last] - np.interp(moment[:, 1], at, pitch),
        ways=ways,
        axis_probability=foot.probability,
        notices=(*inertial.notices, *_notices(inertial.place, len(first), foot)),
    )


def _whole(inertial: Inertial, first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """Those that are as long as a stride can be, and have no gap inside."""
    seconds = (last - first) / inertial.rate_hz
    missing = np.concatenate(([0], np.cumsum(~inertial.known)))
    whole = (missing[last + 1] == missing[first]) & (seconds >= _M.shortest_stride_s)
    whole &= seconds <= _M.longest_stride_s
    return first[whole], last[whole]


def _blocks(first: Indices, last: Indices) -> Iterator[tuple[Indices, Indices, Indices]]:
    """Some strides at once: which ones, their samples, shape (s, n), and lengths.

    Strides of one length come together, for a block is as wide as its longest one.
    """
    order = np.argsort(last - first, kind="stable")
    for at in range(0, max(len(order), 1), _BLOCK):
        some = order[at : at + _BLOCK]
        length = last[some] - first[some]
        width = int(length.max(initial=0)) + 1
        yield (
            some,
            np.minimum(first[some, None] + np.arange(width), last[some, None]),
            length,
        )


def _ways(inertial: Inertial, first: Indices, last: Indices) -> Iterator[Paths]:
    return (paths(inertial, place, length) for _, place, length in _blocks(first, last))


def _joined(parts: Iterator[tuple[Floats, ...]], first: Indices, last: Indices) -> Iterator[Floats]:
    """What came block by block, in the order of time."""
    back = np.argsort(np.argsort(last - first, kind="stable"))
    return (np.concatenate(part)[back] for part in zip(*parts, strict=True))


def _foot(
    inertial: Inertial, first: Indices, last: Indices, up: Floats
) -> tuple[_Foot, npt.NDArray[np.bool_]]:
    """The foot's axes, and which strides are steps."""
    left, level = _turning_axis(inertial, first, last, up)
    if not len(first):
        return _Foot(left, level, 1 / 2), np.zeros(0, dtype=np.bool_)
    pitch = np.cumsum(np.einsum("ni,i->n", inertial.angular_velocity_radps, left))
    pitch /= inertial.rate_hz
    parts = (_pitched(pitch, place, length) for _, place, length in _blocks(first, last))
    range_rad, cubes, sizes = _joined(parts, first, last)
    stepped = range_rad > _M.least_pitch_rad
    strides = int(stepped.sum())
    if not strides:
        return _Foot(left, level, 1 / 2), stepped
    skew = float(cubes[stepped].sum() / sizes[stepped].sum())
    left = left if skew >= 0 else -left
    if strides < _M.fewest_strides:
        return _Foot(left, level, 1 / 2), stepped
    from scipy.special import ndtr

    spread = np.hypot(_M.axis_skew_sd, _M.stride_skew_sd / np.sqrt(strides))
    return _Foot(left, level, float(ndtr(abs(skew) / spread))), stepped


def _pitched(pitch: Floats, place: Indices, length: Indices) -> tuple[Floats, Floats, Floats]:
    """Pitch of strides against the line from their first stance to their last.

    Returns
    -------
    From its least to its most; the sum of its cubes, and the same of its size; shape (s,) each.
    """
    along = np.minimum(np.arange(place.shape[1]) / length[:, None], 1)
    angle = pitch[place]
    angle -= angle[:, :1] + (angle[:, -1:] - angle[:, :1]) * along
    size = np.abs(angle)
    squares = angle**2
    return (
        np.ptp(angle, axis=1),
        np.einsum("sn,sn->s", squares, angle),
        np.einsum("sn,sn->s", squares, size),
    )


def _turning_axis(
    inertial: Inertial, first: Indices, last: Indices, up: Floats
) -> tuple[Floats, bool]:
    """Shape (3,), unit: the level axis about which the foot turns most within strides, either way.

    And whether it does so much more than about the level axis square to it.
    """
    inside = np.zeros(len(inertial) + 1, dtype=np.intp)
    np.add.at(inside, first, 1)
    np.add.at(inside, last, -1)
    turning = inertial.angular_velocity_radps[np.cumsum(inside)[:-1] > 0]
    scatter = np.einsum("ni,nj->ij", turning, turning)
    middle = up.sum(axis=0)
    size = float(np.linalg.norm(middle))
    if size > 0:
        flat = np.eye(len(middle)) - np.outer(middle, middle) / size**2
        scatter = flat @ scatter @ flat
    squares, axes = np.linalg.eigh(scatter)
    level = bool(squares[1] <= _M.widest_axis**2 * squares[2])
    return np.asarray(axes[:, -1]), level


def _seen_from(left: Floats, way: Paths) -> tuple[Floats, Floats]:
    """Displacement forward, left and up of the mean heading, shape (s, 3), and turn to the left."""
    across = left - (way.up @ left)[:, None] * way.up
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    frame = np.stack([np.cross(across, way.up), across, way.up], axis=1)
    forward, leftward, upward = np.einsum("sij,sj->is", frame, way.displacement_m)
    # The left axis stays level however the foot is pitched at the end.
    heading = np.einsum("sij,js->is", frame, rotated(way.turned.T, across.T))
    turn = np.arctan2(-heading[0], heading[1])
    cosine, sine = np.cos(turn / 2), np.sin(turn / 2)
    seen = np.column_stack(
        [cosine * forward + sine * leftward, cosine * leftward - sine * forward, upward]
    )
    return seen, turn


def _probability(displacement: Floats, spread: Floats, foot: _Foot) -> Floats:
    """Shape (s, 3): probabilities of `PATHS`, if toe and heel are what they are taken for.

    The error of a displacement is taken as normal and alike along both horizontal axes. Forward is
    a displacement within 45 degrees of the foot's axis: seen from axes turned by those 45 degrees
    both coordinates are positive, and their errors are independent. Where no axis stands out, a
    displacement says nothing.
    """
    from scipy.special import ndtr

    if not foot.level:
        return np.full((len(displacement), len(PATHS)), 1 / len(PATHS))
    along, aside = displacement[:, 0], displacement[:, 1]
    first = ndtr((along + aside) / np.sqrt(2) / spread)
    second = ndtr((along - aside) / np.sqrt(2) / spread)
    ahead, behind = first * second, (1 - first) * (1 - second)
    return np.column_stack([ahead, behind, np.maximum(1 - ahead - behind, 0)])


def _notices(place: str, strides: int, foot: _Foot) -> Iterator[Notice]:
    if strides < _M.fewest_strides:
        yield Notice(
            "imu_few_strides",
            f"imu:{place}: {strides} strides are too few to tell toe from heel, so their direction "
            "is unknown",
        )
    elif not foot.level:
        yield Notice(
            "imu_no_axis",
            f"imu:{place}: the foot rolls as much as it pitches, so which way it points, and the "
            "direction, are unknown",
        )


def contacts_of(strides: FootStrides) -> Contacts:
    """The contact that each stride ends in, and what is known of the stride that it begins.

    Toe-off is that of the next stride; NaN where the foot then stood for longer than
    `imu.standing_s`, or where the next stride was not seen.
    """
    follows = _follows(strides)
    length_m = np.hypot(strides.displacement_m[:, 0], strides.displacement_m[:, 1])
    seconds = np.diff(strides.contact_s, append=np.nan)

    def following(values: Floats) -> Floats:
        return np.where(follows, np.append(values[1:], np.nan), np.nan)

    return Contacts(
        name=f"imu:{strides.place}",
        origin=Origin.IMU,
        side=np.full(len(strides), SIDES.index(_side(strides.place)), dtype=np.int8),
        contact_s=strides.contact_s,
        toe_off_s=following(strides.toe_off_s),
        measured={
            "stride_length_m": following(length_m),
            "speed_mps": following(length_m) / seconds,
            "foot_clearance_m": following(strides.lift_m),
            "turned_rad": following(strides.turned_rad),
            "foot_strike_rad": strides.strike_rad,
        },
    )


def _follows(strides: FootStrides) -> npt.NDArray[np.bool_]:
    """Shape (s,): whether the next row is the next stride of a foot that went on."""
    pause = np.append(strides.start_s[1:], np.inf) - strides.end_s
    return np.asarray(pause <= _M.standing_s)


def _side(place: str) -> Side:
    return next(
        (side for side in (Side.LEFT, Side.RIGHT) if side in place.split("_")), Side.UNKNOWN
    )


def clues_of(strides: FootStrides) -> Clues:
    """What a foot says of direction, in each epoch of its strides and where it stood for long.

    What a stride says is spread over its epochs, for it errs as a whole. That toe may have been
    taken for heel is in the clues' certainty; where that is likely, forward and backward are told
    apart by nothing. A foot that stands for longer than `imu.standing_s` is that of a body which
    is still.
    """
    begin_s, end_s = _epochs_of(strides)
    edges_s = np.concatenate([strides.rest_s.ravel(), begin_s, end_s])
    first = round(edges_s.min(initial=np.inf) / EPOCH_S) if len(edges_s) else 0
    last = round(edges_s.max() / EPOCH_S) if len(edges_s) else -1
    t_s = EPOCH_S * np.arange(first, last + 1)
    stride, moves = _within(t_s, begin_s, end_s)
    long = np.diff(strides.rest_s, axis=1)[:, 0] > _M.standing_s
    _, stands = _within(t_s, *strides.rest_s[long].T)
    stands &= ~moves
    seconds = end_s - begin_s
    length_m = np.hypot(strides.displacement_m[:, 0], strides.displacement_m[:, 1])
    table = np.zeros((len(t_s), len(State)))
    speed, running = np.full(len(t_s), np.nan), np.zeros(len(t_s))
    table[moves] = (_log_likelihood(strides) * EPOCH_S / seconds[:, None])[stride[moves]]
    table[stands] = np.log(_M.outliers) * EPOCH_S
    table[stands, State.STILL] = 0
    speed[moves], speed[stands] = (length_m / seconds)[stride[moves]], 0
    running[moves] = _running(strides, seconds)[stride[moves]]

    def certainty(_: slice, state: State) -> float:
        return strides.axis_probability if state in (State.FORWARD, State.BACKWARD) else 1.0

    return Clues(
        name=f"imu:{strides.place}",
        origin=Origin.IMU,
        first=first,
        log_likelihood=table,
        seen=moves | stands,
        speed_mps=speed,
        running=running,
        certainty=certainty,
    )


def _epochs_of(strides: FootStrides) -> tuple[Floats, Floats]:
    """From when to when each stride counts: up to the middle of the stance between two."""
    follows = _follows(strides)[:-1]
    middle_s = (strides.end_s[:-1] + strides.start_s[1:]) / 2
    begin_s, end_s = strides.start_s.copy(), strides.end_s.copy()
    begin_s[1:][follows], end_s[:-1][follows] = middle_s[follows], middle_s[follows]
    return begin_s, end_s


def _within(t_s: Floats, begin_s: Floats, end_s: Floats) -> tuple[Indices, npt.NDArray[np.bool_]]:
    """For each moment the last interval that began before it, and whether it is inside."""
    at = np.searchsorted(begin_s, t_s, side="right") - 1
    if not len(begin_s):
        return at, np.zeros(len(t_s), dtype=np.bool_)
    return at, np.asarray((at >= 0) & (t_s < end_s[at]))


def _log_likelihood(strides: FootStrides) -> Floats:
    """Shape (s, states), of a whole stride."""
    ways = strides.ways.copy()
    if strides.axis_probability < _M.certain:
        ways[:, :2] = ways[:, :2].mean(axis=1, keepdims=True)
    from scipy.special import expit

    turns = expit((np.abs(strides.turned_rad) - _M.turning_rad) / _M.turning_spread_rad)
    table = np.zeros((len(strides), len(State)))
    for way, state in zip(ways.T, (State.FORWARD, State.BACKWARD, State.SIDEWAYS), strict=True):
        table[:, state] = (1 - turns) * way
    table[:, State.TURNING] = turns
    return np.asarray(np.log(np.maximum(table, _M.outliers)))


def _running(strides: FootStrides, seconds: Floats) -> Floats:
    """Shape (s,): from 1, as little on the ground as a runner, to -1; 0 for a lone stride."""
    share = 1 - (strides.contact_s - strides.toe_off_s) / seconds
    follows = _follows(strides)
    alone = ~(follows | np.concatenate(([False], follows[:-1])))
    votes = np.clip((1 / 2 - share) / _M.duty_spread, -1, 1)
    return np.where(alone, 0, votes)
