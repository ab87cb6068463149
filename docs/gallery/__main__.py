"""Draw the gallery: ``python -m docs.gallery`` (needs the development group `docs`)."""

import os
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from backstride import readers
from backstride.evidence import Spread, evaluate
from backstride.evidence.pooling import pool
from backstride.models import energy
from backstride.motion import Analysis, analyze
from backstride.recording import Recording
from backstride.simulation import backward, forward, runners, simulate
from backstride.vocabulary import Direction

HERE = Path(__file__).parent
FORWARD, BACKWARD, QUIET = "#2f6db5", "#d9722b", "#7a7a7a"
#: A real forward run that the watch model was not tuned on, if recordings are there.
REAL = "activity-corpus/dtcooper__python-fitparse__activity-small-fenix2-run.fit"


def forest() -> Figure:
    """Which studies say what backward running costs, and what that means for one more runner."""
    pooled = pool("cost_ratio_running")
    rows = [
        (f"{s.source}\n{s.people} people, weight {100 * s.weight:.0f} %", s.ratio)
        for s in pooled.studies
    ]
    summary = [
        (f"Mean, {pooled.people} people", pooled.mean),
        ("One more study", pooled.next_study),
        ("One more runner (used by every answer)", pooled.next_person),
    ]
    figure, axes = plt.subplots(figsize=(8, 3.6))
    for y, (label, ratio) in enumerate([*rows, *summary][::-1]):
        of_study = y >= len(summary)
        axes.plot([ratio.low, ratio.high], [y, y], color=FORWARD if of_study else BACKWARD, lw=2)
        axes.plot(ratio.value, y, "s" if of_study else "D", color=FORWARD if of_study else BACKWARD)
        axes.text(2.5, y, f"{ratio.value:.2f} ({ratio.low:.2f} to {ratio.high:.2f})", va="center")
        axes.text(0.62, y, label, va="center", ha="right")
    axes.axvline(1, color=QUIET, lw=1, ls=":")
    axes.axhline(len(summary) - 0.5, color=QUIET, lw=0.5)
    axes.set(
        xlim=(0.65, 2.45), yticks=[], xlabel="cost of running backward over forward, same speed"
    )
    axes.set_xscale("log")
    axes.set_xticks([0.75, 1, 1.25, 1.5, 2], ["0.75", "1", "1.25", "1.5", "2"])
    axes.minorticks_off()
    figure.subplots_adjust(left=0.42, right=0.78, bottom=0.16, top=0.97)
    return figure


def adjusted_pace() -> Figure:
    """Which forward, level pace takes the same power as a backward pace."""
    speed = np.linspace(1.7, 4.0, 60)
    figure, axes = plt.subplots(figsize=(7, 4.6))
    for gradient, style in ((0.0, "-"), (0.05, "--"), (0.10, ":")):
        slope = np.full_like(speed, gradient)
        equal = energy.equivalent_forward_speed(speed, slope)
        axes.plot(
            _pace(speed),
            _pace(equal),
            style,
            color=BACKWARD,
            label=f"backward, {100 * gradient:.0f} % uphill" if gradient else "backward, level",
        )
    bounds = [_equal_on_the_level(v) for v in speed]
    low, high = (_pace(np.array([getattr(b, end) for b in bounds])) for end in ("low", "high"))
    axes.fill_between(
        _pace(speed), low, high, color=BACKWARD, alpha=0.15, label="95 % of runners, level"
    )
    axes.plot(_pace(speed), _pace(speed), color=QUIET, lw=1, label="forward, level")
    axes.set(xlabel="backward pace, min/km", ylabel="forward, level pace of equal power, min/km")
    axes.invert_xaxis()
    axes.invert_yaxis()
    axes.legend(frameon=False)
    figure.tight_layout()
    return figure


def _equal_on_the_level(speed_mps: float) -> Spread:
    speed, level = np.array([speed_mps]), np.zeros(1)
    return evaluate(lambda: {"speed": energy.equivalent_forward_speed(speed, level)})["speed"]


def _pace(speed_mps: np.ndarray) -> np.ndarray:
    return 1000 / 60 / speed_mps


def watch_on_simulated() -> Figure:
    """What the watch model sees in a simulated session without any label."""
    runner = runners(1, seed=7)[0]
    easy, back = runner.easy_speed_mps, runner.equal_effort_speed_mps
    legs = [
        forward(easy, 600),
        *([backward(back, 90), forward(0.9 * easy, 90)] * 4),
        forward(easy, 400),
    ]
    simulated = simulate(legs, runner, seed=11)
    analysis = analyze(simulated.recording)
    truth = [(s.start_s, s.end_s) for s in simulated.truth if s.direction is Direction.BACKWARD]
    return _watch(
        analysis, truth, "SIMULATED: nobody ran this. Four backward bouts of 90 s, unlabelled"
    )


def watch_on_real() -> Figure | None:
    """What the watch model sees in a real forward run."""
    folder = Path(os.environ.get("BACKSTRIDE_DATA", HERE.parents[2] / "shared" / "data"))
    if not (folder / REAL).exists():
        return None
    recording: Recording = readers.read(folder / REAL)
    return _watch(analyze(recording), [], "A real forward run; nothing in it is backward")


def _watch(analysis: Analysis, truth: list[tuple[float, float]], title: str) -> Figure:
    series, posterior = analysis.series, analysis.bouts.posterior
    assert posterior is not None
    minutes = series.t_s / 60
    figure, rows = plt.subplots(3, 1, sharex=True, figsize=(9, 5.4), height_ratios=(2, 2, 1.6))
    axes: list[Axes] = list(rows)
    axes[0].plot(minutes, series.speed_mps, color=FORWARD, lw=0.8)
    axes[0].set(ylabel="speed, m/s", title=title)
    axes[1].plot(minutes, series.cadence_spm, color=FORWARD, lw=0.8)
    axes[1].set(ylabel="steps/min", ylim=(100, 220))
    names = [name for name in posterior.columns if "backward" in name]
    probability = np.sum([posterior.column(name) for name in names], axis=0)
    axes[2].fill_between(posterior.t_s / 60, probability, color=BACKWARD, step="mid", alpha=0.8)
    axes[2].set(ylabel="probability\nof backward", ylim=(0, 1), xlabel="minutes")
    for start, end in truth:
        for each in axes:
            each.axvspan(start / 60, end / 60, color=BACKWARD, alpha=0.12, lw=0, hatch="//")
    figure.tight_layout()
    return figure


FIGURES: dict[str, Callable[[], Figure | None]] = {
    "cost-ratio": forest,
    "direction-adjusted-pace": adjusted_pace,
    "watch-model-simulated": watch_on_simulated,
    "watch-model-real-forward": watch_on_real,
}


def main() -> None:
    """Draw every figure beside this file."""
    mpl.use("agg")
    mpl.rcParams.update({"svg.hashsalt": "backstride", "font.size": 9, "axes.spines.top": False})
    mpl.rcParams["axes.spines.right"] = False
    for name, draw in FIGURES.items():
        figure = draw()
        if figure is None:
            print(f"{name}: left out, no real recordings here")
            continue
        figure.savefig(HERE / f"{name}.svg", metadata={"Date": None})
        plt.close(figure)
        print(f"drew {name}.svg")


if __name__ == "__main__":
    main()
