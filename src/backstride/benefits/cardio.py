"""Cardio: how many forward laps a backward lap is worth to heart and lungs."""

from collections.abc import Callable
from functools import partial

import numpy as np

from backstride.benefits.finding import (
    Detail,
    Finding,
    NotAssessable,
    between,
    counted,
    finding,
    measured,
    not_assessable,
    remark,
)
from backstride.benefits.history import History, Pieces
from backstride.evidence import (
    CONFIDENCE,
    Constant,
    Spread,
    constant,
    equation,
    estimate,
    evaluate,
    total,
)
from backstride.models import cardio, energy, load
from backstride.recording import Floats
from backstride.vocabulary import SECONDS_PER_MINUTE, clock

KEY = "cardio"


def assess(history: History) -> Finding | NotAssessable:
    """Forward laps that a backward lap is worth: by heart beats if they can speak, or energy."""
    running = history.backward.where(history.backward.running)
    covered = running.where((running.covered > 0) & (running.distance_m > 0)).merged()
    if not len(covered):
        return not_assessable(
            KEY,
            missing="backward running on the level or uphill, with distance",
            what_would_help="run backward on the level for some minutes",
        )
    by_energy = measured(
        "energy", "By energy", "forward laps", lambda: _mean(covered, energy.laps_by_energy)
    )
    adjusted = measured(
        "direction_adjusted_speed",
        "Direction-adjusted pace",
        "m/s",
        lambda: _over_time(
            covered, lambda slope: energy.equivalent_forward_speed(covered.speed_mps, slope)
        ),
        "the forward, level pace that takes the same mean power",
    )
    details = (
        by_energy,
        measured(
            "oxygen",
            "By oxygen, rest included",
            "forward laps",
            lambda: _mean(covered, lambda slope: energy.laps_by_oxygen(covered.speed_mps, slope)),
        ),
        adjusted,
        measured(
            "oxygen_uptake",
            "Oxygen uptake, backward",
            "ml/kg/min",
            lambda: _over_time(
                covered, lambda slope: energy.backward_running_oxygen(covered.speed_mps, slope)
            ),
            "by the ACSM running equation and the cost ratio, rest included",
        ),
        measured(
            "oxygen_uptake_forward",
            "Oxygen uptake, forward at the same speed",
            "ml/kg/min",
            lambda: _over_time(
                covered, lambda slope: energy.running_oxygen(covered.speed_mps, slope)
            ),
            "by the ACSM running equation, rest included; no prediction error was readable",
        ),
        *_heart_rates(history, running),
        *_loads(history),
    )
    if _beats_ratio(history) is None:
        traced = evaluate(lambda: {"laps": _mean(covered, energy.laps_by_energy)})
        because = (
            "One backward lap takes about as much energy as "
            f"{between(by_energy, digits=1, unit='forward laps')} at the same speed. "
        )
        cautions: tuple[str, ...] = (
            "This is a ratio from studies, not from your heart: for that, run at least two "
            f"backward and two forward bouts of {clock(_steady())} or more at the same speed, "
            "with heart rate.",
        )
    else:
        traced = evaluate(lambda: {"laps": _own_laps(history)})
        because = (
            "By your own heart beats one backward lap was worth "
            f"{between(traced['laps'], digits=1, unit='forward laps')} at matched speed; studies "
            f"of energy say {by_energy.value:.1f}. "
        )
        cautions = (
            f"Your heart beats were compared over the last minute of bouts of {clock(_steady())} "
            "or more, at speeds that match.",
            remark(KEY, "drift"),
        )
    return finding(
        KEY,
        traced,
        "laps",
        unit="forward laps",
        because=because + remark(KEY, "six"),
        cautions=cautions,
        details=details,
    )


def _own_laps(history: History) -> float | Floats:
    """The runner's own ratio of heart beats, as a traced number."""
    own = _beats_ratio(history)
    return float("nan") if own is None else estimate("beats", own.value, own.low, own.high)


def _over_time(pieces: Pieces, of_slope: Callable[[Floats], Floats]) -> Floats:
    """Mean over time of something that depends on the slope, shape (..., 1)."""
    share = pieces.time_s / np.sum(pieces.time_s)
    return total(share * of_slope(np.maximum(pieces.slope, 0)))


def _mean(pieces: Pieces, of_slope: Callable[[Floats], Floats]) -> Floats:
    """Mean over distance of something that depends on the slope, shape (..., 1)."""
    share = pieces.distance_m / np.sum(pieces.distance_m)
    return total(share * of_slope(np.maximum(pieces.slope, 0)))


def _loads(history: History) -> tuple[Detail, ...]:
    """Training load by heart rate of all that was done on foot, where the athlete is known."""
    athlete, pieces = history.athlete, history.pieces
    known = pieces.where(np.isfinite(pieces.heart_rate_bpm))
    rest, top = athlete.resting_heart_rate_bpm, athlete.max_heart_rate_bpm
    if top is None or not len(known):
        return ()
    minutes = known.time_s / SECONDS_PER_MINUTE
    note = "by definition of the method; all of the recording on foot"
    zones = measured(
        "zone_load",
        "Training load by heart-rate zones (Edwards)",
        "au",
        lambda: total(load.zone_load(minutes, known.heart_rate_bpm / top)),
        note,
    )
    if rest is None or athlete.sex is None:
        return (zones,)
    trimp = load.TRIMP[athlete.sex]
    reserve = cardio.heart_rate_reserve(known.heart_rate_bpm, rest, top)
    impulse = measured(
        "trimp", "Training impulse (Banister)", "au", lambda: total(trimp(minutes, reserve)), note
    )
    return (zones, impulse)


@equation(returns="time_s", source="")
def _steady(*, length: Constant = constant("benefits.steady_s")) -> float:
    """A bout must last this long before its heart rate speaks of it."""
    return float(length)


@equation(returns="share", source="")
def _matched(
    speed_mps: Floats, ratio: float, *, within: Constant = constant("benefits.matched_bouts")
) -> Floats:
    """1 where a speed is within the matching limit of the reference `ratio` scales it to."""
    return np.asarray(np.abs(speed_mps / ratio - 1) <= within, dtype=np.float64)


def _beats_ratio(history: History) -> Spread | None:
    """Beats per metre, backward over forward at matched speed, over steady bouts of each.

    Heart rate follows effort late, so only the last minute of bouts of at least the steady length
    is used, and of those the ones near the middle backward speed, for beats per metre change with
    speed. The interval is Student's t of the difference of mean logarithms; it needs two of each.
    """
    from scipy.special import stdtrit

    backward, forward = _steady_bouts(history.backward), _steady_bouts(history.forward)
    if not len(backward):
        return None
    typical = float(np.median(backward[:, 0]))
    backward = backward[_matched(backward[:, 0], typical) > 0]
    forward = forward[_matched(forward[:, 0], typical) > 0]
    if len(backward) < 2 or len(forward) < 2:
        return None
    logs = np.log(backward[:, 1]), np.log(forward[:, 1])
    middle = float(np.mean(logs[0]) - np.mean(logs[1]))
    variance = sum(float(np.var(each, ddof=1)) / len(each) for each in logs)
    freedom = min(len(each) for each in logs) - 1
    half = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * np.sqrt(variance)
    low, ratio, high = np.exp([middle - half, middle, middle + half])
    return Spread(float(ratio), float(low), float(high))


def _steady_bouts(pieces: Pieces) -> Floats:
    """Speed and beats per kilometre of each steady running bout's last minute, shape (m, 2)."""
    rows = []
    for one in pieces.where(pieces.running).split(pieces.bout[pieces.running]):
        # The last piece may be cut short by a piece's length and still be of a long enough bout.
        length = float(one.start_s[-1] + one.time_s[-1] - one.start_s[0])
        late = one.where(one.start_s >= one.start_s[0] + length - SECONDS_PER_MINUTE)
        known = late.where(np.isfinite(late.heart_rate_bpm) & (late.distance_m > 0))
        if length + 1 < _steady() or not len(known):
            continue
        speed = float(np.sum(known.distance_m) / np.sum(known.time_s))
        rate = float(np.average(known.heart_rate_bpm, weights=known.time_s))
        rows.append((speed, float(cardio.beats_per_km(np.asarray(rate), np.asarray(speed)))))
    return np.array(rows).reshape(-1, 2)


def _percent_of_reserve(heart_rate_reserve: Floats) -> Floats:
    return 100 * cardio.oxygen_reserve(heart_rate_reserve)


def _heart_rates(history: History, running: Pieces) -> tuple[Detail, ...]:
    """Mean heart rate and beats per kilometre in each direction, as counted."""
    rows = []
    forward = history.forward.where(history.forward.running)
    for label, pieces in (("backward", running), ("forward", forward)):
        known = pieces.where(np.isfinite(pieces.heart_rate_bpm) & (pieces.distance_m > 0))
        if not len(known):
            continue
        rate = float(np.average(known.heart_rate_bpm, weights=known.time_s))
        speed = float(np.sum(known.distance_m) / np.sum(known.time_s))
        note = "counted over all of it; speeds differ and heart rate follows late"
        rows.append(counted(f"heart_rate_{label}", f"Mean heart rate, {label}", rate, "bpm", note))
        rows.append(
            counted(
                f"beats_{label}",
                f"Heart beats per kilometre, {label}",
                float(cardio.beats_per_km(np.asarray(rate), np.asarray(speed))),
                "beats/km",
                note,
            )
        )
        athlete = history.athlete
        rest, top = athlete.resting_heart_rate_bpm, athlete.max_heart_rate_bpm
        if rest is not None and top is not None:
            reserve = cardio.heart_rate_reserve(np.asarray(rate), rest, top)
            rows.append(
                measured(
                    f"oxygen_reserve_{label}",
                    f"Oxygen uptake reserve used, {label}",
                    "%",
                    partial(_percent_of_reserve, reserve),
                    remark(KEY, "forward_equation"),
                )
            )
    return tuple(rows)
