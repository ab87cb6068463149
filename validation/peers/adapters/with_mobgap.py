"""mobgap's detectors of initial contacts on a lower-back sensor, told where somebody walks.

Its sides come from a model trained on forward walking and are not asked for; it finds no toe-offs.
"""

from functools import partial
from typing import Any

import pandas as pd
from mobgap.initial_contacts import IcdHKLeeImproved, IcdIonescu, IcdShinImproved

from validation.peers.adapters.exchange import Answer, Given, serve

#: IcdIonescu is the one of its recommended pipelines.
METHODS = {"Ionescu": IcdIonescu, "Shin": IcdShinImproved, "HKLee": IcdHKLeeImproved}


def _body_frame(given: Given) -> Any:
    """Its axes: up, right, ahead; degrees per second."""
    columns = {}
    for what, name, factor in (("acc", "acceleration", 1.0), ("gyr", "turning", 57.29577951308232)):
        ahead, left, up = given.arrays[name].T
        columns[f"{what}_is"] = up * factor
        columns[f"{what}_ml"] = -left * factor
        columns[f"{what}_pa"] = ahead * factor
    return pd.DataFrame(columns)


def _detected(method: str, given: Given) -> Answer:
    data, rate_hz = _body_frame(given), given.rate_hz
    contacts: list[float] = []
    for begin, end in given.told["walks_s"]:
        first, last = (round((moment - given.t_s[0]) * rate_hz) for moment in (begin, end))
        part = data.iloc[max(first, 0) : last].reset_index(drop=True)
        found = METHODS[method]().detect(part, sampling_rate_hz=rate_hz).ic_list_["ic"]
        contacts += [float(given.t_s[0] + (max(first, 0) + ic) / rate_hz) for ic in found]
    return Answer(0, method, {"both": contacts}, {})


if __name__ == "__main__":
    serve({"sensor on the lower back": {name: partial(_detected, name) for name in METHODS}})
