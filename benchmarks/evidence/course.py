"""A course folder with as many hand-ins for hw1 as are wanted."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.evidence.students import cells
from benchmarks.execute.cells import notebook

ROOT = Path(__file__).parent.parent.parent
HOMEWORK = "hw1"
DATA_FILE = ROOT / "assignments" / HOMEWORK / "data" / "weight-height.csv"
DUE = datetime.fromisoformat("2022-08-30T17:00:00+08:00")
SETTINGS = """name = "benchmark"
title = "As many students as are wanted"
timezone = "Asia/Singapore"
assignments = ["hw1"]
"""
STRICTER = ("rtol=1e-3,\n                atol=1e-3,", "rtol=1e-6,\n                atol=1e-6,")
"""In hw1's questions, of x_train and x_test: what a deviation with ddof=1 passes, and does not."""


@dataclass(frozen=True)
class BenchmarkCourse:
    """A course on disk.

    Attributes:
        different: how many notebooks there are; student n hands in what n - different did.
    """

    root: Path
    seed: int
    students: int
    different: int

    @property
    def hand_ins(self) -> Path:
        return self.root / "submissions" / HOMEWORK

    @property
    def pages(self) -> Path:
        return self.root / "reports" / HOMEWORK / "feedback"

    def scores(self) -> dict[str, Any]:
        """Everything that scores.json says of each student."""
        document = json.loads((self.root / "reports" / HOMEWORK / "scores.json").read_bytes())
        return {each["student"]: each for each in document["scores"]}

    def make_stricter(self) -> None:
        """Change tolerances in the questions, as an instructor does after the first look."""
        file = self.root / "assignments" / HOMEWORK / "questions.py"
        before = file.read_text("utf-8")
        assert before.count(STRICTER[0]) == 2
        file.write_text(before.replace(*STRICTER), "utf-8")


def write_course(root: Path, students: int, *, seed: int, different: int = 0) -> BenchmarkCourse:
    """Write the course, with its roster, its manifest and everybody's notebook.

    Args:
        root: made.
        different: how many notebooks; 0 is one for each student. The first of two courses that
            share a seed are the same students.
    """
    shutil.copytree(ROOT / "assignments" / HOMEWORK, root / "assignments" / HOMEWORK)
    shutil.copytree(ROOT / "reference", root / "reference")
    (root / "course.toml").write_text(SETTINGS, "utf-8")
    (root / "course.secret").write_text(sha256(str(seed).encode()).hexdigest() + "\n", "utf-8")
    course = BenchmarkCourse(root, seed, students, different or students)
    names = [f"s{number:05}" for number in range(1, students + 1)]
    _write_table(
        root / "roster.csv",
        ("student", "name"),
        ((name, f"Student {name[1:]}") for name in names),
    )
    _write_table(
        course.hand_ins / "manifest.csv",
        ("student", "file", "submitted_at"),
        ((name, f"{name}/{HOMEWORK}.ipynb", _handed_in(seed, name).isoformat()) for name in names),
    )
    for place, name in enumerate(names):
        (course.hand_ins / name).mkdir()
        text = notebook(cells(seed, place % course.different))
        (course.hand_ins / name / f"{HOMEWORK}.ipynb").write_text(text, "utf-8")
    return course


def _handed_in(seed: int, student: str) -> datetime:
    """Most are on time; some are days late."""
    hours = Random(f"{seed}-{student}").expovariate(1 / 20)
    return (DUE + timedelta(hours=hours - 48)).replace(microsecond=0)


def _write_table(file: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])
