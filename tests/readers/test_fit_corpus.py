"""Real FIT files, sound and broken: the reader gives what two independent decoders give.

fitdecode and chiptime share no code with the reader or with each other. Both are asked to go on
behind errors. Row by row their records are compared with the track; where no reader can be right in
the same way, `EXCEPTIONS` says what is expected instead, and why.
"""

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import chiptime
import fitdecode
import numpy as np
import pytest
from fitdecode.types import FieldData

from backstride.errors import UnknownFormatError
from backstride.motion.series import series_of
from backstride.readers import fit
from backstride.recording import Floats, Recording, Source, Track
from backstride.vocabulary import Sport

SOUND = "activity-corpus"
BROKEN = "activity-malformed"

#: Folder -> files; every FIT file of both folders is here, and a test says so.
ACTIVITIES: dict[str, tuple[str, ...]] = {
    SOUND: (
        "dtcooper__python-fitparse__20170518-191602-1740899583.fit",
        "dtcooper__python-fitparse__DeveloperData.fit",
        "dtcooper__python-fitparse__activity-large-fenxi2-multisport.fit",
        "dtcooper__python-fitparse__activity-small-fenix2-run.fit",
        "dtcooper__python-fitparse__compressed-speed-distance.fit",
        "dtcooper__python-fitparse__developer-types-sample.fit",
        "dtcooper__python-fitparse__garmin-fenix-5-run.fit",
        "dtcooper__python-fitparse__garmin-fenix-5-walk.fit",
        "garmin__fit-python-sdk__ActivityDevFields.fit",
        "garmin__fit-python-sdk__HrmPluginTestActivity.fit",
        "martin-ueding__geo-activity-playground__2022-05-29-15-53-35_Laufen_Landal_Park.fit",
        "martin-ueding__geo-activity-playground__2023-09-05-08-11-11_Stand_Nieuwvliet.fit",
        "martin-ueding__geo-activity-playground__2024-05-10-19-32-04.fit",
        "muktihari__fit__HrmPluginTestActivity.fit",
        "roznet__connectstats__activity_1378220136.fit",
        "roznet__connectstats__activity_234979239.fit",
        "roznet__connectstats__activity_2477200414.fit",
        "roznet__connectstats__activity_2545022458.fit",
        "roznet__connectstats__activity_2944936628.fit",
        "roznet__connectstats__track_cs_1451.fit",
        "roznet__connectstats__track_cs_544406.fit",
        "roznet__connectstats__track_cs_5611.fit",
        "roznet__connectstats__track_cs_728599.fit",
        "roznet__connectstats__track_cs_777501.fit",
        "roznet__connectstats__track_cs_834323.fit",
        "roznet__connectstats__track_cs_857090.fit",
        "stadelmanma__fitparse-rs__hrv-activity.fit",
    ),
    BROKEN: (
        "dtcooper__python-fitparse__activity-activity-filecrc.fit",
        "dtcooper__python-fitparse__activity-filecrc.fit",
        "dtcooper__python-fitparse__activity-settings-corruptheader.fit",
        "dtcooper__python-fitparse__activity-settings-nodata.fit",
        "dtcooper__python-fitparse__activity-unexpected-eof.fit",
        "dtcooper__python-fitparse__antfs-dump.63.fit",
        "dtcooper__python-fitparse__coros-pace-2-cycling-misaligned-fields.fit",
        "dtcooper__python-fitparse__elemnt-bolt-no-application-id-inside-developer-data-id.fit",
        "dtcooper__python-fitparse__nick.fit",
        "dtcooper__python-fitparse__null_compressed_speed_dist.fit",
        "dtcooper__python-fitparse__sample_mulitple_header.fit",
        "dtcooper__python-fitparse__strava-android-app-201.10-b1218918.fit",
        "muktihari__fit__activity_truncated.fit",
        "muktihari__fit__valid_only_contain_fileid.fit",
        "tormoder__fit__mornindew-broken.fit",
        "tormoder__fit__unterminated-strings.fit",
    ),
}
WORKOUTS = (
    "dtcooper__python-fitparse__WorkoutCustomTargetValues.fit",
    "dtcooper__python-fitparse__WorkoutIndividualSteps.fit",
    "dtcooper__python-fitparse__WorkoutRepeatGreaterThanStep.fit",
    "dtcooper__python-fitparse__WorkoutRepeatSteps.fit",
)
OTHERS = {
    "dtcooper__python-fitparse__MonitoringFile.fit": "a FIT monitoring file",
    "dtcooper__python-fitparse__Settings.fit": "a FIT settings file",
    "dtcooper__python-fitparse__WeightScaleMultiUser.fit": "a FIT weight file",
}

STRAVA = "dtcooper__python-fitparse__strava-android-app-201.10-b1218918.fit"
COROS = "dtcooper__python-fitparse__coros-pace-2-cycling-misaligned-fields.fit"
NICK = "dtcooper__python-fitparse__nick.fit"
ZWIFT = "dtcooper__python-fitparse__null_compressed_speed_dist.fit"

#: What differs from the decoders and why: file -> rows that are compared, from the first on.
EXCEPTIONS = {
    # Bytes are missing in 18 places, two or three times a part of a row. Both decoders stop at
    # byte 7,471, behind a row of 17 instead of 20 bytes which they take for one of the year 2085;
    # the 472 rows before it are compared here, what follows in a test of its own.
    STRAVA: 472,
}

Word = tuple[str, tuple[str, ...], float]
#: Column of the track, names of the field in the decoders (the first that has a value), factor.
WORDS: tuple[Word, ...] = (
    ("heart_rate_bpm", ("heart_rate",), 1),
    ("distance_m", ("distance",), 1),
    ("speed_mps", ("enhanced_speed", "speed"), 1),
    ("elevation_m", ("enhanced_altitude", "altitude"), 1),
    ("latitude_deg", ("position_lat",), 1),
    ("power_w", ("power",), 1),
    ("temperature_c", ("temperature",), 1),
    ("contact_s", ("stance_time",), 1e-3),
    ("vertical_oscillation_m", ("vertical_oscillation",), 1e-3),
    ("step_length_m", ("step_length",), 1e-3),
)


@dataclass
class Decoded:
    """What a decoder gives of a file: a row of floats per record, and how many laps."""

    rows: list[list[float]] = field(default_factory=list)
    laps: int = 0

    def column(self, name: str) -> Floats:
        index = [word[0] for word in WORDS].index(name)
        return np.array([row[index] for row in self.rows])


def with_fitdecode(path: Path) -> Decoded:
    decoded = Decoded()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for frame in frames_of_fitdecode(path):
            if frame.name == "record":
                own = (f for f in frame.fields if not is_of_app(f))
                given = {f.name: f.value for f in own if f.value is not None}
                if "position_lat" in given:
                    given["position_lat"] *= 180 / 2**31
                decoded.rows.append(row_of(given))
            decoded.laps += frame.name == "lap"
    return decoded


def is_of_app(value: FieldData) -> bool:
    """Whether an app on the device wrote it."""
    return value.field_def is not None and value.field_def.is_dev


def frames_of_fitdecode(path: Path) -> Iterator[fitdecode.FitDataMessage]:
    """Data messages up to where it gives up."""
    lenient = {
        "check_crc": fitdecode.CrcCheck.DISABLED,
        "error_handling": fitdecode.ErrorHandling.IGNORE,
    }
    with fitdecode.FitReader(str(path), **lenient) as reader:
        frames = iter(reader)
        while True:
            try:
                frame = next(frames, None)
            except fitdecode.FitError:
                return
            if frame is None:
                return
            if isinstance(frame, fitdecode.FitDataMessage):
                yield frame


def with_chiptime(path: Path) -> Decoded:
    decoded = Decoded()
    for message in chiptime.iter_messages(str(path)):
        if message.name == "record":
            own = ((name, f) for name, f in message.fields.items() if f.developer is None)
            decoded.rows.append(row_of({name: f.value for name, f in own}))
        decoded.laps += message.name == "lap"
    return decoded


def row_of(given: dict[str, object]) -> list[float]:
    """Values by `WORDS`."""
    row = []
    for _, fields, factor in WORDS:
        values = [given[f] for f in fields if isinstance(given.get(f), int | float)]
        row.append(float(values[0]) * factor if values else math.nan)
    return row


def recordings_of(path: Path) -> tuple[Recording, ...]:
    return fit.read(path.read_bytes(), Source(str(path), "", "fit"))


def joined(recordings: tuple[Recording, ...], name: str) -> Floats:
    """A column of the records of all recordings."""
    tracks = [recording.track("record") for recording in recordings]
    return np.concatenate([track.column(name) for track in tracks if track is not None])


DECODERS = {"fitdecode": with_fitdecode, "chiptime": with_chiptime}
CASES = [(folder, name) for folder, names in ACTIVITIES.items() for name in names]


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize(("folder", "name"), CASES, ids=[name for _, name in CASES])
def test_records_and_laps_are_those_of_an_independent_decoder(
    data_dir: Path, folder: str, name: str, decoder: str
) -> None:
    path = data_dir / folder / name
    recordings = recordings_of(path)
    theirs = DECODERS[decoder](path)
    rows = EXCEPTIONS.get(name)
    if rows is None:
        assert len(joined(recordings, "distance_m")) == len(theirs.rows)
        assert sum(len(recording.laps) for recording in recordings) == theirs.laps
    for word, _, _ in WORDS:
        mine, wanted = joined(recordings, word)[:rows], theirs.column(word)[:rows]
        assert np.allclose(mine, wanted, rtol=0, atol=1e-6, equal_nan=True), word
    if rows is None:
        heart_rate = theirs.column("heart_rate_bpm")
        mine = joined(recordings, "heart_rate_bpm")
        assert np.isfinite(mine).sum() == np.isfinite(heart_rate).sum()
        assert np.nansum(mine) == np.nansum(heart_rate)


def test_every_file_of_both_folders_is_in_a_table(data_dir: Path) -> None:
    here = {
        SOUND: {*ACTIVITIES[SOUND], *WORKOUTS, *OTHERS},
        BROKEN: set(ACTIVITIES[BROKEN]),
    }
    for folder, names in here.items():
        assert {path.name for path in (data_dir / folder).glob("*.fit")} == names


@pytest.mark.parametrize("name", OTHERS)
def test_a_file_that_is_no_activity_is_named_for_what_it_is(data_dir: Path, name: str) -> None:
    with pytest.raises(UnknownFormatError, match=OTHERS[name]):
        recordings_of(data_dir / SOUND / name)


@pytest.mark.parametrize("name", WORKOUTS)
def test_a_workout_has_steps_and_no_track(data_dir: Path, name: str) -> None:
    (recording,) = recordings_of(data_dir / SOUND / name)
    assert recording.tracks == ()
    assert [step.name for step in recording.workout_steps][:2] == ["_A_", "B1_"]
    assert recording.workout_steps[0].duration_value == 60


def test_sound_files_are_read_without_a_word_of_damage(data_dir: Path) -> None:
    for name in ACTIVITIES[SOUND]:
        for recording in recordings_of(data_dir / SOUND / name):
            found = {notice.code for notice in recording.notices}
            assert not found & {"damaged", "truncated", "checksum", "implausible_rows"}, name


def record_of(recording: Recording) -> Track:
    track = recording.track("record")
    assert track is not None
    return track


def test_rows_behind_missing_bytes_are_found_again_and_make_a_run(data_dir: Path) -> None:
    """18 places where bytes are missing cost 20-odd of 5,353 rows, and leave no garbage.

    The rows are counted once more by looking for their bytes: local number, then the first byte of
    this run's latitude, longitude and height, or of its distance, and the first two of its times.
    """
    path = data_dir / BROKEN / STRAVA
    (recording,) = recordings_of(path)
    track = record_of(recording)
    position = re.compile(rb"(?=\x01\x1f...\xa9...\0\0[\x18-\x28]....\x3b\xb4)", re.DOTALL)
    distance = re.compile(rb"(?=\x02\x3b\xb4..\0[\0-\x12]..[\x01\x02\0\x40\x60])", re.DOTALL)
    data = path.read_bytes()
    rows = len(position.findall(data)) + len(distance.findall(data))
    assert rows - 12 <= len(track) <= rows
    assert recording.duration_s == 3558
    steps = np.diff(track.column("distance_m")[~np.isnan(track.column("distance_m"))])
    assert (steps >= 0).all()
    assert steps.max() < 100
    latitude = track.column("latitude_deg")
    assert np.nanmax(latitude) - np.nanmin(latitude) < 0.1
    assert np.nanmax(track.column("speed_mps")) < 8
    assert np.nanmax(track.column("distance_m")) == recording.sections[0].distance_m
    found = {notice.code: notice.message for notice in recording.notices}
    assert set(found) == {"damaged", "truncated", "implausible_rows"}
    assert "at byte 7,451, 16,498" in found["damaged"]


def test_fields_smaller_than_their_type_are_no_damage(data_dir: Path) -> None:
    """A uint32 of one byte in an event: the checksum is right and all 11,272 rows are a ride.

    A decoder that stops there gives 1,785 of them. The clock goes on by a second in all but six
    rows, each behind a stop of the timer, and distance never goes back.
    """
    (recording,) = recordings_of(data_dir / BROKEN / COROS)
    track = record_of(recording)
    steps = np.diff(track.t_s)
    assert len(track) == 11_272
    assert (steps != 1).sum() == 6
    distance = track.column("distance_m")
    assert (np.diff(distance[~np.isnan(distance)]) >= 0).all()
    assert len(recording.pauses) == 5
    assert recording.notices == ()


def test_a_pulse_of_zero_stays_as_recorded_and_is_missing_to_models(data_dir: Path) -> None:
    """Zwift without a strap writes a heart rate of 0 in each of its 1,808 records."""
    (recording,) = recordings_of(data_dir / BROKEN / ZWIFT)
    assert record_of(recording).column("heart_rate_bpm").tolist() == [0] * 1808
    assert np.isnan(series_of(recording).heart_rate_bpm).all()


def test_the_unwritten_end_of_a_file_is_all_that_is_lost(data_dir: Path) -> None:
    (recording,) = recordings_of(data_dir / BROKEN / NICK)
    assert len(record_of(recording)) == 14_391
    assert [notice.code for notice in recording.notices] == ["damaged", "checksum"]
    assert "17 bytes" in recording.notices[0].message


def test_legs_of_a_triathlon_are_sections_and_only_the_run_counts_steps(data_dir: Path) -> None:
    (recording,) = recordings_of(data_dir / SOUND / "roznet__connectstats__track_cs_1451.fit")
    assert [section.device_sport.split("/")[0] for section in recording.sections] == [
        "swimming",
        "transition",
        "cycling",
        "transition",
        "running",
    ]
    run = recording.sections[-1]
    track = record_of(recording)
    steps = track.t_s[~np.isnan(track.column("cadence_spm"))]
    assert run.sport is Sport.RUNNING
    assert steps.min() >= run.start_s
    assert 150 < np.nanmedian(track.column("cadence_spm")) < 200
    heart_rate = recording.track("heart_rate")
    assert heart_rate is not None
    assert heart_rate.t_s[-1] < run.start_s


@pytest.mark.parametrize("folder", ["garmin__fit-python-sdk", "muktihari__fit"])
def test_what_the_strap_stored_agrees_with_what_the_watch_heard(
    data_dir: Path, folder: str
) -> None:
    """The same beats, in messages of their own, in one file and as a chain of four."""
    (recording,) = recordings_of(data_dir / SOUND / f"{folder}__HrmPluginTestActivity.fit")
    watch, strap = record_of(recording), recording.track("heart_rate")
    assert strap is not None
    heard = np.flatnonzero(~np.isnan(watch.column("heart_rate_bpm")))
    stored = np.interp(watch.t_s[heard], strap.t_s, strap.column("heart_rate_bpm"))
    apart = np.abs(stored - watch.column("heart_rate_bpm")[heard])
    assert np.median(apart) <= 2
    assert len(strap) > 380


def test_beat_intervals_agree_with_the_heart_rate_next_to_them(data_dir: Path) -> None:
    (recording,) = recordings_of(data_dir / SOUND / "stadelmanma__fitparse-rs__hrv-activity.fit")
    track, beats = record_of(recording), recording.track("rr")
    assert beats is not None
    bpm = np.interp(beats.t_s, track.t_s, track.column("heart_rate_bpm"))
    assert np.median(np.abs(60 / beats.column("rr_interval_s") - bpm)) < 3
    assert abs(beats.t_s[-1] - track.t_s[-1]) < 5


@pytest.mark.parametrize(
    ("name", "apps"),
    [
        ("roznet__connectstats__activity_2477200414.fit", ("Power", "Form Power", "Ground Time")),
        ("roznet__connectstats__activity_2545022458.fit", ("RP_Power", "runEcono")),
        ("dtcooper__python-fitparse__20170518-191602-1740899583.fit", ("Power", "Stroke Rate")),
    ],
)
def test_what_an_app_recorded_is_what_a_decoder_gives(
    data_dir: Path, name: str, apps: tuple[str, ...]
) -> None:
    path = data_dir / SOUND / name
    track = record_of(recordings_of(path)[0])
    records = [frame for frame in frames_of_fitdecode(path) if frame.name == "record"]
    for app in apps:
        theirs = [
            next((f.value for f in frame.fields if is_of_app(f) and f.name == app), None)
            for frame in records
        ]
        (column,) = (c for c in track.columns if c.partition(" [")[0] == f"developer:{app}")
        wanted = np.array(theirs, dtype=np.float64)
        assert np.isfinite(wanted).any()
        assert np.allclose(track.column(column), wanted, equal_nan=True)


def test_the_distance_of_compressed_records_is_that_of_the_laps(data_dir: Path) -> None:
    path = data_dir / SOUND / "dtcooper__python-fitparse__compressed-speed-distance.fit"
    (recording,) = recordings_of(path)
    laps = [lap.distance_m for lap in recording.laps]
    total = sum(distance for distance in laps if distance is not None)
    assert abs(np.nanmax(record_of(recording).column("distance_m")) - total) < 2
    assert (np.diff(record_of(recording).t_s) > 0).all()
