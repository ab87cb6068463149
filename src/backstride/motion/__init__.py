"""From a recording to what was run in which direction: `analyze`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backstride.errors import RequestError
from backstride.motion.bouts import Bout, Bouts
from backstride.motion.fuse import Word, fused
from backstride.motion.labels import direction_named, labels_of
from backstride.motion.points import Body
from backstride.motion.sensed import Sensed, sensed, with_travel
from backstride.motion.sensors import shown_by
from backstride.motion.series import Bools, Series, series_of
from backstride.motion.strides import Strides, strides_of, with_strides
from backstride.motion.watch.model import watch_model
from backstride.recording import Athlete, Notice, Recording
from backstride.vocabulary import Direction, Origin, clock

__all__ = ["Analysis", "Declared", "analyze"]


@dataclass(frozen=True)
class Declared:
    """A person's word: from `start_s` to `end_s` of the recording it went in `direction`."""

    start_s: float
    end_s: float
    direction: Direction


@dataclass(frozen=True, eq=False)
class Analysis:
    """A recording and what is known of direction in it.

    Attributes
    ----------
    athlete
        The person's word, filled from the recording.
    notices
        What the analysis wants said; the recording has its own.
    sensed
        What sensors on the body and points of it show; None where there are none.
    strides
        A row each; none without such sensors.
    bodies
        Stretches of the points of the body; none where it was not seen in space.
    """

    recording: Recording
    series: Series
    bouts: Bouts
    athlete: Athlete
    notices: tuple[Notice, ...]
    strides: Strides
    sensed: Sensed | None = None
    bodies: tuple[Body, ...] = ()


def analyze(
    recording: Recording,
    *,
    declared: Sequence[Declared] = (),
    laps_alternate: Direction | None = None,
    athlete: Athlete | None = None,
) -> Analysis:
    """Find what was run in which direction.

    Strongest first: what is declared, range by range or by alternating laps; labels (`labels`);
    what points of the body and sensors on it show together (`sensed`), where they are sure; the
    watch model (`watch`).

    Parameters
    ----------
    laps_alternate
        The direction of laps 1, 3, 5 ...; the others have the opposite one.
    athlete
        What the person says of themselves; wins over what the recording says.

    Raises
    ------
    RequestError
        A declared range is reversed, outside the recording or overlaps another; alternating laps
        are asked for of a recording with fewer than two, or in another direction than forward
        or backward; or the recording's clock cannot be right.
    """
    series = series_of(recording)
    ranges = _declared(declared, recording.duration_s)
    alternating = [] if laps_alternate is None else _alternating(recording, laps_alternate)
    labels = [
        Word(label.start_s, label.end_s, label.direction, Origin.LABEL)
        for label in labels_of(recording)
    ]
    layers = (labels, alternating, ranges)
    sensors = shown_by(recording)
    shown = sensed(sensors.clues, recording.duration_s)
    watched = watch_model(series, _known_backward(series, shown, layers))
    bouts = fused(series, watched, shown, layers, recording.duration_s)
    strides = strides_of(sensors.contacts, bouts.items)
    return Analysis(
        recording=recording,
        series=with_strides(with_travel(series, shown), strides),
        bouts=bouts,
        athlete=(athlete or Athlete()).filled_from(recording.athlete),
        notices=(*sensors.notices, *_notices(recording, series, bouts)),
        strides=strides,
        sensed=shown,
        bodies=sensors.bodies,
    )


def _known_backward(
    series: Series, shown: Sensed | None, layers: Sequence[Sequence[Word]]
) -> Bools:
    known = np.zeros(len(series), dtype=np.bool_)
    moved: Sequence[Bout | Word] = shown.bouts if shown else ()
    for said in (moved, *layers):
        for one in said:
            known[series.within(one.start_s, one.end_s)] = one.direction is Direction.BACKWARD
    return known


def _declared(declared: Sequence[Declared], duration_s: float) -> list[Word]:
    """The declared ranges in order of time, or a RequestError that names the first wrong one."""
    words: list[Word] = []
    for one in sorted(declared, key=lambda each: each.start_s):
        shown = f"{_shown(one.start_s)}-{_shown(one.end_s)}"
        hint = f"the recording runs from 0:00 to {clock(duration_s)}"
        if not (np.isfinite(one.start_s) and np.isfinite(one.end_s)):
            raise RequestError("a declared range has no start or end", hint=hint)
        if one.end_s <= one.start_s:
            raise RequestError(
                f"the range {shown} ends before it starts", hint="swap its two times"
            )
        # People read whole seconds off a screen: the last one may be a part of a second long.
        if one.start_s < 0 or one.start_s >= duration_s or one.end_s >= duration_s + 1:
            raise RequestError(f"the range {shown} lies outside the recording", hint=hint)
        if words and one.start_s < words[-1].end_s:
            before = f"{_shown(words[-1].start_s)}-{_shown(words[-1].end_s)}"
            raise RequestError(
                f"the ranges {before} and {shown} overlap", hint="give each second one direction"
            )
        end_s = min(one.end_s, duration_s)
        words.append(Word(one.start_s, end_s, one.direction, Origin.DECLARED))
    return words


def _shown(seconds: float) -> str:
    if not np.isfinite(seconds):
        return "?"
    return clock(seconds) if seconds >= 0 else f"-{clock(-seconds)}"


_OPPOSITE = {
    Direction.FORWARD: Direction.BACKWARD,
    Direction.BACKWARD: Direction.FORWARD,
}


def _alternating(recording: Recording, first: Direction) -> list[Word]:
    if first not in _OPPOSITE:
        raise RequestError(f"laps cannot alternate with '{first}'", hint="give backward or forward")
    laps = sorted(recording.laps, key=lambda lap: lap.start_s)
    laps = [lap for lap in laps if lap.end_s > lap.start_s]
    if len(laps) < 2:
        raise RequestError(
            "laps cannot alternate: the recording has "
            + ("no laps" if not laps else "only one lap"),
            hint="declare ranges instead, as in --backward 12:00-14:30",
        )
    words: list[Word] = []
    direction = first
    for lap in laps:
        start_s = max(lap.start_s, words[-1].end_s if words else 0.0)
        end_s = min(lap.end_s, recording.duration_s)
        if end_s > start_s:
            words.append(Word(start_s, end_s, direction, Origin.DECLARED))
        direction = _OPPOSITE[direction]
    return words


def _notices(recording: Recording, series: Series, bouts: Bouts) -> list[Notice]:
    notices: list[Notice] = []
    foot = series.on_foot
    cadence, speed = np.isfinite(series.cadence_spm[foot]), np.isfinite(series.speed_mps[foot])
    if foot.any() and not (cadence & speed).any():
        missing = "cadence" if speed.any() else "speed" if cadence.any() else "speed and cadence"
        notices.append(
            Notice(
                "direction_not_visible",
                f"There is no {missing} in this recording, so the watch cannot tell forward from "
                "backward: what nobody declared or labelled is taken as forward where it moves.",
            )
        )
    if suspected := bouts.suspected():
        times = ", ".join(f"{clock(bout.start_s)}-{clock(bout.end_s)}" for bout in suspected)
        notices.append(
            Notice(
                "direction_suspected",
                f"Perhaps backward, and not counted until confirmed: {times}.",
            )
        )
    if bouts.disagreements:
        pairs = dict.fromkeys(
            f"{clock(d.start_s)}-{clock(d.end_s)} {d.used_direction} by {d.used}, "
            f"not {d.other_direction} by {d.other}"
            for d in bouts.disagreements
        )
        notices.append(
            Notice(
                "direction_disagreement",
                "Two origins name different directions; the stronger one was used: "
                + "; ".join(pairs)
                + ".",
            )
        )
    if direction_named(recording.source.title) is Direction.BACKWARD and not bouts.of(
        Direction.BACKWARD
    ):
        notices.append(
            Notice(
                "title_names_backward",
                f"The title '{recording.source.title}' speaks of running backward, but nothing "
                "says when: declare the ranges.",
            )
        )
    return notices
