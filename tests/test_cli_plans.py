"""`backstride plan`, `screen` and `predict`: what is made, written, shown and refused."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstride.cli import main
from backstride.coaching.screening import questions
from backstride.readers import read

WISH = ("--weeks", "4", "--level", "run", "--days", "mon 45, tue 45, thu 60, sat 90")
DATED = ("--start", "2027-03-01")


def run(*words: object, answers: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], input=answers)


@pytest.fixture(scope="module", name="planned")
def _planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    result = run("plan", "--goal", "variety", *WISH, *DATED, "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


def test_without_a_goal_the_goals_are_shown() -> None:
    said = run("plan").output
    assert "first-backward-km" in said
    assert "race-mile" in said


def test_a_plan_is_written_for_people_calendars_and_watches(planned: Path) -> None:
    page = (planned / "plan.html").read_text(encoding="utf-8")
    assert "Week 1" in page
    assert "Stop at once if" in page
    calendar = (planned / "plan.ics").read_bytes()
    assert calendar.startswith(b"BEGIN:VCALENDAR")
    document = json.loads((planned / "plan.json").read_text(encoding="utf-8"))
    assert document["schema"] == "backstride/plan-1"
    for href in set(re.findall(r'href="([\w-]+\.(?:fit|html))"', page)):
        assert (planned / href).is_file(), href
    watch = sorted(planned.glob("*.fit"))
    assert watch
    assert read(watch[0]).workout_steps
    assert (planned / "plan.txt").read_text(encoding="utf-8").count("Week ") == 4


def test_the_same_wish_gives_the_same_plan(planned: Path, tmp_path: Path) -> None:
    run("plan", "--goal", "variety", *WISH, *DATED, "--out", tmp_path)
    for name in ("plan.json", "plan.html", "plan.ics", "plan.txt"):
        assert (tmp_path / name).read_bytes() == (planned / name).read_bytes()


def test_a_missed_week_changes_the_rest_and_the_change_is_shown(
    planned: Path, tmp_path: Path
) -> None:
    result = run(
        "plan", "update", planned / "plan.json", "--today", "2027-03-08", "--out", tmp_path
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "plan.json").is_file()
    assert "Week 2" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--goal", "variety", "--days", "mon"), "is not a weekday and minutes"),
        (("--goal", "variety", "--start", "tomorrow"), "is not a date"),
        (("--goal", "varieti"), "no goal is called"),
        (("--goal", "race-mile"), "needs the day of the race"),
        (("--goal", "variety", "--weeks", "0"), "weeks"),
        (("--goal", "variety", "--has", "rocket"), "nothing that a session needs"),
        (("--goal", "variety", "--limits", "no-such.toml"), "cannot be read"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_one_line_and_nothing_is_written(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    result = run("plan", *words, "--out", tmp_path / "plan")
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not (tmp_path / "plan").exists()


def test_a_plan_file_that_is_none_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "plan.json"
    other.write_text("{}")
    result = run("plan", "update", other, "--today", "2027-03-08")
    assert result.exit_code == 2
    assert "plan" in result.output


def test_screening_asks_keeps_and_limits_a_plan(tmp_path: Path) -> None:
    kept = tmp_path / "answers.toml"
    careful = [str(one.careful.value) for one in questions().values()]
    easy = ["no" if word == "yes" else "yes" for word in careful]
    cleared = run("screen", "--keep", kept, answers="\n".join(easy) + "\n")
    assert cleared.exit_code == 0, cleared.output
    assert "Cleared" in cleared.output
    assert "screening" in kept.read_text(encoding="utf-8")
    assert "Cleared" in run("screen", "--answers", kept).output
    worst = run("screen", "--keep", kept, answers="\n".join(careful) + "\n")
    assert "See a professional first" in worst.output
    refused = run("plan", "--goal", "variety", *WISH, "--screening", kept)
    assert refused.exit_code == 2
    assert "professional" in refused.output


def test_every_question_says_why_it_is_asked_and_what_it_rests_on() -> None:
    said = " ".join(run("screen", "--why").output.split())
    for question in questions().values():
        assert question.ask in said
        assert question.basis in said


def test_a_time_is_predicted_with_its_interval_and_beside_the_records() -> None:
    result = run("predict", "mile", "--effort", "1000m 5:30", "--effort", "400m 1:55")
    assert result.exit_code == 0, result.output
    assert re.search(r"backward in 9:\d\d \(\d+:\d\d to \d+:\d\d", result.output)
    assert "% of the speed of 5:54" in result.output
    assert "Even effort" in result.output


def test_without_efforts_or_with_an_absurd_one_nothing_is_predicted() -> None:
    assert run("predict", "mile").exit_code == 2
    assert run("predict", "mile", "--effort", "fast").exit_code == 2


def test_a_goal_out_of_reach_gets_a_plan_only_when_wanted_anyway(tmp_path: Path) -> None:
    wish = ("plan", "--goal", "first-backward-km", "--weeks", "3", *DATED, "--out", tmp_path / "p")
    refused = run(*wish)
    assert refused.exit_code == 2
    assert "more weeks" in refused.output or "weeks more" in refused.output
    assert not (tmp_path / "p").exists()
    made = run(*wish, "--anyway")
    assert made.exit_code == 0
    assert "The goal is not reached as things are" in made.output
