"""What stands behind the claims, and whether it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import walk_packages

import backstride
from backstride.benefits import BENEFITS, History, digest
from backstride.coaching.goals import goals
from backstride.coaching.library import library
from backstride.coaching.rehab import measures, protocols
from backstride.coaching.safety import conditions, pain_rules, stop_rules
from backstride.coaching.screening import questions, screen_again, together
from backstride.coaching.skills import skill_tests
from backstride.coaching.sourced import Sourced
from backstride.errors import RequestError
from backstride.evidence import (
    Claim,
    Constant,
    Equation,
    Regression,
    all_constants,
    claims,
    collecting,
)
from backstride.evidence.audit import audit
from backstride.evidence.constants import requested
from backstride.evidence.pooling import Pool, pool, pool_names
from backstride.motion import analyze
from backstride.simulation import demo_session


@dataclass(frozen=True)
class Behind:
    """What stands behind one claim: the verdict, its studies, and the numbers in use.

    `constants` are those that ran when eight weeks of the simulated demonstration session were
    assessed; `pools` those of them that several studies were pooled for.
    """

    claim: Claim
    constants: tuple[Constant | Regression, ...]
    pools: tuple[Pool, ...]


#: Weeks of the demonstration session that stand for a history.
_WEEKS = 8


def evidence_behind(key: str) -> Behind:
    """Constants and studies behind a benefit.

    Raises
    ------
    RequestError
        There is no such benefit.
    """
    if key not in claims():
        raise RequestError(f"no benefit is called '{key}'", hint="one of: " + ", ".join(claims()))
    benefit = next(one for one in BENEFITS if one.key == key)
    simulated = analyze(demo_session().recording)
    one = digest(simulated)
    start = one.start_utc or datetime.fromtimestamp(0, UTC)
    weeks = [replace(one, start_utc=start + timedelta(weeks=k)) for k in range(_WEEKS)]
    history = History(tuple(weeks), simulated.athlete)
    with collecting() as seen:
        benefit.assess(history)
    numbers = {number.provenance.name: number for number in all_constants()}
    used = tuple(numbers[name] for name in sorted(seen))
    pools = tuple(
        pool(name) for name in pool_names() if any(about.endswith(f".{name}") for about in seen)
    )
    return Behind(claims()[key], used, pools)


def evidence_audit() -> tuple[str, ...]:
    """Faults of the evidence in words: unsourced, underived, unused."""
    modules = [
        import_module(module.name)
        for module in walk_packages(backstride.__path__, "backstride.")
        if not module.name.endswith("__main__")
    ]
    sources = {
        about.source
        for module in modules
        for value in vars(module).values()
        if isinstance(about := getattr(value, "equation", None), Equation) and about.source
    }
    sources |= {source for session in library().values() for source in session.sources}
    sources |= {source for goal in goals().values() for source in goal.sources}
    ruled: list[Mapping[str, Sourced]] = [questions(), together(), screen_again(), conditions()]
    ruled += [stop_rules(), pain_rules(), skill_tests(), measures(), protocols()]
    sources |= {source for table in ruled for one in table.values() for source in one.sources}
    return audit(used_constants=requested, used_sources=sources)


def all_claims() -> tuple[Claim, ...]:
    """The ten claims, in order."""
    return tuple(claims().values())
