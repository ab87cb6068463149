"""Sessions, plans and what belongs to them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from backstride.coaching.library import library, session
from backstride.coaching.safety import stop_rules
from backstride.coaching.sessions import Kind, Session
from backstride.coaching.volume import Dose, dose_of, scaled
from backstride.coaching.workouts import seconds_by_index, steps_for_watch
from backstride.errors import RequestError, printable
from backstride.report.card import card
from backstride.report.words import Units
from backstride.writers import workout, zwo
from backstride.writers.cues import cues


def sessions(kind: str | None = None) -> Mapping[str, tuple[Session, Dose]]:
    """Sessions of the library with how much each is, for easy speeds that are assumed.

    Raises
    ------
    RequestError
        There is no such kind.
    """
    if kind is not None and kind not in tuple(Kind):
        raise RequestError(f"no kind is called '{kind}'", hint="one of: " + ", ".join(Kind))
    known = library().items()
    return {key: (one, dose_of(one)) for key, one in known if kind in (None, one.kind)}


def session_of(key: str, volume: float = 1.0) -> tuple[Session, Dose]:
    """A session of the library at a volume.

    Raises
    ------
    RequestError
        There is no such session, or it makes no sense at that volume.
    """
    one = session(key)
    if volume != 1:
        one = scaled(one, volume)
    return one, dose_of(one)


def stop_sentences() -> tuple[str, ...]:
    """When to stop, whatever the plan says."""
    return tuple(f"{rule.sign} {rule.now}" for rule in stop_rules().values())


def text_of(path: Path) -> str:
    """The text of a file that a person keeps.

    Raises
    ------
    RequestError
        It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise RequestError(
            f"{printable(path)}: cannot be read: {reason}", hint="check its name"
        ) from error


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder: all of them, or, where one cannot be written, none anew.

    Raises
    ------
    RequestError
        The folder cannot be written to.
    """
    unfinished = {folder / name: folder / f".{name}.part" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for (path, part), data in zip(unfinished.items(), files.values(), strict=True):
            del path
            part.write_bytes(data)
        for path, part in unfinished.items():
            part.replace(path)
    except OSError as error:
        for part in unfinished.values():
            with suppress(OSError):
                part.unlink()
        raise RequestError(
            f"{printable(folder)}: cannot be written: {error.strerror or error}",
            hint="name another folder",
        ) from error
    return tuple(unfinished)


def export_sessions(
    keys: Sequence[str], folder: Path, volume: float = 1.0, *, imperial: bool = False
) -> tuple[Path, ...]:
    """Write sessions as FIT workouts, ZWO, spoken cues and cards.

    Raises
    ------
    RequestError
        As `session_of`; or the folder cannot be written to, and then nothing is.
    """
    chosen = tuple(library()) if tuple(keys) == ("all",) else tuple(keys)
    files: dict[str, bytes] = {}
    for key in chosen:
        files |= files_of(key, session_of(key, volume)[0], imperial=imperial)
    return write_all(folder, files)


def files_of(name: str, one: Session, *, imperial: bool = False) -> dict[str, bytes]:
    """A session as files: a workout for the watch, ZWO, spoken cues and a card to print."""
    steps = steps_for_watch(one)
    return {
        f"{name}.fit": workout.write(one.title, steps),
        f"{name}.zwo": zwo.write(one.title, steps, seconds=seconds_by_index(one)).encode(),
        f"{name}.txt": cues(steps).encode(),
        f"{name}.html": card(one, dose_of(one), stop_sentences(), Units(imperial)).encode(),
    }


def card_of(key: str, volume: float = 1.0, *, imperial: bool = False) -> str:
    """A session as a page to print.

    Raises
    ------
    RequestError
        As `session_of`.
    """
    one, dose = session_of(key, volume)
    return card(one, dose, stop_sentences(), Units(imperial))
