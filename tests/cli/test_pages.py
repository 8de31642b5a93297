"""The pages of one tiny course: what students see of hidden cases and when, and `grader report`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from grader.results import MADE_HERE
from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    notebook_text,
    scores_json,
    write_table,
)

pytestmark = pytest.mark.slow

SETTINGS = """
title = "Doubles and squares"
due = 2020-02-03T17:00:00
notebook = "hw.ipynb"
"""
QUESTIONS = """
import numpy as np

from grader.questions import Case, Question, Returns

CASES = [
    Case("in the open", (np.array([3.0, 4.0]),), public=True),
    Case("kept back", lambda rng: (np.array([31.25, -77.5]),)),
]
QUESTIONS = [
    Question("Q1", "Twice", checks=[Returns("double", lambda x: 2 * x, CASES)]),
    Question("Q2", "Squared", checks=[Returns("square", lambda x: x * x, CASES)]),
]
"""
HIDDEN = ("31.25", "77.5", "93.75", "232.5")
"""The hidden inputs, and what 3 x makes of them."""
TRIPLE = "def double(x):\n    return 3 * x"
AT = "2020-02-03T16:40:00+08:00"
CELLS = ["import math", TRIPLE, SQUARE]
STUDENTS = [f"s{number:02}" for number in range(1, MADE_HERE + 4)]
FIRST, LAST = STUDENTS[0], STUDENTS[-1]


def a_graded_course(root: Path, students: Sequence[str]) -> Path:
    """One notebook, wrong in `double`, that everybody handed in: it is executed once."""
    a_course(root, students=students)
    file = notebook_text(*CELLS).encode()
    hand_ins = [HandIn(each, AT, content=file) for each in students]
    add_assignment(root, settings=SETTINGS, questions=QUESTIONS, hand_ins=hand_ins)
    done = grader("grade", "hw", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    return root


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many that other processes make the last pages."""
    return a_graded_course(tmp_path_factory.mktemp("pages") / "course", STUDENTS)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_graded_course(tmp_path_factory.mktemp("pages") / "course", ("s01", "s02"))


@pytest.fixture
def root(small: Path, tmp_path: Path) -> Path:
    """A copy of the course of two."""
    return Path(shutil.copytree(small, tmp_path / "course"))


def page_of(root: Path, student: str) -> str:
    return (root / f"reports/hw/feedback/{student}.html").read_text("utf-8")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def set_key(root: Path, line: str) -> None:
    file = root / "assignments/hw/assignment.toml"
    file.write_text(f"{line}\n{file.read_text('utf-8')}", "utf-8")


def test_a_public_case_is_on_the_page_with_its_numbers(graded):
    page = BeautifulSoup(page_of(graded, FIRST), "html.parser")
    (table,) = page.select("table.cases")
    assert text_of(table.tbody).startswith(
        "in the open x = [3., 4.] [6, 8] [9, 12] 4; 5e+06 times what is tolerated"
    )
    assert page.select_one("figure.small svg")["aria-label"] == (
        "2 of 2 elements are off (filled). Most of all [1]: expected 8, got 12."
    )


@pytest.mark.parametrize("student", [FIRST, LAST])
def test_of_a_hidden_case_the_page_has_no_number(graded, student):
    page = page_of(graded, student)
    assert "1 hidden case went wrong too" in page
    assert not [number for number in HIDDEN if number in page]


def test_a_page_that_another_process_made_is_the_same(graded):
    assert page_of(graded, LAST).replace(LAST, FIRST).replace(
        LAST.upper(), FIRST.upper()
    ) == page_of(graded, FIRST)


def test_verdicts_stand_beside_the_cells_that_define_the_functions(graded):
    page = BeautifulSoup(page_of(graded, LAST), "html.parser")
    beside = {
        row.select_one(".nb-number").text: text_of(row.select_one(".said"))
        for row in page.select(".beside")
        if row.select(".said")
    }
    assert beside["cell 2"].startswith("✗ double : not right")
    assert beside["cell 3"] == "✓ square : right · Q2"


def test_report_makes_only_what_is_gone_or_changed_and_runs_nothing(root):
    before = (root / "reports/hw/feedback/s01.html").stat().st_mtime_ns
    scores = scores_json(root)
    (root / "reports/hw/feedback/s02.html").unlink()
    done = grader("report", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 students' pages were made anew." in done.stdout
    assert (root / "reports/hw/feedback/s01.html").stat().st_mtime_ns == before
    assert "went wrong too" in page_of(root, "s02")
    assert scores_json(root) == scores


def test_hidden_cases_are_shown_after_the_last_extension_if_the_author_says_so(root):
    set_key(root, 'show_hidden = "after_extensions"')
    done = grader("report", "hw", cwd=root)
    assert "Hidden cases are shown with their numbers." in done.stdout
    for student in ("s01", "s02"):
        page = page_of(root, student)
        assert all(number in page for number in HIDDEN)
        assert "went wrong too" not in page


def test_somebody_with_more_time_keeps_hidden_cases_off_everybodys_page(root):
    set_key(root, 'show_hidden = "after_extensions"')
    grader("report", "hw", cwd=root)
    lines = [("student", "question", "kind", "value", "reason")]
    lines.append(("s02", "", "extension", "2999-01-01T17:00", "ill for long"))
    write_table(root / "submissions/hw/decisions.csv", lines)
    one = grader("grade", "hw", "--student", "s02", cwd=root)
    assert "show them still; make them again: grader report hw" in one.stderr
    assert not [number for number in HIDDEN if number in page_of(root, "s02")]
    done = grader("report", "hw", cwd=root)
    assert "Hidden cases are shown" not in done.stdout
    assert not [number for number in HIDDEN if number in page_of(root, "s01")]


def test_a_file_that_is_another_one_now_leaves_its_page_as_it_was(root):
    before = page_of(root, "s01")
    (root / "submissions/hw/s01/1/hw.ipynb").write_text("{}", "utf-8")
    done = grader("report", "hw", cwd=root)
    assert "the page stays as it was: s01; grade again" in done.stderr
    assert page_of(root, "s01") == before


def test_a_tolerance_changes_the_pages_of_those_whom_it_concerns(tmp_path):
    root = a_course(tmp_path, students=("s01", "s02"))
    hand_ins = [HandIn("s01", AT, [DOUBLE]), HandIn("s02", AT, [TRIPLE])]
    add_assignment(root, settings=SETTINGS, questions=QUESTIONS, hand_ins=hand_ins)
    assert grader("grade", "hw", cwd=root).returncode == 0
    right = (root / "reports/hw/feedback/s01.html").stat().st_mtime_ns
    questions = root / "assignments/hw/questions.py"
    text = questions.read_text("utf-8").replace(
        "lambda x: 2 * x, CASES", "lambda x: 2 * x, CASES, rtol=1e-3"
    )
    questions.write_text(text, "utf-8")
    assert grader("rejudge", "hw", cwd=root).returncode == 0
    assert "5e+02 times what is tolerated" in page_of(root, "s02")
    assert (root / "reports/hw/feedback/s01.html").stat().st_mtime_ns == right


def test_report_before_grade_says_what_to_do(tmp_path, say):
    root = a_course(tmp_path)
    add_assignment(root, hand_ins=[HandIn("s01", AT, [DOUBLE])])
    said = say("report", "hw", cwd=root)
    assert said.status == 1
    assert "hw has no scores yet" in said.err
    assert "fix: run `grader grade hw` first" in said.err
