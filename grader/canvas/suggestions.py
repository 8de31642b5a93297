"""What Canvas says of excuses and deadlines, and we don't: as commands, for a person to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from shlex import quote

from grader.canvas.answers import InCanvas, Override, Submission
from grader.course import Assignment

ALIKE = timedelta(minutes=1)
"""Due at 17:00 and at 16:59:59 is the same to people, and to the minute of grace."""


@dataclass(frozen=True)
class Suggestion:
    """A command that would make it so here, too; "" if there is none. `why`: what Canvas says."""

    students: tuple[str, ...]
    command: str
    why: str


def suggestions_of(
    assignment: Assignment,
    there: InCanvas,
    submissions: Iterable[Submission],
    overrides: Sequence[Override],
    *,
    student_of: Callable[[Submission], str | None],
    excused: frozenset[str],
    due: Mapping[str, datetime],
) -> list[Suggestion]:
    """What differs.

    Args:
        student_of: whose a submission is; None if nobody's.
        excused: whom we have excused.
        due: deadlines here of those who have one of their own.
    """
    to_excuse: list[str] = []
    to_extend: dict[datetime, list[str]] = {}
    earlier: dict[datetime, list[str]] = {}
    by_user, by_group = _overridden(overrides)
    for submission in submissions:
        student = student_of(submission)
        if student is None:
            continue
        if submission.excused and student not in excused:
            to_excuse.append(student)
        theirs = (
            submission.cached_due_date
            or by_user.get(submission.user_id)
            or by_group.get(submission.group_id or 0)
        )
        if theirs is None or theirs == there.due_at:
            continue
        ours = due.get(student, assignment.due)
        theirs = theirs.astimezone(assignment.due.tzinfo)
        if theirs - ours >= ALIKE:
            to_extend.setdefault(theirs, []).append(student)
        elif ours - theirs >= ALIKE:
            earlier.setdefault(theirs, []).append(student)
    found = []
    if to_excuse:
        why = "excused in Canvas"
        found.append(
            Suggestion(tuple(to_excuse), _command("excuse", assignment, to_excuse, why), why)
        )
    for time, students in sorted(to_extend.items()):
        why = f"due {time:%Y-%m-%d %H:%M} in Canvas"
        until = f" --until {time:%Y-%m-%dT%H:%M:%S}"
        command = _command("extend", assignment, students, why, until)
        found.append(Suggestion(tuple(students), command, why))
    for time, students in sorted(earlier.items()):
        why = f"due {time:%Y-%m-%d %H:%M} in Canvas, which is earlier than here"
        found.append(Suggestion(tuple(students), "", why))
    return found


def differing_deadline(assignment: Assignment, there: InCanvas) -> str:
    """That everybody's deadline is another in Canvas, in words; "" if it is not."""
    if there.due_at is None or abs(there.due_at - assignment.due) < ALIKE:
        return ""
    theirs = there.due_at.astimezone(assignment.due.tzinfo)
    return (
        f"in Canvas it is due {theirs:%Y-%m-%d %H:%M}, and here {assignment.due:%Y-%m-%d %H:%M}: "
        "what is late is decided by assignment.toml"
    )


def _command(
    what: str, assignment: Assignment, students: Sequence[str], why: str, more: str = ""
) -> str:
    who = " ".join(map(quote, students))
    return f"grader {what} {assignment.id} {who}{more} --reason {quote(why)}"


def _overridden(overrides: Iterable[Override]) -> tuple[dict[int, datetime], dict[int, datetime]]:
    """Due dates by user and by group: for a Canvas that does not say each student's own."""
    by_user: dict[int, datetime] = {}
    by_group: dict[int, datetime] = {}
    for each in overrides:
        if each.due_at is None:
            continue
        for user in each.student_ids or ():
            by_user[user] = each.due_at
        if each.group_id is not None:
            by_group[each.group_id] = each.due_at
    return by_user, by_group
