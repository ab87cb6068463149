"""Recordings read, analyzed, assessed, and made ready to be shown."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from backstride.benefits import Digest, assess_history, digest
from backstride.errors import BackstrideError, ReadError, RequestError, printable
from backstride.motion import Analysis, Declared, analyze
from backstride.motion.align import joined
from backstride.readers import Told, read_many, recordings_in
from backstride.readers.column_map import ColumnMap
from backstride.recording import Athlete, Recording
from backstride.report.document import Failure, Results, Shown, assessed, show
from backstride.simulation import demo_session
from backstride.vocabulary import Direction

Progress = Callable[[int, int, str], None]

#: Fewer files than this are done in this process: starting others would take longer.
_FEW_FILES = 6


@dataclass(frozen=True)
class Request:
    """What a person wants analyzed, and how.

    Attributes
    ----------
    paths
        Files, archives and folders.
    backward
        Ranges that were run backward, (start, end) in seconds of the one recording they belong to.
    laps_alternate
        Direction of the first lap, the other one for the second, and so on; None if they do not.
    athlete_file, columns_file
        What is known of the person; what the columns of CSV tables are.
    export_to
        Folder for tables, or None.
    frame_rate_hz, image_size_px
        Of keypoints whose files do not say it: frames a second, width and height of the pictures.
    one_session
        Whether all recordings are of one session of one person, to be put on one clock.
    offsets
        A file's path or name, and the seconds to add to its clock to make it the session's.
    """

    paths: tuple[Path, ...]
    backward: tuple[tuple[float, float], ...] = ()
    laps_alternate: str | None = None
    athlete_file: Path | None = None
    columns_file: Path | None = None
    export_to: Path | None = None
    frame_rate_hz: float | None = None
    image_size_px: tuple[float, float] | None = None
    one_session: bool = False
    offsets: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, eq=False)
class _Done:
    """What a worker sends back of one recording: no tracks, so that thousands fit in memory."""

    shown: Shown
    digest: Digest
    athlete: Athlete
    start_utc: datetime | None
    richness: int


_Outcome = _Done | Failure


def analyze_files(request: Request, progress: Progress | None = None) -> Results:
    """Read, analyze and assess every recording of a request.

    What cannot be read becomes a `Failure`; the rest is done. With many files all cores are used,
    and an interruption ends the work with what was done until then.

    Parameters
    ----------
    progress
        Called with (files done, files in all, the last file's name).

    Raises
    ------
    RequestError, AthleteError
        The request itself does not hold.
    """
    athlete = Athlete.from_toml(request.athlete_file) if request.athlete_file else Athlete()
    told = Told(
        ColumnMap.from_toml(request.columns_file) if request.columns_file else None,
        request.frame_rate_hz,
        request.image_size_px,
    )
    paths, failures = _files(request.paths, told)
    if request.one_session:
        return _results([*failures, *_one_session(paths, request, athlete, told, progress)])
    if request.offsets:
        raise RequestError(
            "--offset shifts a file onto the clock of others",
            hint="say --one-session too, if all files are of one session",
        )
    if request.backward and len(paths) > 1:
        raise RequestError(
            f"--backward names times of one recording, but {len(paths)} files were given",
            hint="give that file alone, use --laps-alternate for all, or say --one-session if "
            "they are of one session",
        )
    work = partial(_one_file, request=request, athlete=athlete, told=told)
    outcomes: list[_Outcome] = [*failures]
    for done, (path, rows) in enumerate(_each(work, paths), start=1):
        outcomes += rows
        if progress is not None:
            progress(done, len(paths), path.name)
    return _results(outcomes)


def digests_of(
    request: Request, progress: Progress | None = None
) -> tuple[tuple[Digest, ...], Athlete, tuple[Failure, ...]]:
    """What is left of each recording of a request for a history, each run once.

    Returns
    -------
    digests, what all recordings agree on of the athlete, what could not be read
    """
    athlete = Athlete.from_toml(request.athlete_file) if request.athlete_file else Athlete()
    told = Told()
    paths, failures = _files(request.paths, told)
    work = partial(_one_file, request=request, athlete=athlete, told=told)
    outcomes: list[_Outcome] = [*failures]
    for done, (path, rows) in enumerate(_each(work, paths), start=1):
        outcomes += rows
        if progress is not None:
            progress(done, len(paths), path.name)
    kept = _without_duplicates([one for one in outcomes if isinstance(one, _Done)])
    return (
        tuple(one.digest for one in kept),
        Athlete.agreed([one.athlete for one in kept]),
        tuple(one for one in outcomes if isinstance(one, Failure)),
    )


def _files(paths: Sequence[Path], told: Told) -> tuple[list[Path], list[Failure]]:
    """Files to read, folders opened up; a folder without any is a failure."""
    files: list[Path] = []
    failures = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
        elif found := recordings_in(path, told):
            files += found
        else:
            failures.append(
                Failure(
                    printable(path),
                    f"{printable(path)}: no recordings in this folder",
                    "Backstride reads FIT, TCX, GPX, CSV, BVH, TRC, C3D, MOT, keypoints in JSON "
                    "and inertial logs, also in .gz and .zip",
                )
            )
    return list(dict.fromkeys(files)), failures


def _each(
    work: Callable[[Path], list[_Outcome]], paths: Sequence[Path]
) -> Iterator[tuple[Path, list[_Outcome]]]:
    """Outcomes of each path, in order; over all cores where there are many."""
    cores = os.cpu_count() or 1
    if len(paths) < _FEW_FILES or cores == 1:
        try:
            for path in paths:
                yield path, work(path)
        except KeyboardInterrupt:
            yield Path(), [_interrupted()]
        return
    pool = ProcessPoolExecutor(
        cores, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent
    )
    try:
        for path, future in [(path, pool.submit(work, path)) for path in paths]:
            try:
                yield path, future.result()
            except BrokenProcessPool:
                yield path, [_lost(path)]
    except KeyboardInterrupt:
        yield Path(), [_interrupted()]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _lost(path: Path) -> Failure:
    return Failure(
        printable(path),
        f"{printable(path)}: the process that read it or a file before it was ended by the system",
        "give this file alone; the machine may be short of memory",
    )


def _interrupted() -> Failure:
    return Failure(
        "", "interrupted: the files after this were not done", "run it again for the rest"
    )


def _one_file(path: Path, *, request: Request, athlete: Athlete, told: Told) -> list[_Outcome]:
    """All recordings of one file or archive, done or failed."""
    found: Iterable[Recording | ReadError] = read_many(path, told)
    if request.backward:
        found = list(found)
        if len(found) > 1:
            return [
                Failure(
                    printable(path),
                    f"{printable(path)}: --backward is for one recording, not for {len(found)}",
                    "unpack it and give the one file",
                )
            ]
    outcomes: list[_Outcome] = []
    for one in found:
        outcomes += (
            [_failure(one.path, one)] if isinstance(one, ReadError) else _one(one, request, athlete)
        )
    return outcomes


def _one_session(
    paths: Sequence[Path],
    request: Request,
    athlete: Athlete,
    told: Told,
    progress: Progress | None,
) -> list[_Outcome]:
    """All recordings of all files as one, done or failed, and those that have no place in it.

    Raises
    ------
    RequestError
        An offset is given for a file that is not there, or for all of them.
    """
    outcomes: list[_Outcome] = []
    recordings: list[Recording] = []
    for done, path in enumerate(paths, start=1):
        for one in read_many(path, told=told):
            if isinstance(one, ReadError):
                outcomes.append(_failure(one.path, one))
            else:
                recordings.append(one)
        if progress is not None:
            progress(done, len(paths), path.name)
    if not recordings:
        return outcomes
    session = joined(recordings, request.offsets)
    outcomes += [_failure(one.source.path, error) for one, error in session.left_out]
    return [*outcomes, *_one(session.recording, request, athlete)]


def _failure(path: str, error: BackstrideError) -> Failure:
    return Failure(path, str(error), error.hint)


def _one(recording: Recording, request: Request, athlete: Athlete) -> list[_Outcome]:
    """What became of one recording, and of its tables if they were asked for."""
    path = recording.source.path
    try:
        analysis = analyze(
            recording,
            declared=[Declared(start, end, Direction.BACKWARD) for start, end in request.backward],
            laps_alternate=Direction(request.laps_alternate) if request.laps_alternate else None,
            athlete=athlete,
        )
        little = digest(analysis)
        shown = show(analysis, assess_history([little], analysis.athlete))
    except RequestError as error:
        if request.backward:
            raise  # the words of the request do not fit its one recording: wrong usage
        return [Failure(path, f"{path}: {error}", error.hint)]
    except BackstrideError as error:
        message = str(error) if path in str(error) else f"{path}: {error}"
        return [Failure(path, message, error.hint)]
    done = _Done(shown, little, analysis.athlete, recording.start_utc, _richness(analysis))
    return [done, *_exported(analysis, shown, request.export_to)]


def _exported(analysis: Analysis, shown: Shown, folder: Path | None) -> list[_Outcome]:
    """Write a recording's tables where that was asked for; what went wrong, if anything."""
    if folder is None:
        return []
    from backstride.report.export import export

    path = analysis.recording.source.path
    try:
        export(analysis, shown.document, folder)
    except BackstrideError as error:
        return [Failure(path, f"{path}: {error}", error.hint)]
    except OSError as error:
        message = f"{path}: its tables could not be written: {error.strerror or error}"
        return [Failure(path, message, f"check the folder {folder}")]
    return []


def _richness(analysis: Analysis) -> int:
    """How many values a recording holds."""
    return sum(int(np.isfinite(track.values).sum()) for track in analysis.recording.tracks)


def _results(outcomes: Sequence[_Outcome]) -> Results:
    done = _without_duplicates([one for one in outcomes if isinstance(one, _Done)])
    athlete = Athlete.agreed([one.athlete for one in done])
    together = (
        assessed(assess_history([one.digest for one in done], athlete)) if len(done) > 1 else None
    )
    return Results(
        recordings=tuple(one.shown for one in done),
        together=together,
        failures=tuple(one for one in outcomes if isinstance(one, Failure)),
    )


def _without_duplicates(done: list[_Done]) -> list[_Done]:
    """The richer one of two recordings of the same run, with a word about the other."""
    kept: list[_Done] = []
    # Places of kept recordings by the minute they started in, so that the cost stays linear.
    by_minute: dict[int | None, list[int]] = {}
    for one in done:
        minute = _minute(one)
        near = [None] if minute is None else [minute - 1, minute, minute + 1]
        candidates = [place for key in near for place in by_minute.get(key, ())]
        twin = next((place for place in candidates if _same_run(one, kept[place])), None)
        if twin is None:
            by_minute.setdefault(minute, []).append(len(kept))
            kept.append(one)
            continue
        richer, poorer = sorted((one, kept[twin]), key=lambda each: -each.richness)
        fewer = " with fewer values" if poorer.richness < richer.richness else ""
        path = poorer.shown.document["source"]["path"]
        message = f"{path} is a recording of the same run{fewer}; it was left out."
        document = richer.shown.document
        warnings = [*document["warnings"], {"code": "same_run", "message": message}]
        kept[twin] = replace(
            richer, shown=replace(richer.shown, document={**document, "warnings": warnings})
        )
    return kept


def _minute(one: _Done) -> int | None:
    return None if one.start_utc is None else int(one.start_utc.timestamp() // _SAME_START_S)


#: Two recordings are one run if they start and last alike, and agree on distance and heart rate.
_SAME_START_S = 60.0
_SAME_SHARE = 0.03


def _same_run(one: _Done, other: _Done) -> bool:
    a, b = one.shown.document, other.shown.document
    if a["source"]["sha256"] == b["source"]["sha256"] and a["start_utc"] == b["start_utc"]:
        return True
    if one.start_utc is None or other.start_utc is None:
        return False
    if abs((one.start_utc - other.start_utc).total_seconds()) > _SAME_START_S:
        return False
    totals = [
        (
            document["duration_s"],
            sum(total["distance_m"] for total in document["totals"].values()),
            _mean_heart_rate(document),
        )
        for document in (a, b)
    ]
    return all(
        abs(x - y) <= _SAME_SHARE * max(x, y)
        for x, y in zip(*totals, strict=True)
        if x is not None and y is not None
    )


def _mean_heart_rate(document: dict[str, Any]) -> float | None:
    totals = document["totals"].values()
    known = [(t["time_s"], t["heart_rate_bpm"]) for t in totals if t["heart_rate_bpm"]]
    time = sum(seconds for seconds, _ in known)
    return sum(seconds * rate for seconds, rate in known) / time if time else None


def write_demo(path: Path, athlete_path: Path) -> None:
    """Write the simulated demonstration session as a FIT file, and its invented athlete.

    Raises
    ------
    RequestError
        They cannot be written there.
    """
    from backstride.writers import fit

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fit.write(demo_session().recording))
        athlete_path.write_text(_DEMO_ATHLETE, encoding="utf-8")
    except OSError as error:
        raise RequestError(
            f"{path}: cannot be written: {error.strerror or error}", hint="name another folder"
        ) from error


_DEMO_ATHLETE = """\
# SIMULATED: an invented athlete for the demonstration session.
mass_kg = 62
sex = "female"
resting_heart_rate_bpm = 54
max_heart_rate_bpm = 188
"""
