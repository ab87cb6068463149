"""Several recordings at a glance, and what could not be read."""

from collections.abc import Mapping, Sequence

from backstride.report import charts
from backstride.report.answers import header, scrolling
from backstride.report.document import Failure, Shown
from backstride.report.markup import Markup, isolated, tag, together
from backstride.report.words import NONE, Units, date, percent, times_word, title
from backstride.vocabulary import clock


def summary(recordings: Sequence[Shown], units: Units) -> Markup:
    """All recordings in a sentence."""
    backward = [shown.document["totals"]["backward"] for shown in recordings]
    forward = sum(shown.document["totals"]["forward"]["time_s"] for shown in recordings)
    time_s = sum(total["time_s"] for total in backward)
    within = sum(total["time_s"] > 0 for total in backward)
    if not time_s:
        return tag(
            "p", None, f"In none of {len(recordings)} recordings is anything known to be backward."
        )
    return tag(
        "p",
        None,
        "You went backward in ",
        tag("b", None, f"{within} of {len(recordings)} recordings"),
        ", ",
        tag("b", None, units.distance(sum(total["distance_m"] for total in backward))),
        " in ",
        tag("b", None, clock(time_s)),
        ": ",
        tag("b", None, percent(time_s / (time_s + forward))),
        " of the time you moved in a known direction.",
    )


def table(recordings: Sequence[Shown], names: Mapping[int, str], units: Units) -> Markup:
    """A row for each recording; those in `names` are linked to their section."""
    return scrolling(
        "All recordings",
        tag(
            "table",
            {"class": "overview"},
            tag("caption", {"class": "sr"}, "All recordings"),
            header("Recording", "Backward", "", "Forward", "Time", "Suspected"),
            tag(
                "tbody",
                None,
                (_row(shown, names.get(place), units) for place, shown in enumerate(recordings)),
            ),
        ),
    )


def _row(shown: Shown, name: str | None, units: Units) -> Markup:
    document = shown.document
    totals = document["totals"]
    waiting = sum(bool(bout["suspected"]) for bout in document["bouts"])
    words = isolated(title(document))
    return tag(
        "tr",
        None,
        tag(
            "th",
            {"scope": "row"},
            tag("a", {"href": f"#{name}"}, words) if name else words,
            tag("span", {"class": "tag"}, "SIMULATED") if document["simulated"] else None,
            tag("span", {"class": "quiet block"}, date(document)),
        ),
        tag("td", {"class": "n"}, units.distance(totals["backward"]["distance_m"] or None)),
        tag("td", None, charts.miniature(document) if name else None),
        tag("td", {"class": "n"}, units.distance(totals["forward"]["distance_m"] or None)),
        tag("td", {"class": "n"}, clock(document["duration_s"])),
        tag("td", {"class": "n"}, times_word(waiting) if waiting else NONE),
    )


def failures(rows: Sequence[Failure]) -> Markup:
    """Each failure, and what to do about it."""
    return tag(
        "ul",
        {"class": "failures"},
        (
            tag(
                "li",
                None,
                None
                if row.path in row.error
                else together((tag("b", None, isolated(row.path)), ": ")),
                isolated(row.error),
                tag("span", {"class": "quiet block"}, isolated(row.hint)) if row.hint else None,
            )
            for row in rows
        ),
    )
