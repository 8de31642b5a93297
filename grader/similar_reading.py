"""A class' hand-ins with their traces, read from the files, the evidence and earlier years."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import cast

from grader.collect import collect_folder
from grader.course import Assignment, load_assignment
from grader.course.secret import course_secret, fingerprint, secret_if_any
from grader.errors import GraderError
from grader.execute import UnreadableNotebookError, parse_notebook, read_file
from grader.grading import score_of
from grader.opened import OpenCourse
from grader.records.submissions import Submission
from grader.similar import (
    VERSION,
    Given,
    HandIn,
    Trace,
    Work,
    ids_in,
    keyed,
    numbers_of,
    traces_of,
    work_in,
)
from grader.similar.traces import CHANNELS, Kind
from grader.store.fingerprints import ClassOf, Fingerprints, read_fingerprints, write_fingerprints
from grader.store.plans import StoredPlan, read_plan
from grader.store.receipts import Receipt, read_receipt
from grader.store.record_file import DamagedRecordError
from grader.store.runs import read_run

Advance = Callable[[int, int, str, int], None]
SAME_CLASS = timedelta(weeks=4)
"""Deadlines that are nearer are one class', and one of them was moved: terms are further apart."""


@dataclass(eq=False)
class Reading:
    """What is read of a class, file by file: `submissions` has those that were compared.

    All traces are keyed by the course's secret: what is kept of them is told by nobody without it.
    """

    opened: OpenCourse
    assignment: Assignment
    given: Given
    works_given: tuple[Work, ...] = ()
    secret: str = ""
    submissions: dict[str, Submission] = field(default_factory=dict)
    without_numbers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _plans: dict[str, StoredPlan | None] = field(default_factory=dict)
    _keyed: dict[int, int] = field(default_factory=dict)

    @property
    def made_by(self) -> str:
        """Of traces: those that something else made are others."""
        return f"{VERSION} {fingerprint(self.secret)}"

    @property
    def records(self) -> Path:
        return self.opened.evidence / self.assignment.id

    def receipt(self, student: str) -> Receipt | None:
        try:
            return read_receipt(self.records / "receipts", student)
        except DamagedRecordError:
            self.notes.append(f"the receipt of {student} is damaged: no numbers of theirs")
            return None

    @cached_property
    def _key(self) -> bytes:
        return hashlib.blake2b(
            self.secret.encode(), digest_size=32, person=b"fingerprints"
        ).digest()

    def read(self, submission: Submission, receipt: Receipt | None) -> tuple[Work, list[Trace]]:
        """The file and all of its traces.

        Args:
            receipt: the student's, which leads to the evidence.

        Raises:
            UnreadableNotebookError: it is no notebook.
        """
        assert submission.file is not None
        raw = read_file(submission.file)
        work = work_in(parse_notebook(raw, submission.file.name), ids=ids_in(raw))
        found = []
        for trace in (*traces_of(work, self.given), *self._numbers(submission, receipt)):
            if trace.key not in self._keyed:
                self._keyed[trace.key] = keyed(trace.key, self._key)
            found.append(replace(trace, key=self._keyed[trace.key]))
        return work, found

    def _numbers(self, submission: Submission, receipt: Receipt | None) -> list[Trace]:
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


def reading_of(
    opened: OpenCourse,
    assignment_id: str,
    *,
    given: Sequence[Path] = (),
    to_keep: bool = False,
) -> Reading:
    """A class that nothing is read of yet.

    Args:
        given: what everybody got besides the released notebook: notebooks, Python, text.
        to_keep: its traces will be kept, so there must be a secret.

    Raises:
        GraderError: the configuration is wrong, or a file of `given` is no notebook; or the secret
            is another one than before.
    """
    from grader.release.bundle import read_instructors
    from grader.release.strip import stripped

    assignment = load_assignment(opened.course, assignment_id)
    released = stripped(read_instructors(assignment), assignment.notebook.name)
    root = opened.course.root
    secret = course_secret(root) if to_keep else secret_if_any(root)
    works = (work_in(released), *(_given_in(file) for file in given))
    return Reading(opened, assignment, Given.of(*works), works, secret)


def _given_in(file: Path) -> Work:
    raw = read_file(file)
    if file.suffix == ".ipynb":
        return work_in(parse_notebook(raw, file.name), ids=ids_in(raw))
    text = raw.decode("utf-8-sig", errors="replace")
    kind = "code" if file.suffix == ".py" else "markdown"
    return work_in({"cells": [{"cell_type": kind, "source": text}]})


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
                work, traces = reading.read(submission, receipt)
            except UnreadableNotebookError:
                continue
            reading.submissions[student] = submission
            if work.is_cut:
                reading.notes.append(
                    f"{student}: the file is very long, and what comes late in it is not compared"
                )
            if not any(trace.kind in CHANNELS["numbers"] for trace in traces):
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
    for kept in read_fingerprints(_index(reading)):
        if isinstance(kept, DamagedRecordError):
            reading.notes.append(f"fingerprints of an earlier class are damaged: {kept}")
        elif _is_this_class(kept, reading):
            continue
        elif kept.made_by != reading.made_by:
            version = kept.made_by.partition(" ")[0]
            other = "version of the grader" if version != VERSION else "secret of the course"
            reading.notes.append(
                f"the fingerprints of {kept.year} were made with another {other}: "
                "that class is not compared with"
            )
        else:
            years.append(kept.year)
            found += [
                HandIn(each.student, cast("Mapping[int, Kind]", each.traces), kept.year)
                for each in kept.hand_ins
            ]
    return found, tuple(years)


def _is_this_class(kept: ClassOf, reading: Reading) -> bool:
    """Whether it was kept of the class that is compared, whose deadline may have moved since."""
    due = reading.assignment.due
    try:
        return abs(datetime.fromisoformat(kept.due) - due) < SAME_CLASS
    except (ValueError, TypeError):
        return kept.due == due.isoformat()


def refuse_another(reading: Reading, year: str) -> None:
    """Refuse to keep a class under the name of another one, which would be gone.

    Raises:
        GraderError: there is one.
    """
    for kept in read_fingerprints(_index(reading)):
        if isinstance(kept, ClassOf) and kept.year == year and not _is_this_class(kept, reading):
            raise GraderError(
                f"another class is kept as {year}: it was due {kept.due}",
                at=str(_index(reading)),
                fix="give this one another name, or move that file away",
            )


def _index(reading: Reading) -> Path:
    return reading.opened.fingerprints / reading.assignment.id


def keep(reading: Reading, year: str, present: Sequence[HandIn]) -> None:
    write_fingerprints(
        _index(reading),
        ClassOf(
            year,
            reading.assignment.due.isoformat(),
            reading.made_by,
            tuple(Fingerprints(each.student, each.traces) for each in present),
        ),
    )
