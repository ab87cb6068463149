"""How good the evidence behind a number is."""

from collections.abc import Iterable
from enum import StrEnum


class Grade(StrEnum):
    """Grade of evidence, best first.

    A: several controlled studies of backward running agree. B: one such study, or several of
    backward walking. C: indirect (forward running, other exercise, mechanics). D: opinion or
    assumption.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def meaning(self) -> str:
        """The grade in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Grade.A: "several controlled studies of backward running agree",
    Grade.B: "one controlled study of backward running, or several of backward walking",
    Grade.C: "indirect: forward running, other exercise or mechanics",
    Grade.D: "opinion or assumption",
}


def weakest(grades: Iterable[Grade]) -> Grade:
    """The weakest of one or more grades."""
    return max(grades, key=lambda grade: grade.value)
