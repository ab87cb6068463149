"""What was found, as plain data: the one thing that terminal, JSON and HTML all show.

Its schema is ``backstride/analysis-1``; docs/json.md describes every field.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from backstride.benefits import Answer, Assessment, Detail, Finding, MythAnswer
from backstride.evidence import claims
from backstride.motion import Analysis
from backstride.motion.bouts import Bout
from backstride.motion.gait_summary import Summary, summarized
from backstride.motion.points.paths import FootPath, foot_paths
from backstride.recording import Floats, Recording
from backstride.vocabulary import QUANTITIES, Direction

SCHEMA = "backstride/analysis-1"

#: At most this many points of a chart or route go into a report; more cannot be seen.
CHART_POINTS = 2000


@dataclass(frozen=True)
class Picture:
    """What a report draws and the JSON leaves out: thinned series and route.

    Attributes
    ----------
    t_s, speed_mps, cadence_spm, heart_rate_bpm
        Equal lengths, at most CHART_POINTS; None where missing.
    route
        (x east, y north, seconds) in metres from the first position; empty without positions.
    feet
        The way of each foot beside the body; empty without points of the body.
    """

    t_s: tuple[float, ...]
    speed_mps: tuple[float | None, ...]
    cadence_spm: tuple[float | None, ...]
    heart_rate_bpm: tuple[float | None, ...]
    route: tuple[tuple[float, float, float], ...]
    feet: tuple[FootPath, ...] = ()


@dataclass(frozen=True)
class Shown:
    """One recording, ready to be shown: the document of the JSON, and the picture."""

    document: dict[str, Any]
    picture: Picture


@dataclass(frozen=True)
class Failure:
    """A file that could not be read, or a request that did not fit it."""

    path: str
    error: str
    hint: str


@dataclass(frozen=True)
class Results:
    """All that a run of the program found."""

    recordings: tuple[Shown, ...]
    together: dict[str, Any] | None
    failures: tuple[Failure, ...]

    def document(self) -> dict[str, Any]:
        """The whole JSON document."""
        return {
            "schema": SCHEMA,
            "recordings": [shown.document for shown in self.recordings],
            "together": self.together,
            "failures": [vars(failure) for failure in self.failures],
        }


def show(analysis: Analysis, assessment: Assessment) -> Shown:
    """One analyzed and assessed recording as plain data."""
    recording = analysis.recording
    notices = (*recording.notices, *analysis.notices)
    return Shown(
        document={
            "source": {
                "path": recording.source.path,
                "sha256": recording.source.sha256,
                "format": recording.source.format,
                "title": recording.source.title,
            },
            "parts": [
                {
                    "path": part.source.path,
                    "sha256": part.source.sha256,
                    "format": part.source.format,
                    "offset_s": round(part.offset_s, 3),
                    "offset_sd_s": _rounded(part.offset_sd_s, 3),
                    "found_by": part.found_by.value,
                    "against": part.against or None,
                    "against_sd_s": _rounded(part.against_sd_s, 3),
                }
                for part in recording.parts
            ],
            "simulated": recording.simulated,
            "start_utc": recording.start_utc.isoformat() if recording.start_utc else None,
            "duration_s": round(recording.duration_s, 3),
            "device": str(recording.device),
            "sport": _sports(recording),
            "tracks": [
                {
                    "name": track.name,
                    "samples": len(track),
                    "rate_hz": _rounded(track.rate_hz, 3),
                    "columns": list(track.columns),
                }
                for track in recording.tracks
            ],
            "laps": [
                {"start_s": lap.start_s, "end_s": lap.end_s, "name": lap.name}
                for lap in recording.laps
            ],
            "warnings": [{"code": n.code, "message": n.message} for n in notices],
            "bouts": [_bout(analysis, bout) for bout in analysis.bouts],
            "disagreements": [
                {
                    "start_s": d.start_s,
                    "end_s": d.end_s,
                    "used": d.used.value,
                    "used_direction": d.used_direction.value,
                    "other": d.other.value,
                    "other_direction": d.other_direction.value,
                    "other_probability": _rounded(d.other_probability, 3),
                }
                for d in analysis.bouts.disagreements
            ],
            "totals": {
                direction.value: _total(analysis, analysis.bouts.of(direction))
                for direction in Direction
                if analysis.bouts.of(direction) or direction in _ALWAYS
            },
            "strides": _strides(analysis),
            **assessed(assessment),
        },
        picture=_picture(analysis),
    )


_ALWAYS = (Direction.BACKWARD, Direction.FORWARD, Direction.UNKNOWN)


def assessed(assessment: Assessment) -> dict[str, Any]:
    """The ten answers and the myths as plain data."""
    return {
        "findings": [_finding(answer) for answer in assessment.findings],
        "myths": [_myth(answer) for answer in assessment.myths],
    }


def _finding(answer: Answer) -> dict[str, Any]:
    claim = claims()[answer.benefit]
    common = {
        "benefit": answer.benefit,
        "title": claim.title,
        "claim": claim.claim,
        "verdict": answer.verdict.value,
        "verdict_says": claim.says,
    }
    if isinstance(answer, Finding):
        return {
            **common,
            "state": "assessed",
            "value": _significant(answer.value),
            "low": _significant(answer.low),
            "high": _significant(answer.high),
            "unit": answer.unit,
            "grade": answer.grade.value,
            "because": answer.because,
            "cautions": list(answer.cautions),
            "sources": list(answer.sources),
            "constants": list(answer.constants),
            "details": [_detail(row) for row in answer.details],
            "missing": None,
            "what_would_help": None,
        }
    return {
        **common,
        "state": "not_assessable",
        "value": None,
        "low": None,
        "high": None,
        "unit": None,
        "grade": None,
        "because": None,
        "cautions": [],
        "sources": list(dict.fromkeys(study.source for study in claim.studies)),
        "constants": [],
        "details": [],
        "missing": answer.missing,
        "what_would_help": answer.what_would_help,
    }


def _detail(row: Detail) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "value": _significant(row.value),
        "low": _significant(row.low),
        "high": _significant(row.high),
        "unit": row.unit,
        "grade": row.grade.value if row.grade else None,
        "sources": list(row.sources),
        "note": row.note,
    }


def _myth(answer: MythAnswer) -> dict[str, Any]:
    return {
        "key": answer.key,
        "myth": answer.myth,
        "answer": answer.answer,
        "value": _significant(answer.value),
        "low": _significant(answer.low),
        "high": _significant(answer.high),
        "unit": answer.unit,
        "grade": answer.grade.value,
        "sources": list(answer.sources),
    }


def _sports(recording: Recording) -> str:
    """The sport, or all of a multisport recording in the device's words."""
    named = [s.device_sport.split("/")[0] or s.sport.value for s in recording.sections]
    several = [name for name in dict.fromkeys(named) if name not in ("transition", "generic")]
    return ", ".join(several) if len(several) > 1 else recording.sport.value


def _bout(analysis: Analysis, bout: Bout) -> dict[str, Any]:
    return {
        "start_s": round(bout.start_s, 3),
        "end_s": round(bout.end_s, 3),
        "direction": bout.direction.value,
        "suspected": bout.suspected_direction.value if bout.suspected_direction else None,
        "gait": bout.gait.value,
        "probability": _rounded(bout.probability, 3),
        "origin": bout.origin.value,
        **{k: v for k, v in _total(analysis, (bout,)).items() if k != "time_s"},
    }


def _total(analysis: Analysis, bouts: Iterable[Bout]) -> dict[str, Any]:
    """Time, distance and time-weighted means over bouts."""
    series = analysis.series
    mask = np.zeros(len(series), dtype=bool)
    time_s = 0.0
    for bout in bouts:
        mask[series.within(bout.start_s, bout.end_s)] = True
        time_s += bout.duration_s
    distance = float(np.sum(series.distance_m[mask]))
    recorded = series.on_foot | np.isfinite(series.speed_mps)
    seconds = float(np.sum(recorded[mask]))

    def mean(values: Floats) -> float | None:
        known = values[mask][np.isfinite(values[mask])]
        return float(np.mean(known)) if len(known) else None

    return {
        "time_s": round(time_s, 3),
        "distance_m": round(distance, 1),
        "speed_mps": _rounded(distance / seconds if seconds else None, 3),
        "cadence_spm": _rounded(mean(series.cadence_spm), 1),
        "heart_rate_bpm": _rounded(mean(series.heart_rate_bpm), 1),
    }


def _strides(analysis: Analysis) -> dict[str, Any]:
    """Strides in short, for each direction and gait; the rows themselves are for the export."""
    return {
        "count": len(analysis.strides),
        "origins": sorted({origin.value for origin in analysis.strides.origin}),
        "groups": [
            {
                "direction": group.direction.value,
                "gait": group.gait.value,
                "strides": group.strides,
                "columns": {name: _column(one) for name, one in group.columns.items()},
                "symmetry": {
                    name: {
                        "left": _significant(one.left.mean),
                        "right": _significant(one.right.mean),
                        "index": _significant(one.index),
                    }
                    for name, one in group.symmetry.items()
                },
            }
            for group in summarized(analysis.strides)
        ],
    }


def _column(one: Summary) -> dict[str, Any]:
    return {
        "mean": _significant(one.mean),
        "sd": _significant(one.sd),
        "variation": _significant(one.variation),
        "count": one.count,
    }


def _picture(analysis: Analysis) -> Picture:
    series = analysis.series
    step = max(1, -(-len(series) // CHART_POINTS))

    def thinned(values: Floats, digits: int) -> tuple[float | None, ...]:
        whole = len(values) - len(values) % step
        blocks = values[:whole].reshape(-1, step) if whole else np.zeros((0, step))
        known = np.isfinite(blocks)
        count = np.sum(known, axis=1)
        sums = np.sum(np.where(known, blocks, 0), axis=1)
        return tuple(
            round(float(total / n), digits) if n else None
            for total, n in zip(sums, count, strict=True)
        )

    return Picture(
        t_s=tuple(float(t) for t in series.t_s[: len(series) - len(series) % step : step]),
        speed_mps=thinned(series.speed_mps, 2),
        cadence_spm=thinned(series.cadence_spm, 0),
        heart_rate_bpm=thinned(series.heart_rate_bpm, 0),
        route=_route(analysis),
        feet=foot_paths(analysis.bodies, analysis.strides),
    )


def _route(analysis: Analysis) -> tuple[tuple[float, float, float], ...]:
    """Positions as metres from the first one, on the plane that touches the ground there."""
    track = analysis.recording.track("record")
    if track is None:
        return ()
    latitude, longitude = track.column("latitude_deg"), track.column("longitude_deg")
    bounds = QUANTITIES["latitude_deg"], QUANTITIES["longitude_deg"]
    valid = (np.abs(latitude) <= bounds[0].high) & (np.abs(longitude) <= bounds[1].high)
    known = np.flatnonzero(valid)
    known = known[:: max(1, -(-len(known) // CHART_POINTS))]
    if not len(known):
        return ()
    latitude, longitude = latitude[known], longitude[known]
    radius = 6_371_008.8  # mean radius of the Earth, IUGG
    north = np.radians(latitude - latitude[0]) * radius
    turn = np.remainder(longitude - longitude[0] + 180, 360) - 180
    east = np.radians(turn) * radius * np.cos(np.radians(latitude[0]))
    return tuple(
        (round(float(x), 1), round(float(y), 1), round(float(t), 1))
        for x, y, t in zip(east, north, track.t_s[known], strict=True)
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)


def _significant(value: float | None) -> float | None:
    """Four significant digits: more would pretend."""
    return None if value is None else float(f"{value:.4g}")
