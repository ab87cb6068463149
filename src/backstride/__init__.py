"""Backstride: the training system for running backward.

Four verbs, and the nouns that pass between them::

    recording = backstride.read("my-run.fit")        # a file -> a Recording
    analysis = backstride.analyze(recording)         # -> Bouts: what was run in which direction
    assessment = backstride.assess(analysis)         # -> ten Findings, or why there is none
    print(backstride.show(analysis, assessment))     # -> a page: text, HTML, plain data

Names are imported when they are first used, so that `import backstride` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backstride.benefits import Assessment, Finding, History, NotAssessable, assess
    from backstride.errors import (
        AthleteError,
        BackstrideError,
        EvidenceError,
        MissingExtraError,
        ReadError,
        RequestError,
    )
    from backstride.evidence import Grade, Verdict
    from backstride.motion import Analysis, Declared, analyze
    from backstride.motion.align import joined
    from backstride.motion.bouts import Bout, Bouts
    from backstride.readers import Told, read, read_many
    from backstride.recording import Athlete, Lap, Recording, Track
    from backstride.report import Page, show
    from backstride.vocabulary import Direction, Gait, Origin

_HOME = {
    "Analysis": "motion",
    "Assessment": "benefits",
    "Athlete": "recording",
    "AthleteError": "errors",
    "BackstrideError": "errors",
    "Bout": "motion.bouts",
    "Bouts": "motion.bouts",
    "Declared": "motion",
    "Direction": "vocabulary",
    "EvidenceError": "errors",
    "Finding": "benefits",
    "Gait": "vocabulary",
    "Grade": "evidence",
    "History": "benefits",
    "Lap": "recording",
    "MissingExtraError": "errors",
    "NotAssessable": "benefits",
    "Origin": "vocabulary",
    "Page": "report",
    "ReadError": "errors",
    "Recording": "recording",
    "RequestError": "errors",
    "Told": "readers.told",
    "Track": "recording",
    "Verdict": "evidence",
    "analyze": "motion",
    "assess": "benefits",
    "joined": "motion.align",
    "read": "readers",
    "read_many": "readers",
    "show": "report",
}

__all__ = [
    "Analysis",
    "Assessment",
    "Athlete",
    "AthleteError",
    "BackstrideError",
    "Bout",
    "Bouts",
    "Declared",
    "Direction",
    "EvidenceError",
    "Finding",
    "Gait",
    "Grade",
    "History",
    "Lap",
    "MissingExtraError",
    "NotAssessable",
    "Origin",
    "Page",
    "ReadError",
    "Recording",
    "RequestError",
    "Told",
    "Track",
    "Verdict",
    "analyze",
    "assess",
    "joined",
    "read",
    "read_many",
    "show",
]


def __getattr__(name: str) -> object:
    """The public name, from the module where it lives."""
    if name not in _HOME:
        raise AttributeError(f"module 'backstride' has no attribute {name!r}")
    return getattr(import_module(f"backstride.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
