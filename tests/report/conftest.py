"""A browser for tests that look at pages as a reader's browser shows them."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium; without one the test skips and says so, but fails on continuous integration."""
    from playwright.sync_api import sync_playwright

    path = chromium.find()
    if path is None:
        reason = "no Chromium on this machine; name one in BACKSTRIDE_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()
