"""`canvas fetch`: from Canvas itself to `submissions/HW/`, by the way that a download goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.canvas import (
    CanvasError,
    Suggestion,
    hand_ins_of,
    open_canvas,
    suggestions_of,
    times_of_files,
)
from grader.canvas.answers import InCanvas, Override, Submission
from grader.canvas.dating import HISTORY
from grader.canvas.hand_ins import owner_of
from grader.canvas.suggestions import differing_deadline
from grader.collect.lms.owners import Roster
from grader.collect.lms.times import read_labels
from grader.collecting import Advance, Collected, give_times, take_in
from grader.course import Assignment, load_assignment
from grader.opened import OpenCourse, decisions_of
from grader.score import Decided, Decision

if TYPE_CHECKING:
    from grader.canvas.connection import Connection


@dataclass(frozen=True)
class Fetched:
    """What has become of what Canvas has.

    Attributes:
        suggestions: what Canvas says of excuses and deadlines; nothing of it is applied.
        files, size: of what would be downloaded, and how many bytes; in a dry run alone.
    """

    collected: Collected
    suggestions: tuple[Suggestion, ...]
    notes: tuple[str, ...]
    files: int = 0
    size: int = 0


def fetch(
    course: OpenCourse,
    assignment_id: str,
    *,
    labels: Path | None = None,
    times_only: bool = False,
    is_dry: bool = False,
    advance: Advance = lambda done, total, who, failed: None,
) -> Fetched:
    """Take all attempts in that Canvas has, with their times. What is there is not fetched again.

    Args:
        labels: a CSV that says whose a hand-in is that nobody could be found for.
        times_only: download nothing: give times to what was collected from a zip without.
        is_dry: say what would be fetched, and fetch nothing.
        advance: as for `collect`.

    Raises:
        GraderError: Canvas can't be asked, or not any more. What was fetched is kept.
    """
    assignment = load_assignment(course.course, assignment_id)
    roster = Roster.of(course.roster)
    whose = read_labels(labels, roster) if labels is not None else {}
    canvas = open_canvas(course.course, assignment)
    there = canvas.assignment()
    submissions = canvas.submissions(HISTORY)
    suggestions, notes = _suggestions(course, assignment, roster, canvas, there, submissions)
    hand_ins = []
    if times_only:
        done = give_times(course, assignment, times_of_files(submissions), is_dry=is_dry)
    else:
        hand_ins = hand_ins_of(submissions, assignment.notebook.name, canvas)
        done = take_in(
            course,
            assignment,
            "canvas",
            hand_ins,
            roster=roster,
            whose=whose,
            is_dry=is_dry,
            advance=advance,
        )
    new = {each.label for each in done.filed if each.what == "new"} if is_dry else set()
    wanted = [file for each in hand_ins if each.label in new for file in each.files]
    return Fetched(
        done,
        tuple(suggestions),
        tuple(notes),
        files=len(wanted),
        size=sum(file.size for file in wanted),
    )


def _suggestions(
    course: OpenCourse,
    assignment: Assignment,
    roster: Roster,
    canvas: Connection,
    there: InCanvas,
    submissions: list[Submission],
) -> tuple[list[Suggestion], list[str]]:
    """What Canvas says of excuses and deadlines, and notes for the person at the terminal."""
    decisions: dict[str, list[Decision]] = {}
    for each in decisions_of(course, assignment):
        decisions.setdefault(each.student, []).append(each)
    decided = {student: Decided.of(student, theirs) for student, theirs in decisions.items()}
    notes = list(filter(None, [differing_deadline(assignment, there)]))
    overrides: list[Override] = []
    if any(each.cached_due_date is None for each in submissions):
        try:
            overrides = canvas.overrides()
        except CanvasError as error:
            notes.append(f"due dates of single students are not known: {error.problem}")
    suggestions = suggestions_of(
        assignment,
        there,
        submissions,
        overrides,
        student_of=lambda submission: roster.student_of(owner_of(submission)),
        excused=frozenset(who for who, what in decided.items() if what.excuse is not None),
        due={who: what.deadline(assignment.due) for who, what in decided.items()},
    )
    return suggestions, notes
