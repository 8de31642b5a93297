"""`grader review` as a TA uses it: in a real browser, by keys."""

from __future__ import annotations

import http.client
import json
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import violations, watched
from tests.cli.tiny import grader, scores_csv, scores_json

pytestmark = pytest.mark.slow


def press(page, *keys: str) -> None:
    """Keys that stay on the page, and a last one that leads to another."""
    page.wait_for_load_state()
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def student_on(page) -> str:
    return page.locator("p.soft bdi").first.inner_text()[-4:-1]


def ready(page) -> None:
    """Wait until scores follow what was decided."""
    page.locator("#again", has_text="up to date").wait_for(timeout=60_000)


def test_three_answers_by_keys_one_taken_back_closed_and_opened_again(root, screen, browser):
    running = screen(root)
    with watched(browser) as watching:
        page = watching.page()
        page.goto(running.url)
        assert page.get_by_role("heading", name="What waits for a person").is_visible()
        assert "0 of 4 done" in page.inner_text("main")
        press(page, "n")
        # the two that say the same come first, and are graded once
        assert {student_on(page)} <= {"s01", "s02"}
        assert "and the 1 other with the same answer" in page.inner_text("form.panel")
        press(page, "1", "2", "Enter")
        assert "and 1 with the same answer" in page.locator("p[role=status]").inner_text()
        third = student_on(page)
        page.keyboard.press("1")
        page.keyboard.press("3")
        page.keyboard.press("c")
        page.keyboard.type("Give an example.")
        page.keyboard.press("Escape")
        press(page, "Enter")
        last = student_on(page)
        assert {third, last} == {"s03", "s04"}
        press(page, "0")
        assert page.get_by_role("heading", name="Nothing more waits here").is_visible()
        press(page, "u")
        assert student_on(page) == last
        assert "Taken back" in page.locator("p[role=status]").inner_text()
        ready(page)
    assert "up to date" in running.interrupt()
    rows = scores_csv(root)
    assert [rows[each]["Q3"] for each in ("s01", "s02", third, last)] == [
        "1.50",
        "1.50",
        "0.50",
        "0.00",
    ]
    assert rows["s01"]["score"] == "9.50"
    assert rows[last]["flags"] == "pending:Q3"
    text = (root / f"reports/hw/feedback/{third}.html").read_text("utf-8")
    assert "Give an example." in text
    assert "says what; no example" in text
    events = json.loads(grader("gradebook", "history", "hw", "--json", cwd=root).stdout)
    made = [
        each for each in events if each["what"] == "decision" and each["command"] == "grader review"
    ]
    assert {each["author"] for each in made} == {"ta1"}
    assert [each["after"]["value"] for each in made if each["student"] == "s01"] == ["1.5"]
    # opened again: what was decided is there, and one waits
    running = screen(root)
    # a page that asks how far it is may be the last to ask
    with watched(browser, expected=("ERR_CONNECTION", "ERR_EMPTY_RESPONSE")) as watching:
        page = watching.page()
        page.goto(running.url)
        assert "3 of 4 done" in page.inner_text("main")
        press(page, "n")
        assert student_on(page) == last
        press(page, "f")
        page.get_by_role("link", name="To the overview").click()
        page.get_by_role("button", name="Finish").click()
        assert page.get_by_role("heading", name="Finished").is_visible()
    assert running.process.wait(30) == 0
    assert scores_csv(root)[last]["score"] == "10.00"


def test_of_two_on_one_answer_nobody_overwrites_the_other_silently(root, screen, browser):
    mine, theirs = screen(root, "ta1"), screen(root, "ta2")
    with watched(browser) as first, watched(browser, expected=("409",)) as second:
        page, other = first.page(), second.page()
        for each, running in ((page, mine), (other, theirs)):
            each.goto(f"{running.url}next?by=student&question=Q3")
            assert student_on(each) == "s01"
            each.get_by_label("with the same answer").uncheck()
        press(page, "1", "Enter")
        other.keyboard.press("c")
        other.keyboard.type("Mine.")
        other.keyboard.press("Escape")
        press(other, "2", "Enter")
        alert = other.get_by_role("alert").inner_text()
        assert "Yours was not saved" in alert
        assert "ta1 at " in alert
        assert "mark 1 says what" in alert
        # what was typed is there; saving again replaces it knowingly
        assert other.get_by_label("Comment for the student").input_value() == "Mine."
        assert other.get_by_role("checkbox", name="says why").is_checked()
        press(other, "Enter")
        # and what somebody decided of another student troubles nobody
        assert student_on(other) == "s02"
        press(other, "f")
        assert "Saved" in other.locator("p[role=status]").inner_text()
    mine.interrupt()
    theirs.interrupt()
    assert scores_csv(root)["s01"]["Q3"] == "0.50"
    assert scores_csv(root)["s02"]["Q3"] == "2.00"
    events = json.loads(
        grader("gradebook", "history", "hw", "--student", "s01", "--json", cwd=root).stdout
    )
    assert [
        each["author"]
        for each in events
        if each["what"] == "decision" and each["after"]["kind"] == "mark"
    ] == ["ta1", "ta2"]


def request(
    url: str, method: str = "GET", *, path: str | None = None, body: str = "", **headers: str
) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=10)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, parts.path if path is None else path, body or None, given)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_nobody_else_may_talk_to_it(open_screen):
    running = open_screen
    port = urlsplit(running.url).port
    token = urlsplit(running.url).path
    own = f"http://127.0.0.1:{port}"
    assert request(running.url) == 200
    assert request(running.url, path="/") == 404
    assert request(running.url, path=f"{token[:-3]}/") == 404
    assert request(running.url, path="/static/page.css") == 404
    assert request(running.url, Host=f"evil.example:{port}") == 421
    assert request(running.url, Host="127.0.0.1") == 421
    undo = f"{token}undo"
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert (
        request(running.url, "POST", path=undo, body="a=b", Origin="http://evil.example", **form)
        == 403
    )
    assert request(running.url, "POST", path=undo, body="a=b", Origin="null", **form) == 403
    assert (
        request(
            running.url,
            "POST",
            path=undo,
            body="a=b",
            Origin=own,
            Sec_Fetch_Site="cross-site",
            **form,
        )
        == 403
    )
    assert request(running.url, path=token, Sec_Fetch_Site="cross-site") == 403
    assert (
        request(running.url, "POST", path=undo, body="a=b", Origin=own, **form) == 400
    )  # nothing to undo
    assert request(running.url, "POST", path=undo, body="a" * 2_000_000, Origin=own, **form) == 413
    # in pieces it could be of any length
    pieces = {"Transfer_Encoding": "chunked", "Content_Length": "3", **form}
    body = "3\r\na=b\r\n0\r\n\r\n"
    assert request(running.url, "POST", path=undo, body=body, Origin=own, **pieces) == 411
    assert request(running.url, "PUT", path=undo, body="a=b", Origin=own) == 405


def test_a_page_of_somebody_elses_cannot_use_it(open_screen, browser, tmp_path):
    """A form, a picture, a frame and a script on another page, with the token, as if it had leaked."""
    running = open_screen
    evil = tmp_path / "evil.html"
    evil.write_text(
        f"<img src='{running.url}'><iframe src='{running.url}'></iframe>"
        f"<form id=f method=post action='{running.url}finish'><input name=a value=b></form>"
        f"<script>fetch('{running.url}state', {{mode: 'no-cors'}}).catch(() => 0);"
        "setTimeout(() => document.getElementById('f').submit(), 300)</script>"
    )
    with watched(browser, expected=("",)) as watching:
        page = watching.page()
        page.goto(evil.as_uri())
        page.wait_for_timeout(1500)
    assert running.process.poll() is None  # it was not finished


def test_names_are_hidden_where_they_are_to_be(open_screen, browser):
    running = open_screen
    with watched(browser) as watching:
        page = watching.page()
        page.goto(running.url)
        page.get_by_role("link", name="hidden").click()
        for _ in range(5):
            html = page.content()
            assert not any(word in html for word in ("s01", "s02", "s03", "s04", "Name of"))
            press(page, "n")


def test_what_is_doubtful_is_settled_and_an_appeal_is_heard(root, screen, browser):
    decisions = root / "submissions/hw/decisions.csv"
    decisions.write_text(
        "student,question,kind,value,reason\ns04,Q2,appeal,,my square is right for x = 3\n", "utf-8"
    )
    assert grader("grade", "hw", cwd=root).returncode == 0
    running = screen(root)
    with watched(browser) as watching:
        page = watching.page()
        page.goto(f"{running.url}next?why=appeal")
        assert "the student objects" in page.inner_text("main")
        assert "my square is right for x = 3" in page.inner_text("blockquote")
        assert "square is right in all 2 cases" in page.inner_text("main")
        press(page, "j")
        page.goto(running.url)
        row = page.get_by_role("row").filter(has_text="the student objects")
        assert row.get_by_role("cell").nth(1).inner_text() == "1"
    running.interrupt()
    assert scores_csv(root)["s04"]["Q2"] == "2.00"


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_every_page_can_be_used_by_anybody(open_screen, browser, look):
    running = open_screen
    options = (
        {"viewport": {"width": 360, "height": 700}} if look == "phone" else {"color_scheme": look}
    )
    with watched(browser, expected=("404", "400"), **options) as watching:
        page = watching.page()
        for address in ("", "next", "next?by=student&anon=1", "item/nobody/Q3"):
            page.goto(running.url + address)
            assert violations(page) == []
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide
        page.goto(f"{running.url}next?by=student")
        press(page, "Enter")  # nothing is ticked
        assert "nothing is ticked" in page.get_by_role("alert").inner_text()
        assert violations(page) == []


def test_it_works_without_scripts_and_what_students_wrote_runs_nothing(root, screen, browser):
    running = screen(root)
    with watched(browser) as watching:
        page = watching.page()
        page.goto(f"{running.url}next?by=student")
        while student_on(page) != "s03":
            press(page, "n")
        assert page.title().startswith("Q3 of")
        assert "10/10" in page.inner_text(".theirs .work")
    with watched(browser, java_script_enabled=False) as watching:
        page = watching.page()
        page.goto(f"{running.url}next?by=student")
        who = student_on(page)
        page.get_by_role("checkbox", name="says why").check()
        page.get_by_role("button", name="Save and next").click()
        assert "Saved" in page.locator("p[role=status]").inner_text()
    running.interrupt()
    assert scores_csv(root)[who]["Q3"] == "0.50"


@pytest.mark.parametrize(
    ("change", "said"),
    [("no scores", "there are no scores yet"), ("no such", "there is no assignment 'hw9'")],
)
def test_what_cannot_be_reviewed_is_said(root, change, said):
    if change == "no scores":
        (root / "reports/hw/scores.json").unlink()
    name = "hw" if change == "no scores" else "hw9"
    done = grader("review", name, "--no-browser", cwd=root)
    assert (done.returncode, said in done.stderr) == (1, True)


@pytest.mark.scale
def test_grading_elsewhere_meanwhile_is_waited_for(root, screen, browser):
    """Another command holds the assignment: the decision is kept, and the score follows later."""
    from grader.store.lock import only_one

    running = screen(root)
    with watched(browser) as watching:
        page = watching.page()
        page.goto(f"{running.url}next?by=student")
        page.get_by_label("with the same answer").uncheck()
        with only_one(root / "evidence/hw", "grader grade hw"):
            press(page, "f")
            page.locator("#again", has_text="another command").wait_for(timeout=30_000)
        ready(page)
    running.interrupt()
    assert scores_csv(root)["s01"]["Q3"] == "2.00"
    assert scores_json(root)["s01"]["questions"][2]["earned"] == "2"


def test_a_refused_save_leaves_an_empty_comment_empty(open_screen, browser):
    """What is in the field is saved the next time, and students read it."""
    with watched(browser, expected=("400",)) as watching:
        page = watching.page()
        page.goto(f"{open_screen.url}next?by=student&question=Q3")
        page.keyboard.press("p")
        page.keyboard.type("3")
        page.keyboard.press("Escape")
        press(page, "Enter")
        assert "is not between 0 and 2" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("Comment for the student").input_value() == ""


def test_an_answer_can_be_read_while_its_page_is_made_again(root: Path):
    """Else a save in this moment is refused, for the answer seems to have changed."""
    file = root / "reports/hw/executed/s03-1.ipynb"
    before, is_over, looks = file.read_bytes(), threading.Event(), []

    def watch() -> None:
        while not is_over.wait(0.0002):
            looks.append(file.exists())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        done = grader("comment", "hw", "s03", "Shown.", "--question", "Q3", cwd=root)
    finally:
        is_over.set()
        watcher.join()
    assert done.returncode == 0, done.stderr
    assert "Shown." in (root / "reports/hw/feedback/s03.html").read_text("utf-8")
    assert looks
    assert all(looks)
    assert file.read_bytes() == before


def test_evidence_is_where_it_was(root: Path, screen):
    """Opening and closing changes nothing."""
    before = {p: p.read_bytes() for p in (root / "reports").rglob("*") if p.is_file()}
    screen(root).interrupt()
    assert {p: p.read_bytes() for p in (root / "reports").rglob("*") if p.is_file()} == before
