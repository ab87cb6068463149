"""What fuzzing found stays found: every input that once broke a reader is tried again."""

from pathlib import Path

import pytest
from tests.fuzz.entries import ENTRIES, FINDS, Entry, entry_of
from tests.fuzz.run import tried_out
from tests.fuzz.soundness import outcome

FOUND = sorted(FINDS.glob("*.bin"))


@pytest.mark.parametrize("find", FOUND, ids=lambda find: find.name)
def test_a_find_breaks_nothing_any_more(find: Path) -> None:
    assert tried_out(entry_of(find), find.read_bytes()) == ""


@pytest.mark.parametrize("name", ENTRIES)
def test_seeds_of_fuzzing_are_sound(name: str) -> None:
    """A seed that fails from the start would fuzz nothing but the error path."""
    entry = ENTRIES[name]
    assert entry.seeds
    assert [tried_out(entry, seed) for seed in entry.seeds] == [""] * len(entry.seeds)


def test_a_leak_would_be_a_find() -> None:
    """The fuzzer can fail: a reader that leaks is told from one that does not."""

    def check(data: bytes) -> None:
        outcome(lambda: (_ for _ in ()).throw(KeyError(data)), "sample")

    assert tried_out(Entry((b"",), check), b"bad") == "leaks KeyError: b'bad'"
