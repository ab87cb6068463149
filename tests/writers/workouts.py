"""Workout files as another decoder reads them, and workouts that nobody made by hand."""

from collections.abc import Callable

from hypothesis import strategies as st

from backstride.readers import fit as fit_reader
from backstride.readers.samples import one_line
from backstride.recording import Recording, Source, WorkoutStep

RowsOf = Callable[[bytes, str], list[dict[str, object]]]


def read_by_us(data: bytes) -> Recording:
    (back,) = fit_reader.read(data, Source("written.fit", "", "fit"))
    return back


def steps_by(rows_of: RowsOf, data: bytes) -> tuple[WorkoutStep, ...]:
    """The steps as another decoder names and scales them."""
    return tuple(_step(row) for row in rows_of(data, "workout_step"))


def _step(row: dict[str, object]) -> WorkoutStep:
    kind, aim = str(row.get("duration_type") or ""), str(row.get("target_type") or "")
    repeats = kind.startswith("repeat_until")
    low, high = (row.get(f"custom_target_{aim}_{end}") for end in ("low", "high"))
    amounts = ("duration_time", "duration_distance", "duration_step", "duration_hr")
    values = ("repeat_steps", "repeat_hr") if repeats else (f"target_{aim}_zone",)
    value = first_of(row, values)
    if low is not None and high is not None:
        value = (float(str(low)) + float(str(high))) / 2
    return WorkoutStep(
        index=int(str(row["message_index"])),
        name=str(row.get("wkt_step_name") or ""),
        notes=str(row.get("notes") or ""),
        intensity=str(row.get("intensity") or ""),
        duration_kind=kind,
        duration_value=first_of(row, amounts),
        target_kind="repeats" if repeats else aim,
        target_value=value,
        target_low=None if low is None else float(str(low)),
        target_high=None if high is None else float(str(high)),
    )


def first_of(row: dict[str, object], names: tuple[str, ...]) -> float | None:
    found = [row[name] for name in names if row.get(name) is not None]
    return float(str(found[0])) if found else None


def _plain(text: str) -> str:
    """A text as a reader shows it, within what a watch keeps."""
    return one_line(one_line(text).encode(errors="replace")[:15].decode(errors="ignore"))


_texts = st.text(max_size=20).map(_plain)
_milliseconds = st.integers(1, 10**9).map(lambda whole: whole / 1000)
_centimetres = st.integers(1, 10**9).map(lambda whole: whole / 100)
_speeds = st.integers(1, 12_000).map(lambda whole: whole / 1000)


@st.composite
def _steps(draw: st.DrawFn, index: int) -> WorkoutStep:
    if index and draw(st.integers(0, 3)) == 0:
        return WorkoutStep(
            index,
            "",
            duration_kind="repeat_until_steps_cmplt",
            duration_value=float(draw(st.integers(0, index - 1))),
            target_kind="repeats",
            target_value=float(draw(st.integers(1, 60))),
        )
    kind, amount = draw(
        st.one_of(
            st.tuples(st.just("time"), _milliseconds),
            st.tuples(st.just("distance"), _centimetres),
            st.tuples(st.just("open"), st.none()),
        )
    )
    aim = draw(st.sampled_from(("open", "speed", "heart_rate")))
    ends: tuple[float, ...] = ()
    if aim == "speed":
        ends = tuple(sorted(draw(st.tuples(_speeds, _speeds))))
    elif aim == "heart_rate":
        beats = st.integers(101, 320).map(float)
        ends = tuple(sorted(draw(st.tuples(beats, beats))))
    return WorkoutStep(
        index,
        draw(_texts),
        notes=draw(_texts),
        intensity=draw(st.sampled_from(("active", "rest", "warmup", "cooldown"))),
        duration_kind=kind,
        duration_value=amount,
        target_kind=aim,
        target_value=sum(ends) / 2 if ends else None,
        target_low=ends[0] if ends else None,
        target_high=ends[1] if ends else None,
    )


@st.composite
def workouts(draw: st.DrawFn) -> tuple[WorkoutStep, ...]:
    """Workouts of up to a dozen steps, with repeats, in steps of the format."""
    return tuple(draw(_steps(index)) for index in range(draw(st.integers(1, 12))))
