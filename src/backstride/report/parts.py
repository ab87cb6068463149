"""The files of a session that several devices recorded, and how they came onto one clock."""

from pathlib import PurePath

from backstride.report.answers import header, scrolling
from backstride.report.markup import Markup, isolated, tag
from backstride.report.words import NO_BREAK, NONE, Document

_FOUND_BY = {
    "lead": "the clock of the session",
    "given": "said by you",
    "dates": "dates of both files",
    "steps": "steps in both files",
}


def shift(part: Document) -> str:
    """``+3.20 s ± 0.04 s``: what was added to its clock, and within what 95 of 100 are right.

    >>> shift({"offset_s": 3.2, "offset_sd_s": 0.021})
    '+3.20 s ± 0.04 s'
    """
    sure = "" if part["offset_sd_s"] is None else f" ± {_seconds(2 * part['offset_sd_s'])}"
    return f"{part['offset_s']:+.2f} s{sure}".replace("-", "−")


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2f} s"


def found_by(part: Document, lead: Document) -> str:
    """How it is known, in words; with which file, where that is not the first."""
    how = _FOUND_BY.get(part["found_by"], str(part["found_by"]))
    if part["against"] in (None, lead["path"]):
        return how
    return f"{how}, with {_file(part['against'])} ± {_seconds(2 * part['against_sd_s'])}"


def _file(path: str) -> str:
    return PurePath(path.rpartition("!")[2]).name


def table(document: Document) -> Markup | None:
    """Each file with its shift; nothing where one file is all."""
    parts = document["parts"]
    if not parts[1:]:
        return None
    return scrolling(
        "Files of this session",
        tag(
            "table",
            {"class": "parts"},
            tag("caption", {"class": "sr"}, "Files of this session"),
            header("File", "Clock shifted by", "Found by"),
            tag(
                "tbody",
                None,
                (
                    tag(
                        "tr",
                        None,
                        tag("th", {"scope": "row"}, isolated(_file(part["path"]))),
                        tag("td", {"class": "n"}, _cell(part)),
                        tag(
                            "td",
                            None,
                            isolated(found_by(part, parts[0]).replace("± ", f"±{NO_BREAK}")),
                        ),
                    )
                    for part in parts
                ),
            ),
        ),
    )


def _cell(part: Document) -> str:
    return NONE if part["found_by"] == "lead" else shift(part).replace(" ", NO_BREAK)
