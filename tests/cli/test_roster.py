"""`grader roster`: who is in the course, from the LMS's own list."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.tiny import HandIn, a_course, add_assignment, grader, scores_csv

ON_TIME = "2026-02-03T12:00:00+08:00"
CANVAS = '''Student,ID,SIS User ID,SIS Login ID,Section,HW 1 (501),Current Score
,,,,,Manual Posting,
    Points Possible,,,,,10.00,(read only)
"Doe, Jane",4711,u100,jdoe,"Sec A, Sec B",8.50,85.00
"=""=cmd|' /C calc'!A0""",4712,u101,cmd,Sec A,,
"李, 明",4713,u102,ming,Sec A,EX,
"O'Brien, Zoë",4714,u103,zoe,Sec A,,
"Student, Test",4799,,abc123,Sec A,,
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = a_course(tmp_path / "course")
    (root / "roster.csv").unlink()
    (tmp_path / "canvas.csv").write_text(CANVAS, "utf-8-sig")
    return root


def roster(root: Path, file: str, *more: str):
    return grader("roster", str(root.parent / file), *more, cwd=root)


def rows(root: Path) -> dict[str, dict[str, str]]:
    with (root / "roster.csv").open(newline="", encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def test_canvas_gives_ids_numbers_and_names(root):
    done = roster(root, "canvas.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 people, from Canvas\n      4  new\n")
    assert list(rows(root)) == ["u100", "u101", "u102", "u103"]
    assert rows(root)["u100"] == {
        "student": "u100", "name": "Doe, Jane", "login": "jdoe", "lms_id": "4711", "email": "",
        "section": "Sec A, Sec B", "withdrawn": "",
    }  # fmt: skip
    assert rows(root)["u101"]["name"] == "=cmd|' /C calc'!A0"
    before = (root / "roster.csv").read_bytes()
    assert "4  as they were" in roster(root, "canvas.csv").stdout
    assert (root / "roster.csv").read_bytes() == before


def test_who_withdrew_keeps_what_was_handed_in_and_misses_nothing_after(root):
    assert roster(root, "canvas.csv").returncode == 0
    text = "\n".join(line for line in CANVAS.splitlines() if "ming" not in line)
    (root.parent / "later.csv").write_text(text.replace("O'Brien, Zoë", "O'Brien, Zoe"), "utf-8")
    dry = roster(root, "later.csv", "--dry-run")
    assert "1  withdrew" in dry.stdout
    assert rows(root)["u102"]["withdrawn"] == ""
    done = roster(root, "later.csv")
    assert '- u103: name "O\'Brien, Zoë" -> "O\'Brien, Zoe"' in done.stdout
    assert rows(root)["u102"]["withdrawn"]
    assert "Zoë" in (root / "roster.csv.before").read_text("utf-8")
    add_assignment(root, hand_ins=[HandIn("u102", ON_TIME, content=b"no notebook")])
    add_assignment(root, "next", hand_ins=[HandIn("u100", ON_TIME, content=b"no notebook")])
    course = root / "course.toml"
    course.write_text(course.read_text().replace('["hw"]', '["hw", "next"]'))
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores_csv(root)["u102"]["name"] == "李, 明"
    assert grader("grade", "next", cwd=root).returncode == 0
    assert sorted(scores_csv(root, "next")) == ["u100", "u101", "u103"]
    assert "1  came back" in roster(root, "canvas.csv").stdout
    assert rows(root)["u102"]["withdrawn"] == ""


def test_a_list_of_a_section_is_not_taken_for_the_course(root):
    assert roster(root, "canvas.csv").returncode == 0
    before = (root / "roster.csv").read_bytes()
    lines = CANVAS.splitlines()
    (root.parent / "some.csv").write_text("\n".join([lines[0], lines[3]]), "utf-8")
    refused = roster(root, "some.csv")
    assert refused.returncode == 1
    assert "3 of 4 would be gone" in refused.stderr
    assert (root / "roster.csv").read_bytes() == before
    assert roster(root, "some.csv", "--partial").returncode == 0
    assert not any(row["withdrawn"] for row in rows(root).values())


@pytest.mark.parametrize(
    ("text", "kind", "ids"),
    [
        ("Identifier,Full name,ID number,Email address,Status\nParticipant 7,Ann Bee,a1,ann@x.edu,-\n", "Moodle", ["a1"]),
        ("First name,Last name,Email address\nAnn,Bee,ann@x.edu\n", "Moodle", ["ann"]),
        ("Name,SID,Email,Section\nAnn Bee,77,ann@x.edu,A\n", "Gradescope", ["77"]),
        ("First Name,Last Name,SID,Email,Sections\nAnn,Bee,,ann@x.edu,A\n", "Gradescope", ["ann"]),
        ("student;name\na1;Ann Bee\n", "a roster", ["a1"]),
    ],
)  # fmt: skip
def test_other_lists_are_recognised(root, text, kind, ids):
    (root.parent / "list.csv").write_text(text, "utf-8")
    done = roster(root, "list.csv")
    assert done.returncode == 0, done.stderr
    assert f"from {kind}" in done.stdout
    assert [(id, row["name"]) for id, row in rows(root).items()] == [(id, "Ann Bee") for id in ids]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "it is no list of people that is known here"),
        ("student,name\n", "there is nobody in it"),
        ("student,name\na1,Ann\nA1,Ann\n", "it is that of line 2 too"),
        ("student,name\n../x,Ann\n", "can't be an id"),
        ("Name,SID,Email\nAnn,7,\nBee,,b@x.edu\n", "there is nothing to tell all by"),
    ],
)
def test_what_is_no_list_is_refused_and_nothing_is_written(root, text, said):
    (root.parent / "list.csv").write_text(text, "utf-8")
    done = roster(root, "list.csv")
    assert done.returncode == 1
    assert said in done.stderr
    assert "list.csv" in done.stderr
    assert not (root / "roster.csv").exists()
