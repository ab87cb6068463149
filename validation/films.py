"""Films of motion capture by virtual cameras, from every side and mount: simulated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from validation import mocap
from validation.mocap import Clip
from validation.virtual_camera import LAYOUTS, Faults, Filmed, Mount, View, filmed

#: Moments filmed no further than this off the side of the body are side views.
SIDE_DEG = 30.0
RATES_HZ = (30.0, 50.0, 60.0)
MOUNTS = ("fixed", "panning", "treadmill")

NO_FAULTS = Faults(noise_px=0, points_missing=0, frames_missing=0, swapped=0, head_sd_deg=0)


@dataclass(frozen=True, eq=False)
class Shot:
    """A film of a clip; `name` is the kind of the clip, and whether it runs in reverse."""

    name: str
    clip: Clip
    mount: str
    view: View
    film: Filmed


def from_the_side(random: np.random.Generator) -> float:
    """An angle within the side view, in degrees."""
    return float(random.uniform(-SIDE_DEG, SIDE_DEG))


def shots(
    clips: Sequence[Clip],
    seed: int,
    *,
    angles_deg: Callable[[np.random.Generator], float] = from_the_side,
    faults: Faults | None = None,
    mounts: Sequence[str] = MOUNTS,
    rates_hz: Sequence[float] = RATES_HZ,
    layouts: Sequence[str] = tuple(LAYOUTS),
) -> Iterator[Shot]:
    """Every clip and its reverse on every mount, each from a side, at a rate, by a network."""
    random = np.random.default_rng(seed)
    for place, clip in enumerate(clips):
        for turned, one in enumerate((clip, mocap.in_reverse(clip))):
            for at, mount in enumerate(mounts):
                view = View(
                    angle_deg=angles_deg(random),
                    from_left=bool(random.random() < 1 / 2),
                    mount=Mount.PANNING if mount == "panning" else Mount.FIXED,
                    rate_hz=float(random.choice(rates_hz)),
                    layout=layouts[(place + turned + at) % len(layouts)],
                )
                stage = mocap.on_the_spot(one) if mount == "treadmill" else one
                film = filmed(
                    stage.recording, view, faults or Faults(), int(random.integers(2**31))
                )
                name = f"{clip.kind}, reversed" if turned else clip.kind
                yield Shot(name, one, mount, view, film)
