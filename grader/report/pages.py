"""The templates, and how they write values. What is not markup of ours is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict
from grader.report.csv_text import points_text
from grader.report.files import page_name
from grader.report.words import (
    STATUSES,
    credit_in_words,
    flag_in_words,
    mistake_in_words,
    time_in_words,
)


@dataclass(frozen=True)
class Result:
    """How well something went: a CSS class, a sign beside it, and words that suffice alone."""

    look: str
    sign: str
    words: str


RIGHT = Result("right", "✓", "right")
WRONG = Result("wrong", "✗", "not right")
WAITING = Result("waiting", "…", "not marked yet")


def verdict_result(verdict: Verdict) -> Result:
    if verdict.credit is None:
        return WAITING
    if verdict.credit >= 1:
        return RIGHT
    if verdict.credit <= 0:
        return WRONG
    return Result("partly", "◐", credit_in_words(verdict.credit))


def question_result(question: QuestionScore, score: Score) -> Result:
    """A question that waits for a mark is flagged, `pending:Q9`; the rest is in its points."""
    if f"pending:{question.id}" in score.flags:
        return WAITING
    if question.earned >= question.points:
        return RIGHT
    return WRONG if question.earned <= 0 else Result("partly", "◐", "partly right")


def page(template: str, **values: Any) -> str:
    """The page that `template` makes of `values`."""
    return str(_templates().get_template(template).render(**values))


@lru_cache(maxsize=1)
def _templates() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "points": points_text,
        "time": time_in_words,
        "short_time": lambda time: f"{time:%d %b %H:%M}",
        "flag": flag_in_words,
        "mistake": mistake_in_words,
        "status": STATUSES.__getitem__,
        "page": lambda student: quote(page_name(student)),
        "result": question_result,
        "verdict_result": verdict_result,
    }
    return environment
