"""The yardsticks themselves: what counts as found, as an alarm, as a target met."""

import pytest
from validation.parity import Content
from validation.simulated import alarms_of, tried_of
from validation.study import Bound, Evidence, Result, Table, Target, filled

from backstride.motion.bouts import Bout, Bouts
from backstride.simulation import Simulated, backward, forward, runners, simulate, stand
from backstride.vocabulary import Direction, Gait, Origin


@pytest.fixture(scope="module")
def session() -> Simulated:
    """100 s forward, 60 s backward, 100 s forward, 20 s standing."""
    legs = [forward(3, 100), backward(2, 60), forward(3, 100), stand(20)]
    return simulate(legs, runners(1, 1)[0], seed=1)


def bouts(*found: tuple[float, float], suspected: bool = False) -> Bouts:
    """Bouts called backward, or suspected."""
    return Bouts(
        tuple(
            Bout(
                start,
                end,
                Direction.UNKNOWN if suspected else Direction.BACKWARD,
                Gait.RUN,
                0.95,
                Origin.WATCH,
                Direction.BACKWARD if suspected else None,
            )
            for start, end in found
        )
    )


def test_only_forward_running_away_from_true_edges_can_be_a_false_alarm(session: Simulated) -> None:
    ahead, called, suspected = alarms_of(session, bouts((85, 175)))
    assert ahead == 90 + 90
    assert called == 5 + 5
    assert suspected == 0


def test_suspected_seconds_count_apart(session: Simulated) -> None:
    _, called, suspected = alarms_of(session, bouts((10, 30), suspected=True))
    assert (called, suspected) == (0, 20)


def test_standing_is_no_forward_running(session: Simulated) -> None:
    assert alarms_of(session, bouts((262, 280)))[1] == 0


def test_a_bout_is_found_from_half_of_its_seconds(session: Simulated) -> None:
    span = session.truth[1]
    enough = tried_of(span, 1.0, session.runner, bouts((100, 130)))
    little = tried_of(span, 1.0, session.runner, bouts((100, 129)))
    assert enough.is_called
    assert enough.is_found
    assert not little.is_found
    assert enough.edge_errors_s == (0, -30)


def test_a_suspected_bout_is_found_but_not_called(session: Simulated) -> None:
    tried = tried_of(session.truth[1], 1.0, session.runner, bouts((95, 160), suspected=True))
    assert tried.is_found
    assert not tried.is_called


@pytest.mark.parametrize(
    ("value", "bound", "met"),
    [
        (0.5, Bound.AT_MOST, True),
        (0.51, Bound.AT_MOST, False),
        (0.5, Bound.AT_LEAST, True),
        (0.49, Bound.AT_LEAST, False),
    ],
)
def test_a_target_is_met_up_to_its_limit(value: float, bound: Bound, *, met: bool) -> None:
    assert Target("x", value, bound, 0.5).met is met


def test_contents_of_a_file_agree_only_when_all_counts_do() -> None:
    one = Content(10, 9, 1200, 100.0, 1)
    assert one.agrees(Content(10, 9, 1200, 100.6, 1, "EOF"))
    assert not one.agrees(Content(10, 9, 1201, 100.0, 1))
    assert not one.agrees(Content(10, 9, 1200, 102.0, 1))


def test_a_page_keeps_what_is_not_between_markers() -> None:
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    new = filled(page, {"x": "new"})
    assert new == "a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb\n"
    assert filled(new, {"x": "new"}) == new
    with pytest.raises(ValueError, match="no place"):
        filled(page, {"y": "new"})


def test_every_section_says_what_it_was_made_on() -> None:
    result = Result("x", "X", Evidence.SIMULATED, "3 people", (Table("t", ("a",), ((None,),)),))
    assert result.markdown().startswith("*On simulated recordings: 3 people.*")
    assert "| – |" in result.markdown()
