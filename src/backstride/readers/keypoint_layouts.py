"""JSON of pose estimators -> who was seen where in which frame, as the file has it.

Known are what these write or export, each by its own documents or code:

- OpenPose: ``people`` of ``pose_keypoints_2d``, a file for each frame, or a list of such frames;
  so do Pose2Sim and Sports2D with the points of their own models;
- AlphaPose and other writers of COCO results: a list of ``image_id`` and ``keypoints``; AlphaPose's
  two other forms: frames by the name of the picture, with ``people`` or ``bodies``;
- MMPose: ``instance_info``, or a list of ``frame_id`` and ``instances``;
- MediaPipe's landmarks as programs dump them and myogait does: a list of frames, or an object with
  ``frames``, whose points are a list of ``x``, ``y``, ``visibility``, or have names.
"""

import math
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from backstride.readers import limits
from backstride.readers.json_parts import Json, parts, text_of
from backstride.readers.samples import NAN
from backstride.recording import Notice


class Skeleton(NamedTuple):
    """Points in the order in which an estimator writes them; "-" for one of no use here."""

    name: str
    points: tuple[str, ...]


_COCO = (
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow "
    "right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle "
    "right_ankle"
)
_OPENPOSE = (
    "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow left_wrist"
    "{} right_hip right_knee right_ankle left_hip left_knee left_ankle "
    "right_eye left_eye right_ear left_ear"
)
_HALPE = (
    f"{_COCO} head neck pelvis left_toe right_toe left_small_toe right_small_toe left_heel "
    "right_heel"
)
_BLAZE = (
    "nose - left_eye - - right_eye - left_ear right_ear - - left_shoulder right_shoulder "
    "left_elbow right_elbow left_wrist right_wrist - - - - - - left_hip right_hip left_knee "
    "right_knee left_ankle right_ankle left_heel right_heel left_toe right_toe"
)
_FEET = "left_toe left_small_toe left_heel right_toe right_small_toe right_heel"


def _skeleton(name: str, points: str, count: int = 0) -> Skeleton:
    known = points.split()
    return Skeleton(name, (*known, *["-"] * (count - len(known))))


#: Our points, in one order; columns of points that have names in the file.
_NAMED = Skeleton(
    "points with names",
    tuple(dict.fromkeys(f"{_HALPE} {_FEET}".split())),
)
#: Known by how many points a person has, for the files do not say it.
_BY_COUNT: Mapping[int, Skeleton] = {
    len(one.points): one
    for one in (
        _skeleton("COCO-17", _COCO),
        _skeleton("OpenPose COCO-18", _OPENPOSE.format("")),
        _skeleton("BODY_25", f"{_OPENPOSE.format(' pelvis')} {_FEET}"),
        _skeleton("Halpe-26", _HALPE),
        _skeleton("BlazePose-33", _BLAZE),
        _skeleton("COCO-WholeBody-133", f"{_COCO} {_FEET}", 133),
        _skeleton("Halpe-136", _HALPE, 136),
    )
}
_OTHER_NAMES: Mapping[str, str] = {
    "head_top": "head",
    "mid_hip": "pelvis",
    "hip": "pelvis",
    **{
        f"{side}_{theirs}": f"{side}_{ours}"
        for side in ("left", "right")
        for theirs, ours in {"big_toe": "toe", "foot_index": "toe"}.items()
    },
}

_FRAME_LISTS = frozenset({"frames", "poses", "instance_info", "predictions", "results"})
_FACTS = ("meta", "metadata", "info", "meta_info", "video", "video_info", "extraction")
_LANDMARKS = ("landmarks", "pose_landmarks", "poseLandmarks", "keypoints")
_NUMBERS = (
    "image_id", "frame", "frame_id", "frame_idx", "frameIdx", "frame_index", "frameIndex",
    "frame_number", "frameNumber", "frame_num",
)  # fmt: skip
#: Key of a time -> its seconds; NaN where only its steps can tell.
_TIMES: Mapping[str, float] = {
    **dict.fromkeys(("time_s", "timestamp_s", "timestamp_sec", "time_sec", "seconds"), 1.0),
    **dict.fromkeys(("timestamp_ms", "time_ms", "timestampMs", "timeMs"), 0.001),
    **dict.fromkeys(("timestamp", "time"), NAN),
}
_RATES = ("fps", "frame_rate", "frameRate", "framerate", "frame_rate_hz", "fps_effective")
_SIZES = (("width", "height"), ("canvas_width", "canvas_height"), ("frame_width", "frame_height"))
_SIZE_PAIRS = ("image_size", "imageSize", "resolution", "frame_size")
_CONFIDENCES = ("visibility", "confidence", "score", "likelihood")
_IDS = ("person_id", "idx", "track_id", "instance_id")
_DIGITS = re.compile(r"(\d+)\D*$")
_LIKE_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s-]+")


class Person(NamedTuple):
    """One person in one frame.

    `how_many` is how many points the estimator has, or 0 for points by name; `values` are x, y and
    confidence of each in turn, NaN for what is not there; `id` the file's own number of that
    person, NaN for none.
    """

    how_many: int
    values: Sequence[float]
    id: float


@dataclass
class Seen:
    """All people of one kind of skeleton, as they come.

    Attributes
    ----------
    frames, ids
        For each person seen, the place of the frame in `Sightings`, and the file's own number.
    values
        x, y and confidence of all points of each.
    """

    frames: "array[int]" = field(default_factory=lambda: array("q"))
    ids: "array[float]" = field(default_factory=lambda: array("d"))
    values: "array[float]" = field(default_factory=lambda: array("d"))


@dataclass
class Sightings:
    """What a file or a row of files says.

    Attributes
    ----------
    numbers, times
        Of each frame, as the file counts them; NaN where it does not.
    tick_s
        Seconds that the times count; NaN where the file does not say.
    seen
        Number of points -> all people that have so many; 0 for points by name.
    rate_hz, size_px
        Frames a second, and width and height of the pictures; NaN where they are not there.
    mirrored
        Whether the file says that its pictures were mirrored, and left and right swapped.
    guessed_feet
        Frames whose heels and toes were worked out from the shank; they are left out.
    """

    numbers: "array[float]" = field(default_factory=lambda: array("d"))
    times: "array[float]" = field(default_factory=lambda: array("d"))
    tick_s: float = NAN
    seen: dict[int, Seen] = field(default_factory=dict)
    rate_hz: float = NAN
    size_px: tuple[float, float] = (NAN, NAN)
    mirrored: bool = False
    guessed_feet: int = 0
    notices: list[Notice] = field(default_factory=list)

    def skeleton(self) -> Skeleton | None:
        """The points of most people; None where there are none that are known."""
        known = {n: one for n, one in self.seen.items() if n in _BY_COUNT or n == 0}
        most = max(known, key=lambda n: len(known[n].frames), default=None)
        return None if most is None else _BY_COUNT.get(most, _NAMED)

    @property
    def people(self) -> Seen:
        """All people with the points of most; nobody where none are known."""
        skeleton = self.skeleton()
        count = 0 if skeleton in (None, _NAMED) else len(skeleton.points)
        return self.seen.get(count, Seen())


def is_keypoints(head: bytes) -> bool:
    """Whether a file that begins so has frames of people's points."""
    return bool(len(_taken(head).numbers))


def is_one_frame(head: bytes) -> bool:
    """Whether a file that begins so is one frame of people's points, as OpenPose writes them."""
    facts: dict[str, Json] = {}
    try:
        for key, value in parts(text_of(head), ()):
            if not key:
                return _is_instance(value)
            facts[key] = value
    except ValueError:
        pass
    return people_in(facts) is not None


def sightings_of(data: bytes) -> Sightings:
    """What is in a file; what is behind damage is lost, with a notice."""
    return _taken(data)


def sightings_of_frames(frames: Iterable[tuple[float, bytes]]) -> Sightings:
    """What is in files of one frame each, by their numbers."""
    found = Sightings()
    broken = 0
    for number, data in frames:
        one = _taken(data)
        broken += not len(one.numbers)
        for count, seen in one.seen.items():
            into = found.seen.setdefault(count, Seen())
            into.frames.extend(array("q", [len(found.numbers)]) * len(seen.frames))
            into.ids.extend(seen.ids)
            into.values.extend(seen.values)
        found.numbers.append(number)
        found.times.append(NAN)
        if not math.isnan(one.rate_hz):
            found.rate_hz = one.rate_hz
        if not math.isnan(one.size_px[0]):
            found.size_px = one.size_px
    if broken:
        message = f"{broken} of {len(found.numbers)} frames are damaged; nobody is seen in them"
        found.notices.append(Notice("frames_unreadable", message))
    return found


def _taken(data: bytes) -> Sightings:
    found = Sightings()
    facts: dict[str, Json] = {}
    pictures: dict[str, int] = {}
    text = text_of(data)
    try:
        for key, value in parts(text, _FRAME_LISTS):
            people = None if key in _FACTS else people_in(value)
            if people is None:
                facts[key] = value
            else:
                _add(found, value, people, key, pictures)
    except ValueError:
        message = f"the file is damaged after {len(found.numbers)} frames; the rest is lost"
        found.notices.append(Notice("damaged", message))
    if not len(found.numbers):
        people = people_in(facts)
        if people is not None:
            _add(found, facts, people, "", pictures)
    _take_facts(found, facts)
    return found


def _take_facts(found: Sightings, facts: Mapping[str, Json]) -> None:
    for one in (facts, *map(facts.get, _FACTS)):
        if not isinstance(one, dict):
            continue
        rate = next((_number(one[key]) for key in _RATES if key in one), NAN)
        if not math.isnan(rate) and math.isnan(found.rate_hz):
            found.rate_hz = rate
        size = _size(one)
        if not math.isnan(size[0]) and math.isnan(found.size_px[0]):
            found.size_px = size
        found.mirrored |= one.get("was_flipped") is True


def _size(one: Mapping[str, Json]) -> tuple[float, float]:
    """Width and height that an object names; NaN where it names none."""
    for width, height in _SIZES:
        if width in one and height in one:
            return _number(one[width]), _number(one[height])
    for key in _SIZE_PAIRS:
        match one.get(key):
            case [across, down]:
                return _number(across), _number(down)
            case str() as text:
                sides = re.findall(r"\d+", text[:20])
                if len(sides) == 2:
                    return float(sides[0]), float(sides[1])
            case {"width": across, "height": down}:
                return _number(across), _number(down)
    return NAN, NAN


def _add(
    found: Sightings, frame: Json, people: Iterable[Person], key: str, pictures: dict[str, int]
) -> None:
    """Take a frame; people of one picture that come one by one are in one frame."""
    about = frame if isinstance(frame, dict) else {}
    name = next((about[word] for word in _NUMBERS if word in about), None)
    if name is None and key and key not in _FRAME_LISTS:
        name = key
    picture = f"{name}" if name is not None else ""
    if picture and "image_id" in about:
        at = pictures.setdefault(picture, len(found.numbers))
    elif _is_instance(frame):
        at = 0
    else:
        at = len(found.numbers)
    if at == len(found.numbers):
        time = next((word for word in _TIMES if word in about), None)
        found.numbers.append(_number_in(name))
        found.times.append(NAN if time is None else _number(about[time]))
        if time is not None:
            found.tick_s = _TIMES[time]
        if math.isnan(found.size_px[0]):
            found.size_px = _size(about)
    guessed = about.get("foot_landmarks_source") == "estimated"
    found.guessed_feet += guessed
    for person in people:
        seen = found.seen.setdefault(person.how_many, Seen())
        seen.frames.append(at)
        seen.ids.append(person.id)
        values = array("d", person.values)
        if guessed and not person.how_many:
            _forget_feet(values)
        seen.values.extend(values)


def _forget_feet(values: "array[float]") -> None:
    """Take out heels and toes that myogait worked out: it gives them a visibility of one half."""
    for place, point in enumerate(_NAMED.points):
        if point.endswith(("heel", "toe")) and values[3 * place + 2] == 0.5:
            values[3 * place : 3 * place + 3] = array("d", [NAN, NAN, NAN])


def people_in(frame: Json) -> list[Person] | None:
    """Who is seen in a frame; None for what is no frame."""
    if isinstance(frame, list):
        return _people_in_list(frame)
    if not isinstance(frame, dict):
        return None
    for key, inside in (
        ("people", ("pose_keypoints_2d", "pose_keypoints")),
        ("bodies", ("joints",)),
        ("instances", ("keypoints",)),
    ):
        group = frame.get(key)
        if isinstance(group, list):
            people = [_person(one, inside) for one in group]
            # An empty list could be anybody's; these say of themselves what they are.
            known = group or "version" in frame or key == "instances"
            return None if None in people or not known else [one for one in people if one]
    for key in _LANDMARKS:
        if key in frame:
            return _people_with_landmarks(frame, key)
    return None


def _people_in_list(frame: list[Json]) -> list[Person] | None:
    """A list of people, or of the points of one."""
    if not frame or not isinstance(frame[0], dict):
        return None
    if "keypoints" in frame[0]:
        people = [_person(one, ("keypoints",)) for one in frame]
        return None if None in people else [one for one in people if one]
    values = _points(frame)
    return None if values is None else [Person(*values, NAN)]


def _people_with_landmarks(frame: dict[str, Json], key: str) -> list[Person] | None:
    points = frame[key]
    if isinstance(points, dict) and isinstance(points.get("landmark"), list):
        points = points["landmark"]
    # Without a number or a time an empty list of landmarks could be of anything.
    if not points:
        return [] if any(word in frame for word in chain(_NUMBERS, _TIMES)) else None
    if isinstance(points, list) and isinstance(points[0], list) and key != "keypoints":
        people = [_points(one) for one in points]
        return None if None in people else [Person(*one, NAN) for one in people if one]
    one = _person(frame, (key,))
    return None if one is None else [one]


def _is_instance(value: Json) -> bool:
    """Whether this is a person of MMPose, with nothing that says of which frame."""
    return (
        isinstance(value, dict)
        and "keypoint_scores" in value
        and not any(word in value for word in _NUMBERS)
    )


def _person(one: Json, keys: Sequence[str]) -> Person | None:
    """A person whose points are under the first of `keys` that is there; None for no person."""
    if not isinstance(one, dict):
        return None
    points = next((one[key] for key in keys if key in one), None)
    values = _points(points, one.get("keypoint_scores"))
    if values is None:
        return None
    number = next((one[key] for key in _IDS if key in one), None)
    while isinstance(number, list) and number:
        number = number[0]
    own = _number(number)
    return Person(*values, own if own >= 0 else NAN)


def _points(points: Json, scores: Json = None) -> tuple[int, Sequence[float]] | None:
    """How many points, and x, y, confidence of each in turn; None for what are no points."""
    if isinstance(points, dict):
        return _named(points.items())
    if not isinstance(points, list) or not points or len(points) > limits.MAX_COLUMNS * 3:
        return None
    first = points[0]
    if isinstance(first, dict):
        if "name" in first:
            named = ((p.get("name"), p) for p in points if isinstance(p, dict))
            return _named((name, p) for name, p in named if isinstance(name, str))
        flat = [value for point in points for value in _of_point(point)]
        return None if all(map(math.isnan, flat)) else (len(points), flat)
    if isinstance(first, list):
        return _rows(points, scores)
    if len(points) % 3:
        return None
    try:
        return len(points) // 3, array("d", points)  # type: ignore[arg-type]  # if not, TypeError
    except TypeError:
        values = [_number(value) for value in points]
        return None if all(map(math.isnan, values)) else (len(points) // 3, values)


def _rows(points: Sequence[Json], scores: Json) -> tuple[int, Sequence[float]] | None:
    """Points as lists of x, y and confidence; the confidence may be in `scores`."""
    widths = {len(point) if isinstance(point, list) else 0 for point in points}
    if not widths <= {2, 3} or len(widths) != 1:
        return None
    third = scores if isinstance(scores, list) and len(scores) == len(points) else None
    flat = []
    for place, point in enumerate(points):
        x, y, *rest = (_number(value) for value in point) if isinstance(point, list) else (NAN, NAN)
        flat += [x, y, _number(third[place]) if third else rest[0] if rest else NAN]
    return len(points), flat


def _named(items: Iterable[tuple[str, Json]]) -> tuple[int, Sequence[float]] | None:
    """Points by name in the order of `_NAMED`; None where no name is known."""
    values = [NAN] * (3 * len(_NAMED.points))
    known = False
    for name, point in items:
        ours, exact = _our_name(name)
        if ours is None or not isinstance(point, dict):
            continue
        at = 3 * _NAMED.points.index(ours)
        # A big toe is a better toe than what lies halfway to the small one.
        if exact or math.isnan(values[at]):
            values[at : at + 3] = _of_point(point)
            known = True
    return (0, values) if known else None


@lru_cache(maxsize=1024)
def _our_name(name: str) -> tuple[str | None, bool]:
    """Our name of a point, and whether it is not a stand-in."""
    plain = _LIKE_SNAKE.sub("_", name[:60]).lower()
    ours = _OTHER_NAMES.get(plain, plain)
    return (ours if ours in _NAMED.points else None), not plain.endswith("foot_index")


def _of_point(point: Json) -> tuple[float, float, float]:
    if not isinstance(point, dict):
        return NAN, NAN, NAN
    sure = next((point[word] for word in _CONFIDENCES if word in point), None)
    return _number(point.get("x")), _number(point.get("y")), _number(sure)


def _number(value: Json) -> float:
    """The number that a value is; NaN for any other one."""
    return float(value) if isinstance(value, float | int) and math.isfinite(value) else NAN


def _number_in(name: Json) -> float:
    """The number of a frame: itself, or the last digits of a picture's name; NaN for none."""
    if isinstance(name, str):
        digits = _DIGITS.search(name.rpartition(".")[0] or name)
        return float(digits[1]) if digits and len(digits[1]) <= 15 else NAN
    return _number(name)
