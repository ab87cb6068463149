"""What one sensor says of the direction, each tenth of a second."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto

from backstride.evidence import constant
from backstride.motion.series import Bools
from backstride.recording import Floats
from backstride.vocabulary import Direction, Origin

#: Length of an epoch; epoch k of a recording is centred on k epochs after its start.
EPOCH_S = float(constant("pose.epoch_s"))


class State(IntEnum):
    """What a body does; the order of the columns of likelihoods and posteriors."""

    FORWARD = 0
    BACKWARD = auto()
    SIDEWAYS = auto()
    TURNING = auto()
    STILL = auto()

    @property
    def direction(self) -> Direction:
        """The same in the words of the vocabulary."""
        return Direction[self.name]


@dataclass(frozen=True, eq=False)
class Clues:
    """What one sensor says of some neighbouring epochs of a recording.

    Attributes
    ----------
    name
        Of the track that it rests on.
    origin
        POSE for points of the body, IMU for inertial sensors.
    first
        Epoch of the first row.
    log_likelihood
        shape (m, states), of the epoch's data under each `State`, up to a constant of the epoch;
        zero where nothing is seen. Neighbouring epochs are not independent: divide by how long the
        sensor's errors last.
    seen
        shape (m,), whether the sensor can tell at all.
    speed_mps
        shape (m,), over the ground; NaN where not known.
    running
        shape (m,), from -1, surely walking, to 1, surely running; 0 where it cannot tell.
    certainty
        Of some rows that were found to be in a state: the probability that what lasts (the line of
        the hips is off, toe was taken for heel) does not make all of them wrong alike. 1 where
        nothing can.
    """

    name: str
    origin: Origin
    first: int
    log_likelihood: Floats
    seen: Bools
    speed_mps: Floats
    running: Floats
    certainty: Callable[[slice, State], float]

    def __len__(self) -> int:
        return len(self.seen)
