"""GPX: what its elements become, and what it means when they are missing, odd or broken."""

import numpy as np
import pytest
from tests.fuzz import seeds

from backstride.errors import DamagedFileError, ReadError
from backstride.readers import gpx
from backstride.recording import Interval, Recording, Source, Track
from backstride.vocabulary import Sport

SOURCE = Source("run.gpx", "0" * 64, "gpx")


def several(data: bytes | str) -> tuple[Recording, ...]:
    return gpx.read(data.encode() if isinstance(data, str) else data, SOURCE)


def one(data: bytes | str) -> Recording:
    (recording,) = several(data)
    return recording


def record(recording: Recording) -> Track:
    track = recording.track("record")
    assert track is not None
    return track


def codes(recording: Recording) -> list[str]:
    return [notice.code for notice in recording.notices]


def point(second: int, inside: str = "") -> str:
    return f'<trkpt lat="1" lon="2"><time>{seeds.stamp(second)}</time>{inside}</trkpt>'


def track(*segments: str, name: str = "", kind: str = "running") -> str:
    inside = "".join(f"<trkseg>{segment}</trkseg>" for segment in segments)
    return f"<trk><name>{name}</name><type>{kind}</type>{inside}</trk>"


def file(*inside: str) -> str:
    return f'<gpx creator="test">{"".join(inside)}</gpx>'


def test_title_sport_and_device_are_those_of_the_file() -> None:
    recording = one(seeds.gpx())
    assert recording.source.title == "Morning run"
    assert recording.sport is Sport.RUNNING
    assert str(recording.device) == "Simulated"


@pytest.mark.parametrize(
    ("word", "sport"),
    [
        ("9", Sport.RUNNING),
        ("trail_running", Sport.RUNNING),
        ("Run", Sport.RUNNING),
        ("hiking", Sport.WALKING),
        ("10", Sport.WALKING),
        ("cycling", Sport.OTHER),
        ("", Sport.UNKNOWN),
    ],
)
def test_a_type_names_the_sport(word: str, sport: Sport) -> None:
    assert one(file(track(point(0), kind=word))).sport is sport


def test_the_gap_between_segments_is_a_pause() -> None:
    assert one(seeds.gpx()).pauses == (Interval(11, 20),)


def test_distance_and_speed_are_not_computed_from_positions() -> None:
    recording = one(file(track(point(0) + point(1))))
    assert record(recording).columns == ("latitude_deg", "longitude_deg")


@pytest.mark.parametrize(
    ("kind", "cadence", "expected"),
    [
        ("running", 83, 166),
        ("running", 120, 240),
        ("running", 166, 166),
        ("walking", 55, 110),
        ("walking", 110, 110),
        ("", 85, 170),
    ],
)
def test_cadence_is_told_apart_by_sport_and_size_and_it_is_said(
    kind: str, cadence: int, expected: float
) -> None:
    recording = one(file(track(point(0, f"<cad>{cadence}</cad>"), kind=kind)))
    assert record(recording).column("cadence_spm").tolist() == [expected]
    assert codes(recording) == ["cadence_assumed"]
    assert f"{cadence}/min" in recording.notices[0].message


def test_standing_still_does_not_decide_whose_steps_are_counted() -> None:
    """Most of the time at 0/min, and 170/min in between: that is both legs."""
    points = [point(s, f"<cad>{0 if s < 6 else 170}</cad>") for s in range(9)]
    cadence = record(one(file(track("".join(points))))).column("cadence_spm")
    assert cadence.tolist() == [0] * 6 + [170] * 3


def test_cadence_of_a_ride_is_not_steps() -> None:
    recording = one(file(track(point(0, "<cad>90</cad>"), kind="cycling")))
    assert record(recording).column("gpx:cadence").tolist() == [90]
    assert "cadence_spm" not in record(recording)


def test_extensions_of_every_namespace_are_read_and_unknown_ones_stay_reachable() -> None:
    inside = (
        "<ele>-3.5</ele><hdop>1.5</hdop><fix>3d</fix><extensions><power>250</power>"
        "<ns3:TrackPointExtension><ns3:hr>150</ns3:hr><ns3:atemp>0</ns3:atemp>"
        "<ns3:speed>2.5</ns3:speed><ns3:wtemp>9</ns3:wtemp></ns3:TrackPointExtension></extensions>"
    )
    recording = one(file(track(point(0, inside) + point(1))))
    row = dict(zip(record(recording).columns, record(recording).values[0], strict=True))
    assert row == {
        "latitude_deg": 1,
        "longitude_deg": 2,
        "elevation_m": -3.5,
        "gpx:hdop": 1.5,
        "power_w": 250,
        "heart_rate_bpm": 150,
        "temperature_c": 0,
        "speed_mps": 2.5,
        "gpx:wtemp": 9,
    }
    assert recording.raw["trkpt:fix"].columns["text"].tolist() == ["3d"]


def test_waypoints_stay_reachable() -> None:
    mark = '<wpt lat="5" lon="6"><name>turn</name></wpt>'
    recording = one(file(mark, track(point(0))))
    assert recording.raw["wpt"].columns["latitude_deg"].tolist() == [5]
    assert recording.raw["wpt:name"].columns["text"].tolist() == ["turn"]


def test_tracks_that_follow_each_other_are_laps_of_one_recording() -> None:
    data = file(
        track(point(0) + point(9), name="warm-up"), track(point(60) + point(99), name="backward")
    )
    recording = one(data)
    assert [(lap.start_s, lap.end_s, lap.name) for lap in recording.laps] == [
        (0, 9, "warm-up"),
        (60, 99, "backward"),
    ]
    assert recording.pauses == (Interval(9, 60),)


def test_tracks_of_different_days_are_different_recordings() -> None:
    day = 86400
    first, second = several(
        file(track(point(0) + point(9), name="a"), track(point(day) + point(day + 5), name="b"))
    )
    assert (first.source.title, second.source.title) == ("a", "b")
    assert (first.duration_s, second.duration_s) == (9, 5)


def test_tracks_that_overlap_in_time_are_different_recordings() -> None:
    """Two people, or the same run twice."""
    assert len(several(file(track(point(0) + point(9)), track(point(0) + point(9))))) == 2


@pytest.mark.parametrize(
    "inside",
    [
        '<trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk>',
        '<rte><rtept lat="1" lon="2"><time>2024-05-01T06:30:00Z</time></rtept></rte>',
    ],
)
def test_a_route_is_no_recording_and_it_is_said(inside: str) -> None:
    with pytest.raises(ReadError, match="a route or a drawn track") as caught:
        one(file(inside))
    assert caught.value.hint


def test_a_file_without_any_track_is_said_to_be_one() -> None:
    with pytest.raises(DamagedFileError, match="without any track"):
        one(file())


def test_a_file_that_breaks_off_before_its_first_point_says_where() -> None:
    with pytest.raises(DamagedFileError, match="damaged GPX") as caught:
        one("<gpx><trk><trkseg><trkp")
    assert caught.value.offset is not None


def test_a_position_that_is_no_number_is_missing_and_zero_is_not() -> None:
    points = f'<trkpt lat="" lon="x"><time>{seeds.stamp(0)}</time></trkpt>' + point(1).replace(
        'lat="1"', 'lat="0"'
    )
    latitude = record(one(file(track(points)))).column("latitude_deg")
    assert np.isnan(latitude[0])
    assert latitude[1] == 0


def test_two_points_of_different_years_leave_a_sound_clock() -> None:
    far = point(0).replace("2024", "2004")
    recording = one(file(track(far + point(0))))
    assert len(record(recording)) == 1
    assert codes(recording) == ["time_far_off"]


def test_damage_costs_the_points_that_it_hit() -> None:
    sample = seeds.gpx()
    at = sample.index(seeds.stamp(3).encode())
    recording = one(sample[:at] + b"</wrong>" + sample[at + 8 :])
    assert record(recording).t_s.tolist() == [s for s in seeds.SECONDS if s != 3]
    assert recording.pauses == (Interval(11, 20),)
    assert codes(recording)[0] == "damaged"


def test_a_file_broken_everywhere_ends_reading_at_some_point() -> None:
    """Damage again and again is not worth any time: the first hundred stretches are tried."""
    data = "<gpx><trk><trkseg>" + (point(0) + "<trkpt <") * 500
    recording = one(data)
    assert len(record(recording)) <= 101
    assert "in 101 places" in recording.notices[0].message


def test_recordings_of_one_file_share_its_waypoints() -> None:
    """Thousands of tracks and of waypoints do not multiply."""
    mark = '<wpt lat="5" lon="6"/>'
    first, second = several(file(mark, *[track(point(0) + point(9))] * 2))
    assert first.raw["wpt"] is second.raw["wpt"]
