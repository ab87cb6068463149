"""What the simulation takes for granted, as data."""

from dataclasses import dataclass

from backstride.evidence import constant
from backstride.evidence.constants import entries


@dataclass(frozen=True)
class Assumption:
    """One number that the simulation rests on, and why it is that.

    `low` and `high` hold 95 % of simulated people; both equal `value` where all share it.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    why: str
    kind: str
    sources: tuple[str, ...]


_FROM_EVIDENCE = (
    "gait.stride_frequency_ratio",
    "gait.effective_contact_ratio",
    "gait.vertical_oscillation_ratio",
    "energy.cost_ratio_running",
    "energy.cost_ratio_walking",
    "watch.reference_mps",
    "watch.cadence_spm",
    "watch.cadence_sd",
    "watch.cadence_exponent",
    "watch.cadence_exponent_sd",
    "watch.cadence_gradient",
    "watch.cadence_gradient_sd",
    "watch.contact_s",
    "watch.contact_sd",
    "watch.contact_exponent",
    "watch.contact_exponent_sd",
    "watch.oscillation_m",
    "watch.oscillation_sd",
    "watch.walking_spm",
    "watch.walking_sd",
    "watch.walking_mps",
    "watch.walking_exponent",
)


def _assumption(name: str) -> Assumption:
    number = constant(name)
    about = number.provenance
    return Assumption(
        name=name,
        value=float(number),
        low=about.low,
        high=about.high,
        unit=about.unit,
        why=about.where,
        kind=about.kind.value,
        sources=about.sources,
    )


#: Everything that the simulation takes for granted, its own choices first.
ASSUMPTIONS: tuple[Assumption, ...] = tuple(
    _assumption(name)
    for name in (*(n for n in entries() if n.startswith("simulation.")), *_FROM_EVIDENCE)
)
