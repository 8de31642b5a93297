"""The templates, and how they write values. What is not markup of ours is escaped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict
from grader.report.csv_text import places_for, points_text
from grader.report.files import page_name
from grader.report.pictures import Picture, difference_pictures, pictures_of
from grader.report.words import (
    STATUSES,
    credit_in_words,
    flag_in_words,
    mistake_in_words,
    off_in_words,
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
BY_HAND = Result("soft", "·", "decided by a person")
NOT_JUDGED = Result("soft", "–", "not judged")


def verdict_result(verdict: Verdict, question: QuestionScore, score: Score) -> Result:
    if verdict.credit is None:
        return WAITING if f"pending:{question.id}" in score.flags else BY_HAND
    if verdict.credit >= 1:
        return RIGHT
    if verdict.credit <= 0:
        return WRONG
    return Result("partly", "◐", credit_in_words(verdict.credit))


def question_result(question: QuestionScore, score: Score) -> Result:
    """A question that waits for a mark is flagged, `pending:Q9`; the rest is in its points.

    Nothing of what was not judged (nothing handed in, unreadable) is called wrong.
    """
    if f"pending:{question.id}" in score.flags:
        return WAITING
    if not question.verdicts and question.earned == 0:
        return NOT_JUDGED
    if question.earned >= question.points:
        return RIGHT
    return WRONG if question.earned <= 0 else Result("partly", "◐", "partly right")


def diagnoses(question: QuestionScore) -> list[Verdict]:
    """The verdicts of a question that have something to say in its row: all but the right ones."""
    return [each for each in question.verdicts if each.credit is None or each.credit < 1]


def hints(question: QuestionScore) -> list[str]:
    """Each hint of a question once."""
    return list(dict.fromkeys(each.hint for each in question.verdicts if each.hint))


def page(template: str, *, places: int, **values: Any) -> str:
    """The page that `template` makes of `values`, with points of so many decimal places."""
    return str(_templates().get_template(template).render(places=places, **values))


def page_parts(template: str, *, places: int, **values: Any) -> Iterator[str]:
    """The same in parts, for a page that is too large to be held in one piece."""
    stream = _templates().get_template(template).stream(places=places, **values)
    stream.enable_buffering(200)
    yield from stream


def parts_by_code(text: str) -> list[tuple[bool, str]]:
    """Whether each part of `text` stood between backticks, and the part.

    >>> parts_by_code("ends without `return`.")
    [(False, 'ends without '), (True, 'return'), (False, '.')]
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one of them has no partner
        return [(False, text)]
    return [(k % 2 == 1, part) for k, part in enumerate(parts) if part]


def _markup(pictures: Callable[[Any], list[Picture]]) -> Callable[[Any], list[Picture]]:
    """The same pictures, marked as ours: drawn here, with all texts in them escaped."""
    import markupsafe

    return lambda thing: [
        replace(each, svg=markupsafe.Markup(each.svg)) for each in pictures(thing)
    ]


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

    @jinja2.pass_context
    def points(context: Any, value: Decimal | None, worth: Decimal | None = None) -> str:
        """Of what is worth so much, if that has more decimal places than the policy."""
        places = context["places"]
        return points_text(value, places if worth is None else places_for(worth, places))

    environment.filters |= {
        "points": points,
        "parts": parts_by_code,
        "time": time_in_words,
        "short_time": lambda time: f"{time:%d %b %H:%M}",
        "flag": flag_in_words,
        "mistake": mistake_in_words,
        "status": STATUSES.__getitem__,
        "page": lambda student: quote(page_name(student)),
        "with_something_said": lambda questions: [q for q in questions if q.verdicts or q.comments],
        "result": question_result,
        "verdict_result": verdict_result,
        "diagnoses": diagnoses,
        "hints": hints,
        "off": off_in_words,
        "pictures": _markup(pictures_of),
        "differences": _markup(difference_pictures),
    }
    return environment
