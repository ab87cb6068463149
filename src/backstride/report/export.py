"""Everything that was read and found, as Parquet and CSV, with a dictionary of every column."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from backstride.errors import MissingExtraError
from backstride.motion import Analysis
from backstride.motion.strides import COLUMNS, Strides
from backstride.recording import Track
from backstride.vocabulary import QUANTITIES

_BOUT_COLUMNS = {
    "start_s": ("s", "Start of the bout, since the recording's start."),
    "end_s": ("s", "End of the bout."),
    "direction": ("", "Direction that counts; unknown while suspected."),
    "suspected": ("", "Direction that the model suspects, empty if none."),
    "gait": ("", "Run, walk, still or unknown."),
    "probability": ("1", "Probability that the direction is right."),
    "origin": ("", "Who says so: declared, label, fused, pose, imu, watch."),
    "distance_m": ("m", "Distance travelled in it."),
    "speed_mps": ("m/s", "Distance over time on the move."),
    "cadence_spm": ("steps/min", "Mean over time."),
    "heart_rate_bpm": ("bpm", "Mean over time."),
}
_STRIDE_COLUMNS = {
    "t_s": ("s", "Initial contact, since the recording's start."),
    "side": ("", "Whose foot; unknown where a sensor on the trunk felt the step."),
    "direction": ("", "Direction that counts in the middle of the stride."),
    "gait": ("", "Run, walk, still or unknown."),
    "probability": ("1", "Probability that the direction is right."),
    "origin": ("", "What kind of sensor saw it: pose or imu."),
}
_FINDING_COLUMNS = {
    "benefit": ("", "Key of the claim."),
    "key": ("", "'answer' for the answer itself, else which detail beside it."),
    "label": ("", "The detail in words."),
    "state": ("", "assessed or not_assessable."),
    "value": ("as unit", "The number; empty where not assessable."),
    "low": ("as unit", "Lower end of the 95 % interval; empty for what was counted."),
    "high": ("as unit", "Upper end of the 95 % interval."),
    "unit": ("", "Unit of value, low and high."),
    "grade": ("", "Grade of evidence, A to D."),
    "verdict": ("", "What the literature says of the claim."),
    "sources": ("", "Keys of the bibliography, separated by spaces."),
    "missing": ("", "What is missing, where not assessable."),
}


def export(analysis: Analysis, document: Mapping[str, Any], folder: Path) -> Path:
    """Write one recording's tracks, bouts, strides, findings and data dictionary.

    Parameters
    ----------
    folder
        Gets a folder of its own for the recording, named after its file and hash.

    Returns
    -------
    Path
        That folder.

    Raises
    ------
    MissingExtraError
        Parquet needs the extra 'export'.
    OSError
        The folder cannot be written to.
    """
    source = analysis.recording.source
    name = re.sub(r"[^\w.-]+", "_", Path(source.path.replace("!", "/")).stem) or "recording"
    start = analysis.recording.start_utc
    stamp = f"_{start:%Y%m%dT%H%M%S}" if start else ""
    place = folder / f"{name}{stamp}_{source.sha256[:8]}"
    place.mkdir(parents=True, exist_ok=True)
    described: dict[tuple[str, str], tuple[str, str]] = {}
    tracks = list(analysis.recording.tracks)
    if analysis.bouts.posterior is not None:
        tracks.append(analysis.bouts.posterior)
    if analysis.sensed is not None:
        tracks.append(analysis.sensed.posterior)
    for track in tracks:
        table = re.sub(r"\W+", "_", track.name)
        _write(place / table, {"t_s": track.t_s, **_columns(track)})
        described |= {(table, column): _meaning(column) for column in ("t_s", *track.columns)}
    _write(place / "bouts", _rows(document["bouts"], _BOUT_COLUMNS))
    described |= {("bouts", column): about for column, about in _BOUT_COLUMNS.items()}
    if len(analysis.strides):
        _write(place / "strides", _strides(analysis.strides))
        described |= {("strides", column): about for column, about in _STRIDE_COLUMNS.items()}
        described |= {("strides", column): _meaning(column) for column in COLUMNS}
    findings = list(_flat(document["findings"]))
    _write(place / "findings", _rows(findings, _FINDING_COLUMNS))
    described |= {("findings", column): about for column, about in _FINDING_COLUMNS.items()}
    with (place / "dictionary.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "column", "unit", "meaning"])
        writer.writerows([table, column, *about] for (table, column), about in described.items())
    return place


def _columns(track: Track) -> dict[str, Any]:
    return {name: track.values[:, i] for i, name in enumerate(track.columns)}


def _strides(strides: Strides) -> dict[str, Any]:
    words = ("side", "direction", "gait", "origin")
    return {
        "t_s": strides.table.t_s,
        **{word: [str(each) for each in getattr(strides, word)] for word in words},
        "probability": strides.probability,
        **_columns(strides.table),
    }


def _rows(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> dict[str, list[Any]]:
    rows = list(rows)
    return {column: [row.get(column) for row in rows] for column in columns}


def _flat(findings: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The answer, then each detail, one row each."""
    for finding in findings:
        common = {"benefit": finding["benefit"], "state": finding["state"]}
        sources = " ".join(finding["sources"])
        yield {**finding, **common, "key": "answer", "label": finding["title"], "sources": sources}
        for row in finding["details"]:
            yield {
                **row,
                **common,
                "verdict": finding["verdict"],
                "sources": " ".join(row["sources"]),
            }


def _meaning(column: str) -> tuple[str, str]:
    if column == "t_s":
        return "s", "Seconds since the recording's start."
    if column in QUANTITIES:
        return QUANTITIES[column].unit, QUANTITIES[column].meaning
    if ":" in column:
        maker, name = column.split(":", 1)
        return "as recorded", f"'{name}' as the {maker} recording gives it, unscaled in meaning."
    return "1", f"Probability of the state '{column}' by the model that the table is named after."


def _write(path: Path, columns: Mapping[str, Any]) -> None:
    """The same table as Parquet and as CSV; missing is null in one and empty in the other."""
    try:
        import pyarrow as pa
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("export", "writing Parquet") from error
    arrays = {
        name: pa.array(values, from_pandas=isinstance(values, np.ndarray))
        for name, values in columns.items()
    }
    table = pa.table(arrays)
    pyarrow.parquet.write_table(table, path.with_suffix(".parquet"), compression="zstd")
    pyarrow.csv.write_csv(table, path.with_suffix(".csv"))
