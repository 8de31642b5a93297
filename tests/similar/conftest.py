"""A class of forty, four of whom hand in another's work in disguise."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.similar.copies import classroom
from benchmarks.similar.course import write_course

# who shares work in this class, by what the copier did to hide it
RENAMED, REORDERED, REWRITTEN, HALF = ("s17", "s30"), ("s23", "s29"), ("s10", "s28"), ("s26", "s35")

HOSTILE = "</pre></mark><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"
"""In the answers of two."""


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course; not to be written to."""
    solutions = {f"s{n:02}": s for n, s in enumerate(classroom("tests", 40, copies=4).solutions)}
    for each in REWRITTEN:
        solutions[each] = replace(solutions[each], answer=f"{solutions[each].answer}\n{HOSTILE}")
    root = tmp_path_factory.mktemp("similar") / "course"
    write_course(root, solutions)
    return root


@pytest.fixture
def course(room: Path, tmp_path: Path) -> Callable[[], Path]:
    """A copy of it, to be written to."""

    def copied() -> Path:
        return Path(shutil.copytree(room, tmp_path / "course"))

    return copied
