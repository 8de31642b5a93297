"""What `grade` left of an assignment, as results for the final mark."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from grader.course import Assignment, load_assignment
from grader.course.weights import Component
from grader.final.column import Column, named, not_due, some
from grader.final.result import Result, State
from grader.opened import OpenCourse, decisions_of
from grader.records.scores import PROVISIONAL, Score
from grader.records.submissions import Student
from grader.report import read_scores_json
from grader.score import Decision
from grader.score.decisions import Decided

CAUSES = {"no-time": "no hand-in time", "internal-error": "a failure of the grader"}
"""Flags that say why a score needs a person."""


def of_assignment(opened: OpenCourse, component: Component, now: datetime) -> Column:
    """What `grade` left of an assignment, or that it left nothing yet.

    Raises:
        GraderError: the assignment, its decisions or its scores can't be read.
    """
    folder = opened.course.root / "assignments" / component.id
    if not (folder / "assignment.toml").is_file():  # listed, and not out yet
        empty = Result(component, "not_due", None)
        return Column(dict.fromkeys(opened.roster, empty), "not out yet")
    assignment = load_assignment(opened.course, component.id)
    file = opened.results / assignment.id / "scores.json"
    hand_ins = opened.submissions / assignment.id
    scores = read_scores_json(file)[1] if file.is_file() else []
    results = _results(
        component, assignment, scores, opened.roster, decisions_of(opened, assignment), now
    )
    notes = []
    standing = ""
    if not scores:
        standing = "not graded yet"
        if now <= assignment.due:
            standing = not_due(assignment.due)
        elif hand_ins.is_dir():
            notes.append(f"{component.id} has hand-ins and no scores: grader grade {component.id}")
        return Column(results, standing, tuple(notes))
    if now <= assignment.due:
        standing = not_due(assignment.due)
    if _is_older(file, hand_ins):
        notes.append(
            f"{component.id}: something in {named(opened, hand_ins)} is newer than its scores: "
            f"grader grade {component.id}"
        )
    graded = {each.student for each in scores}
    new = [id for id in opened.roster if id not in graded and id not in opened.withdrawn]
    if new:
        notes.append(
            f"{component.id} was graded before {some(new)} came: grader grade {component.id}"
        )
    strangers = [each.student for each in scores if each.student not in opened.roster]
    if strangers:
        notes.append(
            f"{component.id} has scores of {some(strangers)}, not on the roster: they have no total"
        )
    return Column(results, standing, tuple(notes))


def _results(
    component: Component,
    assignment: Assignment,
    scores: Sequence[Score],
    students: Mapping[str, Student],
    decisions: Sequence[Decision],
    now: datetime,
) -> dict[str, Result]:
    """A result for each student.

    Until a student's own deadline the assignment is not due, whatever has been graded before it:
    it may be handed in again.
    """
    by_student = {each.student: each for each in scores}
    decided: dict[str, list[Decision]] = {}
    for decision in decisions:
        decided.setdefault(decision.student, []).append(decision)
    results = {}
    for student in students:
        own = Decided.of(student, decided.get(student, ()))
        score = by_student.get(student)
        if score is None and own.excuse is not None:
            results[student] = Result(component, "excused", assignment.maximum)
            continue
        is_due = now > own.deadline(assignment.due)
        results[student] = _result(component, assignment.maximum, score, is_due=is_due)
    return results


def _result(component: Component, maximum: Decimal, score: Score | None, *, is_due: bool) -> Result:
    if score is not None and score.status == "excused":
        return Result(component, "excused", maximum)
    if not is_due:
        return Result(component, "not_due", maximum)
    if score is None:
        return Result(component, "not_marked", maximum)
    doubt = _why_not_final(score)
    if score.score is None:
        return Result(component, "not_marked", maximum, doubt=doubt)
    # what a person gave to who handed nothing in is a mark
    state: State = "missing" if score.status == "missing" and not score.score else "marked"
    flags = ("misconduct",) if "misconduct" in score.flags else ()
    return Result(component, state, score.maximum, score.score, doubt=doubt, flags=flags)


def _why_not_final(score: Score) -> str:
    """What is still open about a score, in words; "" if nothing is."""
    said = []
    if score.status in PROVISIONAL:
        causes = [words for flag, words in CAUSES.items() if flag in score.flags]
        said.append(causes[0] if causes else score.status.replace("_", " "))
    pending = [flag.removeprefix("pending:") for flag in score.flags if flag.startswith("pending:")]
    if pending:
        said.append(f"{', '.join(pending)} without a mark")
    return "; ".join(said)


def _is_older(scores: Path, hand_ins: Path) -> bool:
    """Whether anything was put into the folder of hand-ins since the scores were written.

    By the times of files: a copy of a course may have newer ones than it deserves.
    """
    return _newest(hand_ins) > scores.stat().st_mtime_ns


def _newest(folder: Path) -> int:
    """When something in the folder was last changed, in nanoseconds; 0 if there is nothing."""
    newest = 0
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    newest = max(newest, entry.stat(follow_symlinks=False).st_mtime_ns)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:  # gone while we look, or not ours to read: `grade` says so
            continue
    return newest
