"""Several recordings of one session as one Recording on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePath

import numpy as np

from backstride.errors import RequestError, printable
from backstride.evidence import constant
from backstride.motion.align.offset import agree, offset_between
from backstride.motion.align.signal import StepSignal, step_signal
from backstride.recording import (
    SIMULATED_DEVICE,
    Device,
    FoundBy,
    Lap,
    Notice,
    Part,
    Recording,
    Section,
    Track,
)
from backstride.vocabulary import Sport, clock


@dataclass(frozen=True)
class _Model:
    """The project's choices; their meaning stands in ``constants/align.toml``."""

    date_sd_s: float = constant("align.date_sd_s")
    contradiction: float = constant("align.contradiction")
    drift_share: float = constant("align.drift_share")
    drift_told_s: float = constant("align.drift_told_s")
    most_files: float = constant("align.most_files")
    cut_told_s: float = constant("align.cut_told_s")


_M = _Model()


@dataclass(frozen=True, eq=False)
class Joined:
    """A session, and what of its files found no place in it, with the reason."""

    recording: Recording
    left_out: tuple[tuple[Recording, RequestError], ...]


@dataclass(frozen=True, eq=False)
class _Placed:
    """A recording and where its zero lies on the session's clock.

    `against` is the one that it was found by, and `against_sd_s` the error against that one alone.
    """

    recording: Recording
    offset_s: float
    sd_s: float | None
    found_by: FoundBy
    notices: tuple[Notice, ...] = ()
    against: "_Placed | None" = None
    against_sd_s: float | None = None

    @property
    def name(self) -> str:
        return _name(self.recording)

    @property
    def end_s(self) -> float:
        return self.offset_s + self.recording.duration_s


def joined(recordings: Sequence[Recording], offsets: Sequence[tuple[str, float]] = ()) -> Joined:
    """Recordings of one session of one person as one, whatever their order.

    The clock is that of the lead: a watch if there is one, else what lasts longest. Every other
    recording is shifted by its offset: the one that was given; that of the dates of both, where
    they have some and the steps do not contradict; else the one at which the steps of both fit. It
    is found against whatever has its place already and says it most surely, so two feet can be
    joined by way of the back. What lies before the lead's start is cut off, and said. Tracks, and
    sections that name a sport, are merged; of the rest that of the lead counts. A second track of a
    name gets a number: ``record_2``.

    Parameters
    ----------
    offsets
        A file's path or name, and the seconds to add to its clock.

    Raises
    ------
    RequestError
        There is no recording, or more than one session has; an offset is given for a file that is
        not there, or for all of them so that nothing can lead.
    """
    if len(recordings) > _M.most_files:
        raise RequestError(
            f"{len(recordings)} recordings cannot be of one session",
            hint=f"give the files of one session, {_M.most_files:.0f} at most",
        )
    said = _said(recordings, offsets)
    distinct, twins = _distinct(recordings)
    lead = _lead([each for each in distinct if each.source.path not in said])
    placed = [_Placed(lead, 0.0, 0.0, FoundBy.LEAD)]
    left_out: list[tuple[Recording, RequestError]] = []
    waiting = []
    for each in distinct:
        if each is lead:
            continue
        if each.source.path not in said:
            waiting.append(each)
            continue
        one = _Placed(each, said[each.source.path], None, FoundBy.GIVEN)
        if _overlap_s(placed[0], one) > 0:
            placed.append(one)
        else:
            left_out.append((each, _outside(one, placed[0])))
    found, lost = _found(placed, waiting)
    return Joined(_merged(found, twins), (*left_out, *lost))


def _said(
    recordings: Sequence[Recording], offsets: Sequence[tuple[str, float]]
) -> dict[str, float]:
    """Path -> seconds."""
    given: dict[str, float] = {}
    for name, seconds in offsets:
        called = {one.source.path for one in recordings if name in (one.source.path, _name(one))}
        if len(called) != 1:
            many = "several files are" if called else "no file is"
            raise RequestError(
                f"--offset: {many} called {printable(name)}",
                hint="give the path of a file as it was given, or its name",
            )
        given[called.pop()] = seconds
    return given


def _distinct(recordings: Sequence[Recording]) -> tuple[list[Recording], list[Recording]]:
    """In an order that does not depend on the one given: each once, and those that came again."""
    known: dict[object, Recording] = {}
    twins = []
    for each in sorted(recordings, key=lambda one: (one.source.sha256, one.source.path)):
        key = (each.source.sha256, each.start_utc, each.duration_s)
        if key in known:
            twins.append(each)
        else:
            known[key] = each
    return sorted(known.values(), key=lambda one: (_name(one), one.source.sha256)), twins


def _lead(candidates: Sequence[Recording]) -> Recording:
    if not candidates:
        raise RequestError(
            "there is no file whose clock the others could be shifted to",
            hint="leave one file without an offset",
        )
    return max(candidates, key=lambda one: (one.track("record") is not None, one.duration_s))


def _found(
    placed: Sequence[_Placed], waiting: Sequence[Recording]
) -> tuple[list[_Placed], list[tuple[Recording, RequestError]]]:
    """All that find a place, surest first, and those that find none."""
    signals: dict[Recording, StepSignal | RequestError] = {}
    for recording in (*(each.recording for each in placed), *waiting):
        try:
            signals[recording] = step_signal(recording)
        except RequestError as error:
            signals[recording] = error

    @cache
    def link(known: _Placed, recording: Recording) -> _Placed | RequestError:
        try:
            return _placed(known, recording, signals[known.recording], signals[recording])
        except RequestError as error:
            return error

    done, left = list(placed), list(waiting)
    while left:
        links = [link(known, recording) for recording in left for known in done]
        found = [one for one in links if isinstance(one, _Placed)]
        if not found:
            break
        surest = min(found, key=lambda one: one.sd_s or 0.0)
        done.append(surest)
        left.remove(surest.recording)
    refused = [(recording, link(done[0], recording)) for recording in left]
    return done, [(one, error) for one, error in refused if isinstance(error, RequestError)]


def _placed(
    known: _Placed,
    recording: Recording,
    lead: StepSignal | RequestError,
    other: StepSignal | RequestError,
) -> _Placed:
    """Where a recording lies, against one whose place is known.

    Raises
    ------
    RequestError
        Steps do not say where, and dates neither or not in accord with them.
    """
    dated_s = _dated_s(known.recording, recording)
    found_by, notices = FoundBy.STEPS, []
    try:
        if isinstance(lead, RequestError):
            raise lead
        if isinstance(other, RequestError):
            raise other
        offset = offset_between(lead, other)
    except RequestError as error:
        if (
            dated_s is None
            or isinstance(lead, RequestError)
            or isinstance(other, RequestError)
            or not agree(lead, other, dated_s)
        ):
            raise _unplaced(known, recording, error, dated_s) from error
        seconds, sd_s, found_by = dated_s, _M.date_sd_s, FoundBy.DATES
    else:
        seconds, sd_s = offset.seconds, offset.sd_s
        if dated_s is not None:
            apart_s = abs(dated_s - seconds)
            if apart_s > _M.contradiction * np.hypot(sd_s, _M.date_sd_s):
                notices.append(
                    Notice(
                        "dates_contradict_steps",
                        f"by its dates it would be shifted by {dated_s:+.1f} s; its steps were "
                        "believed",
                    )
                )
            elif sd_s > _M.date_sd_s:
                seconds, sd_s, found_by = dated_s, _M.date_sd_s, FoundBy.DATES
    offset_s = round(1000 * (known.offset_s + seconds)) / 1000
    one = _Placed(recording, offset_s, sd_s, found_by, tuple(notices), known)
    drift_s = _M.drift_share * _overlap_s(known, one) / 2
    sd_s = float(np.hypot(sd_s, drift_s))
    return replace(one, sd_s=float(np.hypot(known.sd_s or 0.0, sd_s)), against_sd_s=sd_s)


def _dated_s(lead: Recording, other: Recording) -> float | None:
    """How much later the other began, by the dates of both."""
    if lead.start_utc is None or other.start_utc is None:
        return None
    return (other.start_utc - lead.start_utc).total_seconds()


def _overlap_s(one: _Placed, other: _Placed) -> float:
    return min(one.end_s, other.end_s) - max(one.offset_s, other.offset_s)


def _unplaced(
    known: _Placed, recording: Recording, error: RequestError, dated_s: float | None
) -> RequestError:
    lead, name = _name(known.recording), _name(recording)
    example, dates = "+3.2", ""
    if dated_s is not None:
        example = f"{known.offset_s + dated_s:+.1f}"
        dates = ", which its dates say if both clocks were right"
    return RequestError(
        f"{name} cannot be put on the clock of {lead}: {error}",
        hint=f"say how many seconds to add to its clock, as in --offset {name}={example}"
        f"{dates}, or leave it out if it is of another session or person",
    )


def _outside(one: _Placed, lead: _Placed) -> RequestError:
    return RequestError(
        f"{one.name} shifted by {one.offset_s:+.1f} s has nothing in common with {lead.name}, "
        f"which lasts {clock(lead.recording.duration_s)}",
        hint="the seconds are added to the file's clock; give fewer, or the other sign",
    )


def _merged(placed: Sequence[_Placed], twins: Sequence[Recording]) -> Recording:
    """All of it on the clock of the first."""
    lead = placed[0]
    others = placed[1:]
    athlete = lead.recording.athlete
    for each in others:
        athlete = athlete.filled_from(each.recording.athlete)
    tracks = [_shifted(track, each.offset_s) for each in placed for track in each.recording.tracks]
    notices = [notice for each in placed for notice in _notices(each, placed)]
    notices += [
        Notice("same_file", f"{_name(twin)} is the same file again; it was left out")
        for twin in twins
    ]
    planned = [each.recording for each in placed if each.recording.workout_steps]
    return replace(
        lead.recording,
        tracks=_distinctly_named([track for track in tracks if len(track)]),
        laps=next((laps for each in placed if (laps := _laps(each))), ()),
        sections=(
            *lead.recording.sections,
            *(section for each in others for section in _sections(each)),
        ),
        workout_name=planned[0].workout_name if planned else lead.recording.workout_name,
        workout_steps=planned[0].workout_steps if planned else (),
        device=_device(placed),
        athlete=athlete,
        notices=tuple(dict.fromkeys(notices)),
        parts=tuple(_part(each) for each in placed),
    )


def _part(each: _Placed) -> Part:
    against = "" if each.against is None else each.against.recording.source.path
    source = each.recording.source
    return Part(source, each.offset_s, each.sd_s, each.found_by, against, each.against_sd_s)


def _name(recording: Recording) -> str:
    """The file's own name, without folders and archives."""
    return PurePath(recording.source.path.rpartition("!")[2]).name


def _notices(each: _Placed, placed: Sequence[_Placed]) -> list[Notice]:
    """What is to be said of one file, behind its name."""
    lead = placed[0]
    said = [*each.notices, *each.recording.notices]
    if each is not lead:
        said.insert(0, Notice("clock_shifted", _shift_in_words(each, lead)))
    if each.offset_s < -_M.cut_told_s:
        cut_s = min(-each.offset_s, each.recording.duration_s)
        said.append(
            Notice(
                "before_session",
                f"its first {cut_s:.1f} s lie before the start of {lead.name} and were left out",
            )
        )
    alone = [one.name for one in placed].count(each.name) == 1
    label = each.name if alone else each.recording.source.path
    return [Notice(one.code, f"{label}: {one.message}") for one in said]


_FOUND = {
    FoundBy.GIVEN: "as you said",
    FoundBy.DATES: "by the dates of both, which their steps do not contradict",
    FoundBy.STEPS: "by steps that both recorded",
}


def _shift_in_words(each: _Placed, lead: _Placed) -> str:
    sure = "" if each.sd_s is None else f" ± {_two_digits(2 * each.sd_s)} s"
    said = f"shifted by {each.offset_s:+.2f} s{sure} onto the clock of {lead.name}, "
    if each.against in (None, lead):
        said += _FOUND[each.found_by]
    elif each.against is not None:
        said += (
            f"by way of {each.against.name}, against which it is sure to "
            f"± {_two_digits(2 * (each.against_sd_s or 0.0))} s, {_FOUND[each.found_by]}"
        )
    if _overlap_s(each, lead) > _M.drift_told_s:
        said += "; that two clocks run apart over such a time is not corrected"
    return said


def _two_digits(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 2 else f"{seconds:.2f}"


def _shifted(track: Track, offset_s: float) -> Track:
    """The track on the session's clock, from its start on."""
    t_s = track.t_s + offset_s
    first = int(np.searchsorted(t_s, 0.0))
    return Track(track.name, t_s[first:], track.values[first:], track.columns)


def _distinctly_named(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """A second track of a name gets a number behind it."""
    taken: set[str] = set()
    named = []
    for track in tracks:
        name, number = track.name, 1
        while name in taken:
            number += 1
            name = f"{track.name}_{number}"
        taken.add(name)
        named.append(replace(track, name=name))
    return tuple(named)


def _laps(each: _Placed) -> tuple[Lap, ...]:
    moved = [
        replace(
            lap,
            start_s=max(lap.start_s + each.offset_s, 0.0),
            end_s=max(lap.end_s + each.offset_s, 0.0),
        )
        for lap in each.recording.laps
    ]
    return tuple(lap for lap in moved if lap.end_s > 0)


def _sections(each: _Placed) -> list[Section]:
    """Sections that name a sport; their distance and energy are not counted twice."""
    return [
        replace(
            section,
            start_s=max(section.start_s + each.offset_s, 0.0),
            end_s=section.end_s + each.offset_s,
            distance_m=None,
            energy_j=None,
        )
        for section in each.recording.sections
        if section.sport is not Sport.UNKNOWN and section.end_s + each.offset_s > 0
    ]


def _device(placed: Sequence[_Placed]) -> Device:
    """The lead's; what was simulated in part says so as a whole."""
    device = placed[0].recording.device
    simulated = any(each.recording.simulated for each in placed)
    if not simulated or placed[0].recording.simulated:
        return device
    product = f"{device.product} with {SIMULATED_DEVICE}".strip()
    return replace(device, product=product)
