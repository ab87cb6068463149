"""`backstride workout`: what is listed, shown and written, and what is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backstride.cli import main
from backstride.coaching.library import library
from backstride.readers import read


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_every_session_is_listed_and_kinds_can_be_chosen() -> None:
    everything = run("workout", "list").output
    assert all(key in everything for key in library())
    uphill = run("workout", "list", "--kind", "uphill").output
    assert "uphill" in uphill
    assert "first-backward-walk" not in uphill
    assert run("workout", "list", "--kind", "cycling").exit_code == 2


@pytest.mark.parametrize("key", sorted(library()))
def test_every_session_can_be_shown(key: str) -> None:
    result = run("workout", "show", key)
    assert result.exit_code == 0
    assert library()[key].title in result.output
    assert "Grade" in result.output


def test_an_unknown_session_is_refused_with_its_likes() -> None:
    result = run("workout", "show", "alternating-lap")
    assert result.exit_code == 2
    assert "alternating-laps" in result.output


def test_all_are_written_and_the_watch_file_is_a_workout(tmp_path: Path) -> None:
    result = run("workout", "export", "all", "--out", tmp_path)
    assert result.exit_code == 0
    for key in library():
        for suffix in (".fit", ".zwo", ".txt", ".html"):
            assert (tmp_path / f"{key}{suffix}").stat().st_size > 100
        steps = read(tmp_path / f"{key}.fit").workout_steps
        assert steps
    assert not list(tmp_path.glob("*.part"))


def test_half_of_a_session_is_smaller(tmp_path: Path) -> None:
    whole = run("workout", "show", "alternating-hundreds").output
    half = run("workout", "show", "alternating-hundreds", "--volume", "0.5").output
    assert "6 times" in whole
    assert "3 times" in half
    assert run("workout", "show", "alternating-hundreds", "--volume", "-1").exit_code == 2


def test_nothing_is_written_where_one_name_is_wrong_or_the_folder_cannot_be(tmp_path: Path) -> None:
    assert run("workout", "export", "fartlek", "no-such", "--out", tmp_path).exit_code == 2
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("in the way")
    result = run("workout", "export", "fartlek", "--out", tmp_path / "file")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


def test_a_card_names_what_to_do_in_words_patterns_and_the_readers_units() -> None:
    from backstride.app.coaching import card_of

    card = card_of("alternating-hundreds")
    assert "backward: straight" in card
    assert 'class="is-backward"' in card
    assert "6 times" in card
    assert "http" not in card.split("<main")[1].split("<footer")[0]
