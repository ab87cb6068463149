"""JSON in parts: the same as JSON whole, and a true beginning of what is damaged."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.readers.json_parts import parts

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=10,
)
LISTS = st.lists(VALUES, max_size=4)
OBJECTS = st.dictionaries(st.sampled_from(["frames", "a", "b"]), VALUES)


def taken(text: str) -> list[tuple[str, Any]]:
    found = []
    with suppress(ValueError):
        for part in parts(text, {"frames"}):
            found.append(part)  # noqa: PERF402 - what came before the damage counts
    return found


def expected(document: Any) -> list[tuple[str, Any]]:
    if isinstance(document, list):
        return [("", element) for element in document]
    pairs = []
    for key, value in document.items():
        if key == "frames" and isinstance(value, list):
            pairs += [(key, element) for element in value]
        else:
            pairs.append((key, value))
    return pairs


@given(document=LISTS | OBJECTS, indent=st.sampled_from([None, 2]))
def test_parts_are_the_elements_of_the_whole(document: Any, indent: int | None) -> None:
    assert list(parts(json.dumps(document, indent=indent), {"frames"})) == expected(document)


@given(document=LISTS | OBJECTS, share=st.floats(0, 1))
def test_what_is_cut_short_gives_a_beginning_and_no_number_that_was_longer(
    document: Any, share: float
) -> None:
    text = json.dumps(document)
    found = taken(text[: int(share * len(text))])
    assert found == expected(document)[: len(found)]


@pytest.mark.parametrize("text", ["", "1", "x", "[1 2]", '{"a" 1}', "{1: 2}", "[" * 100_000])
def test_damage_is_one_kind_of_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(parts(text, ()))


def test_a_number_of_many_digits_is_a_number() -> None:
    """Python refuses to make an int of it."""
    assert list(parts("[" + "9" * 5000 + "]", ())) == [("", float("inf"))]
