"""A session on one page for the pocket, and in words."""

from collections.abc import Iterator, Sequence

from backstride.coaching.sessions import Aim, Part, Repeat, Session, Step, Target
from backstride.coaching.volume import Dose
from backstride.evidence import Grade, bibliography
from backstride.report.markup import Markup, tag
from backstride.report.page import page
from backstride.report.words import NO_BREAK, Units
from backstride.vocabulary import METRES_PER_KILOMETRE, Direction, clock, pace


def card(session: Session, dose: Dose, stop_rules: Sequence[str], units: Units) -> str:
    """One page to print: what to do, what it needs, when to stop.

    Parameters
    ----------
    stop_rules
        Sentences that outrank the session.
    """
    return page(
        f"{session.title} – Backstride",
        tag(
            "article",
            {"class": "card"},
            tag("h1", None, session.title),
            tag("p", {"class": "lead"}, session.purpose),
            tag("ul", {"class": "facts"}, (tag("li", None, fact) for fact in facts(session, dose))),
            tag("ol", {"class": "steps"}, (_part(part, units) for part in session.parts)),
            tag(
                "section",
                {"class": "stop"},
                tag("h2", None, "Stop at once if"),
                tag("ul", None, (tag("li", None, rule) for rule in stop_rules)),
            )
            if stop_rules
            else None,
            tag("p", {"class": "quiet"}, basis(session)),
        ),
    )


def facts(session: Session, dose: Dose) -> Iterator[str]:
    """What it is and needs, in a few words each."""
    yield f"about {clock(dose.time_s)}"
    if dose.backward_m:
        yield f"{dose.backward_m:.0f}{NO_BREAK}m run backward"
    if dose.walked_backward_m:
        yield f"{dose.walked_backward_m:.0f}{NO_BREAK}m walked backward"
    yield f"level: {session.level.name.lower()}"
    yield from (need.value for need in session.needs)
    if session.surface:
        yield session.surface
    if session.hard:
        yield "hard: a day without hard backward running before and after"


def basis(session: Session) -> str:
    """Where it comes from, and how much that is worth."""
    named = [bibliography()[key].text for key in session.sources if key != "backstride"]
    sources = f" Sources: {'; '.join(named)}." if named else ""
    grade = Grade(session.grade)
    said = session.basis or ("" if named else "The project's own.")
    return f"Grade {grade}: {grade.meaning}. {said}{sources}"


def _part(part: Part, units: Units) -> Markup:
    if isinstance(part, Step):
        return _step(part, units)
    return tag(
        "li",
        {"class": "repeat"},
        tag("b", None, f"{part.times} times"),
        tag("ol", {"class": "steps"}, (_step(step, units) for step in part.steps)),
    )


def _step(step: Step, units: Units) -> Markup:
    drawn = step.direction.value if step.direction in _DRAWN else "still"
    return tag(
        "li",
        {"class": f"step step-{drawn}"},
        tag(
            "svg",
            {"class": "swatch", "width": 18, "height": 12, "aria-hidden": "true"},
            tag("rect", {"class": f"is-{drawn}", "x": 1, "y": 1, "width": 16, "height": 10}),
        ),
        tag("b", None, amount(step)),
        " ",
        tag("span", None, does(step)),
        " ",
        tag("span", {"class": "quiet"}, aims(step.target, units)),
        tag("span", {"class": "quiet block"}, step.cue) if step.cue else None,
    )


_DRAWN = (Direction.FORWARD, Direction.BACKWARD, Direction.SIDEWAYS, Direction.TURNING)


def amount(step: Step) -> str:
    """How long or how far."""
    if step.duration_s is not None:
        return clock(step.duration_s)
    metres = step.distance_m or 0.0
    if metres < METRES_PER_KILOMETRE:
        return f"{metres:.0f}{NO_BREAK}m"
    return f"{metres / METRES_PER_KILOMETRE:g}{NO_BREAK}km"


def does(step: Step) -> str:
    """What is done, its direction in words."""
    if step.direction is Direction.STILL:
        return step.name
    return f"{step.direction.value}: {step.name}"


def aims(target: Target, units: Units) -> str:
    """A target in words; "" for none."""
    if target.aim is Aim.OPEN or target.low is None or target.high is None:
        return ""
    if target.aim is Aim.EFFORT:
        return f"effort {_between(f'{target.low:g}', f'{target.high:g}')} of 10"
    if target.aim is Aim.HEART_RATE:
        return f"{_between(f'{target.low:.0%}', f'{target.high:.0%}')} of heart rate reserve"
    slow, fast = (pace(speed, imperial=units.imperial) for speed in (target.low, target.high))
    costs = " of forward running that costs as much" if target.aim is Aim.FORWARD_SPEED else ""
    return f"{_between(fast, slow)}{costs}"


def _between(low: str, high: str) -> str:
    return low if low == high else f"{low} to {high}"


def lines(session: Session, units: Units) -> Iterator[str]:
    """The steps as lines of text, repeats indented."""
    for part in session.parts:
        if isinstance(part, Repeat):
            yield f"{part.times} times"
            yield from (f"  {_line(step, units)}" for step in part.steps)
        else:
            yield _line(part, units)


def _line(step: Step, units: Units) -> str:
    told = f"{amount(step):>7}  {does(step)}"
    return ", ".join(part for part in (told, aims(step.target, units)) if part)
