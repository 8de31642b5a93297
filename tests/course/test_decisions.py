"""decisions.csv."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grader.course import Assignment, load_assignment, load_course, read_decisions
from grader.errors import GraderError
from grader.score import Decision

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def assignment(a_course: Callable[..., Path]) -> Assignment:
    """Due 2026-02-03 17:00 in Berlin; Q1 is worth 1, Q9 0.5."""
    return load_assignment(load_course(a_course()), "hw1")


def read(assignment: Assignment, *lines: str, **more: Any) -> tuple[Decision, ...]:
    file = assignment.folder / "decisions.csv"
    file.write_text("\n".join(["student,question,kind,value,reason", *lines]) + "\n")
    return read_decisions(file, assignment, **more)


def test_no_file_is_no_decisions(assignment: Assignment, tmp_path: Path):
    assert read_decisions(tmp_path / "decisions.csv", assignment) == ()


def test_each_line_is_a_decision_with_its_place(assignment: Assignment):
    mark, excuse = read(assignment, 'A1,Q9,mark,0.5,"clear, short"', "B2,,Excuse,,ill")
    assert (mark.student, mark.question, mark.kind, mark.value) == (
        "A1",
        "Q9",
        "mark",
        Decimal("0.5"),
    )
    assert mark.reason == "clear, short"
    assert mark.at.endswith("decisions.csv, line 2")
    assert (excuse.kind, excuse.value) == ("excuse", None)


def test_a_number_may_have_a_decimal_comma(assignment: Assignment):
    (mark,) = read(assignment, 'A1,Q9,mark,"0,5",')
    assert mark.value == Decimal("0.5")
    with pytest.raises(GraderError, match="'0,500' is not a number of points"):
        read(assignment, 'A1,Q9,mark,"0,500",')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("+2d", timedelta(days=2)),
        ("2 days", timedelta(days=2)),
        ("1 day", timedelta(days=1)),
        ("2026-02-05T17:00", datetime(2026, 2, 5, 17, tzinfo=BERLIN)),
        ("2026-02-05 17:00:00", datetime(2026, 2, 5, 17, tzinfo=BERLIN)),
        ("2026-02-05T16:00Z", datetime(2026, 2, 5, 17, tzinfo=BERLIN)),
    ],
)
def test_an_extension_is_a_new_deadline_or_how_much_longer(
    assignment: Assignment, text: str, value: Any
):
    (extension,) = read(assignment, f"A1,,extension,{text},ill")
    assert extension.value == value


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("A1,Q9,marks,0.5,", "kind", "there is no kind of decision 'marks'"),
        ("A1,Q9,mark,half,", "value", "'half' is not a number of points"),
        ("A1,Q9,mark,inf,", "value", "'inf' is not a number of points"),
        ("A1,Q9,mark,0.6,", "", r"0\.6 is not between 0 and 0\.5"),
        ("A1,Q7,mark,0.5,", "", "there is no question 'Q7'"),
        ("A1,,override,1,", "reason", "an override without a reason"),
        ("A1,,override,1.6,", "", r"1\.6 is not between 0 and 1\.5"),
        ("A1,,excuse,no,", "value", "an excuse has no value"),
        ("A1,,extension,soon,", "value", "no date with a time of day"),
        ("A1,,extension,2026-02-05,", "value", "no date with a time of day"),
        ("A1,,extension,2026-02-01T17:00,", "value", "is before the deadline"),
        ("A1,,extension,2026-03-29T02:30,", "value", "does not exist in Europe/Berlin"),
        ("A1,,extension,-2d,", "value", "no date with a time of day"),
        (",,excuse,,", "student", "there is no student ''"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(
    assignment: Assignment, line: str, column: str, problem: str
):
    with pytest.raises(GraderError, match=problem) as refused:
        read(assignment, "B2,,excuse,,", line)
    place = "decisions.csv, line 3" + (f", column {column}" if column else "")
    assert refused.value.at.endswith(place)


def test_a_decision_about_nobody_is_refused_with_the_nearest(assignment: Assignment):
    with pytest.raises(GraderError, match="did you mean A0123"):
        read(assignment, "A0132,,excuse,,", students=["A0123", "B0456"])
