"""What every sensor of a recording says of direction, and the contacts that it saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backstride.errors import RequestError
from backstride.motion import points
from backstride.motion.clues import Clues
from backstride.motion.imu import foot, heading, trunk, trunk_contacts
from backstride.motion.imu.inertial import Inertial, inertial_of
from backstride.motion.points import (
    Body,
    joints,
    keypoint_contacts,
    keypoints,
    picture,
    pose,
    sagittal,
)
from backstride.motion.points import contacts as point_contacts
from backstride.motion.strides import Contacts
from backstride.recording import Notice, Recording, Track


@dataclass(frozen=True)
class Shown:
    """What sensors show.

    Attributes
    ----------
    clues, contacts
        Of all of them.
    notices
        Which sensors could not be used, and why.
    bodies
        Stretches of the points of the body.
    """

    clues: tuple[Clues, ...] = ()
    contacts: tuple[Contacts, ...] = ()
    notices: tuple[Notice, ...] = ()
    bodies: tuple[Body, ...] = ()


def shown_by(recording: Recording) -> Shown:
    """All sensors of a recording, each by its kind, and heading against course where both are."""
    parts = [
        reader(track)
        for track in recording.tracks
        if (reader := _SENSORS.get(track.name.partition(":")[0])) is not None
    ]
    return Shown(
        clues=(*(one for part in parts for one in part.clues), *heading.clues_of(recording)),
        contacts=tuple(one for part in parts for one in part.contacts),
        notices=tuple(one for part in parts for one in part.notices),
        bodies=tuple(one for part in parts for one in part.bodies),
    )


def _points(track: Track) -> Shown:
    bodies = points.bodies_of(track)
    return Shown(
        clues=tuple(pose.clues_of(track, bodies)),
        contacts=tuple(point_contacts.contacts_of(track, bodies)),
        bodies=bodies,
    )


def _joints(track: Track) -> Shown:
    return Shown(clues=tuple(joints.clues_of(track)))


def _keypoints(track: Track) -> Shown:
    # Of several people in a picture the subject's track has the bare name.
    if track.name != picture.TRACK:
        return Shown()
    films = sagittal.films_of(track)
    return Shown(
        clues=tuple(keypoints.clues_of(track, films)),
        contacts=tuple(keypoint_contacts.contacts_of(track, films)),
        notices=tuple(keypoints.notices_of(films)),
    )


def _inertial(track: Track) -> Shown:
    try:
        inertial = inertial_of(track)
        return _foot(inertial) if inertial.place.endswith("foot") else _trunk_or_thigh(inertial)
    except RequestError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return Shown(notices=(Notice("sensor_not_used", f"{error}{hint}"),))


def _foot(inertial: Inertial) -> Shown:
    strides = foot.foot_strides(inertial)
    return Shown(
        clues=(foot.clues_of(strides),),
        contacts=(foot.contacts_of(strides),),
        notices=strides.notices,
    )


def _trunk_or_thigh(inertial: Inertial) -> Shown:
    clues = trunk.clues_of(inertial)
    steps = (trunk_contacts.contacts_of(inertial),) if inertial.place in _TRUNK else ()
    return Shown(clues=(clues,), contacts=steps, notices=inertial.notices)


#: Places where each step is felt as a push of the whole body.
_TRUNK = ("lower_back", "pelvis", "chest")

#: What a track's name begins with -> who reads it.
_SENSORS: Mapping[str, Callable[[Track], Shown]] = {
    points.TRACK: _points,
    picture.TRACK: _keypoints,
    joints.TRACK: _joints,
    "imu": _inertial,
}
