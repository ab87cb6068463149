"""gaitkit's detectors on points in space, in millimetres, with angles that it computes itself."""

from functools import partial
from typing import Any

import gaitkit
from gaitkit._io import compute_marker_proxy_angles
from gaitkit.detectors.axis_utils import detect_axes, detect_walking_direction

from validation.peers.adapters.exchange import Answer, Given, serve

#: All that need no download; bike is its own and its default.
METHODS = (
    "bike",
    "zeni",
    "oconnor",
    "hreljac",
    "mickelborough",
    "ghoussayni",
    "vancanneyt",
    "dgei",
    "intellevent",
)
_PARTS = ("hip", "knee", "ankle", "heel", "toe")


def _frames(given: Given) -> list[dict[str, Any]]:
    names = [f"{side}_{part}" for side in ("left", "right") for part in _PARTS]
    frames: list[dict[str, Any]] = [
        {
            "frame_index": frame,
            "landmark_positions": {name: tuple(1000 * given.arrays[name][frame]) for name in names},
        }
        for frame in range(len(given.t_s))
    ]
    angles = compute_marker_proxy_angles(frames)
    for frame, values in enumerate(frames):
        values |= {key: float(series[frame]) for key, series in angles.items()}
    return frames


def _detected(method: str, given: Given) -> Answer:
    frames = _frames(given)
    result = gaitkit.detect(frames, method=method, fps=given.rate_hz, auto_install_deps=False)
    axis, _ = detect_axes(frames)
    sign = int(detect_walking_direction(frames, axis, given.rate_hz))
    return Answer(
        0,
        method,
        {"left": _times(result.left_hs), "right": _times(result.right_hs)},
        {"left": _times(result.left_to), "right": _times(result.right_to)},
        travel=sign if axis == 0 else None,
    )


def _times(events: list[dict[str, Any]]) -> list[float]:
    return [float(event["time"]) for event in events]


if __name__ == "__main__":
    serve({"points in space": {name: partial(_detected, name) for name in METHODS}})
