"""A course in use: its configuration, its hand-ins, its people, and where results go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course import (
    Assignment,
    Course,
    DecisionLine,
    find_course,
    load_course,
    parsed,
    read_lines,
    read_roster,
    who_withdrew,
)
from grader.errors import GraderError
from grader.execute import Conditions
from grader.gradebook import Address, gradebook_at, in_force
from grader.gradebook.address import source_of_lines
from grader.gradebook.lines import NEVER_LOWER
from grader.records.submissions import Student
from grader.score import Decision


@dataclass(frozen=True)
class OpenCourse:
    """A course, and where its hand-ins, results and records are."""

    course: Course
    submissions: Path
    results: Path
    evidence: Path
    gradebook: Address
    fingerprints: Path
    roster: Mapping[str, Student]
    withdrawn: frozenset[str] = frozenset()


def open_course(
    start: Path | None, *, submissions: Path | None = None, out: Path | None = None
) -> OpenCourse:
    """Find and read a course.

    Args:
        start: the course's folder; None looks from the current folder upwards.
        submissions: a folder laid out like the course's submissions/.
        out: where results go, one folder an assignment; and records, into `evidence/` in it. With
            hand-ins of one's own, the gradebook and the fingerprints of classes too: what is
            decided of the course's is not theirs, and they are no earlier year of it.

    Raises:
        GraderError: there is no course, or its configuration is wrong.
    """
    course = load_course(start if start is not None else find_course(Path.cwd()))
    hand_ins = submissions if submissions is not None else course.root / "submissions"
    if not hand_ins.is_dir():
        raise GraderError(
            "there is no folder of hand-ins",
            at=str(hand_ins),
            fix="make it, with HW/STUDENT/*.ipynb and HW/manifest.csv, or give --submissions DIR",
        )
    own_roster = hand_ins / "roster.csv"
    people = own_roster if own_roster.is_file() else course.root / "roster.csv"
    elsewhere = out if submissions is not None else None
    return OpenCourse(
        course,
        hand_ins,
        results=out if out is not None else course.root / "reports",
        evidence=(out if out is not None else course.root) / "evidence",
        gradebook=(
            gradebook_at(course.root, course.gradebook)
            if elsewhere is None
            else gradebook_at(elsewhere)
        ),
        fingerprints=(elsewhere or course.root) / "fingerprints",
        roster=read_roster(people),
        withdrawn=who_withdrew(people),
    )


def conditions_of(assignment: Assignment) -> Conditions:
    """What an assignment gives to the code that it runs: data, helper modules, limits."""
    data_root = assignment.folder / "data"
    files = []
    for path in (*assignment.data, *assignment.helpers):
        inside = path.is_relative_to(data_root)
        name = path.relative_to(data_root).as_posix() if inside else path.name
        files.append((name, path.read_bytes()))
    return Conditions(
        assignment.limits, tuple(files), assignment.prelude, preload=assignment.preload
    )


def decisions_of(
    opened: OpenCourse,
    assignment: Assignment,
    students: Sequence[str] = (),
    *,
    lines: Sequence[DecisionLine] | None = None,
) -> tuple[Decision, ...]:
    """What people decided: in the gradebook, and in decisions.csv as it is now.

    Args:
        students: whom a decision can be about; anybody, if there are none.
        lines: of decisions.csv, if they have been read.

    Raises:
        GraderError: one of them can't be followed, or the gradebook can't be read.
    """
    counting = lines_in_force(opened, assignment, students, lines=lines)
    return parsed(counting, assignment, students=students)


def lines_in_force(
    opened: OpenCourse,
    assignment: Assignment,
    students: Sequence[str] = (),
    *,
    lines: Sequence[DecisionLine] | None = None,
) -> list[DecisionLine]:
    """The decisions that count, in people's words, in their order.

    Args:
        students: of whom; of everybody, if there are none.
        lines: of decisions.csv, if they were read already.
    """
    lines = lines_of(opened, assignment) if lines is None else lines
    kept = []
    if opened.gradebook.is_there:
        from grader.gradebook.database import reading
        from grader.gradebook.decisions import kept_decisions

        with reading(opened.gradebook) as connection:
            kept = [] if connection is None else kept_decisions(connection, assignment.id)
    if students:  # who is not here any more has no row: what was decided of them is no slip
        known = set(students)
        kept = [
            each
            for each in kept
            if each.source not in ("", NEVER_LOWER) or each.line.student in known
        ]
    return in_force(kept, lines, source_of_lines(opened.gradebook))


def lines_of(opened: OpenCourse, assignment: Assignment) -> tuple[DecisionLine, ...]:
    """The lines of the assignment's decisions.csv."""
    return read_lines(opened.submissions / assignment.id / "decisions.csv")
