"""Workouts as text: for programs of treadmills, and to be read aloud."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.writers.workouts import workouts

from backstride.coaching.library import Speeds, library
from backstride.coaching.sessions import Session
from backstride.coaching.volume import seconds_of
from backstride.coaching.workouts import steps_for_watch
from backstride.errors import RequestError
from backstride.recording import WorkoutStep, carried_out
from backstride.writers import zwo
from backstride.writers.cues import cues

RUN = WorkoutStep(0, "BWD 2.68 m/s", "Tall.", "active", "time", 180.0, "speed", 2.68, 2.65, 2.71)
LAP = WorkoutStep(1, "BACKWARD 400 m", "", "active", "distance", 400.0, "open")
THRICE = WorkoutStep(2, "", "", "", "repeat_until_steps_cmplt", 0.0, "repeats", 3.0)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text.encode())  # noqa: S314  # our own text


def messages(step: ET.Element) -> list[str]:
    return [event.attrib["message"] for event in step.iter("textevent")]


@pytest.mark.parametrize("one", library().values(), ids=lambda one: one.key)
def test_every_session_of_the_library_is_told_as_zwo_step_by_step(one: Session) -> None:
    steps = steps_for_watch(one)
    done = carried_out(steps)
    lasts = [seconds_of(step, Speeds.assumed()) for step in one.steps]
    seconds = {step.index: s for step, s in zip(done, lasts, strict=True)}
    root = parsed(zwo.write(one.title, steps, seconds=seconds, reference_mps=3.0))
    elements = list(root.iterfind("workout/*"))
    assert [messages(element)[0] for element in elements] == [step.name for step in done]
    told = [float(element.attrib["Duration"]) for element in elements]
    assert told == pytest.approx(lasts, abs=0.51)
    assert root.findtext("name") == one.title
    assert root.findtext("sportType") == "run"


def test_speed_is_a_share_of_the_runners_pace() -> None:
    root = parsed(zwo.write("R", [RUN], reference_mps=3.35, pace=zwo.Pace.TEN_KM))
    (step,) = root.iterfind("workout/SteadyState")
    assert step.attrib == {"Duration": "180", "Power": "0.800", "pace": "2"}


def test_what_cannot_be_expressed_is_said_in_the_file() -> None:
    pulse = replace(LAP, index=1, target_kind="heart_rate", target_value=3.0)
    text = parsed(zwo.write("R", [RUN, pulse], seconds={1: 161.0})).findtext("description") or ""
    assert "no direction" in text
    assert "400 m as 2:41" in text
    assert "speeds are left out" in text
    assert "Other targets are left out" in text
    known = parsed(zwo.write("R", [RUN], reference_mps=3.0)).findtext("description") or ""
    assert "shares of a pace" in known
    assert "Distances" not in known


def test_a_distance_at_a_target_speed_needs_no_word_of_how_long_it_takes() -> None:
    root = parsed(zwo.write("R", [replace(RUN, duration_kind="distance", duration_value=536.0)]))
    assert root.find("workout/FreeRide[@Duration='200']") is not None


@given(steps=workouts(), name=st.text())
@settings(max_examples=80)
def test_any_workout_is_well_formed_and_lasts_what_it_lasts(
    steps: tuple[WorkoutStep, ...], name: str
) -> None:
    try:
        done = carried_out(steps)
    except RequestError:
        done = ()
    seconds = dict.fromkeys(range(len(steps)), 7.0)
    if not done:
        with pytest.raises(RequestError):
            zwo.write(name, steps, seconds=seconds)
        return
    root = parsed(zwo.write(name, steps, seconds=seconds, reference_mps=2.0))
    assert [e.attrib["Duration"] for e in root.iterfind("workout/*")] == ["7"] * len(done)


@pytest.mark.parametrize(
    ("steps", "more", "said"),
    [
        ([], {}, "without steps"),
        ([LAP], {}, "step 1 'BACKWARD 400 m' is no time"),
        ([replace(LAP, duration_kind="open")], {}, "is no time"),
        ([LAP], {"seconds": {1: 0.0}}, "is no time"),
        ([RUN], {"reference_mps": 0.0}, "a pace of 0 m/s"),
    ],
)
def test_what_zwo_needs_and_nobody_tells_is_asked_for(
    steps: list[WorkoutStep], more: dict[str, object], said: str
) -> None:
    with pytest.raises(RequestError, match=said) as error:
        zwo.write("R", steps, **more)  # type: ignore[arg-type]  # each is one of its arguments
    assert error.value.hint


def test_cues_say_name_length_round_pace_and_notes() -> None:
    assert cues([RUN, LAP, THRICE]).splitlines()[:2] == [
        "Backward 2.68 m/s. 3 minutes. 1 of 3. "
        "6 minutes 9 seconds to 6 minutes 17 seconds a kilometre. Tall.",
        "Backward 400 m. 1 of 3.",
    ]
    assert len(cues([RUN, LAP, THRICE]).splitlines()) == 6


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (("FWD jog", "Effort 2-3 of 10. Easy!", "time", 3661.0),
         "Forward jog. 1 hour 1 minute 1 second. Effort 2 to 3 of 10. Easy!"),
        (("FORWARD easy", "", "distance", 2500.0), "Forward easy. 2.5 kilometres."),
        (("FORWARD easy", "", "distance", 1000.0), "Forward easy. 1 kilometre."),
        (("BACKWARD skip", "", "distance", 20.0), "Backward skip. 20 metres."),
        (("stand", "", "open", None), "stand. Until you press."),
        (("ABC", "", "", None), "Abc."),
    ],
)  # fmt: skip
def test_amounts_are_said_as_people_say_them(
    step: tuple[str, str, str, float | None], said: str
) -> None:
    name, notes, kind, amount = step
    assert cues([WorkoutStep(0, name, notes, "", kind, amount)]) == said + "\n"


@pytest.mark.parametrize("one", library().values(), ids=lambda one: one.key)
def test_every_step_of_every_session_has_its_line(one: Session) -> None:
    lines = cues(steps_for_watch(one)).splitlines()
    assert len(lines) == len(one.steps)
    assert all(step.cue.split(".")[0] in line for step, line in zip(one.steps, lines, strict=True))
