"""What a person tells of a file that the file itself does not say."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backstride.errors import RequestError

if TYPE_CHECKING:
    from backstride.readers.column_map import ColumnMap

#: Frames a second of what cameras write, from one picture in ten seconds to the fastest.
_FRAME_RATES_HZ = (0.1, 10_000.0)
#: Width and height of pictures.
_SIDES_PX = (16.0, 100_000.0)


@dataclass(frozen=True)
class Told:
    """A person's word on files; a reader uses what its format lacks.

    Attributes
    ----------
    columns
        What the columns of a table are.
    frame_rate_hz
        Frames a second of keypoints. It wins over what a file says, for slow motion is written as
        if it were not slow.
    image_size_px
        Width and height of the pictures that keypoints were found in.

    Raises
    ------
    RequestError
        A frame rate or size that no camera has.
    """

    columns: "ColumnMap | None" = None
    frame_rate_hz: float | None = None
    image_size_px: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        rate = self.frame_rate_hz
        if rate is not None and not is_frame_rate(rate):
            raise RequestError(
                f"{rate:g} frames a second are not possible",
                hint="give the camera's rate, as 30 or 59.94",
            )
        size = self.image_size_px
        if size is not None and not is_image_size(*size):
            raise RequestError(
                f"a picture of {size[0]:g} x {size[1]:g} pixels is not possible",
                hint="give width and height in pixels, as 1920x1080",
            )


NOTHING_TOLD = Told()


def is_frame_rate(rate_hz: float) -> bool:
    """Whether a camera can have that frame rate."""
    return math.isfinite(rate_hz) and _FRAME_RATES_HZ[0] <= rate_hz <= _FRAME_RATES_HZ[1]


def is_image_size(width_px: float, height_px: float) -> bool:
    """Whether pictures can have that size."""
    low, high = _SIDES_PX
    return all(math.isfinite(side) and low <= side <= high for side in (width_px, height_px))
