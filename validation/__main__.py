"""Run every study: ``python -m validation [KEY...]``."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from validation import (
    align,
    false_alarms,
    hard,
    imu,
    keypoints,
    mocap,
    parity,
    plans,
    point_contacts,
    posture,
    running_contacts,
    simulated,
    trunk,
    virtual_feet,
)
from validation.peers import comparison
from validation.study import Result, keep

RESULTS = Path(__file__).parent / "results"
DOCS = Path(__file__).parent.parent / "docs"
#: Where the tables of a study stand if not on the page of all of them.
PAGES = {"peers": "peers.md"}
PAGE = "validation.md"

#: Every study in the order of the page; its key is its place there.
STUDIES: Mapping[str, Callable[[], Result]] = {
    "false_alarms": false_alarms.study,
    "simulated": simulated.study,
    "hard": hard.study,
    "mocap": mocap.study,
    "point_contacts": point_contacts.study,
    "keypoints": keypoints.study,
    "imu": imu.study,
    "virtual_feet": virtual_feet.study,
    "trunk": trunk.study,
    "running_contacts": running_contacts.study,
    "posture": posture.study,
    "align": align.study,
    "parity": parity.study,
    "plans": plans.study,
    "peers": comparison.study,
}


def main(keys: list[str]) -> int:
    """Run the studies named, or all; 1 where a target is missed, 2 for an unknown name."""
    if unknown := sorted(set(keys) - set(STUDIES)):
        print(f"no study is called {', '.join(unknown)}; there are {', '.join(STUDIES)}")
        return 2
    results = []
    for key in keys or STUDIES:
        result = STUDIES[key]()
        results.append(result)
        print(result.summary())
    for page in (PAGE, *PAGES.values()):
        of_page = [result for result in results if PAGES.get(result.key, PAGE) == page]
        keep(of_page, RESULTS, DOCS / page)
    missed = [target for result in results for target in result.targets if not target.met]
    print(f"\n{len(missed)} of {sum(len(r.targets) for r in results)} targets missed")
    print("numbers: validation/results, tables: docs/validation.md, docs/peers.md")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
