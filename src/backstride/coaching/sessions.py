"""Sessions and their steps: what a runner does on a day, as a watch, a card and a voice tell it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from backstride.errors import RequestError
from backstride.vocabulary import QUANTITIES, Direction, Gait


class Kind(StrEnum):
    """What a session is about; a plan varies kinds."""

    TECHNIQUE = "technique"
    DRILLS = "drills"
    INTERVALS = "intervals"
    ALTERNATING = "alternating"
    UPHILL = "uphill"
    SHUTTLES = "shuttles"
    PARTNER = "partner"
    TREADMILL = "treadmill"
    REHAB = "rehab"
    STRENGTH = "strength"
    FORWARD = "forward"
    TEST = "test"


class Level(IntEnum):
    """What a runner has earned by tests (`skills`), lowest first; a session asks for one."""

    WALK = 0
    JOG = 1
    RUN = 2
    FAST = 3


class Need(StrEnum):
    """What a session needs besides a runner."""

    LINE = "a straight line on even ground"
    TRACK = "a track or an even loop"
    HILL = "a gentle even hill"
    CONES = "two marks"
    PARTNER = "a partner"
    SPOTTER = "a spotter"
    TREADMILL = "a treadmill with rails"
    STEP = "a step or a low box"


class Intensity(StrEnum):
    """What a step is for, in the words of watches."""

    WARMUP = "warmup"
    ACTIVE = "active"
    REST = "rest"
    COOLDOWN = "cooldown"


class Aim(StrEnum):
    """What a target is counted in; the quantity of the vocabulary that its ends are in."""

    OPEN = ""
    SPEED = "speed_mps"
    #: The speed of forward running that costs as much: direction-adjusted pace.
    FORWARD_SPEED = "speed_mps (forward equivalent)"
    HEART_RATE = "heart_rate_reserve_share"
    EFFORT = "rating_of_effort"

    @property
    def quantity(self) -> str:
        """Its name in the vocabulary; "" for an open one."""
        return self.value.partition(" ")[0]


@dataclass(frozen=True)
class Target:
    """Between `low` and `high` of what `aim` counts, in SI.

    Raises
    ------
    RequestError
        The ends are swapped, missing, or not plausible of a person.
    """

    aim: Aim = Aim.OPEN
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.aim is Aim.OPEN:
            return
        if self.low is None or self.high is None or not self.low <= self.high:
            raise RequestError(
                f"a target of {self.aim.name.lower()} goes from {self.low} to {self.high}",
                hint="give a lower and a higher end",
            )
        quantity = QUANTITIES[self.aim.quantity]
        if not (quantity.low <= self.low and self.high <= quantity.high):
            raise RequestError(
                f"a target of {self.low:g} to {self.high:g} {quantity.unit} is not possible",
                hint=f"{quantity.meaning} {quantity.low:g} to {quantity.high:g} {quantity.unit}",
            )


@dataclass(frozen=True)
class Step:
    """One part of a session, of a duration or a distance.

    Attributes
    ----------
    name
        As a watch shows it; short. Its direction is said by the writer, not here.
    direction, gait
        What is moved; STILL for rest and strength.
    cue
        One spoken sentence.

    Raises
    ------
    RequestError
        Neither or both of duration and distance, or one that is not positive.
    """

    name: str
    direction: Direction
    gait: Gait
    duration_s: float | None = None
    distance_m: float | None = None
    intensity: Intensity = Intensity.ACTIVE
    target: Target = Target()
    cue: str = ""

    def __post_init__(self) -> None:
        given = [one for one in (self.duration_s, self.distance_m) if one is not None]
        if len(given) != 1 or not given[0] > 0:
            raise RequestError(
                f"step '{self.name}' needs a duration or a distance above zero",
                hint="give duration_s or distance_m, not both",
            )


@dataclass(frozen=True)
class Repeat:
    """Steps done several times over.

    Raises
    ------
    RequestError
        No steps, or fewer than one time.
    """

    times: int
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if self.times < 1 or not self.steps:
            raise RequestError(
                f"a repeat of {len(self.steps)} steps, {self.times} times", hint="repeat something"
            )


Part = Step | Repeat


@dataclass(frozen=True)
class Session:
    """A structured session of the library, or one made for a plan.

    Attributes
    ----------
    key
        Its name in files and commands, as ``first-backward-minutes``.
    level
        What a runner must have earned before.
    hard
        Whether a day of rest from hard backward running belongs before and after.
    claims
        Keys of the benefits that it serves.
    sources, grade
        Where its form comes from; grade D and ``backstride`` where it is the project's own.
    basis
        What of it is published and what the project chose; "" where all is the project's own.
    volume
        The least and the most of its main part that makes sense, as shares of what stands here.
    move_on
        What must be so before the next stage; "" where none follows.
    """

    key: str
    title: str
    purpose: str
    kind: Kind
    level: Level
    parts: tuple[Part, ...]
    needs: tuple[Need, ...] = ()
    surface: str = ""
    hard: bool = False
    claims: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    grade: str = "D"
    basis: str = ""
    volume: tuple[float, float] = (1.0, 1.0)
    move_on: str = ""

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step in the order in which it is done, repeats unrolled."""
        return tuple(unrolled(self.parts))


def unrolled(parts: Sequence[Part]) -> Iterator[Step]:
    """Every step in the order in which it is done."""
    for part in parts:
        if isinstance(part, Step):
            yield part
        else:
            for _ in range(part.times):
                yield from part.steps
