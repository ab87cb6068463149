"""Where the real recordings are; the project itself holds none."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from backstride.errors import ReadError
from backstride.readers import read_many
from backstride.recording import Recording
from backstride.vocabulary import Sport

ROOT = Path(os.environ.get("BACKSTRIDE_DATA", Path(__file__).parent.parent.parent / "shared/data"))
CORPUS = ROOT / "activity-corpus"
MALFORMED = ROOT / "activity-malformed"

_SUFFIXES = (".fit", ".tcx", ".gpx")


def files_of(folder: Path) -> tuple[Path, ...]:
    """Recordings in a folder, by name; none where it is absent."""
    return tuple(sorted(p for p in folder.glob("*") if p.suffix in _SUFFIXES))


def why_not() -> str:
    """Why the real recordings cannot be read here, or ""."""
    if not CORPUS.is_dir():
        return (
            f"no recordings at {ROOT.name}/activity-corpus; set BACKSTRIDE_DATA to where they are"
        )
    if find_spec("backstride.readers.fit") is None:
        return "the FIT reader is not there"
    return ""


def recordings_of(path: Path) -> tuple[Recording, ...]:
    """What can be read in a file."""
    return tuple(one for one in read_many(path) if not isinstance(one, ReadError))


@dataclass(frozen=True, eq=False)
class Run:
    """One real forward run.

    `tuning` says whether the watch model was tuned on it: whether any file that holds it has an
    even place among the sorted names of the corpus. What several files hold is one run.
    """

    names: tuple[str, ...]
    recording: Recording
    tuning: bool


def runs() -> tuple[Run, ...]:
    """Every run of the corpus, once; a run is known by its start."""
    found: dict[object, Run] = {}
    place = 0
    for path in files_of(CORPUS):
        for recording in recordings_of(path):
            if recording.sport is not Sport.RUNNING or not recording.tracks:
                continue
            key = recording.start_utc or path.name
            found[key] = _joined(found.get(key), path.name, recording, tuning=place % 2 == 0)
            place += 1
    return tuple(found.values())


def _joined(known: Run | None, name: str, recording: Recording, *, tuning: bool) -> Run:
    if known is None:
        return Run((name,), recording, tuning)
    fuller = max((known.recording, recording), key=lambda one: sum(map(len, one.tracks)))
    return Run((*known.names, name), fuller, known.tuning or tuning)


def shortened(names: Sequence[str]) -> str:
    """Names of files as a table shows them: without who published them."""
    return ", ".join(name.rsplit("__", 1)[-1] for name in names)
