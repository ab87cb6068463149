"""`backstride evidence`."""

import sys

import click

from backstride.cli.shared import console_of, refuse
from backstride.errors import BackstrideError


@click.command()
@click.argument("benefit", required=False)
@click.option("--check", is_flag=True, help="Audit: is every number sourced, derived and used?")
def evidence(benefit: str | None, *, check: bool) -> None:
    """Show the studies and numbers behind the ten claims, or behind one BENEFIT."""
    from backstride.app import evidence as app
    from backstride.report import evidence as shown

    console = console_of()
    if check:
        faults = app.evidence_audit()
        for fault in faults:
            console.print(f"✗ {fault}", markup=False, highlight=False, soft_wrap=True)
        console.print(f"{len(faults)} fault(s) in the evidence" if faults else "the evidence holds")
        sys.exit(1 if faults else 0)
    try:
        if benefit is None:
            shown.render_claims(app.all_claims(), console)
        else:
            behind = app.evidence_behind(benefit.lower())
            shown.render_behind(behind.claim, behind.constants, behind.pools, console)
    except BackstrideError as error:
        refuse(error)
