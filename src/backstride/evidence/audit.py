"""The audit of the evidence: is every number sourced, derived as it says, and used?"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np

from backstride.errors import EvidenceError
from backstride.evidence.bibliography import bibliography
from backstride.evidence.claims import claims, myths
from backstride.evidence.constants import entries, parse
from backstride.evidence.pooling import one_more_person, paired_spread, pool, pool_names
from backstride.evidence.tracing import CONFIDENCE, Spread


def audit(*, used_constants: Collection[str], used_sources: Collection[str]) -> tuple[str, ...]:
    """Every fault of the evidence, in words; empty where there is none.

    Parameters
    ----------
    used_constants
        Names that some equation or model asked for.
    used_sources
        Keys that equations name as the source of their form.
    """
    return tuple(_faults(used_constants, used_sources))


def _faults(used_constants: Collection[str], used_sources: Collection[str]) -> Iterator[str]:
    known = set(bibliography())
    cited = set(used_sources)
    for name, entry in entries().items():
        try:
            number = parse(name, entry)
        except EvidenceError as error:
            yield str(error)
            continue
        cited |= set(number.provenance.sources)
        if name not in used_constants:
            yield f"constant {name}: nothing uses it"
        if "derivation" in entry:
            yield from _underived(name, entry)
    for name in pool_names():
        cited |= {study.source for study in pool(name).studies}
        cited |= {study.source for study in pool(name).left_out}
    for claim in claims().values():
        cited |= set(claim.sources)
    for myth in myths().values():
        cited |= set(myth.sources)
    for key in sorted(cited - known):
        yield f"source {key}: is cited but not in the bibliography"
    for key in sorted(known - cited):
        yield f"source {key}: is in the bibliography but nothing cites it"


def _underived(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """What an entry's own derivation gives that the entry does not say."""
    how = dict(entry["derivation"])
    rule = how.pop("rule", None)
    if rule not in RULES:
        yield f"constant {name}: no rule is called {rule!r}"
        return
    derived = RULES[rule](**how)
    for part in ("value", "low", "high"):
        stated, again = float(entry[part]), getattr(derived, part)
        if abs(stated - again) > _TOLERANCE * max(abs(again), 1):
            yield f"constant {name}: {part} is {stated:g}, its derivation gives {again:.4g}"


#: Entries are rounded to three decimals.
_TOLERANCE = 0.002


def _paired_p_bound(forward: float, backward: float, people: int, p_below: float) -> Spread:
    """One more person, with the widest spread that a paired P value allows."""
    sd = paired_spread(forward, backward, people, p_below)
    return one_more_person(float(np.log(backward / forward)), sd**2 / people, sd, people)


def _groups_p_one_more_person(ratio: float, people: list[int], p: float) -> Spread:
    """One more person, with the spread in two groups that a two-sided P value means."""
    from scipy.special import stdtrit

    freedom = sum(people) - 2
    standard_error = abs(np.log(ratio)) / stdtrit(freedom, 1 - p / 2)
    sd = standard_error / np.sqrt(sum(1 / n for n in people))
    half = stdtrit(freedom, (1 + CONFIDENCE) / 2) * np.hypot(standard_error, sd)
    low, high = np.exp([np.log(ratio) - half, np.log(ratio) + half])
    return Spread(ratio, float(low), float(high))


def _gross_less_net(
    gross_w_per_kg: float,
    net_j_per_kg_m: float,
    net_sd_j_per_kg_m: float,
    people: int,
    speed_mps: float,
) -> Spread:
    """Gross power less net cost at the same speed; the interval is that of the mean net cost."""
    from scipy.special import stdtrit

    value = gross_w_per_kg - net_j_per_kg_m * speed_mps
    t = stdtrit(people - 1, (1 + CONFIDENCE) / 2)
    half = t * net_sd_j_per_kg_m / np.sqrt(people) * speed_mps
    return Spread(value, value - half, value + half)


RULES: Mapping[str, Callable[..., Spread]] = {
    "paired_p_bound": _paired_p_bound,
    "groups_p_one_more_person": _groups_p_one_more_person,
    "gross_less_net": _gross_less_net,
    "pool_one_more_person": lambda pool_name: pool(pool_name).next_person,
}
