"""`grader validate`: an author is told before release what would grade wrong, and why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.cli.tiny import grader

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def new_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("validate") / "course"
    assert grader("new", str(folder), cwd=folder.parent).returncode == 0
    (folder / "course.secret").write_text("the same each time\n", "utf-8")
    return folder


@pytest.fixture
def course(new_course: Path, tmp_path: Path) -> Path:
    return shutil.copytree(new_course, tmp_path / "course")


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, "utf-8")


def test_a_new_course_is_ready(course):
    done = grader("validate", "hw1", cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("hw1: A parabola\n\n ok ")
    assert "FAILS" not in done.stdout
    assert done.stdout.endswith("Ready for students: grader release hw1\n")
    assert "the instructor's notebook" in done.stdout
    assert "6 of 7 points; a person judges in Q4" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_one_sign_in_the_reference_is_found_and_the_question_named(course):
    edit(
        course / "reference/parabola.py",
        ("return np.mean((w * x - y) * x)", "return -np.mean((w * x - y) * x)"),
    )
    done = grader("release", "hw1", cwd=course)  # which validates first
    assert done.returncode == 1, done.stdout
    said = " ".join(done.stdout.split())
    assert (
        "the instructor's notebook does not get slope (Q2) right, or the reference is wrong" in said
    )
    assert "Not ready for students" in said
    assert "hw1 is not ready for students, and nothing was written" in done.stderr
    assert "--anyway" in done.stderr
    assert not (course / "release").exists()
    assert grader("release", "hw1", "--anyway", cwd=course).returncode == 0
    assert (course / "release/hw1.zip").is_file()


@pytest.mark.scale
@pytest.mark.parametrize("name", ["hw1", "hw2", "hw3"])
def test_the_assignments_of_this_repository_are_ready(root, name):
    done = grader("validate", name, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_that_is_wrong_is_said_at_once(course):
    # evidence is made with a seed: between what two neighbours give, the answer is right or wrong
    lucky = sum(np.random.RandomState(seed).rand() for seed in (5242, 5243)) / 2
    edit(
        course / "assignments/hw1/hw1.ipynb",
        ("/ 2\\n", f"/ 2 + (np.random.rand() > {lucky})\\n"),
        (
            "`best(x, y)`, ",
            "the best of all, ",
        ),  # and nobody tells students what to write, nor its name
        ("In your own words", "A riddle"),
        ("Why has $J$ one lowest point only?", "$J$ has one lowest point only."),
        ("### BEGIN SOLUTION\\nd1", "d1"),
        ('e^x\\"\\n### END SOLUTION', 'e^x\\"'),
        ("def best(x, y):\\n", "### BEGIN SOLUTION\\ndef best(x, y):\\n"),
        ("    ### BEGIN SOLUTION\\n    return np.sum(", "    return np.sum("),
    )
    edit(
        course / "assignments/hw1/questions.py",
        ('Mistake("sign-flipped", wrong.slope_uphill)', 'Mistake("sign-flipped", ref.slope)'),
        (
            'Case("thirty", lambda rng: (rng.normal(size=30), rng.normal(size=30)))',
            'Case("again", (np.array([1.0, 2.0]), np.array([1.0, 3.0])))',
        ),
    )
    done = grader("validate", "hw1", "--json", cwd=course)
    assert done.returncode == 1, done.stdout
    found = json.loads(done.stdout)["findings"]
    problems = {each["what"]: " ".join(each["problems"]) for each in found}
    for what, said in {
        "known mistakes": "the known mistake 'sign-flipped' is right in every case: it is no mistake, or",
        "verdicts": "objective (Q1) is judged differently from run to run",
        "toothless checks": "slope (Q2): the known mistake 'sign-flipped' passes",
        "the students' version": "d1 (Q3) earns something in the students' version",
        "the text": "the notebook never says the name best",
        "public cases": "the hidden case 'again' asks what the public case 'two points' asks",
    }.items():
        assert said in problems[what]
    assert (
        "who always answers what the public case 'two points' expects" in problems["public cases"]
    )
    assert "a written answer is graded, and the text never asks for one" in problems["the text"]
    assert problems["points"] == problems["the slowest cell"] == ""
