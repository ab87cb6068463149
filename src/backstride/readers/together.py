"""Files that are one recording together: frames of a clip, tables of one phone."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from backstride.readers import limits
from backstride.readers.told import Told
from backstride.recording import Recording, Source

FRAME_SUFFIX = ".json"
#: The last number in a name, whatever follows it: ``clip_000000000012_keypoints.json``.
_NUMBERED = re.compile(r"^(?P<before>.*?)(?P<number>\d+)(?P<after>\D*)$")

Head = Callable[[str], bytes]
Frames = Mapping[float, str]


@dataclass(frozen=True)
class Together:
    """Several files of one folder.

    Attributes
    ----------
    name
        What the recording is called: a pattern that its files have in common.
    files
        Their names.
    frames
        Number of a frame -> name of its file; empty for what are no frames.
    """

    name: str
    files: tuple[str, ...]
    frames: Frames

    def read(self, content: Callable[[str], bytes], told: Told) -> Recording:
        """All of them as one recording.

        Parameters
        ----------
        content
            Name -> bytes of a file.

        Raises
        ------
        ReadError
            A file cannot be read, or they are not what they seemed to be.
        """
        digest = hashlib.sha256()
        size = 0
        contents = {}
        for name in self.files:
            contents[name] = content(name)
            digest.update(contents[name])
            size += len(contents[name])
            if size > limits.MAX_FILE_BYTES:
                reason = f"is larger than {limits.MAX_FILE_BYTES:,} bytes"
                raise limits.refuse(self.name, None, reason)
        if self.frames:
            from backstride.readers import keypoints

            source = Source(self.name, digest.hexdigest(), "keypoints")
            numbered = [(number, contents[name]) for number, name in self.frames.items()]
            return keypoints.of_frames(numbered, source, told)
        from backstride.readers import phone_tables

        return phone_tables.recording_of(contents, Source(self.name, digest.hexdigest(), "imu"))


def in_folder(names: Iterable[str], head_of: Head) -> Iterator[Together]:
    """What files of one folder are one recording together.

    Parameters
    ----------
    names
        Of files of one folder.
    head_of
        Name -> the beginning of the file.
    """
    from backstride.readers import keypoints, phone_tables

    known = sorted(names)
    for clip, frames in by_clip(known).items():
        if len(frames) > 1 and keypoints.is_one_frame(head_of(next(iter(frames.values())))):
            yield Together(clip, tuple(frames.values()), frames)
    tables = [name for name in known if PurePosixPath(name).suffix.lower() == ".csv"]
    if len(tables) > 1 and (parts := phone_tables.session(tables, head_of)):
        yield Together(phone_tables.names_of(parts), parts, {})


def may_be_part(name: str, head: bytes) -> bool:
    """Whether a file that begins so may be one of several that are one recording."""
    from backstride.readers import keypoints, phone_tables

    if PurePosixPath(name).suffix.lower() == FRAME_SUFFIX:
        return keypoints.is_one_frame(head)
    return phone_tables.may_be_part(name, head)


def by_clip(names: Iterable[str]) -> Mapping[str, Frames]:
    """Names of JSON files with a number, by what they have in common: pattern -> number -> name.

    >>> by_clip(["a/x_01_keypoints.json", "a/x_02_keypoints.json"])
    {'a/x_*_keypoints.json': {1.0: 'a/x_01_keypoints.json', 2.0: 'a/x_02_keypoints.json'}}
    """
    clips: dict[str, dict[float, str]] = {}
    for name in names:
        path = PurePosixPath(name)
        found = _NUMBERED.match(path.stem)
        if found is None or path.suffix.lower() != FRAME_SUFFIX or len(found["number"]) > 15:
            continue
        pattern = path.with_name(f"{found['before']}*{found['after']}{path.suffix}")
        clips.setdefault(str(pattern), {})[float(found["number"])] = name
    return {clip: dict(sorted(frames.items())) for clip, frames in clips.items()}
