"""scikit-digital-health's lumbar gait module, told where somebody walks.

Its rule that a bout lasts eight seconds is lowered, for clips are shorter than that.
"""

from functools import partial

import numpy as np
from skdh.gait import GaitLumbar

from validation.peers.adapters.exchange import Answer, Given, serve

#: AP CWT is its default.
METHODS = ("AP CWT", "Vertical CWT")
_G_MPS2 = 9.80665
_SHORTEST_BOUT_S = 1.0


def _detected(method: str, given: Given) -> Answer:
    bouts = (np.array(given.told["walks_s"]) - given.t_s[0]) * given.rate_hz
    gait = GaitLumbar(gait_event_method=method, min_bout_time=_SHORTEST_BOUT_S)
    found = gait.predict(
        time=1.6e9 + given.t_s,
        accel=given.arrays["acceleration"] / _G_MPS2,
        gyro=given.arrays["turning"],
        fs=given.rate_hz,
        gait_bouts=np.clip(bouts.astype(int), 0, len(given.t_s) - 1),
    )
    contacts = np.asarray(found["IC Timestamp"], dtype=np.float64) - 1.6e9
    if not len(contacts):  # it has no stance times then
        return Answer(0, method, {"both": []}, {"both": []})
    toe_offs = contacts + np.asarray(found["stance time"], dtype=np.float64)
    return Answer(
        0,
        method,
        {"both": contacts.tolist()},
        {"both": np.unique(toe_offs[np.isfinite(toe_offs)]).tolist()},
    )


if __name__ == "__main__":
    serve({"sensor on the lower back": {name: partial(_detected, name) for name in METHODS}})
