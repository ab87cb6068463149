"""Files of one frame each, as OpenPose writes them, put together by their names."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

from backstride.readers import limits
from backstride.readers.told import Told
from backstride.recording import Recording, Source

SUFFIX = ".json"
#: The last number in a name, whatever follows it: ``clip_000000000012_keypoints.json``.
_NUMBERED = re.compile(r"^(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)$")

Frames = Mapping[str, Mapping[float, str]]


def by_clip(names: Iterable[str]) -> Frames:
    """Names of JSON files with a number, by what they have in common: pattern -> number -> name.

    Folders belong to the pattern, so each clip is in one folder.

    >>> by_clip(["a/x_01_keypoints.json", "a/x_02_keypoints.json"])
    {'a/x_*_keypoints.json': {1.0: 'a/x_01_keypoints.json', 2.0: 'a/x_02_keypoints.json'}}
    """
    clips: dict[str, dict[float, str]] = {}
    for name in names:
        path = PurePosixPath(name)
        found = _NUMBERED.match(path.stem)
        if found is None or path.suffix.lower() != SUFFIX or len(found["number"]) > 15:
            continue
        pattern = path.with_name(f"{found['before']}*{found['after']}{path.suffix}")
        clips.setdefault(str(pattern), {})[float(found["number"])] = name
    return clips


def recording_of(
    clip: str, frames: Mapping[float, str], content: Callable[[str], bytes], told: Told
) -> Recording:
    """A clip as one recording.

    Parameters
    ----------
    clip
        What the recording is called.
    frames
        Number -> name of a file.
    content
        Name -> its bytes.

    Raises
    ------
    ReadError
        A file cannot be read, or `keypoints.of_frames` cannot make anything of them.
    """
    from backstride.readers import keypoints

    digest = hashlib.sha256()
    size = 0
    numbered = []
    for number in sorted(frames):
        data = content(frames[number])
        digest.update(data)
        size += len(data)
        if size > limits.MAX_FILE_BYTES:
            raise limits.refuse(clip, None, f"is larger than {limits.MAX_FILE_BYTES:,} bytes")
        numbered.append((number, data))
    return keypoints.of_frames(numbered, Source(clip, digest.hexdigest(), "keypoints"), told)
