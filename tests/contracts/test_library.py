"""Every session of the library holds the rules that make it safe to plan and fit for a watch."""

import tomllib
from collections import Counter
from importlib import resources

import pytest

from backstride.benefits import BENEFITS
from backstride.coaching.library import broken_by, dose_of, library, parse_library, scaled
from backstride.coaching.sessions import Aim, Intensity, Kind, Level, Session, Step
from backstride.coaching.workouts import steps_for_watch
from backstride.errors import EvidenceError
from backstride.evidence import bibliography
from backstride.motion.labels import direction_named
from backstride.vocabulary import Direction, Gait

SESSIONS = tuple(library().values())
MOVING = (Direction.FORWARD, Direction.BACKWARD)
each = pytest.mark.parametrize("one", SESSIONS, ids=lambda one: one.key)


def runs_backward(step: Step) -> bool:
    return step.direction is Direction.BACKWARD and step.gait is Gait.RUN


@each
def test_it_begins_with_a_warm_up_and_ends_with_a_cool_down(one: Session) -> None:
    assert one.steps[0].intensity is Intensity.WARMUP
    assert one.steps[-1].intensity is Intensity.COOLDOWN
    assert Intensity.ACTIVE in {step.intensity for step in one.steps}


@each
def test_nothing_goes_backward_before_two_minutes_of_warm_up(one: Session) -> None:
    backward = [step.direction is Direction.BACKWARD for step in one.steps]
    before = one.steps[: backward.index(True)] if any(backward) else one.steps
    assert sum(step.duration_s or 0 for step in before) >= 120


@each
def test_its_level_is_at_least_what_its_steps_need(one: Session) -> None:
    run = [step.target for step in one.steps if runs_backward(step)]
    assert not run or one.level >= Level.JOG
    efforts = [target.high or 10 for target in run if target.aim is Aim.EFFORT]
    speeds = [target.high or 13 for target in run if target.aim is Aim.SPEED]
    if max(efforts, default=0) > 4 or max(speeds, default=0) > 2:
        assert one.level >= Level.RUN
    if max(efforts, default=0) > 7 or max(speeds, default=0) > 2.5:
        assert one.level is Level.FAST


@each
def test_running_backward_hard_or_for_long_is_marked_hard(one: Session) -> None:
    hard = [step.target.high or 0 for step in one.steps if runs_backward(step)]
    long = dose_of(one).backward_s >= 20 * 60
    assert one.hard or not (long or max(hard, default=0) >= 7)


@each
def test_rehabilitation_goes_backward_only_at_a_walk(one: Session) -> None:
    assert one.kind is not Kind.REHAB or not any(map(runs_backward, one.steps))


@each
def test_it_takes_a_plausible_time_at_every_volume(one: Session) -> None:
    for share in (one.volume[0], 1.0, one.volume[1]):
        version = scaled(one, share)
        assert 10 * 60 <= dose_of(version).time_s <= 120 * 60
        assert broken_by(version) == ()


@each
def test_what_it_serves_is_a_benefit_and_what_it_rests_on_is_in_the_bibliography(
    one: Session,
) -> None:
    assert one.claims
    assert set(one.claims) <= {benefit.key for benefit in BENEFITS}
    assert one.sources
    assert set(one.sources) <= set(bibliography())
    assert len(set(one.sources)) == len(one.sources)
    assert (one.grade == "D") or set(one.sources) != {"backstride"}
    assert one.basis or set(one.sources) == {"backstride"}


@each
def test_its_purpose_is_one_plain_sentence(one: Session) -> None:
    assert one.purpose.endswith(".")
    assert ". " not in one.purpose.replace("1.0 mile", "").replace("1.5", "").replace("2.0", "")
    assert one.surface


@each
def test_every_step_that_moves_says_how_hard_and_every_step_has_a_cue(one: Session) -> None:
    for step in one.steps:
        assert step.cue.endswith("."), step.name
        assert step.target.aim is not Aim.OPEN or step.direction is Direction.STILL, step.name


@each
def test_speeds_backward_are_given_only_where_a_study_gives_them(one: Session) -> None:
    given = [s for s in one.steps if s.target.aim is Aim.SPEED]
    assert not given or "backstride" not in one.sources


@each
def test_its_steps_are_labelled_with_their_direction_by_name_and_by_name_with_notes(
    one: Session,
) -> None:
    steps = [step for step in steps_for_watch(one) if not step.duration_kind.startswith("repeat")]
    listed = [
        step for part in one.parts for step in ([part] if isinstance(part, Step) else part.steps)
    ]
    assert len(steps) == len(listed)
    for watch, step in zip(steps, listed, strict=True):
        wanted = step.direction if step.direction in MOVING else None
        assert direction_named(watch.name) is wanted, watch
        assert direction_named(f"{watch.name} – {watch.notes}") is wanted, watch
        assert step.name in watch.name, "the name of a step of the library fits whole"
        assert step.cue in watch.notes, "the cue of a step of the library goes along whole"
        assert len(watch.name.encode()) <= 15


@each
def test_two_steps_of_one_name_are_done_alike(one: Session) -> None:
    """A runner who reads the name on the watch knows what to do."""
    alike: dict[str, set[tuple[Direction, Gait]]] = {}
    for step in one.steps:
        alike.setdefault(f"{step.direction} {step.name}", set()).add((step.direction, step.gait))
    assert all(len(ways) == 1 for ways in alike.values()), alike


@each
def test_a_name_with_an_amount_stays_true_at_every_volume(one: Session) -> None:
    for tenth in range(1, 40):
        share = tenth / 10
        if one.volume[0] <= share <= one.volume[1]:
            named = {
                (step.name, step.duration_s, step.distance_m)
                for step in scaled(one, share).steps
                if any(letter.isdigit() for letter in step.name)
            }
            assert named <= {(s.name, s.duration_s, s.distance_m) for s in one.steps}


def test_every_kind_and_every_level_occurs_and_there_are_enough() -> None:
    kinds = Counter(one.kind for one in SESSIONS)
    assert set(kinds) == set(Kind)
    assert len(SESSIONS) >= 28
    assert {one.level for one in SESSIONS} == set(Level)


def test_every_benefit_is_served() -> None:
    served = {claim for one in SESSIONS for claim in one.claims}
    assert served == {benefit.key for benefit in BENEFITS}


def test_titles_and_keys_are_told_apart() -> None:
    assert len({one.title for one in SESSIONS}) == len(SESSIONS)
    assert all(key == key.casefold().replace(" ", "-") for key in library())


TEXT = (resources.files("backstride.coaching") / "library.toml").read_text(encoding="utf-8")
SHARED = TEXT[TEXT.index("[shared]") : TEXT.index("# Technique")]
GOOD = (
    SHARED
    + """
[planted]
title = "Planted"
purpose = "Be found."
kind = "technique"
level = "jog"
surface = "track"
claims = ["senses"]
sources = ["backstride"]
grade = "D"
volume = [0.5, 1.5]
parts = [
  "warm-run",
  { times = 3, steps = [
    { name = "jog", move = "backward run", duration_s = 60, effort = [3, 4], cue = "Jog." },
    { name = "walk", move = "forward walk", duration_s = 60, intensity = "rest", cue = "Walk." },
  ] },
  "cool-run",
]
"""
)


def test_the_text_that_offenders_are_planted_in_is_good() -> None:
    assert list(parse_library(GOOD)) == ["planted"]


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ('  "warm-run",\n', "", "does not begin with a warm-up"),
        ('  "cool-run",\n', "", "does not end with a cool-down"),
        ('"cool-run",\n]', '"cool-run", "warm-run", "cool-run",\n]', "in its middle"),
        ("duration_s = 480", "duration_s = 4.8e5", "which is not between"),
        ('level = "jog"', 'level = "walk"', "its steps ask for jog"),
        ('effort = [3, 4], cue = "Jog."', 'effort = [5, 6], cue = "Jog."', "ask for run"),
        ('effort = [3, 4], cue = "Jog."', 'effort = [8, 9], cue = "Jog."', "ask for fast"),
        ('effort = [3, 4], cue = "Jog."', 'speed_mps = [2, 3], cue = "Jog."', "ask for fast"),
        ('effort = [3, 4], cue = "Jog."', 'cue = "Jog."', "ask for fast"),
        ("times = 3", "times = 30", "not marked hard"),
        ('kind = "technique"', 'kind = "uphill"', "needs hill or treadmill"),
        ('kind = "technique"', 'kind = "partner"', "needs partner or spotter"),
        ('kind = "technique"', 'kind = "techniqe"', "kind 'techniqe' does not exist; did you mean"),
        ('level = "jog"', 'level = "jogger"', "level 'jogger' does not exist"),
        ('surface = "track"', 'surface = ""', "surface must be words"),
        ('surface = "track"\n', "", "has no surface"),
        ('surface = "track"', 'surface = "track"\ncolour = "red"', "unknown field colour"),
        ('surface = "track"', 'surface = "track"\nneeds = ["moon"]', "needs 'moon'"),
        ('surface = "track"', 'surface = "track"\nhard = "yes"', "hard must be true or false"),
        ('claims = ["senses"]', 'claims = ["sense"]', "claims: there is no sense"),
        ('claims = ["senses"]', "claims = []", "claims is empty"),
        ('claims = ["senses"]', 'claims = "senses"', "claims must be a list"),
        ('sources = ["backstride"]', 'sources = ["nobody1900"]', "there is no nobody1900"),
        ('sources = ["backstride"]', 'sources = ["wang2006"]', "basis must say"),
        ('grade = "D"', 'grade = "E"', "grade 'E' does not exist"),
        ('grade = "D"', 'grade = "B"', "needs a published source"),
        ("volume = [0.5, 1.5]", "volume = [1.5, 0.5]", "is not a least and a most share"),
        ("volume = [0.5, 1.5]", "volume = [0.5]", "is not a least and a most share"),
        ("times = 3", "times = 0", "part 2: times 0"),
        ("times = 3", "times = 2.5", "part 2: times 2.5"),
        ('  "warm-run",', '  "warm-runn",', "part 1: shared steps 'warm-runn'"),
        ('move = "backward run", duration_s = 60', 'move = "up", duration_s = 60', "move 'up'"),
        ('move = "backward run", duration_s = 60', 'move = "backward run"', "part 2, step 1: step"),
        ("duration_s = 60, effort", "duration_s = 60, distance_m = 9, effort", "not both|distance"),
        ("duration_s = 60, effort", "duration_s = -60, effort", "above zero"),
        ("duration_s = 60, effort", 'duration_s = "1 min", effort', "duration_s must be a number"),
        ('effort = [3, 4], cue = "Jog."', 'effort = [4, 3], cue = "Jog."', "goes from 4"),
        ('effort = [3, 4], cue = "Jog."', 'effort = [3, 14], cue = "Jog."', "not possible"),
        ('effort = [3, 4], cue = "Jog."', 'effort = [3], cue = "Jog."', "lower and a higher"),
        (
            'effort = [3, 4], cue = "Jog."',
            'effort = [3, 4], speed_mps = [1, 2], cue = "Jog."',
            "has two targets",
        ),
        (
            'move = "backward run", duration_s = 60',
            'move = "still", distance_m = 60',
            "does not move",
        ),
        ("[planted]", "[planted", "library of sessions"),
    ],
)
def test_a_planted_offender_is_caught_with_the_session_and_the_field(
    change: str, to: str, said: str
) -> None:
    assert change in GOOD
    with pytest.raises(EvidenceError, match=said) as error:
        parse_library(GOOD.replace(change, to))
    told = str(error.value)
    assert "planted" in told or "library of sessions" in told or "shared" in told
    assert error.value.hint


def test_a_session_that_goes_backward_cold_is_caught() -> None:
    back = 'name = "walk", move = "backward walk", distance_m = 9, intensity = "warmup"'
    cold = GOOD.replace('  "warm-run",', f'  {{ {back}, cue = "." }}, "warm-run",')
    with pytest.raises(EvidenceError, match="goes backward after a warm-up of 0 s"):
        parse_library(cold)


def test_the_file_holds_nothing_that_is_not_read() -> None:
    table = tomllib.loads(TEXT)
    shared = table.pop("shared")
    used = {part for entry in table.values() for part in entry["parts"] if isinstance(part, str)}
    assert used == set(shared)
    assert list(table) == list(library())
