"""The page of a pair in a real browser: what is shared is marked on both sides, and nothing runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser import violations, watched
from tests.cli.tiny import grader
from tests.similar.conftest import HOSTILE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(room: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = Path(shutil.copytree(room, tmp_path_factory.mktemp("pages") / "course"))
    done = grader("similar", "hw1", "--pair", "s10", "s28", cwd=root)
    assert done.returncode == 0, done.stderr
    return root / "reports/hw1/similar"


def test_what_is_shared_is_marked_on_both_sides_and_leads_across(pages, browser):
    with watched(browser, viewport={"width": 1300, "height": 900}) as watching:
        page = watching.page()
        page.goto((pages / "index.html").as_uri())
        page.get_by_role("link", name="s10 and s28").click()
        left, right = (page.get_by_role("region", name=f"The work of {s}") for s in ("s10", "s28"))
        # the bug that was kept, under other names
        bug = left.locator("mark", has_text="path[-1]-2*alpha*alpha*path[-1]")
        assert bug.count() == 1
        link = bug.locator("a.passage").first
        there = page.locator(link.get_attribute("href") or "")
        assert "w_values[-1] - alpha * (2 * alpha) * w_values[-1]" in there.inner_text()
        link.click()
        assert there.is_visible()
        assert right.locator("mark").count() > 5
        # what many write is no mark of anybody, and what everybody got is not marked at all
        assert left.locator(".common", has_text="for _ in range(steps):").count() == 1
        assert left.locator("mark, .common").filter(has_text="Gradient descent on the parabola").count() == 0  # fmt: skip
        shared = page.inner_text("main")
        assert "descend_quadratic: 0.5, 1.29, 2.0642, 2.822916 in 2 of 40 hand-ins" in shared
        assert "reahces for reaches? in 2 of 40 hand-ins" in shared
        assert "This is no verdict" in shared


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_everybody_can_read_them_and_nothing_of_a_students_runs(pages, browser, look):
    options = (
        {"viewport": {"width": 360, "height": 720}} if look == "phone" else {"color_scheme": look}
    )
    with watched(browser, **options) as watching:
        page = watching.page()
        for name in ("index.html", "s10--s28.html"):
            page.goto((pages / name).as_uri())
            assert violations(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert HOSTILE in page.inner_text(".sides")
        assert page.evaluate("window.ran") is None
