"""Origins of direction, strongest first, and bouts that always cover the recording."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.motion import made

from backstride.errors import RequestError
from backstride.motion import Analysis, Declared, analyze
from backstride.recording import Athlete, Given, Interval, Lap, Recording, Section
from backstride.vocabulary import Direction, Gait, Origin, Sport

BACK = Direction.BACKWARD


def shape(analysis: Analysis) -> list[tuple[float, float, Direction, Origin]]:
    return [(b.start_s, b.end_s, b.direction, b.origin) for b in analysis.bouts]


def test_a_declared_range_is_backward_with_certainty_to_the_fraction_of_a_second() -> None:
    analysis = analyze(made.steady(600), declared=[Declared(120.5, 240.25, BACK)])
    assert shape(analysis) == [
        (0, 120.5, Direction.FORWARD, Origin.WATCH),
        (120.5, 240.25, BACK, Origin.DECLARED),
        (240.25, 600, Direction.FORWARD, Origin.WATCH),
    ]
    assert analysis.bouts.of(BACK)[0].probability == 1.0


def test_ranges_may_touch_and_come_in_any_order() -> None:
    ranges = [Declared(200, 300, Direction.SIDEWAYS), Declared(100, 200, BACK)]
    analysis = analyze(made.steady(600), declared=ranges)
    assert [b.direction for b in analysis.bouts][1:3] == [BACK, Direction.SIDEWAYS]


def test_a_range_may_end_in_the_last_whole_second_that_a_person_reads() -> None:
    run = made.recording(np.arange(0, 300.6, 0.5), {"speed_mps": 2.8, "cadence_spm": 168.0})
    analysis = analyze(run, declared=[Declared(100, 301, BACK)])
    assert analysis.bouts.items[-1].end_s == run.duration_s


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        ([(200, 100)], "ends before it starts"),
        ([(100, 100)], "ends before it starts"),
        ([(-10, 50)], "outside"),
        ([(500, 700)], "outside"),
        ([(700, 800)], "outside"),
        ([(100, 200), (150, 250)], "overlap"),
        ([(float("nan"), 100)], "no start or end"),
        ([(0, float("inf"))], "no start or end"),
    ],
)
def test_a_wrong_range_is_one_clear_line_with_what_to_do(
    ranges: list[tuple[float, float]], says: str
) -> None:
    with pytest.raises(RequestError, match=says) as caught:
        analyze(made.steady(600), declared=[Declared(a, b, BACK) for a, b in ranges])
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_a_rest_within_a_declared_range_is_a_rest() -> None:
    rest = (np.arange(601) >= 150) & (np.arange(601) < 170)
    run = made.steady(600, speed_mps=np.where(rest, 0, 2.1), cadence_spm=np.where(rest, 0, 180))
    analysis = analyze(run, declared=[Declared(100, 200, BACK)])
    within = [b for b in analysis.bouts if b.origin is Origin.DECLARED]
    assert [(b.start_s, b.end_s, b.direction, b.gait) for b in within] == [
        (100, 150, BACK, Gait.RUN),
        (150, 170, Direction.STILL, Gait.STILL),
        (170, 200, BACK, Gait.RUN),
    ]


@pytest.mark.parametrize(
    ("speed_mps", "cadence_spm", "gait"),
    [
        (1.2, 110.0, Gait.WALK),
        (1.5, 172.0, Gait.RUN),
        (1.8, np.nan, Gait.RUN),
        (1.3, np.nan, Gait.WALK),
    ],
)
def test_gait_of_a_declared_range_comes_from_speed_and_cadence(
    speed_mps: float, cadence_spm: float, gait: Gait
) -> None:
    run = made.steady(300, speed_mps=speed_mps, cadence_spm=cadence_spm)
    (bout,) = analyze(run, declared=[Declared(0, 300, BACK)]).bouts
    assert bout.gait is gait


def with_laps(*names: str) -> Recording:
    laps = [Lap(100.0 * k, 100.0 * (k + 1), name) for k, name in enumerate(names)]
    return replace(made.steady(100 * len(names)), laps=tuple(laps))


def test_labels_win_over_the_watch_and_a_declared_range_over_labels() -> None:
    run = with_laps("Warm-up", "Backward", "jog", "Backward")
    analysis = analyze(run, declared=[Declared(320, 360, Direction.FORWARD)])
    assert shape(analysis) == [
        (0, 100, Direction.FORWARD, Origin.WATCH),
        (100, 200, BACK, Origin.LABEL),
        (200, 300, Direction.FORWARD, Origin.WATCH),
        (300, 320, BACK, Origin.LABEL),
        (320, 360, Direction.FORWARD, Origin.DECLARED),
        (360, 400, BACK, Origin.LABEL),
    ]
    kept = [(d.used, d.other, d.start_s, d.end_s) for d in analysis.bouts.disagreements]
    assert (Origin.DECLARED, Origin.LABEL, 320, 360) in kept
    assert "direction_disagreement" in [notice.code for notice in analysis.notices]


def test_where_the_watch_clearly_disagrees_the_person_wins_and_it_is_kept() -> None:
    analysis = analyze(made.steady(900), declared=[Declared(300, 400, BACK)])
    assert analysis.bouts.of(BACK)[0].duration_s == 100
    (kept,) = analysis.bouts.disagreements
    assert (kept.used, kept.used_direction) == (Origin.DECLARED, BACK)
    assert (kept.other, kept.other_direction) == (Origin.WATCH, Direction.FORWARD)
    assert kept.other_probability >= 0.9


@pytest.mark.parametrize("first", [BACK, Direction.FORWARD])
def test_laps_alternate_from_the_direction_given(first: Direction) -> None:
    second = Direction.FORWARD if first is BACK else BACK
    analysis = analyze(with_laps("", "", "", ""), laps_alternate=first)
    assert [b.direction for b in analysis.bouts] == [first, second, first, second]
    assert {b.origin for b in analysis.bouts} == {Origin.DECLARED}


def test_a_declared_range_wins_over_alternating_laps() -> None:
    analysis = analyze(
        with_laps("", ""), laps_alternate=BACK, declared=[Declared(50, 100, Direction.FORWARD)]
    )
    assert shape(analysis) == [
        (0, 50, BACK, Origin.DECLARED),
        (50, 200, Direction.FORWARD, Origin.DECLARED),
    ]


@pytest.mark.parametrize("names", [(), ("only one",)])
def test_laps_cannot_alternate_where_there_are_none(names: tuple[str, ...]) -> None:
    with pytest.raises(RequestError, match="laps cannot alternate"):
        analyze(with_laps(*names) if names else made.steady(), laps_alternate=BACK)


def test_laps_alternate_between_forward_and_backward_alone() -> None:
    with pytest.raises(RequestError, match="sideways"):
        analyze(with_laps("", ""), laps_alternate=Direction.SIDEWAYS)


def test_without_cadence_a_run_is_forward_less_surely_and_it_is_said() -> None:
    analysis = analyze(made.recording(np.arange(601.0), {"speed_mps": 2.8}))
    (bout,) = analysis.bouts
    assert (bout.direction, bout.gait, bout.origin) == (
        Direction.FORWARD,
        Gait.RUN,
        Origin.WATCH,
    )
    seen = analyze(made.steady(600)).bouts.items[0].probability
    assert bout.probability < seen
    assert "direction_not_visible" in [notice.code for notice in analysis.notices]


def test_heart_rate_alone_says_nothing_of_direction() -> None:
    analysis = analyze(made.recording(np.arange(601.0), {"heart_rate_bpm": 140.0}))
    (bout,) = analysis.bouts
    assert (bout.direction, bout.gait, bout.probability) == (
        Direction.UNKNOWN,
        Gait.UNKNOWN,
        0.0,
    )


def test_a_title_alone_is_at_most_a_notice() -> None:
    run = made.recording(
        np.arange(301.0), {"speed_mps": 2.8, "cadence_spm": 168.0}, title="Backward run"
    )
    analysis = analyze(run)
    assert not analysis.bouts.of(BACK)
    assert "title_names_backward" in [notice.code for notice in analysis.notices]
    declared = analyze(run, declared=[Declared(0, 300, BACK)])
    assert "title_names_backward" not in [notice.code for notice in declared.notices]


def test_what_the_person_says_of_themselves_is_filled_from_the_recording() -> None:
    known = Athlete(mass_kg=70.0, origins={"mass_kg": Given.RECORDING})
    run = replace(made.steady(60), athlete=known)
    said = Athlete(height_m=1.8, origins={"height_m": Given.PERSON})
    analysis = analyze(run, athlete=said)
    assert (analysis.athlete.mass_kg, analysis.athlete.height_m) == (70.0, 1.8)
    assert analysis.athlete.origins["mass_kg"] is Given.RECORDING


_COLUMNS = {
    "speed_mps": st.one_of(st.floats(0, 14), st.just(np.nan), st.just(np.inf)),
    "cadence_spm": st.one_of(st.floats(0, 320), st.just(np.nan)),
    "heart_rate_bpm": st.one_of(st.floats(0, 260), st.just(np.nan)),
    "elevation_m": st.one_of(st.floats(-600, 9500), st.just(np.nan)),
    "distance_m": st.one_of(st.floats(0, 5e4), st.just(np.nan)),
    "contact_s": st.one_of(st.floats(0, 2), st.just(np.nan)),
    "vertical_oscillation_m": st.one_of(st.floats(0, 0.5), st.just(np.nan)),
    "latitude_deg": st.one_of(st.floats(-90, 90), st.just(np.nan)),
    "longitude_deg": st.one_of(st.floats(-180, 180), st.just(np.nan)),
    "developer:Direction": st.sampled_from([-1.0, 0.0, 1.0, np.nan]),
}


@st.composite
def recordings(draw: st.DrawFn) -> Recording:
    """Anything that a reader may hand over, but most of it nonsense."""
    steps = draw(
        st.lists(st.sampled_from([0.0, 0.4, 1.0, 1.0, 3.0, 9.0, 25.0, 400.0]), max_size=60)
    )
    times = draw(st.sampled_from([0.0, 0.3, 5.0])) + np.cumsum(steps)
    names = draw(st.lists(st.sampled_from(sorted(_COLUMNS)), unique=True))
    columns = {}
    for name in names:
        few = draw(st.lists(_COLUMNS[name], min_size=1, max_size=6))
        columns[name] = np.resize(np.repeat(few, 7), len(times))
    seconds = st.floats(-10, 1500)
    spans = st.lists(st.tuples(seconds, seconds), max_size=4)
    words = st.sampled_from(["", "backward", "vorwärts", "easy"])
    return made.recording(
        times,
        columns,
        laps=[Lap(min(s), max(s), draw(words)) for s in draw(spans)],
        pauses=[Interval(min(s), max(s)) for s in draw(spans)],
        sections=[Section(min(s), max(s), draw(st.sampled_from(Sport))) for s in draw(spans)],
    )


@given(recordings(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_bouts_cover_any_recording_without_gap_or_overlap(run: Recording, alternate: bool) -> None:
    laps = sum(lap.end_s > lap.start_s for lap in run.laps)
    try:
        analysis = analyze(run, laps_alternate=BACK if alternate else None)
    except RequestError:
        assert alternate
        assert laps < 2
        return
    items = analysis.bouts.items
    if run.duration_s == 0:
        assert items == ()
        return
    assert items[0].start_s == 0
    assert items[-1].end_s == run.duration_s
    for one, other in pairwise(items):
        assert one.end_s == other.start_s
    for bout in items:
        assert bout.end_s > bout.start_s
        assert 0 <= bout.probability <= 1
        assert (bout.gait is Gait.STILL) == (bout.direction is Direction.STILL)
    series = analysis.series
    assert len(series) == np.ceil(run.duration_s)
    assert np.isfinite(series.distance_m).all()


@given(recordings(), st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True))
@settings(max_examples=100, deadline=None)
def test_a_declared_range_is_covered_by_its_direction_or_by_standing(
    run: Recording, shares: list[float]
) -> None:
    start_s, end_s = (share * run.duration_s for share in sorted(shares))
    if not end_s > start_s:
        return
    bouts = analyze(run, declared=[Declared(start_s, end_s, BACK)]).bouts
    within = [b for b in bouts if b.start_s >= start_s and b.end_s <= end_s]
    assert sum(b.duration_s for b in within) == pytest.approx(end_s - start_s)
    assert {b.direction for b in within} <= {BACK, Direction.STILL}
    assert {b.origin for b in within} == {Origin.DECLARED}
