"""Reading, analyzing and assessing the real files, beside decoding them with fitdecode."""

import sys
from pathlib import Path

from validation.data import CORPUS, files_of, why_not
from validation.study import Bound, Evidence, Result, Table, Target

from benchmarks.measure import ROUNDS, alternating, machine, ran
from benchmarks.work import decode_with_fitdecode, read_analyze_assess

#: Times faster than fitdecode alone, and megabytes.
LEAST_RATIO = 8.0
MOST_MB = 300.0

_TITLE = "The corpus, beside fitdecode"


def study() -> Result:
    """Both in this process, alternating; memory in a process of its own."""
    if reason := why_not():
        return Result("corpus", _TITLE, Evidence.REAL, machine(), not_measured=reason)
    paths = files_of(CORPUS)
    recordings, messages = read_analyze_assess(paths), decode_with_fitdecode(paths)
    ours_s, theirs_s = alternating(
        (lambda: read_analyze_assess(paths), lambda: decode_with_fitdecode(paths))
    )
    child = ran(sys.executable, "-m", "benchmarks.work")
    peak = float(child.output.split()[-1])
    fit = [path for path in paths if path.suffix == ".fit"]
    return Result(
        key="corpus",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"{len(paths)} files, {_megabytes(paths):.1f} MB; {machine()}",
        tables=(
            Table(
                f"Medians of {ROUNDS}, alternating, in one process",
                ("what", "files", "s", "gives"),
                (
                    (
                        "Backstride: read, analyze, assess",
                        len(paths),
                        round(ours_s, 3),
                        f"{recordings} recordings",
                    ),
                    (
                        "fitdecode: decode",
                        len(fit),
                        round(theirs_s, 3),
                        f"{messages} messages",
                    ),
                ),
            ),
        ),
        targets=(
            Target("times faster than fitdecode", theirs_s / ours_s, Bound.AT_LEAST, LEAST_RATIO),
            Target("peak memory, MB", peak, Bound.AT_MOST, MOST_MB),
        ),
    )


def _megabytes(paths: tuple[Path, ...]) -> float:
    return sum(path.stat().st_size for path in paths) / 1e6
