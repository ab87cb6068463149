"""Whether Backstride reads what two other programs read in the same files."""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from backstride.readers import read_many
from backstride.recording import Floats, Recording
from validation.data import CORPUS, MALFORMED, files_of, shortened, why_not
from validation.study import Bound, Evidence, Result, Table, Target, percent

_TITLE = "Reading, beside other decoders"


@dataclass(frozen=True)
class Content:
    """What a program found in a file; `problem` is what it said was wrong, or ""."""

    records: int
    heart_rates: int
    heart_rate_sum: int
    distance_m: float
    laps: int
    problem: str = ""

    def agrees(self, other: "Content") -> bool:
        """Whether the content is the same; distances to a metre, as one rounds them."""
        return (
            (self.records, self.heart_rates, self.heart_rate_sum, self.laps)
            == (other.records, other.heart_rates, other.heart_rate_sum, other.laps)
        ) and abs(self.distance_m - other.distance_m) <= 1


def study() -> Result:
    """Every file of the corpus and every damaged one, by three programs."""
    if reason := why_not():
        return Result("parity", _TITLE, Evidence.REAL, "none", not_measured=reason)
    sound = [_compared(path) for path in files_of(CORPUS)]
    damaged = [_compared(path) for path in files_of(MALFORMED)]
    agreeing = percent(sum(row[-1] != "differs" for row in sound), len(sound)) or 0.0
    return Result(
        key="parity",
        title=_TITLE,
        on=Evidence.REAL,
        size=f"{len(sound)} files of many devices and {len(damaged)} odd or broken ones",
        tables=(
            Table("Sound files", _COLUMNS, tuple(sound)),
            Table("Odd and broken files", _COLUMNS, tuple(damaged)),
        ),
        targets=(Target("sound files read alike, %", agreeing, Bound.AT_LEAST, 100.0),),
        remarks=(
            "Counted: records, heart rates in records and their sum, the largest distance, laps.",
            "FIT is compared with fitdecode and chiptime, TCX and GPX with a plain count of their "
            "elements.",
            "Of a broken file the programs keep different parts; Backstride keeps what is "
            "plausible, so there a difference is to be looked at, not a fault by itself.",
        ),
    )


_COLUMNS = (
    "file",
    "records",
    "heart rates",
    "their sum",
    "distance m",
    "laps",
    "notices",
    "others: records, heart rates, sum, distance, laps",
    "verdict",
)


def _compared(path: Path) -> tuple[str | int | float, ...]:
    ours, said = _ours(path)
    others = (
        {"fitdecode": by_fitdecode(path), "chiptime": by_chiptime(path)}
        if path.suffix == ".fit"
        else {"elements": by_elements(path)}
    )
    alike = [name for name, other in others.items() if ours.agrees(other)]
    verdict = "equal" if len(alike) == len(others) else f"as {alike[0]}" if alike else "differs"
    return (
        shortened([path.name]),
        ours.records,
        ours.heart_rates,
        ours.heart_rate_sum,
        round(ours.distance_m, 1),
        ours.laps,
        said or "–",
        "; ".join(_in_words(name, other) for name, other in others.items()),
        verdict,
    )


def _in_words(name: str, content: Content) -> str:
    numbers = (
        f"{content.records}, {content.heart_rates}, {content.heart_rate_sum}, "
        f"{content.distance_m:.1f}, {content.laps}"
    )
    return f"{name} {numbers}" + (f" ({content.problem})" if content.problem else "")


def _ours(path: Path) -> tuple[Content, str]:
    """What Backstride reads, and the codes of what it says."""
    recordings, codes = [], []
    for outcome in read_many(path):
        if isinstance(outcome, Recording):
            recordings.append(outcome)
            codes += [notice.code for notice in outcome.notices]
        else:
            codes.append(type(outcome).__name__)
    tracks = [track for one in recordings if (track := one.track("record")) is not None]
    beats = [track.column("heart_rate_bpm") for track in tracks]
    return (
        Content(
            records=sum(len(track) for track in tracks),
            heart_rates=sum(int(np.isfinite(column).sum()) for column in beats),
            heart_rate_sum=round(sum(float(np.nansum(column)) for column in beats)),
            distance_m=max(
                (
                    float(np.nanmax(c, initial=0.0))
                    for t in tracks
                    if len(c := t.column("distance_m"))
                ),
                default=0.0,
            ),
            laps=sum(len(one.laps) for one in recordings),
        ),
        ", ".join(dict.fromkeys(codes)),
    )


def _largest(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else 0.0


def _content(messages: Iterable[tuple[str, Mapping[str, Any]]]) -> Content:
    """What messages hold, up to where reading them fails."""
    records, laps, beats, distances, problem = 0, 0, [], [0.0], ""
    try:
        for name, fields in messages:
            laps += name == "lap"
            if name != "record":
                continue
            records += 1
            if isinstance(beat := fields.get("heart_rate"), int | float):
                beats.append(beat)
            if isinstance(distance := fields.get("distance"), int | float):
                distances.append(distance)
    except Exception as error:  # whatever another program raises is its answer
        problem = type(error).__name__
    return Content(records, len(beats), round(sum(beats)), max(distances), laps, problem)


def by_fitdecode(path: Path) -> Content:
    """What fitdecode reads."""
    import fitdecode

    def messages() -> Iterable[tuple[str, dict[str, Any]]]:
        with warnings.catch_warnings(), fitdecode.FitReader(path) as frames:
            warnings.simplefilter("ignore")
            for frame in frames:
                if isinstance(frame, fitdecode.FitDataMessage):
                    yield frame.name, {field.name: field.value for field in frame.fields}

    return _content(messages())


def by_chiptime(path: Path) -> Content:
    """What chiptime reads, which goes on after damage."""
    import chiptime

    def messages() -> Iterable[tuple[str, dict[str, Any]]]:
        for message in chiptime.parse(str(path)).messages:
            yield message.name, {name: field.value for name, field in message.fields.items()}

    return _content(messages())


def by_elements(path: Path) -> Content:
    """What is in a TCX or GPX file when its elements are counted by name."""
    try:
        root = ET.parse(path).getroot()  # noqa: S314  # files of a known corpus
    except ET.ParseError as error:
        return Content(0, 0, 0, 0.0, 0, type(error).__name__)
    records, laps, beats, distances = 0, 0, [], [0.0]
    for element in root.iter():
        name = element.tag.rsplit("}", 1)[-1]
        laps += name == "Lap"
        if name in ("Trackpoint", "trkpt"):
            records += 1
            for inner in element.iter():
                kind = inner.tag.rsplit("}", 1)[-1]
                if kind == "HeartRateBpm":
                    beats += [float(value.text or 0) for value in inner]
                elif kind == "hr":
                    beats.append(float(inner.text or 0))
                elif kind == "DistanceMeters":
                    distances.append(float(inner.text or 0))
    return Content(records, len(beats), round(sum(beats)), max(distances), laps)
