"""A sensor on a foot: when the foot leaves the ground and lands, and which way each stride went.

Strides run from stance to stance (`foot_stance`), their ways are integrated (`foot_path`), where
the foot points is found (`foot_axis`), and toe-off and contact are read from its turning
(`foot_moments`). Travel against the foot's own axis is the direction; on a treadmill that is the
direction against the belt.

A foot that does not feel about gravity alone where it seems to stand goes round on something, a
pedal for one: of its strides nothing is known.

What it rests on
    Walking: real forward walking. Running, and backward walking: sensors computed from motion
    capture. Backward running: the same of forward runs played in time reversed, for nobody has
    published a recording of it by any sensor. A shank's sensor gives direction (`travel`) and no
    strides: a shank never stands, and of virtual ones in walking every seventh came out wrong here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from backstride.evidence import constant
from backstride.motion.clues import EPOCH_S, Clues, State
from backstride.motion.imu.foot_axis import FEWEST_STRIDES, FootAxis, axis_of
from backstride.motion.imu.foot_moments import Felt, moments
from backstride.motion.imu.foot_path import Paths, blocks, joined, paths
from backstride.motion.imu.foot_stance import between, rests
from backstride.motion.imu.inertial import Inertial, rotated
from backstride.motion.series import Bools
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats, Notice
from backstride.vocabulary import Direction, Origin, Side

Indices = npt.NDArray[np.intp]

#: Columns of `FootStrides.probability`.
PATHS = (Direction.FORWARD, Direction.BACKWARD, Direction.SIDEWAYS)


@dataclass(frozen=True)
class _Model:
    """The model's own numbers; their meaning stands in ``constants/imu.toml``."""

    shortest_stride_s: float = constant("imu.shortest_stride_s")
    longest_stride_s: float = constant("imu.longest_stride_s")
    midstance_half_s: float = constant("imu.midstance_half_s")
    longest_run_stride_s: float = constant("imu.longest_run_stride_s")
    walk_lean_rad: float = constant("imu.walk_lean_rad")
    rest_lean_rad: float = constant("imu.rest_lean_rad")
    run_lean_rad: float = constant("imu.run_lean_rad")
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
    stood
        shape (s,), whether the foot stood at both ends; where not, nothing else is to be trusted.
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
    stood: Bools
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


def foot_strides(inertial: Inertial) -> FootStrides:
    """Every stride of a foot between two stances; none where the foot made no step."""
    begin, end = rests(inertial)
    first, last = between(inertial, begin, end)
    lean_rad = _most_lean_rad(inertial, begin, end, last - first)
    whole = _whole(inertial, first, last)
    first, last, lean_rad = first[whole], last[whole], lean_rad[whole]
    way = Paths(*joined(_ways(inertial, first, last), first, last))
    foot, stepped = axis_of(inertial, first, last, way.up)
    stands = (way.lean_rad <= lean_rad)[stepped]
    stands &= 2 * stands.sum() > len(stands)
    first, last, way = first[stepped], last[stepped], Paths(*(each[stepped] for each in way))
    displacement, turned = _seen_from(foot.left, way)
    spread = np.hypot(
        _M.displacement_sd_m, _M.drift_share * way.drift_mps * (last - first) / inertial.rate_hz
    )
    ways = _probability(displacement, spread, stands & foot.level)
    backward = ways[:, PATHS.index(Direction.BACKWARD)] > ways[:, PATHS.index(Direction.FORWARD)]
    pitching = np.einsum("ni,i->n", inertial.angular_velocity_radps, foot.left)
    felt = Felt.of(inertial, pitching)
    parts = (
        (moments(inertial, felt, place, length, backward[some]),)
        for some, place, length in blocks(first, last)
    )
    moment = first[:, None] + next(iter(joined(parts, first, last)))
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
        stood=stands,
        ways=ways,
        axis_probability=foot.probability,
        notices=(*inertial.notices, *_notices(inertial.place, stands, foot)),
    )


def _most_lean_rad(inertial: Inertial, begin: Indices, end: Indices, length: Indices) -> Floats:
    """How much what is felt at its ends may lean, if a foot is to have stood there; shape (s,).

    A runner's foot may only come to a halt, and is pushed on while it does.
    """
    halts = end == begin
    runs = np.where(halts[:-1] | halts[1:], _M.run_lean_rad, _M.rest_lean_rad)
    walks = length > inertial.samples(_M.longest_run_stride_s)
    return np.where(walks, _M.walk_lean_rad, runs)


def _whole(inertial: Inertial, first: Indices, last: Indices) -> Bools:
    """Which are as long as a stride can be, and have no gap inside."""
    seconds = (last - first) / inertial.rate_hz
    missing = np.concatenate(([0], np.cumsum(~inertial.known)))
    whole = (missing[last + 1] == missing[first]) & (seconds >= _M.shortest_stride_s)
    return np.asarray(whole & (seconds <= _M.longest_stride_s))


def _ways(inertial: Inertial, first: Indices, last: Indices) -> Iterator[Paths]:
    from scipy.ndimage import uniform_filter1d

    window = 2 * inertial.samples(_M.midstance_half_s) + 1
    calm = uniform_filter1d(inertial.acceleration_mps2, window, axis=0, mode="nearest")
    return (paths(inertial, calm, place, length) for _, place, length in blocks(first, last))


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


def _probability(displacement: Floats, spread: Floats, known: Bools) -> Floats:
    """Shape (s, 3): probabilities of `PATHS`, if toe and heel are what they are taken for.

    The error of a displacement is taken as normal and alike along both horizontal axes. Forward is
    a displacement within 45 degrees of the foot's axis: seen from axes turned by those 45 degrees
    both coordinates are positive, and their errors are independent. Where the foot did not stand,
    or its axis is not known, a displacement says nothing.
    """
    from scipy.special import ndtr

    along, aside = displacement[:, 0], displacement[:, 1]
    first = ndtr((along + aside) / np.sqrt(2) / spread)
    second = ndtr((along - aside) / np.sqrt(2) / spread)
    ahead, behind = first * second, (1 - first) * (1 - second)
    ways = np.column_stack([ahead, behind, np.maximum(1 - ahead - behind, 0)])
    return np.where(known[:, None], ways, 1 / len(PATHS))


def _notices(place: str, stands: Bools, foot: FootAxis) -> Iterator[Notice]:
    strides = len(stands)
    if strides < FEWEST_STRIDES:
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
    elif not stands.any():
        yield Notice(
            "imu_never_stands",
            f"imu:{place}: the foot goes round without standing still, as on a pedal, so its "
            "direction is unknown",
        )


def contacts_of(strides: FootStrides) -> Contacts:
    """The contact that each stride ends in, and what is known of the stride that it begins.

    Strides of a foot that did not stand have none.

    Toe-off is that of the next stride; NaN where the foot then stood for longer than
    `imu.standing_s`, or where the next stride was not seen.
    """
    follows = _follows(strides)
    length_m = np.hypot(strides.displacement_m[:, 0], strides.displacement_m[:, 1])
    seconds = np.diff(strides.contact_s, append=np.nan)
    kept = strides.stood

    def following(values: Floats) -> Floats:
        return np.where(follows, np.append(values[1:], np.nan), np.nan)[kept]

    return Contacts(
        name=f"imu:{strides.place}",
        origin=Origin.IMU,
        side=np.full(int(kept.sum()), SIDES.index(_side(strides.place)), dtype=np.int8),
        contact_s=strides.contact_s[kept],
        toe_off_s=following(strides.toe_off_s),
        measured={
            "stride_length_m": following(length_m),
            "speed_mps": following(length_m) / seconds[kept],
            "foot_clearance_m": following(strides.lift_m),
            "turned_rad": following(strides.turned_rad),
            "foot_strike_rad": strides.strike_rad[kept],
        },
    )


def _follows(strides: FootStrides) -> Bools:
    """Shape (s,): whether the next row is the next stride of a foot that went on."""
    pause = np.append(strides.start_s[1:], np.inf) - strides.end_s
    return np.asarray((pause <= _M.standing_s) & np.append(strides.stood[1:], values=False))


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
    moves[moves] = strides.stood[stride[moves]]
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


def _within(t_s: Floats, begin_s: Floats, end_s: Floats) -> tuple[Indices, Bools]:
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
