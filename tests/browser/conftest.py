"""Chromium, looking at Django's live server, and complaining about everything a page does wrong."""

import os
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Page, sync_playwright

from tests.pages.conftest import make_user
from tests.sync.conftest import _files, connection, server, store

__all__ = ["_files", "connection", "make_user", "server", "store"]


@pytest.fixture
def page(chromium: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page at phone width; the test fails when the browser had anything to complain about."""
    # Playwright's loop runs in this thread, which Django takes for asynchronous code.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740}, locale="nl-NL")
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
        connections.close_all()  # beside Playwright's loop Django opened one of its own
    assert complaints == []
