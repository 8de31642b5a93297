"""The receipts of the last grading: what of them still holds under today's questions and judge."""

from __future__ import annotations

import grader.judge
import grader.records
import grader.second_opinion
from grader.digests import digest_of_code
from grader.prepared import Prepared
from grader.store.receipts import Receipt, read_receipt, receipt_file
from grader.store.record_file import DamagedRecordError
from grader.store.runs import run_file


class EarlierReceipts:
    """Read one at a time, as they are asked for.

    Attributes:
        judge: a digest of today's judging code.
        notes: for the person at the terminal, added to as something is found.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.judge = digest_of_code(grader.judge, grader.second_opinion, grader.records)
        self.notes: list[str] = []
        self._prepared = prepared
        self._folder = prepared.records / "receipts"
        self._last: tuple[str, Receipt | None] = ("", None)  # each is read for two questions

    def of(self, student: str) -> Receipt | None:
        """The student's receipt; None if there is none, or it is damaged."""
        if self._last[0] != student:
            try:
                self._last = student, read_receipt(self._folder, student)
            except DamagedRecordError:
                self.notes.append(f"the receipt of {student} is damaged on disk: it is made again")
                self._last = student, None
        return self._last[1]

    def comparable(self, student: str) -> Receipt | None:
        """The student's receipt, if its verdicts are those of today's plan and judge."""
        receipt = self.of(student)
        if receipt is None or self.is_outdated(receipt):
            return None
        same = (receipt.plan, receipt.judge) == (self._prepared.plan_key, self.judge)
        return receipt if same else None

    def is_outdated(self, receipt: Receipt) -> bool:
        """Whether one of its runs was executed again since, for another student with its cells."""
        written = receipt_file(self._folder, receipt.student.id).stat().st_mtime_ns
        runs = [run_file(self._prepared.records / "runs", j.run) for j in receipt.attempts if j.run]
        return any(run.exists() and run.stat().st_mtime_ns > written for run in runs)
