"""A small course in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

COURSE = """
name = "Small"
timezone = "Europe/Berlin"
assignments = ["hw1"]
"""
ASSIGNMENT = """
title = "First"
due = 2026-02-03T17:00:00
notebook = "hw1.ipynb"
"""
POINTS = "\n[points]\nQ1 = 1\nQ9 = 0.5\n"

MakeCourse = Callable[..., Path]


@pytest.fixture
def a_course(tmp_path: Path) -> MakeCourse:
    """`a_course(course="...", assignment="...")`: with these lines added; gives the root."""

    def make(
        *,
        course: str = "",
        assignment: str = "",
        whole_course: str = COURSE,
        whole_assignment: str = ASSIGNMENT,
        points: str = POINTS,
    ) -> Path:
        folder = tmp_path / "assignments" / "hw1"
        (folder / "data").mkdir(parents=True, exist_ok=True)
        (folder / "data" / "table.csv").write_text("a,b\n")
        (tmp_path / "course.toml").write_text(whole_course + course)
        (folder / "assignment.toml").write_text(whole_assignment + assignment + points)
        return tmp_path

    return make
