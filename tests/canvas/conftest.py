"""A course, a Canvas that it is in, and the command line between them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.canvas.fake import COURSE, TOKEN, Canvas, running
from tests.cli.tiny import ASSIGNMENT, a_course, add_assignment, write_table

DUE = datetime(2026, 2, 3, 9, tzinfo=UTC)
"""17:00 in Singapore."""

IS_SCALE = "GRADER_TEST_SCALE" in os.environ
CLASS = 300 if IS_SCALE else 12
HEADER = ("student", "name", "login", "lms_id", "email", "section")


@dataclass(frozen=True)
class Said:
    """What a command did."""

    status: int
    out: str
    err: str


Say = Callable[..., Said]


def combined(first: Sequence[Any], second: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Every pair at scale; else each at least once."""
    pairs = list(product(first, second))
    if IS_SCALE:
        return pairs
    many = max(len(first), len(second))
    return [(first[k % len(first)], second[k % len(second)]) for k in range(many)]


def number_of(student: str) -> int:
    """Canvas's number of s01 is 4701."""
    return 4700 + int(student[1:])


@pytest.fixture(scope="session")
def students() -> list[str]:
    return [f"s{number:02}" for number in range(1, CLASS + 1)]


@pytest.fixture
def canvas(students: list[str]) -> Iterator[Canvas]:
    """With everybody in it; nobody has handed in."""
    with running(DUE) as canvas:
        for student in students:
            canvas.add(number_of(student), f"Ann{student} Bee", sis=f"u{student}", login=student)
        yield canvas
        assert canvas.token_elsewhere == []


@pytest.fixture
def root(tmp_path: Path, canvas: Canvas, students: list[str]) -> Path:
    """The same course here, with an assignment `hw` that is Canvas's 501."""
    place = f'[canvas]\nurl = "{canvas.url}"\ncourse = {COURSE}\n'
    root = a_course(tmp_path / "course", settings=place)
    people = [(each, f"Ann{each} Bee", each, number_of(each), "", "A") for each in students]
    write_table(root / "roster.csv", [HEADER, *people])
    add_assignment(root, settings=f'{ASSIGNMENT}canvas = "HW 1 (501)"\n')
    return root


@pytest.fixture
def say(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Say]:
    """`say("canvas", "fetch", "hw")`: in this process, with the token; it is nowhere afterwards."""
    from grader.cli import main

    monkeypatch.setenv("CANVAS_TOKEN", TOKEN)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)

    def run(*arguments: str) -> Said:
        monkeypatch.chdir(root)
        monkeypatch.setattr(sys, "argv", ["grader", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        assert TOKEN not in out + err
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, out, err)

    yield run
    for path in root.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes()
