"""Every kind of page in a real browser: nothing of a student's runs or loads, everybody can read it."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page

from tests.browser import violations, watched
from tests.cli.tiny import DOUBLE, SQUARE, HandIn, a_course, add_assignment, grader
from tests.pages.hostile import HTML, MARKDOWN, cells

pytestmark = pytest.mark.slow

ON_TIME, LATE = "2026-02-03T12:00:00+08:00", "2026-02-05T09:00:00+08:00"
KINDS = {
    "s01": "right",
    "s02": "late, one wrong",
    "s03": "unreadable",
    "s04": "excused",
    "s05": "missing",
    "s06": "a cell that raises, a comment",
    "s07": "hostile",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("pages") / "c", students=list(KINDS))
    text = nbformat.v4.new_notebook(
        cells=[
            *(nbformat.v4.new_markdown_cell(each) for each in (*MARKDOWN, *HTML)),
            *(nbformat.v4.new_code_cell(each) for each in cells()),
            nbformat.v4.new_code_cell(DOUBLE),
        ]
    )
    hand_ins = [
        HandIn("s01", ON_TIME),
        HandIn("s02", LATE, [DOUBLE, "def square(x):\n    return 2 * x"]),
        HandIn("s03", ON_TIME, content=b"{"),
        HandIn("s06", ON_TIME, [DOUBLE, "raise ValueError('no')", SQUARE]),
        HandIn("s07", ON_TIME, content=nbformat.writes(text).encode()),
    ]
    decisions = [
        ("s04", "", "excuse", "", "military service"),
        ("s06", "Q2", "comment", "", "See <b>lecture</b> 2."),
    ]
    add_assignment(root, hand_ins=hand_ins, decisions=decisions)
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


def pages(root: Path) -> dict[str, Path]:
    folder = root / "reports/hw"
    return {"class": folder / "summary.html", **{s: folder / f"feedback/{s}.html" for s in KINDS}}


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_every_kind_of_page_can_be_read_by_everybody(root, browser, look):
    options = (
        {"viewport": {"width": 360, "height": 720}} if look == "phone" else {"color_scheme": look}
    )
    with watched(browser, **options) as watching:
        page = watching.page()
        for kind, file in pages(root).items():
            page.goto(file.as_uri())
            assert violations(page) == [], kind
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), kind
            assert page.get_by_role("heading", level=1).count() == 1, kind


def test_nothing_that_a_student_wrote_runs_loads_or_leads_away(root, browser):
    with watched(browser) as watching:
        page = watching.page()
        page.goto(pages(root)["s07"].as_uri())
        page.wait_for_timeout(500)
        title = page.title()
        assert title == "s07: hw: Doubles and squares"
        assert page.evaluate("window.ran") is None
        for link in page.locator(".theirs a").all():
            assert (link.get_attribute("href") or "#").startswith(
                ("http://", "https://", "mailto:", "#")
            )
        for target in page.locator(".theirs :is(b, button, summary, input, details)").all():
            target.dispatch_event("click")
        assert (page.title(), page.evaluate("window.ran")) == (title, None)
        assert (
            page.locator(
                ":is(script, iframe, object, embed, form, link, meta[http-equiv=refresh], base, svg script)"
            ).count()
            == 0
        )


def test_nothing_of_a_students_can_be_taken_for_the_graders_word(root, browser):
    with watched(browser) as watching:
        page = watching.page()
        page.goto(pages(root)["s07"].as_uri())
        assert (
            page.get_by_role("region", name="Score")
            .locator(".points")
            .inner_text()
            .startswith("9.00")
        )
        # whatever is drawn beside, above or below the frame is not theirs
        strays = page.evaluate(
            """() => {
              const frame = document.querySelector('.theirs'), box = frame.getBoundingClientRect();
              const fakes = [...frame.querySelectorAll('*')].filter(e => /10 of 10|10\\/10/.test(e.textContent));
              const seen = (x, y) => { const e = document.elementFromPoint(x, y); return e && frame.contains(e); };
              const strays = [];
              for (const fake of fakes) {
                fake.scrollIntoView();
                const now = frame.getBoundingClientRect(), f = fake.getBoundingClientRect();
                const y = Math.min(Math.max(f.top + f.height / 2, 1), innerHeight - 1);
                if (seen(now.left - 4, y) || seen(now.right + 4, y)) strays.push(fake.outerHTML.slice(0, 100));
              }
              scrollTo(0, 0);
              return strays;
            }"""
        )
        assert strays == []
        # nothing lies over the score: what is seen there is ours
        assert page.evaluate(
            "() => { const box = document.querySelector('.score').getBoundingClientRect();"
            "return Boolean(document.elementFromPoint(box.x + 20, box.y + 20).closest('.score')); }"
        )


def test_pages_say_what_happened_and_lead_to_one_another(root, browser):
    said = {
        "s01": "10.00 of 10, on time",
        "s02": "2 days late",
        "s03": "could not be opened",
        "s04": "excused (military service)",
        "s05": "nothing was handed in",
        "s06": "From your teaching assistant: See <b>lecture</b> 2.",
    }
    with watched(browser) as watching:
        page: Page = watching.page()
        for student, words in said.items():
            page.goto(pages(root)[student].as_uri())
            assert words in page.inner_text("main"), student
        page.goto(pages(root)["class"].as_uri())
        page.get_by_role("link", name="s02").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "hw: Doubles and squares"
        assert "s02" in page.title()


def test_the_final_page_can_be_read_by_everybody(root, browser):
    settings = root / "course.toml"
    before = settings.read_text("utf-8")
    settings.write_text(before + "[final.components]\nhw = { weight = 100 }\n", "utf-8")
    done = grader("final", "--provisional", cwd=root)
    if done.returncode != 0:
        settings.write_text(before, "utf-8")
    assert done.returncode == 0, done.stderr
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark"}):
        with watched(browser, **look) as watching:  # type: ignore[arg-type]
            page = watching.page()
            page.goto((root / "reports/final.html").as_uri())
            assert violations(page) == []


def test_a_page_prints_on_white(root, browser):
    with watched(browser, color_scheme="dark") as watching:
        page = watching.page()
        page.goto(pages(root)["s02"].as_uri())
        page.emulate_media(media="print")
        assert (
            page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        )
