"""All that grading an assignment needs, read and checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.collect import collect_folder
from grader.course import (
    Assignment,
    Course,
    DecisionLine,
    course_secret,
    fingerprint,
    load_assignment,
)
from grader.errors import GraderError
from grader.execute import Conditions, conditions_key, probe_keys
from grader.opened import OpenCourse, conditions_of, decisions_of, lines_of
from grader.questions import Plan, Question, Written, load_questions, plan
from grader.records.submissions import Submission
from grader.score import Decision, QuestionPoints
from grader.slip_days import slip_days_of
from grader.store.plans import plan_bytes, plan_key


@dataclass(frozen=True, eq=False)
class Prepared:
    """An assignment, ready to be graded.

    Attributes:
        submissions: all attempts of everybody, in order.
        lines: those of decisions.csv, which are among the decisions.
        everybody: the roster in its order, then those that it does not know.
        slip_days: how many a student has left.
        results: the folder for scores and pages.
        records: the folder for evidence and receipts.
    """

    opened: OpenCourse
    assignment: Assignment
    questions: tuple[Question, ...]
    planned: Plan
    conditions: Conditions
    submissions: tuple[Submission, ...]
    everybody: tuple[str, ...]
    decisions: tuple[Decision, ...]
    lines: tuple[DecisionLine, ...]
    slip_days: Callable[[str], int]
    results: Path
    records: Path

    @property
    def title(self) -> str:
        return f"{self.assignment.id}: {self.assignment.title}"

    @property
    def points(self) -> tuple[QuestionPoints, ...]:
        worth = self.assignment.points
        return tuple(QuestionPoints(each.id, each.title, worth[each.id]) for each in self.questions)

    @cached_property
    def plan_record(self) -> bytes:
        """The plan as it is kept."""
        return plan_bytes(self.planned.probes, self.planned.answer_key, self.probe_keys)

    @cached_property
    def plan_key(self) -> str:
        return plan_key(self.plan_record)

    @cached_property
    def probe_keys(self) -> Mapping[str, str]:
        return probe_keys(self.planned.probes)

    @cached_property
    def conditions_key(self) -> str:
        return conditions_key(self.conditions)


def prepare(opened: OpenCourse, assignment_id: str) -> Prepared:
    """Read and check everything.

    Raises:
        GraderError: the configuration is wrong. Nothing has run then.
    """
    course = opened.course
    assignment = load_assignment(course, assignment_id)
    questions = questions_of(course, assignment)
    submissions = collect_folder(opened.submissions / assignment.id, assignment.notebook.name)
    strangers = sorted({each.student for each in submissions})
    there = [student for student in opened.roster if student not in opened.withdrawn]
    known = set(opened.roster)
    gone = [student for student in strangers if student in opened.withdrawn]
    strangers = [student for student in strangers if student not in known]
    everybody = (*there, *gone, *strangers)
    lines = lines_of(opened, assignment)
    decisions = decisions_of(opened, assignment, everybody, lines=lines)
    refuse_silent_marks(decisions, questions)
    _refuse_broken_prelude(assignment)
    secret = course_secret(course.root)
    return Prepared(
        opened=opened,
        assignment=assignment,
        questions=questions,
        decisions=decisions,
        lines=lines,
        slip_days=slip_days_of(opened, assignment),
        planned=planned_for(assignment, questions, secret),
        conditions=conditions_of(assignment),
        submissions=tuple(submissions),
        everybody=everybody,
        results=opened.results / assignment.id,
        records=opened.evidence / assignment.id,
    )


def planned_for(assignment: Assignment, questions: Sequence[Question], secret: str) -> Plan:
    """What is asked and expected with this secret.

    Raises:
        GraderError: a reference raises, say; it names the file and the question.
    """
    try:
        return plan(assignment.id, questions, secret.encode(), fingerprint=fingerprint(secret))
    except GraderError as error:  # it knows the question, and not the file
        at = f"{assignment.questions_file}, {error.at}"
        raise GraderError(error.problem, at=at, fix=error.fix) from error


def refuse_silent_marks(decisions: Sequence[Decision], questions: Sequence[Question]) -> None:
    """Refuse a mark without a reason that stands against what was found in the code."""
    written = {
        question.id
        for question in questions
        if any(isinstance(check, Written) for check in question.checks)
    }
    for decision in decisions:
        if decision.kind == "mark" and decision.question not in written and not decision.reason:
            raise GraderError(
                f"a mark without a reason for {decision.question}, which is no written answer",
                at=f"{decision.at}, column reason",
                fix=f"say in a few words why: {decision.student} will read it",
            )


def _refuse_broken_prelude(assignment: Assignment) -> None:
    """Refuse a prelude that is no Python; one with magics is for the shell to read."""
    lines = assignment.prelude.splitlines()
    if any(line.lstrip().startswith(("%", "!")) for line in lines):
        return
    try:
        compile(assignment.prelude, "prelude", "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise GraderError(
            f"the prelude is no Python: {getattr(error, 'msg', error)}"
            + (f", in its line {line}" if line else ""),
            at=f"{assignment.folder / 'assignment.toml'}, key prelude",
            fix="mend it: all notebooks would run without it",
        ) from error


def questions_of(course: Course, assignment: Assignment) -> tuple[Question, ...]:
    """An assignment's questions.

    Raises:
        GraderError: they can't be read, or they and the table of points don't belong together.
    """
    questions = load_questions(assignment.questions_file, course.root)
    ids = [question.id for question in questions]
    settings = assignment.folder / "assignment.toml"
    for name in ids:
        if name not in assignment.points:
            raise GraderError(
                f"the question {name} has no points",
                at=f"{settings}, table [points]",
                fix=f"add {name} = 1, say",
            )
    for name in assignment.points:
        if name not in ids:
            raise GraderError(
                f"there are points for {name}, which is no question",
                at=f"{settings}, table [points]",
                fix=f"the questions are {', '.join(ids)}",
            )
    return questions
