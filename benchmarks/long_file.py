"""One FIT file of ten hours with all running dynamics."""

import sys
import tempfile
from pathlib import Path

from validation.study import Bound, Evidence, Result, Table, Target

from backstride.benefits import assess
from backstride.motion import analyze
from backstride.readers import read
from backstride.simulation import backward, forward, runners, simulate
from backstride.writers.fit import write
from benchmarks.measure import ROUNDS, alternating, machine, ran

#: Seconds for reading, analyzing and assessing.
MOST_S = 1.0

_TITLE = "A FIT file of ten hours"


def study() -> Result:
    """Read, analyze and assess, each alone and all together."""
    runner = runners(1, 7)[0]
    hour = [forward(2.5, 3300), backward(1.9, 300)]
    session = simulate(hour * 10, runner, seed=1).recording
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ten-hours.fit")
        data = write(session)
        path.write_bytes(data)
        recording = read(path)
        analysis = analyze(recording)
        assess(analysis)
        times = alternating(
            (
                lambda: read(path),
                lambda: analyze(recording),
                lambda: assess(analysis),
                lambda: assess(analyze(read(path))),
            )
        )
        child = ran(sys.executable, "-m", "benchmarks.work", str(path))
    names = ("read", "analyze", "assess", "all three")
    return Result(
        key="long_file",
        title=_TITLE,
        on=Evidence.SIMULATED,
        size=f"{len(session.tracks[0])} records of {len(session.tracks[0].columns)} columns, "
        f"{len(data) / 1e6:.2f} MB; {machine()}",
        tables=(
            Table(
                f"Medians of {ROUNDS}",
                ("what", "s"),
                tuple((name, round(time, 3)) for name, time in zip(names, times, strict=True)),
            ),
            Table("Memory", ("what", "MB"), (("peak", float(child.output.split()[-1])),)),
        ),
        targets=(Target("read, analyzed, assessed, s", times[-1], Bound.AT_MOST, MOST_S),),
    )
