"""How inputs reach a system and events come back: plain arrays and JSON, in a folder.

``trials.json`` lists what is told of each trial; ``0.npz``, ``1.npz`` … hold its arrays; the
answers go to ``answers.json``. Only NumPy and the standard library, for every system's own Python
reads this file.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TRIALS, ANSWERS = "trials.json", "answers.json"


@dataclass(frozen=True, eq=False)
class Given:
    """A trial as a system gets it; `told` is what no system has to find."""

    kind: str
    t_s: Floats
    arrays: Mapping[str, Floats]
    told: Mapping[str, Any]

    @property
    def rate_hz(self) -> float:
        """Samples a second."""
        return (len(self.t_s) - 1) / float(self.t_s[-1] - self.t_s[0])


@dataclass(frozen=True)
class Answer:
    """What one method of a system says of one trial.

    Attributes
    ----------
    contacts, toe_offs
        Side -> seconds; the side is "both" where the method tells none.
    travel
        Which way along x it says that somebody goes, 1 or -1; None where it does not say.
    problem
        Why there is no answer, or "".
    """

    trial: int
    method: str
    contacts: Mapping[str, list[float]] = field(default_factory=dict)
    toe_offs: Mapping[str, list[float]] = field(default_factory=dict)
    travel: int | None = None
    problem: str = ""


#: One way to ask a system: the events of a trial.
Method = Callable[[Given], Answer]


def asked(
    trial: int, given: Given, methods: Mapping[str, Method], failures: tuple[type[Exception], ...]
) -> Iterable[Answer]:
    """Each method's answer; what it raises is its answer, too."""
    for name, method in methods.items():
        try:
            found = method(given)
        except failures as error:
            said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            yield Answer(trial, name, problem=said)
        else:
            yield Answer(trial, name, found.contacts, found.toe_offs, found.travel)


def serve(methods: Mapping[str, Mapping[str, Method]]) -> None:
    """Answer all trials of the folder named by the first argument.

    Parameters
    ----------
    methods
        Kind of trial -> name of a method -> the method.
    """
    folder = Path(sys.argv[1])
    answers: list[Answer] = []
    for place, told in enumerate(json.loads((folder / TRIALS).read_text())):
        with np.load(folder / f"{place}.npz") as file:
            arrays = {name: file[name] for name in file.files}
        given = Given(told.pop("kind"), arrays.pop("t_s"), arrays, told)
        answers += asked(place, given, methods.get(given.kind, {}), (Exception,))
    text = json.dumps([asdict(answer) for answer in answers], default=float)
    (folder / ANSWERS).write_text(text)
