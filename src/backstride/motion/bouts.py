"""Bouts: what was run in which direction, when, how surely, and who says so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from backstride.recording import Track
from backstride.vocabulary import Direction, Gait, Origin


@dataclass(frozen=True)
class Bout:
    """A stretch of one direction and one gait.

    Attributes
    ----------
    start_s, end_s
        Seconds since the recording's start.
    probability
        That the direction is right. 1.0 where a person declared it.
    suspected
        The model finds this direction likely, but not likely enough to count: until the runner
        confirms it, `direction` is UNKNOWN for every number, and `suspected_direction` says what
        the model suspects.
    """

    start_s: float
    end_s: float
    direction: Direction
    gait: Gait
    probability: float
    origin: Origin
    suspected_direction: Direction | None = None

    @property
    def suspected(self) -> bool:
        """Whether this bout waits for the runner's word."""
        return self.suspected_direction is not None

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Disagreement:
    """Where two origins name different directions; the stronger one was used."""

    start_s: float
    end_s: float
    used: Origin
    used_direction: Direction
    other: Origin
    other_direction: Direction
    other_probability: float


@dataclass(frozen=True, eq=False)
class Bouts:
    """Bouts in order of time, contiguous from 0 to the end of the recording.

    `posterior` holds the watch model's probability of each state for each second (columns
    ``still``, ``forward walk``, ... as the model names them), or None where no model ran.
    """

    items: tuple[Bout, ...]
    disagreements: tuple[Disagreement, ...] = ()
    posterior: Track | None = None

    def __iter__(self) -> Iterator[Bout]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def of(self, direction: Direction, gait: Gait | None = None) -> tuple[Bout, ...]:
        """Bouts of that direction (and gait) that count; suspected ones do not."""
        return tuple(
            bout
            for bout in self.items
            if bout.direction is direction and (gait is None or bout.gait is gait)
        )

    def suspected(self) -> tuple[Bout, ...]:
        """Bouts that wait for the runner's word."""
        return tuple(bout for bout in self.items if bout.suspected)


def uncovered(
    spans: Sequence[tuple[float, float]], covers: Sequence[tuple[float, float]]
) -> list[tuple[int, float, float]]:
    """What of each span no cover lies over: its index, start and end.

    Both are in order of time and free of overlap within themselves; so is the result.
    """
    left: list[tuple[int, float, float]] = []
    at = 0
    for index, (start, end) in enumerate(spans):
        while at < len(covers) and covers[at][1] <= start:
            at += 1
        free = start
        for cover_start, cover_end in islice(covers, at, None):
            if cover_start >= end:
                break
            if cover_start > free:
                left.append((index, free, cover_start))
            free = max(free, cover_end)
        if free < end:
            left.append((index, free, end))
    return left


def overlaid(below: Sequence[Bout], above: Sequence[Bout]) -> list[Bout]:
    """Bouts of `above`, and of `below` what they leave free; both in order and free of overlap."""
    left = uncovered(
        [(bout.start_s, bout.end_s) for bout in below],
        [(bout.start_s, bout.end_s) for bout in above],
    )
    kept = [replace(below[index], start_s=start, end_s=end) for index, start, end in left]
    return sorted([*kept, *above], key=lambda bout: bout.start_s)
