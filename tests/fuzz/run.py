"""Fuzz the readers: ``python -m tests.fuzz.run --seconds 60 [entry...]``.

Mutates seeds, and mutants of them. What breaks a rule is
written to tests/fuzz/finds, where an ordinary test replays it from then on.
"""

import argparse
import hashlib
import random
import time
import warnings

from tests.fuzz.entries import ENTRIES, FINDS, Entry
from tests.fuzz.mutate import mutated

#: Longer than this for a few kilobytes is a find, too.
TOO_LONG_S = 5.0
MAX_POOL = 500
MAX_BYTES = 64 * 1024


def fuzz(name: str, entry: Entry, seconds: float, chance: random.Random) -> tuple[int, int]:
    """Try for that long; how many inputs were tried, and how many were finds."""
    pool = list(entry.seeds)
    complaints: set[str] = set()
    tried = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(chance.choice(pool), chance)[:MAX_BYTES]
        if not chance.randrange(50):
            data = chance.randbytes(chance.randrange(1, 512))
        tried += 1
        complaint = tried_out(entry, data)
        if not complaint and len(pool) < MAX_POOL and not chance.randrange(20):
            pool.append(data)
        if complaint and complaint not in complaints:
            complaints.add(complaint)
            place = FINDS / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}.bin"
            FINDS.mkdir(exist_ok=True)
            place.write_bytes(data)
            print(f"{name}: {complaint}: {place}", flush=True)
    return tried, len(complaints)


def tried_out(entry: Entry, data: bytes) -> str:
    """What is wrong with what these bytes give; "" where nothing is."""
    begun = time.monotonic()
    try:
        entry.check(data)
    except AssertionError as error:
        return str(error)[:100]
    return "takes too long" if time.monotonic() - begun > TOO_LONG_S else ""


def main() -> int:
    """Fuzz the entries named, or all; exit status 1 where there was a find."""
    parser = argparse.ArgumentParser(description="Fuzz the readers.")
    parser.add_argument("entries", nargs="*", metavar="entry", help=", ".join(ENTRIES))
    parser.add_argument("--seconds", type=float, default=60, help="for each entry")
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run")
    wanted = parser.parse_args()
    if unknown := set(wanted.entries) - set(ENTRIES):
        parser.error(f"no entry {', '.join(sorted(unknown))}; there are: {', '.join(ENTRIES)}")
    warnings.simplefilter("error")
    seed = random.randrange(2**32) if wanted.seed is None else wanted.seed
    found = 0
    for name in wanted.entries or ENTRIES:
        tried, finds = fuzz(name, ENTRIES[name], wanted.seconds, random.Random(seed))
        print(f"{name}: {tried:,} inputs, {finds} finds (seed {seed})", flush=True)
        found += finds
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
