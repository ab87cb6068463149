"""How well each method of each system did, by what is done in the recordings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from backstride.recording import Floats
from validation.peers import ours
from validation.peers.inputs import Kind, Trial
from validation.peers.registry import Asked, Peer
from validation.peers.scoring import Events, Score, score


@dataclass(frozen=True, eq=False)
class Row:
    """One method of one system on one kind of input.

    Attributes
    ----------
    scores
        What is done -> how well its moments agree.
    right_s, wrong_s, judged_s
        What is done -> seconds whose direction is right, wrong, and judged; empty where the system
        has no word for it.
    """

    system: str
    method: str
    kind: Kind
    scores: Mapping[str, Score]
    right_s: Mapping[str, float]
    wrong_s: Mapping[str, float]
    judged_s: Mapping[str, float]
    failed: int

    @property
    def name(self) -> str:
        """As tables show it."""
        return f"{self.system} {self.method}".strip()


@dataclass(eq=False)
class Tally:
    """Scores and seconds by what is done, as they come in."""

    scores: dict[str, Score] = field(default_factory=dict)
    right_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    wrong_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    judged_s: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    failed: int = 0

    def add(self, trial: Trial, events: Events, problem: str) -> None:
        """The events of one trial."""
        one = score(events, trial.reference, trial.within_s, trial.judged)
        self.scores[trial.group] = self.scores.get(trial.group, Score()) + one
        self.failed += bool(problem)

    def add_direction(self, trial: Trial, right_s: float, wrong_s: float) -> None:
        """How long the direction of one trial was right and wrong."""
        self.right_s[trial.group] += right_s
        self.wrong_s[trial.group] += wrong_s
        self.judged_s[trial.group] += trial.judged_s

    def row(self, system: str, method: str, kind: Kind) -> Row:
        """As a row."""
        return Row(
            system,
            method,
            kind,
            self.scores,
            self.right_s,
            self.wrong_s,
            self.judged_s,
            self.failed,
        )


def own_row(kind: Kind, given: Sequence[Trial]) -> Row:
    """Backstride on one kind of input."""
    tally = Tally()
    for trial in given:
        if trial.kind is kind:
            own = ours.own(trial)
            tally.add(trial, own.events, own.problem)
            if own.direction_s is not None:
                tally.add_direction(trial, *own.direction_s)
    return tally.row(ours.NAME, "", kind)


def peer_rows(peer: Peer, asked: Asked, given: Sequence[Trial]) -> list[Row]:
    """Every method of another system."""
    return [
        _peer_row(peer.package, method, kind, asked, given)
        for kind in peer.kinds
        for method in asked.methods(kind)
    ]


def _peer_row(system: str, method: str, kind: Kind, asked: Asked, given: Sequence[Trial]) -> Row:
    tally = Tally()
    for trial in given:
        if trial.kind is not kind:
            continue
        answer = asked.answers[trial.name, kind, method]
        events = Events(_arrays(answer.contacts), _arrays(answer.toe_offs))
        tally.add(trial, events, answer.problem)
        if answer.travel is not None:
            right = trial.judged_s if answer.travel == trial.told["travel"] else 0.0
            tally.add_direction(trial, right, trial.judged_s - right)
    return tally.row(system, method, kind)


def _arrays(moments: Mapping[str, Sequence[float]]) -> dict[str, Floats]:
    return {side: np.array(each, dtype=np.float64) for side, each in moments.items()}
