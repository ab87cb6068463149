"""The contract of readers: what READERS promises of every format, and proof that it can fail.

Each rule is a function that takes a reader; it asserts, and nothing else. Every reader of READERS
passes every rule; every planted offender is caught by the rule that it breaks.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from tests.fuzz import keypoint_seeds, seeds, soundness
from tests.fuzz.mutate import mutated

from backstride.errors import ReadError
from backstride.readers import READERS, Reader
from backstride.recording import Recording, Source
from backstride.vocabulary import QUANTITIES, Sport

ROUNDS = 1500
SOURCE = Source("sample", "0" * 64, "sample")


def sample_of(reader: Reader) -> bytes:
    """The simulated half minute in this reader's format."""
    return seeds.SEEDS[reader.format]()


def outcome(reader: Reader, data: bytes) -> tuple[Recording, ...]:
    """What the reader makes of these bytes, sound; nothing where it says that it cannot."""
    return soundness.outcome(lambda: reader.read(data, SOURCE), SOURCE.path)


def rule_sniffs_its_own(reader: Reader) -> None:
    """A reader knows its own format, and no other's."""
    assert reader.sniff(sample_of(reader)), "does not know its own format"
    for name, seed in seeds.SEEDS.items():
        assert name == reader.format or not reader.sniff(seed()), f"takes {name} for its own"
    assert not reader.sniff(b""), "takes an empty file for its own"


def rule_gives_what_was_recorded(reader: Reader) -> None:
    """Clock, values and units are those of the sample, and plausible."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("record")
    assert track is not None, "no track called record"
    assert recording.start_utc == seeds.START, "another start"
    assert track.t_s.tolist() == list(seeds.SECONDS), "another clock"
    for name in track.columns:
        if name in QUANTITIES:
            values = track.column(name)[~np.isnan(track.column(name))]
            quantity = QUANTITIES[name]
            assert (values >= quantity.low).all(), f"{name} is not plausible"
            assert (values <= quantity.high).all(), f"{name} is not plausible"
    expected = {
        "speed_mps": [seeds.SPEED_MPS] * len(track),
        "cadence_spm": [seeds.CADENCE_SPM] * len(track),
        "distance_m": [seeds.distance_m(s) for s in seeds.SECONDS],
    }
    for name, values in expected.items():
        assert np.allclose(track.column(name), values, atol=1e-3), f"{name} is not as recorded"


def rule_keeps_missing_missing(reader: Reader) -> None:
    """A value that the device did not give is NaN; zero degrees and sea level are values."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("record")
    assert track is not None
    given = [seeds.heart_rate(s) for s in seeds.SECONDS]
    known = track.column("heart_rate_bpm").tolist()
    for mine, theirs in zip(known, given, strict=True):
        assert (mine != mine) if theirs is None else (mine == theirs), "heart rate is not as given"
    for name in ("latitude_deg", "longitude_deg", "elevation_m"):
        assert np.allclose(track.column(name), 0, atol=1e-6), f"{name} of zero is lost"


def rule_gives_the_body_that_moved(reader: Reader) -> None:
    """Clock, points, axes and units are those of the sample: metres, z up, left on the left."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("points")
    assert track is not None, "no track called points"
    assert recording.start_utc is None, "a date that the file does not have"
    assert [section.sport for section in recording.sections] == [Sport.UNKNOWN], "a sport"
    clock = np.arange(seeds.FRAMES) / seeds.FRAME_RATE_HZ
    assert np.allclose(track.t_s, clock, atol=1e-6), "another clock"
    seen = np.arange(seeds.FRAMES) != seeds.NO_PELVIS_AT
    pelvis = np.array([seeds.pelvis_at(frame) for frame in range(seeds.FRAMES)])
    for point, offset in seeds.BODY.items():
        for at, axis in enumerate("xyz"):
            mine = track.column(f"point:{point}.{axis}")[seen]
            theirs = (pelvis[:, at] + offset[at])[seen]
            assert np.allclose(mine, theirs, atol=2e-3), f"{point}.{axis} is not as recorded"
    assert "axes_and_units_found" in {notice.code for notice in recording.notices}, "a silent guess"


def rule_keeps_the_unseen_unseen(reader: Reader) -> None:
    """What no camera saw is NaN, and nothing else is; a foot on the floor is at zero."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("points")
    assert track is not None
    unseen = np.flatnonzero(np.isnan(track.column("point:pelvis.x"))).tolist()
    assert unseen == [seeds.NO_PELVIS_AT], "the pelvis is not as seen"
    others = np.arange(seeds.FRAMES) != seeds.NO_PELVIS_AT
    assert not np.isnan(track.values[others]).any(), "a point that was seen is lost"
    assert np.allclose(track.column("point:left_toe.z")[others], 0, atol=2e-3), "zero is lost"


def rule_gives_what_the_sensor_felt(reader: Reader) -> None:
    """Clock, axes and SI units are those of the sample; missing is missing, zero is zero."""
    (recording,) = outcome(reader, sample_of(reader))
    (track,) = recording.tracks
    assert track.name == "imu:unknown", "a place that nobody named"
    clock = [seeds.sample_s(sample) for sample in range(seeds.SAMPLES)]
    assert np.allclose(track.t_s, clock, atol=1e-9), "another clock"
    expected = {
        "acceleration_x_mps2": [0.0] * seeds.SAMPLES,
        "acceleration_z_mps2": [seeds.GRAVITY_MPS2] * seeds.SAMPLES,
        "angular_velocity_x_radps": [seeds.turning_radps(k) for k in range(seeds.SAMPLES)],
    }
    expected["angular_velocity_x_radps"][seeds.NO_TURNING_AT] = np.nan
    for name, values in expected.items():
        mine = track.column(name)
        assert np.allclose(mine, values, atol=1e-6, equal_nan=True), f"{name} is not as recorded"


def rule_gives_the_joints_that_turned(reader: Reader) -> None:
    """Clock, radians and metres are those of the sample; missing is missing, zero is zero."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("joints")
    assert track is not None, "no track called joints"
    clock = np.arange(seeds.FRAMES) / seeds.FRAME_RATE_HZ
    assert np.allclose(track.t_s, clock, atol=1e-6), "another clock"
    knee = np.array([seeds.knee_rad(frame) for frame in range(seeds.FRAMES)])
    seen = np.where(np.arange(seeds.FRAMES) == seeds.NO_PELVIS_AT, np.nan, knee)
    pelvis = np.array([seeds.pelvis_at(frame) for frame in range(seeds.FRAMES)])
    expected = {
        "pelvis_rotation": np.full(seeds.FRAMES, seeds.FACING_RAD),
        "pelvis_tx": pelvis[:, 0],
        "pelvis_ty": pelvis[:, 2],
        "knee_angle_r": seen,
        "knee_angle_r_beta": knee,
    }
    for name, values in expected.items():
        mine = track.column(f"joint:{name}")
        assert np.allclose(mine, values, atol=1e-6, equal_nan=True), f"{name} is not as recorded"


def rule_gives_the_subject_in_the_picture(reader: Reader) -> None:
    """Clock, places in pixels with y down, and confidences are those of the sample."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("keypoints")
    assert track is not None, "no track called keypoints"
    assert recording.start_utc is None, "a date that the file does not have"
    clock = np.arange(keypoint_seeds.FRAMES) / keypoint_seeds.FRAME_RATE_HZ
    assert np.allclose(track.t_s, clock, atol=1e-6), "another clock"
    for point in keypoint_seeds.BODY:
        places = [keypoint_seeds.place_of(point, k) for k in range(keypoint_seeds.FRAMES)]
        for at, axis in enumerate("xy"):
            theirs = [place[at] if place else np.nan for place in places]
            mine = track.column(f"keypoint:{point}.{axis}")
            assert np.allclose(np.nan_to_num(mine), np.nan_to_num(theirs), atol=1e-6), (
                f"{point}.{axis} is not as recorded"
            )
    assert "keypoints_found" in {notice.code for notice in recording.notices}, "a silent guess"


def rule_sees_no_more_than_the_camera(reader: Reader) -> None:
    """What was not seen has no place and no confidence; all else has both."""
    (recording,) = outcome(reader, sample_of(reader))
    track = recording.track("keypoints")
    assert track is not None
    for point in keypoint_seeds.BODY:
        places = [keypoint_seeds.place_of(point, k) for k in range(keypoint_seeds.FRAMES)]
        for axis in "xy":
            unseen = np.isnan(track.column(f"keypoint:{point}.{axis}")).tolist()
            assert unseen == [place is None for place in places], f"{point} is not as seen"
        sure = [keypoint_seeds.CONFIDENCE if place else 0.0 for place in places]
        assert track.column(f"keypoint:{point}.confidence").tolist() == sure, "another confidence"


def rule_is_repeatable(reader: Reader) -> None:
    """The same bytes give the same recording."""
    (first,), (second,) = (outcome(reader, sample_of(reader)) for _ in range(2))
    assert digest(first) == digest(second), "two readings differ"


def digest(recording: Recording) -> str:
    """All of a recording, arrays by their bytes."""
    tracks = [(t.name, t.columns, t.t_s.tobytes(), t.values.tobytes()) for t in recording.tracks]
    raw = [
        (kind, [(name, values.tolist()) for name, values in table.columns.items()])
        for kind, table in recording.raw.items()
    ]
    return repr((tracks, replace(recording, tracks=(), raw={}), raw))


def rule_survives_truncation(reader: Reader) -> None:
    """Cut at any byte, a file gives its beginning, or a ReadError."""
    sample = sample_of(reader)
    most = 0
    for length in range(len(sample)):
        rows = sum(len(r.tracks[0]) for r in outcome(reader, sample[:length]) if r.tracks)
        assert rows <= len(seeds.SECONDS), "rows that were never recorded"
        most = max(most, rows)
    assert most > 0, "keeps nothing of a file that lacks its last byte"


def rule_survives_anything(reader: Reader) -> None:
    """Random bytes and mutated samples give recordings, or a ReadError."""
    chance = random.Random(20240501)
    sample = sample_of(reader)
    for _ in range(ROUNDS):
        outcome(reader, chance.randbytes(chance.randrange(200)))
        outcome(reader, mutated(sample, chance))
        outcome(reader, sample[: chance.randrange(100)] + chance.randbytes(100))


RULES_OF_ALL = (
    rule_sniffs_its_own,
    rule_is_repeatable,
    rule_survives_truncation,
    rule_survives_anything,
)
RULES_OF_WATCHES = (rule_gives_what_was_recorded, rule_keeps_missing_missing)
RULES_OF_SENSORS = (rule_gives_what_the_sensor_felt,)
RULES_OF_JOINTS = (rule_gives_the_joints_that_turned,)
RULES_OF_PICTURES = (rule_gives_the_subject_in_the_picture, rule_sees_no_more_than_the_camera)
RULES_OF_MOTION_CAPTURE = (rule_gives_the_body_that_moved, rule_keeps_the_unseen_unseen)


def rules_of(reader: Reader) -> tuple[Callable[[Reader], None], ...]:
    """What a reader promises: what all do, and what its kind does."""
    if reader.format in seeds.INERTIAL:
        return (*RULES_OF_ALL, *RULES_OF_SENSORS)
    if reader.format in seeds.PICTURES:
        return (*RULES_OF_ALL, *RULES_OF_PICTURES)
    if reader.format in seeds.JOINTS:
        return (*RULES_OF_ALL, *RULES_OF_JOINTS)
    motion = reader.format in seeds.MOTION_CAPTURE
    return (*RULES_OF_ALL, *(RULES_OF_MOTION_CAPTURE if motion else RULES_OF_WATCHES))


@pytest.mark.parametrize(
    ("reader", "rule"),
    [
        pytest.param(reader, rule, id=f"{reader.format}-{rule.__name__}")
        for reader in READERS
        for rule in rules_of(reader)
    ],
)
def test_every_reader_keeps_the_contract(reader: Reader, rule: Callable[[Reader], None]) -> None:
    rule(reader)


def test_every_reader_has_a_sample() -> None:
    assert {reader.format for reader in READERS} == set(seeds.SEEDS)


GOOD = next(reader for reader in READERS if reader.format == "tcx")
GOOD_AT_SENSORS = next(reader for reader in READERS if reader.format == "imu")
GOOD_AT_BODIES = next(reader for reader in READERS if reader.format == "bvh")
GOOD_AT_JOINTS = next(reader for reader in READERS if reader.format == "mot")
GOOD_AT_PICTURES = next(reader for reader in READERS if reader.format == "keypoints")


def changed(change: Callable[[Recording], Recording], good: Reader = GOOD) -> Reader:
    """A reader that spoils what a good one gives."""

    def read(data: bytes, source: Source) -> tuple[Recording, ...]:
        return tuple(change(recording) for recording in good.read(data, source))

    return replace(good, read=read)


def with_values(recording: Recording, change: Callable[[str, np.ndarray], np.ndarray]) -> Recording:
    """The recording with every column changed."""
    tracks = tuple(
        replace(
            track,
            values=np.column_stack([change(n, track.column(n)) for n in track.columns]),
        )
        if track.columns
        else track
        for track in recording.tracks
    )
    return replace(recording, tracks=tracks)


def kilometres_per_hour(recording: Recording) -> Recording:
    return with_values(recording, lambda n, v: v * 3.6 if n == "speed_mps" else v)


def zero_for_missing(recording: Recording) -> Recording:
    return with_values(recording, lambda _, v: np.nan_to_num(v))


def missing_for_zero(recording: Recording) -> Recording:
    return with_values(recording, lambda _, v: np.where(v == 0, np.nan, v))


def left_for_right(recording: Recording) -> Recording:
    return with_values(recording, lambda n, v: -v if n.endswith(".y") else v)


def upside_down(recording: Recording) -> Recording:
    return with_values(recording, lambda n, v: 500 - v if n.endswith(".y") else v)


def clock_that_goes_back(recording: Recording) -> Recording:
    return replace(
        recording,
        tracks=tuple(
            replace(t, t_s=t.t_s[::-1].copy(), values=t.values.copy()) for t in recording.tracks
        ),
    )


def leaks_value_error() -> Reader:
    def read(data: bytes, source: Source) -> tuple[Recording, ...]:
        data.decode("utf-8")
        return GOOD.read(data, source)

    return replace(GOOD, read=read)


def all_or_nothing() -> Reader:
    def read(data: bytes, source: Source) -> tuple[Recording, ...]:
        if not data.rstrip().endswith(b"</TrainingCenterDatabase>"):
            raise ReadError(source.path, None, "is not whole", "try another")
        return GOOD.read(data, source)

    return replace(GOOD, read=read)


def moody() -> Reader:
    moods: Iterator[int] = count()

    def read(data: bytes, source: Source) -> tuple[Recording, ...]:
        title = str(next(moods))
        return GOOD.read(data, replace(source, title=title))

    return replace(GOOD, read=read)


OFFENDERS = {
    "km/h under the name of m/s": (
        changed(kilometres_per_hour),
        rule_gives_what_was_recorded,
        "speed_mps is not as recorded",
    ),
    "zero for missing": (
        changed(zero_for_missing),
        rule_keeps_missing_missing,
        "heart rate is not as given",
    ),
    "missing for zero": (
        changed(missing_for_zero),
        rule_keeps_missing_missing,
        "of zero is lost",
    ),
    "acceleration in g": (
        changed(lambda r: with_values(r, lambda _, v: v / 9.81), GOOD_AT_SENSORS),
        rule_gives_what_the_sensor_felt,
        "acceleration_z_mps2 is not as recorded",
    ),
    "a body in a mirror": (
        changed(left_for_right, GOOD_AT_BODIES),
        rule_gives_the_body_that_moved,
        "left_hip.y is not as recorded",
    ),
    "the unseen at the origin": (
        changed(zero_for_missing, GOOD_AT_BODIES),
        rule_keeps_the_unseen_unseen,
        "the pelvis is not as seen",
    ),
    "degrees under the name of radians": (
        changed(lambda r: with_values(r, lambda _, v: np.degrees(v)), GOOD_AT_JOINTS),
        rule_gives_the_joints_that_turned,
        "pelvis_rotation is not as recorded",
    ),
    "a picture upside down": (
        changed(upside_down, GOOD_AT_PICTURES),
        rule_gives_the_subject_in_the_picture,
        "nose.y is not as recorded",
    ),
    "the unseen in the corner": (
        changed(zero_for_missing, GOOD_AT_PICTURES),
        rule_sees_no_more_than_the_camera,
        "nose is not as seen",
    ),
    "a clock that goes back": (
        changed(clock_that_goes_back),
        rule_survives_truncation,
        "a clock",
    ),
    "another recording each time": (moody(), rule_is_repeatable, "two readings differ"),
    "a plain ValueError": (leaks_value_error(), rule_survives_anything, "leaks UnicodeDecodeError"),
    "all or nothing": (all_or_nothing(), rule_survives_truncation, "keeps nothing"),
    "anything is mine": (
        replace(GOOD, sniff=lambda _: True),
        rule_sniffs_its_own,
        "for its own",
    ),
}


@pytest.mark.parametrize("name", OFFENDERS)
def test_the_contract_catches_a_planted_offender(name: str) -> None:
    reader, rule, complaint = OFFENDERS[name]
    with pytest.raises(AssertionError, match=complaint):
        rule(reader)
