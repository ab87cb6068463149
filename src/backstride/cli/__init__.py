"""Words -> app -> text: the command `backstride`.

Exit status: 0 done; 1 something could not be read (the rest was done, each failure named on
standard error); 2 wrong usage.
"""

import io
import sys

import click

from backstride.cli.care import rehab, screen, skills
from backstride.cli.evidence import evidence
from backstride.cli.plans import plan
from backstride.cli.races import predict
from backstride.cli.recordings import analyze, demo
from backstride.cli.workouts import workout


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="backstride", message="%(prog)s %(version)s")
def main() -> None:
    """Backstride, the training system for running backward.

    Reads what a runner recorded, finds what was run backward, and says what that did, claim by
    claim, each with its interval, grade of evidence and sources.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old console has no arrows


for command in (analyze, evidence, demo, workout, screen, skills, plan, rehab, predict):
    main.add_command(command)
