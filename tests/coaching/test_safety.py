"""Screening, limits, conditions, stop rules and the pain rule: more of them is never looser."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstride.coaching.library import library
from backstride.coaching.limits import Limits
from backstride.coaching.safety import (
    About,
    after_pain,
    after_stop,
    asking_professional,
    checklist,
    limits_from_toml,
    limits_to_toml,
    pain_word,
    stop_rules,
)
from backstride.coaching.screening import (
    Answer,
    Screening,
    Word,
    questions,
    screened,
    screening_from_toml,
    screening_to_toml,
    together,
)
from backstride.coaching.sessions import Kind, Level, Need, Session
from backstride.coaching.set_limits import SetLimits, beyond, combined, in_force
from backstride.errors import RequestError
from backstride.vocabulary import Direction

TODAY = date(2027, 3, 1)
FREE = {
    key: Answer.NO if one.careful is Answer.YES else Answer.YES for key, one in questions().items()
}
WORDS = list(Word)

words = st.text(max_size=12)
limits = st.builds(
    Limits,
    max_level=st.sampled_from(Level),
    walk_only=st.booleans(),
    required=st.frozensets(st.sampled_from([Need.SPOTTER, Need.PARTNER, Need.TREADMILL])),
    no_uphill=st.booleans(),
    no_hard=st.booleans(),
    most_backward_min=st.none() | st.floats(0, 300),
    most_sessions=st.none() | st.integers(0, 14),
    reasons=st.lists(words, max_size=3).map(tuple),
)
answers = st.fixed_dictionaries({key: st.sampled_from(Answer) for key in questions()})
ratings = st.floats(0, 10)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def as_strict(one: Limits, other: Limits) -> bool:
    """Whether `one` forbids all that `other` forbids; written anew, not by `combined`."""

    def within(value: float | None, most: float | None) -> bool:
        return most is None or (value is not None and value <= most)

    return (
        one.max_level <= other.max_level
        and one.walk_only >= other.walk_only
        and one.required >= other.required
        and one.no_uphill >= other.no_uphill
        and one.no_hard >= other.no_hard
        and within(one.most_backward_min, other.most_backward_min)
        and within(one.most_sessions, other.most_sessions)
        and set(one.reasons) >= set(other.reasons)
    )


def answered(**careful: Answer) -> Screening:
    """Answers of somebody who is free of everything but what is named."""
    return Screening(TODAY, {**FREE, **careful})


def careful(*keys: str) -> Screening:
    return answered(**{key: questions()[key].careful for key in keys})


@given(limits, limits, limits)
def test_limits_add_up_in_any_order_and_grouping(a: Limits, b: Limits, c: Limits) -> None:
    whole = combined(a, b, c)
    assert combined(combined(a, b), c) == whole == combined(a, combined(b, c))
    assert all(combined(*order) == whole for order in permutations((a, b, c)))


@given(limits, limits)
def test_the_same_limits_twice_are_the_same_once_and_none_change_nothing(
    a: Limits, b: Limits
) -> None:
    assert combined(a, a) == combined(a) == combined(a, Limits()) == combined(combined(a))
    assert combined() == Limits()
    assert combined(a, b, combined(a, b)) == combined(a, b)


@given(limits, limits)
def test_limits_together_are_never_looser_than_one_of_them_nor_stricter_than_needed(
    a: Limits, b: Limits
) -> None:
    both = combined(a, b)
    assert as_strict(both, a)
    assert as_strict(both, b)
    if as_strict(a, b):
        assert as_strict(a, both)


def test_somebody_without_anything_is_cleared_until_half_a_year_from_now() -> None:
    clearance = screened(answered())
    assert (clearance.word, clearance.limits, clearance.reasons) == (Word.CLEARED, Limits(), ())
    assert clearance.holds(TODAY + timedelta(days=181))
    assert not clearance.holds(TODAY + timedelta(days=182))


@pytest.mark.parametrize("key", questions())
def test_each_careful_answer_leads_somewhere_and_says_why(key: str) -> None:
    clearance = screened(careful(key))
    assert clearance.word is not Word.CLEARED
    assert questions()[key].lead(questions()[key].careful).because in clearance.reasons
    assert clearance.limits.reasons == tuple(sorted(clearance.reasons))
    if clearance.word is Word.PROFESSIONAL:
        assert clearance.limits.most_backward_min == 0


@pytest.mark.parametrize("key", questions())
def test_not_sure_counts_as_the_careful_answer(key: str) -> None:
    assert screened(answered(**{key: Answer.NOT_SURE})) == screened(careful(key))


@given(answers, st.sampled_from(list(questions())))
def test_a_more_careful_answer_never_frees(given: dict[str, Answer], key: str) -> None:
    less = screened(Screening(TODAY, {**given, key: FREE[key]}))
    more = screened(Screening(TODAY, {**given, key: questions()[key].careful}))
    assert as_strict(more.limits, less.limits)
    assert WORDS.index(more.word) >= WORDS.index(less.word)
    assert more.again <= less.again


@pytest.mark.parametrize("key", together())
def test_answers_that_weigh_more_together_send_to_a_professional(key: str) -> None:
    several = together()[key]
    assert all(screened(careful(each)).word is Word.LIMITED for each in several.when)
    clearance = screened(careful(*several.when))
    assert clearance.word is Word.PROFESSIONAL
    assert several.because in clearance.reasons
    assert clearance.limits.most_backward_min == 0


def test_a_missing_answer_is_refused_by_name_and_never_assumed() -> None:
    some = {key: answer for key, answer in FREE.items() if key not in ("neck", "vision")}
    with pytest.raises(RequestError, match="not answered: neck, vision"):
        Screening(TODAY, some)
    with pytest.raises(RequestError, match="no question 'visoin'") as error:
        Screening(TODAY, {**FREE, "visoin": Answer.NO})
    assert "vision" in error.value.hint


def test_a_professional_who_agrees_sets_the_limits_in_place_of_the_question() -> None:
    theirs = Limits(max_level=Level.RUN, no_hard=True, reasons=("After a test of bones.",))
    agreed = SetLimits("A. Example", TODAY, theirs, agrees=("bones",))
    clearance = screened(careful("bones"), [agreed])
    assert clearance.word is Word.LIMITED
    assert clearance.limits.max_level is Level.RUN
    assert clearance.limits.most_backward_min is None
    assert "After a test of bones." in clearance.reasons
    assert any("A. Example" in reason for reason in clearance.reasons)


def test_a_professional_may_speak_after_the_answers() -> None:
    later = TODAY + timedelta(days=3)
    agreed = SetLimits("A. Example", later, Limits(no_hard=True), agrees=("bones",))
    assert screened(careful("bones"), [agreed]).word is Word.PROFESSIONAL
    clearance = screened(careful("bones"), [agreed], later)
    assert clearance.word is Word.LIMITED
    assert clearance.limits.no_hard
    assert clearance.again == screened(careful("bones")).again


def test_a_professional_who_agrees_without_limits_leaves_those_of_the_question() -> None:
    agreed = SetLimits("A. Example", TODAY, Limits(), agrees=("bones",))
    clearance = screened(careful("bones"), [agreed])
    own = questions()["bones"].yes.limits
    assert clearance.word is Word.LIMITED
    assert clearance.limits.walk_only == own.walk_only
    assert clearance.limits.required == own.required
    assert clearance.limits.most_backward_min == own.most_backward_min
    assert "A. Example agreed on 2027-03-01." in clearance.reasons[0]


def test_a_professional_frees_of_nothing_that_they_did_not_agree_to() -> None:
    agreed = SetLimits("A. Example", TODAY, Limits(no_hard=True), agrees=("bones",))
    assert screened(careful("bones", "heart"), [agreed]).word is Word.PROFESSIONAL
    over = SetLimits("A. Example", TODAY, Limits(), TODAY, agrees=("bones",))
    later = Screening(TODAY + timedelta(days=1), careful("bones").answers)
    assert screened(later, [over]).word is Word.PROFESSIONAL, "the agreement has ended"
    to_come = SetLimits("A. Example", TODAY + timedelta(days=1), Limits(), agrees=("bones",))
    assert screened(careful("bones"), [to_come]).word is Word.PROFESSIONAL


@given(answers, limits)
def test_limits_of_others_never_loosen_those_of_answers_without_an_agreement(
    given: dict[str, Answer], theirs: Limits
) -> None:
    alone = screened(Screening(TODAY, given))
    both = screened(Screening(TODAY, given), [SetLimits("A. Example", TODAY, theirs)])
    assert as_strict(both.limits, alone.limits)
    assert as_strict(both.limits, theirs)
    assert WORDS.index(both.word) >= WORDS.index(alone.word)


@given(answers, days)
def test_answers_come_back_from_text_as_they_were(given: dict[str, Answer], day: date) -> None:
    screening = Screening(day, given)
    assert screening_from_toml(screening_to_toml(screening)) == screening


@given(
    st.lists(
        st.builds(
            SetLimits,
            by=st.text(min_size=1).filter(str.strip),
            since=days,
            until=st.none() | st.dates(date(2041, 1, 1)),
            limits=limits,
            agrees=st.lists(st.sampled_from(list(asking_professional()))).map(tuple),
        )
    ).map(tuple)
)
def test_limits_come_back_from_text_as_they_were(several: tuple[SetLimits, ...]) -> None:
    assert limits_from_toml(limits_to_toml(several)) == several


def test_dates_may_stand_without_quotes_and_fields_may_be_left_out() -> None:
    (one,) = limits_from_toml(
        'schema = "backstride/limits-1"\n[[set]]\nby = "A"\nsince = 2027-03-01\n'
        '[set.limits]\nmost_backward_min = 20\nrequired = ["spotter"]\n'
    )
    assert one == SetLimits(
        "A", TODAY, Limits(most_backward_min=20.0, required=frozenset({Need.SPOTTER}))
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema = ", "not TOML"),
        ("[[set]]\n", "schema None"),
        ('schema = "backstride/limits-2"\n', "is not backstride/limits-1"),
        ('schema = "backstride/limits-1"\n', "set"),
        ('schema = "backstride/limits-1"\n[[set]]\nby = "A"\n[set.limits]\n', "since"),
        (
            'schema = "backstride/limits-1"\n[[set]]\nby = "A"\nsince = 2027-02-30\n[set.limits]',
            "not TOML",
        ),
        (
            'schema = "backstride/limits-1"\n[[set]]\nby = " "\nsince = 2027-03-01\n[set.limits]',
            "without a name",
        ),
        (
            'schema = "backstride/limits-1"\n[[set]]\nby = "A"\nsince = 2027-03-01\n'
            "until = 2027-02-01\n[set.limits]",
            "before 2027-03-01",
        ),
        (
            'schema = "backstride/limits-1"\n[[set]]\nby = "A"\nsince = 2027-03-01\n'
            "[set.limits]\nwalk = true",
            "walk",
        ),
        (
            'schema = "backstride/limits-1"\n[[set]]\nby = "A"\nsince = 2027-03-01\n'
            "[set.limits]\nmost_backward_min = -1.0",
            "most_backward_min",
        ),
        (
            'schema = "backstride/limits-1"\n[[set]]\nby = "A"\nsince = 2027-03-01\n'
            'agrees = ["bone"]\n[set.limits]',
            "'bone'",
        ),
    ],
)
def test_a_file_of_limits_that_is_wrong_is_refused_with_what_and_what_to_do(
    text: str, said: str
) -> None:
    with pytest.raises(RequestError, match=said) as error:
        limits_from_toml(text)
    assert error.value.hint


@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_a_refusal(text: str) -> None:
    for read in (limits_from_toml, screening_from_toml):
        with pytest.raises(RequestError):
            read(text)


@pytest.mark.parametrize("one", library().values(), ids=lambda one: one.key)
def test_each_session_backward_has_ground_and_self_to_look_at(one: Session) -> None:
    """A treadmill in place of the ground; forward only oneself."""
    about = {condition.about for condition in checklist(one)}
    assert About.YOURSELF in about
    backward = any(step.direction is Direction.BACKWARD for step in one.steps)
    belt = Need.TREADMILL in one.needs
    assert (About.TREADMILL in about) == (backward and belt)
    assert (About.SURFACE in about) == (backward and not belt)
    watched = {Need.SPOTTER, Need.PARTNER} & set(one.needs)
    assert not (backward and watched) or About.SPOTTER in about


def test_who_needs_a_spotter_looks_at_the_spotter_in_every_session_backward() -> None:
    one = library()["first-backward-walk"]
    alone = {condition.about for condition in checklist(one)}
    watched = checklist(one, Limits(required=frozenset({Need.SPOTTER})))
    assert About.SPOTTER not in alone
    assert About.SPOTTER in {condition.about for condition in watched}


def test_all_that_is_to_be_looked_at_is_looked_at_before_some_session() -> None:
    seen = {one.key for session in library().values() for one in checklist(session)}
    assert {one.about for session in library().values() for one in checklist(session)} == set(About)
    assert seen >= {"belt_clip", "hill", "marks", "track", "first_surface"}


@pytest.mark.parametrize("key", stop_rules())
def test_after_a_sign_nothing_goes_backward_for_its_days_and_then_with_its_limits(
    key: str,
) -> None:
    rule, after = stop_rules()[key], after_stop(key, TODAY)
    assert rule.now in after.now
    assert after.professional is rule.professional
    for day in range(60):
        held = in_force(after.limits, TODAY + timedelta(days=day))
        stopped = bool(rule.days) and (rule.professional or day < rule.days)
        assert (held.most_backward_min == 0) is stopped
        if day < 2 * rule.days:
            assert as_strict(held, rule.limits)
    if not rule.professional:
        assert in_force(after.limits, TODAY + timedelta(days=2 * rule.days)) == Limits()
    assert in_force(after.limits, TODAY - timedelta(days=1)) == Limits()


def test_a_professional_lifts_a_stop_rule_by_agreeing_on_its_day_or_later() -> None:
    held = after_stop("chest", TODAY).limits
    agreed = SetLimits("Dr Example", TODAY, Limits(no_hard=True), agrees=("chest",))
    day = TODAY + timedelta(days=30)
    assert in_force(held, day).most_backward_min == 0
    assert in_force([*held, agreed], day).most_backward_min is None
    assert in_force([*held, agreed], day).no_hard
    before = SetLimits("Dr Example", TODAY - timedelta(days=1), Limits(), agrees=("chest",))
    assert in_force([*held, before], day).most_backward_min == 0


def test_an_unknown_sign_is_refused_with_the_nearest() -> None:
    with pytest.raises(RequestError, match="dizzy") as error:
        after_stop("dizzy", TODAY)
    assert "dizziness" in error.value.hint


@pytest.mark.parametrize(
    ("pain", "next_day", "before", "swelling", "word"),
    [
        (0, 0, 0, False, "fine"),
        (2, 0, 0, False, "fine"),
        (2, 1, 1, False, "fine"),
        (2, None, 0, False, "waiting"),
        (2, 1, 0, False, "ease"),
        (2.5, 0, 0, False, "ease"),
        (3, None, 0, False, "ease"),
        (5, 0, 0, False, "ease"),
        (1, 0, 3, False, "ease"),
        (5.5, 0, 0, False, "stop"),
        (1, 6, 0, False, "stop"),
        (0, 0, 0, True, "stop"),
    ],
)
def test_pain_is_borne_up_to_two_if_it_is_gone_in_a_day(
    pain: float, next_day: float | None, before: float, swelling: bool, word: str
) -> None:
    assert pain_word(pain, next_day, before=before, swelling=swelling) == word


@given(ratings, ratings, ratings, ratings, st.booleans())
def test_more_pain_never_frees(
    pain: float, more: float, next_day: float, next_more: float, swelling: bool
) -> None:
    low = after_pain(min(pain, more), min(next_day, next_more), on=TODAY)
    high = after_pain(max(pain, more), max(next_day, next_more), on=TODAY, swelling=swelling)
    less, much = (combined(*(one.limits for one in each.limits)) for each in (low, high))
    assert as_strict(much, less)


def test_what_follows_from_pain_holds_for_a_week() -> None:
    after = after_pain(6, 1, on=TODAY)
    assert in_force(after.limits, TODAY + timedelta(days=6)).most_backward_min == 0
    assert in_force(after.limits, TODAY + timedelta(days=7)) == Limits()
    assert "pain 6 of 10, 1 a day later" in in_force(after.limits, TODAY).reasons[0]


@pytest.mark.parametrize("value", [-1, 10.1, float("nan"), float("inf")])
def test_pain_outside_its_scale_is_refused(value: float) -> None:
    with pytest.raises(RequestError, match="pain"):
        pain_word(value)
    with pytest.raises(RequestError, match="pain a day later"):
        pain_word(1, value)


def test_what_limits_forbid_of_a_session_is_said() -> None:
    run, uphill = library()["long-backward"], library()["uphill-run"]
    assert list(beyond(Limits(), run, a_week=14)) == []
    assert any("level" in said for said in beyond(Limits(max_level=Level.WALK), run))
    assert any("walking only" in said for said in beyond(Limits(walk_only=True), run))
    assert any("hard" in said for said in beyond(Limits(no_hard=True), run)) is run.hard
    assert uphill.kind is Kind.UPHILL
    assert any("uphill" in said for said in beyond(Limits(no_uphill=True), uphill))
    assert any("min backward" in said for said in beyond(Limits(most_backward_min=1.0), run))
    belt = Limits(required=frozenset({Need.TREADMILL}))
    assert any("treadmill" in said for said in beyond(belt, run))
    assert not list(beyond(belt, library()["treadmill-walk"]))
    assert not list(beyond(belt, library()["easy-forward"]))
    assert any("sessions" in said for said in beyond(Limits(most_sessions=2), run, a_week=3))
