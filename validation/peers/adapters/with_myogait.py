"""myogait's detectors on keypoints, given as its own extraction would give them."""

from copy import deepcopy
from functools import partial
from typing import Any

import myogait
from myogait.axis_utils import detect_walking_direction_from_feet

from validation.peers.adapters.exchange import Answer, Given, serve

#: zeni is its default; gk_ are those of gaitkit that it calls.
METHODS = ("zeni", "oconnor", "velocity", "crossing", "gk_bike", "gk_ensemble")
_NAMES = {"toe": "FOOT_INDEX"}
_WIDTH_PX, _HEIGHT_PX = 1280.0, 720.0


def _pivot(given: Given) -> dict[str, Any]:
    names = {
        name: "_".join(_NAMES.get(part, part.upper()) for part in name.split("_"))
        for name in given.arrays
        if "_" in name
    }
    frames = [
        {
            "frame_idx": frame,
            "time_s": frame / given.rate_hz,
            "confidence": 1.0,
            "landmarks": {
                theirs: {
                    "x": float(given.arrays[ours][frame, 0] / _WIDTH_PX),
                    "y": float(given.arrays[ours][frame, 1] / _HEIGHT_PX),
                    "visibility": float(given.arrays[ours][frame, 2]),
                }
                for ours, theirs in names.items()
            },
        }
        for frame in range(len(given.t_s))
    ]
    meta = {
        "fps": given.rate_hz,
        "width": int(_WIDTH_PX),
        "height": int(_HEIGHT_PX),
        "n_frames": len(frames),
    }
    return myogait.compute_angles({"meta": meta, "frames": frames})  # type: ignore[no-any-return]


def _detected(method: str, given: Given) -> Answer:
    data = _pivot(given)
    events = myogait.detect_events(deepcopy(data), method=method)["events"]
    word = detect_walking_direction_from_feet(data, default="unknown")
    return Answer(
        0,
        method,
        {"left": _times(events["left_hs"]), "right": _times(events["right_hs"])},
        {"left": _times(events["left_to"]), "right": _times(events["right_to"])},
        travel={"right": 1, "left": -1}.get(word),
    )


def _times(events: list[dict[str, Any]]) -> list[float]:
    return [float(event["time"]) for event in events]


if __name__ == "__main__":
    keypoints = {name: partial(_detected, name) for name in METHODS}
    serve({"keypoints of a camera at the side": keypoints})
