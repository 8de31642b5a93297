"""The results of an assignment on disk, `reports/HW/`: those that are there, and the new ones."""

from __future__ import annotations

import hashlib
import json
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import grader.report
from grader.course import Assignment
from grader.digests import digest_of_code
from grader.errors import GraderError
from grader.execute import executed, read_notebook
from grader.prepared import Prepared
from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report import page_file, read_scores_json, write_class, write_page
from grader.report.files import page_name, write_whole
from grader.store.receipts import Judged
from grader.store.record_file import DamagedRecordError, read_record, write_record
from grader.store.runs import read_run, run_file

FAILURES = "failures.log"
"""Tracebacks of our own failures."""


def make_folder(folder: Path) -> None:
    """Make it, and try it: before an hour of running, not after.

    Raises:
        GraderError: nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise GraderError(
            f"the results can't be written: {error.strerror}",
            at=str(folder),
            fix="make a folder of it that you may write to, or name another with --out DIR",
        ) from error


def forget_failures(folder: Path) -> None:
    """Those of earlier commands are of no interest once everybody is graded again."""
    (folder / FAILURES).unlink(missing_ok=True)


def keep_traceback(error: Exception, folder: Path, submission: Submission) -> None:
    text = "".join(traceback.format_exception(error))
    with (folder / FAILURES).open("a", encoding="utf-8") as log:
        log.write(f"{submission.student}, attempt {submission.attempt}\n{text}\n")


@dataclass(eq=False)
class Pages:
    """The pages of an assignment: each is made anew only if what it shows has changed.

    Attributes:
        written: how many were.
        notes: what could not be shown.
    """

    prepared: Prepared
    written: int = 0
    notes: list[str] = field(default_factory=list)

    def keep(self, score: Score, judged: Judged | None) -> None:
        """The page of one student, with the executed notebook that it shows."""
        submission = None if judged is None else judged.attempt.submission
        run = "" if judged is None else judged.run
        digest = self._digest(_shown(score), _facts(submission), run, self._written_at(run))
        folder = self.prepared.results
        is_shown = self._digests.get(score.student) == digest
        if is_shown and page_file(folder, score.student).is_file() and self._has_executed(judged):
            return
        if not self.written:
            _ = self._digests  # read before they go: whoever is killed leaves none, not old ones
            self._record.unlink(missing_ok=True)
        self.written += 1
        warning = write_page(
            folder,
            score,
            title=self.prepared.title,
            submission=submission,
            notebook=lambda: self._executed(submission, run),
            places=self.prepared.assignment.late.places,
        )
        if warning:
            self.notes.append(warning)
        else:
            self._digests[score.student] = digest

    def _written_at(self, run: str) -> int:
        """When a run was written: executed again, it may show something else under its key."""
        try:
            return run_file(self.prepared.records / "runs", run).stat().st_mtime_ns if run else 0
        except OSError:
            return 0

    def keep_class(
        self, scores: Sequence[Score], problems: Mapping[str, str], alarms: Sequence[str] = ()
    ) -> None:
        """What is about everybody: scores.csv, scores.json and summary.html."""
        prepared = self.prepared
        shown = hashlib.sha256()
        for score in scores:
            shown.update(repr(_shown(score)).encode(errors="replace"))
        due = repr(prepared.assignment.due)
        digest = self._digest(shown.hexdigest(), due, sorted(problems.items()), list(alarms))
        is_new = self._digests.get("") != digest
        write_class(
            prepared.results,
            assignment_id=prepared.assignment.id,
            title=prepared.title,
            policy=policy_record(prepared.assignment),
            question_ids=[question.id for question in prepared.questions],
            scores=scores,
            due=prepared.assignment.due,
            generated_at=datetime.now(prepared.assignment.due.tzinfo).replace(microsecond=0),
            problems=problems,
            alarms=alarms,
            with_page=is_new or not (prepared.results / "summary.html").is_file(),
        )
        self._remove_executed(scores)
        self._digests[""] = digest
        if self.written or is_new:
            write_record(self._record, json.dumps(self._digests).encode())

    def _executed(self, submission: Submission | None, run: str) -> Any:
        """The executed notebook of an attempt, which TAs find in a folder of its own too."""
        folder = self.prepared.results / "executed"
        if submission is None or submission.file is None:
            return None
        path = folder / _executed_name(submission.student, submission.attempt)
        path.unlink(missing_ok=True)  # of an earlier run
        stored = read_run(self.prepared.records / "runs", run) if run else None
        if stored is None:
            return None
        limits = self.prepared.conditions.limits
        notebook = executed(read_notebook(submission.file), stored.run, limits)
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(notebook, ensure_ascii=True, indent=1) + "\n")
        return notebook

    def _has_executed(self, judged: Judged | None) -> bool:
        """Whether the executed notebook of an attempt is there, if it is to be."""
        if judged is None or not judged.run:
            return True
        submission = judged.attempt.submission
        name = _executed_name(submission.student, submission.attempt)
        return (self.prepared.results / "executed" / name).is_file()

    def _remove_executed(self, scores: Sequence[Score]) -> None:
        """Those of students who are gone, and of attempts that do not count any more."""
        shown = {_executed_name(each.student, each.attempt) for each in scores}
        for file in (self.prepared.results / "executed").glob("*.ipynb"):
            if file.name not in shown:
                file.unlink()

    def _digest(self, *shown: object) -> str:
        places = self.prepared.assignment.late.places
        text = repr((self._code, self.prepared.title, places, shown))
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()

    @cached_property
    def _code(self) -> str:
        return digest_of_code(grader.report)

    @property
    def _record(self) -> Path:
        return self.prepared.records / "pages"

    @cached_property
    def _digests(self) -> dict[str, str]:
        """What each page shows, by student; of the class's page by ""."""
        try:
            body = read_record(self._record)
            return {} if body is None else dict(json.loads(body))
        except (DamagedRecordError, ValueError):
            return {}


def executed_file(folder: Path, student: str, attempt: int | None) -> Path:
    """Where the executed notebook of an attempt is, in the folder of an assignment's results."""
    return folder / "executed" / _executed_name(student, attempt)


def _executed_name(student: str, attempt: int | None) -> str:
    return f"{page_name(student).removesuffix('.html')}-{attempt}.ipynb"


def _shown(score: Score) -> tuple[object, ...]:
    """What a page says of a score. How close to a tolerance something is, is not on it."""
    return (
        *(score.student, score.name, score.attempt, score.submitted_at, score.days_late),
        *(score.earned, score.maximum, score.penalty, score.score, score.status, score.flags),
        score.explanation,
        score.comments,
        [
            (question.id, question.title, question.points, question.earned, question.comments, [
                (v.check, v.credit, v.reason, v.mistake, v.hint, v.remarks)
                for v in question.verdicts
            ])
            for question in score.questions
        ],
    )  # fmt: skip


def _facts(submission: Submission | None) -> tuple[object, ...]:
    if submission is None:
        return ()
    return submission.file_name, submission.sha256, submission.problem


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
            ("the late policy", head["policy"] == policy_record(assignment)),
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


def policy_record(assignment: Assignment) -> dict[str, Any]:
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
