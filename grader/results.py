"""The results of an assignment on disk, `reports/HW/`: those that are there, and the new ones."""

from __future__ import annotations

import json
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.course import Assignment
from grader.errors import GraderError
from grader.execute import read_notebook
from grader.questions import Question
from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report import read_scores_json, write_report
from grader.report.files import page_name, write_whole

FAILURES = "failures.log"
"""Tracebacks of our own failures."""


def make_folder(folder: Path, *, afresh: bool) -> None:
    """Make it, and try it: before an hour of running, not after.

    Args:
        afresh: whether everybody is graded, so that earlier failures are of no interest.

    Raises:
        GraderError: nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        if afresh:
            (folder / FAILURES).unlink(missing_ok=True)
    except OSError as error:
        raise GraderError(
            f"the results can't be written: {error.strerror}",
            at=str(folder),
            fix="make a folder of it that you may write to, or name another with --out DIR",
        ) from error


def executed_path(folder: Path, submission: Submission) -> Path:
    stem = page_name(submission.student).removesuffix(".html")
    return folder / "executed" / f"{stem}-{submission.attempt}.ipynb"


def keep_executed(notebook: Any, path: Path) -> None:
    """The executed notebook on disk: pages are made from it, one at a time, and TAs open it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(notebook, ensure_ascii=True, indent=1) + "\n")


def keep_traceback(error: Exception, folder: Path, submission: Submission) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(traceback.format_exception(error))
    with (folder / FAILURES).open("a", encoding="utf-8") as log:
        log.write(f"{submission.student}, attempt {submission.attempt}\n{text}\n")


def scores_before(folder: Path, assignment: Assignment) -> list[Score]:
    """The scores on disk, beside which some new ones are to stand.

    Raises:
        GraderError: they follow other rules than today's. A file holds scores of one policy.
    """
    file = folder / "scores.json"
    if not file.is_file():
        return []
    head, before = read_scores_json(file)
    points = dict(assignment.points)
    worth = [{each.id: each.points for each in score.questions} for score in before]
    differs = [
        what
        for what, same in (
            ("the late policy", head["policy"] == _policy_record(assignment)),
            ("the points of the questions", all(each == points for each in worth if each)),
        )
        if not same
    ]
    if differs:
        raise GraderError(
            f"{' and '.join(differs)} changed since the others were graded",
            at=str(file),
            fix=f"grade everybody again: grader grade {assignment.id}, without --student",
        )
    return before


def with_the_others(scores: Sequence[Score], before: Sequence[Score]) -> list[Score]:
    """These scores in the place of their earlier ones; everybody else's as they were."""
    new = {each.student: each for each in scores}
    kept = [new.pop(each.student, each) for each in before]
    return [*kept, *new.values()]


def write_results(
    folder: Path,
    assignment: Assignment,
    questions: Sequence[Question],
    scores: Sequence[Score],
    submissions: Sequence[Submission],
    problems: Mapping[str, str],
    *,
    only: Sequence[str] = (),
) -> list[str]:
    """Write the results. Pages of others than `only` stay: their scores came from scores.json,
    which has less than a page shows."""
    by_attempt = {(each.student, each.attempt): each for each in submissions}

    def submission_of(score: Score) -> Submission | None:
        return by_attempt.get((score.student, score.attempt or 0))

    def notebook_of(score: Score) -> Any:
        submission = submission_of(score)
        if submission is None:
            return None
        path = executed_path(folder, submission)
        return read_notebook(path) if path.is_file() else None

    return write_report(
        folder,
        assignment_id=assignment.id,
        title=f"{assignment.id}: {assignment.title}",
        policy=_policy_record(assignment),
        question_ids=[question.id for question in questions],
        scores=scores,
        due=assignment.due,
        generated_at=datetime.now(assignment.due.tzinfo).replace(microsecond=0),
        submission_of=submission_of,
        problems=problems,
        notebook_of=notebook_of,
        only=only,
    )


def _policy_record(assignment: Assignment) -> dict[str, Any]:
    """The late policy as scores.json keeps it."""
    policy = assignment.late
    return {
        "due": assignment.due.isoformat(),
        "rate": str(policy.rate),
        "mode": policy.mode,
        "grace_seconds": int(policy.grace.total_seconds()),
        "cutoff_days": policy.cutoff_days,
        "base": policy.base,
        "places": policy.places,
        "slip_days": policy.slip_days,
        "attempts": policy.attempts,
    }
