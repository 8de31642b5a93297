"""From a score back to what it was made of: explained, made again, executed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

from grader.collect import collect_folder
from grader.course import load_assignment
from grader.errors import GraderError
from grader.execute import (
    Asked,
    Sandbox,
    code_cells,
    conditions_key,
    execute_all,
    notebook_key,
    read_notebook,
    run_key,
)
from grader.grading import score_of
from grader.judge import Properties
from grader.judge.account import CaseAccount, account_of, rule_in_words
from grader.judge.properties import lost_property
from grader.opened import OpenCourse, conditions_of
from grader.questions import load_questions, properties_of
from grader.records.answer_key import AnswerKey, PropertyKey, QuestionKey
from grader.records.evidence import Evidence
from grader.records.scores import Score
from grader.records.submissions import Submission
from grader.records.verdicts import Verdict
from grader.second_opinion import judge
from grader.store.plans import StoredPlan, read_plan
from grader.store.receipts import Judged, Receipt, read_receipt
from grader.store.record_file import DamagedRecordError
from grader.store.runs import StoredRun, evidence_bytes, read_run


@dataclass(frozen=True, eq=False)
class Records:
    """All that is kept of one score.

    Attributes:
        counted: the attempt that the score is about; None if nothing was handed in.
        stored: its evidence; None if it has none.
        plan: what was asked and expected.
        properties: the author's functions of today, if the plan names any: they are no data.
    """

    receipt: Receipt
    score: Score
    counted: Judged | None
    stored: StoredRun | None
    plan: StoredPlan
    properties: Properties

    @property
    def evidence(self) -> Evidence | None:
        return None if self.stored is None else self.stored.evidence(self.plan.keys)


@dataclass(frozen=True)
class CheckAccount:
    """One check with its verdict; `verdict` is None where nobody judged it."""

    verdict: Verdict | None
    check: str
    rule: str
    cases: tuple[CaseAccount, ...]


def records_of(opened: OpenCourse, assignment_id: str, student: str) -> Records:
    """What is kept of a student's score.

    Raises:
        GraderError: there is no score yet, or a record is damaged.
    """
    folder = opened.evidence / load_assignment(opened.course, assignment_id).id
    again = f"grader grade {assignment_id} --student {student}"
    try:
        receipt = read_receipt(folder / "receipts", student)
        if receipt is None and student not in opened.roster:
            raise GraderError(
                f"there is no student {student!r}, and no hand-in of theirs was graded",
                at=f"{opened.course.root / 'roster.csv'}, column student",
                fix="give an id of the roster",
            )
        if receipt is None:
            raise GraderError(
                f"{student} has no score for {assignment_id} yet",
                at=str(folder),
                fix=f"run `grader grade {assignment_id}` first",
            )
        if receipt.assignment != folder.name:
            raise DamagedRecordError(f"the receipt of {student} is another assignment's")
        plan = read_plan(folder / "plans", receipt.plan)
        if plan is None:
            raise DamagedRecordError("the plan of this score is not there any more")
        score = score_of(receipt)
        counted = next(
            (j for j in receipt.attempts if j.attempt.submission.attempt == score.attempt), None
        )
        stored = None
        if counted is not None and counted.run:
            again += " --fresh"  # from here on it is the evidence that is damaged
            stored = read_run(folder / "runs", counted.run)
            if stored is None:
                raise DamagedRecordError("the evidence of this score is not there any more")
    except DamagedRecordError as error:
        raise GraderError(
            f"a record is damaged: {error}", at=str(folder), fix=f"make it again: {again}"
        ) from error
    properties = _properties(opened, folder.name, plan.answer_key)
    return Records(receipt, score, counted, stored, plan, properties)


def _properties(opened: OpenCourse, assignment_id: str, answer_key: AnswerKey) -> Properties:
    """None where the questions cannot be read: each that is lost is told where it is needed."""
    keys = (key for question in answer_key.questions for key in question.checks)
    if not any(isinstance(key, PropertyKey) for key in keys):
        return {}
    assignment = load_assignment(opened.course, assignment_id)
    try:
        return properties_of(
            assignment.id, load_questions(assignment.questions_file, opened.course.root)
        )
    except GraderError:
        return {}


def accounts(records: Records, question: QuestionKey) -> Iterator[CheckAccount]:
    """Each check of a question, with its cases."""
    verdicts = [
        verdict
        for verdict in (records.counted.attempt.verdicts if records.counted else ())
        if verdict.question == question.id
    ]
    for place, key in enumerate(question.checks):
        cases: tuple[CaseAccount, ...] = ()
        if records.evidence is not None:
            cases = tuple(account_of(key, records.evidence, records.properties))
        verdict = verdicts[place] if place < len(verdicts) else None
        yield CheckAccount(verdict, key.check, rule_in_words(key), cases)


def replayed(records: Records, folder: Path) -> tuple[Score, list[str], list[str]]:
    """The score made again from the records, what differs from what was said then, and what could
    not be judged again: by functions of the author's that are not there any more. Of that, what
    was said then is kept.

    Args:
        folder: the assignment's records.

    Raises:
        GraderError: the evidence of an attempt that does not count is damaged.
    """
    attempts = []
    lost = _lost(records)
    for judged in records.receipt.attempts:
        try:
            stored = read_run(folder / "runs", judged.run) if judged.run else None
        except DamagedRecordError as error:
            raise GraderError(
                f"a record is damaged: {error}",
                at=str(folder),
                fix=f"make it again: grader grade {folder.name} "
                f"--student {records.receipt.student.id} --fresh",
            ) from error
        if stored is not None:
            verdicts = list(
                judge(
                    stored.evidence(records.plan.keys), records.plan.answer_key, records.properties
                )
            )
            for place, then in enumerate(judged.attempt.verdicts):
                if place in lost:
                    verdicts[place] = then
            judged = replace(judged, attempt=replace(judged.attempt, verdicts=tuple(verdicts)))
        attempts.append(judged)
    score = score_of(replace(records.receipt, attempts=tuple(attempts)))
    return score, differences(records.score, score), list(lost.values())


def _lost(records: Records) -> dict[int, str]:
    """By its place among the verdicts, why a check cannot be judged again."""
    checks = [
        (question.id, key)
        for question in records.plan.answer_key.questions
        for key in question.checks
    ]
    reasons = {
        place: (question, lost_property(key, records.properties))
        for place, (question, key) in enumerate(checks)
        if isinstance(key, PropertyKey)
    }
    return {place: f"{question}: {why}" for place, (question, why) in reasons.items() if why}


def differences(before: Score, after: Score) -> list[str]:
    """What differs between two scores, one line each."""
    lines = [
        f"{field.name}: {getattr(before, field.name)} -> {getattr(after, field.name)}"
        for field in fields(Score)
        if field.name != "questions" and getattr(before, field.name) != getattr(after, field.name)
    ]
    for old, new in zip(before.questions, after.questions, strict=False):
        if old != new:
            lines.append(f"{old.id}: {old.earned} -> {new.earned}")
            lines += [
                f"{old.id} {was.check}: {was.reason} -> {now.reason}"
                for was, now in zip(old.verdicts, new.verdicts, strict=False)
                if was != now
            ]
    return lines


def executed_again(
    opened: OpenCourse, assignment_id: str, records: Records, sandbox: Sandbox
) -> list[str]:
    """Run the notebook once more, ask the same, and say what differs; nothing if nothing does.

    Raises:
        GraderError: the file is gone, or another one.
    """
    assignment = load_assignment(opened.course, assignment_id)
    conditions = conditions_of(assignment)
    counted, stored = records.counted, records.stored
    if counted is None or stored is None:
        return []
    submission = _as_handed_in(opened, assignment.id, assignment.notebook.name, counted)
    assert submission.file is not None
    notebook = read_notebook(submission.file)
    running = execute_all(
        [submission],
        lambda _: Asked(notebook, records.plan.probes),
        conditions,
        jobs=1,
        sandbox=sandbox,
    )
    (result,) = list(running)
    if result.evidence is None:
        raise GraderError(f"the notebook could not be executed: {result.failure}")
    now = result.evidence
    keys = records.plan.keys  # as they were computed then
    asked_again = [replace(each, probe=keys[name]) for name, each in now.outcomes.items()]
    again = StoredRun.of(now.run, asked_again, stored.measurement)
    before = replace(stored, outcomes=stored.outcomes.only(again.outcomes))
    lines = []
    key = run_key(
        notebook_key(code_cells(notebook)), conditions_key(conditions), now.run.environment
    )
    if key != stored.run.key:
        lines.append(
            "the libraries, the limits or the assignment's files are others than then: "
            f"{stored.run.environment} -> {now.run.environment}"
        )
        again = replace(again, run=replace(again.run, key=stored.run.key))
    if evidence_bytes(before) == evidence_bytes(again):
        return lines
    lines += [
        f"cell {was.number}: {was.status} -> {is_now.status}"
        if was.status != is_now.status
        else f"cell {was.number}: other outputs"
        for was, is_now in zip(stored.run.cells, now.run.cells, strict=False)
        if was != is_now
    ]
    lines += [
        f"{probe.target}: another answer ({probe.id})"
        for probe in records.plan.probes
        if before.outcomes.raw.get(keys[probe.id]) != again.outcomes.raw[keys[probe.id]]
    ]
    return lines


def _as_handed_in(
    opened: OpenCourse, assignment_id: str, expected_name: str, counted: Judged
) -> Submission:
    """The submission with its file, which has to be the one that was graded.

    Raises:
        GraderError: it is not.
    """
    then = counted.attempt.submission
    folder = opened.submissions / assignment_id
    for submission in collect_folder(folder, expected_name):
        same = (submission.student, submission.attempt) == (then.student, then.attempt)
        if same and submission.file is not None and submission.sha256 == then.sha256:
            return submission
    raise GraderError(
        f"the file that was graded, {then.file.name if then.file else '?'} with SHA-256 "
        f"{then.sha256}, is not there any more",
        at=str(folder / then.student),
        fix="put it back; the score itself can be made again without --execute",
    )
