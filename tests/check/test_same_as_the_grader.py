"""What the self-check says of a public case is what the grader says of it.

On one side `check.py` as students have it, with its own runner and the key that it carries; on the
other a notebook executed behind walls, asked everything, and judged with the public cases of the
grader's own key.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Course, load_assignment, load_course
from grader.execute import Asked, UnreadableNotebookError, execute_all, read_notebook
from grader.judge import judge_check
from grader.opened import conditions_of
from grader.questions import load_questions, plan
from grader.records.answer_key import CheckKey, ReturnsKey, WithinKey
from grader.release.bundle import bundle, read_instructors

pytestmark = [
    pytest.mark.slow,
]

ALL = "GRADER_TEST_SCALE" in os.environ
SOME = {
    "hw1": ("s01", "s06", "s10", "s17", "s19"),
    "hw2": ("s06", "s10"),
    "hw3": ("s01", "s03", "s04", "s10"),
}
"""Right, wrong, of ten years ago, stopped by a missing module, in float32, of other shapes; or every sample."""

HANGS = {("hw1", "s05"), ("hw3", "s12")}
"""Wait for a time limit, or fill the memory: they cost minutes here and show nothing."""


def samples(root: Path, name: str) -> dict[str, Path]:
    folder = root / "submissions" / "samples" / name
    found = {}
    for path in sorted(folder.glob("s*/*.ipynb")):
        student = path.parent.name
        if (ALL or student in SOME[name]) and (name, student) not in HANGS:
            found[student] = path
    return found


def public_part(key: CheckKey) -> CheckKey | None:
    """The key with public cases alone; None if it has none."""
    if isinstance(key, ReturnsKey) and not key.reading:
        cases = tuple(case for case in key.cases if case.public)
        return replace(key, cases=cases, carry=None, twins=(), mechanical=None) if cases else None
    if isinstance(key, WithinKey):
        within = tuple(case for case in key.cases if case.public)
        return replace(key, cases=within) if within else None
    return None


@pytest.mark.parametrize("name", SOME)
def test_the_self_check_says_of_public_cases_what_the_grader_says(root, tmp_path, name):
    course: Course = load_course(root)
    assignment = load_assignment(course, name)
    questions = load_questions(assignment.questions_file, root)
    planned = plan(name, questions, b"a secret")
    files = bundle(course, assignment, questions, read_instructors(assignment))
    students = samples(root, name)
    notebooks = {}
    for student, path in students.items():
        try:
            notebooks[student] = read_notebook(path)
        except UnreadableNotebookError:
            continue
    compared = 0
    for done in execute_all(
        list(notebooks),
        lambda student: Asked(notebooks[student], planned.probes),
        conditions_of(assignment),
        jobs=2 if ALL else 1,  # a second worker costs more than these gain
        sandbox="full",
    ):
        assert done.evidence is not None, done.failure
        folder = tmp_path / done.work
        for file, data in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
        (folder / assignment.notebook.name).write_bytes(students[done.work].read_bytes())
        said = subprocess.run(
            [sys.executable, "check.py", "--json"],
            cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        lines: dict[tuple[str, str], dict[str, str]] = {}
        for each in json.loads(said.stdout)["lines"]:
            lines.setdefault((each["question"], each["check"]), each)  # then: is it vectorised?
        for question in planned.answer_key.questions:
            for key in question.checks:
                public = public_part(key)
                if public is None:
                    continue
                verdict = judge_check(question.id, public, done.evidence).verdict
                line = lines[question.id, key.check]
                is_right = verdict.credit == 1
                assert (line["state"] == "passed") == is_right, (done.work, line, verdict)
                compared += 1
    assert compared >= 10
