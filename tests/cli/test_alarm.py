"""`grade` doubts its own references where many students agree with one another and not with them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.tiny import HandIn, a_course, add_assignment, grader, scores_json

pytestmark = pytest.mark.slow

QUESTIONS = """
from grader.questions import Case, Question, Returns, Variable


def cube(x):
    return x**3 + x**2  # the author's slip: everybody's x**3 is right


def energy(x):
    return x**2 / 2


def double(x):
    return 2 * x


CASES = [Case("x = 3", (3.0,)), Case("any", lambda rng: (4 + rng.random(),))]
QUESTIONS = [
    Question("Q1", "A cube", checks=[Returns("cube", cube, CASES)]),
    Question("Q2", "Energy", checks=[Returns("energy", energy, CASES)]),
    Question("Q3", "Twice", checks=[Returns("double", double, CASES)]),
    Question("Q4", "Again", checks=[Returns("again", double, CASES)]),
]
"""

# of each of eight notebooks: cube, energy, double and again
ANSWERS = [
    ("x**3", "x**2", "x * 3", "0"),
    ("x*x*x", "x*x", "x + x + x", "0.0"),
    ("x * x**2", "x * x", "2 * x", "x"),
    ("float(x)**3", "x**2.0", "2*x", "x"),
    ("x**2 * x", "x**2", "x + x", "None"),
    ("x**3 / 1", "x**2 / 2", "2.0*x", "1.0"),
    ("x**3", "x*x/2", "x*2", "2*x"),
    ("x + 1", "0.5*x**2", "x * 2", "x + 1"),
]
NAMES = ("cube", "energy", "double", "again")
ALARM = (
    "7 of 8 notebooks give the same answer to cube (Q1), which the reference calls wrong; "
    "none is right. Is it a common mistake, or is the reference wrong? Look before you export: "
    "grader explain hw s01 Q1"
)
MISCONCEPTION = (
    "5 of 8 notebooks give the same answer to energy (Q2), which the reference calls wrong "
    "(factor-2); 3 are right. Is it a common mistake, or is the reference wrong? "
    "Look before you export: grader explain hw s01 Q2"
)


def hand_in(number: int, answers: tuple[str, ...]) -> HandIn:
    cells = [
        f"def {name}(x):\n    return {body}" for name, body in zip(NAMES, answers, strict=True)
    ]
    return HandIn(f"s{number:02}", "2026-02-03T12:00:00+08:00", cells)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight different notebooks, and four copies of the first."""
    answers = [*ANSWERS, *[ANSWERS[0]] * 4]
    hand_ins = [hand_in(number, each) for number, each in enumerate(answers, start=1)]
    root = a_course(tmp_path_factory.mktemp("doubts"), students=[each.student for each in hand_ins])
    points = "\n".join(f"Q{number} = 1" for number in range(1, 5))
    add_assignment(root, questions=QUESTIONS, points=points, hand_ins=hand_ins)
    return root


def alarms(text: str) -> list[str]:
    return re.findall(r"^alarm: (.*)$", text, re.MULTILINE)


def test_a_wrong_reference_and_a_common_mistake_are_said_at_the_top_and_nothing_else_is(root):
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    assert alarms(done.stdout) == [ALARM, MISCONCEPTION]
    assert done.stdout.startswith("alarm: ")
    assert done.stdout.index("alarm: ") < done.stdout.index("hw: Doubles and squares")


def test_the_page_of_the_class_and_whoever_exports_say_it_again(root):
    page = (root / "reports/hw/summary.html").read_text("utf-8")
    assert ALARM in page
    assert page.index(ALARM) < page.index("on the roster")
    exported = grader("export", "hw", "--to", "csv", cwd=root)
    assert exported.returncode == 0
    assert f"note: alarm: {ALARM}\n" in exported.stderr
    assert "alarm" not in exported.stdout
    assert "alarm" not in (root / "reports/hw/feedback/s01.html").read_text("utf-8")


def test_from_receipts_alone_it_is_the_same_and_json_stays_json(root):
    again = grader("grade", "hw", "--json", cwd=root)
    assert "0 of 12 notebooks were executed" in again.stderr
    assert alarms(again.stderr) == [ALARM, MISCONCEPTION]
    assert json.loads(again.stdout)["assignment"] == "hw"


def test_one_student_alone_is_no_evidence_and_leaves_it_as_it_was(root):
    assert grader("grade", "hw", "--student", "s08", cwd=root).returncode == 0
    assert ALARM in (root / "reports/hw/summary.html").read_text("utf-8")


def test_who_explains_it_sees_both_numbers(root):
    said = grader("explain", "hw", "s01", "Q1", cwd=root).stdout
    assert "expected: 36" in said
    assert "got:      27" in said


def test_once_the_reference_is_mended_the_alarm_is_gone(root):
    questions = root / "assignments/hw/questions.py"
    questions.write_text(questions.read_text("utf-8").replace("x**3 + x**2 ", "x**3 "), "utf-8")
    dry = grader("rejudge", "hw", "--dry-run", cwd=root)
    assert alarms(dry.stdout) == [MISCONCEPTION]
    assert f"note: alarm: {ALARM}" in grader("export", "hw", "--to", "csv", cwd=root).stderr
    assert alarms(grader("rejudge", "hw", cwd=root).stdout) == [MISCONCEPTION]
    assert ALARM not in grader("export", "hw", "--to", "csv", cwd=root).stderr
    assert ALARM not in (root / "reports/hw/summary.html").read_text("utf-8")
    assert scores_json(root)["s01"]["questions"][0]["earned"] == "1"
