"""The way of each foot beside the body, on average over strides."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from backstride.evidence import constant
from backstride.motion.points import Bodies
from backstride.motion.points.body_points import RATE_HZ
from backstride.motion.strides import Strides
from backstride.recording import Floats
from backstride.vocabulary import Direction, Gait, Origin, Side

#: Moments of a stride that a path has.
MOMENTS = int(constant("steps.path_moments"))
_FEWEST = int(constant("steps.fewest_strides"))


@dataclass(frozen=True, eq=False)
class FootPath:
    """A foot's way from contact to contact, seen from the body, as a mean over strides.

    Attributes
    ----------
    strides
        How many.
    ahead_m, up_m
        shape (MOMENTS,): ahead of the pelvis, where it faces, and above the lowest place of the
        foot; at even steps of the stride, the first one at contact.
    contact_share
        Share of the stride in which the foot stands.
    """

    side: Side
    direction: Direction
    gait: Gait
    strides: int
    ahead_m: Floats
    up_m: Floats
    contact_share: float


def foot_paths(bodies: Bodies, strides: Strides) -> tuple[FootPath, ...]:
    """Paths of both feet for each direction and gait with `steps.fewest_strides` strides or more.

    The foot is its toes, or the ankle where toes were not seen.
    """
    seen = np.array([origin is Origin.POSE for origin in strides.origin], dtype=np.bool_)
    if not seen.any():
        return ()
    found = []
    groups = product((Direction.FORWARD, Direction.BACKWARD), (Gait.RUN, Gait.WALK))
    for (direction, gait), side in product(groups, (Side.LEFT, Side.RIGHT)):
        rows = seen & np.array(
            [
                (one, way, foot) == (direction, gait, side)
                for one, way, foot in zip(
                    strides.direction, strides.gait, strides.side, strict=True
                )
            ],
            dtype=np.bool_,
        )
        rows &= np.isfinite(strides.column("contact_share"))
        moments = (
            strides.table.t_s[rows, None]
            + np.linspace(0, 1, MOMENTS) * (strides.column("stride_s")[rows, None])
        )
        ahead, up = _beside(bodies, side, moments)
        whole = np.isfinite(ahead).all(axis=1) & np.isfinite(up).all(axis=1)
        if whole.sum() >= _FEWEST:
            share = float(np.mean(strides.column("contact_share")[rows][whole]))
            found.append(
                FootPath(
                    side,
                    direction,
                    gait,
                    int(whole.sum()),
                    np.mean(ahead[whole], axis=0),
                    np.mean(up[whole], axis=0),
                    share,
                )
            )
    return tuple(found)


def _beside(bodies: Bodies, side: Side, moments: Floats) -> tuple[Floats, Floats]:
    """How far ahead of the pelvis and how high a foot is at moments of any shape."""
    ahead, up = np.full(moments.shape, np.nan), np.full(moments.shape, np.nan)
    for body, motion in ((each.points, each.motion) for each in bodies):
        pelvis = body.first_of(body.point("pelvis"), body.middle("hip"))
        toe = body.point(f"{side}_toe")
        foot = toe if np.isfinite(toe).any() else body.point(f"{side}_ankle")
        away = (foot - pelvis)[:, 0] + 1j * (foot - pelvis)[:, 1]
        along = (away * np.exp(-1j * motion.facing_rad)).real
        inside = (moments >= body.t_s[0]) & (moments <= body.t_s[-1])
        if not inside.any() or not np.isfinite(foot[:, 2]).any():
            continue
        frames = (moments[inside] - body.t_s[0]) * RATE_HZ
        at = np.arange(len(body))
        ahead[inside] = np.interp(frames, at, along)
        up[inside] = np.interp(frames, at, foot[:, 2] - np.nanmin(foot[:, 2]))
    return ahead, up
