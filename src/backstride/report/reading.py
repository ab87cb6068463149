"""How to read a report, and the studies behind it: the part that is the same for everybody."""

from collections.abc import Sequence

from backstride.evidence import Grade, Verdict, bibliography, claims
from backstride.report.answers import chip, citation, header, scrolling, short
from backstride.report.markup import Markup, tag, together
from backstride.report.words import Document

_VERDICTS = {
    Verdict.SUPPORTED: "the studies that were found point the claim's way",
    Verdict.PARTLY: "part of the claim holds, part does not or has not been studied",
    Verdict.CONTRADICTED: "the studies that were found point the other way",
    Verdict.NO_DIRECT_EVIDENCE: "nobody was found to have measured it",
}
_LEANS = {"for": "for it", "against": "against it", "neither": "neither way"}


def how_to_read() -> Markup:
    """Intervals, grades, verdicts, directions, and what this report is not."""
    return together(
        (
            tag(
                "dl",
                {"class": "terms"},
                _term(
                    "The interval",
                    "The bar beside each dot. As far as the sources say, the true number lies "
                    "within it in 95 of 100 cases. Where it crosses the line of no change, the "
                    "number does not tell which way it goes. A wide interval is an answer: little "
                    "is known.",
                ),
                _term(
                    "The grade",
                    "How good the evidence behind a number is; the weakest link counts.",
                    tag(
                        "ul",
                        {"class": "grades"},
                        (
                            tag(
                                "li",
                                {"class": "grade"},
                                tag("b", None, each.value),
                                " ",
                                each.meaning,
                            )
                            for each in Grade
                        ),
                    ),
                ),
                _term(
                    "The verdict",
                    "What the literature says of the claim itself, whoever runs.",
                    tag(
                        "ul",
                        {"class": "grades"},
                        (
                            tag("li", None, chip(each), " ", words)
                            for each, words in _VERDICTS.items()
                        ),
                    ),
                ),
                _term(
                    "The direction",
                    "A watch does not record which way you face. Direction is what you said, else "
                    "what a lap or workout step is called, else what a model finds likely. Forward "
                    "is blue and rises; backward is orange, hatched and drops. What only looks "
                    "backward has a dashed outline and counts in no number.",
                ),
                _term(
                    "What this is not",
                    "This is no medical advice. It compares you with yourself and with published "
                    "averages; it does not know your health. With pain, or after an injury or an "
                    "operation, ask somebody who can examine you before you run backward.",
                ),
            ),
        )
    )


def _term(word: str, meaning: str, more: Markup | None = None) -> Markup:
    return together((tag("dt", None, word), tag("dd", None, meaning, more)))


def studies(level: int) -> Markup:
    """What each study found, claim by claim."""
    return together(
        tag(
            "details",
            {"class": "claim-studies", "id": f"study-{claim.key}"},
            tag("summary", None, tag(f"h{level}", None, claim.title), " ", chip(claim.verdict)),
            tag("p", None, f"“{claim.claim}” {claim.says}"),
            scrolling(
                f"Studies of: {claim.title}",
                tag(
                    "table",
                    {"class": "studies"},
                    tag("caption", {"class": "sr"}, f"Studies of: {claim.title}"),
                    header("Source", "Who", "How", "Found", "Speaks"),
                    tag(
                        "tbody",
                        None,
                        (
                            tag(
                                "tr",
                                None,
                                tag("th", {"scope": "row"}, _link(study.source)),
                                tag("td", None, study.people),
                                tag("td", None, study.setting),
                                tag("td", None, study.found),
                                tag("td", None, _LEANS[study.leans.value]),
                            )
                            for study in claim.studies
                        ),
                    ),
                ),
            ),
        )
        for claim in claims().values()
    )


def _link(key: str) -> Markup:
    return tag("a", {"href": f"#source-{key}"}, short(key))


def cited(documents: Sequence[Document]) -> list[str]:
    """Every source that findings, details, myths or studies name, in the bibliography's order."""
    keys = {source for claim in claims().values() for source in claim.sources}
    for document in documents:
        for row in (*document["findings"], *document["myths"]):
            keys.update(row["sources"], *(detail["sources"] for detail in row.get("details", ())))
    known = [key for key in bibliography() if key in keys]
    return known + sorted(keys - set(known))


def all_sources(keys: Sequence[str]) -> Markup:
    """The bibliography of this page, with how far each source was read."""
    return tag("ol", {"class": "sources"}, (_source(key) for key in keys))


def _source(key: str) -> Markup:
    reference = bibliography().get(key)
    return tag(
        "li",
        {"id": f"source-{key}"},
        tag("code", None, key),
        " ",
        citation(key),
        tag("span", {"class": "quiet block"}, reference.note)
        if reference and reference.note
        else None,
    )
