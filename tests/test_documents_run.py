"""Examples in the documents run as they stand."""

import doctest
import runpy
from pathlib import Path

import pytest

from backstride import vocabulary

EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "example.py"


def test_the_worked_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLE))
    said = capsys.readouterr().out
    assert "by label" in said
    assert "calories: " in said
    assert "SIMULATED" in said


def test_examples_in_docstrings_hold() -> None:
    assert doctest.testmod(vocabulary).failed == 0
