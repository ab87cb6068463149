"""Results written by hand, with no file read and nothing analyzed; every number is invented."""

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from backstride.evidence import claims, myths
from backstride.report.document import Failure, Picture, Results, Shown

HOSTILE = (
    '</script><script>alert(1)</script><img src=x onerror=alert(2)> & "quotes" \u202egnol\x00\udcff'
)

#: (seconds, direction, gait, speed in m/s)
Plan = Sequence[tuple[float, str, str, float]]

WARM_UP: Plan = [(600, "forward", "run", 2.8), (25, "still", "still", 0.0)]
COOL_DOWN: Plan = [(480, "forward", "run", 2.6), (60, "forward", "walk", 1.4)]
REPETITION: Plan = [(95, "backward", "run", 2.1), (105, "forward", "run", 2.7)]
BACKWARD_SESSION: Plan = [*WARM_UP, *(6 * list(REPETITION)), *COOL_DOWN]
FORWARD_RUN: Plan = [
    (1800, "forward", "run", 3.0),
    (40, "still", "still", 0.0),
    (900, "forward", "run", 3.1),
]
SUSPECTED_RUN: Plan = [
    (700, "forward", "run", 2.9),
    (42, "suspected", "run", 1.9),
    (300, "unknown", "unknown", 2.2),
    (38, "suspected", "run", 2.0),
    (600, "forward", "run", 2.8),
]


def session(
    plan: Plan = BACKWARD_SESSION,
    *,
    title: str = "6 × 200 m backward",
    start_utc: str | None = "2025-05-04T06:30:00+00:00",
    simulated: bool = False,
    gps: bool = True,
    heart_rate: bool = True,
    mass_known: bool = True,
    parts: Sequence[Mapping[str, object]] = (),
    seed: int = 1,
) -> Shown:
    """A recording in which `plan` was run; answers are invented to fit whether it has backward."""
    bouts = _bouts(plan, heart_rate=heart_rate)
    backward = any(bout["direction"] == "backward" for bout in bouts)
    duration = bouts[-1]["end_s"] if bouts else 0.0
    return Shown(
        document={
            "source": {
                "path": "activities/2025-05-04-backward.fit",
                "sha256": "0" * 64,
                "format": "fit",
                "title": title,
            },
            "parts": parts,
            "simulated": simulated,
            "start_utc": start_utc,
            "duration_s": duration,
            "device": "Example Watch 3",
            "sport": "running",
            "tracks": [{"name": "record", "samples": int(duration), "rate_hz": 1.0, "columns": []}]
            if bouts
            else [],
            "laps": [],
            "warnings": [
                {"code": "gap", "message": "12 s without samples at 14:10."},
                *([{"code": "simulated", "message": "Made by a program."}] if simulated else []),
            ],
            "bouts": bouts,
            "disagreements": [
                {
                    "start_s": 700.0,
                    "end_s": 720.0,
                    "used": "declared",
                    "used_direction": "backward",
                    "other": "watch",
                    "other_direction": "forward",
                    "other_probability": 0.91,
                }
            ]
            if backward
            else [],
            "strides": {"count": 0, "origins": [], "groups": []},
            "totals": _totals(bouts),
            "findings": findings(backward=backward, mass_known=mass_known),
            "myths": sayings() if backward else [],
        },
        picture=_picture(plan, gps=gps, heart_rate=heart_rate, seed=seed),
    )


def one(shown: Shown | None = None) -> Results:
    """Results of a single recording."""
    return Results((shown or session(),), None, ())


def several(count: int = 4, *, failures: tuple[Failure, ...] = ()) -> Results:
    """Results of several recordings, with answers over all of them."""
    plans = [BACKWARD_SESSION, FORWARD_RUN, SUSPECTED_RUN]
    recordings = tuple(
        session(
            plans[place % 3],
            title=f"Run {place + 1}",
            start_utc=f"2025-05-{1 + place % 28:02d}T06:30:00+00:00",
            gps=place % 4 != 3,
            heart_rate=place % 5 != 4,
            seed=place,
        )
        for place in range(count)
    )
    together = {"findings": findings(backward=True, weeks=True), "myths": sayings()}
    return Results(recordings, together, failures)


FAILURES = (
    Failure("broken.fit", "broken.fit: not a FIT file: no header (at byte 0)", "export it again"),
    Failure(HOSTILE, f"{HOSTILE}: empty", ""),
)


def _bouts(plan: Plan, *, heart_rate: bool) -> list[dict[str, Any]]:
    bouts, start = [], 0.0
    for seconds, direction, gait, speed in plan:
        suspected = direction == "suspected"
        bouts.append(
            {
                "start_s": start,
                "end_s": start + seconds,
                "direction": "unknown" if suspected else direction,
                "suspected": "backward" if suspected else None,
                "gait": gait,
                "probability": 0.72 if suspected else 0.996,
                "origin": "label" if direction == "backward" else "watch",
                "distance_m": round(seconds * speed, 1),
                "speed_mps": speed or None,
                "cadence_spm": {"backward": 182.0, "still": None}.get(direction, 168.0),
                "heart_rate_bpm": 152.0 if heart_rate else None,
            }
        )
        start += seconds
    return bouts


def _totals(bouts: list[dict[str, Any]]) -> dict[str, Any]:
    totals = {}
    for direction in ("forward", "backward", "still", "unknown"):
        mine = [bout for bout in bouts if bout["direction"] == direction]
        time_s = sum(bout["end_s"] - bout["start_s"] for bout in mine)
        distance = sum(bout["distance_m"] for bout in mine)
        totals[direction] = {
            "time_s": time_s,
            "distance_m": distance,
            "speed_mps": round(distance / time_s, 3) if distance else None,
            "cadence_spm": mine[0]["cadence_spm"] if mine else None,
            "heart_rate_bpm": mine[0]["heart_rate_bpm"] if mine else None,
        }
    return totals


def _picture(plan: Plan, *, gps: bool, heart_rate: bool, seed: int) -> Picture:
    """A point every two seconds; the route is laps of a track of 400 m."""
    chance = random.Random(seed)
    t_s: list[float] = []
    speed: list[float | None] = []
    cadence: list[float | None] = []
    heart: list[float | None] = []
    route: list[tuple[float, float, float]] = []
    beats, way, start, drift = 95.0, 0.0, 0.0, (0.0, 0.0)
    for seconds, direction, gait, mean in plan:
        backward = direction in ("backward", "suspected")
        for step in range(int(seconds / 2)):
            now = max(0.0, mean + chance.gauss(0, 0.09)) if mean else 0.0
            goal = 100 + 22 * mean * (1.3 if backward else 1.0)
            beats += (goal - beats) * 0.03
            way += 2 * now
            t_s.append(start + 2 * step)
            speed.append(round(now, 2))
            cadence.append(
                round((182 if backward else 168 if gait == "run" else 112) + chance.gauss(0, 1.5))
                if mean
                else 0.0
            )
            missing = not heart_rate or 300 < start + 2 * step < 330
            heart.append(None if missing else round(beats + chance.gauss(0, 0.7)))
            if gps:
                x, y = _track(way)
                drift = (
                    drift[0] * 0.97 + chance.gauss(0, 0.5),
                    drift[1] * 0.97 + chance.gauss(0, 0.5),
                )
                route.append((round(x + drift[0], 1), round(y + drift[1], 1), start + 2 * step))
        start += seconds
    return Picture(tuple(t_s), tuple(speed), tuple(cadence), tuple(heart), tuple(route))


def _track(way: float) -> tuple[float, float]:
    """A place on a running track: two straights of 84.39 m, two bends of 36.8 m radius."""
    straight, radius = 84.39, 36.8
    bend = math.pi * radius
    along = way % (2 * straight + 2 * bend)
    if along < straight:
        return along, 0.0
    if along < straight + bend:
        angle = (along - straight) / radius
        return straight + radius * math.sin(angle), radius - radius * math.cos(angle)
    if along < 2 * straight + bend:
        return 2 * straight + bend - along, 2 * radius
    angle = (along - 2 * straight - bend) / radius
    return -radius * math.sin(angle), radius + radius * math.cos(angle)


def _detail(
    key: str,
    label: str,
    value: float,
    unit: str,
    low: float | None = None,
    high: float | None = None,
    grade: str | None = None,
    sources: Sequence[str] = (),
    note: str = "",
) -> dict[str, Any]:
    return {
        "key": key,
        "label": label,
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
        "grade": grade,
        "sources": list(sources),
        "note": note,
    }


_ENERGY = ("bws_direction", "rasica2020")


def _calories(*, mass_known: bool) -> dict[str, Any]:
    unit, scale, digits = ("kcal", 1.0, 1) if mass_known else ("kcal/kg", 1 / 70, 3)

    def row(key: str, label: str, value: float, low: float, high: float) -> dict[str, Any]:
        ends = [round(each * scale, digits) for each in (value, low, high)]
        return _detail(key, label, ends[0], unit, ends[1], ends[2], "C", _ENERGY)

    rows = [
        _detail(
            "device",
            "Whole recording, by the device",
            389.0,
            "kcal",
            note="the device's own figure; it does not know the direction",
        ),
        row("session_as_forward", "Whole recording, all counted as forward", 402, 352, 455),
        row("session", "Whole recording, corrected for backward", 429, 368, 512),
        row("as_forward", "Backward part, counted as forward", 91, 79, 103),
        row("backward", "Backward part, corrected", 118, 84, 176),
        row("active", "Backward part, corrected, without rest", 106, 73, 163),
        _detail("extra", "More than forward at the same speed", 31, "%", -6.2, 81, "B", _ENERGY),
    ]
    value = rows[4]
    return {
        "value": value["value"],
        "low": value["low"],
        "high": value["high"],
        "unit": unit,
        "grade": "C",
        "because": "Your backward part cost about 118 kcal (between 84 and 176 kcal). Forward at "
        "the same speed it would have cost 91 kcal: +31 % (between -6 and +81 %) without the "
        "energy of rest.",
        "cautions": ["The recording has no height, so it is taken as level."],
        "details": rows,
        "sources": list(_ENERGY),
    }


def _assessed(*, mass_known: bool, weeks: bool) -> dict[str, dict[str, Any]]:
    answers: dict[str, dict[str, Any]] = {
        "variety": {
            "value": 1.42,
            "low": 1.05,
            "high": 1.71,
            "unit": "kinds",
            "grade": "C",
            "because": "You moved in about 4.1 kinds of ways; with the backward part counted as "
            "forward it would be 2.7.",
            "cautions": [
                "How finely effort is sorted is a choice; the interval shows what it does."
            ],
            "details": [
                _detail("with", "Kinds of movement", 4.1, "kinds", 3.6, 4.9, "C", ["sylvester2016"])
            ],
            "sources": ["sylvester2016"],
        },
        "muscle_balance": {
            "value": 25.4,
            "low": 3.1,
            "high": 61.0,
            "unit": "%",
            "grade": "B",
            "because": "Over all your running here the straight muscle of the front thigh worked "
            "+25 % (between +3 and +61 %) against running it all forward.",
            "cautions": ["One study of 13 people."],
            "details": [],
            "sources": ["bws_direction"],
        },
        "injury_relief": {
            "value": -15.2,
            "low": -41.3,
            "high": 19.4,
            "unit": "%",
            "grade": "B",
            "because": "Per kilometre your kneecap joint bore -15 % (between -41 and +19 %) "
            "against running it forward: less for the average of 20 people, but not for each of "
            "them.",
            "cautions": ["Less load on a joint is not fewer injuries."],
            "details": [
                _detail(
                    "achilles",
                    "Achilles tendon, per km",
                    24.0,
                    "%",
                    2.0,
                    49.0,
                    "C",
                    ["almonroeder2013"],
                ),
                _detail(
                    "backward_steps",
                    "Backward steps taken",
                    1729.0,
                    "steps",
                    note="counted by the device",
                ),
            ],
            "sources": ["roos2012", "bws_direction"],
        },
        "calories": _calories(mass_known=mass_known),
        "cardio": {
            "value": 1.31,
            "low": 0.94,
            "high": 1.81,
            "unit": "forward laps",
            "grade": "B",
            "because": "One backward lap takes about as much energy as 1.3 forward laps (between "
            "0.9 and 1.8 forward laps) at the same speed. Nobody has measured six.",
            "cautions": ["This is a ratio from studies, not from your heart."],
            "details": [
                _detail(
                    "direction_adjusted_speed",
                    "Direction-adjusted pace",
                    2.73,
                    "m/s",
                    2.31,
                    3.4,
                    "B",
                    _ENERGY,
                    "the forward, level pace that takes the same power",
                ),
                _detail(
                    "heart_rate_backward", "Mean heart rate, backward", 156.0, "bpm", note="counted"
                ),
                _detail(
                    "share",
                    "Oxygen uptake reserve used, backward",
                    68.0,
                    "%",
                    59.0,
                    77.0,
                    "C",
                    ["swain1997"],
                ),
            ],
            "sources": list(_ENERGY),
        },
    }
    if weeks:
        answers["fitness"] = {
            "value": -1.8,
            "low": -4.4,
            "high": 0.9,
            "unit": "% per 4 weeks",
            "grade": "C",
            "because": "At your usual forward speed your heart beats per kilometre changed by "
            "-1.8 % (between -4.4 and +0.9 %) in four weeks; fewer is fitter.",
            "cautions": ["There is no comparison without it."],
            "details": [
                _detail("recordings", "Recordings in the trend", 14.0, "1", note="counted")
            ],
            "sources": ["heath2001"],
        }
    return answers


_CANNOT_SEE = {
    "missing": "a recording that shows it; a watch does not",
    "what_would_help": "motion capture, or a video from the side, at the same speed both ways",
}
_NOTHING_BACKWARD = {
    "missing": "backward movement: none was found",
    "what_would_help": "if you ran backward here, say when: --backward 12:00-14:30",
}


def findings(
    *, backward: bool, mass_known: bool = True, weeks: bool = False
) -> list[dict[str, Any]]:
    """Ten answers: five or six with a number where something was run backward, else none."""
    answered = _assessed(mass_known=mass_known, weeks=weeks) if backward else {}
    rows = []
    for key, claim in claims().items():
        common = {
            "benefit": key,
            "title": claim.title,
            "claim": claim.claim,
            "verdict": claim.verdict.value,
            "verdict_says": claim.says,
        }
        silent = {
            "state": "not_assessable",
            **dict.fromkeys(("value", "low", "high", "unit", "grade", "because")),
            "cautions": [],
            "sources": list(claim.sources),
            "constants": [],
            "details": [],
            **(_CANNOT_SEE if backward else _NOTHING_BACKWARD),
        }
        told = {
            "state": "assessed",
            "constants": ["energy.backward_cost_ratio"],
            "missing": None,
            "what_would_help": None,
        }
        rows.append({**common, **({**told, **answered[key]} if key in answered else silent)})
    return rows


def sayings() -> list[dict[str, Any]]:
    """The three sayings with invented numbers."""
    said = {
        "six_laps": (
            "One backward lap of yours was worth 1.3 forward laps, not six.",
            1.31,
            0.94,
            1.81,
            "forward laps",
        ),
        "hundred_steps": (
            "A hundred backward steps cost about as much energy as 118 forward steps, not a "
            "thousand.",
            118.0,
            84.0,
            166.0,
            "forward steps",
        ),
        "twenty_percent": (
            "At the same speed your backward part cost +31 % per distance.",
            31.0,
            -6.2,
            81.0,
            "%",
        ),
    }
    return [
        {
            "key": key,
            "myth": myth.title,
            "answer": said[key][0],
            "value": said[key][1],
            "low": said[key][2],
            "high": said[key][3],
            "unit": said[key][4],
            "grade": "B",
            "sources": list(_ENERGY),
        }
        for key, myth in myths().items()
    ]
