"""Results as one page that asks nothing of any other computer.

The page works from a file, without scripts, on paper, and forbids itself every request. Pictures
are SVG; the script in ``assets`` adds zoom, a readout and keys to what is there without it.
"""

from collections.abc import Sequence
from dataclasses import replace

from backstride.report import overview, reading
from backstride.report.answers import answers, myths
from backstride.report.document import CHART_POINTS, Picture, Results, Shown
from backstride.report.markup import Markup, breakable, tag, together
from backstride.report.page import page
from backstride.report.session import session, simulated
from backstride.report.words import Units, date, title
from backstride.vocabulary import clock

#: More recordings than this get a row in the overview and no section of their own.
MOST_SECTIONS = 30
#: Points of all charts of a page together, so that a page of many recordings stays small.
_ALL_POINTS = 16_000
_FEWEST_POINTS = 500


def render(results: Results, *, imperial: bool = False) -> str:
    """One HTML page of everything that was found.

    Parameters
    ----------
    results
        Any number of recordings, also none; failures are listed.
    imperial
        Pace per mile and distances in miles and feet.
    """
    units = Units(imperial)
    recordings = results.recordings
    several = len(recordings) > 1
    body = _several(results, units) if several else _one(results, units)
    documents = [shown.document for shown in recordings]
    documents += [results.together] if results.together else []
    name = f"{len(recordings)} recordings" if several else _name(recordings)
    return page(
        f"{name} – Backstride",
        together(
            (
                body,
                _section("reading", "How to read this", reading.how_to_read()),
                _section("studies", "What the studies found", reading.studies(3), "appendix"),
                _section(
                    "sources",
                    "Sources",
                    tag(
                        "details",
                        {"class": "all-sources"},
                        tag("summary", None, "All sources, and how far each was read"),
                        reading.all_sources(reading.cited(documents)),
                    ),
                    "appendix",
                ),
            )
        ),
    )


def _name(recordings: Sequence[Shown]) -> str:
    return title(recordings[0].document) if recordings else "No recording"


def _one(results: Results, units: Units) -> Markup:
    shown = results.recordings[0] if results.recordings else None
    return together(
        (
            tag("h1", None, breakable(_name(results.recordings))),
            _failures(results),
            session(shown, "r0", 2, units) if shown else None,
        )
    )


def _several(results: Results, units: Units) -> Markup:
    recordings = results.recordings
    names = {place: f"r{place}" for place in _in_full(recordings)}
    left_out = len(recordings) - len(names)
    points = max(_FEWEST_POINTS, min(CHART_POINTS, _ALL_POINTS // len(names)))
    return together(
        (
            tag("h1", None, f"{len(recordings)} recordings"),
            simulated() if any(shown.document["simulated"] for shown in recordings) else None,
            tag("div", {"class": "lead"}, overview.summary(recordings, units)),
            _failures(results),
            _section("overview", "Overview", overview.table(recordings, names, units)),
            _together(results, units),
            _section(
                "recordings",
                "Each recording",
                together(
                    (
                        tag(
                            "p",
                            {"class": "quiet"},
                            f"{len(names)} of {len(recordings)} are shown in full: those with most "
                            f"backward time. The other {left_out} have a row in the overview.",
                        )
                        if left_out
                        else None,
                        (
                            _collapsed(_thinned(recordings[place], points), name, units)
                            for place, name in names.items()
                        ),
                    )
                ),
            ),
        )
    )


def _in_full(recordings: Sequence[Shown]) -> list[int]:
    """Places of the recordings that get a section: those with most backward time, in order."""

    def backward(place: int) -> float:
        return sum(
            float(bout["end_s"] - bout["start_s"])
            for bout in recordings[place].document["bouts"]
            if bout["direction"] == "backward" or bout["suspected"]
        )

    ranked = sorted(range(len(recordings)), key=lambda place: -backward(place))
    return sorted(ranked[:MOST_SECTIONS])


def _thinned(shown: Shown, most: int) -> Shown:
    """The same recording with at most that many points in its pictures."""
    picture = shown.picture
    step = -(-len(picture.t_s) // most) or 1
    stride = -(-len(picture.route) // most) or 1
    if step == stride == 1:
        return shown
    thin = Picture(
        t_s=picture.t_s[::step],
        speed_mps=_means(picture.speed_mps, step),
        cadence_spm=_means(picture.cadence_spm, step),
        heart_rate_bpm=_means(picture.heart_rate_bpm, step),
        route=picture.route[::stride],
    )
    return replace(shown, picture=thin)


def _means(values: Sequence[float | None], step: int) -> tuple[float | None, ...]:
    blocks = [
        [value for value in values[start : start + step] if value is not None]
        for start in range(0, len(values), step)
    ]
    return tuple(sum(block) / len(block) if block else None for block in blocks)


def _together(results: Results, units: Units) -> Markup | None:
    found = results.together
    if found is None:
        return None
    return together(
        (
            _section(
                "together",
                "Ten claims, over all recordings",
                answers(found["findings"], "all", 3, units),
            ),
            _section(
                "sayings", "Sayings, with your own number", myths(found["myths"], "all", 3, units)
            )
            if found["myths"]
            else None,
        )
    )


def _collapsed(shown: Shown, name: str, units: Units) -> Markup:
    document = shown.document
    return tag(
        "details",
        {"class": "recording", "id": name},
        tag(
            "summary",
            None,
            tag("h3", None, breakable(title(document))),
            tag("span", {"class": "quiet"}, f" {date(document)} · {clock(document['duration_s'])}"),
            tag("span", {"class": "tag"}, "SIMULATED") if document["simulated"] else None,
        ),
        session(shown, name, 4, units),
    )


def _failures(results: Results) -> Markup | None:
    if not results.failures:
        return None
    count = len(results.failures)
    return _section(
        "failures",
        f"{count} file{'s' * (count != 1)} could not be read",
        overview.failures(results.failures),
    )


def _section(name: str, heading: str, content: Markup | None, look: str | None = None) -> Markup:
    return tag(
        "section",
        {"aria-labelledby": name, "class": look},
        tag("h2", {"id": name}, heading),
        content,
    )
