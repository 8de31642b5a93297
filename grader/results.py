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

import msgspec

import grader.judge
import grader.report
from grader.course import Assignment
from grader.digests import digest_of_code
from grader.errors import GraderError
from grader.page_makers import PageMakers, how_many
from grader.prepared import Prepared
from grader.records.answer_key import AnswerKey, CheckKey, TrainedKey
from grader.records.plain import to_plain
from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report import page_file, read_scores_json, write_class
from grader.store.receipts import Judged
from grader.store.record_file import DamagedRecordError, read_record, write_record
from grader.store.runs import run_file
from grader.student_page import Folders, PageJob, executed_file, judged_places, make_page

FAILURES = "failures.log"
"""Tracebacks of our own failures."""

SHOWS_HIDDEN = "\0hidden"
"""Among the digests: whether pages were made that show hidden cases. No student's id."""

MADE_HERE = 25
"""Pages, before it is worth it to start processes that make them."""


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

    The first ones are made here; where there are more, by processes beside this one. To be closed.

    Attributes:
        shows_hidden: whether hidden cases may be shown with their numbers.
        written: how many were.
        notes: what could not be shown.
    """

    prepared: Prepared
    shows_hidden: bool = False
    written: int = 0
    notes: list[str] = field(default_factory=list)
    _makers: PageMakers | None = None
    _under_way: dict[str, str] = field(default_factory=dict)  # digests of pages, by student

    def keep(self, score: Score, judged: Judged | None, plan: str, answer_key: AnswerKey) -> None:
        """The page of one student, with the executed notebook that it shows.

        Args:
            plan: the key of what was asked and expected, which is on disk.
        """
        submission = None if judged is None else judged.attempt.submission
        run = "" if judged is None else judged.run
        seen = self._seen(score, answer_key)
        digest = self._digest(_shown(score), _facts(submission), run, self._written_at(run), seen)
        folder = self.prepared.results
        is_shown = self._digests.get(score.student) == digest
        if is_shown and page_file(folder, score.student).is_file() and self._has_executed(judged):
            return
        if not self.written:
            _ = self._digests  # read before they go: whoever is killed leaves none, not old ones
            self._record.unlink(missing_ok=True)
        self.written += 1
        self._under_way[score.student] = digest
        job = PageJob(score, submission, run, plan, self.shows_hidden)
        if self.written <= MADE_HERE:
            self._made(score.student, make_page(self._folders, job))
            return
        if self._makers is None:
            self._makers = PageMakers(self._folders, how_many())
        self._makers.submit(job)
        for student, warning in self._makers.done():
            self._made(student, warning)

    def close(self) -> None:
        """End what makes pages; those that were asked for and not waited for are not made."""
        if self._makers is not None:
            self._makers.close()

    def _made(self, student: str, warning: str) -> None:
        digest = self._under_way.pop(student)
        if warning:
            self.notes.append(warning)
        else:
            self._digests[student] = digest

    def _wait(self) -> None:
        """For pages that are being made."""
        for student, warning in self._makers.finished() if self._makers is not None else ():
            self._made(student, warning)

    def _seen(self, score: Score, answer_key: AnswerKey) -> list[tuple[str, int, str, bool]]:
        """Of which checks the page shows cases, by what these are."""
        keys = {question.id: question.checks for question in answer_key.questions}
        return [
            (question.id, place, self._digest_of(key), self.shows_hidden)
            for question in score.questions
            for place, key in judged_places(question, keys.get(question.id, ()))
            if isinstance(key, TrainedKey) or question.verdicts[place].credit != 1
        ]

    def _digest_of(self, key: CheckKey) -> str:
        if id(key) not in self._digests_of_keys:
            plain = to_plain(key, lambda array: array.tobytes())
            digest = hashlib.sha256(msgspec.msgpack.encode(plain)).hexdigest()
            self._digests_of_keys[id(key)] = digest, key  # kept: the id is its own
        return self._digests_of_keys[id(key)][0]

    def _written_at(self, run: str) -> int:
        """When a run was written: executed again, it may show something else under its key."""
        try:
            return run_file(self.prepared.records / "runs", run).stat().st_mtime_ns if run else 0
        except OSError:
            return 0

    def keep_class(
        self,
        scores: Sequence[Score],
        problems: Mapping[str, str],
        alarms: Sequence[str] = (),
        *,
        is_all: bool = True,
    ) -> None:
        """What is about everybody: scores.csv, scores.json and summary.html.

        Args:
            is_all: whether everybody's page was looked at.
        """
        self._wait()
        showed = self._digests.get(SHOWS_HIDDEN, "")
        if not is_all and showed and not self.shows_hidden:
            self.notes.append(
                "pages of others were made when hidden cases could be shown, and show them still; "
                f"make them again: grader report {self.prepared.assignment.id}"
            )
        elif is_all:
            self._digests[SHOWS_HIDDEN] = "yes" if self.shows_hidden else ""
        prepared = self.prepared
        shown = hashlib.sha256()
        for score in scores:
            closeness = [
                (verdict.error_over_tolerance, verdict.doubt)
                for question in score.questions
                for verdict in question.verdicts
            ]
            shown.update(repr((_shown(score), closeness)).encode(errors="replace"))
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

    def _has_executed(self, judged: Judged | None) -> bool:
        """Whether the executed notebook of an attempt is there, if it is to be."""
        if judged is None or not judged.run:
            return True
        submission = judged.attempt.submission
        results = self.prepared.results
        return executed_file(results, submission.student, submission.attempt).is_file()

    def _remove_executed(self, scores: Sequence[Score]) -> None:
        """Those of students who are gone, and of attempts that do not count any more."""
        results = self.prepared.results
        shown = {executed_file(results, each.student, each.attempt) for each in scores}
        for file in (results / "executed").glob("*.ipynb"):
            if file not in shown:
                file.unlink()

    def _digest(self, *shown: object) -> str:
        places = self.prepared.assignment.late.places
        text = repr((self._code, self.prepared.title, places, shown))
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()

    @cached_property
    def _code(self) -> str:
        return digest_of_code(grader.report, grader.judge)

    @cached_property
    def _digests_of_keys(self) -> dict[int, tuple[str, CheckKey]]:
        return {}

    @cached_property
    def _folders(self) -> Folders:
        prepared = self.prepared
        return Folders(
            str(prepared.results),
            str(prepared.records),
            prepared.title,
            prepared.assignment.late.places,
            prepared.conditions.limits,
        )

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


def _shown(score: Score) -> tuple[object, ...]:
    """What a student's page says of a score. How close to a tolerance something is, is not on it,
    but with a case, which is the evidence's."""
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
