"""The final marks of a course: read all that they are made of, and weigh it.

scores.json, CSVs of marks, groups, adjustments  ->  a `Result` of each student in each
component  ->  a `Total` of each student
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from grader.course.weights import FinalPolicy
from grader.errors import GraderError
from grader.final.elsewhere import of_marks
from grader.final.explain import explanation
from grader.final.graded import of_assignment
from grader.final.result import Result
from grader.final.weigh import Total, weigh
from grader.opened import OpenCourse
from grader.records.submissions import Student

MOST_NAMED = 10


@dataclass(frozen=True)
class StudentTotal:
    """One student's final mark; `results` are in the order of the components."""

    student: Student
    results: tuple[Result, ...]
    total: Total
    explanation: str

    @property
    def is_open(self) -> bool:
        """Whether something is left."""
        return any(each.is_open for each in self.results)

    @property
    def flags(self) -> tuple[str, ...]:
        """What is to be known of it, as `kind:component`."""
        found = []
        for each in self.results:
            kinds = ["provisional"] * bool(each.doubt)
            kinds += [each.state] * (each.state in ("missing", "excused"))
            found += [f"{kind}:{each.component.id}" for kind in (*kinds, *each.flags)]
        return tuple(found)

    @property
    def doubts(self) -> str:
        """What may change still: `hw1: no hand-in time`; "" if nothing may."""
        return "; ".join(f"{e.component.id}: {e.doubt}" for e in self.results if e.doubt)


@dataclass(frozen=True)
class FinalMarks:
    """The final marks of a course as they stand.

    Attributes:
        standing: of each component, by id, why nobody has a mark in it; "" if somebody has.
        students: in the order of the roster, without those who withdrew.
        notes: what to look at before anybody relies on it.
    """

    title: str
    policy: FinalPolicy
    standing: Mapping[str, str]
    students: tuple[StudentTotal, ...]
    withdrawn: tuple[StudentTotal, ...]
    notes: tuple[str, ...]
    generated_at: datetime

    @property
    def is_final(self) -> bool:
        """Whether nothing is left and nothing may change."""
        return not any(each.is_open or each.doubts for each in self.students)


def final_marks(opened: OpenCourse, now: datetime) -> FinalMarks:
    """Everybody's final mark as it stands `now`.

    Raises:
        GraderError: the course does not say how it is made, or a file of marks can't be right.
    """
    policy = opened.course.final
    if policy is None:
        raise GraderError(
            "the course does not say what its final mark is made of",
            at=str(opened.course.root / "course.toml"),
            fix="add a table [final], such as docs/lecturer.md shows",
        )
    now = now.astimezone(opened.course.timezone)
    notes: list[str] = []
    standing: dict[str, str] = {}
    columns: list[Mapping[str, Result]] = []
    for component in policy.components:
        made = (
            of_assignment(opened, component, now)
            if component.marks is None
            else of_marks(opened, component, component.marks, now)
        )
        columns.append(made.results)
        standing[component.id] = made.standing
        notes += made.notes
    ids = {each.id for each in policy.components}
    notes += [
        f"{name} is an assignment of the course, and no component of the final mark"
        for name in opened.course.assignments
        if name not in ids
    ]
    totals = [
        _total(student, [column[student.id] for column in columns], policy)
        for student in opened.roster.values()
    ]
    return FinalMarks(
        title=f"{opened.course.name}: {opened.course.title}"
        if opened.course.title != opened.course.name
        else opened.course.name,
        policy=policy,
        standing=standing,
        students=tuple(each for each in totals if each.student.id not in opened.withdrawn),
        withdrawn=tuple(each for each in totals if each.student.id in opened.withdrawn),
        notes=tuple(notes),
        generated_at=now.replace(microsecond=0),
    )


def student_of(final: FinalMarks, student: str) -> StudentTotal:
    """The student of this id.

    Raises:
        GraderError: there is none in the course.
    """
    for each in final.students:
        if each.student.id == student:
            return each
    if any(each.student.id == student for each in final.withdrawn):
        raise GraderError(
            f"{student} withdrew, and has no total",
            at="roster.csv, column withdrawn",
            fix="if that is wrong, empty the cell",
        )
    near = get_close_matches(student, [each.student.id for each in final.students], n=1)
    raise GraderError(
        f"there is no student {student!r}" + (f"; did you mean {near[0]}?" if near else ""),
        fix="give an id of the roster",
    )


def refuse_provisional(totals: Sequence[StudentTotal]) -> None:
    """Do nothing if no mark waits for a person.

    Raises:
        GraderError: names who has one that does, and why.
    """
    open_ones = [each for each in totals if each.doubts]
    if not open_ones:
        return
    named = ", ".join(f"{each.student.id} ({each.doubts})" for each in open_ones[:MOST_NAMED])
    more = f" and {len(open_ones) - MOST_NAMED} more" if len(open_ones) > MOST_NAMED else ""
    verb = "rests" if len(open_ones) == 1 else "rest"
    raise GraderError(
        f"{len(open_ones)} of {len(totals)} {verb} on scores that are not final: {named}{more}",
        fix="decide them (decisions.csv; a hand-in time: manifest.csv) and grade again, or see how "
        "it stands with --provisional",
    )


def _total(student: Student, results: Sequence[Result], policy: FinalPolicy) -> StudentTotal:
    total = weigh(results, policy)
    return StudentTotal(student, tuple(results), total, explanation(results, total, policy))
