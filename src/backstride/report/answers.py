"""The ten answers and the myths: number, interval, grade, verdict, and what stands behind each."""

from collections.abc import Sequence

from backstride.evidence import Grade, Verdict, bibliography
from backstride.report.intervals import SAYINGS, Reference, references, whisker
from backstride.report.markup import Markup, tag, together
from backstride.report.words import Document, Units, number

#: What the number of an answer is the number of.
_NUMBER_OF = {
    "variety": "kinds of movement that the backward part adds",
    "posture": "forward lean of the trunk, backward less forward",
    "muscle_balance": "activity of the front thigh over all running, against all forward",
    "senses": "how straight or steadily you go; less is steadier",
    "injury_relief": "load on the kneecap joint per kilometre, backward against forward",
    "calories": "energy of the backward part",
    "cardio": "what one backward lap is worth",
    "fitness": "heart beats per kilometre at your usual forward speed",
}

#: A sign for each verdict, beside its words: filled, half, crossed, empty.
_SIGNS = {
    Verdict.SUPPORTED: "●",
    Verdict.PARTLY: "◐",
    Verdict.CONTRADICTED: "✕",
    Verdict.NO_DIRECT_EVIDENCE: "○",
}


def chip(verdict: Verdict) -> Markup:
    """What the literature says of a claim, in words and a sign."""
    return tag(
        "span",
        {"class": f"chip {verdict.value}"},
        tag("span", {"aria-hidden": "true"}, f"{_SIGNS[verdict]} "),
        tag("span", {"class": "sr"}, "The claim is "),
        verdict.label,
    )


def answers(findings: Sequence[Document], name: str, level: int, units: Units) -> Markup:
    """All answers, one below the other."""
    return tag(
        "div",
        {"class": "answers"},
        (_answer(finding, f"{name}-{finding['benefit']}", level, units) for finding in findings),
    )


def _answer(finding: Document, name: str, level: int, units: Units) -> Markup:
    assessed = finding["state"] == "assessed"
    return tag(
        "article",
        {"class": "answer" if assessed else "answer silent", "aria-labelledby": name},
        tag(
            "div",
            {"class": "asked"},
            tag(f"h{level}", {"id": name}, finding["title"]),
            tag("p", {"class": "claim"}, f"“{finding['claim']}”"),
            tag("p", None, chip(Verdict(finding["verdict"]))),
        ),
        _said(finding) if assessed else _unsaid(finding),
        _figure(finding, name, units) if assessed else None,
        _behind(finding, units),
    )


def _said(finding: Document) -> Markup:
    cautions = finding["cautions"]
    return tag(
        "div",
        {"class": "said"},
        tag("p", None, finding["because"]),
        tag("ul", {"class": "cautions"}, (tag("li", None, each) for each in cautions))
        if cautions
        else None,
    )


def _unsaid(finding: Document) -> Markup:
    return tag(
        "div",
        {"class": "said"},
        tag(
            "p", None, tag("b", None, "Not assessable here. "), "Missing: ", finding["missing"], "."
        ),
        tag("p", None, "What would help: ", finding["what_would_help"], "."),
    )


def _figure(finding: Document, name: str, units: Units) -> Markup:
    said = number(finding, units)
    return tag(
        "div",
        {"class": "figure"},
        tag("p", {"class": "number"}, said.value),
        tag("p", {"class": "quiet"}, _NUMBER_OF.get(finding["benefit"])),
        whisker(finding, references(finding), f"{name}-w", units),
        tag("p", {"class": "interval"}, said.interval),
        grade(finding["grade"]),
    )


def grade(letter: str) -> Markup:
    """A grade with its meaning."""
    return tag(
        "p",
        {"class": "grade"},
        tag("b", None, tag("span", {"class": "sr"}, "Grade "), letter),
        " ",
        tag("span", {"class": "quiet"}, Grade(letter).meaning),
    )


def _behind(finding: Document, units: Units) -> Markup:
    details = finding["details"]
    return tag(
        "details",
        {"class": "behind"},
        tag("summary", None, f"Behind this: {_contents(finding)}"),
        tag(
            "p",
            None,
            tag("b", None, "What is known of the claim. "),
            finding["verdict_says"],
            " ",
            tag("a", {"href": f"#study-{finding['benefit']}"}, "What each study found"),
        ),
        details_table(details, f"{finding['title']}: all numbers", units) if details else None,
        sources(finding["sources"]),
        tag(
            "p",
            {"class": "quiet"},
            "Constants used: ",
            ((tag("code", None, each), " ") for each in finding["constants"]),
        )
        if finding["constants"]
        else None,
    )


def _contents(finding: Document) -> str:
    rows, cited = len(finding["details"]), len(finding["sources"])
    numbers = f"{rows} number{'s' * (rows != 1)}, " if rows else ""
    return f"{numbers}what is known, {cited} source{'s' * (cited != 1)}"


def details_table(details: Sequence[Document], caption: str, units: Units) -> Markup:
    """Numbers beside an answer: each with interval, grade and source."""
    return scrolling(
        caption,
        tag(
            "table",
            None,
            tag("caption", {"class": "sr"}, caption),
            header("Number", "", "Interval", "Grade", "Source"),
            tag(
                "tbody",
                None,
                (
                    tag(
                        "tr",
                        None,
                        tag("th", {"scope": "row"}, row["label"], _note(row["note"])),
                        tag("td", {"class": "n"}, number(row, units).value),
                        tag("td", None, number(row, units).interval or "none"),
                        tag("td", None, row["grade"] or "none: counted"),
                        tag("td", None, _short_sources(row["sources"])),
                    )
                    for row in details
                ),
            ),
        ),
    )


def _note(note: str) -> Markup | None:
    return tag("span", {"class": "quiet block"}, note) if note else None


def _short_sources(keys: Sequence[str]) -> Markup:
    if not keys:
        return together(["the recording"])
    return together(
        (", " if place else "", tag("a", {"href": f"#source-{key}"}, short(key)))
        for place, key in enumerate(keys)
    )


def short(key: str) -> str:
    """A source in a word or two: who and when, else the beginning of its title."""
    reference = bibliography().get(key)
    if reference is None:
        return key
    if reference.authors:
        return f"{reference.authors[0]} {reference.year or ''}".strip()
    return f"{' '.join(reference.title.split()[:4])} …" if reference.title else key


def scrolling(label: str, table: Markup) -> Markup:
    """A table that scrolls by itself where the page is too narrow for it."""
    return tag(
        "div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label}, table
    )


def header(*names: str) -> Markup:
    """The head of a table."""
    cells = (tag("th", {"scope": "col"}, name) if name else tag("td") for name in names)
    return tag("thead", None, tag("tr", None, cells))


def sources(keys: Sequence[str]) -> Markup | None:
    """One-line citations."""
    if not keys:
        return None
    return tag("ul", {"class": "sources"}, (tag("li", None, citation(key)) for key in keys))


def citation(key: str) -> Markup:
    """A source in one line, with a plain link to it."""
    reference = bibliography().get(key)
    if reference is None:
        return together([f"{key} (not in the bibliography)"])
    place = f"doi:{reference.doi}" if reference.doi else reference.url
    words = reference.text.removesuffix(place).rstrip(". ") if place else reference.text
    if not place:
        return together([words, "."])
    return together([words, ". " if words else "", tag("a", {"href": reference.link}, place)])


def myths(rows: Sequence[Document], name: str, level: int, units: Units) -> Markup | None:
    """The sayings, each answered with this runner's number."""
    if not rows:
        return None
    return tag(
        "div",
        {"class": "myths"},
        (
            tag(
                "article",
                {"class": "myth"},
                tag(f"h{level}", None, f"“{row['myth']}”"),
                tag("p", None, row["answer"]),
                tag("p", {"class": "number"}, number(row, units).value),
                whisker(row, _saying(row), f"{name}-myth-{row['key']}", units),
                tag("p", {"class": "interval"}, number(row, units).interval),
                grade(row["grade"]),
                tag("details", None, tag("summary", None, "Sources"), sources(row["sources"])),
            )
            for row in rows
        ),
    )


def _saying(row: Document) -> tuple[Reference, ...]:
    return (SAYINGS[row["key"]],) if row["key"] in SAYINGS else references(row)
