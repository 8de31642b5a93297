"""A receipt comes back as it was, and its score can be made of it again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.records.submissions import Student, Submission
from grader.records.verdicts import Verdict
from grader.score import Attempt, Decision, LatePolicy, QuestionPoints, score
from grader.store.receipts import Judged, Receipt, read_receipt, receipt_bytes, write_receipt
from grader.store.record_file import DamagedRecordError

DUE = datetime(2026, 3, 28, 17, tzinfo=ZoneInfo("Europe/Berlin"))  # clocks change in the night
VERDICTS = (
    Verdict("Q1", "f", Decimal("0.5"), "half", "factor-2", "look", float("inf"), Decimal("0.1"), "odd", ("note",), ("exited:f",)),
    Verdict("Q9", "essay", None, "later"),
)  # fmt: skip


def a_receipt(student: str = "s01") -> Receipt:
    first = Submission(student, 1, None, None, problem="handed in as a.py")
    second = Submission(
        student, 2, "hw1.ipynb", datetime(2026, 3, 29, 17, 0, 30, tzinfo=UTC), "0" * 64,
        "canvas", "", ("renamed:x.ipynb",),
    )  # fmt: skip
    return Receipt(
        Student(student, "One", "one", "17", "a@b", "A"),
        "hw1",
        True,
        (
            Judged(Attempt(first)),
            Judged(Attempt(second, VERDICTS, ("timeout:cell 2",)), "a" * 64, "full"),
        ),
        (QuestionPoints("Q1", "One", Decimal("1.10")), QuestionPoints("Q9", "Nine", Decimal("0.5"))),
        DUE,
        LatePolicy(rate=Decimal("0.1"), cutoff_days=None, grace=timedelta(seconds=90)),
        (
            Decision(student, "Q9", "mark", Decimal("0.25"), "so so", "decisions.csv, line 2"),
            Decision(student, "", "extension", timedelta(days=1), "ill", "decisions.csv, line 3"),
            Decision(student, "", "extension", DUE + timedelta(days=2), "", ""),
            Decision(student, "", "excuse"),
        ),
        2,
        "b" * 64,
        "c" * 64,
        "0123456789ab",
    )  # fmt: skip


def scored(receipt: Receipt):
    return score(
        receipt.student,
        [each.attempt for each in receipt.attempts],
        receipt.questions,
        assignment=receipt.assignment,
        due=receipt.due,
        policy=receipt.policy,
        decisions=receipt.decisions[:2],
        slip_days=receipt.slip_days,
        known=receipt.known,
    )


@pytest.mark.parametrize("student", ["s01", "李明", "a" * 100, "../x"])
def test_it_comes_back_as_it_was_and_gives_the_same_score(tmp_path: Path, student: str):
    write_receipt(tmp_path, a_receipt(student))
    back = read_receipt(tmp_path, student)
    assert back == a_receipt(student)
    assert back.due.tzinfo == DUE.tzinfo  # not an offset only: days are days on that clock
    assert receipt_bytes(back) == receipt_bytes(a_receipt(student))
    assert scored(back) == scored(a_receipt(student))
    assert read_receipt(tmp_path, "s02") is None


def test_ids_that_differ_in_case_do_not_share_one(tmp_path: Path):
    write_receipt(tmp_path, a_receipt("a1"))
    write_receipt(tmp_path, a_receipt("A1"))
    names = [file.name.casefold() for file in tmp_path.iterdir()]
    assert len(set(names)) == 2


def test_a_receipt_of_somebody_else_is_not_believed(tmp_path: Path):
    write_receipt(tmp_path, a_receipt("s01"))
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / b"s02".hex())
    with pytest.raises(DamagedRecordError, match="another student's"):
        read_receipt(tmp_path, "s02")
