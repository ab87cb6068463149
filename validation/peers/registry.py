"""Which systems there are, how each is installed, and how it is asked."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from validation.peers.adapters.exchange import ANSWERS, TRIALS, Answer
from validation.peers.inputs import Kind, Trial

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_INSTALLS_WITHIN_S, _ANSWERS_WITHIN_S = 600, 240
#: What a system may not do of its own accord while it is measured.
_SETTINGS = {"GAITKIT_AUTO_INSTALL_DEPS": "0", "MPLBACKEND": "Agg"}


@dataclass(frozen=True)
class Peer:
    """A system, pinned.

    Attributes
    ----------
    key
        Name of its adapter and of its lock, which lists all that is installed.
    released
        Month in which this version came out.
    made_for
        What its authors say it is for.
    direction
        How it comes to a direction.
    takes_all_for_forward
        It has no word for the direction, and what it is made for is forward gait.
    """

    key: str
    package: str
    version: str
    released: str
    licence: str
    made_for: str
    direction: str
    kinds: tuple[Kind, ...]
    takes_all_for_forward: bool = False

    @property
    def lock(self) -> Path:
        """Versions of all packages of its environment."""
        return _HERE / "locks" / f"{self.key}.txt"


PEERS = (
    Peer(
        "gaitkit",
        "gaitkit",
        "1.5.0",
        "2026-10",
        "MIT",
        "walking, from markers",
        "toes ahead of heels are ahead of the way: facing",
        (Kind.POINTS,),
    ),
    Peer(
        "pose2sim",
        "Pose2Sim",
        "0.10.49",
        "2026-07",
        "BSD-3-Clause",
        "walking and sprinting, from several cameras",
        "its user says the direction of travel",
        (Kind.POINTS,),
    ),
    Peer(
        "myogait",
        "myogait",
        "0.9.2",
        "2026-10",
        "MIT",
        "walking, from one camera at the side",
        "toes ahead of heels are ahead of the way: facing",
        (Kind.KEYPOINTS,),
    ),
    Peer(
        "gaitmap",
        "gaitmap",
        "2.6.0",
        "2026-03",
        "MIT (gaitmap_mad, AGPL, is not used)",
        "walking, from sensors on the feet",
        "none in this part of it; its axes are given",
        (Kind.FOOT,),
        takes_all_for_forward=True,
    ),
    Peer(
        "mobgap",
        "mobgap",
        "1.2.0",
        "2026-04",
        "Apache-2.0",
        "walking of healthy and ill people, from the lower back",
        "none",
        (Kind.BACK,),
        takes_all_for_forward=True,
    ),
    Peer(
        "skdh",
        "scikit-digital-health",
        "0.17.18",
        "2026-09",
        "MIT",
        "walking in daily life, from the lower back",
        "none",
        (Kind.BACK,),
        takes_all_for_forward=True,
    ),
)


@dataclass(frozen=True, eq=False)
class Asked:
    """What a system said: trial and method -> answer; or why it was left out."""

    answers: Mapping[tuple[str, Kind, str], Answer]
    left_out: str = ""

    def methods(self, kind: Kind) -> tuple[str, ...]:
        """Methods that answered trials of a kind, in their order."""
        return tuple(dict.fromkeys(method for _, of, method in self.answers if of is kind))


def ask(peer: Peer, trials: Sequence[Trial]) -> Asked:
    """Every method of a system on all trials that it can take, in one process of its own."""
    wanted = [trial for trial in trials if trial.kind in peer.kinds]
    try:
        python = environment(peer)
        with TemporaryDirectory() as folder:
            _write(Path(folder), wanted)
            _run(
                [str(python), "-m", f"validation.peers.adapters.with_{peer.key}", folder],
                _ANSWERS_WITHIN_S,
            )
            answers = json.loads((Path(folder) / ANSWERS).read_text())
    except _LeftOutError as error:
        return Asked({}, str(error))
    except OSError as error:
        return Asked({}, f"{type(error).__name__}: {error.strerror or error}")
    return Asked(
        {
            (wanted[one.trial].name, wanted[one.trial].kind, one.method): one
            for one in (Answer(**fields) for fields in answers)
        }
    )


class _LeftOutError(Exception):
    """Why a system cannot be asked."""


def environment(peer: Peer) -> Path:
    """The Python of the system's own environment, made if it is not there yet.

    It lies in the folder that BACKSTRIDE_PEERS names, else in the user's cache, and is made anew
    for another lock or another Python.

    Raises
    ------
    _LeftOutError
        It cannot be made here.
    """
    uv = os.environ.get("UV") or shutil.which("uv") or str(_ROOT / ".tools" / "bin" / "uv")
    if not Path(uv).is_file():
        raise _LeftOutError("uv, which installs it, is not here: run make")
    lock = peer.lock.read_bytes() + sys.version.encode()
    folder = _cache() / f"{peer.key}-{hashlib.sha256(lock).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        base = str(getattr(sys, "_base_executable", sys.executable))
        _run([uv, "venv", "--quiet", "--python", base, str(folder)], _INSTALLS_WITHIN_S)
        install = [uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python)]
        _run([*install, "--requirements", str(peer.lock)], _INSTALLS_WITHIN_S)
        (folder / "ready").touch()
    return python


def _cache() -> Path:
    chosen = os.environ.get("BACKSTRIDE_PEERS")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "backstride-peers"


def _run(command: list[str], within_s: float) -> None:
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    try:
        ended = subprocess.run(
            command,
            cwd=_ROOT,
            env={**kept, **_SETTINGS},
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _LeftOutError(f"not done within {within_s:g} s") from error
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["it said nothing"]
        raise _LeftOutError(f"ended with status {ended.returncode}: {said[-1][:200]}")


def _write(folder: Path, trials: Sequence[Trial]) -> None:
    told = [{"kind": str(trial.kind), **trial.told} for trial in trials]
    (folder / TRIALS).write_text(json.dumps(told))
    for place, trial in enumerate(trials):
        arrays: dict[str, Any] = {"t_s": trial.t_s, **trial.arrays}
        np.savez(folder / f"{place}.npz", **arrays)
