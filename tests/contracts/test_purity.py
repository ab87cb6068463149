"""Nothing below the use cases opens a file, asks the time or draws unseeded chance.

Readers open recordings, the evidence and what coaching knows their tables; the two report
modules that write tables and pages are told where to.
"""

import ast
from pathlib import Path

import pytest

import backstride

SOURCE = Path(backstride.__file__).parent
MAY_OPEN = (
    "readers/",
    "evidence/",
    "coaching/library.py",
    "coaching/goals.py",
    "coaching/sourced.py",
    "report/export.py",
    "report/page.py",
    "recording.py",
)
#: The faces and use cases, which know disk and clock.
ABOVE = ("app/", "cli/", "journal/", "web/", "__main__.py")

OPENING = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "mkdir", "unlink"}
ASKING = {"now", "utcnow", "today", "time", "perf_counter", "monotonic"}
ASKED = {"datetime", "date", "time"}


def faults(path: str, text: str) -> list[str]:
    """What a file does that its place does not allow."""
    said = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        owner = function.value if isinstance(function, ast.Attribute) else None
        of = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if name in OPENING and not path.startswith(MAY_OPEN):
            said.append(f"{path}:{node.lineno}: opens or changes a file ({name})")
        if name in ASKING and of in ASKED:
            said.append(f"{path}:{node.lineno}: asks the time ({of}.{name})")
        if name == "default_rng" and not (node.args or node.keywords):
            said.append(f"{path}:{node.lineno}: draws unseeded chance")
        if of == "random" and name not in ("default_rng", "Generator", "Random"):
            said.append(f"{path}:{node.lineno}: draws unseeded chance (random.{name})")
    return said


def files() -> list[str]:
    every = (str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py"))
    return sorted(path for path in every if not path.startswith(ABOVE))


@pytest.mark.parametrize("path", files())
def test_a_file_does_only_what_its_place_allows(path: str) -> None:
    assert faults(path, (SOURCE / path).read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "open('x')",
        "Path('x').write_text('y')",
        "datetime.now()",
        "import time\ntime.time()",
        "np.random.default_rng()",
        "np.random.normal()",
        "random.random()",
    ],
)
def test_a_planted_offender_is_caught(text: str) -> None:
    assert faults("models/energy.py", text)


def test_seeded_chance_and_tables_of_evidence_are_allowed() -> None:
    assert not faults("models/energy.py", "np.random.default_rng(7)")
    assert not faults("evidence/constants.py", "file.read_text()")
