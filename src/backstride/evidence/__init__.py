"""Numbers that came from papers, and the trace from each result back to them.

`constant` and `regression` hand out the entries of ``constants/*.toml``; `equation` ties them to
the function that uses them; `evaluate` gives a result its interval, grade and sources;
`claims` and `bibliography` say what was found and where it stands.
"""

from backstride.evidence.bibliography import Reference, bibliography
from backstride.evidence.claims import Claim, Myth, Study, Verdict, claims, myths
from backstride.evidence.constants import (
    Constant,
    IntervalOf,
    Kind,
    Provenance,
    Regression,
    Shape,
    all_constants,
    constant,
    regression,
)
from backstride.evidence.grade import Grade, weakest
from backstride.evidence.tracing import (
    CONFIDENCE,
    DRAWS,
    Equation,
    Spread,
    Traced,
    chance,
    collecting,
    equation,
    estimate,
    evaluate,
    total,
)

__all__ = [
    "CONFIDENCE",
    "DRAWS",
    "Claim",
    "Constant",
    "Equation",
    "Grade",
    "IntervalOf",
    "Kind",
    "Myth",
    "Provenance",
    "Reference",
    "Regression",
    "Shape",
    "Spread",
    "Study",
    "Traced",
    "Verdict",
    "all_constants",
    "bibliography",
    "chance",
    "claims",
    "collecting",
    "constant",
    "equation",
    "estimate",
    "evaluate",
    "myths",
    "regression",
    "total",
    "weakest",
]
