"""What single benefits answer, on pieces made by hand and on simulated sessions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from backstride.benefits import Finding, NotAssessable, assess, assess_history, digest
from backstride.benefits.history import Digest, History, Pieces
from backstride.evidence import Grade
from backstride.motion import Analysis, Declared, analyze
from backstride.recording import Athlete, Sex
from backstride.simulation import Leg, backward, forward, runners, simulate
from backstride.vocabulary import Direction, Gait

RUNNER = runners(1, seed=3)[0]
#: Beats per metre backward over forward of this simulated person, steady at 2.3 m/s, by a long run.
RUNNER_OWN_RATIO = 1.2
MONDAY = datetime(2024, 6, 3, 7, 0, tzinfo=UTC)


def pieces(**columns: object) -> Pieces:
    """Ten pieces of 15 s at 2.5 m/s, the last four backward, level; columns may be replaced."""
    n = 10
    usual = {
        "recording": np.zeros(n, int),
        "bout": np.repeat([0, 1], [6, 4]),
        "start_s": np.arange(n) * 15.0,
        "time_s": np.full(n, 15.0),
        "distance_m": np.full(n, 37.5),
        "gradient": np.zeros(n),
        "heart_rate_bpm": np.full(n, 150.0),
        "cadence_spm": np.full(n, 170.0),
        "backward": np.arange(n) >= 6,
        "running": np.ones(n, bool),
        "probability": np.ones(n),
    }
    return Pieces(**{**usual, **columns})  # type: ignore[arg-type]  # replaced columns


def digested(**columns: object) -> Digest:
    return Digest(MONDAY, pieces(**columns), (), None)


def findings(
    *digests: Digest, athlete: Athlete | None = None
) -> dict[str, Finding | NotAssessable]:
    answers = assess_history(digests, athlete or Athlete(mass_kg=60)).findings
    return {answer.benefit: answer for answer in answers}


def assessed(answer: Finding | NotAssessable) -> Finding:
    assert isinstance(answer, Finding), answer
    return answer


def row(answer: Finding | NotAssessable, key: str) -> float:
    return next(each.value for each in assessed(answer).details if each.key == key)


def test_calories_by_hand() -> None:
    """150 m backward, 60 kg: 1.312 x 3.6 J/kg/m x 150 m, and 60 s of rest at 1.281 W/kg."""
    answer = findings(digested())["calories"]
    active = 1.312 * 3.6 * 150 * 60 / 4184
    rest = 60 * 1.281 * 60 / 4184
    assert row(answer, "active") == pytest.approx(active, rel=1e-3)
    assert assessed(answer).value == pytest.approx(active + rest, rel=1e-3)
    assert row(answer, "extra") == pytest.approx(31.2, abs=0.1)
    assert row(answer, "per_min") == pytest.approx(active + rest, rel=1e-3)


def test_without_mass_calories_are_per_kilogram() -> None:
    answer = assessed(findings(digested(), athlete=Athlete())["calories"])
    assert answer.unit == "kcal/kg"
    assert any("per kilogram" in caution for caution in answer.cautions)


def test_backward_downhill_gets_no_energy_and_says_so() -> None:
    down = np.where(np.arange(10) >= 8, -0.08, 0.0)
    answer = assessed(findings(digested(gradient=down))["calories"])
    whole = assessed(findings(digested())["calories"])
    assert answer.value == pytest.approx(whole.value / 2, rel=1e-6)
    assert any("30 s of moving backward downhill" in caution for caution in answer.cautions)
    nothing = findings(digested(gradient=np.full(10, -0.08)))["calories"]
    assert isinstance(nothing, NotAssessable)


def test_walking_backward_downhill_gets_no_energy_either() -> None:
    down = digested(gradient=np.full(10, -0.15), running=np.zeros(10, bool))
    assert isinstance(findings(down)["calories"], NotAssessable)


def test_the_device_figure_stands_beside_the_models_but_only_if_all_recordings_have_one() -> None:
    with_it = replace(digested(), device_energy_j=4184.0 * 50)
    assert row(findings(with_it)["calories"], "device") == pytest.approx(50)
    both = assessed(findings(with_it, digested())["calories"])
    assert "device" not in {each.key for each in both.details}


def test_an_unsure_bout_widens_the_interval_down_to_forward() -> None:
    unsure = digested(probability=np.where(np.arange(10) >= 6, 0.6, 1.0))
    sure = assessed(findings(digested())["muscle_balance"])
    doubted = assessed(findings(unsure)["muscle_balance"])
    assert doubted.value == sure.value
    never = digested(probability=np.where(np.arange(10) >= 6, 0.0, 1.0))
    unbelieved = assessed(findings(never)["calories"])
    as_forward = row(unbelieved, "as_forward")
    believed = assessed(findings(digested())["calories"])
    assert unbelieved.low < as_forward < believed.high
    assert unbelieved.high < believed.high, "nobody's backward part costs more if none was"


def test_injury_relief_by_hand() -> None:
    """0.756 per step x 1.113 steps = 0.841 per kilometre."""
    answer = findings(digested())["injury_relief"]
    assert assessed(answer).value == pytest.approx(100 * (0.756 * 1.113 - 1), abs=0.1)
    assert row(answer, "patellofemoral_whole") == pytest.approx(
        0.4 * 100 * (0.756 * 1.113 - 1), abs=0.1
    )
    assert row(answer, "backward_steps") == pytest.approx(170)


def test_variety_counts_directions_as_kinds() -> None:
    answer = findings(digested())["variety"]
    assert row(answer, "with") > row(answer, "without") >= 1
    share = np.array([0.6, 0.4])
    two = float(np.exp(-np.sum(share * np.log(share))))
    assert row(answer, "with") == pytest.approx(two, rel=1e-6), "two kinds at one effort each"


def test_walking_backward_has_calories_but_no_joint_load() -> None:
    walking = digested(running=np.zeros(10, bool))
    found = findings(walking)
    assert isinstance(found["injury_relief"], NotAssessable)
    assert row(found["calories"], "extra") == pytest.approx(18.5, abs=0.1)


def test_loads_come_with_what_is_known_of_the_athlete() -> None:
    facts = {"resting_heart_rate_bpm": 50.0, "max_heart_rate_bpm": 190.0}
    keys = [
        {each.key for each in assessed(findings(digested(), athlete=athlete)["cardio"]).details}
        for athlete in (
            Athlete(),
            Athlete(max_heart_rate_bpm=190),
            Athlete(sex=Sex.MALE, **facts),  # type: ignore[arg-type]  # two floats
        )
    ]
    assert "zone_load" not in keys[0]
    assert "zone_load" in keys[1]
    assert {"zone_load", "trimp", "oxygen_reserve_backward"} <= keys[2]


def steady_session() -> Analysis:
    """Three forward and three backward bouts of four minutes at one speed."""
    legs: list[Leg] = []
    for _ in range(3):
        legs += [forward(2.3, 240), backward(2.3, 240)]
    simulated = simulate(legs, RUNNER, seed=4)
    declared = [
        Declared(span.start_s, span.end_s, Direction.BACKWARD)
        for span in simulated.truth
        if span.direction is Direction.BACKWARD and span.gait is Gait.RUN
    ]
    return analyze(simulated.recording, declared=declared)


def test_long_bouts_at_matched_speed_let_the_runner_s_own_heart_speak() -> None:
    answer = next(a for a in assess(steady_session()).findings if a.benefit == "cardio")
    found = assessed(answer)
    assert "your own heart beats" in found.because
    assert found.low < RUNNER_OWN_RATIO < found.high
    assert found.value == pytest.approx(RUNNER_OWN_RATIO, abs=0.12)
    assert (found.grade, found.sources) == (Grade.D, ("backstride",))


def test_forward_economy_over_weeks_is_a_trend_with_an_interval() -> None:
    """Heart rate falls by 1 % a week over eight weeks; the trend per four weeks is about -4 %."""
    chance = np.random.default_rng(5)
    weeks = [
        replace(
            digested(heart_rate_bpm=np.full(10, 150 * 0.99**week * (1 + chance.normal(0, 0.004)))),
            start_utc=MONDAY + timedelta(weeks=week),
        )
        for week in range(8)
    ]
    answer = assessed(findings(*weeks)["fitness"])
    assert answer.value == pytest.approx(-3.94, abs=0.8)
    assert (answer.grade, answer.sources) == (Grade.D, ("backstride",))
    assert answer.low < answer.value < answer.high < 0
    assert row(answer, "direction_gap") == pytest.approx(1)


def test_weeks_of_recordings_give_load_over_days() -> None:
    days = [replace(digested(), start_utc=MONDAY + timedelta(days=2 * n)) for n in range(15)]
    found = findings(*days)
    assert 0.5 < row(found["injury_relief"], "patellofemoral_acute_to_chronic") < 1.5
    assert row(found["variety"], "monotony") > 0


def test_days_are_counted_from_dates_and_undated_recordings_left_out() -> None:
    one, undated = digested(), replace(digested(), start_utc=None)
    later = replace(digested(), start_utc=MONDAY + timedelta(days=3))
    history = History((one, later, undated), Athlete())
    assert history.daily(history.pieces, history.pieces.time_s).tolist() == [150, 0, 0, 150]
    alone = History((undated,), Athlete())
    assert alone.daily(alone.pieces, np.ones(10)).shape == (0,)


def test_bouts_of_several_recordings_stay_apart() -> None:
    history = History((digested(), digested()), Athlete())
    assert sorted(set(history.pieces.bout.tolist())) == [0, 1, 2, 3]


def test_the_myths_are_answered_with_the_runner_s_own_number() -> None:
    answers = assess_history([digested()], Athlete(mass_kg=60)).myths
    assert [answer.key for answer in answers] == ["six_laps", "hundred_steps", "twenty_percent"]
    assert all(answer.low <= answer.value <= answer.high for answer in answers)
    assert answers[1].value == pytest.approx(100 * 1.312 / 1.113, rel=1e-3)
    assert assess_history([], Athlete()).myths == ()


def test_pieces_of_a_session_add_up_to_its_distance() -> None:
    analysis = steady_session()
    cut = digest(analysis).pieces
    moving = np.isin(np.arange(len(analysis.series)), np.flatnonzero(analysis.series.on_foot))
    assert np.sum(cut.distance_m) == pytest.approx(
        np.sum(analysis.series.distance_m[moving]), rel=0.02
    )
    assert np.max(cut.time_s) <= 15
