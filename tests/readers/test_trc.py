"""TRC: its header, its missing cells, its clock, and damage."""

import numpy as np
import pytest
from tests.fuzz import seeds

from backstride.errors import DamagedFileError, ReadError, RefusedFileError
from backstride.readers import trc
from backstride.recording import Recording, Source, Track

SOURCE = Source("sample", "0" * 64, "trc")
TEXT = seeds.trc().decode()
LINES = TEXT.splitlines()
FIRST = 5


def read(text: str) -> Recording:
    (recording,) = trc.read(text.encode(), SOURCE)
    return recording


def points(recording: Recording) -> Track:
    track = recording.track("points")
    assert track is not None
    return track


def codes(recording: Recording) -> set[str]:
    return {notice.code for notice in recording.notices}


def with_line(at: int, line: str) -> str:
    """The sample with another line at that place."""
    return "\n".join([*LINES[:at], line, *LINES[at + 1 :], ""])


EXPECTED = points(read(TEXT)).values


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("\n1\t0\t", "\n\n1\t0\t"),
        ("PathFileType", "\ufeffPathFileType"),
    ],
    ids=["Windows", "an empty line before frames", "a mark of byte order"],
)
def test_ways_to_write_it_that_mean_the_same(old: str, new: str) -> None:
    assert np.array_equal(points(read(TEXT.replace(old, new))).values, EXPECTED, equal_nan=True)


def test_tabs_at_the_end_of_lines_are_no_columns() -> None:
    text = "\n".join([*LINES[:3], *(line + "\t" for line in LINES[3:]), ""])
    recording = read(text)
    assert np.array_equal(points(recording).values, EXPECTED, equal_nan=True)
    assert codes(recording) == {"axes_and_units_found"}


def test_names_written_without_the_tabs_between_are_in_order() -> None:
    names = LINES[3].replace("\t\t\t", "\t")
    assert np.array_equal(points(read(with_line(3, names))).values, EXPECTED, equal_nan=True)


def test_a_name_that_is_missing_takes_its_columns_with_it() -> None:
    """No other marker takes its place."""
    names = LINES[3].split("\t")
    names[2 + 3] = ""
    recording = read(with_line(3, "\t".join(names)))
    assert "point:head.x" not in points(recording)
    columns = points(recording).columns
    whole = points(read(TEXT))
    for column in columns:
        assert np.array_equal(points(recording).column(column), whole.column(column), True)
    assert "markers_miscounted" in codes(recording)


def test_names_that_do_not_go_with_columns_are_refused() -> None:
    names = LINES[3].split("\t")
    names[3] = "Stray"
    with pytest.raises(DamagedFileError, match="names 11 markers over 10"):
        read(with_line(3, "\t".join(names)))


def test_a_position_of_three_zeros_is_unseen() -> None:
    """Some systems write the origin for what no camera saw; no marker is there to a micrometre."""
    cells = LINES[FIRST].split("\t")
    cells[2 + 3 : 2 + 6] = ["0", "0.0", "-0"]
    recording = read(with_line(FIRST, "\t".join(cells)))
    assert np.isnan(points(recording).column("point:head.x")[0])
    assert "zero_means_unseen" in codes(recording)


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "inf", "1e999", "?", "--"])
def test_what_is_no_number_is_unseen(cell: str) -> None:
    cells = LINES[FIRST].split("\t")
    cells[2 + 3] = cell
    values = points(read(with_line(FIRST, "\t".join(cells)))).column("point:head.x")
    assert np.isnan(values[0])
    assert np.isfinite(values[1:]).all()


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: [*c, "5"], lambda c: c[:1]])
def test_a_line_of_another_length_is_left_out(change: object) -> None:
    """Its numbers cannot be told to markers; the others keep their times."""
    assert callable(change)
    line = "\t".join(change(LINES[FIRST + 7].split("\t")))
    recording = read(with_line(FIRST + 7, line))
    assert np.array_equal(points(recording).values, np.delete(EXPECTED, 7, axis=0), True)
    assert {"frames_unreadable", "frames_miscounted"} <= codes(recording)


def test_a_last_line_that_is_cut_is_left_out() -> None:
    """Without its end nobody knows whether 12 was 1234."""
    assert len(points(read(TEXT[: TEXT.rindex("\n", 0, -1) - 1]))) == seeds.FRAMES - 2


def test_the_column_of_times_wins_over_the_header_and_says_so() -> None:
    recording = read(TEXT.replace("25\t25\t24", "250\t250\t24"))
    assert points(recording).t_s[1] == pytest.approx(0.04)
    assert "rate_differs" in codes(recording)


def test_without_times_the_declared_rate_counts() -> None:
    lines = ["\t".join([line.split("\t")[0], "", *line.split("\t")[2:]]) for line in LINES[FIRST:]]
    recording = read("\n".join([*LINES[:FIRST], *lines, ""]))
    assert np.allclose(points(recording).t_s, np.arange(seeds.FRAMES) / 25)
    assert "times_by_rate" in codes(recording)


def test_a_clip_that_begins_late_begins_at_zero() -> None:
    recording = read("\n".join([*LINES[:FIRST], *LINES[FIRST + 10 :], ""]))
    assert points(recording).t_s[0] == 0
    assert recording.duration_s == pytest.approx(13 / 25)


@pytest.mark.parametrize("unit", ["m", "furlong", ""])
def test_units_that_are_wrong_or_unknown_are_found_from_the_body(unit: str) -> None:
    recording = read(TEXT.replace("\tmm", f"\t{unit}"))
    assert np.array_equal(points(recording).values, EXPECTED, equal_nan=True)
    assert any("lengths are in mm (" in notice.message for notice in recording.notices)


@pytest.mark.parametrize("length", range(FIRST + 1))
def test_a_file_that_ends_within_its_header_is_damaged(length: int) -> None:
    with pytest.raises(DamagedFileError):
        read("\n".join([*LINES[:length], ""]))


@pytest.mark.parametrize("frames", ["\n\n", " \t", "\x1c", "\x0b\n", "\0", "nan", "\t\t\t"])
def test_a_file_without_frames_is_damaged(frames: str) -> None:
    with pytest.raises(DamagedFileError):
        read("\n".join([*LINES[:FIRST], frames]))


def test_what_is_endless_is_refused() -> None:
    endless = {
        "frames": TEXT + "\n" * 1_000_000,
        "a line": TEXT + "\t" * 1_000_000,
        "a header": "PathFileType" + "\t" * 2_000_000 + "\n" * 9,
        "markers": with_line(4, "\t\t" + "X\t" * 30_000).replace(
            LINES[3], "Frame#\tTime\t" + "a\t\t\t" * 10_000
        ),
    }
    for text in endless.values():
        with pytest.raises(RefusedFileError):
            read(text)


def test_markers_of_no_known_names_are_refused_in_words() -> None:
    text = TEXT.replace(LINES[3], "Frame#\tTime\t" + "\t\t\t".join(f"m{k}" for k in range(10)))
    with pytest.raises(ReadError, match="names of no known skeleton"):
        read(text)
