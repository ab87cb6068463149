"""What all commands share: files on the command line, refusals, consoles, files written whole."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from backstride.errors import BackstrideError, RequestError, printable

if TYPE_CHECKING:
    from rich.console import Console


class _File(click.Path):
    """A path that says something: an unset variable of the shell is no folder to walk through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            refuse(RequestError("an empty name was given", hint="name a file or folder"))
        return super().convert(value, param, ctx)


FILE = _File(path_type=Path)


def refuse(error: BackstrideError) -> NoReturn:
    """Wrong usage in one line, with what to do."""
    hint = f" ({error.hint})" if error.hint else ""
    click.echo(f"backstride: {error}{hint}", err=True)
    sys.exit(2)


def console_of(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole, or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        raise BackstrideError(
            f"{printable(path)}: cannot be written: {error.strerror or error}",
            hint="name another place",
        ) from error
