"""Clocks, memory and the machine."""

import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5
_KIB_PER_MB = 1000 * 1000 / 1024


@dataclass(frozen=True)
class Ran:
    """A program that ended: its wall time, and the processor time of it and its children."""

    wall_s: float
    cpu_s: float
    status: int
    output: str


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def alternating(actions: Sequence[Callable[[], object]]) -> tuple[float, ...]:
    """Median wall time of each action over five rounds, every round one call of each."""
    rounds = [[seconds(action) for action in actions] for _ in range(ROUNDS)]
    return tuple(statistics.median(times) for times in zip(*rounds, strict=True))


def ran(*command: str) -> Ran:
    """Run a program to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Ran(wall, cpu, done.returncode, done.stdout + done.stderr)


def peak_mb() -> float:
    """Most memory that this process has held, megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / _KIB_PER_MB


def machine() -> str:
    """Cores, processor and Python, in words."""
    return (
        f"{os.cpu_count()} cores, {_processor()}, {platform.python_implementation()} "
        f"{platform.python_version()}, {platform.system()}"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
