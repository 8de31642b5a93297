"""Judges expressions that were typed as text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from grader.judge.compare import doubt_about, is_doubtful
from grader.judge.expressions import (
    Expression,
    ExpressionError,
    UndecidedError,
    as_one_quotient,
    digits,
    exact,
    other_expressions,
    parse,
)
from grader.judge.mistakes import hint_for
from grader.judge.resembles import SAME, agree, error_over_tolerance, resemblance
from grader.judge.verdicts import outcome_of, right, without_value, wrong
from grader.records.answer_key import ExpressionKey
from grader.records.evidence import Evidence
from grader.records.values import Array, Numbers, Value, describe
from grader.records.values import Sequence as SequenceValue
from grader.records.verdicts import Verdict


def judge_expression(question: str, key: ExpressionKey, evidence: Evidence) -> Verdict:
    """Right if it has the expected values at all points of the domain, in whatever form.

    What is right in another reading than the documented one is wrong with a doubt: a person looks.
    """
    outcome = outcome_of(evidence, key.probe)
    if outcome.status != "returned":
        return without_value(question, key, outcome, evidence.run.cells)
    text = typed_text(outcome.value)
    if text is None:
        said = (
            f"{key.check} is {describe(outcome.value)}; an expression typed as text is asked for."
        )
        return wrong(question, key, said, "wrong-dtype")
    if not text.strip():
        return wrong(question, key, f"{key.check} is empty.", "missing")
    with digits():
        verdict = _as_documented(question, key, text)
        if verdict.credit != 1 and not verdict.doubt:
            others = other_expressions(text, key.variable)
            other = next((each for each in others if is_right(each, key)), None)
            verdict = (
                _grouped(verdict, text, key) if other is None else doubted(verdict, text, other)
            )
    if _is_boxed(outcome.value):
        return replace(verdict, remarks=("it is the one thing in a list or a tuple",))
    return verdict


def typed_text(value: Value) -> str | None:
    """What was typed: text, or a plain number (`d1 = 0`); also as the one thing in a list."""
    if isinstance(value, SequenceValue) and len(value.items) == 1:
        return typed_text(value.items[0])
    if isinstance(value, str):
        return value
    if isinstance(value, Array) and value.data.size == 1 and value.data.dtype.kind in "iuf":
        return repr(value.data.item())
    return None


def is_right(expression: Expression, key: ExpressionKey) -> bool:
    """Whether it has the expected values."""
    values = (expression.value(exact(point)) for point in key.points)
    try:
        return agree(values, decimals(key.want), key.rtol)
    except UndecidedError:
        return False


def doubted(verdict: Verdict, text: str, other: Expression) -> Verdict:
    """A verdict that is not right, with a doubt: there is another reading that is."""
    seen = f"Read as {_in_short(other)}"
    if other.has_odd_roots:
        seen += ", with the real roots of negative numbers,"
    slug = verdict.mistake or "ambiguous-notation"
    typed = "" if shown(text) in verdict.reason else f"{verdict.check} = {shown(text)}: "
    return replace(
        verdict,
        reason=f"{verdict.reason} {seen} it is right: a person will look at it.",
        mistake=slug,
        hint=verdict.hint or hint_for(slug),
        doubt=f"{typed}{verdict.reason} {seen} it is right",
    )


def _grouped(verdict: Verdict, text: str, key: ExpressionKey) -> Verdict:
    """A wrong verdict, with a name if the text is a fraction in one line without parentheses."""
    if verdict.mistake is not None:
        return verdict
    whole = as_one_quotient(text, key.variable)
    if whole is None or not is_right(whole, key):
        return verdict
    slug = "missing-parentheses"
    said = f"{verdict.reason} {_in_short(whole)} would be."
    return replace(verdict, reason=said, mistake=slug, hint=hint_for(slug))


def shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _in_short(expression: Expression) -> str:
    return expression.text if len(expression.text) <= 200 else expression.text[:197] + "..."


def _as_documented(question: str, key: ExpressionKey, text: str) -> Verdict:
    try:
        expression = parse(text, key.variable)
    except ExpressionError as error:
        said = f"{key.check} = {shown(text)} cannot be read: {error}."
        return wrong(question, key, said, "unreadable-expression")
    read = f"{key.check} was read as {_in_short(expression)}"
    points, want = [exact(point) for point in key.points], decimals(key.want)
    try:
        got = [expression.value(point) for point in points]
        off = error_over_tolerance(got, want, key.rtol)
        doubt = doubt_about(key.check, off) if is_doubtful(off, key.rtol) else ""
        if off <= 1:
            return right(question, key, f"{read}: right.", error=off, doubt=doubt)
        for known, mistaken in zip(key.mistakes, key.mistaken, strict=True):
            if agree(got, decimals(mistaken), SAME):
                said = f"{read}, which is not right."
                return wrong(question, key, said, known, error=off, doubt=doubt)
        slopes = decimals(key.slopes)
        found = resemblance(expression.value, key.variable, points, got, want, slopes)
    except UndecidedError:
        said = f"{read}, and too many digits cancel to say what it is"
        return wrong(question, key, f"{said}.", "unreadable-expression", doubt=said)
    said = f"{read}, which is {found.words}."
    return wrong(question, key, said, found.slug, hint=found.hint, error=off, doubt=doubt)


def decimals(values: Numbers) -> list[Decimal]:
    """Each exactly as float64 has it."""
    return [Decimal(float(value)) for value in values]


def _is_boxed(value: Value) -> bool:
    return isinstance(value, SequenceValue) or (isinstance(value, Array) and value.data.ndim > 0)
