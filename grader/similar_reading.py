"""A class' hand-ins with their traces, read from the files, the evidence and earlier years."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from grader.collect import collect_folder
from grader.course import Assignment, load_assignment
from grader.execute import UnreadableNotebookError, parse_notebook, read_file
from grader.grading import score_of
from grader.opened import OpenCourse
from grader.records.submissions import Submission
from grader.similar import VERSION, Given, HandIn, Trace, Work, numbers_of, traces_of, work_in
from grader.similar.traces import Kind
from grader.store.fingerprints import ClassOf, Fingerprints, read_fingerprints, write_fingerprints
from grader.store.plans import StoredPlan, read_plan
from grader.store.receipts import Receipt, read_receipt
from grader.store.record_file import DamagedRecordError
from grader.store.runs import read_run

Advance = Callable[[int, int, str, int], None]


@dataclass(eq=False)
class Reading:
    """What is read of a class, file by file: `submissions` has those that were compared."""

    opened: OpenCourse
    assignment: Assignment
    given: Given
    submissions: dict[str, Submission] = field(default_factory=dict)
    without_numbers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _plans: dict[str, StoredPlan | None] = field(default_factory=dict)

    @property
    def records(self) -> Path:
        return self.opened.evidence / self.assignment.id

    def receipt(self, student: str) -> Receipt | None:
        try:
            return read_receipt(self.records / "receipts", student)
        except DamagedRecordError:
            self.notes.append(f"the receipt of {student} is damaged: no numbers of theirs")
            return None

    def read(self, submission: Submission) -> tuple[Work, list[Trace]]:
        """The file and all of its traces.

        Raises:
            UnreadableNotebookError: it is no notebook.
        """
        assert submission.file is not None
        work = work_in(parse_notebook(read_file(submission.file), submission.file.name))
        return work, [*traces_of(work, self.given), *self._numbers(submission)]

    def _numbers(self, submission: Submission) -> list[Trace]:
        receipt = self.receipt(submission.student)
        judged = next(
            (
                each
                for each in (receipt.attempts if receipt else ())
                if each.run and each.attempt.submission.sha256 == submission.sha256
            ),
            None,
        )
        if receipt is None or judged is None:
            return []
        try:
            if receipt.plan not in self._plans:
                self._plans[receipt.plan] = read_plan(self.records / "plans", receipt.plan)
            plan, stored = self._plans[receipt.plan], read_run(self.records / "runs", judged.run)
            if plan is None or stored is None or stored.lacks(plan.keys):
                return []
            evidence = stored.evidence(plan.keys)
            return list(numbers_of(plan.answer_key, evidence, judged.attempt.verdicts, plan.keys))
        except DamagedRecordError as error:
            self.notes.append(f"evidence of {submission.student} is damaged: {error}")
            return []


def reading_of(opened: OpenCourse, assignment_id: str) -> Reading:
    from grader.release.bundle import read_instructors
    from grader.release.strip import stripped

    assignment = load_assignment(opened.course, assignment_id)
    released = stripped(read_instructors(assignment), assignment.notebook.name)
    return Reading(opened, assignment, Given.of(work_in(released)))


def everybody(
    reading: Reading, advance: Advance, *, only: Sequence[str] = ()
) -> Iterator[tuple[str, Work, list[Trace]]]:
    """One hand-in of each student: the one that counts, or the last that can be read."""
    folder = reading.opened.submissions / reading.assignment.id
    attempts: dict[str, list[Submission]] = {}
    for each in collect_folder(folder, reading.assignment.notebook.name):
        if each.file is not None and (not only or each.student in only):
            attempts.setdefault(each.student, []).append(each)
    unreadable = 0
    for number, (student, handed_in) in enumerate(attempts.items(), start=1):
        receipt = reading.receipt(student)
        counts = score_of(receipt).attempt if receipt is not None else None
        for submission in sorted(
            handed_in, key=lambda each: (each.attempt != counts, -each.attempt)
        ):
            try:
                work, traces = reading.read(submission)
            except UnreadableNotebookError:
                continue
            reading.submissions[student] = submission
            if not any(trace.kind in ("wrong", "rounding", "training") for trace in traces):
                reading.without_numbers.append(student)
            yield student, work, traces
            break
        else:
            unreadable += 1
            reading.notes.append(f"{student}: no file that can be read, so it is not compared")
        advance(number, len(attempts), student, unreadable)


def earlier_classes(reading: Reading) -> tuple[list[HandIn], tuple[str, ...]]:
    """The hand-ins of earlier classes; and which these were."""
    found: list[HandIn] = []
    years = []
    due = reading.assignment.due.isoformat()
    for kept in read_fingerprints(_index(reading)):
        if isinstance(kept, DamagedRecordError):
            reading.notes.append(f"fingerprints of an earlier class are damaged: {kept}")
        elif kept.made_by != VERSION:
            reading.notes.append(
                f"the fingerprints of {kept.year} were made by another version of the grader: "
                "that class is not compared with"
            )
        elif kept.due != due:  # else it is this class
            years.append(kept.year)
            found += [
                HandIn(each.student, cast("Mapping[int, Kind]", each.traces), kept.year)
                for each in kept.hand_ins
            ]
    return found, tuple(years)


def _index(reading: Reading) -> Path:
    return reading.opened.course.root / "fingerprints" / reading.assignment.id


def keep(reading: Reading, year: str, present: Sequence[HandIn]) -> None:
    write_fingerprints(
        _index(reading),
        ClassOf(
            year,
            reading.assignment.due.isoformat(),
            VERSION,
            tuple(Fingerprints(each.student, each.traces) for each in present),
        ),
    )
