"""TCX: what its elements become, and what it means when they are missing, odd or broken."""

from datetime import UTC, datetime

import numpy as np
import pytest
from tests.fuzz import seeds

from backstride.errors import DamagedFileError, ReadError, RefusedFileError
from backstride.readers import limits, tcx
from backstride.recording import Interval, Recording, Source, Track
from backstride.vocabulary import JOULES_PER_KILOCALORIE, Sport

SOURCE = Source("run.tcx", "0" * 64, "tcx")


def one(data: bytes | str) -> Recording:
    (recording,) = tcx.read(data.encode() if isinstance(data, str) else data, SOURCE)
    return recording


def record(recording: Recording) -> Track:
    track = recording.track("record")
    assert track is not None
    return track


def codes(recording: Recording) -> list[str]:
    return [notice.code for notice in recording.notices]


def point(second: int, inside: str = "") -> str:
    return f"<Trackpoint><Time>{seeds.stamp(second)}</Time>{inside}</Trackpoint>"


def lap(*points: str, start: int = 0, inside: str = "") -> str:
    track = f"<Track>{''.join(points)}</Track>" if points else ""
    return f'<Lap StartTime="{seeds.stamp(start)}">{inside}{track}</Lap>'


def activity(*laps: str, sport: str = "Running", inside: str = "") -> str:
    return f'<Activity Sport="{sport}">{"".join(laps)}{inside}</Activity>'


def file(*activities: str) -> str:
    inside = "".join(activities)
    return f"<TrainingCenterDatabase><Activities>{inside}</Activities></TrainingCenterDatabase>"


def test_a_lap_carries_name_intensity_trigger_distance_and_energy() -> None:
    (lap,) = one(seeds.tcx()).laps
    assert (lap.start_s, lap.end_s) == (0, 31)
    assert (lap.name, lap.intensity, lap.trigger) == ("backward 1", "active", "manual")
    assert lap.distance_m == 66
    assert lap.energy_j == 5 * JOULES_PER_KILOCALORIE


def test_the_file_says_what_sport_device_and_title_it_is() -> None:
    recording = one(seeds.tcx())
    assert recording.sport is Sport.RUNNING
    assert recording.sections[0].device_sport == "Running"
    assert str(recording.device) == "Simulated"
    assert recording.device.software == "2.80"
    assert recording.source.title == "Morning run"


def test_a_track_that_is_interrupted_within_a_lap_is_a_pause() -> None:
    assert one(seeds.tcx()).pauses == (Interval(11, 20),)


def test_a_new_lap_is_no_pause() -> None:
    first = lap(point(0), point(1), inside="<TotalTimeSeconds>5</TotalTimeSeconds>")
    recording = one(file(activity(first, lap(point(5), point(6), start=5))))
    assert recording.pauses == ()
    assert [(lap.start_s, lap.end_s) for lap in recording.laps] == [(0, 5), (5, 6)]


def test_a_lap_never_reaches_into_the_next() -> None:
    """A total time beyond the next lap's start is cut there."""
    long = lap(point(0), inside="<TotalTimeSeconds>99</TotalTimeSeconds>")
    recording = one(file(activity(long, lap(point(5), start=5))))
    assert recording.laps[0].end_s == 5


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<Cadence>83</Cadence>", 166),
        ("<Extensions><TPX><RunCadence>83</RunCadence></TPX></Extensions>", 166),
        ("<Cadence>0</Cadence>", 0),
        (
            "<Cadence>40</Cadence><Extensions><TPX><RunCadence>83</RunCadence></TPX></Extensions>",
            166,
        ),
    ],
)
def test_cadence_of_one_foot_becomes_steps_of_both(inside: str, expected: float) -> None:
    recording = one(file(activity(lap(point(0, inside), point(1, inside)))))
    assert record(recording).column("cadence_spm").tolist() == [expected] * 2
    assert codes(recording) == []


def test_cadence_that_can_only_be_of_both_feet_is_not_doubled_and_it_is_said() -> None:
    recording = one(file(activity(lap(*(point(s, "<Cadence>170</Cadence>") for s in range(3))))))
    assert record(recording).column("cadence_spm").tolist() == [170] * 3
    assert codes(recording) == ["cadence_assumed"]


def test_cadence_of_a_ride_is_not_steps() -> None:
    recording = one(file(activity(lap(point(0, "<Cadence>90</Cadence>")), sport="Biking")))
    assert record(recording).columns == ("tcx:Cadence",)
    assert recording.sport is Sport.OTHER


def test_what_the_vocabulary_has_no_word_for_stays_reachable() -> None:
    inside = (
        "<SensorState>Present</SensorState>"
        "<Extensions><x:TPX><x:Watts>250</x:Watts><x:Form>7.5</x:Form></x:TPX></Extensions>"
    )
    recording = one(file(activity(lap(point(0), point(1, inside), inside="<Steps>360</Steps>"))))
    track = record(recording)
    assert track.columns == ("power_w", "tcx:Form")
    assert np.isnan(track.values[0]).all()
    assert track.values[1].tolist() == [250, 7.5]
    state = recording.raw["trackpoint:SensorState"].columns
    assert (state["row"].tolist(), state["text"].tolist()) == ([1], ["Present"])
    assert recording.raw["lap"].columns["Steps"].tolist() == [360]


def test_zero_degrees_and_sea_level_are_values_and_absent_is_missing() -> None:
    track = record(one(seeds.tcx()))
    assert track.column("latitude_deg").tolist() == [0] * len(track)
    assert track.column("elevation_m").tolist() == [0] * len(track)
    assert np.flatnonzero(np.isnan(track.column("heart_rate_bpm"))).tolist() == [
        seeds.NO_HEART_RATE_AT
    ]


@pytest.mark.parametrize("text", ["NaN", "inf", "-inf", "1e999", "abc", ""])
def test_a_value_that_is_no_number_is_missing(text: str) -> None:
    inside = f"<Extensions><Speed>{text}</Speed></Extensions>"
    track = record(one(file(activity(lap(point(0, inside), point(1))))))
    assert np.isnan(track.column("speed_mps")).all()


def test_several_activities_are_several_recordings() -> None:
    data = file(
        activity(lap(point(0, "<Cadence>80</Cadence>"))),
        activity(lap(point(90, "<AltitudeMeters>3</AltitudeMeters>"), start=90), sport="Other"),
    )
    first, second = tcx.read(data.encode(), SOURCE)
    assert record(first).columns == ("cadence_spm",)
    assert record(second).columns == ("elevation_m",)
    assert second.start_utc == datetime(2024, 5, 1, 6, 31, 30, tzinfo=UTC)
    assert record(second).t_s.tolist() == [0]


def test_laps_without_any_point_are_a_recording() -> None:
    """A hall, a treadmill, a lap typed in by hand: no track, but laps with their totals."""
    totals = "<TotalTimeSeconds>600</TotalTimeSeconds><DistanceMeters>2000</DistanceMeters>"
    recording = one(file(activity(lap(inside=totals))))
    assert recording.tracks == ()
    assert recording.duration_s == 600
    assert recording.sections[0].distance_m == 2000


@pytest.mark.parametrize("kind", ["Course", "Workout"])
def test_what_is_planned_is_no_recording(kind: str) -> None:
    inside = f"<{kind}s><{kind}><Track>{point(0)}</Track></{kind}></{kind}s>"
    with pytest.raises(ReadError, match=f"holds a {kind.lower()}, which is planned") as caught:
        one(f"<TrainingCenterDatabase>{inside}</TrainingCenterDatabase>")
    assert caught.value.hint


@pytest.mark.parametrize("data", ["<TrainingCenterDatabase/>", file(), file(activity())])
def test_a_file_without_activity_is_said_to_be_one(data: str) -> None:
    with pytest.raises(DamagedFileError, match="without any lap or point"):
        one(data)


def test_a_clock_that_goes_back_is_put_in_order_and_it_is_said() -> None:
    recording = one(file(activity(lap(point(0), point(2), point(1), point(3)))))
    assert record(recording).t_s.tolist() == [0, 1, 2, 3]
    assert codes(recording) == ["clock_went_back"]


def test_points_without_time_are_left_out_and_it_is_said() -> None:
    recording = one(file(activity(lap(point(0), "<Trackpoint/>", point(1)))))
    assert record(recording).t_s.tolist() == [0, 1]
    assert codes(recording) == ["no_time"]


def test_a_point_from_another_year_does_not_stretch_the_recording() -> None:
    stray = "<Trackpoint><Time>1999-01-01T00:00:00Z</Time></Trackpoint>"
    recording = one(file(activity(lap(stray, point(0), point(1)))))
    assert record(recording).t_s.tolist() == [0, 1]
    assert codes(recording) == ["time_far_off"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-05-01T06:30:01.250Z", 1.25),
        ("2024-05-01T08:30:01+02:00", 1),
        ("2024-05-01T02:00:01.5-04:30", 1.5),
        ("2024-05-01T06:30:01", 1),
    ],
)
def test_times_are_iso_8601_with_fractions_and_offsets(text: str, seconds: float) -> None:
    data = file(activity(lap(point(0), f"<Trackpoint><Time>{text}</Time></Trackpoint>")))
    assert record(one(data)).t_s.tolist() == [0, seconds]


def test_a_clock_that_was_never_set_gives_no_date() -> None:
    data = file(activity(lap(point(0), point(1)))).replace("2024-05-01T06", "1970-01-01T00")
    recording = one(data)
    assert recording.start_utc is None
    assert record(recording).t_s.tolist() == [0, 1]


def test_damage_in_the_middle_costs_the_points_that_it_hit() -> None:
    """Reading goes on at the next trackpoint, and the loss is said with its place and size."""
    sample = seeds.tcx()
    at = sample.index(b"<Time>", sample.index(seeds.stamp(3).encode()) - 8)
    recording = one(sample[: at + 2] + b"\0\0\0\0" + sample[at + 6 :])
    assert record(recording).t_s.tolist() == [s for s in seeds.SECONDS if s != 3]
    assert len(recording.laps) == 1
    (notice,) = recording.notices
    assert notice.code == "damaged"
    assert f"of {len(sample):,}" in notice.message
    assert f"byte {at + 2:,}" in notice.message


def test_a_file_that_breaks_off_keeps_its_beginning() -> None:
    sample = seeds.tcx()
    recording = one(sample[: sample.index(seeds.stamp(8).encode())])
    assert record(recording).t_s.tolist() == list(range(8))
    assert "breaks off" in recording.notices[0].message


def test_text_for_people_is_one_line_without_control_characters() -> None:
    """A title with a terminal's escape codes, or as long as a book, is shown harmlessly."""
    notes = f"<Notes>back\n\u202eward\u0085 {'x' * 9000}</Notes>"
    title = one(file(activity(lap(point(0)), inside=notes))).source.title
    assert title.startswith("back ward x")
    assert title.isprintable()
    assert len(title) <= 500


def test_a_file_in_utf_16_is_read() -> None:
    data = seeds.tcx().decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert tcx.sniff(data[:1000])
    assert len(record(one(data))) == len(seeds.SECONDS)


def test_an_unknown_encoding_is_said_to_be_one() -> None:
    with pytest.raises(ReadError, match="encoding"):
        one(seeds.tcx().replace(b"UTF-8", b"klingon"))


def test_more_kinds_of_values_than_any_device_has_are_left_out_and_it_is_said() -> None:
    inside = "".join(f"<E{i}>1</E{i}>" for i in range(300))
    recording = one(file(activity(lap(point(0, inside)))))
    assert codes(recording) == ["columns_left_out"]
    assert len(record(recording).columns) <= limits.MAX_COLUMNS


@pytest.mark.parametrize(
    ("name", "most", "reason"),
    [
        ("MAX_CELLS", 20, "more values"),
        ("MAX_TEXT_CHARS", 20, "more text"),
        ("MAX_PARTS", 3, "more laps"),
        ("MAX_RECORDINGS", 1, "too many activities"),
        ("MAX_XML_DEPTH", 5, "nested deeper"),
        ("MAX_XML_ELEMENTS", 40, "elements"),
        ("MAX_XML_NAMES", 5, "different names"),
        ("MAX_XML_TEXT_CHARS", 10, "too long"),
    ],
)
def test_every_limit_is_kept(
    monkeypatch: pytest.MonkeyPatch, name: str, most: int, reason: str
) -> None:
    """Lowered far enough, each limit refuses an ordinary file and says which it was."""
    points = [point(s, "<State>in the woods</State>") for s in range(30)]
    data = file(activity(lap(*points), lap(start=40)), activity(lap(start=50)))
    tcx.read(data.encode(), SOURCE)
    monkeypatch.setattr(limits, name, most)
    with pytest.raises(RefusedFileError, match=reason) as caught:
        tcx.read(data.encode(), SOURCE)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY l "lol">]><TrainingCenterDatabase/>', "document type"),
        (f'<TrainingCenterDatabase><a b="{"x" * 70_000}"/>', "attribute"),
        (f'<TrainingCenterDatabase><a b="{"x" * 2_000_000}"/>', "endless"),
        (f"<TrainingCenterDatabase><!--{'x' * 2_000_000}-->", "endless"),
    ],
)
def test_what_no_watch_writes_is_refused(data: str, reason: str) -> None:
    with pytest.raises(RefusedFileError, match=reason):
        one(data)


def test_comments_are_no_content() -> None:
    """Neither as an element's text nor as endless markup, however many there are."""
    many = "<!-- a comment -->" * 100_000
    assert len(record(one(file(activity(lap(point(0))), many)))) == 1


def test_a_course_beside_an_activity_costs_nothing() -> None:
    course = f"<Courses><Course><Track>{point(7)}</Track></Course></Courses>"
    data = file(activity(lap(point(0)))).replace("<Activities>", course + "<Activities>")
    assert record(one(data)).t_s.tolist() == [0]


def test_a_planned_workout_gives_its_name() -> None:
    plan = "<Training><Plan><Name>6 x 200 m backward</Name></Plan></Training>"
    assert one(file(activity(lap(point(0)), inside=plan))).workout_name == "6 x 200 m backward"
