"""Times for a zip that a person downloaded from Canvas: it has none, and Canvas knows them.

A file in the zip has the number that it has in Canvas, and by that number its attempt is known,
also if the student handed in again since. What has no file (a text, a link) is the latest attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from grader.canvas.answers import Attempt, Submission
from grader.canvas.hand_ins import files_of_several_attempts, owner_of
from grader.canvas.opening import is_configured, open_canvas
from grader.canvas.token import VARIABLE
from grader.collect.lms.canvas import number_in
from grader.collect.lms.delivery import Delivery
from grader.course import Assignment, Course
from grader.errors import GraderError

HISTORY = ("submission_history", "user", "group")
"""To be included in Canvas's list of submissions."""


def dated_by_canvas(
    course: Course, assignment: Assignment, hand_ins: Sequence[Delivery], *, again: str
) -> tuple[list[Delivery], tuple[str, ...], str]:
    """Hand-ins of a zip with the times that Canvas has, if it can be asked.

    Args:
        again: the command that collects them.

    Returns:
        The hand-ins; what to tell the person who collects; and how times can be had else.
    """
    how = _how(course, assignment, again)
    if not is_configured(course):
        return list(hand_ins), (), how
    try:
        submissions = open_canvas(course, assignment).submissions(HISTORY)
    except GraderError as error:
        return list(hand_ins), (f"Canvas gave no times: {error.problem}; {error.fix}",), how
    dated = with_times(hand_ins, submissions)
    number = sum(each.submitted_at is not None for each in dated)
    return dated, (f"the times of {number} hand-ins are Canvas's own, by its API",), how


def with_times(hand_ins: Iterable[Delivery], submissions: Sequence[Submission]) -> list[Delivery]:
    """The hand-ins with their times; in a group's, with all its members as owners."""
    by_file: dict[str, list[tuple[Submission, Attempt]]] = {}
    latest: dict[str, Attempt] = {}
    for submission in submissions:
        for attempt in submission.attempts:
            latest[str(submission.user_id)] = attempt
            for file in attempt.files:
                by_file.setdefault(str(file.id), []).append((submission, attempt))
    again = {str(number) for number in files_of_several_attempts(submissions)}
    return [_dated(each, by_file, latest, again) for each in hand_ins]


def times_of_files(submissions: Iterable[Submission]) -> dict[str, datetime]:
    """When each file was handed in, by its number; of several times the latest, as a zip has it."""
    found: dict[str, datetime] = {}
    for submission in submissions:
        for attempt in submission.attempts:
            for file in attempt.files:
                if attempt.submitted_at is not None:
                    found[str(file.id)] = attempt.submitted_at
    return found


def _dated(
    hand_in: Delivery,
    by_file: Mapping[str, Sequence[tuple[Submission, Attempt]]],
    latest: Mapping[str, Attempt],
    again: set[str],
) -> Delivery:
    numbers = {number for _, name in hand_in.names_in_lms if (number := number_in(name))}
    users = [owner.number for owner in hand_in.owners]
    if not any(users):  # anonymous: who it is, is not to be known
        return replace(hand_in, undated="of an anonymous hand-in Canvas does not say when it was")
    handed = [each for number in numbers for each in by_file.get(number, ())]
    own = [attempt for submission, attempt in handed if str(submission.user_id) in users]
    if not numbers and users[0] in latest:
        own = [latest[users[0]]]
        if own[0].files:  # since then files were handed in
            own = []
    if not own:
        return replace(hand_in, undated="Canvas knows no hand-in with such files")
    attempt = max(own, key=lambda each: each.attempt or 0)
    others = {
        submission.user_id: owner_of(submission)
        for submission, theirs in handed
        if theirs.submitted_at == attempt.submitted_at and str(submission.user_id) not in users
    }
    return replace(
        hand_in,
        owners=(*hand_in.owners, *others.values()),
        submitted_at=attempt.submitted_at,
        undated="",
        attempt=attempt.attempt,
        numbers=frozenset(numbers - again),
    )


def _how(course: Course, assignment: Assignment, again: str) -> str:
    """How to get times where the zip has none, by both ways."""
    number = assignment.canvas_number or "ASSIGNMENT"
    where = f"courses/{course.canvas.course if course.canvas else 'COURSE'}/assignments/{number}"
    host = course.canvas.url if course.canvas else "https://CANVAS"
    missing = []
    if course.canvas is None:
        missing.append("a table [canvas] in course.toml")
    if not assignment.canvas_number:
        missing.append('canvas = "HW 1 (501)" in assignment.toml')
    given = f"{' and '.join(missing)}, and the token" if missing else "the token"
    return (
        f"Canvas has them. Either give {given} in {VARIABLE}\n"
        f"(docs/canvas.md), and collect again: {again}\n"
        f"Or GET {host}/api/v1/{where}/submissions?per_page=100\n"
        "(and its next pages), write user_id, attempt and submitted_at as a CSV with these\n"
        f"columns, and: {again} --times FILE"
    )
