"""Strides in short, on strides made by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.motion.made import strides

from backstride.motion.gait_summary import summarized, symmetry_index
from backstride.vocabulary import Direction, Gait


def test_each_direction_and_gait_has_its_own_summary() -> None:
    found = summarized(
        strides(
            6,
            direction=[Direction.FORWARD] * 4 + [Direction.BACKWARD] * 2,
            contact_s=[0.20, 0.22, 0.24, np.nan, 0.18, 0.18],
        )
    )
    assert [(one.direction, one.gait, one.strides) for one in found] == [
        (Direction.FORWARD, Gait.RUN, 4),
        (Direction.BACKWARD, Gait.RUN, 2),
    ]
    contact = found[0].columns["contact_s"]
    assert (contact.count, contact.mean) == (3, pytest.approx(0.22))
    assert contact.sd == pytest.approx(0.02)
    assert contact.variation == pytest.approx(0.02 / 0.22)
    assert "flight_s" not in found[0].columns, "what no stride knows has no summary"


def test_an_angle_has_no_coefficient_of_variation_and_one_stride_no_scatter() -> None:
    (found,) = summarized(strides(4, foot_strike_rad=[0.1, -0.1, 0.2, 0.1]))
    assert found.columns["foot_strike_rad"].variation is None
    (single,) = summarized(strides(1, contact_s=[0.2]))
    assert (single.columns["contact_s"].sd, single.columns["contact_s"].variation) == (None, None)


def test_the_symmetry_index_is_that_of_robinson_herzog_and_nigg() -> None:
    """Feet in turn, left first: 0.22 s left and 0.18 s right are 20 % of their mean apart."""
    (found,) = summarized(strides(4, contact_s=[0.22, 0.18, 0.22, 0.18]))
    feet = found.symmetry["contact_s"]
    assert (feet.left.mean, feet.right.mean) == (pytest.approx(0.22), pytest.approx(0.18))
    assert feet.index == pytest.approx(-0.2)
    assert "step_s" not in found.symmetry


@given(left=st.floats(0.01, 3), right=st.floats(0.01, 3))
def test_swapping_the_feet_changes_the_sign_of_the_index_alone(left: float, right: float) -> None:
    assert symmetry_index(left, right) == pytest.approx(-symmetry_index(right, left))
    assert abs(symmetry_index(left, right)) <= 2


def test_no_strides_have_no_summary() -> None:
    assert summarized(strides(0)) == ()
    assert symmetry_index(0, 0) == 0
