"""Words for directions: what laps, workout steps and a device's own columns are named for.

Matched as whole words, with case and accents folded, in English, German, French, Italian,
Spanish, Dutch, Portuguese, Japanese and Thai (the last two, which part words by no space, as parts
of the text). A text that names both directions, or denies one, names none. Words that only look
alike, such as "back to back", "feedback", "zurück", "Rückweg", "retour", "de volta" or the "retro"
of a brand, are no direction.

Columns of a device or an app on it are labels too, where their values are plain:

``source:Direction``
    -1 backward, 1 forward, 0 not said; a column with any other value (a wind direction, a course)
    is no label.
``source:Backward``
    1 backward, 0 forward; a column with any other value is no label.

where ``source`` is ``developer`` or what else the reader calls it, case does not matter, and a
unit in brackets may follow.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backstride.motion.bouts import uncovered
from backstride.recording import Recording, Track
from backstride.vocabulary import Direction

_BACKWARD = (
    # English
    "backward", "backwards", "backwardly", "bwd", "backpedal", "backpedals", "backpedaling",
    "backpedalling", "back pedal", "back pedaling", "back pedalling", "running in reverse",
    "run in reverse", "reverse running", "retrorunning", "retro running", "retrowalking",
    "retro walking", "retrorun",
    # German
    "ruckwarts", "rueckwaerts", "ruckwartslauf", "rueckwaertslauf", "ruckwartslaufen",
    "rueckwaertslaufen", "ruckwartsgehen", "rueckwaertsgehen", "ruckwartsrennen",
    # French
    "a reculons", "en arriere", "en reculant", "course arriere", "course en arriere",
    "courir en arriere",
    "marche arriere", "marche en arriere",
    # Italian
    "all indietro", "corsa indietro", "correre indietro", "camminata indietro",
    "camminare indietro", "retrocorsa",
    # Spanish
    "hacia atras", "para atras", "de espaldas", "carrera atras", "marcha atras", "retrocarrera",
    # Dutch
    "achteruit", "achteruitlopen", "achteruit lopen", "achteruitrennen", "achteruitloop",
    "achterwaarts", "achterwaartse",
    # Portuguese
    "para tras", "pra tras", "de costas", "corrida a re", "marcha a re",
)  # fmt: skip
_FORWARD = (
    "forward", "forwards", "fwd", "vorwarts", "vorwaerts", "vorwartslaufen", "vorwaertslaufen",
    "vorwartslauf", "vorwaertslauf", "en avant", "marche avant", "course avant", "in avanti",
    "avanti", "hacia adelante", "hacia delante", "vooruit", "voorwaarts", "vooruitlopen",
    "para frente", "para a frente", "pra frente", "de frente",
)  # fmt: skip
_BACKWARD_PARTS = (
    "後ろ向き", "うしろ向き", "後ろ歩き", "後ろ走", "後方走", "後進走", "背走", "バック走",
    "バックラン", "後ろ向け", "逆向き走", "ถอยหลัง", "วิ่งถอย", "เดินถอย",
)  # fmt: skip
_FORWARD_PARTS = ("前向き", "前方走", "前進走", "ไปข้างหน้า", "เดินหน้า", "วิ่งหน้า")

#: A text with one of these is about something else, whatever other words stand in it.
_ELSEWHERE = (
    # swimming on the back, and exercises on the spot
    "backstroke", "nado", "nadar", "natacao", "natacion", "swim", "swimming",
    "lunge", "lunges", "squat", "squats", "circle", "circles", "swing", "swings", "roll", "rolls",
    "lean", "leaning", "fold", "bend", "bends", "ausfallschritt", "ausfallschritte",
    # looking, thinking, leaving and counting
    "look", "looking", "looks", "mirar", "mirando", "olhar", "olhando", "blick", "fast forward",
    "step forward", "way forward", "deixado", "deixar", "dejar", "cuenta", "retour en arriere",
    # denied
    "no backward", "no backwards", "not backward", "not backwards", "nicht ruckwarts",
    "nicht rueckwaerts", "without backward", "niet achteruit", "pas a reculons",
    # the course in the other sense, run facing ahead
    "loop backwards", "loop backward", "course backwards", "course backward", "route backwards",
    "route backward", "runde ruckwarts", "runde rueckwaerts", "strecke ruckwarts",
    "strecke rueckwaerts",
)  # fmt: skip
_ELSEWHERE_PARTS = ("逆走", "バックスクワット", "背泳ぎ")


@dataclass(frozen=True)
class Labelled:
    """Seconds from `start_s` to `end_s` that a label gives a direction."""

    start_s: float
    end_s: float
    direction: Direction


def _folded(text: str) -> str:
    """Case, width, accents and punctuation folded away; words parted by single spaces.

    Only accents of the Latin script are dropped: Thai vowels and the Japanese voicing marks are
    letters.
    """
    marks = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = re.sub("[\u0300-\u036f]", "", marks)
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFC", bare)).split())


def _unspaced(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace(" ", "")


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, words))})(?!\S)")


_BACKWARD_WORDS = _pattern(_BACKWARD)
_FORWARD_WORDS = _pattern(_FORWARD)
_ELSEWHERE_WORDS = _pattern(_ELSEWHERE)


def direction_named(text: str) -> Direction | None:
    """The direction that a text names, or None.

    >>> direction_named("6 x 200 m Rückwärts"), direction_named("back to back"), direction_named("")
    (<Direction.BACKWARD: 'backward'>, None, None)
    """
    if not text:
        return None
    words, unspaced = _folded(text), _unspaced(text)
    if _ELSEWHERE_WORDS.search(words) or any(part in unspaced for part in _ELSEWHERE_PARTS):
        return None
    backward = bool(_BACKWARD_WORDS.search(words)) or any(p in unspaced for p in _BACKWARD_PARTS)
    forward = bool(_FORWARD_WORDS.search(words)) or any(p in unspaced for p in _FORWARD_PARTS)
    if backward == forward:
        return None
    return Direction.BACKWARD if backward else Direction.FORWARD


def labels_of(recording: Recording) -> tuple[Labelled, ...]:
    """What labels say, in order of time and free of overlap; laps before columns."""
    end_s = recording.duration_s
    laps = [
        Labelled(max(lap.start_s, 0.0), min(lap.end_s, end_s), direction)
        for lap in recording.laps
        if (direction := direction_named(lap.name)) is not None
    ]
    columns = [label for track in recording.tracks for label in _of_columns(track, end_s)]
    return tuple(_without_overlap(laps, columns))


def _without_overlap(laps: list[Labelled], columns: list[Labelled]) -> list[Labelled]:
    def in_order(labels: list[Labelled]) -> list[Labelled]:
        ordered: list[Labelled] = []
        for label in sorted(labels, key=lambda one: one.start_s):
            start_s = max(label.start_s, ordered[-1].end_s) if ordered else label.start_s
            if label.end_s > start_s:
                ordered.append(Labelled(start_s, label.end_s, label.direction))
        return ordered

    first, second = in_order(laps), in_order(columns)
    left = uncovered(
        [(label.start_s, label.end_s) for label in second],
        [(label.start_s, label.end_s) for label in first],
    )
    rest = [Labelled(start_s, end_s, second[index].direction) for index, start_s, end_s in left]
    return sorted(first + rest, key=lambda label: label.start_s)


_MEANINGS: Mapping[str, Mapping[float, Direction | None]] = {
    "direction": {-1.0: Direction.BACKWARD, 1.0: Direction.FORWARD, 0.0: None},
    "backward": {1.0: Direction.BACKWARD, 0.0: Direction.FORWARD},
}


def _of_columns(track: Track, end_s: float) -> list[Labelled]:
    found: list[Labelled] = []
    for column in track.columns:
        source, colon, name = column.partition(":")
        meanings = (
            _MEANINGS.get(_folded(re.sub(r"\[.*?\]", "", name))) if colon and source else None
        )
        values = track.column(column)
        known = np.isfinite(values)
        if meanings is None or not known.any() or not np.isin(values[known], list(meanings)).all():
            continue
        times, said = track.t_s[known], values[known]
        starts = np.flatnonzero(np.diff(said, prepend=np.nan) != 0)
        edges = np.append(times[starts], min(end_s, float(times[-1]) + 1))
        found += [
            Labelled(float(a), float(b), direction)
            for a, b, value in zip(edges[:-1], edges[1:], said[starts], strict=True)
            if (direction := meanings[float(value)]) is not None and b > a
        ]
    return found
