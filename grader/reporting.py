"""The pages again, of the scores as they are: nothing is executed, judged or scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from grader.errors import GraderError
from grader.grading import Alike, problems_of, score_of, shows_hidden
from grader.opened import OpenCourse
from grader.prepared import Prepared, prepare
from grader.records.answer_key import AnswerKey
from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.report import page_file
from grader.report.files import remove_unfinished
from grader.results import Pages, make_folder
from grader.store.alarms import read_alarms
from grader.store.lock import only_one
from grader.store.plans import read_plan
from grader.store.receipts import Judged, Receipt, read_receipt
from grader.store.record_file import DamagedRecordError

Advance = Callable[[int, int, str, int], None]


@dataclass(frozen=True)
class Reported:
    """What `report` did.

    Attributes:
        pages: how many there are; `written` of them were made anew.
        shows_hidden: whether they show hidden cases with their numbers.
        notes: for the person at the terminal.
    """

    folder: Path
    pages: int
    written: int
    shows_hidden: bool
    notes: tuple[str, ...] = ()


def report(
    opened: OpenCourse,
    assignment_id: str,
    *,
    fresh: bool = False,
    advance: Advance = lambda done, total, who, failed: None,
) -> Reported:
    """Make the pages whose content has changed again, from the receipts of the scores.

    Args:
        fresh: make them all.

    Raises:
        GraderError: there are no scores yet, or a receipt is damaged.
    """
    prepared = prepare(opened, assignment_id)
    make_folder(prepared.results)
    with only_one(prepared.records, f"grader report {assignment_id}"):
        remove_unfinished(prepared.results)
        if fresh:
            for who in prepared.everybody:
                page_file(prepared.results, who).unlink(missing_ok=True)
            (prepared.results / "summary.html").unlink(missing_ok=True)
        here = {(each.student, each.attempt): each for each in prepared.submissions}
        alike = Alike()
        scores: list[Score] = []
        without: list[str] = []
        changed: list[str] = []
        pages = Pages(prepared, shows_hidden=shows_hidden(prepared))
        with closing(pages):
            for done, who in enumerate(prepared.everybody, 1):
                receipt = _receipt(prepared, who)
                if receipt is None:
                    without.append(who)
                    continue
                made = alike.shared(score_of(receipt))
                scores.append(made)
                counted = _counted(receipt, made, here)
                if counted is not None and _is_gone(receipt, counted):
                    changed.append(who)
                else:
                    pages.keep(made, counted, receipt.plan, _expected(prepared, receipt.plan))
                advance(done, len(prepared.everybody), who, 0)
            if not scores:
                raise GraderError(
                    f"{assignment_id} has no scores yet",
                    at=str(prepared.records),
                    fix=f"run `grader grade {assignment_id}` first",
                )
            problems = problems_of(prepared.submissions, opened.roster)
            pages.keep_class(scores, problems, read_alarms(prepared.records / "alarms"))
    notes = list(pages.notes)
    for what, named in (
        ("no score yet, and so no page", without),
        ("another file lies there than the one that was graded; the page stays as it was", changed),
    ):
        if named:
            shown = ", ".join(named[:10]) + (", ..." if len(named) > 10 else "")
            notes.append(f"{what}: {shown}; grade again")
    return Reported(prepared.results, len(scores), pages.written, pages.shows_hidden, tuple(notes))


def _counted(
    receipt: Receipt, score: Score, here: Mapping[tuple[str, int], Submission]
) -> Judged | None:
    """The attempt that counts, with its file as it lies there now; without one if that is another
    than the one that was graded."""
    for judged in receipt.attempts:
        then = judged.attempt.submission
        if then.attempt == score.attempt:
            now = here.get((then.student, then.attempt))
            path = None if now is None or now.sha256 != then.sha256 else now.path
            if then.path is None:
                return judged
            submission = replace(then, path=path)
            return replace(judged, attempt=replace(judged.attempt, submission=submission))
    return None


def _is_gone(receipt: Receipt, counted: Judged) -> bool:
    """Whether there was a file, and it is not there any more."""
    had = {j.attempt.submission.attempt: j.attempt.submission.path for j in receipt.attempts}
    submission = counted.attempt.submission
    return had[submission.attempt] is not None and submission.path is None


def _expected(prepared: Prepared, plan: str) -> AnswerKey:
    """What was expected when a score was made: today's, or that of a plan before it."""
    if plan == prepared.plan_key:
        return prepared.planned.answer_key
    return _earlier(prepared.records / "plans", plan)


@lru_cache(maxsize=4)
def _earlier(folder: Path, plan: str) -> AnswerKey:
    try:
        stored = read_plan(folder, plan)
    except DamagedRecordError:
        stored = None
    return AnswerKey("", ()) if stored is None else stored.answer_key


def _receipt(prepared: Prepared, student: str) -> Receipt | None:
    try:
        return read_receipt(prepared.records / "receipts", student)
    except DamagedRecordError as error:
        raise GraderError(
            f"a record is damaged: {error}",
            at=str(prepared.records),
            fix=f"make it again: grader grade {prepared.assignment.id} --student {student}",
        ) from error
