"""Pose2Sim's gait events on a TRC file; it is told the direction of travel, as its user has to."""

import contextlib
import io
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from Pose2Sim.Utilities.trc_gaitevents import trc_gaitevents_func

from validation.peers.adapters.exchange import Answer, Given, serve

METHODS = ("height_coordinates", "forward_coordinates", "forward_velocity")
_MARKERS = {
    "Hip": "pelvis",
    "RHeel": "right_heel",
    "RBigToe": "right_toe",
    "LHeel": "left_heel",
    "LBigToe": "left_toe",
}


def _trc(given: Given) -> str:
    """Metres, y up, along x; the floor is where the lowest toe is, less the toe joint's height."""
    frames = len(given.t_s)
    names = "\t".join(f"{name}\t\t" for name in _MARKERS)
    axes = "\t".join(f"X{n}\tY{n}\tZ{n}" for n in range(1, len(_MARKERS) + 1))
    rate = given.rate_hz
    head = [
        "PathFileType\t4\t(X/Y/Z)\tgiven.trc",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\t"
        "OrigNumFrames",
        f"{rate}\t{rate}\t{frames}\t{len(_MARKERS)}\tm\t{rate}\t1\t{frames}",
        f"Frame#\tTime\t{names}",
        f"\t\t{axes}",
    ]
    places = np.hstack([given.arrays[name][:, [0, 2, 1]] for name in _MARKERS.values()])
    rows = [
        "\t".join([str(frame + 1), f"{time:.6f}", *(f"{value:.6f}" for value in row)])
        for frame, (time, row) in enumerate(zip(given.t_s, places, strict=True))
    ]
    return "\n".join([*head, *rows]) + "\n"


def _detected(method: str, given: Given) -> Answer:
    with TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        path = Path(folder) / "given.trc"
        path.write_text(_trc(given))
        (right_on, left_on, right_off, left_off), _ = trc_gaitevents_func(
            trc_path=str(path),
            method=method,
            gait_direction="+X" if given.told["travel"] > 0 else "-X",
            motion_type="",
            plot=False,
            save_output=False,
        )
    return Answer(
        0,
        method,
        {"left": _times(left_on), "right": _times(right_on)},
        {"left": _times(left_off), "right": _times(right_off)},
    )


def _times(moments: list[float]) -> list[float]:
    return [float(moment) for moment in moments]


if __name__ == "__main__":
    serve({"points in space": {name: partial(_detected, name) for name in METHODS}})
