"""What a score was made of: enough to make it again, and to see whether anything has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from grader.records.submissions import Student, Submission
from grader.records.verdicts import Verdict
from grader.score import Attempt, Decision, LatePolicy, QuestionPoints
from grader.score.decisions import Kind
from grader.store.record_file import DamagedRecordError, read_record, write_record


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt with what became of it.

    Attributes:
        run: the key of its evidence, or "" if there is none.
        sandbox: what was around it.
    """

    attempt: Attempt
    run: str = ""
    sandbox: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of one score.

    Attributes:
        attempts: those that were judged.
        questions: what each was worth.
        due: everybody's deadline, in the course's zone.
        slip_days: how many the student had left.
        decisions: about this student.
        plan: the key of what was asked and expected.
        judge: a digest of the judging code; verdicts of another one may differ.
        fingerprint: of the course's secret.
    """

    student: Student
    assignment: str
    known: bool
    attempts: tuple[Judged, ...]
    questions: tuple[QuestionPoints, ...]
    due: datetime
    policy: LatePolicy
    decisions: tuple[Decision, ...]
    slip_days: int
    plan: str
    judge: str
    fingerprint: str


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Keep it, in the place of the student's earlier one.

    Raises:
        GraderError: it can't be written.
    """
    write_record(receipt_file(folder, receipt.student.id), receipt_bytes(receipt))


def read_receipt(folder: Path, student: str) -> Receipt | None:
    """The student's receipt; None if there is none.

    Raises:
        DamagedRecordError: what is there is not what was written.
    """
    body = read_record(receipt_file(folder, student))
    if body is None:
        return None
    try:
        receipt = _receipt(_decode(body))
    except (msgspec.DecodeError, ValueError, KeyError) as error:
        raise DamagedRecordError(f"the receipt of {student}: {error}") from error
    if receipt.student.id != student:
        raise DamagedRecordError(f"the receipt of {student} is another student's")
    return receipt


def read_receipts(folder: Path) -> Iterator[Receipt]:
    """Everybody's.

    Raises:
        DamagedRecordError: one of them is not what was written.
    """
    for file in sorted(folder.glob("*")):
        try:
            student = bytes.fromhex(file.name).decode()
        except ValueError:
            continue  # somebody else's
        if file != receipt_file(folder, student):
            continue
        receipt = read_receipt(folder, student)
        assert receipt is not None
        yield receipt


def receipt_bytes(receipt: Receipt) -> bytes:
    """Equal receipts give equal bytes."""
    return _encode(_kept(receipt))


def receipt_file(folder: Path, student: str) -> Path:
    """Where the student's receipt is: a name for every id; and not case alone tells two apart."""
    return folder / student.encode().hex()


class _Attempt(Struct, array_like=True, frozen=True):
    number: int
    file: str | None
    submitted_at: datetime | None
    sha256: str
    source: str
    problem: str
    submission_flags: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    flags: tuple[str, ...]
    unreadable: str
    failure: str
    run: str
    sandbox: str


class _Decision(Struct, array_like=True, frozen=True):
    question: str
    kind: Kind
    points: Decimal | None
    until: datetime | None
    seconds_longer: float | None
    reason: str
    at: str
    attempt: int | None = None


class _Receipt(Struct, array_like=True, frozen=True):
    student: Student
    assignment: str
    known: bool
    attempts: tuple[_Attempt, ...]
    questions: tuple[QuestionPoints, ...]
    due: datetime
    zone: str
    policy: LatePolicy
    decisions: tuple[_Decision, ...]
    slip_days: int
    plan: str
    judge: str
    fingerprint: str


_encode = msgspec.msgpack.Encoder(decimal_format="string").encode
_decode = msgspec.msgpack.Decoder(_Receipt).decode


def _kept(receipt: Receipt) -> _Receipt:
    assert isinstance(receipt.due.tzinfo, ZoneInfo)
    return _Receipt(
        receipt.student,
        receipt.assignment,
        receipt.known,
        tuple(map(_kept_attempt, receipt.attempts)),
        receipt.questions,
        receipt.due,
        receipt.due.tzinfo.key,
        receipt.policy,
        tuple(map(_kept_decision, receipt.decisions)),
        receipt.slip_days,
        receipt.plan,
        receipt.judge,
        receipt.fingerprint,
    )


def _receipt(kept: _Receipt) -> Receipt:
    student = kept.student.id
    return Receipt(
        kept.student,
        kept.assignment,
        kept.known,
        tuple(_judged(student, each) for each in kept.attempts),
        kept.questions,
        kept.due.astimezone(ZoneInfo(kept.zone)),
        kept.policy,
        tuple(_decision(student, each) for each in kept.decisions),
        kept.slip_days,
        kept.plan,
        kept.judge,
        kept.fingerprint,
    )


def _kept_attempt(judged: Judged) -> _Attempt:
    attempt, submission = judged.attempt, judged.attempt.submission
    return _Attempt(
        submission.attempt,
        None if submission.path is None else submission.file_name,
        submission.submitted_at,
        submission.sha256,
        submission.source,
        submission.problem,
        submission.flags,
        attempt.verdicts,
        attempt.flags,
        attempt.unreadable,
        attempt.failure,
        judged.run,
        judged.sandbox,
    )


def _judged(student: str, kept: _Attempt) -> Judged:
    submission = Submission(
        student,
        kept.number,
        kept.file,
        kept.submitted_at,
        kept.sha256,
        kept.source,
        kept.problem,
        kept.submission_flags,
    )
    attempt = Attempt(submission, kept.verdicts, kept.flags, kept.unreadable, kept.failure)
    return Judged(attempt, kept.run, kept.sandbox)


def _kept_decision(decision: Decision) -> _Decision:
    value = decision.value
    return _Decision(
        decision.question,
        decision.kind,
        value if isinstance(value, Decimal) else None,
        value if isinstance(value, datetime) else None,
        value.total_seconds() if isinstance(value, timedelta) else None,
        decision.reason,
        PurePath(decision.at).name,  # where a course lies is no part of a score
        decision.attempt,
    )


def _decision(student: str, kept: _Decision) -> Decision:
    longer = None if kept.seconds_longer is None else timedelta(seconds=kept.seconds_longer)
    value = next((v for v in (kept.points, kept.until, longer) if v is not None), None)
    return Decision(
        student, kept.question, kept.kind, value, kept.reason, kept.at, attempt=kept.attempt
    )
