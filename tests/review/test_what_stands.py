"""What a decision of the screen rests on, and what it leaves alone: asked without a browser."""

from __future__ import annotations

import html
import http.client
import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_plus, urlencode, urlsplit

import pytest

from tests.cli.tiny import grader, scores_csv, write_table
from tests.review.conftest import ANSWERS, WRITTEN, notebook

pytestmark = [
    pytest.mark.slow,
]


@dataclass(frozen=True)
class Page:
    """An answer of the screen; `text` without markup's escapes."""

    status: int
    text: str
    to: str

    def field(self, name: str) -> str:
        return re.findall(rf'name="{name}" value="([^"]*)"', self.text)[0]


def ask(url: str, path: str, form: dict[str, str] | None = None) -> Page:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = None if form is None else urlencode(form)
    connection.request("GET" if form is None else "POST", path, body, headers if body else {})
    answer = connection.getresponse()
    page = Page(
        answer.status,
        html.unescape(answer.read().decode()),
        unquote_plus(answer.getheader("location") or ""),
    )
    connection.close()
    return page


def answers_of(url: str, query: str = "by=student") -> dict[str, tuple[str, Page]]:
    """By student, as the screen calls them, the address and the page of what waits, in its order."""
    found: dict[str, tuple[str, Page]] = {}
    path = ask(url, f"{urlsplit(url).path}next?{query}").to
    while len(found) < len(ANSWERS):
        page = ask(url, path)
        if 'id="panel"' not in page.text:
            break
        who = re.findall(r'<p class="soft"><bdi>(.*?)</bdi>', page.text)[0]
        student = re.sub(r".*\((.*)\)", r"\1", who)
        if student in found:
            break
        found[student] = path, page
        path = re.findall(r'id="next" href="([^"]*)"', page.text)[0]
    return found


def decide(url: str, seen: tuple[str, Page], **form: str) -> Page:
    path, page = seen
    hidden = {name: page.field(name) for name in ("seen", "basis", "before")}
    return ask(url, path, {**hidden, **form})


def decisions(root: Path) -> list[tuple[str, str, str]]:
    """Those that a person made on the screen and nobody took back: student, kind, value or words."""
    done = grader("gradebook", "history", "hw", "--json", cwd=root)
    found: dict[str, tuple[str, str, str]] = {}
    for each in json.loads(done.stdout):
        if each["what"] == "decision":
            found.pop(each["item"], None)
            if each["after"]:
                facts = each["after"]
                words = facts["value"] or facts["reason"]
                found[each["item"]] = each["student"], facts["kind"], words
    return list(found.values())


def test_an_answer_that_changed_while_it_was_looked_at_gets_no_mark(root, screen):
    running = screen(root)
    seen = answers_of(running.url)
    file = root / "submissions/hw/s03/again.ipynb"
    file.write_bytes(notebook("Another answer."))
    (root / "submissions/hw/s04/hw.ipynb").write_bytes(notebook("In its place."))
    rows = [("student", "file", "submitted_at", "attempt")]
    rows += [(s, f"{s}/hw.ipynb", "2026-02-03T12:00:00+08:00", "1") for s in ANSWERS]
    rows += [("s03", "s03/again.ipynb", "2026-02-03T13:00:00+08:00", "2")]
    write_table(root / "submissions/hw/manifest.csv", rows)
    (root / "submissions/hw/decisions.csv").write_text(
        "student,question,kind,value,reason\ns01,Q3,mark,2,on paper\n", "utf-8"
    )
    assert grader("grade", "hw", cwd=root).returncode == 0
    for student in ("s03", "s04", "s01"):
        page = decide(running.url, seen[student], points="1")
        assert page.status == 409, student
        assert "Yours was not saved" in page.text
    now = answers_of(running.url)
    assert "In its place." in now["s04"][1].text
    assert decide(running.url, now["s04"], points="1").status == 303
    running.interrupt()
    assert scores_csv(root)["s01"]["Q3"] == "2.00"
    assert scores_csv(root)["s04"]["Q3"] == "1.00"


def test_what_no_gradebook_keeps_is_refused_before_it_is_there(root, screen):
    running = screen(root)
    seen = answers_of(running.url)["s03"]
    for form in (
        {"points": "1", "comment": "a\0b"},
        {"points": "1e99999999"},
        {"points": "1e-999999"},
        {"points": "3"},
        {"points": "NaN"},
    ):
        page = decide(running.url, seen, **form)
        assert page.status == 400, form
        assert len(page.text) < 20_000
    running.interrupt()
    assert decisions(root) == []
    assert grader("grade", "hw", cwd=root).returncode == 0


@pytest.mark.scale
def test_coming_back_for_the_comment_changes_neither_points_nor_others_words(root, screen):
    text = WRITTEN.replace('"says what"', '"says what; in words"')
    (root / "assignments/hw/questions.py").write_text(text, "utf-8")
    for words in ("Of a colleague.", "Shown."):
        done = grader("comment", "hw", "s03", words, "--question", "Q3", cwd=root)
        assert done.returncode == 0, done.stderr
    running = screen(root)
    seen = answers_of(running.url)["s03"]
    assert decide(running.url, seen, rubric="0,0", points="1.25", comment="Shown.").status == 303
    path = seen[0]
    again = ask(running.url, path)
    assert re.search(r'value="0"[^>]*checked', again.text)
    assert again.field("points") == "1.25"
    form = {"rubric": "0", "points": again.field("points"), "comment": "Better."}
    assert decide(running.url, (path, again), **form).status == 303
    running.interrupt()
    assert decisions(root) == [
        ("s03", "comment", "Of a colleague."),
        ("s03", "mark", "1.25"),
        ("s03", "comment", "Better."),
    ]


def test_where_names_are_hidden_neither_the_order_nor_an_error_tells_them(root, screen):
    running = screen(root)
    shown = answers_of(running.url, "by=student&anon=1")
    keys = [path.split("/item/")[1] for path, _ in shown.values()]
    assert keys == sorted(keys)  # by what is drawn anew each time, not as the roster
    for seen in shown.values():
        page = decide(running.url, seen, points="3")
        assert page.status == 400
        assert "is not between 0 and 2" in page.text
        assert not re.search(r"s0\d|Name of", page.text)
    running.interrupt()


@pytest.mark.scale
def test_after_a_kill_scores_follow_when_it_is_opened_again(root, screen):
    running = screen(root)
    seen = answers_of(running.url)["s03"]
    assert decide(running.url, seen, points="2").status == 303
    running.process.kill()
    running.process.wait()
    assert scores_csv(root)["s03"]["Q3"] == "0.00"
    screen(root).interrupt()
    assert scores_csv(root)["s03"]["Q3"] == "2.00"
