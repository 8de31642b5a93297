"""Tiny courses in a folder of their own, and the command line as people call it."""

from __future__ import annotations

import csv
import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from tests.cli.forked import Server

COURSE = """
name = "Tiny"
timezone = "Asia/Singapore"
"""

ASSIGNMENT = """
title = "Doubles and squares"
due = 2026-02-03T17:00:00
notebook = "hw.ipynb"
"""

QUESTIONS = '''
"""Two functions of one number."""

from grader.questions import Case, Question, Returns


def double(x):
    return 2 * x


def square(x):
    return x * x


CASES = [Case("x = 3", (3.0,), public=True), Case("any x", lambda rng: (3 + rng.random(),))]
QUESTIONS = [
    Question("Q1", "Twice", checks=[Returns("double", double, CASES)]),
    Question("Q2", "Squared", checks=[Returns("square", square, CASES)]),
]
'''

DOUBLE = "def double(x):\n    return 2 * x"
SQUARE = "def square(x):\n    return x * x"


@dataclass(frozen=True)
class HandIn:
    """One hand-in of the manifest; `content` is the file as it is, instead of `cells`."""

    student: str
    at: str
    cells: Sequence[str] = (DOUBLE, SQUARE)
    attempt: int = 1
    file: str = "hw.ipynb"
    content: bytes | None = None


def notebook_text(*cells: str) -> str:
    """A notebook of these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(notebook)


def write_notebook(file: Path, cells: Sequence[str]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(notebook_text(*cells), "utf-8")
    return file


def write_table(file: Path, rows: Sequence[Sequence[object]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return file


def add_assignment(
    root: Path,
    name: str = "hw",
    *,
    settings: str = ASSIGNMENT,
    late: str = "",
    limits: str = "",
    questions: str = QUESTIONS,
    points: str = "Q1 = 9\nQ2 = 1",
    hand_ins: Sequence[HandIn] = (),
    decisions: Sequence[Sequence[object]] = (),
) -> None:
    """An assignment of the course in `root`, with what was handed in for it."""
    folder = root / "assignments" / name
    folder.mkdir(parents=True)
    tables = f"[points]\n{points}\n[late]\n{late}\n[limits]\n{limits}\n"
    (folder / "assignment.toml").write_text(settings + tables, "utf-8")
    (folder / "questions.py").write_text(questions, "utf-8")
    manifest: list[Sequence[object]] = [("student", "attempt", "file", "submitted_at")]
    for each in hand_ins:
        file = root / "submissions" / name / each.student / str(each.attempt) / each.file
        if each.content is None:
            write_notebook(file, each.cells)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(each.content)
        manifest.append((each.student, each.attempt, each.file, each.at))
    write_table(root / "submissions" / name / "manifest.csv", manifest)
    if decisions:
        header = ("student", "question", "kind", "value", "reason")
        write_table(root / "submissions" / name / "decisions.csv", [header, *decisions])


def a_course(
    root: Path,
    *,
    assignments: Sequence[str] = ("hw",),
    students: Sequence[str] = ("s01",),
    settings: str = "",
) -> Path:
    """The course's own files; its assignments are added with `add_assignment`."""
    root.mkdir(parents=True, exist_ok=True)
    names = json.dumps(list(assignments))
    (root / "course.toml").write_text(f"{COURSE}assignments = {names}\n{settings}", "utf-8")
    roster = [("student", "name"), *((each, each.upper()) for each in students)]
    write_table(root / "roster.csv", roster)
    return root


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "grader", *arguments]


def grader(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`grader ARGUMENTS` in a process of its own, in the folder `cwd`; one notebook at a time, for
    another worker costs more than all of a tiny course."""
    if (
        arguments[:1] in (("grade",), ("rejudge",), ("late",), ("validate",), ("release",))
        and "--jobs" not in arguments
    ):
        arguments = (*arguments, "--jobs", "1")
    if env is None:
        return _server().run(arguments, cwd)
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@functools.cache
def _server() -> Server:
    return Server()


def scores_csv(root: Path, name: str = "hw") -> dict[str, dict[str, str]]:
    """The rows of scores.csv by student."""
    with (root / "reports" / name / "scores.csv").open(newline="", encoding="utf-8") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def scores_json(root: Path, name: str = "hw") -> dict[str, dict[str, Any]]:
    """The scores of scores.json by student."""
    document = json.loads((root / "reports" / name / "scores.json").read_text("utf-8"))
    return {score["student"]: score for score in document["scores"]}
