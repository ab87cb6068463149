"""What was found, shown: as plain data, on a terminal, as a page, as tables."""

import json
from dataclasses import dataclass
from typing import Any

from backstride.benefits import Assessment, assess
from backstride.motion import Analysis
from backstride.report import document as _document

__all__ = ["Page", "show"]


@dataclass(frozen=True)
class Page:
    """One analyzed and assessed recording, ready to be looked at.

    ``print(page)`` gives the text of the command line; a notebook shows the web page.
    """

    shown: _document.Shown

    @property
    def document(self) -> dict[str, Any]:
        """Plain data, as one entry of ``recordings`` in the JSON."""
        return self.shown.document

    def html(self, *, imperial: bool = False) -> str:
        """The self-contained web page."""
        from backstride.report import html

        return html.render(self._results(), imperial=imperial)

    def json(self) -> str:
        """The JSON document of this recording alone."""
        return json.dumps(self._results().document(), ensure_ascii=False, allow_nan=False)

    def text(self, *, width: int = 100, imperial: bool = False) -> str:
        """The summary of the command line, without colours."""
        from io import StringIO

        from rich.console import Console

        from backstride.report import terminal

        console = Console(file=StringIO(), width=width, color_system=None, highlight=False)
        with console.capture() as captured:
            terminal.render(self._results(), console, imperial=imperial)
        return captured.get()

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        from html import escape

        return f'<iframe srcdoc="{escape(self.html())}" style="width:100%;height:80vh;border:0">'

    def _results(self) -> _document.Results:
        return _document.Results((self.shown,), None, ())


def show(analysis: Analysis, assessment: Assessment | None = None) -> Page:
    """What was found in one recording, ready to be looked at; assessed here if it was not yet."""
    return Page(_document.show(analysis, assess(analysis) if assessment is None else assessment))
