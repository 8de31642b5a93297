"""`grader check`: what a student is told before handing in. The truth, and not the answers."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.tiny import (
    HandIn,
    a_course,
    add_assignment,
    grader,
    scores_json,
    write_notebook,
)

pytestmark = pytest.mark.slow

QUESTIONS = """
from grader.questions import Case, Question, Returns, Variable, Vectorised, Written


def double(x):
    return 2 * x


def public_and_hidden(name):
    cases = [Case("x = 3", (3.0,), public=True), Case("any x", lambda rng: (4 + rng.random(),))]
    return Returns(name, double, cases)


QUESTIONS = [
    Question("Q1", "Twice", checks=[public_and_hidden(f"double_{end}") for end in "abcd"]),
    Question("Q2", "Unseen", checks=[Returns("unseen", double, [Case("x = 1", (1.0,))])]),
    Question("Q3", "A number", checks=[Variable("answer", 42.0)]),
    Question("Q4", "In words", checks=[Written("an essay")]),
]
"""
POINTS = "Q1 = 4\nQ2 = 1\nQ3 = 1\nQ4 = 1"

RIGHT = [f"def double_{end}(x):\n    return 2 * x" for end in "abcd"]
GOOD = [*RIGHT, "answer = 42.0"]
MIXED = [
    RIGHT[0],
    "def double_b(x):\n    return 3 * x",  # wrong in both cases
    "def double_c(x):\n    return 6.0",  # right in the public case only
    "def double_d(x):\n    return 0.0 if x == 3 else 2 * x",  # wrong in the public case only
    "answer = 41.0",
    "print(undefined_name)",
    "import module_at_home",
]
STARTER = [
    *(f"def double_{end}(x):\n    raise NotImplementedError" for end in "abc"),
    'def double_d(x):\n    """Twice x."""',
    "double_a(3)",
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("check"))
    hand_in = HandIn("s01", "2026-02-03T12:00:00+08:00", MIXED)
    add_assignment(root, questions=QUESTIONS, points=POINTS, hand_ins=[hand_in])
    for name, cells in (("good", GOOD), ("mixed", MIXED), ("starter", STARTER)):
        write_notebook(root / name / "hw.ipynb", cells)
    return root


@pytest.fixture(scope="module")
def good(root: Path) -> subprocess.CompletedProcess[str]:
    return grader("check", "good/hw.ipynb", cwd=root)


@pytest.fixture(scope="module")
def mixed(root: Path) -> subprocess.CompletedProcess[str]:
    return grader("check", "mixed/hw.ipynb", cwd=root)


@pytest.fixture(scope="module")
def starter(root: Path) -> subprocess.CompletedProcess[str]:
    return grader("check", "starter/hw.ipynb", cwd=root)


def test_status_0_if_nothing_that_was_checked_failed(good):
    assert good.returncode == 0, good.stdout
    assert "On the public cases 4 passed, 0 failed." in good.stdout


def test_it_says_what_was_not_checked_and_promises_nothing(good):
    assert "Read, not judged: Q3 answer." in good.stdout
    assert "Not checked here: Q2 unseen, Q4 an essay." in good.stdout
    hidden = "double_a, double_b, double_c, double_d, unseen"
    assert f"Hidden cases will also try: {hidden}." in good.stdout
    said = "So this is at most 7 of 7, and no promise of that.\n"
    assert said in good.stdout
    without = good.stdout.replace(said, "").lower()
    assert not re.search(r"\ball\b.*\bpassed|full marks|everything", without)


def test_it_does_not_give_a_variables_value_away(mixed):
    assert (
        "answer is the number 41; whether it is right is judged after you hand in." in mixed.stdout
    )
    assert "42" not in mixed.stdout


def test_status_1_if_something_failed_and_says_what(mixed):
    assert mixed.returncode == 1
    assert "On the public cases 2 passed, 2 failed." in mixed.stdout
    assert re.search(r"^x Q1  double_b\n.*expected 6\.?0?,\s+got\s+9", mixed.stdout, re.M | re.S)
    assert re.search(r"^\+ Q1  double_c$", mixed.stdout, re.M)
    assert re.search(r"^x Q1  double_d$", mixed.stdout, re.M)


def test_a_failing_cell_is_told_with_its_error_and_once(mixed):
    assert mixed.stdout.startswith(
        "! cell 6: NameError: name 'undefined_name' is not defined\n"
        "! The module module_at_home is not available here; its import was skipped.\n"
        "  The rest of your notebook was run all the same.\n"
    )


def test_its_verdict_on_a_public_case_is_the_one_of_grade(root, mixed):
    assert grader("grade", "hw", cwd=root).returncode == 0
    (question, *_) = scores_json(root)["s01"]["questions"]
    said = {verdict["check"]: verdict["reason"] for verdict in question["verdicts"]}
    wrong_in = {
        name: re.findall(r"wrong in \d of \d cases? \((.*?)\)", reason)
        for name, reason in said.items()
    }
    assert wrong_in == {
        "double_a": [],
        "double_b": ["x = 3, any x"],
        "double_c": ["any x"],
        "double_d": ["x = 3"],
    }
    for name, cases in wrong_in.items():
        mark = "x" if any("x = 3" in case for case in cases) else r"\+"
        assert re.search(rf"^{mark} Q1  {name}$", mixed.stdout, re.M)


def test_a_starter_that_is_not_filled_in_is_told_what_to_do(starter):
    assert starter.returncode == 1
    assert "! cell 5: NotImplementedError" in starter.stdout
    assert starter.stdout.count("is not written yet.") == 3
    assert "hint: Replace the line `raise NotImplementedError()` by your own." in starter.stdout
    assert "hint: The function ends without `return`." in starter.stdout
    assert "answer is not defined in the notebook." in starter.stdout
    assert "On the public cases 0 passed, 5 failed." in starter.stdout


def test_json_is_one_document_with_the_same_content(root):
    done = grader("check", "mixed/hw.ipynb", "--json", cwd=root)
    assert (done.returncode, done.stderr) == (1, "")
    document = json.loads(done.stdout)
    assert document["failed"] is True
    assert document["assignment"] == "hw"
    assert document["flags"] == ["import:module_at_home"]
    assert document["cell_errors"] == ["cell 6: NameError: name 'undefined_name' is not defined"]
    states = {line["check"]: line["state"] for line in document["lines"]}
    assert states == {
        "double_a": "passed",
        "double_b": "failed",
        "double_c": "passed",
        "double_d": "failed",
        "unseen": "not checked",
        "answer": "read",
        "an essay": "not checked",
    }


def test_any_name_will_do_if_the_assignment_is_given(root):
    write_notebook(root / "final version.ipynb", GOOD)
    done = grader("check", "final version.ipynb", "--assignment", "hw", cwd=root)
    assert done.returncode == 0, done.stderr


def test_it_makes_and_needs_no_secret(tmp_path):
    root = a_course(tmp_path)
    add_assignment(root, questions=QUESTIONS, points=POINTS)
    notebook = write_notebook(tmp_path / "hw.ipynb", GOOD)
    assert grader("check", str(notebook), cwd=root).returncode == 0
    assert not (root / "course.secret").exists()


def test_two_checks_of_one_function_are_told_apart(tmp_path):
    root = a_course(tmp_path)
    questions = """
from grader.questions import Case, Question, Returns

def double(x):
    return 2 * x

def of(name, x, public):
    return Returns("double", double, [Case(name, (x,), public=public)])

QUESTIONS = [Question("Q1", "Twice", [of("unseen", 5.0, False), of("three", 3.0, True),
                                      of("four", 4.0, True)])]
"""
    add_assignment(root, questions=questions, points="Q1 = 1")
    cell = "def double(x):\n    return 6.0"
    notebook = write_notebook(tmp_path / "hw.ipynb", [cell])
    lines = json.loads(grader("check", str(notebook), "--json", cwd=root).stdout)["lines"]
    assert [line["state"] for line in lines] == ["not checked", "passed", "failed"]
    assert "(four)" in lines[2]["text"]


def test_a_cell_that_stopped_is_a_failure_though_all_that_was_asked_is_right(tmp_path):
    root = a_course(tmp_path / "course")
    add_assignment(root, questions=QUESTIONS, points=POINTS)
    notebook = write_notebook(tmp_path / "elsewhere/hw.ipynb", [*GOOD, "n = input()", "def f(:"])
    done = grader("check", str(notebook), cwd=root)  # the course that we stand in
    assert done.returncode == 1, done.stderr
    assert "cell 6 calls input(): nobody answers when it is graded" in done.stdout
    assert "But not every cell ran to its end: see above." in done.stdout
    assert "! cell 7: SyntaxError: invalid syntax (line 1)\n" in done.stdout
