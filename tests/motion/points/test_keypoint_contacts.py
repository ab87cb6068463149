"""Contacts and toe-offs of made pictures of a made body, whose steps are known."""

from dataclasses import replace

import numpy as np
import pytest
from tests.motion.points.film import (
    FEET,
    Keypoints,
    seen_from_the_front,
    seen_from_the_side,
    taken,
    vaulted,
    walk,
)
from tests.motion.points.walker import STRIDE_S, Leg, recorded, walked, without

from backstride.motion import analyze
from backstride.motion.points.keypoint_contacts import contacts_of
from backstride.motion.points.sagittal import films_of
from backstride.motion.strides import SIDES, Contacts
from backstride.recording import Floats
from backstride.vocabulary import Direction, Origin, Side

WALK, BACK = Leg(8, 1.2), Leg(8, 1.0, 180)
RUN, RUN_BACK = Leg(8, 3.2, stance=0.3), Leg(8, 2.6, 180, stance=0.3)


def contacts(keypoints: Keypoints, rate_hz: float = 60.0) -> Contacts:
    track = taken(keypoints, rate_hz)
    (found,) = contacts_of(track, films_of(track))
    return found


def of_side(found: Contacts, side: Side) -> tuple[Floats, Floats]:
    """Contacts and toe-offs of one foot."""
    rows = found.side == SIDES.index(side)
    return found.contact_s[rows], found.toe_off_s[rows]


def off_by(found: Contacts, stance: float) -> Floats:
    """Found less true contacts and toe-offs; the left foot lands at whole seconds."""
    errors = []
    for side, phase in ((Side.LEFT, 0.0), (Side.RIGHT, 0.5)):
        contact, toe_off = of_side(found, side)
        for moments, share in ((contact, 0), (toe_off, stance)):
            strides = moments / STRIDE_S + phase - share
            errors.append(strides - np.rint(strides))
    return np.concatenate(errors) * STRIDE_S


@pytest.mark.parametrize("leg", [WALK, BACK, RUN, RUN_BACK])
@pytest.mark.parametrize("camera", ["fixed", "panning", "treadmill"])
def test_contacts_are_where_the_foot_lands_whichever_way_it_goes(leg: Leg, camera: str) -> None:
    """Backward, whoever takes facing for travel finds toe-offs for contacts."""
    made = walked if leg.stance < 0.5 else vaulted
    points = made(leg, rate_hz=60.0, treadmill=camera == "treadmill")
    found = contacts(seen_from_the_side(points, pan=camera == "panning"))
    for side in (Side.LEFT, Side.RIGHT):
        assert len(of_side(found, side)[0]) >= 6
    assert np.abs(off_by(found, leg.stance)).max() < 0.04
    assert (np.diff(found.contact_s) > 0).all()
    assert found.origin is Origin.POSE


@pytest.mark.parametrize("leg", [WALK, BACK])
def test_ankles_alone_will_do(leg: Leg) -> None:
    found = contacts(without(walk(leg), *FEET))
    assert len(found) >= 12
    assert np.abs(off_by(found, leg.stance)).max() < 0.05


def test_mirroring_the_picture_leaves_the_contacts() -> None:
    film = walk(BACK)
    there = contacts(film)
    back = contacts({name: place * [-1, 1] for name, place in film.items()})
    assert back.contact_s == pytest.approx(there.contact_s, abs=1e-6)
    assert back.toe_off_s == pytest.approx(there.toe_off_s, abs=1e-6)


def test_reversing_the_film_makes_toe_offs_of_contacts() -> None:
    film = walk(WALK)
    there = contacts(film)
    back = contacts({name: place[::-1] for name, place in film.items()})
    end_s = (len(film["pelvis"]) - 1) / 60
    assert np.sort(end_s - back.toe_off_s) == pytest.approx(there.contact_s, abs=0.03)


def test_who_does_not_step_has_no_contacts() -> None:
    assert len(contacts(walk(Leg(6, 0)))) == 0
    unseen = {name: np.full_like(place, np.nan) for name, place in walk(WALK).items()}
    assert films_of(taken(unseen)) == []


def test_from_the_front_no_contact_is_told() -> None:
    assert len(contacts(seen_from_the_front(walked(WALK, rate_hz=60.0)))) == 0


def test_a_foot_that_was_not_seen_has_no_contact_there() -> None:
    film = {name: place.copy() for name, place in walk(WALK).items()}
    for part in ("ankle", "toe"):
        film[f"left_{part}"][180:300] = np.nan
    left, _ = of_side(contacts(film), Side.LEFT)
    assert not ((left > 3.1) & (left < 4.9)).any()
    right, _ = of_side(contacts(film), Side.RIGHT)
    assert ((right > 3.1) & (right < 4.9)).sum() == 2


def test_speed_of_a_stride_is_that_of_a_body_of_assumed_stature() -> None:
    found = contacts(walk(BACK))
    assert found.measured["speed_mps"] == pytest.approx(1.0, rel=0.15)


def test_a_recording_of_keypoints_gives_bouts_and_strides_of_its_subject() -> None:
    """Of several people only the one whose track has the bare name counts."""
    subject = taken(walk(Leg(10, 1.0, 180)))
    passer_by = replace(taken(walk(Leg(10, 1.2))), name="keypoints:2")
    found = analyze(recorded(subject, passer_by))
    assert [bout.direction for bout in found.bouts] == [Direction.BACKWARD]
    assert len(found.strides) >= 14
    assert set(found.strides.direction) == {Direction.BACKWARD}
    assert np.median(found.strides.column("cadence_spm")) == pytest.approx(120, abs=2)
    assert np.median(found.strides.column("contact_s")) == pytest.approx(0.62, abs=0.05)
