"""From evidence to what a student reads: a line for each thing that is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from grader.check.sheet import PublicCheck, PublicQuestion, Sheet, reading
from grader.judge import Properties, judge
from grader.judge.expressions import ExpressionError, parse
from grader.judge.typed import typed_text
from grader.judge.verdicts import absence_of
from grader.records.answer_key import AnswerKey, PropertyKey, QuestionKey
from grader.records.evidence import Evidence, Outcome
from grader.records.values import describe
from grader.records.verdicts import Verdict

ENDED = frozenset({"timeout", "memory", "exited"})
"""Kinds of flags that say that a cell, or a call, was cut short."""

State = Literal["passed", "failed", "read", "not checked"]


@dataclass(frozen=True)
class Line:
    """What was found for one thing. `read`: it is there, and that is all that is said of it.

    `lost`: points that are lost if it stays as it is.
    """

    question: str
    check: str
    state: State
    text: str
    hint: str = ""
    lost: Decimal = Decimal(0)


@dataclass(frozen=True)
class SelfCheck:
    """A notebook as looked at with the public cases.

    Attributes:
        cell_errors: of cells that raised.
        flags: of the run, such as `timeout:cell 4`.
        hidden: functions that have hidden cases besides.
        warnings: what may cost marks before anything is judged.
    """

    assignment: str
    lines: tuple[Line, ...]
    cell_errors: tuple[str, ...]
    flags: tuple[str, ...]
    hidden: tuple[str, ...]
    points: Decimal = Decimal(0)
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a check failed, or a cell: what it should have made is not there then."""
        stopped = any(flag.partition(":")[0] in ENDED for flag in self.flags)
        return (
            stopped or bool(self.cell_errors) or any(line.state == "failed" for line in self.lines)
        )

    @property
    def at_most(self) -> Decimal:
        """The points that are left if nothing is mended, and all else turns out to be right."""
        return max(Decimal(0), self.points - sum((line.lost for line in self.lines), Decimal(0)))


def looked_at(
    sheet: Sheet,
    evidence: Evidence,
    *,
    questions: Sequence[str] = (),
    warnings: Sequence[str] = (),
    properties: Properties | None = None,
) -> SelfCheck:
    """What the public cases say.

    Args:
        evidence: its outcomes by the ids of `probes_of(sheet)`.
        questions: the ids of those to look at; empty is all.
        properties: the author's functions, which students do not have.
    """
    chosen = [each for each in sheet.questions if not questions or each.id in questions]
    judged = _verdicts(sheet, chosen, evidence, properties or {})
    lines = [
        line
        for question in chosen
        for check in question.checks
        for line in _lines(question, check, judged, evidence)
    ]
    hidden = dict.fromkeys(
        check.name for question in chosen for check in question.checks if check.has_hidden
    )
    errors = tuple(
        f"cell {cell.number}: {cell.error}" for cell in evidence.run.cells if cell.status == "error"
    )
    return SelfCheck(
        assignment=sheet.assignment,
        lines=tuple(lines),
        cell_errors=errors,
        flags=evidence.run.flags,
        hidden=tuple(hidden),
        points=sum((question.points for question in chosen), Decimal(0)),
        warnings=tuple(warnings),
    )


def _verdicts(
    sheet: Sheet,
    questions: Sequence[PublicQuestion],
    evidence: Evidence,
    properties: Properties,
) -> Mapping[int, Verdict]:
    """By identity of the check."""
    judged = [
        (question, [check for check in question.checks if check.key is not None])
        for question in questions
    ]
    keys = tuple(
        QuestionKey(question.id, question.title, tuple(c.key for c in checks if c.key is not None))
        for question, checks in judged
    )
    verdicts = judge(evidence, AnswerKey(sheet.assignment, keys), properties)
    in_order = (check for _, checks in judged for check in checks)
    return {id(check): verdict for check, verdict in zip(in_order, verdicts)}  # noqa: B905 (3.10)


def _lines(
    question: PublicQuestion,
    check: PublicCheck,
    judged: Mapping[int, Verdict],
    evidence: Evidence,
) -> Iterator[Line]:
    share = _share(question, check)
    if check.kind in ("typed", "read"):
        for name in check.names:
            yield _read(question.id, name, check, evidence, share / len(check.names))
    elif check.kind == "written":
        yield Line(question.id, check.name, "not checked", "a person will read it")
    elif check.kind == "vectorised":
        text = "whether it loops over the examples is looked at after you hand in"
        same = (judged.get(id(other)) for other in question.checks if other.name == check.name)
        is_wrong = any(verdict is not None and verdict.credit != 1 for verdict in same)
        lost = share if is_wrong else Decimal(0)  # it counts once the values are right
        yield Line(question.id, check.name, "not checked", text, lost=lost)
    elif id(check) not in judged:
        yield Line(question.id, check.name, "not checked", "it has hidden cases only")
    elif isinstance(check.key, PropertyKey) and judged[id(check)].credit is None:
        text = f"whether {check.key.says} is looked at after you hand in"
        yield Line(question.id, check.name, "not checked", text)
    else:
        verdict = judged[id(check)]
        credit = Decimal(0) if verdict.credit is None else verdict.credit
        state: State = "passed" if credit == 1 else "failed"
        text = " ".join([verdict.reason, *(f"Note: {remark}." for remark in verdict.remarks)])
        lost = share * (1 - credit)
        yield Line(question.id, verdict.check, state, text, verdict.hint, lost)


def _share(question: PublicQuestion, check: PublicCheck) -> Decimal:
    """The points of a check."""
    weights = sum((each.weight for each in question.checks), Decimal(0))
    return question.points * check.weight / weights if weights else Decimal(0)


def _read(question: str, name: str, check: PublicCheck, evidence: Evidence, share: Decimal) -> Line:
    outcome = evidence.outcomes.get(reading(name), Outcome("", "not-run"))
    if outcome.status != "returned" or outcome.value is None:
        absence = absence_of(name, outcome, evidence.run.cells)
        return Line(question, name, "failed", absence.reason, absence.hint, share)
    later = "whether it is right is judged after you hand in"
    if check.kind == "read":
        return Line(question, name, "read", f"{name} is {describe(outcome.value)}; {later}.")
    text = typed_text(outcome.value)
    if text is None or not text.strip():
        said = f"{name} is {describe(outcome.value)}; type an expression as text."
        return Line(question, name, "failed", said, lost=share)
    try:
        read = parse(text, check.variable).text
    except ExpressionError as error:
        said = f"{name} = {text[:60]!r} cannot be read: {error}."
        return Line(question, name, "failed", said, lost=share)
    return Line(question, name, "read", f"{name} was read as {read}; {later}.")
