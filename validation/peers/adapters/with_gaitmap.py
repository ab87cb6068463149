"""gaitmap's event detection of its MIT part on a foot sensor, told each stride and the axes.

Finding strides and telling ahead from behind belong to gaitmap_mad, which is under the AGPL and is
not used here: strides are those of the reference, from toe-off to toe-off.
"""

import numpy as np
import pandas as pd
from gaitmap.event_detection import HerzerEventDetection
from gaitmap.utils.coordinate_conversion import convert_left_foot_to_fbf, convert_right_foot_to_fbf

from validation.peers.adapters.exchange import Answer, Given, serve

_AXES = "xyz"


def _detected(given: Given) -> Answer:
    side = given.told["side"]
    columns = {f"acc_{axis}": given.arrays["acceleration"][:, n] for n, axis in enumerate(_AXES)}
    columns |= {
        f"gyr_{axis}": np.degrees(given.arrays["turning"][:, n]) for n, axis in enumerate(_AXES)
    }
    convert = convert_left_foot_to_fbf if side == "left" else convert_right_foot_to_fbf
    data = convert(pd.DataFrame(columns))
    strides = (np.array(given.told["strides_s"]).reshape(-1, 2) - given.t_s[0]) * given.rate_hz
    samples = np.clip(strides.round().astype(int), 0, len(given.t_s) - 1)
    samples = samples[samples[:, 1] - samples[:, 0] > 1]
    if not len(samples):
        return Answer(0, "Herzer", {side: []}, {side: []})
    list_of_strides = pd.DataFrame(
        {"s_id": np.arange(len(samples)), "start": samples[:, 0], "end": samples[:, 1]}
    )
    detection = HerzerEventDetection(detect_only=("ic", "tc"), enforce_consistency=False)
    detection.detect(data=data, stride_list=list_of_strides, sampling_rate_hz=given.rate_hz)
    events = detection.annotated_original_event_list_
    return Answer(
        0,
        "Herzer",
        {side: _times(events["ic"], given)},
        {side: _times(events["tc"], given)},
    )


def _times(samples: "pd.Series[float]", given: Given) -> list[float]:
    known = samples.dropna().to_numpy(dtype=np.float64)
    return [float(moment) for moment in given.t_s[0] + known / given.rate_hz]


if __name__ == "__main__":
    serve({"sensor on a foot": {"Herzer": _detected}})
