"""A property of the author's through the command line: judged, explained, replayed, and missed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course import load_assignment, load_course
from grader.questions import load_questions
from grader.release.check_file import check_file
from grader.release.sheet import sheet_of
from tests.cli.tiny import HandIn, a_course, add_assignment, grader, scores_json, write_notebook

pytestmark = pytest.mark.slow

QUESTIONS = """
from grader.questions import Case, Property, Question
from grader.questions.properties import falls

LEAST = 0.0


def stays_positive(result, w, steps):
    w_end, history = result
    return w_end > LEAST


CASES = [Case("three steps", (2.0, 3), public=True), Case("some", lambda rng: (1 + rng.random(), 5))]
QUESTIONS = [
    Question("Q1", "Descent", checks=[
        Property("descend", falls(at=(1,)), CASES, says="the objective falls in every step"),
    ]),
    Question("Q2", "Its end", checks=[
        Property("descend", stays_positive, CASES, says="w stays positive"),
    ]),
]
"""
RIGHT = """def descend(w, steps):
    history = []
    for _ in range(steps):
        history.append(w * w)
        w = w - 0.1 * 2 * w
    return w, history"""
ASCENT = RIGHT.replace("w - 0.1", "w + 0.1")
HISTORY_ALONE = RIGHT.replace("return w, history", "return history")
ON_TIME = "2026-02-03T12:00:00+08:00"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("property"), students=["s01", "s02", "s03"])
    cells = {"s01": RIGHT, "s02": ASCENT, "s03": HISTORY_ALONE}
    hand_ins = [HandIn(student, ON_TIME, [cell]) for student, cell in cells.items()]
    add_assignment(root, questions=QUESTIONS, hand_ins=hand_ins)
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(graded, tmp_path / "course")


def change(root: Path, old: str, new: str) -> None:
    file = root / "assignments/hw/questions.py"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_it_is_judged_and_where_it_raises_a_person_looks(graded):
    scores = scores_json(graded)
    assert (scores["s01"]["status"], scores["s01"]["earned"]) == ("graded", "10.00")
    (q1, q2) = scores["s02"]["questions"]
    assert [q1["earned"], q2["earned"]] == ["0", "1"]
    assert q1["verdicts"][0]["mistake"] == "objective-rises"
    assert q1["verdicts"][0]["reason"] == (
        "descend: it is not so that the objective falls in every step, in 2 of 2 cases "
        "(three steps, some): it rises from 4 to 5.76. "
        "With argument 1 = 2.0, argument 2 = 3: got (3.456, [4.0, 5.76, 8.2944])."
    )
    assert scores["s03"]["status"] == "needs_review"
    assert "the property of descend raised ValueError: " in scores["s03"]["explanation"]
    assert scores["s03"]["questions"][1]["verdicts"][0]["credit"] is None
    assert "pending:Q2" in scores["s03"]["flags"]


def test_it_is_explained_and_made_again_by_the_functions_of_the_course(graded):
    said = " ".join(grader("explain", "hw", "s02", "Q1", cwd=graded).stdout.split())
    assert "rule: a property: the objective falls in every step" in said
    assert "the objective falls in every step: it rises from 4 to 5.76" in said
    for student in ("s01", "s02", "s03"):
        done = grader("replay", "hw", student, cwd=graded)
        assert done.returncode == 0, done.stdout
        assert "Made again from the records: the same." in done.stdout


def test_another_function_is_another_check_and_nothing_is_executed_for_it(root):
    change(root, "LEAST = 0.0", "LEAST = 1.5")
    lost = grader("replay", "hw", "s01", cwd=root)
    assert lost.returncode == 1
    assert "Made again from the records: the same." in lost.stdout
    assert "Q2: the property of descend is not the one that it was" in lost.stdout
    assert "Q1:" not in lost.stdout
    explained = " ".join(grader("explain", "hw", "s01", "Q2", cwd=root).stdout.split())
    assert "w stays positive: the property of descend is not the one that it was" in explained
    again = grader("rejudge", "hw", cwd=root)
    assert "0 of 3 notebooks were executed" in again.stdout
    assert "changed: what is asked or expected" in again.stdout
    assert re.search(r"^ s01 +10.00 +9.00 +-1.00 +Q2 1 -> 0", again.stdout, re.M)
    assert grader("replay", "hw", "s01", cwd=root).returncode == 0


@pytest.mark.parametrize("how", ["the check is gone", "the file cannot be read"])
def test_where_the_function_is_gone_the_replay_says_so(root, how):
    if how == "the check is gone":
        change(root, 'Question("Q2"', 'Question("Q3"')
    else:
        change(root, "LEAST = 0.0", "LEAST = (")
    lost = grader("replay", "hw", "s01", cwd=root)
    assert lost.returncode == 1
    assert "Not judged again, what was said then stands:" in lost.stdout
    assert "Q2: the property of descend is not among the questions any more" in lost.stdout
    assert "10.00 of 10" in lost.stdout


def test_students_check_the_public_case(graded):
    notebook = write_notebook(graded / "mine/hw.ipynb", [RIGHT])
    right = grader("check", str(notebook), cwd=graded)
    assert right.returncode == 0, right.stdout
    assert "On the public cases 2 passed, 0 failed." in right.stdout
    assert "Hidden cases will also try: descend." in right.stdout
    write_notebook(notebook, [ASCENT])
    wrong = grader("check", str(notebook), cwd=graded)
    assert wrong.returncode == 1
    assert "it rises from 4 to 5.76" in wrong.stdout
    assert "hint: Go downhill" in wrong.stdout


def test_the_file_that_students_get_has_none_of_the_functions_and_says_so(graded, tmp_path):
    course = load_course(graded)
    assignment = load_assignment(course, "hw")
    questions = load_questions(assignment.questions_file, course.root)
    text = check_file(sheet_of(course, assignment, questions))
    assert "LEAST" not in text
    (tmp_path / "check.py").write_text(text, "utf-8")
    write_notebook(tmp_path / "hw.ipynb", [ASCENT])
    command = [sys.executable, "check.py", "hw.ipynb", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = json.loads(done.stdout)["lines"]
    assert [(line["state"], line["text"]) for line in lines] == [
        ("not checked", "whether the objective falls in every step is looked at after you hand in"),
        ("not checked", "whether w stays positive is looked at after you hand in"),
    ]
