"""Notebooks that are made from the instructor's, and graded through the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.tiny import grader

SOLUTION = re.compile(r"[ \t]*### BEGIN SOLUTION.*?### END SOLUTION[ \t]*\n?", re.DOTALL)


def edited(notebook: Path, edit: Callable[[str], str]) -> str:
    """The notebook's text with `edit` made in the source of each code cell."""
    document = json.loads(notebook.read_text("utf-8"))
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = edit("".join(cell["source"]))
    return json.dumps(document)


def without_solutions(source: str) -> str:
    """As the students get it."""
    return SOLUTION.sub("", source)


def replacing(*changes: tuple[str, str]) -> Callable[[str], str]:
    """An edit that makes these replacements."""

    def edit(source: str) -> str:
        for old, new in changes:
            source = source.replace(old, new)
        return source

    return edit


# assignment: what is handed in besides the instructor's notebook and the students' version
MUTANTS = {
    "hw1": {"mutant": replacing(("np.mean(error * x)", "np.sum(error * x)"), ("np.mean(error)", "np.sum(error)"))},
    "hw2": {"mutant": replacing(("return A.T", "return A"))},
    "hw3": {"mutant": replacing(("return total / m", "return total"))},
}  # fmt: skip
MARKS = {"hw1": "instructor,Q9,mark,0.5,\nmutant,Q9,mark,0.5,\n"}


@dataclass(frozen=True)
class Graded:
    scores: dict[str, dict[str, Any]]
    folder: Path


@pytest.fixture(scope="session")
def graded(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """By assignment: `instructor`, `student` and `mutant`, graded on time."""
    folder = tmp_path_factory.mktemp("made")
    students = ("instructor", "student", "mutant")
    rows = "".join(f"{student},{student}\n" for student in students)
    (folder / "roster.csv").write_text(f"student,name\n{rows}")
    results = {}
    for name, mutants in MUTANTS.items():
        notebook = root / "assignments" / name / f"{name}.ipynb"
        edits = {"instructor": str, "student": without_solutions, **mutants}
        manifest = ["student,file,submitted_at"]
        for student, edit in edits.items():
            text = edited(notebook, edit)
            assert student == "instructor" or text != edited(notebook, str), (name, student)
            (folder / name / student).mkdir(parents=True)
            (folder / name / student / notebook.name).write_text(text, "utf-8")
            manifest.append(f"{student},{student}/{notebook.name},2022-08-01T12:00:00+08:00")
        (folder / name / "manifest.csv").write_text("\n".join(manifest) + "\n")
        if name in MARKS:
            header = "student,question,kind,value,reason\n"
            (folder / name / "decisions.csv").write_text(header + MARKS[name])
        where = ("--submissions", str(folder), "--out", str(folder / "reports"))
        done = grader("grade", name, *where, cwd=root)
        assert done.returncode == 0, done.stderr
        document = json.loads((folder / "reports" / name / "scores.json").read_text("utf-8"))
        scores = {score["student"]: score for score in document["scores"]}
        results[name] = Graded(scores, folder / "reports" / name)
    return results
