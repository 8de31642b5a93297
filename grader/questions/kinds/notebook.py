"""Plans what is looked at in the notebook itself, or by a person."""

from __future__ import annotations

from grader.questions.declare import Figure, Written
from grader.questions.draft import Draft
from grader.questions.expected import decimal
from grader.records.answer_key import CheckKey, FigureKey, WrittenKey


def plan_figure(check: Figure, draft: Draft) -> CheckKey | None:
    return FigureKey("figure", check.at_least, decimal(check.weight))


def plan_written(check: Written, draft: Draft) -> CheckKey | None:
    return WrittenKey(check.what, decimal(check.weight))
