"""The direction of imports, which is the architecture."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "backstride"

#: Each room and how high it lies; a room imports only from lower ones. Rooms of one height are
#: siblings and do not know each other.
HEIGHT = {
    "errors": 0,
    "vocabulary": 0,
    "recording": 1,
    "evidence": 2,
    "readers": 3,
    "writers": 3,
    "models": 3,
    "motion": 3,
    "simulation": 4,
    "benefits": 4,
    "coaching": 5,
    "report": 6,
    "journal": 6,
    "app": 7,
    "cli": 8,
    "web": 8,
    "__init__": 8,
    "__main__": 9,
}
#: What a face may not touch, for it parses, calls one use case and renders.
FORBIDDEN_TO_FACES = {
    "numpy",
    "scipy",
    "backstride.motion",
    "backstride.models",
    "backstride.readers",
}
#: Libraries that may only be imported inside the function that needs them.
HEAVY = {"pyarrow", "rich", "scipy"}
#: Modules that nothing reaches before numbers are wanted, so that they may import SciPy at the top.
MAY_BE_HEAVY = ("report/", "simulation")


def room(module: str) -> str | None:
    """The room of a module name, or None if it is not the project's."""
    parts = module.split(".")
    return None if parts[0] != "backstride" else (parts[1] if len(parts) > 1 else "__init__")


def imports(tree: ast.AST) -> list[tuple[str, int]]:
    """Modules that a tree imports, with their lines; ``from a import b`` counts as a.b too."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", node.lineno))
            if node.module == "backstride":
                found += [(f"backstride.{alias.name}", node.lineno) for alias in node.names]
    return [(name, line) for name, line in found if name != "backstride"]


def faults(path: str, text: str) -> list[str]:
    """Where a file of the project imports upward, sideways, or what its kind may not."""
    here = path.split("/")[0].removesuffix(".py")
    said = []
    for name, line in imports(ast.parse(text)):
        there = room(name)
        if there is not None and there != here and HEIGHT[there] >= HEIGHT[here]:
            said.append(f"{path}:{line}: {here} imports {name}, which is not below it")
        if here in ("cli", "web") and any(
            f"{name}.".startswith(f"{forbidden}.") for forbidden in FORBIDDEN_TO_FACES
        ):
            said.append(f"{path}:{line}: a face imports {name}")
    return said


def early_heavy(path: str, text: str) -> list[str]:
    """Heavy libraries imported when a module is loaded rather than when they are needed."""
    lines = [n for n in ast.parse(text).body if isinstance(n, ast.Import | ast.ImportFrom)]
    top = ast.Module(lines, [])
    return [f"{path}:{line}: {name}" for name, line in imports(top) if name.split(".")[0] in HEAVY]


def files() -> list[str]:
    return sorted(str(p.relative_to(SOURCE)) for p in SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", files())
def test_imports_point_down(path: str) -> None:
    assert not faults(path, (SOURCE / path).read_text())


@pytest.mark.parametrize("path", [path for path in files() if not path.startswith(MAY_BE_HEAVY)])
def test_heavy_libraries_are_imported_late(path: str) -> None:
    assert not early_heavy(path, (SOURCE / path).read_text())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("models/energy.py", "from backstride.benefits import assess"),
        ("models/energy.py", "from backstride.motion import analyze"),
        ("errors.py", "import backstride.recording"),
        ("cli/recordings.py", "import numpy as np"),
        ("cli/recordings.py", "from backstride import motion"),
        ("cli/recordings.py", "def f():\n    from backstride.readers import read"),
        ("motion/watch/model.py", "if True:\n    from backstride.models import energy"),
    ],
)
def test_a_planted_offender_is_caught(path: str, text: str) -> None:
    assert faults(path, text)


def test_a_planted_heavy_import_is_caught() -> None:
    assert early_heavy("motion/watch/model.py", "import scipy.signal")
    assert not early_heavy("motion/watch/model.py", "def f():\n    import scipy.signal")


def test_every_room_has_a_height() -> None:
    rooms = {path.split("/")[0].removesuffix(".py") for path in files()}
    assert rooms <= set(HEIGHT)
