"""Names of joints and markers of common skeletons -> our names of points of the body.

A point may go by many names. They are tried in order, the first that a file has wins; a name with
"+" is several markers whose mean is the point. Known are the joints of Bandai-Namco, CMU, 100STYLE,
LAFAN and Geno, Mixamo, 3ds Max Biped and SMPL skeletons, and the markers of Plug-in-Gait, OpenSim's
and OpenCap's models, and pose estimators that write markers (BODY_25, Pose2Sim).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Naming(StrEnum):
    """What names stand for: "LeftShoulder" is a collar bone to animators, a marker to others."""

    JOINTS = "joints"
    MARKERS = "markers"


@dataclass(frozen=True)
class Points:
    """Which of a file's joints or markers are points that we know.

    Attributes
    ----------
    indices
        Our name of a point -> the joints or markers whose mean it is, by their place in the file.
    stand_ins
        Points that are taken from a marker nearby: hips from the front of the pelvis.
    """

    indices: Mapping[str, tuple[int, ...]]
    stand_ins: frozenset[str]


_JOINTS_OF_A_SIDE: Mapping[str, str] = {
    "hip": "upleg upperleg thigh hip femur",
    "knee": "knee lowerleg lowleg leg shin calf tibia",
    "ankle": "ankle foot",
    "heel": "heel calcaneus calcn",
    "toe": "toebase toe toes ball toe0 bigtoe foot",
    "shoulder": "arm upperarm uparm humerus shoulder",
    "elbow": "elbow forearm lowerarm lowarm radius",
    "wrist": "wrist hand",
}
_JOINTS_OF_THE_MIDDLE: Mapping[str, str] = {
    "pelvis": "hips pelvis hip left.upleg+right.upleg left.upperleg+right.upperleg "
    "left.thigh+right.thigh left.hip+right.hip",
    "spine": "spine2 chest thorax spine1 spine torso upperchest",
    "neck": "neck neck1 lowerneck",
    "head": "head",
}
_MARKERS_OF_A_SIDE: Mapping[str, str] = {
    "hip": "hjc hip hipjc asi asis",
    "knee": "kjc knee+mknee lfc+mfc kneelat+kneemed lepi+mepi kne+mkne knee kne lfc kneelat lepi",
    "ankle": "ajc ankle+mankle lmal+mmal anklelat+anklemed ank+mank ankle ank lmal mal anklelat",
    "heel": "heel hee cal calc",
    "toe": "toe toetip bigtoe",
    "shoulder": "sjc shoulder sho sh acr acromion acromium",
    "elbow": "ejc lelbow+melbow lel+mel elbow elb lelbow lel",
    "wrist": "wjc lwrist+mwrist wra+wrb wristlat+wristmed faradius+faulna wrist wr wra lwrist",
}
_MARKERS_OF_THE_MIDDLE: Mapping[str, str] = {
    "pelvis": "pelvis midhip chip left.hjc+right.hjc "
    "left.asi+right.asi+left.psi+right.psi left.asis+right.asis+left.psis+right.psis "
    "left.asi+right.asi+sacr left.asis+right.asis+vsacral left.asi+right.asi "
    "left.asis+right.asis left.hip+right.hip",
    "spine": "t7 t8 t10",
    "neck": "neck c7",
    "head": "head tophead left.fhd+right.fhd+left.bhd+right.bhd left.fhd+right.fhd nose",
}
#: Markers at the front of the pelvis: as far to the sides as hips, but not where hips are.
_STAND_INS = frozenset({"asi", "asis"})

_TABLES = {
    Naming.JOINTS: (_JOINTS_OF_THE_MIDDLE, _JOINTS_OF_A_SIDE),
    Naming.MARKERS: (_MARKERS_OF_THE_MIDDLE, _MARKERS_OF_A_SIDE),
}

_NAMESPACE = re.compile(r"^.*[:|]")
_RIG = re.compile(r"^(?:mixamorig\d*|bip0*\d+|character\d*)[ _]?(?=.)", re.IGNORECASE)
_TAIL = re.compile(r"_(?:study|reg)$", re.IGNORECASE)
_SIDED = (
    re.compile(r"^(?P<side>left|right)(?P<rest>.+)$", re.IGNORECASE),
    re.compile(r"^(?P<rest>.+?)(?P<side>left|right)$", re.IGNORECASE),
    re.compile(r"^(?P<rest>.+)[ ._-](?P<side>[lr])$", re.IGNORECASE),
    re.compile(r"^(?P<side>[lr])(?P<rest>.+)$", re.IGNORECASE),
)
_SIDES = {"l": "left", "r": "right"}


def points_of(names: Sequence[str], naming: Naming) -> Points:
    """The points of the body that these joints or markers are.

    Left and right go by the same name where both have it. A joint or marker is one point at most:
    what is an ankle is not a toe as well. Means may share markers.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        for key in _keys(name):
            places.setdefault(key, place)
    middle, of_a_side = _TABLES[naming]
    indices: dict[str, tuple[int, ...]] = {}
    stand_ins = set()
    for point, choices in middle.items():
        best = next(filter(None, (_found(choice, places) for choice in choices.split())), None)
        if best:
            indices[point] = best
    for point, choices in of_a_side.items():
        for side, (choice, found) in _best_of_sides(choices.split(), places, indices).items():
            indices[f"{side}_{point}"] = found
            if choice in _STAND_INS:
                stand_ins.add(f"{side}_{point}")
    return Points(indices, frozenset(stand_ins))


def _best_of_sides(
    choices: Sequence[str], places: Mapping[str, int], indices: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Side -> the choice taken and its places; one that both sides have before any other."""
    taken = {found[0] for found in indices.values() if len(found) == 1}
    candidates = []
    for choice in choices:
        sides = {}
        for side in _SIDES.values():
            found = _found("+".join(f"{side}.{part}" for part in choice.split("+")), places)
            if found and not (len(found) == 1 and found[0] in taken):
                sides[side] = (choice, found)
        candidates.append(sides)
    both = next((sides for sides in candidates if len(sides) == len(_SIDES)), None)
    return both or {side: found for sides in reversed(candidates) for side, found in sides.items()}


def _found(choice: str, places: Mapping[str, int]) -> tuple[int, ...]:
    """Places of all parts of a choice; none where one part is absent."""
    parts = choice.split("+")
    return tuple(places[part] for part in parts) if all(p in places for p in parts) else ()


def _keys(name: str) -> Iterator[str]:
    """What a name may mean: itself, and each way to take a side off it."""
    bare = _TAIL.sub("", _RIG.sub("", _NAMESPACE.sub("", name.strip())))
    yield _plain(bare)
    for pattern in _SIDED:
        if match := pattern.match(bare):
            side, rest = match["side"].lower(), _plain(match["rest"])
            if rest:
                yield f"{_SIDES.get(side, side)}.{rest}"


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
