"""Real runs, all of them forward: hardly a second of them may be called backward."""

from pathlib import Path

import numpy as np
import pytest

from backstride.motion import Analysis, analyze
from backstride.readers import read_many
from backstride.recording import Recording
from backstride.vocabulary import Direction, Sport

#: Share of forward running time that may be called backward, suspected bouts included.
LIMIT = 0.005


@pytest.fixture(scope="module")
def runs(data_dir: Path) -> list[Recording]:
    """Every recording with a section of running, in order of the file's name."""
    paths = sorted((data_dir / "activity-corpus").iterdir())
    found = [one for path in paths for one in read_many(path) if isinstance(one, Recording)]
    return [one for one in found if any(s.sport is Sport.RUNNING for s in one.sections)]


def called_s(analysis: Analysis) -> float:
    bouts = (*analysis.bouts.of(Direction.BACKWARD), *analysis.bouts.suspected())
    return sum(bout.duration_s for bout in bouts)


def running_s(analysis: Analysis) -> float:
    """Seconds of sections of running in which something was recorded."""
    running = np.zeros(len(analysis.series), dtype=bool)
    for section in analysis.recording.sections:
        if section.sport is Sport.RUNNING:
            running[analysis.series.within(section.start_s, section.end_s)] = True
    return float((running & analysis.series.on_foot).sum())


@pytest.mark.parametrize("half", [0, 1], ids=["tuning half", "other half"])
def test_forward_runs_are_not_called_backward(runs: list[Recording], half: int) -> None:
    """The model was tuned on files 0, 2, 4 ... by name; the others are its test."""
    analyses = [analyze(run) for run in runs[half::2]]
    assert len(analyses) >= 8
    called = sum(map(called_s, analyses))
    total = sum(map(running_s, analyses))
    assert total > 3600
    assert called <= LIMIT * total


def test_the_distance_of_every_second_adds_up_to_the_devices(runs: list[Recording]) -> None:
    for run in runs:
        track = run.track("record")
        assert track is not None
        counter = track.column("distance_m")
        counter = counter[np.isfinite(counter)]
        legs = np.flatnonzero(counter[1:] < counter[:-1] / 2)
        device = counter[legs].sum() + counter[-1] if len(counter) else np.nan
        if len(counter) and (np.diff(counter) >= 0).all():
            first = counter[0] if counter[0] > 13 else 0.0
            assert analyze(run).series.distance_m.sum() == pytest.approx(device - first, abs=0.5)
