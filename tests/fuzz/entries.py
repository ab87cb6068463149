"""One fuzz entry per reader and archive: its seeds, and what must hold of any bytes given to it."""

import gzip
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.fuzz import keypoint_seeds, seeds
from tests.fuzz.soundness import assert_helpful, assert_sound, outcome

from backstride.errors import ReadError
from backstride.readers import READERS, Reader, Told, csv_table, read_many
from backstride.readers.column_map import Column, ColumnMap
from backstride.readers.told import NOTHING_TOLD
from backstride.recording import Source


@dataclass(frozen=True)
class Entry:
    """What to start from, and a check that raises AssertionError."""

    seeds: tuple[bytes, ...]
    check: Callable[[bytes], object]


#: So that layouts which lack a rate and a size are more than one error.
_TOLD = Told(frame_rate_hz=25.0, image_size_px=(1000.0, 500.0))


def _check_reader(reader: Reader, data: bytes) -> None:
    source = Source("sample", "0" * 64, reader.format)
    told = _TOLD if reader.format in seeds.PICTURES else NOTHING_TOLD
    outcome(lambda: reader.read(data, source, told), "sample")


def _check_file(suffix: str, data: bytes) -> None:
    """Through the front door: a file of that suffix, with these bytes."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        try:
            outcomes = list(read_many(file.name))
        except Exception as error:
            raise AssertionError(f"leaks {type(error).__name__}: {error}") from error
        assert outcomes, "gives no recording and no error"
        for got in outcomes:
            if isinstance(got, ReadError):
                assert_helpful(got, file.name)
            else:
                assert_sound(got)


def _archive_seeds() -> tuple[bytes, ...]:
    index = b"Activity ID,Date,Name,Type,Filename\n1,May,Backward laps,Run,activities/1.tcx.gz\n"
    strava = {
        "activities.csv": index,
        "activities/1.tcx.gz": gzip.compress(seeds.tcx(), mtime=0),
        "activities/2.gpx": seeds.gpx(),
    }
    garmin = {
        "Part1.zip": seeds.zipped({"1.csv": seeds.csv()}),
        "a_summarizedActivities.json": b'[{"summarizedActivitiesExport":[{"name":"x",'
        b'"startTimeGmt":1714545000000.0}]}]',
    }
    frames = {f"clip_{k:03d}.json": keypoint_seeds.openpose_frame(k) for k in range(3)}
    phone = {
        "TotalAcceleration.csv": seeds.other_logs()[3],
        "Gyroscope.csv": seeds.other_logs()[3].replace(b",9.81,", b",0.1,"),
        "Metadata.csv": b"version,platform,standardisation\n3,ios,false\n",
    }
    return (
        seeds.zipped(strava),
        seeds.zipped(strava, zipfile.ZIP_STORED),
        seeds.zipped(garmin),
        seeds.zipped({**frames, **phone}, zipfile.ZIP_STORED),
    )


#: Columns of `seeds.other_logs()[0]`, as a person would name them.
_NAMED = Told(
    ColumnMap(
        {
            "Time (s)": Column("time_s"),
            **{f"Acceleration {a} (m/s^2)": Column(f"acceleration_{a}_mps2") for a in "xyz"},
            **{f"Gyroscope {a} (rad/s)": Column(f"angular_velocity_{a}_radps") for a in "xyz"},
        }
    )
)


def _check_named(data: bytes) -> None:
    source = Source("sample", "0" * 64, "csv")
    outcome(lambda: csv_table.read(data, source, _NAMED), "sample")


ENTRIES: Mapping[str, Entry] = {
    **{
        reader.format: Entry(seeds.of(reader.format), partial(_check_reader, reader))
        for reader in READERS
    },
    "columns": Entry((seeds.other_logs()[0],), _check_named),
    "zip": Entry(_archive_seeds(), partial(_check_file, ".zip")),
    "gzip": Entry(
        tuple(gzip.compress(data, mtime=0) for data in (seeds.tcx(), seeds.csv())),
        partial(_check_file, ".gz"),
    ),
}

FINDS = Path(__file__).parent / "finds"


def entry_of(find: Path) -> Entry:
    """The entry that a find belongs to: its name begins with the entry's."""
    return ENTRIES[find.name.partition("-")[0]]
