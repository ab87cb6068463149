"""Guards that skills and rehabilitation work from the command line, and keep what people enter."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstride.cli import main
from backstride.coaching.sessions import Level
from backstride.coaching.skills import skill_tests


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_every_test_is_shown_with_what_passes_and_what_it_rests_on() -> None:
    shown = run("skills", "--why")
    assert shown.exit_code == 0
    told = " ".join(shown.output.split())
    for key, test in skill_tests().items():
        assert key in told
        assert " ".join(test.how.split()) in told
        assert " ".join(test.basis.split()) in told
    assert "Your level is walk" in told


def test_passed_tests_are_kept_and_lead_to_the_level_of_a_plan(tmp_path: Path) -> None:
    kept = tmp_path / "skills.toml"
    values = {
        key: test.least if test.least is not None else test.most
        for key, test in skill_tests().items()
        if test.level is Level.JOG
    }
    first, *others = values.items()
    run("skills", "--results", kept, "--did", "{}={}".format(*first))
    words = [word for pair in others for word in ("--did", "{}={}".format(*pair))]
    shown = run("skills", "--results", kept, *words)
    assert "Your level is jog" in shown.output
    out = tmp_path / "plan"
    made = run("plan", "--goal", "variety", "--weeks", 1, "--results", kept, "--out", out)
    assert made.exit_code == 0, made.output
    assert '"jog"' in (out / "plan.json").read_text().casefold()


@pytest.mark.parametrize(
    "told", ["walk_3m", "walk_3m=fast", "walk_3=4", "walk_3m=-1", "walk_3m=nan"]
)
def test_a_wrong_test_or_value_is_refused_and_nothing_is_kept(tmp_path: Path, told: str) -> None:
    kept = tmp_path / "skills.toml"
    shown = run("skills", "--results", kept, "--did", told)
    assert shown.exit_code == 2
    assert "walk_3" in shown.output
    assert not kept.exists()


def test_a_recording_that_cannot_be_read_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.fit"
    damaged.write_bytes(b"nothing")
    shown = run("skills", damaged)
    assert shown.exit_code == 1
    assert "damaged.fit" in shown.output
    assert "Your level is walk" in shown.output


def test_protocols_are_shown_with_their_stages() -> None:
    assert "return_to_run" in run("rehab").output
    shown = run("rehab", "return_to_run").output
    assert "6. " in shown
    assert "Grade C" in shown


def test_sessions_move_somebody_on_and_swelling_moves_them_back(tmp_path: Path) -> None:
    log = tmp_path / "log.toml"
    good = ("rehab", "return_to_run", "--log", log, "--done", 1, "--pain-next-day", 0)
    for day in ("2026-11-01", "2026-11-03"):
        shown = run(*good, "--pain", 1, "--on", day, "--measured", f"pain={int(day[-1])}")
    assert "stage 2 of 6" in shown.output
    assert "1 to 3, worse" in shown.output
    shown = run(*good, "--pain", 6, "--swelling", "--on", "2026-11-05")
    assert "stage 1 of 6" in shown.output
    assert "3 sessions done" in shown.output


def test_a_day_told_again_replaces_what_was_said_of_it(tmp_path: Path) -> None:
    log = tmp_path / "log.toml"
    words = ("rehab", "return_to_run", "--log", log, "--on", "2026-11-01", "--done", 1, "--pain", 1)
    assert "waits" in run(*words).output
    assert "waits" not in run(*words, "--pain-next-day", 0).output
    assert log.read_text().count("[[sessions]]") == 1


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--done", 1), "both --done and --pain"),
        (("--done", 3, "--pain", 0), "done is 3"),
        (("--done", 1, "--pain", 11), "11"),
        (("--measured", "pain=12"), "pain of"),
        (("--measured", "hope=1"), "hope"),
    ],
)
def test_what_cannot_be_is_refused_and_the_log_stays(
    tmp_path: Path, words: tuple[object, ...], what: str
) -> None:
    log = tmp_path / "log.toml"
    run("rehab", "return_to_run", "--log", log)
    before = log.read_text()
    shown = run("rehab", "return_to_run", "--log", log, *words)
    assert shown.exit_code == 2
    assert what in shown.output
    assert log.read_text() == before


def test_a_log_of_another_protocol_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.toml"
    run("rehab", "return_to_run", "--log", log)
    assert "the log is of 'return_to_run'" in run("rehab", "knee_to_jog", "--log", log).output
