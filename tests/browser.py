"""A real browser for tests: Chromium, headless, of the distribution's packages, driven by Playwright.

Every page that is opened in it is watched: an error on the console, a request that leaves this
machine, a dialog or a new window fails the test that caused it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_MS = 120_000  # the machine may be busy with other tests
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def executable() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert found, "Chromium is not installed: apt-get install chromium"
    return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    arguments = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A context of the browser, and what went wrong in it.

    Attributes:
        expected: what may stand in an error of the console: a page that answers 409 says so.
    """

    context: BrowserContext
    wrong: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", self._request)
        page.on(
            "dialog",
            lambda dialog: (self.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()),
        )
        page.on("popup", lambda window: self.wrong.append(f"window: {window.url}"))
        return page

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and not any(
            e in message.text for e in self.expected
        ):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("file", "data", "blob") and parts.hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            self.wrong.append(f"request: {request.url}")


@contextmanager
def watched(
    browser: Browser, *, expected: tuple[str, ...] = (), **options: Any
) -> Iterator[Watched]:
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    watching = Watched(context, expected=expected)
    try:
        yield watching
        assert watching.wrong == []
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds of WCAG 2.1 A and AA, contrast and labels among it."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]
