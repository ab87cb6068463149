"""What holds of whatever a reader makes of any bytes at all."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from backstride.errors import ReadError
from backstride.recording import Recording
from backstride.vocabulary import QUANTITIES


def outcome(read: Callable[[], tuple[Recording, ...]], path: str) -> tuple[Recording, ...]:
    """What reading gives; nothing, if it says in one line that it cannot read this file.

    Raises
    ------
    AssertionError
        Another exception than ReadError, a useless one, or an unsound recording.
    """
    try:
        recordings = read()
    except ReadError as error:
        assert_helpful(error, path)
        return ()
    except Exception as error:
        raise AssertionError(f"leaks {type(error).__name__}: {error}") from error
    assert recordings, "gives no recording and no error"
    for recording in recordings:
        assert_sound(recording)
    return recordings


def assert_helpful(error: ReadError, path: str) -> None:
    """One line that names the file, and what to do."""
    assert str(error).startswith(path), f"names no file: {error}"
    assert str(error).isprintable(), f"more than one line, or not fit for a terminal: {error!r}"
    assert error.hint, f"does not say what to do: {error}"


def assert_sound(recording: Recording) -> None:
    """Clocks go forward, parts are in order, values are numbers, words are the vocabulary's."""
    for track in recording.tracks:
        assert np.isfinite(track.t_s).all(), "a clock has holes"
        assert len(track) == 0 or track.t_s[0] >= 0, "a clock begins before zero"
        assert (np.diff(track.t_s) >= 0).all(), "a clock goes back"
        assert not np.isinf(track.values).any(), "an infinite value"
        assert len(set(track.columns)) == len(track.columns), "two columns of one name"
        for name in track.columns:
            assert name in QUANTITIES or ":" in name, f"{name} is no word of the vocabulary"
    stretches = [*recording.laps, *recording.sections, *recording.pauses]
    assert all(0 <= s.start_s <= s.end_s for s in stretches), "something ends before it begins"
    for parts in (recording.laps, recording.sections, recording.pauses):
        starts = [part.start_s for part in parts]
        assert all(a <= b for a, b in pairwise(starts)), "parts are out of order"
    assert recording.start_utc is None or recording.start_utc.tzinfo is not None, "a naive start"
    texts = [recording.source.title, *(lap.name for lap in recording.laps)]
    texts += [notice.message for notice in recording.notices]
    assert all(text.isprintable() for text in texts), "text that is not fit for a terminal"
