"""From questions to probes and answer key. Made once for an assignment, in the trusted process.

What a reference gives is computed here, before any student's function sees the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.errors import GraderError
from grader.judge import Holds
from grader.questions import declare, slips
from grader.questions.declare import Check, Question
from grader.questions.draft import Draft
from grader.questions.kinds.expression import plan_expression
from grader.questions.kinds.notebook import plan_figure, plan_written
from grader.questions.kinds.property import holds_of, plan_property
from grader.questions.kinds.returns import plan_returns, plan_variable
from grader.questions.kinds.training import plan_objective_at, plan_trained
from grader.questions.kinds.vectorised import plan_vectorised
from grader.questions.kinds.within import plan_within
from grader.questions.scale import quiet
from grader.records.answer_key import AnswerKey, CheckKey, QuestionKey
from grader.records.probes import Probe


@dataclass(frozen=True)
class Plan:
    """Probes for `execute`, the key for `judge`. Neither knows a student.

    `properties`: the author's functions that the key names, which are no data: for `judge` too.
    """

    probes: tuple[Probe, ...]
    answer_key: AnswerKey
    properties: Mapping[str, Holds] = field(default_factory=dict)


_PLANNERS: dict[type[Check], Callable[[Any, Draft], CheckKey | None]] = {
    declare.Returns: plan_returns,
    declare.Gradient: plan_returns,
    declare.Within: plan_within,
    declare.Expression: plan_expression,
    declare.Variable: plan_variable,
    declare.Trained: plan_trained,
    declare.ObjectiveAt: plan_objective_at,
    declare.Vectorised: plan_vectorised,
    declare.Property: plan_property,
    declare.Figure: plan_figure,
    declare.Written: plan_written,
}


def plan(
    assignment: str,
    questions: Sequence[Question],
    secret: bytes | None,
    *,
    fingerprint: str = "",
) -> Plan:
    """Probes and answer key of an assignment.

    Args:
        secret: what the hidden cases are drawn from; None gives the public cases alone, and leaves
            out the checks whose answer a public case would give away.

    Raises:
        GraderError: a reference raises, or gives what cannot be compared.
    """
    probes: list[Probe] = []
    keys = []
    for question in questions:
        checks = []
        for number, check in enumerate(question.checks, start=1):
            place = place_of(assignment, question, number, check)
            draft = Draft(place, secret, public_only=secret is None)
            with quiet():
                key = _planned(check, draft)
            if key is not None:
                checks.append(key)
                probes += draft.probes
        keys.append(QuestionKey(question.id, question.title, tuple(checks)))
    _refuse_unjudged_causes(assignment, questions)
    answer_key = AnswerKey(assignment, tuple(keys), fingerprint)
    return Plan(tuple(probes), answer_key, properties_of(assignment, questions))


def properties_of(assignment: str, questions: Sequence[Question]) -> dict[str, Holds]:
    """The functions of the properties of an assignment, by the places of their checks."""
    return {
        place_of(assignment, question, number, check): holds_of(check)
        for question in questions
        for number, check in enumerate(question.checks, start=1)
        if isinstance(check, declare.Property)
    }


def place_of(assignment: str, question: Question, number: int, check: Check) -> str:
    """What tells a check from all others; `number` counts those of its question from 1."""
    return f"{assignment}/{question.id}/{number} {name_of(check)}"


def name_of(check: Check) -> str:
    """What a check looks at: the function or variable by its name."""
    if isinstance(check, declare.Trained):
        return ", ".join(check.names)
    if isinstance(check, declare.Figure):
        return "figure"
    if isinstance(check, declare.Written):
        return check.what
    return check.name


def _planned(check: Check, draft: Draft) -> CheckKey | None:
    planner = _PLANNERS.get(type(check))
    if planner is None:
        raise GraderError(
            f"{type(check).__name__} is no kind of check",
            at=draft.place,
            fix="use the kinds of grader.questions: Returns, Gradient, Within, Expression, ...",
        )
    return planner(check, draft)


def _refuse_unjudged_causes(assignment: str, questions: Sequence[Question]) -> None:
    """Refuse credit carried forward from what no check looks at: it would never be wrong."""
    judged = {name_of(check) for question in questions for check in question.checks}
    for question in questions:
        for check in question.checks:
            carry = getattr(check, "carry", None)
            named = [getattr(carry, key, "") for key in ("gradient", "loss")]
            for name in filter(None, named):
                if name not in judged - {name_of(check)}:
                    raise GraderError(
                        f"credit is carried forward from {name}, which no other check looks at",
                        at=f"{assignment}/{question.id}, {name_of(check)}, key carry",
                        fix=f"{slips.nearest(name, judged)}name a function of another check",
                    )
