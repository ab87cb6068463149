"""Recordings made by hand for the tests of motion."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from backstride.motion.strides import COLUMNS, Strides
from backstride.recording import Device, Interval, Lap, Recording, Section, Source, Track
from backstride.vocabulary import Direction, Gait, Origin, Side, Sport


def recording(
    t_s: npt.ArrayLike,
    columns: Mapping[str, npt.ArrayLike],
    *,
    laps: Sequence[Lap] = (),
    pauses: Sequence[Interval] = (),
    sections: Sequence[Section] | None = None,
    more: Sequence[Track] = (),
    title: str = "",
) -> Recording:
    """A recording of one track; one section of running unless others are given."""
    times = np.array(t_s, dtype=np.float64)
    values = [
        np.broadcast_to(np.asarray(c, dtype=np.float64), times.shape) for c in columns.values()
    ]
    table = np.column_stack(values) if values else np.empty((len(times), 0))
    end_s = float(times[-1]) if len(times) else 0.0
    return Recording(
        start_utc=None,
        tracks=(Track("record", times, table, tuple(columns)), *more),
        laps=tuple(laps),
        sections=(Section(0, end_s, Sport.RUNNING),) if sections is None else tuple(sections),
        device=Device(),
        source=Source(path="made", sha256="", format="made", title=title),
        pauses=tuple(pauses),
    )


def steady(seconds: int = 600, **changed: npt.ArrayLike) -> Recording:
    """A steady run, one row a second."""
    columns: dict[str, npt.ArrayLike] = {"speed_mps": 2.8, "cadence_spm": 168.0, **changed}
    return recording(np.arange(seconds + 1.0), columns)


def strides(
    count: int,
    *,
    direction: Direction | Sequence[Direction] = Direction.FORWARD,
    gait: Gait | Sequence[Gait] = Gait.RUN,
    start_s: float = 0.0,
    step_s: float = 0.35,
    **columns: npt.ArrayLike,
) -> Strides:
    """Strides of feet in turn, left first, one begun every `step_s`.

    Columns that are not given are NaN, but for the length of a stride.
    """
    values = np.full((count, len(COLUMNS)), np.nan)
    for name, column in {"stride_s": 2 * step_s, **columns}.items():
        values[:, COLUMNS.index(name)] = column
    return Strides(
        table=Track("strides", start_s + step_s * np.arange(count), values, COLUMNS),
        side=tuple((Side.LEFT, Side.RIGHT)[place % 2] for place in range(count)),
        direction=(direction,) * count if isinstance(direction, Direction) else tuple(direction),
        gait=(gait,) * count if isinstance(gait, Gait) else tuple(gait),
        origin=(Origin.POSE,) * count,
        probability=np.ones(count),
    )
