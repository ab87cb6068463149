"""Backstride on the same inputs, by what its analysis is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backstride.motion.bouts import Bout
from backstride.motion.imu.inertial import ACCELERATION, ANGULAR_VELOCITY
from backstride.motion.sensed import sensed
from backstride.motion.sensors import shown_by
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Device, Floats, Recording, Section, Source, Track
from backstride.vocabulary import Direction, Side, Sport
from validation.peers.inputs import Kind, Trial
from validation.peers.scoring import BOTH, Events

NAME = "Backstride"


@dataclass(frozen=True, eq=False)
class Own:
    """What Backstride finds in one trial.

    Attributes
    ----------
    direction_s
        Judged time whose direction it calls right, and the opposite of right; the rest it calls
        unknown, turning, sideways or still. None where the sensor says nothing of the direction.
    """

    events: Events
    direction_s: tuple[float, float] | None = None
    problem: str = ""


def own(trial: Trial) -> Own:
    """Backstride's answer to a trial."""
    end_s = float(trial.t_s[-1])
    recording = Recording(
        start_utc=None,
        tracks=(_track(trial),),
        laps=(),
        sections=(Section(0.0, end_s, Sport.UNKNOWN),),
        device=Device(),
        source=Source(trial.name, "", "made"),
    )
    shown = shown_by(recording)
    found = sensed(shown.clues, end_s)
    events = _events(shown.contacts)
    problem = "" if shown.contacts else "; ".join(notice.message for notice in shown.notices)
    return Own(events, _seconds(trial, found.bouts) if found else None, problem)


def _track(trial: Trial) -> Track:
    """As a reader would hand it over."""
    values = np.hstack(list(trial.arrays.values()))
    if trial.kind is Kind.POINTS:
        names = tuple(f"point:{name}.{axis}" for name in trial.arrays for axis in "xyz")
        return Track("points", trial.t_s, values, names)
    if trial.kind is Kind.KEYPOINTS:
        parts = ("x", "y", "confidence")
        names = tuple(f"keypoint:{name}.{part}" for name in trial.arrays for part in parts)
        return Track("keypoints", trial.t_s, values, names)
    values = np.hstack([trial.arrays["acceleration"], trial.arrays["turning"]])
    place = "lower_back" if trial.kind is Kind.BACK else f"{trial.told['side']}_foot"
    return Track(f"imu:{place}", trial.t_s, values, ACCELERATION + ANGULAR_VELOCITY)


_OPPOSITE: Mapping[Direction, Direction] = {
    Direction.FORWARD: Direction.BACKWARD,
    Direction.BACKWARD: Direction.FORWARD,
}


def _seconds(trial: Trial, bouts: Sequence[Bout]) -> tuple[float, float]:
    """Judged time that is called right, and the opposite of right."""
    right, wrong = (
        sum(
            max(0.0, min(bout.end_s, end) - max(bout.start_s, begin))
            for bout in bouts
            if bout.direction is direction
            for begin, end in trial.judged
        )
        for direction in (trial.direction, _OPPOSITE[trial.direction])
    )
    return right, wrong


def _events(found: Sequence[Contacts]) -> Events:
    """By side; under `BOTH` where no side is known."""
    contacts: dict[str, list[Floats]] = {}
    toe_offs: dict[str, list[Floats]] = {}
    for one in found:
        for code in np.unique(one.side):
            side = SIDES[int(code)]
            name = BOTH if side is Side.UNKNOWN else str(side)
            mine = one.side == code
            left = one.toe_off_s[mine]
            contacts.setdefault(name, []).append(one.contact_s[mine])
            toe_offs.setdefault(name, []).append(left[np.isfinite(left)])
    return Events(
        {side: np.concatenate(parts) for side, parts in contacts.items()},
        {side: np.concatenate(parts) for side, parts in toe_offs.items()},
    )
