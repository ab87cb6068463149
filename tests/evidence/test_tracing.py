"""A result carries its sources, grade and interval, and notices what a caller put in."""

import numpy as np
import pytest

from backstride.errors import EvidenceError
from backstride.evidence import (
    DRAWS,
    Constant,
    Grade,
    chance,
    collecting,
    constant,
    equation,
    estimate,
    evaluate,
    total,
)
from backstride.evidence.constants import parse
from backstride.evidence.tracing import deviates

ENTRY = {
    "low": 8.0,
    "high": 14.0,
    "unit": "1",
    "kind": "measured",
    "interval": "between_people",
    "shape": "normal",
    "population": "nobody: a test",
    "sources": ["backstride"],
    "where": "a test",
    "grade": "B",
    "value": 10.0,
}
TEN = parse("test.ten", ENTRY)
assert isinstance(TEN, Constant)


@equation(returns="ratio", source="backstride")
def times_ten(ratio: float, *, ten: Constant = TEN) -> float:
    """A test equation."""
    return ratio * ten


def test_a_constant_behaves_as_a_float() -> None:
    assert TEN * 2 == 20
    assert np.array([1.0, 2.0]) @ np.array([TEN, TEN]) == 30


def test_an_interval_is_that_of_the_constant() -> None:
    traced = evaluate(lambda: {"x": times_ten(1.0)})
    assert traced["x"].value == 10
    assert traced["x"].low == pytest.approx(8, abs=0.1)
    assert traced["x"].high == pytest.approx(14, abs=0.1)
    assert (traced.grade, traced.sources) == (Grade.B, ("backstride",))
    assert [about.name for about in traced.constants] == ["test.ten"]


def test_a_number_from_the_caller_is_noticed_and_graded_as_assumed() -> None:
    traced = evaluate(lambda: {"x": times_ten(1.0, ten=11.0)})  # type: ignore[arg-type]  # the point of the test
    assert traced.grade is Grade.D
    assert "test.ten" in traced.assumed
    assert traced["x"].low == traced["x"].high == 11


def test_the_same_constant_is_drawn_alike_wherever_it_enters() -> None:
    """A ratio of a thing to itself is 1 in each draw, not spread out."""
    traced = evaluate(lambda: {"x": times_ten(3.0) / times_ten(1.0)})
    assert traced["x"].low == pytest.approx(3)
    assert traced["x"].high == pytest.approx(3)


def test_total_never_mixes_draws_with_time() -> None:
    seconds = np.arange(DRAWS, dtype=float)
    traced = evaluate(lambda: {"x": total(times_ten(seconds))})  # type: ignore[arg-type]  # arrays are allowed
    assert traced["x"].value == pytest.approx(10 * seconds.sum())
    assert traced["x"].high == pytest.approx(14 * seconds.sum(), rel=0.02)


def test_a_result_that_is_no_finite_number_is_refused() -> None:
    for wrong in (float("nan"), np.array([1.0, 2.0])):
        with pytest.raises(EvidenceError, match="not as one finite number"):
            evaluate(lambda wrong=wrong: {"x": wrong})


def test_an_estimate_has_its_own_interval_and_a_chance_its_share() -> None:
    traced = evaluate(
        lambda: {
            "estimate": estimate("e", 5.0, 4.0, 7.0),
            "share": total(chance("c", np.full(50, 0.8))) / 50,
        }
    )
    assert traced["estimate"].low == pytest.approx(4, abs=0.05)
    assert traced["estimate"].high == pytest.approx(7, abs=0.05)
    assert traced["share"].value == 1, "run plainly, what counts counts"
    assert 0.6 < traced["share"].low < 0.8


def test_collecting_sees_every_constant_of_the_block() -> None:
    with collecting() as seen:
        evaluate(lambda: {"x": times_ten(1.0)})
    assert list(seen) == ["test.ten"]
    with collecting() as seen:
        pass
    assert not seen


def test_deviates_are_standard_normal_and_the_same_each_time() -> None:
    z = deviates("anything")
    assert z.shape == (DRAWS, 1)
    assert np.mean(z) == pytest.approx(0, abs=1e-9)
    assert np.std(z) == pytest.approx(1, abs=0.01)
    assert np.array_equal(z, deviates("anything"))
    assert abs(np.corrcoef(z[:, 0], deviates("another")[:, 0])[0, 1]) < 0.2


def test_an_unknown_constant_or_the_wrong_kind_of_one_is_refused() -> None:
    for name in ("energy.nothing", "energy.running_cost"):
        with pytest.raises(EvidenceError):
            constant(name)
