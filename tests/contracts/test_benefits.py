"""The contract of benefits: what every one of BENEFITS answers, and proof that it can fail.

Each rule takes a benefit; every benefit passes every rule, every planted offender is caught.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from tests.motion.points.walker import Leg, Points, bent, recorded, track, walked
from tests.motion.points.walker import mirrored as in_mirror

import backstride
from backstride.benefits import BENEFITS, Answer, Benefit, Finding, History, NotAssessable, digest
from backstride.benefits.finding import Detail, not_assessable
from backstride.errors import EvidenceError
from backstride.evidence import Grade, bibliography, claims
from backstride.motion import Declared, analyze
from backstride.recording import Athlete, Recording, Track
from backstride.simulation import backward, demo_session, forward, runners, simulate
from backstride.vocabulary import Direction

BENEFIT_FILES = Path(backstride.__file__).parent / "benefits"
RUNNER = runners(1, seed=3)[0]
DEMO = demo_session()


def history(*recordings: Recording, declared: tuple[Declared, ...] = ()) -> History:
    """Recordings of one person, analyzed and cut to pieces."""
    analyses = [analyze(recording, declared=declared) for recording in recordings]
    return History(
        tuple(digest(one) for one in analyses), analyses[0].athlete if analyses else Athlete()
    )


def body(*legs: Leg) -> Points:
    """Points of a made body that leans, a little more when it goes forward, and sways."""
    lean = np.concatenate(
        [np.full(round(leg.seconds * 100), 3.0 if leg.angle_deg else 6.0) for leg in legs]
    )
    sway = np.sin(np.arange(len(lean)) / 170)
    return bent(walked(*legs), lean + sway, side_deg=2)


#: Bodies in turns forward and backward, a minute and a half, at nearly one speed: how long a foot
#: stands, and the speeds.
BODIES = {
    "walks": (0.62, (1.2, 1.17, 1.24), (1.15, 1.19, 1.13)),
    "runs": (0.3, (2.6, 2.5, 2.7), (2.55, 2.65, 2.5)),
}


@cache
def there_and_back(who: str, every: int = 1, mirror: bool = False) -> History:
    """The history of a body, of some of its frames, or of what a mirror shows."""
    stance, ahead, behind = BODIES[who]
    pairs = zip(ahead, behind, strict=True)
    legs = (leg for a, b in pairs for leg in (Leg(16, a), Leg(14, b, 180)))
    points = body(*(replace(leg, stance=stance) for leg in legs))
    return history(filmed(in_mirror(points) if mirror else points, every))


def filmed(points: Points, every: int = 1) -> Recording:
    """A recording of these points, or of some of their frames."""
    thinned = {name: place[::every] for name, place in points.items()}
    return recorded(track(thinned, 100 / every))


def answer(benefit: Benefit, of: History) -> Answer:
    """What `assess` makes of one benefit, with what is common to all."""
    from backstride.benefits import _answer

    return _answer(benefit, of)


def rule_empty_short_and_forward_only_are_not_assessable(benefit: Benefit) -> None:
    """Nothing recorded, seconds of backward, and forward only: no answer, but a reason."""
    nothing = replace(DEMO.recording, tracks=(), laps=())
    short = simulate([forward(2.8, 600), backward(2.2, 10), forward(2.8, 600)], RUNNER, seed=1)
    start = next(span.start_s for span in short.truth if span.direction is Direction.BACKWARD)
    said = (Declared(start, start + 10, Direction.BACKWARD),)
    only = simulate([forward(2.8, 900)], RUNNER, seed=2)
    for given in (
        History((), Athlete()),
        history(nothing),
        history(short.recording, declared=said),
        history(only.recording),
        history(filmed(body(Leg(60, 1.2)))),
        history(filmed(body(Leg(40, 1.2), Leg(5, 1.1, 180), Leg(10, 1.2)))),
    ):
        found = answer(benefit, given)
        assert isinstance(found, NotAssessable), f"{benefit.key} answers from nothing"
        assert found.missing, "does not say what is missing"
        assert found.what_would_help, "does not say what would help"


def long_bouts() -> History:
    """Bouts long and steady enough for the runner's own heart to speak."""
    legs = [leg for _ in range(3) for leg in (forward(2.3, 240), backward(2.3, 240))]
    session = simulate(legs, RUNNER, seed=4)
    said = tuple(
        Declared(span.start_s, span.end_s, Direction.BACKWARD)
        for span in session.truth
        if span.direction is Direction.BACKWARD
    )
    return history(session.recording, declared=said)


def weeks() -> History:
    """Eight weeks of one person, whose heart rate is a little lower each week."""
    one = digest(analyze(DEMO.recording))
    assert one.start_utc is not None
    return History(
        tuple(
            replace(
                one,
                start_utc=one.start_utc + timedelta(weeks=week),
                pieces=replace(
                    one.pieces, heart_rate_bpm=one.pieces.heart_rate_bpm * (1 - week / 200)
                ),
            )
            for week in range(8)
        ),
        Athlete(mass_kg=60),
    )


def rule_an_answer_is_complete(benefit: Benefit) -> None:
    """Value in its interval, unit, grade no better than the claim's cap, known sources, words."""
    for given in (
        history(DEMO.recording),
        long_bouts(),
        weeks(),
        *(there_and_back(who) for who in BODIES),
    ):
        complete(benefit, answer(benefit, given))


def complete(benefit: Benefit, found: Answer) -> None:
    """The same of one answer."""
    assert found.benefit == benefit.key
    assert found.verdict is claims()[benefit.key].verdict
    if isinstance(found, NotAssessable):
        return
    assert found.low <= found.value <= found.high
    assert found.low < found.high, "an answer without an interval"
    assert found.unit
    assert found.because
    assert found.sources
    assert set(found.sources) <= set(bibliography())
    assert found.grade >= claims()[benefit.key].cap, "a grade better than the claim's cap"
    for row in found.details:
        assert (row.low is None) == (row.grade is None), f"{row.key}: half an interval"
        assert row.low is None or row.low <= row.value <= (row.high or 0), row.key
        assert row.sources or row.note, f"{row.key} says nothing of where it is from"
        assert set(row.sources) <= set(bibliography())


def rule_left_and_right_swapped_answer_the_same(benefit: Benefit) -> None:
    """A mirrored recording answers the same, but for what is told of a side: that swaps."""
    track = DEMO.recording.track("record")
    assert track is not None
    values = track.values.copy()
    left = track.columns.index("contact_balance_left")
    values[:, left] = 1 - values[:, left]
    mirrored = replace(DEMO.recording, tracks=(replace(track, values=values),))
    assert numbers(answer(benefit, history(mirrored))) == pytest.approx(
        numbers(answer(benefit, history(DEMO.recording)))
    )
    for who in BODIES:
        plain = answer(benefit, there_and_back(who))
        mirrored_alike(plain, answer(benefit, there_and_back(who, mirror=True)))


def mirrored_alike(plain: Answer, swapped: Answer) -> None:
    """Whether each number of an answer is the same in a mirror, or its opposite."""
    rows, other = ({row.key: row for row in shown(each)} for each in (plain, swapped))
    assert set(rows) == set(other)
    for key, row in rows.items():
        sign = -1 if key in TOLD_OF_A_SIDE else 1
        # The first foot to step is another, which moves a change of direction by a moment.
        width = row.high - row.low if row.low is not None and row.high is not None else row.value
        room = max(abs(width) / 20, 1e-9)
        assert abs(other[key].value - sign * row.value) < room, key


def shown(found: Answer) -> tuple[Detail, ...]:
    """Every number of an answer, the answer itself first."""
    if not isinstance(found, Finding):
        return ()
    itself = Detail("", "", found.value, found.low, found.high, found.unit, found.grade, ())
    return (itself, *found.details)


#: Details that change their sign in a mirror.
TOLD_OF_A_SIDE = {"side", "contact_right"}


def rule_resampling_moves_an_answer_less_than_its_interval(benefit: Benefit) -> None:
    """Every third sample of the same run gives the same answer, as far as it is known at all."""
    track = DEMO.recording.track("record")
    assert track is not None
    thinned = Track(track.name, track.t_s[::3].copy(), track.values[::3].copy(), track.columns)
    sparser = replace(DEMO.recording, tracks=(thinned,))
    for one, other in (
        (history(DEMO.recording), history(sparser)),
        *((there_and_back(who), there_and_back(who, every=3)) for who in BODIES),
    ):
        whole, sparse = answer(benefit, one), answer(benefit, other)
        assert type(whole) is type(sparse)
        if isinstance(whole, Finding) and isinstance(sparse, Finding):
            assert whole.low <= sparse.value <= whole.high
            assert abs(sparse.value - whole.value) < 0.25 * (whole.high - whole.low)


RULES: tuple[Callable[[Benefit], None], ...] = (
    rule_empty_short_and_forward_only_are_not_assessable,
    rule_an_answer_is_complete,
    rule_left_and_right_swapped_answer_the_same,
    rule_resampling_moves_an_answer_less_than_its_interval,
)


def numbers(found: Answer) -> list[float]:
    return [found.value, found.low, found.high] if isinstance(found, Finding) else []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("benefit", BENEFITS, ids=lambda benefit: benefit.key)
def test_a_benefit_keeps_the_contract(benefit: Benefit, rule: Callable[[Benefit], None]) -> None:
    rule(benefit)


def planted(value: float, grade: Grade = Grade.D, low: float = 0.0, high: float = 1e9) -> Finding:
    return Finding(
        "calories", value, low, high, "kcal", grade, claims()["calories"].verdict, "because",
        (), ("rasica2020",), (),
    )  # fmt: skip


def tied_to_a_side(of: History) -> Finding:
    lean = float(np.nansum(of.batches.column("trunk_side_lean_rad")))
    return planted(lean, low=lean - 1, high=lean + 1)


_TURN = count()

OFFENDERS = {
    "answers from nothing": (
        Benefit("calories", lambda _: planted(1.0), needs_backward=False),
        rule_empty_short_and_forward_only_are_not_assessable,
    ),
    "has no interval": (
        Benefit("calories", lambda _: planted(1.0, low=1.0, high=1.0)),
        rule_an_answer_is_complete,
    ),
    "has no source": (
        Benefit("calories", lambda _: replace(planted(1.0), sources=())),
        rule_an_answer_is_complete,
    ),
    "answers another claim": (
        Benefit("cardio", lambda _: planted(1.0)),
        rule_an_answer_is_complete,
    ),
    "answers from a few seconds backward": (
        Benefit(
            "posture",
            lambda of: (
                replace(planted(1.0), benefit="posture")
                if np.sum(of.batches.backward)
                else not_assessable("posture", missing="all", what_would_help="all")
            ),
            needs_backward=False,
        ),
        rule_empty_short_and_forward_only_are_not_assessable,
    ),
    "lets its number depend on a side": (
        Benefit("calories", tied_to_a_side),
        rule_left_and_right_swapped_answer_the_same,
    ),
    "answers otherwise when mirrored": (
        Benefit("calories", lambda _: planted(float(next(_TURN)))),
        rule_left_and_right_swapped_answer_the_same,
    ),
}


@pytest.mark.parametrize("name", OFFENDERS)
def test_a_planted_offender_is_caught(name: str) -> None:
    benefit, rule = OFFENDERS[name]
    with pytest.raises(AssertionError):
        rule(benefit)


def test_a_planted_answer_that_moves_with_the_sampling_is_caught() -> None:
    def counting(of: History) -> Answer:
        seconds = float(np.nansum(of.pieces.cadence_spm * of.pieces.time_s))
        return planted(seconds, low=seconds - 1e-9, high=seconds + 1e-9)

    with pytest.raises(AssertionError):
        rule_resampling_moves_an_answer_less_than_its_interval(Benefit("calories", counting))


def test_a_finding_that_is_no_number_cannot_be_made() -> None:
    for value, low, high in ((float("nan"), 0.0, 1.0), (2.0, 0.0, 1.0), (0.0, float("-inf"), 1.0)):
        with pytest.raises(EvidenceError):
            planted(value, low=low, high=high)


def test_the_table_has_the_ten_keys_of_the_claims_in_their_order() -> None:
    assert [benefit.key for benefit in BENEFITS] == list(claims())


def numbers_in_words(text: str) -> list[str]:
    """Sentences of a file, docstrings apart, that hold a digit outside what they format."""
    tree = ast.parse(text)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, documented)}
    words = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    return [
        w
        for w in words
        if isinstance(w, str) and w not in docs and " " in w and re.search(r"\d", _plain(w))
    ]


def _plain(words: str) -> str:
    """The sentence without what is an example of typing, a unit or a test's name."""
    for phrase in ("12:00-14:30", "% per 4 weeks", "last 7 days", "walking 3 m", "straight 20 m"):
        words = words.replace(phrase, "")
    return words


@pytest.mark.parametrize("path", sorted(BENEFIT_FILES.glob("*.py")), ids=lambda p: p.name)
def test_no_published_number_stands_in_the_words_of_a_benefit(path: Path) -> None:
    """Sentences with numbers from papers are remarks of the evidence; code may only format."""
    assert numbers_in_words(path.read_text()) == []


def test_a_planted_sentence_with_a_number_is_caught() -> None:
    assert numbers_in_words("x = 'studies say 29 % more'") == ["studies say 29 % more"]
    assert numbers_in_words("x = f'studies say {y:.1f} more'") == []
