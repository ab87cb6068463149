"""The same half second of two people in every layout of keypoints.

The subject is large, faces right and glides left, so it goes backward; its nose is unseen once.
Somebody smaller goes right and is gone halfway.
"""

import json
from collections.abc import Mapping, Sequence

FRAMES = 12
FRAME_RATE_HZ = 25
WIDTH_PX, HEIGHT_PX = 1000, 500
NO_NOSE_AT = 5
CONFIDENCE = 0.75
GLIDE_PX = -10
OTHER_GLIDE_PX = 4
OTHER_GONE_AT = 6
#: Our name -> pixels right of and below the middle of the hips.
BODY: Mapping[str, tuple[int, int]] = {
    "nose": (30, -200),
    "left_shoulder": (10, -150),
    "right_shoulder": (-10, -150),
    "left_hip": (10, 0),
    "right_hip": (-10, 0),
    "left_ankle": (0, 150),
    "right_ankle": (-20, 150),
    "left_toe": (50, 170),
    "right_toe": (30, 170),
}
#: Points that estimators put in the middle of two others.
MIDDLES: Mapping[str, tuple[int, int]] = {"neck": (0, -150), "pelvis": (0, 0)}
_ALL = {**BODY, **MIDDLES}
_COCO_17 = (
    "nose left_eye right_eye left_ear right_ear left_shoulder right_shoulder left_elbow "
    "right_elbow left_wrist right_wrist left_hip right_hip left_knee right_knee left_ankle "
    "right_ankle"
)
#: Order of points by what estimators call themselves.
_ORDERS: Mapping[str, str] = {
    "COCO-17": _COCO_17,
    "OpenPose COCO-18": "nose neck right_shoulder right_elbow right_wrist left_shoulder "
    "left_elbow left_wrist right_hip right_knee right_ankle left_hip left_knee left_ankle "
    "right_eye left_eye right_ear left_ear",
    "BODY_25": "nose neck right_shoulder right_elbow right_wrist left_shoulder left_elbow "
    "left_wrist pelvis right_hip right_knee right_ankle left_hip left_knee left_ankle right_eye "
    "left_eye right_ear left_ear left_toe left_small_toe left_heel right_toe right_small_toe "
    "right_heel",
    "Halpe-26": f"{_COCO_17} head neck pelvis left_toe right_toe left_small_toe right_small_toe "
    "left_heel right_heel",
    "BlazePose-33": "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye "
    "right_eye_outer left_ear right_ear mouth_left mouth_right left_shoulder right_shoulder "
    "left_elbow right_elbow left_wrist right_wrist left_pinky right_pinky left_index right_index "
    "left_thumb right_thumb left_hip right_hip left_knee right_knee left_ankle right_ankle "
    "left_heel right_heel left_toe right_toe",
}


def points_of(order: str) -> list[str]:
    """Points in the order in which an estimator writes them."""
    return _ORDERS[order].split()


def hips_at(frame: int) -> tuple[int, int]:
    """Where the middle of the subject's hips is, pixels."""
    return 700 + GLIDE_PX * frame, 300


def place_of(point: str, frame: int) -> tuple[int, int] | None:
    """Where a point of the subject is; None where it is unseen."""
    if point not in _ALL or (point == "nose" and frame == NO_NOSE_AT):
        return None
    x, y = hips_at(frame)
    return x + _ALL[point][0], y + _ALL[point][1]


def _other(point: str, frame: int) -> tuple[int, int] | None:
    if point not in _ALL or frame >= OTHER_GONE_AT:
        return None
    return 240 + OTHER_GLIDE_PX * frame + _ALL[point][0] // 5, 300 + _ALL[point][1] // 5


def _flat(points: Sequence[str], frame: int, *, other: bool = False) -> list[float]:
    """x, y, confidence of each point; zeros for what is unseen."""
    flat: list[float] = []
    for point in points:
        place = (_other if other else place_of)(point, frame)
        flat += [0, 0, 0] if place is None else [*place, CONFIDENCE]
    return flat


def myogait() -> bytes:
    """Shares of the picture by name, with rate and size; one person."""
    frames = []
    for frame in range(FRAMES):
        places = {
            point.upper().replace("TOE", "FOOT_INDEX"): place_of(point, frame) for point in BODY
        }
        landmarks = {
            name: {"x": place[0] / WIDTH_PX, "y": place[1] / HEIGHT_PX, "visibility": CONFIDENCE}
            if place
            else {"x": float("nan"), "y": float("nan"), "visibility": 0.0}
            for name, place in places.items()
        }
        frames.append({"frame_idx": frame, "landmarks": landmarks})
    meta = {"fps": FRAME_RATE_HZ, "width": WIDTH_PX, "height": HEIGHT_PX, "n_frames": FRAMES}
    document = {"meta": meta, "extraction": None, "frames": frames}
    return json.dumps(document, separators=(",", ":")).encode()


def openpose_frame(frame: int, order: str = "BODY_25") -> bytes:
    """One file of OpenPose, of which there is one for each frame; the subject is the second."""
    people = [_flat(points_of(order), frame)]
    if frame < OTHER_GONE_AT:
        people.insert(0, _flat(points_of(order), frame, other=True))
    return json.dumps(
        {
            "version": 1.3,
            "people": [{"person_id": [-1], "pose_keypoints_2d": flat} for flat in people],
        }
    ).encode()


def openpose_list(order: str = "BODY_25") -> bytes:
    """All frames of OpenPose in one list."""
    return b"[" + b",".join(openpose_frame(frame, order) for frame in range(FRAMES)) + b"]"


def coco_results(order: str = "COCO-17", *, tracked: bool = False) -> bytes:
    """Results as COCO has them and AlphaPose writes them."""
    results = []
    for frame in range(FRAMES):
        for other in (True, False)[frame >= OTHER_GONE_AT :]:
            one = {
                "image_id": f"{frame}.jpg",
                "category_id": 1,
                "keypoints": _flat(points_of(order), frame, other=other),
                "score": 2.9,
            }
            results.append({**one, "idx": 7 if other else 3} if tracked else one)
    return json.dumps(results).encode()


def alphapose_as_openpose(order: str = "OpenPose COCO-18") -> bytes:
    """AlphaPose's other form: frames by the name of their picture."""
    frames = {f"{frame}.jpg": json.loads(openpose_frame(frame, order)) for frame in range(FRAMES)}
    return json.dumps(frames).encode()


def mmpose(order: str = "COCO-17", *, with_meta: bool = True) -> bytes:
    """MMPose's demo, or without what it says of itself its inferencer: scores stand apart."""
    frames = []
    for frame in range(FRAMES):
        instances = []
        for other in (True, False)[frame >= OTHER_GONE_AT :]:
            flat = _flat(points_of(order), frame, other=other)
            rows = [flat[k : k + 2] for k in range(0, len(flat), 3)]
            instances.append({"keypoints": rows, "keypoint_scores": flat[2::3], "bbox": [[0, 0]]})
        frames.append({"frame_id": frame + 1, "instances": instances})
    if not with_meta:
        return json.dumps(frames).encode()
    return json.dumps({"meta_info": {"dataset_name": "coco"}, "instance_info": frames}).encode()


def mediapipe() -> bytes:
    """Landmarks of MediaPipe as programs dump them: shares of the picture, times, no rate."""
    frames = []
    for frame in range(FRAMES):
        landmarks = []
        for point in points_of("BlazePose-33"):
            x, y = place_of(point, frame) or (0, 0)
            landmarks.append(
                {
                    "x": x / WIDTH_PX,
                    "y": y / HEIGHT_PX,
                    "z": -0.1,
                    "visibility": CONFIDENCE if x else 0,
                }
            )
        stamp = round(1000 * frame / FRAME_RATE_HZ)
        frames.append({"frame": frame, "timestamp": stamp, "landmarks": landmarks})
    return json.dumps(frames).encode()


def all_layouts() -> tuple[bytes, ...]:
    """A file of each layout."""
    return (
        myogait(),
        openpose_frame(0),
        openpose_list(),
        coco_results("Halpe-26", tracked=True),
        coco_results(),
        alphapose_as_openpose(),
        mmpose(),
        mmpose(with_meta=False),
        mediapipe(),
    )
