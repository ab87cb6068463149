"""The browser that browser tests drive: find it, or install it where that is possible.

``python -m tests.chromium`` is run by `make test` before the tests. Playwright's own download is
the last resort, for some networks refuse it.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Path of a Chromium: the one that BACKSTRIDE_CHROMIUM names, or one on the PATH."""
    named = os.environ.get("BACKSTRIDE_CHROMIUM")
    if named:
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110  # a str from another library


def install() -> None:
    """Install a Chromium by the system's packages, else by Playwright; failing is not an error."""
    ways = []
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways.append(["sh", "-c", "apt-get update -qq && apt-get install -y -qq chromium"])
    ways.append([sys.executable, "-m", "playwright", "install", "chromium"])
    for way in ways:
        done = subprocess.run(way, check=False, capture_output=True)
        if done.returncode == 0 and find():
            return


if __name__ == "__main__":
    if find() is None:
        install()
    print(f"browser for tests: {find() or 'none; browser tests will say so'}")
