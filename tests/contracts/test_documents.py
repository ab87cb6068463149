"""The documents cannot fall behind: commands, options, benefits, columns and fields are in them."""

import re
from pathlib import Path
from typing import Any

from docs import reference

from backstride.cli import main
from backstride.motion import analyze
from backstride.report import show
from backstride.simulation import demo_session

DOCS = Path(__file__).resolve().parents[2] / "docs"


def undocumented(document: Any, text: str) -> set[str]:
    """Keys of a JSON document, at any depth, that a text does not name in backticks."""
    keys: set[str] = set()
    if isinstance(document, dict):
        keys |= {key for key in document if f"`{key}`" not in text}
        for value in document.values():
            keys |= undocumented(value, text)
    elif isinstance(document, list):
        for value in document:
            keys |= undocumented(value, text)
    return keys


def test_the_reference_is_what_the_program_says_of_itself() -> None:
    assert reference.FILE.read_text() == reference.text(), "run: python -m docs.reference"


def test_every_command_and_option_is_in_the_reference() -> None:
    text = reference.FILE.read_text()
    for name, command in main.commands.items():
        assert f"### backstride {name}\n" in text
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or option in text, option


def test_every_field_of_the_json_is_described() -> None:
    text = (DOCS / "json.md").read_text()
    page = show(analyze(demo_session().recording))
    directions = {"forward", "backward", "sideways", "turning", "still", "unknown"}
    assert undocumented(page.document, text) - directions == set()


def test_a_planted_field_is_found_undescribed() -> None:
    assert undocumented({"a": [{"colour": 1}]}, "`a`") == {"colour"}


def test_every_relative_link_of_the_documents_leads_somewhere() -> None:
    pages = [*DOCS.parent.glob("*.md"), *DOCS.rglob("*.md")]
    targets = [(page, t) for page in pages for t in re.findall(r"\]\(([^)#]+)", page.read_text())]
    assert [
        f"{page.name}: {target}"
        for page, target in targets
        if "://" not in target and not (page.parent / target).exists()
    ] == []
