"""The frame of every page: style, icon, header, and a policy that forbids it every request."""

import base64
import hashlib
from functools import cache
from importlib import resources

from backstride.report.markup import Markup, tag


def page(name: str, body: Markup) -> str:
    """A whole page that asks nothing of any other computer and allows itself no request."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        None,
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"http-equiv": "Content-Security-Policy", "content": policy}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "referrer", "content": "no-referrer"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("title", None, name),
        tag("link", {"rel": "icon", "href": f"data:image/svg+xml;base64,{_icon()}"}),
        tag("style", None, style),
    )
    return "<!DOCTYPE html>\n" + tag(
        "html",
        {"lang": "en"},
        head,
        tag(
            "body",
            None,
            _asset("patterns.svg"),
            tag("a", {"class": "skip", "href": "#content"}, "Skip to the content"),
            tag("header", None, _asset("mark.svg"), tag("p", None, "Backstride")),
            tag("main", {"id": "content"}, body),
            tag(
                "footer",
                None,
                tag(
                    "p",
                    None,
                    "Made by Backstride on your own computer. This page holds all that it shows "
                    "and asks nothing of any other computer; only a link that you open does.",
                ),
            ),
            tag("script", None, script),
        ),
    )


@cache
def _asset(name: str) -> Markup:
    file = resources.files("backstride.report") / "assets" / name
    return Markup(file.read_text(encoding="utf-8"))


def _digest(text: str) -> str:
    """A hash as a content security policy names an inline style or script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _icon() -> str:
    return base64.b64encode(_asset("mark.svg").encode()).decode()
