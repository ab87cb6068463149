"""The comparison with other systems: its scoring, its reference, and that nothing leans on them."""

import json
import re
import subprocess
import sys
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from validation.peers import registry
from validation.peers.adapters.exchange import ANSWERS, TRIALS, Answer, Given, asked
from validation.peers.comparison import compared
from validation.peers.inputs import Kind, Trial
from validation.peers.registry import PEERS, Asked, ask
from validation.peers.rows import peer_rows
from validation.peers.scoring import BOTH, Events, agreement, pairs_of, score, tolerance_s
from validation.peers.truth import stances

from backstride.recording import Floats
from backstride.vocabulary import Direction

ROOT = Path(__file__).resolve().parents[1]
ALWAYS = ((0.0, 100.0),)


def at(*seconds: float) -> Floats:
    return np.array(seconds, dtype=np.float64)


# Matching


def test_each_moment_is_paired_once() -> None:
    """Two found near one of the reference are one hit and one surplus, never two hits."""
    found = agreement(at(1.0, 1.01), at(1.0), 0.02, ALWAYS)
    assert (len(found.errors_s), found.surplus, found.missed) == (1, 1, 0)


def test_who_finds_everything_everywhere_is_not_good() -> None:
    """A planted offender: it calls every hundredth of a second a contact, and scores next to 0."""
    everywhere = np.arange(0, 10, 0.01)
    found = agreement(everywhere, at(*range(1, 10)), 0.02, ALWAYS)
    assert found.missed == 0
    assert found.f1 is not None
    assert found.f1 < 0.02


def test_the_nearest_is_not_taken_where_it_costs_a_pair() -> None:
    """1.02 is nearer to 1.03, but then 1.00 and 1.05 would be left alone."""
    assert pairs_of(at(1.02, 1.05), at(1.0, 1.03), 0.02) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(("off", "hits"), [(0.02, 1), (-0.02, 1), (0.0201, 0), (-0.0201, 0)])
def test_a_moment_counts_up_to_the_tolerance_and_not_beyond(off: float, hits: int) -> None:
    assert len(agreement(at(5 + off), at(5.0), 0.02, ALWAYS).errors_s) == hits


@pytest.mark.parametrize(("rate_hz", "within_s"), [(30.0, 1 / 30), (50.0, 0.02), (250.0, 0.02)])
def test_the_tolerance_is_a_frame_or_20_ms(rate_hz: float, within_s: float) -> None:
    assert tolerance_s(rate_hz) == within_s


def test_errors_are_found_minus_reference() -> None:
    assert agreement(at(1.01), at(1.0), 0.02, ALWAYS).errors_s == (pytest.approx(0.01),)


def test_outside_the_judged_time_nothing_counts_but_still_pairs() -> None:
    """A found moment just outside is the partner of one just inside, not a miss."""
    found = agreement(at(0.99, 3.0), at(1.0), 0.02, ((1.0, 2.0),))
    assert (len(found.errors_s), found.surplus, found.missed) == (1, 0, 0)


def test_of_nothing_there_is_no_f1() -> None:
    assert agreement(at(), at(), 0.02, ALWAYS).f1 is None
    assert agreement(at(), at(1.0), 0.02, ALWAYS).f1 == 0


few = st.lists(st.integers(0, 30), max_size=5, unique=True).map(
    lambda hundredths: np.array(sorted(hundredths), dtype=np.float64) / 100
)


def most_pairs(found: Floats, reference: Floats, within_s: float) -> int:
    """By trying every way."""
    for size in range(min(len(found), len(reference)), 0, -1):
        for rows in combinations(found, size):
            for columns in permutations(reference, size):
                apart = np.abs(np.array(rows) - np.array(columns))
                if (apart <= within_s + 1e-6).all():
                    return size
    return 0


@given(few, few)
def test_pairing_finds_the_most_pairs_each_once_within_the_tolerance(
    found: Floats, reference: Floats
) -> None:
    pairs = pairs_of(found, reference, 0.03)
    assert len(pairs) == most_pairs(found, reference, 0.03)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(abs(found[row] - reference[column]) <= 0.03 + 1e-6 for row, column in pairs)


# Scores

STEPS = Events(
    {"left": at(1.0, 2.0, 3.0), "right": at(1.5, 2.5)},
    {"left": at(1.6, 2.6), "right": at(1.1, 2.1, 3.1)},
)


def test_who_agrees_in_everything_scores_one() -> None:
    one = score(STEPS, STEPS, 0.02, ALWAYS)
    assert one.contacts.f1 == one.toe_offs.f1 == 1
    assert one.swapped.f1 == 0
    assert one.missed_stances == 0
    assert one.stance_errors_s == pytest.approx([0.0] * 4)


def test_who_takes_contact_for_toe_off_is_seen_to() -> None:
    """A planted offender, as one that takes facing for travel is when somebody goes backward."""
    offender = Events(STEPS.toe_offs, STEPS.contacts)
    one = score(offender, STEPS, 0.02, ALWAYS)
    assert one.contacts.f1 == one.toe_offs.f1 == 0
    assert one.swapped.f1 == 1


def test_the_other_foot_is_not_a_hit() -> None:
    feet_changed = Events(
        {"left": STEPS.contacts["right"], "right": STEPS.contacts["left"]},
        {"left": STEPS.toe_offs["right"], "right": STEPS.toe_offs["left"]},
    )
    assert score(feet_changed, STEPS, 0.02, ALWAYS).contacts.f1 == 0


def test_who_tells_no_sides_is_judged_without_them() -> None:
    one = score(STEPS.regardless_of_side(), STEPS, 0.02, ALWAYS)
    assert one.contacts.f1 == one.toe_offs.f1 == 1
    assert one.stance_errors_s == ()


def test_a_constant_offset_shows_in_the_wide_tolerance_and_in_stance() -> None:
    late = Events({side: c + 0.04 for side, c in STEPS.contacts.items()}, STEPS.toe_offs)
    one = score(late, STEPS, 0.02, ALWAYS)
    assert one.contacts.f1 == 0
    assert one.wide_contacts.f1 == 1
    assert np.median(one.wide_contacts.errors_s) == pytest.approx(0.04)
    assert np.median(one.stance_errors_s) == pytest.approx(-0.04)


def test_scores_add_up() -> None:
    one = score(STEPS, STEPS, 0.02, ALWAYS)
    assert len((one + one).contacts.errors_s) == 2 * len(one.contacts.errors_s)


# Reference


def steps(rate_hz: float, backward: bool) -> tuple[Floats, dict[str, Floats]]:
    """Feet that stand 0.6 s and swing 0.4 s in turn; heel and toe rise and land together."""
    t_s = np.arange(0, 6, 1 / rate_hz)
    points = {}
    for side, start in (("left", 0.0), ("right", 0.5)):
        phase = (t_s - start) % 1.0
        swing = np.clip((phase - 0.6) / 0.4, 0, 1)
        done = np.floor(t_s - start) + swing**2 * (3 - 2 * swing)
        height = 0.12 * np.sin(np.pi * swing)
        for part, ahead in (("toe", 0.15), ("heel", -0.05)):
            x = (-1 if backward else 1) * done + ahead
            points[f"{side}_{part}"] = np.column_stack([x, np.zeros_like(x), 0.04 + height])
    return t_s, points


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("rate_hz", [30.0, 250.0])
def test_the_reference_finds_made_stances_both_ways(rate_hz: float, *, backward: bool) -> None:
    found = stances(*steps(rate_hz, backward)).events
    within_s = 1.5 / rate_hz if rate_hz < 100 else 0.03
    for side, start in (("left", 0.0), ("right", 0.5)):
        contacts = at(*(start + k for k in range(-1, 6)))
        one = agreement(found.contacts[side], contacts, within_s, ((0.6, 4.9),))
        other = agreement(found.toe_offs[side], contacts + 0.6, within_s, ((0.8, 5.0),))
        assert one.f1 == other.f1 == 1


def test_in_reverse_contact_and_toe_off_of_the_reference_change_places() -> None:
    t_s, points = steps(100.0, backward=False)
    ahead = stances(t_s, points).events
    back = stances(t_s, {name: place[::-1] for name, place in points.items()}).events
    turned = np.sort(t_s[-1] - back.toe_offs["left"])
    assert agreement(turned, ahead.contacts["left"], 0.012, ((0.5, 5.5),)).f1 == 1


def test_the_uncertainty_is_that_of_the_limits() -> None:
    found = stances(*steps(100.0, backward=False))
    assert len(found.uncertain_s) == sum(
        len(m) for kind in (found.events.contacts, found.events.toe_offs) for m in kind.values()
    )
    assert (found.uncertain_s >= 0).all()
    assert 0 < np.median(found.uncertain_s) < 0.05


# Systems


def trial(name: str = "made", direction: Direction = Direction.BACKWARD) -> Trial:
    """Six seconds of a trunk that goes up and down, with steps each half second."""
    t_s = np.arange(0, 6, 0.01)
    up = 9.81 + 4 * np.sin(4 * np.pi * t_s)
    reference = Events({BOTH: np.arange(0.5, 6, 0.5)}, {BOTH: np.arange(0.6, 6, 0.5)})
    return Trial(
        name=name,
        kind=Kind.BACK,
        group="walk backward",
        direction=direction,
        t_s=t_s,
        arrays={
            "acceleration": np.column_stack([0.1 * np.sin(t_s), 0.1 * np.cos(t_s), up]),
            "turning": 0.1 * np.column_stack([np.sin(t_s), np.cos(t_s), np.sin(2 * t_s)]),
        },
        reference=reference,
        judged=((0.25, 5.75),),
        within_s=0.02,
        told={"walks_s": [[0.0, 6.0]]},
    )


def test_the_study_ends_well_where_no_system_can_be_installed() -> None:
    left_out = {peer.key: Asked({}, "no network") for peer in PEERS}
    result = compared([trial()], left_out)
    page = result.markdown()
    for peer in PEERS:
        assert f"{peer.package} was left out: no network." in page
    assert "| Backstride |" in page


def test_a_system_that_cannot_be_installed_is_left_out_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV", str(tmp_path / "nothing"))
    assert "uv" in ask(PEERS[0], [trial()]).left_out
    failing = tmp_path / "uv"
    failing.write_text("#!/bin/sh\necho 'no such version' >&2\nexit 2\n")
    failing.chmod(0o755)
    monkeypatch.setenv("UV", str(failing))
    monkeypatch.setenv("BACKSTRIDE_PEERS", str(tmp_path / "made"))
    said = ask(PEERS[0], [trial()])
    assert said.left_out == "ended with status 2: no such version"
    assert not said.answers


def test_what_a_system_raises_is_its_answer() -> None:
    def broken(_: Given) -> Answer:
        raise KeyError("stance")

    (answer,) = asked(3, Given("x", at(0, 1), {}, {}), {"broken": broken}, (Exception,))
    assert answer == Answer(3, "broken", problem="KeyError: 'stance'")


def test_a_trial_that_failed_counts_as_one_in_which_nothing_was_found() -> None:
    peer = next(peer for peer in PEERS if peer.kinds == (Kind.BACK,))
    one = trial()
    answers = {(one.name, one.kind, "m"): Answer(0, "m", problem="ValueError: no")}
    (row,) = peer_rows(peer, Asked(answers), [one])
    assert row.failed == 1
    assert row.scores["walk backward"].contacts.f1 == 0


def test_direction_is_right_only_where_the_way_is_the_one_said() -> None:
    """A planted offender that always says "to the right" is wrong where somebody goes left."""
    peer = PEERS[0]
    one = trial()
    for way, right in ((1, one.judged_s), (-1, 0.0)):
        told = Trial(**{**vars(one), "kind": peer.kinds[0], "told": {"travel": way}})
        answers = {(told.name, told.kind, "m"): Answer(0, "m", travel=1)}
        (row,) = peer_rows(peer, Asked(answers), [told])
        assert row.right_s["walk backward"] == right
        assert row.wrong_s["walk backward"] == one.judged_s - right


def test_inputs_reach_an_adapter_and_answers_come_back(tmp_path: Path) -> None:
    """The exchange itself, with an adapter that needs no system."""
    registry._write(tmp_path, [trial()])
    adapter = (
        "from validation.peers.adapters.exchange import Answer, serve\n"
        "def found(given):\n"
        "    assert given.arrays['acceleration'].shape == (600, 3)\n"
        "    return Answer(0, '', {'both': [float(given.told['walks_s'][0][1])]}, {})\n"
        "serve({'sensor on the lower back': {'made': found}})\n"
    )
    command = [sys.executable, "-c", adapter, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=60)
    (answer,) = json.loads((tmp_path / ANSWERS).read_text())
    assert (tmp_path / TRIALS).is_file()
    assert answer["method"] == "made"
    assert answer["contacts"] == {"both": [6.0]}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.key)
def test_every_system_is_pinned_and_has_an_adapter(peer: registry.Peer) -> None:
    lines = peer.lock.read_text().splitlines()
    assert all(re.match(r"[A-Za-z0-9._-]+==[\w.]+( ;|$)", line) for line in lines)
    assert f"{peer.package.lower()}=={peer.version}" in [line.lower() for line in lines]
    assert "gaitmap-mad" not in peer.lock.read_text(), "it is under the AGPL"
    assert (ROOT / f"validation/peers/adapters/with_{peer.key}.py").is_file()


def leaning(text: str) -> set[str]:
    """Systems that a text imports or lists as a dependency."""
    names = {peer.package.lower() for peer in PEERS} | {peer.key for peer in PEERS}
    pattern = r"^\s*(?:import|from)\s+({0})\b|^\s*\"({0})\b".format("|".join(sorted(names)))
    found = re.finditer(pattern, text, re.MULTILINE | re.IGNORECASE)
    return {match[1] or match[2] for match in found}


def test_the_product_leans_on_no_other_system() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert leaning(path.read_text()) == set(), path
    project = (ROOT / "pyproject.toml").read_text().split("[tool.")[0]
    assert leaning(project) == set()


@pytest.mark.parametrize(
    "text", ["import gaitkit", "    from skdh.gait import x", 'a = [\n    "mobgap>=1",\n]']
)
def test_a_planted_dependency_is_caught(text: str) -> None:
    assert leaning(text)
