"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The real recordings; skips where they are absent, for the project holds none of them."""
    path = Path(os.environ.get("BACKSTRIDE_DATA", ROOT.parent / "shared" / "data"))
    if not path.is_dir():
        pytest.skip(f"no real recordings at {path}; set BACKSTRIDE_DATA to where they are")
    return path
