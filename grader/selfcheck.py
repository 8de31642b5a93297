"""The students' self-check: the same execution and the same judge, on public cases only.

It says what was checked and what was not. It never says that all is well, because hidden cases
decide. Where a public case would be the answer itself, it says how the answer was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.course import Assignment, Course, load_assignment
from grader.errors import GraderError
from grader.execute import cold_start, execute, read_notebook
from grader.judge import judge
from grader.judge.expressions import ExpressionError, parse
from grader.judge.typed import typed_text
from grader.judge.verdicts import absence_of
from grader.opened import conditions_of
from grader.questions import (
    Check,
    Expression,
    Figure,
    ObjectiveAt,
    Question,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
    load_questions,
    name_of,
    plan,
)
from grader.records.evidence import Evidence, Outcome
from grader.records.probes import Probe
from grader.records.values import describe
from grader.records.verdicts import Verdict

ENDED = frozenset({"timeout", "memory", "exited"})
"""Kinds of flags that say that a cell, or a call, was cut short."""

State = Literal["passed", "failed", "read", "not checked"]


@dataclass(frozen=True)
class Line:
    """What was found for one check. `read`: it is there, and that is all that is said of it."""

    question: str
    check: str
    state: State
    text: str
    hint: str = ""


@dataclass(frozen=True)
class SelfCheck:
    assignment: str
    lines: tuple[Line, ...]
    cell_errors: tuple[str, ...]  # of cells that raised
    flags: tuple[str, ...]  # of the run, such as `timeout:cell 4`
    hidden: tuple[str, ...]  # checks that have hidden cases besides

    @property
    def failed(self) -> bool:
        """Whether a check failed, or a cell: what it should have made is not there then."""
        stopped = any(flag.partition(":")[0] in ENDED for flag in self.flags)
        return (
            stopped or bool(self.cell_errors) or any(line.state == "failed" for line in self.lines)
        )


def self_check(course: Course, notebook: Path, assignment_id: str | None = None) -> SelfCheck:
    """Run a notebook afresh and look at it with the public cases.

    Raises:
        GraderError: the file is no notebook, or it is not clear which assignment it belongs to.
    """
    assignment = _assignment_of(course, notebook, assignment_id)
    questions = load_questions(assignment.questions_file, course.root)
    planned = plan(assignment.id, questions, None)
    reads = tuple(Probe(f"read {name}", name, call=False) for name in _names_to_read(questions))
    conditions = conditions_of(assignment)
    evidence = execute(
        read_notebook(notebook), (*planned.probes, *reads), conditions, cold_start(conditions)
    )
    verdicts = iter(judge(evidence, planned.answer_key))  # in the order of the checks
    lines = [
        line
        for question in questions
        for check in question.checks
        for line in _lines(question, check, next(verdicts) if _is_public(check) else None, evidence)
    ]
    hidden = dict.fromkeys(
        check.name
        for question in questions
        for check in question.checks
        if isinstance(check, (Returns, Within)) and not all(case.public for case in check.cases)
    )
    errors = tuple(
        f"cell {cell.number}: {cell.error}" for cell in evidence.run.cells if cell.status == "error"
    )
    return SelfCheck(assignment.id, tuple(lines), errors, evidence.run.flags, tuple(hidden))


def _is_public(check: Check) -> bool:
    """Whether the plan for students has the check: it does not need the answer to be shown."""
    if isinstance(check, (Returns, Within)):
        return any(case.public for case in check.cases)
    return isinstance(check, (Figure, Written))


def _assignment_of(course: Course, notebook: Path, assignment_id: str | None) -> Assignment:
    if not notebook.is_file():
        raise GraderError(
            "there is no such file", at=str(notebook), fix="give your notebook's name"
        )
    if assignment_id is not None:
        return load_assignment(course, assignment_id)
    for name in course.assignments:
        assignment = load_assignment(course, name)
        if notebook.name == assignment.notebook.name:
            return assignment
    expected = ", ".join(load_assignment(course, n).notebook.name for n in course.assignments)
    raise GraderError(
        f"{notebook.name} is not the name of an assignment's notebook",
        at=str(notebook),
        fix=f"rename it before you hand it in ({expected}), or say which it is: --assignment HW",
    )


def _names_to_read(questions: tuple[Question, ...]) -> list[str]:
    names: list[str] = []
    for question in questions:
        for check in question.checks:
            if isinstance(check, (Expression, Variable, ObjectiveAt)):
                names.append(check.name)
            elif isinstance(check, Trained):
                names += check.names
    return list(dict.fromkeys(names))


def _lines(
    question: Question, check: Check, verdict: Verdict | None, evidence: Evidence
) -> list[Line]:
    if isinstance(check, (Expression, Variable, ObjectiveAt)):
        return [_read(question.id, check.name, evidence, isinstance(check, Expression), check)]
    if isinstance(check, Trained):
        return [_read(question.id, name, evidence, False, check) for name in check.names]
    if isinstance(check, Written):
        return [Line(question.id, check.what, "not checked", "a person will read it")]
    if isinstance(check, Vectorised):
        text = "whether it loops over the examples is looked at after you hand in"
        return [Line(question.id, check.name, "not checked", text)]
    if verdict is None:
        return [Line(question.id, name_of(check), "not checked", "it has hidden cases only")]
    state: State = "passed" if verdict.credit == 1 else "failed"
    text = " ".join([verdict.reason, *(f"Note: {remark}." for remark in verdict.remarks)])
    return [Line(question.id, verdict.check, state, text, verdict.hint)]


def _read(question: str, name: str, evidence: Evidence, typed: bool, check: object) -> Line:
    outcome = evidence.outcomes.get(f"read {name}", Outcome("", "not-run"))
    if outcome.status != "returned" or outcome.value is None:
        absence = absence_of(name, outcome, evidence.run.cells)
        return Line(question, name, "failed", absence.reason, absence.hint)
    later = "whether it is right is judged after you hand in"
    if not typed:
        return Line(question, name, "read", f"{name} is {describe(outcome.value)}; {later}.")
    text = typed_text(outcome.value)
    if text is None or not text.strip():
        said = f"{name} is {describe(outcome.value)}; type an expression as text."
        return Line(question, name, "failed", said)
    assert isinstance(check, Expression)
    try:
        read = parse(text, check.variable).text
    except ExpressionError as error:
        return Line(question, name, "failed", f"{name} = {text[:60]!r} cannot be read: {error}.")
    return Line(question, name, "read", f"{name} was read as {read}; {later}.")
