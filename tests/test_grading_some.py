"""Grading some students beside results that are there: a tiny course, really graded."""

import json

import nbformat
import pytest

from grader.errors import GraderError
from grader.execute import Local
from grader.grading import grade
from grader.opened import open_course

pytestmark = pytest.mark.slow

QUESTIONS = """
from grader.questions import Case, Question, Returns


def double(x):
    return 2 * x


QUESTIONS = [
    Question("Q1", "Twice", checks=[Returns("double", double, cases=[Case("two", ([1.0, 2.0],))])])
]
"""
ASSIGNMENT = """
title = "Twice"
due = 2022-08-30T17:00:00
notebook = "hw1.ipynb"
[points]
Q1 = 2
"""
MUTATES = "def double(x):\n    x *= 2\n    return x"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def course(tmp_path, a_notebook):
    """s01's function is right but changes its argument; s02's is not there; of s03 no time."""
    write(
        tmp_path / "course.toml",
        'name = "C"\ntimezone = "Asia/Singapore"\nassignments = ["hw1"]\n[late]\nplaces = 3\n',
    )
    write(tmp_path / "roster.csv", "student,name\ns01,=A\ns02,Zoë\ns03,Three\n")
    write(tmp_path / "assignments/hw1/assignment.toml", ASSIGNMENT)
    write(tmp_path / "assignments/hw1/questions.py", QUESTIONS)
    write(
        tmp_path / "submissions/hw1/manifest.csv",
        "student,file,submitted_at\ns01,s01/hw1.ipynb,2022-08-31T16:00:00+08:00\n"
        "s02,s02/hw1.ipynb,2022-08-30T16:00:00+08:00\ns03,s03/hw1.ipynb,\n",
    )
    for student, source in (("s01", MUTATES), ("s02", "pass"), ("s03", MUTATES)):
        notebook = nbformat.writes(a_notebook("import numpy as np", source))
        write(tmp_path / f"submissions/hw1/{student}/hw1.ipynb", notebook)
    return tmp_path


def test_others_keep_their_pages_and_the_class_page_keeps_the_others(course, a_notebook):
    grade(open_course(course), "hw1")
    results = course / "reports/hw1"
    pages = {page.name: page.read_bytes() for page in (results / "feedback").iterdir()}
    assert b"Remark:" in pages["s01.html"]
    better = nbformat.writes(a_notebook("def double(x):\n    return x + x"))
    write(course / "submissions/hw1/s02/hw1.ipynb", better)

    grade(open_course(course), "hw1", only=["s02"])
    after = {page.name: page.read_bytes() for page in (results / "feedback").iterdir()}
    assert [name for name in pages if pages[name] != after[name]] == ["s02.html"]
    scores = json.loads((results / "scores.json").read_text("utf-8"))["scores"]
    assert [(each["student"], each["score"]) for each in scores] == [
        ("s01", "1.700"), ("s02", "2.000"), ("s03", None),
    ]  # fmt: skip
    summary = (results / "summary.html").read_text("utf-8")
    assert "no hand-in time is known" in summary
    assert "manifest.csv, line 4, column submitted_at" in summary  # for the TA,
    assert b"manifest.csv" not in after["s03.html"]  # not for the student
    assert "s01,'=A,hw1,1,2022-08-31T16:00:00+08:00,1,2.000,2.000,0.300,1.700,late," in (
        (results / "scores.csv").read_text("utf-8")
    )

    # scores of two policies do not get into one file
    before = (results / "scores.json").read_bytes()
    write(course / "assignments/hw1/assignment.toml", ASSIGNMENT.replace("-30T", "-29T"))
    with pytest.raises(GraderError, match="the late policy changed since the others") as caught:
        grade(open_course(course), "hw1", only=["s02"])
    assert "grader grade hw1, without --student" in caught.value.fix
    assert (results / "scores.json").read_bytes() == before


def test_what_is_not_new_is_said(course):
    first = grade(open_course(course), "hw1", only=["s01"])
    assert first.notes == ("2 others have no row yet: they were never graded",)
    write(course / "reports/hw1/failures.log", "of an earlier run")
    grade(open_course(course), "hw1")
    assert not (course / "reports/hw1/failures.log").exists()
    (note,) = grade(open_course(course), "hw1", only=["s01"]).notes
    assert note.startswith("the rows of 2 others are as they were")


def test_who_a_stranger_may_be_is_asked_and_never_guessed(course):
    (course / "submissions/hw1/s02").rename(course / "submissions/hw1/S02")
    graded = grade(open_course(course), "hw1", only=["S02", "s02"])
    assert {each.student: each.status for each in graded.scores} == {
        "s02": "unreadable",  # the manifest has a row
        "S02": "unknown_student",
    }
    assert graded.problems["S02"] == "manifest.csv has no row for it; is it s02?"


def test_a_name_that_nobody_defines_is_asked_about(course, a_notebook):
    for student in ("s01", "s02", "s03"):
        text = nbformat.writes(a_notebook("def dobule(x):\n    return 2 * x"))
        write(course / f"submissions/hw1/{student}/hw1.ipynb", text)
    asked = "nobody defines double (Q1): does the notebook ask for it under this name?"
    assert grade(open_course(course), "hw1").notes == (asked,)


@pytest.mark.scale
def test_what_others_have_makes_no_difference_to_a_digit(course):
    """What is equal is kept once for all; 0.5 and 0.50 are equal, and not the same text."""
    write(
        course / "submissions/hw1/decisions.csv",
        "student,question,kind,value,reason\ns01,Q1,mark,0.5,x\ns03,Q1,mark,0.50,x\n",
    )
    grade(open_course(course), "hw1", engine=Local(jobs=1, sandbox="off"))
    together = json.loads((course / "reports/hw1/scores.json").read_text("utf-8"))["scores"]
    earned = {each["student"]: each["questions"][0]["earned"] for each in together}
    assert (earned["s01"], earned["s03"]) == ("0.5", "0.50")
