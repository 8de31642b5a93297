"""A second opinion on typed LaTeX, by another reader: it can raise a doubt, and nothing else.

Where `grader.judge` finds that a text in LaTeX cannot be read, or is wrong without a name, the
grammar of SymPy reads it too. If it is right in that reading, a person looks at it. Pure, as the
judge is; but it needs SymPy and Lark, which students do not have: so it is the grader's alone, and
the self-check goes without. They are imported for the first such text, not before.
"""

from __future__ import annotations

from dataclasses import replace

from grader.judge import Checked, Properties, settled
from grader.judge import judge_check as judged_first
from grader.judge.expressions import digits
from grader.judge.properties import NONE
from grader.judge.typed import doubted, is_right, typed_text
from grader.judge.verdicts import outcome_of
from grader.records.answer_key import AnswerKey, CheckKey, ExpressionKey
from grader.records.evidence import Evidence
from grader.records.verdicts import Verdict

__all__ = ["judge", "judge_check"]


def judge(
    evidence: Evidence, answer_key: AnswerKey, properties: Properties = NONE
) -> tuple[Verdict, ...]:
    """As `grader.judge.judge`, with the second opinion."""
    return settled(
        [
            judge_check(question.id, check, evidence, properties)
            for question in answer_key.questions
            for check in question.checks
        ]
    )


def judge_check(
    question: str, key: CheckKey, evidence: Evidence, properties: Properties = NONE
) -> Checked:
    """As `grader.judge.judge_check`, with the second opinion."""
    checked = judged_first(question, key, evidence, properties)
    if not isinstance(key, ExpressionKey) or not _is_open(checked.verdict):
        return checked
    text = typed_text(outcome_of(evidence, key.probe).value)
    if text is None or "\\" not in text:
        return checked
    from grader.second_opinion.latex import read_by_sympys_grammar  # a third of a second

    other = read_by_sympys_grammar(text, key.variable)
    with digits():
        if other is None or not is_right(other, key):
            return checked
    return replace(checked, verdict=doubted(checked.verdict, text, other))


def _is_open(verdict: Verdict) -> bool:
    """Whether it is wrong, and it is not known what it is."""
    return (
        verdict.credit == 0
        and not verdict.doubt
        and verdict.mistake in (None, "unreadable-expression", "not-finite")
    )
