"""The comparison: every system on the same inputs, by what is done in them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from backstride.vocabulary import Direction
from validation import mocap
from validation.data import ROOT
from validation.peers import ours
from validation.peers.inputs import (
    FORCED,
    FORCES,
    HOBBLE,
    REVERSED,
    SHORTEST_S,
    SPRINT,
    SPRINTS,
    WALK,
    WALKS,
    Kind,
    Trial,
    trials,
)
from validation.peers.registry import PEERS, Asked, ask
from validation.peers.rows import Row, Tally, own_row, peer_rows
from validation.peers.scoring import WIDE_S, Agreement, Score
from validation.peers.truth import LOW_M, SLOW_SHARE, SLOWEST_MPS
from validation.study import Cell, Evidence, Result, Table, percent

_TITLE = "Beside other systems"

#: In the order of the tables.
GROUPS = (
    "walk forward",
    "walk backward",
    *HOBBLE.values(),
    "run forward",
    SPRINT,
    REVERSED,
    WALK,
    FORCED,
)
#: A difference of F1 that is not one: some events in a hundred.
_CLEAR = 0.02
#: An F1 below this is what chance may give.
_WORTH_SAYING = 0.1


def study() -> Result:
    """Every system that can be installed here, and Backstride; without targets."""
    folders = (mocap.CLIPS, mocap.LONG.parent, SPRINTS, WALKS, FORCES)
    if not all(folder.is_dir() for folder in folders):
        reason = f"motion capture, walks or runs lack at {ROOT.name}; set BACKSTRIDE_DATA to them"
        return Result("peers", _TITLE, Evidence.REAL, "none", not_measured=reason)
    given = tuple(trials())
    return compared(given, {peer.key: ask(peer, given) for peer in PEERS})


def compared(given: Sequence[Trial], asked: Mapping[str, Asked]) -> Result:
    """Backstride and what the other systems answered, on the same trials."""
    rows = [row for kind in Kind if (row := own_row(kind, given)).scores]
    for peer in PEERS:
        rows += peer_rows(peer, asked[peer.key], given)
    return Result(
        key="peers",
        title=_TITLE,
        on=Evidence.REAL,
        size=_size(given),
        findings=_findings(rows, asked),
        tables=(
            _in_short(rows),
            _better(rows),
            _directions(rows, given, asked),
            _systems(asked, rows),
            _reference(given),
            *(
                table
                for kind in Kind
                for table in (
                    _table(rows, kind, "F1 of contacts / of toe-offs", _f1s),
                    _table(rows, kind, _WIDE, _f1s_wide),
                    _table(_sided(rows), kind, _CHANGED, lambda one: _two(one.swapped.f1)),
                    _table(_sided(rows), kind, _STANCE, _stance),
                )
                if table.rows
            ),
        ),
        remarks=(*_REMARKS, f"Measured on {datetime.now(UTC):%Y-%m-%d}."),
    )


_WIDE = f"The same within {1000 * WIDE_S:.0f} ms, and the median error in ms, found minus reference"
_CHANGED = "F1 if its contacts are read as toe-offs and its toe-offs as contacts"
_STANCE = (
    "Stance: median error in ms, median of its size, and stances of the reference near which none "
    "was found"
)


def _size(given: Sequence[Trial]) -> str:
    of_points = [trial for trial in given if trial.kind is Kind.POINTS]
    walks, runs = (
        [trial for trial in given if trial.group == group and trial.kind is Kind.BACK]
        for group in (WALK, FORCED)
    )
    return (
        f"{len(of_points)} clips of motion capture (some of them the same film in reverse) of five"
        f" people, with a camera and sensors computed from them (simulated), and {len(walks)} walks"
        f" of six people and {len(runs)} runs of a seventh with real sensors; nobody runs backward"
        " in them, unless a film in reverse counts"
    )


def _groups(rows: Sequence[Row]) -> list[str]:
    return [group for group in GROUPS if any(group in row.scores for row in rows)]


def _of(rows: Sequence[Row], kind: Kind) -> list[Row]:
    return [row for row in rows if row.kind is kind]


def _two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _f1s(one: Score) -> str:
    """F1 of contacts and of toe-offs; "–" of what the method does not find at all."""
    shown = (moments.f1 if _finds(moments) else None for moments in (one.contacts, one.toe_offs))
    return " / ".join(_two(value) for value in shown)


def _table(rows: Sequence[Row], kind: Kind, title: str, cell: Callable[[Score], str]) -> Table:
    """A row a method, a column for what is done."""
    mine = _of(rows, kind)
    groups = _groups(mine)
    lines = [
        (row.name, *(cell(row.scores[group]) if group in row.scores else "–" for group in groups))
        for row in mine
    ]
    return Table(f"{title}: {kind}", ("system", *groups), tuple(lines))


def _sided(rows: Sequence[Row]) -> list[Row]:
    """Methods that tell sides: in walking one foot lands about when the other one leaves."""
    return [row for row in rows if any(one.stance_errors_s for one in row.scores.values())]


def _f1s_wide(one: Score) -> str:
    shown = []
    for moments in (one.wide_contacts, one.wide_toe_offs):
        some = _finds(moments)
        middle = f" ({1000 * np.median(moments.errors_s):+.0f})" if moments.errors_s else ""
        shown.append(_two(moments.f1 if some else None) + middle)
    return " / ".join(shown)


def _stance(one: Score) -> str:
    missed = percent(one.missed_stances, one.missed_stances + len(one.stance_errors_s))
    if not one.stance_errors_s or missed is None:
        return "–"
    errors_ms = 1000 * np.array(one.stance_errors_s)
    return f"{np.median(errors_ms):+.0f}, {np.median(np.abs(errors_ms)):.0f}, {missed:.0f} %"


def _directions(rows: Sequence[Row], given: Sequence[Trial], asked: Mapping[str, Asked]) -> Table:
    """One line for all methods of a system, which say the same of the direction."""
    groups = _groups(rows)
    lines: dict[tuple[str, str], tuple[Cell, ...]] = {}
    for row in rows:
        if row.judged_s:
            lines[row.system, str(row.kind)] = tuple(_shares(row, group) for group in groups)
    for peer in PEERS:
        if peer.takes_all_for_forward and not asked[peer.key].left_out:
            for kind in peer.kinds:
                implied = Tally()
                for trial in given:
                    if trial.kind is kind:
                        right = trial.judged_s * (trial.direction is Direction.FORWARD)
                        implied.add_direction(trial, right, trial.judged_s - right)
                row = implied.row(peer.package, "", kind)
                name = f"{peer.package}, which has no word for it"
                lines[name, str(kind)] = tuple(_shares(row, group) for group in groups)
    return Table(
        "Direction of travel: % of judged time right / wrong",
        ("system", "input", *groups),
        tuple((*key, *cells) for key, cells in lines.items()),
    )


def _shares(row: Row, group: str) -> str:
    seconds = row.judged_s.get(group, 0.0)
    if not seconds:
        return "–"
    return f"{100 * row.right_s[group] / seconds:.0f} / {100 * row.wrong_s[group] / seconds:.0f}"


def _systems(asked: Mapping[str, Asked], rows: Sequence[Row]) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for peer in PEERS:
        mine = [row for row in rows if row.system == peer.package]
        failed = sum(row.failed for row in mine)
        state = asked[peer.key].left_out
        lines.append(
            (
                peer.package,
                peer.version,
                peer.released,
                peer.licence,
                peer.made_for,
                peer.direction,
                f"left out: {state}" if state else f"{len(mine)} methods, {failed} trials failed",
            )
        )
    columns = ("system", "version", "of", "licence", "made for", "its direction", "here")
    return Table("The systems", columns, tuple(lines))


def _best(rows: Sequence[Row], group: str) -> Row | None:
    """The other system with the highest mean F1; contacts alone count where it finds no others."""
    others = [row for row in rows if row.system != ours.NAME and group in row.scores]
    return max(others, key=lambda row: _mean_f1(row.scores[group]), default=None)


def _mean_f1(one: Score) -> float:
    found = [moments for moments in (one.contacts, one.toe_offs) if _finds(moments)]
    return float(np.mean([m.f1 or 0.0 for m in found])) if found else 0.0


def _own_score(rows: Sequence[Row], group: str) -> Score:
    return next((row.scores[group] for row in rows if row.system == ours.NAME), Score())


def _in_short(rows: Sequence[Row]) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for kind in Kind:
        mine = _of(rows, kind)
        for group in _groups(mine):
            best = _best(mine, group)
            changed = {row.name: row.scores[group].swapped.f1 or 0.0 for row in _sided(mine)}
            name = max(changed, key=lambda each: changed[each], default="")
            swaps = bool(name) and changed[name] >= _WORTH_SAYING
            lines.append(
                (
                    str(kind),
                    group,
                    _f1s(_own_score(mine, group)),
                    f"{_f1s(best.scores[group])} ({best.name})" if best else "–",
                    f"{changed[name]:.2f} ({name})" if swaps else "–",
                )
            )
    columns = (
        "input",
        "what is done",
        "Backstride",
        "best other",
        "highest if contact and toe-off change places",
    )
    return Table("In short: F1 of contacts / of toe-offs", columns, tuple(lines))


def _better(rows: Sequence[Row]) -> Table:
    """Where the best method of all others is clearly better than Backstride."""
    lines: list[tuple[Cell, ...]] = []
    for kind in Kind:
        mine = _of(rows, kind)
        for group in _groups(mine):
            own = _own_score(mine, group)
            others = [row for row in mine if row.system != ours.NAME and group in row.scores]
            for what in ("contacts", "toe_offs"):
                best = max(others, key=lambda row: _f1(row.scores[group], what), default=None)
                mine_f1 = _f1(own, what)
                if best is None or _f1(best.scores[group], what) <= mine_f1 + _CLEAR:
                    continue
                wide = f"wide_{what}"
                lines.append(
                    (
                        str(kind),
                        group,
                        what.replace("_", "-"),
                        f"{mine_f1:.2f}" if _finds(getattr(own, what)) else "–",
                        f"{_f1(best.scores[group], what):.2f} ({best.name})",
                        f"{_f1(own, wide):.2f} against {_f1(best.scores[group], wide):.2f}",
                    )
                )
    columns = (
        "input",
        "what is done",
        "moment",
        "Backstride",
        "better",
        f"the same two within {1000 * WIDE_S:.0f} ms",
    )
    return Table("Where another system is clearly better: F1", columns, tuple(lines))


def _finds(moments: Agreement) -> bool:
    """Whether a method finds anything of that kind, right or wrong."""
    return bool(moments.errors_s) or moments.surplus > 0


def _f1(one: Score, what: str) -> float:
    moments: Agreement = getattr(one, what)
    return moments.f1 or 0.0


def _findings(rows: Sequence[Row], asked: Mapping[str, Asked]) -> tuple[str, ...]:
    """What the tables show, with their numbers; nothing of what is not there."""
    by_name = {row.name: row for row in rows}
    ahead, back = GROUPS[:2]
    said = [
        f"{name} takes the way that toes point for the way somebody goes. Walking forward, F1 of "
        f"its contacts / toe-offs is {_f1s(row.scores[ahead])}; walking backward "
        f"{_f1s(row.scores[back])}. There it is {_two(row.scores[back].swapped.f1)} if its "
        "contacts are read as toe-offs and its toe-offs as contacts (forward "
        f"{_two(row.scores[ahead].swapped.f1)})."
        for name in ("gaitkit zeni", "myogait zeni")
        if (row := by_name.get(name))
    ]
    if told := by_name.get("Pose2Sim forward_coordinates"):
        said.append(
            f"The same idea with the direction told by a person, {told.name}: "
            f"{_f1s(told.scores[ahead])} forward, {_f1s(told.scores[back])} backward. Methods that "
            "look at heights or speeds of the feet need no direction and do not change contact and "
            "toe-off for each other; they do not tell the direction either."
        )
    said += [
        f"Backstride, {row.kind}: {_f1s(row.scores[ahead])} forward, {_f1s(row.scores[back])} "
        "backward."
        for row in rows
        if row.system == ours.NAME and {ahead, back} <= row.scores.keys()
        if _mean_f1(row.scores[ahead])
    ]
    said += [
        f"Backstride finds no contacts from {row.kind}."
        for row in rows
        if row.system == ours.NAME
        if not any(_finds(one.contacts) for one in row.scores.values())
    ]
    said += [
        f"{peer.package} was left out: {asked[peer.key].left_out}."
        for peer in PEERS
        if asked[peer.key].left_out
    ]
    return tuple(said)


def _reference(given: Sequence[Trial]) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for group in GROUPS:
        kinds = (Kind.BACK,) if group in (WALK, FORCED) else (Kind.POINTS,)
        mine = [trial for trial in given if trial.group == group and trial.kind in kinds]
        uncertain = 1000 * np.concatenate([np.empty(0), *(trial.uncertain_s for trial in mine)])
        lines.append(
            (
                group,
                len(mine),
                sum(len(m) for trial in mine for m in trial.reference.contacts.values()),
                sum(len(m) for trial in mine for m in trial.reference.toe_offs.values()),
                round(sum(trial.judged_s for trial in mine), 1),
                round(float(np.median(uncertain)), 1) if len(uncertain) else None,
                round(float(np.quantile(uncertain, 0.9)), 1) if len(uncertain) else None,
                " or ".join(sorted({f"{1000 * trial.within_s:.0f}" for trial in mine})),
            )
        )
    columns = (
        "what is done",
        "clips",
        "contacts",
        "toe-offs",
        "judged s",
        "uncertain ms, median",
        "9 of 10 within",
        "counted as found within ms",
    )
    return Table("The reference", columns, tuple(lines))


_REMARKS = (
    "Reference of the clips: a foot stands while its toe or heel is at most "
    f"{100 * LOW_M[1]:g} cm above its lowest place and slower in the room than "
    f"{100 * SLOW_SHARE[1]:g} % of its own fastest (at least {SLOWEST_MPS:g} m/s). Its uncertainty "
    "is half of how far a moment moves when these limits are "
    f"{100 * LOW_M[0]:g} to {100 * LOW_M[2]:g} cm and {100 * SLOW_SHARE[0]:g} to "
    f"{100 * SLOW_SHARE[2]:g} %. No force plate says when a foot stood. The share was first 10 %. "
    "After results had been seen it was set to the one with which stances at 3.5 m/s last as long "
    "as the body does not fall freely; with 10 % they were 24 ms too short.",
    "Backstride's and Pose2Sim's methods for points start from the same idea as this reference, "
    "low and still, which favours them. Differences of some hundredths between systems say "
    "nothing. Reference of the real walks: that of the data's authors; of the real runs: force.",
    "Clips are of the held-out half of the styles of mocap-bandai-namco-1 (30 frames a second), "
    f"those of {SHORTEST_S:g} s and longer; straight pieces of mocap-100style (60); the runs of "
    "biomech-dorn-ja1-run (250). Skeletons without a heel are given one that lies behind the "
    "ankle.",
    "Real walks are of the people with even numbers of imu-voisard-forward. Real runs are every "
    "second one of biomech-alcantara-run-grf: a treadmill, two axes of a sensor at the sacrum, "
    "averaged to 100 Hz, with a sensor's noise on all six, for one is flat in flight and four are "
    "not there. Backstride was tuned on the other people, and on the other runs of the "
    "same man, which favours it there.",
    "The actor with the stick limps; whether that is walking or running its feet do not tell.",
    "A film in reverse turns running forward into something like running backward: nobody ran so. "
    "No recording of running backward exists in public.",
    "The camera stands still at the side and sees with 2 px of noise; nothing is missing and no "
    "side is taken for the other in this comparison. It films the 250 Hz runs at 120 a second.",
    "Every system has its default settings, except: Pose2Sim is told the direction of travel, as "
    "its users must, and no alternation of the feet is imposed; mobgap and scikit-digital-health "
    "are told where somebody walks, the latter also that a bout may be short; gaitmap is told each "
    "stride from toe-off to toe-off and how the sensor lies, for what finds these is under the "
    "AGPL and not used here. Backstride is told none of it. scikit-digital-health takes no bout of "
    "the length of the clips of running.",
    "The best other is the best of up to thirteen methods, picked after the fact for each line: "
    "nobody has such a system.",
    "A trial on which a method fails counts as one in which it found nothing.",
    "All of these systems are made for walking forward, Pose2Sim for sprinting, too. That they do "
    "not find steps of another gait is no fault of theirs; the tables say what their words mean "
    "when somebody goes backward.",
    "Computed sensors hold no shock of landing, which cameras at 30 frames a second do not see: "
    "methods that look for it are at a loss there. The real walks are where sensors can be judged.",
    "Methods that tell no sides are judged regardless of side, and without stances.",
)
