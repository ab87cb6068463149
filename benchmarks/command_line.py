"""The command as people wait for it: its help, and folders of many files."""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from validation.study import Bound, Evidence, Result, Table, Target

from backstride.simulation import backward, forward, runners, simulate
from backstride.writers.fit import write
from benchmarks.measure import Ran, machine, ran

#: Seconds for `backstride --help`.
MOST_HELP_S = 0.3

#: A file more may cost at most this many times what it costs in the smallest folder.
MOST_GROWTH = 1.25

FILES = (250, 500, 1000)
_HELP_RUNS = 9


def help_text() -> Result:
    """Wall time of `backstride --help`, started afresh each time."""
    runs = [ran(*_command(), "--help") for _ in range(_HELP_RUNS)]
    title = "backstride --help"
    if any(run.status for run in runs):
        return Result("help", title, Evidence.NOTHING, machine(), not_measured="it failed")
    times = [run.wall_s for run in runs]
    return Result(
        key="help",
        title=title,
        on=Evidence.NOTHING,
        size=machine(),
        tables=(
            Table(
                f"Of {_HELP_RUNS} starts",
                ("median s", "fastest s", "slowest s"),
                ((*(round(f(times), 3) for f in (statistics.median, min, max)),),),
            ),
        ),
        targets=(Target("median, s", statistics.median(times), Bound.AT_MOST, MOST_HELP_S),),
    )


def folder() -> Result:
    """Folders of 250, 500 and 1,000 files: time, time a file, cores kept busy."""
    title = "A folder of 1,000 files"
    with tempfile.TemporaryDirectory() as place:
        whole = Path(place, "all")
        whole.mkdir()
        size = _fill(whole, max(FILES))
        runs = [_analyzed(Path(place), whole, count) for count in FILES]
    if any(run.status for run in runs):
        failed = next(run for run in runs if run.status)
        reason = (failed.output.strip().splitlines() or ["no output"])[-1]
        return Result("folder", title, Evidence.SIMULATED, machine(), not_measured=reason)
    # Processor time, since what else the machine does lengthens the wall time alone.
    each = [run.cpu_s / count for run, count in zip(runs, FILES, strict=True)]
    return Result(
        key="folder",
        title=title,
        on=Evidence.SIMULATED,
        size=f"files of {size / max(FILES) / 1000:.0f} kB, 15 minutes each; {machine()}",
        tables=(
            Table(
                "backstride analyze FOLDER --json FILE",
                ("files", "s", "processor ms a file", "cores kept busy"),
                tuple(
                    (count, round(run.wall_s, 2), round(1000 * cost, 2), _cores(run))
                    for count, run, cost in zip(FILES, runs, each, strict=True)
                ),
            ),
        ),
        targets=(
            Target(
                "processor time of a file among 1,000 over among 250",
                each[-1] / each[0],
                Bound.AT_MOST,
                MOST_GROWTH,
            ),
        ),
        remarks=("Cores kept busy are fewer where the machine has other work to do.",),
    )


def _cores(run: Ran) -> float:
    return round(run.cpu_s / run.wall_s, 2)


def _command() -> tuple[str, ...]:
    script = shutil.which("backstride", path=str(Path(sys.executable).parent))
    return (script,) if script else (sys.executable, "-m", "backstride")


def _fill(place: Path, count: int) -> int:
    """Write so many different small files; gives their bytes."""
    size = 0
    for runner in runners(count, 11):
        legs = [
            forward(runner.easy_speed_mps, 420),
            backward(runner.equal_effort_speed_mps, 60),
            forward(runner.easy_speed_mps, 420),
        ]
        data = write(simulate(legs, runner, seed=runner.number).recording)
        size += len(data)
        (place / f"{runner.number:04d}.fit").write_bytes(data)
    return size


def _analyzed(place: Path, whole: Path, count: int) -> Ran:
    part = place / str(count)
    part.mkdir()
    for path in sorted(whole.iterdir())[:count]:
        (part / path.name).hardlink_to(path)
    return ran(*_command(), "analyze", str(part), "--json", str(place / f"{count}.json"))
