"""What is measured: reading, analyzing and assessing files, and what a peer does with them.

``python -m benchmarks.work`` does the first once and prints the most memory that it held.
"""

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

from validation.data import CORPUS, files_of

from backstride.benefits import assess
from backstride.errors import BackstrideError, ReadError
from backstride.motion import analyze
from backstride.readers import read_many
from benchmarks.measure import peak_mb


def read_analyze_assess(paths: Sequence[Path]) -> int:
    """All that is done with a file but showing it; gives the number of recordings assessed."""
    done = 0
    for path in paths:
        for recording in read_many(path):
            if isinstance(recording, ReadError):
                continue
            try:
                assess(analyze(recording))
            except BackstrideError:
                continue
            done += 1
    return done


def decode_with_fitdecode(paths: Sequence[Path]) -> int:
    """Every message of every FIT file, and nothing done with it; gives their number."""
    import fitdecode

    messages = 0
    for path in paths:
        if path.suffix != ".fit":
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fitdecode.FitReader(path) as frames:
                messages += sum(isinstance(frame, fitdecode.FitDataMessage) for frame in frames)
    return messages


if __name__ == "__main__":
    given = [Path(name) for name in sys.argv[1:]]
    count = read_analyze_assess(given or files_of(CORPUS))
    print(f"{count} {peak_mb():.1f}")
