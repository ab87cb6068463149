"""Batches made by hand for the tests of benefits."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from backstride.benefits.batches import COLUMNS, Batches


def batches(columns: dict[str, npt.ArrayLike], count: int = 12, **changed: object) -> Batches:
    """Running at 2 m/s in batches of 2 s, three a bout, bouts forward and backward in turn."""
    values = np.full((count, len(COLUMNS)), np.nan)
    for name, column in columns.items():
        values[:, COLUMNS.index(name)] = column
    usual = Batches(
        recording=np.zeros(count, int),
        bout=np.arange(count) // 3,
        time_s=np.full(count, 2.0),
        speed_mps=np.full(count, 2.0),
        probability=np.ones(count),
        backward=np.arange(count) // 3 % 2 == 1,
        running=np.ones(count, bool),
        strides=np.full(count, 3),
        seen_by=np.zeros(count, int),
        error_rad=np.full(count, 0.01),
        values=values,
    )
    return replace(usual, **changed)  # type: ignore[arg-type]  # replaced columns


def in_turn(
    forward: npt.ArrayLike, backward: npt.ArrayLike, wobble: float = 0.0
) -> npt.NDArray[np.float64]:
    """One value forward and another backward, for twelve batches, with a wobble between them."""
    side = np.arange(12) // 3 % 2 == 1
    return np.where(side, backward, forward) * (1 + wobble * np.sin(np.arange(12) * 2.1))
