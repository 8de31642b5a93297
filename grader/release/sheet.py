"""What students may know of an assignment, taken from what its author declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, timedelta
from decimal import Decimal

from grader.check.sheet import Allowed, LateStep, PublicCheck, PublicQuestion, Sheet
from grader.course import Assignment, Course
from grader.opened import conditions_of
from grader.questions import (
    Check,
    Expression,
    Figure,
    ObjectiveAt,
    Property,
    Question,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
    name_of,
    plan,
)
from grader.records.answer_key import CheckKey
from grader.score.policy import late_factor

MOST_DAYS = 30
"""Of the late policy, where it has no cut-off."""


def sheet_of(course: Course, assignment: Assignment, questions: Sequence[Question]) -> Sheet:
    """The public part of an assignment: nothing else of it may reach a student.

    Raises:
        GraderError: a reference raises on a public case.
    """
    planned = plan(assignment.id, questions, None)
    keys = {each.id: iter(each.checks) for each in planned.answer_key.questions}
    conditions = conditions_of(assignment)
    limits = assignment.limits
    return Sheet(
        course=course.name,
        assignment=assignment.id,
        title=assignment.title,
        notebook=assignment.notebook.name,
        questions=tuple(
            PublicQuestion(
                question.id,
                question.title,
                assignment.points[question.id],
                tuple(_public(check, keys[question.id]) for check in question.checks),
            )
            for question in questions
        ),
        probes=planned.probes,
        files=tuple(name for name, _ in conditions.files),
        prelude=assignment.prelude,
        seed=conditions.seed,
        allowed=Allowed(
            limits.cell_seconds, limits.total_seconds, limits.probe_seconds, limits.result_bytes
        ),
        late=tuple(_late_steps(assignment)),
        late_is_simple=assignment.late.base == "earned",
    )


def _public(check: Check, keys: Iterator[CheckKey]) -> PublicCheck:
    """A check without what students must not know.

    Args:
        keys: of the question's checks that the plan for students has, in order.
    """
    name, weight = name_of(check), Decimal(str(check.weight))
    if isinstance(check, Expression):
        return PublicCheck(name, "typed", (check.name,), variable=check.variable, weight=weight)
    if isinstance(check, (Variable, ObjectiveAt)):
        return PublicCheck(name, "read", (check.name,), weight=weight)
    if isinstance(check, Trained):
        return PublicCheck(name, "read", tuple(check.names), weight=weight)
    if isinstance(check, Vectorised):
        return PublicCheck(name, "vectorised", weight=weight)
    if isinstance(check, Written):
        next(keys)
        return PublicCheck(name, "written", weight=weight)
    if isinstance(check, Figure):
        return PublicCheck(name, "judged", key=next(keys), weight=weight)
    assert isinstance(check, (Returns, Within, Property))
    public = [case.public for case in check.cases]
    if not any(public):
        return PublicCheck(name, "hidden", weight=weight, has_hidden=True)
    return PublicCheck(name, "judged", key=next(keys), weight=weight, has_hidden=not all(public))


def _late_steps(assignment: Assignment) -> Iterator[LateStep]:
    """From the deadline on, the instants at which a late day starts: in UTC, so that no computer
    needs to know the course's zone."""
    policy, due = assignment.late, assignment.due
    days = MOST_DAYS if policy.cutoff_days is None else policy.cutoff_days
    for day in range(days + 1):
        # wall-clock days in the zone of `due`, as `days_late` counts them
        until = due + policy.grace + timedelta(days=day)
        yield LateStep(until.astimezone(UTC).isoformat(), late_factor(policy, day))
