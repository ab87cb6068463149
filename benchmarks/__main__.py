"""Measure everything: ``python -m benchmarks [KEY...]``."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from validation.study import Result, keep

from benchmarks import command_line, corpus, long_file, motion, plan

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"

#: Every measurement in the order of the page; its key is its place there.
STUDIES: Mapping[str, Callable[[], Result]] = {
    "corpus": corpus.study,
    "long_file": long_file.study,
    "motion": motion.study,
    "plan": plan.study,
    "help": command_line.help_text,
    "folder": command_line.folder,
}


def main(keys: list[str]) -> int:
    """Measure what is named, or all; 1 where a target is missed, 2 for an unknown name."""
    if unknown := sorted(set(keys) - set(STUDIES)):
        print(f"nothing is called {', '.join(unknown)}; there are {', '.join(STUDIES)}")
        return 2
    results = []
    for key in keys or STUDIES:
        result = STUDIES[key]()
        results.append(result)
        print(result.summary())
    keep(results, RESULTS, PAGE)
    missed = [target for result in results for target in result.targets if not target.met]
    print(f"\n{len(missed)} of {sum(len(r.targets) for r in results)} targets missed")
    print("numbers: benchmarks/results, tables: docs/benchmarks.md")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
