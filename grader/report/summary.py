"""The page of the class: how it went, what to teach again, and who needs a person first."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from grader.records.scores import PROVISIONAL, Score, Status
from grader.report.csv_text import points_text
from grader.report.histogram import Bin, bins, histogram_svg
from grader.report.pages import WAITING, page_parts, question_result
from grader.report.words import STATUSES

MOST_MISTAKES = 5


@dataclass(frozen=True)
class QuestionSummary:
    """How many got all, some or none of a question's points, or wait for a mark.

    `mistakes`: how many students showed each one, the most common first.
    """

    id: str
    title: str
    full: int
    part: int
    none: int
    unmarked: int
    mistakes: tuple[tuple[str, int], ...]

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        return (
            ("right", self.full),
            ("partly", self.part),
            ("wrong", self.none),
            ("waiting", self.unmarked),
        )


@dataclass(frozen=True)
class Histogram:
    svg: str  # trusted: made here, of numbers
    bins: tuple[Bin, ...]


def summary_page(title: str, scores: Sequence[Score], **more: Any) -> str:
    """`summary_parts` in one piece."""
    return "".join(summary_parts(title, scores, **more))


def summary_parts(
    title: str,
    scores: Sequence[Score],
    *,
    due: datetime | None = None,
    generated_at: datetime | None = None,
    places: int = 2,
    problems: Mapping[str, str] | None = None,
    alarms: Sequence[str] = (),
) -> Iterator[str]:
    """One HTML file, in parts: a class may have thousands. Its links lead to
    `feedback/STUDENT.html` beside it.

    Args:
        places: decimal places of points, as the late policy has them.
        problems: by student, what is odd about the hand-in, and where that can be put right.
        alarms: what to look at before anything else.
    """
    counted = [
        score
        for score in scores
        if score.attempt is not None
        and score.score is not None
        and score.status not in ("unknown_student", "unreadable")
    ]
    marks = [score.score for score in counted if score.score is not None]
    counts = Counter(score.status for score in scores)
    return page_parts(
        "summary.html",
        title=title,
        due=due,
        generated_at=generated_at,
        scores=scores,
        on_the_roster=sum(score.status != "unknown_student" for score in scores),
        handed_in=sum(score.attempt is not None for score in scores),
        counted=len(counted),
        mean=points_text(statistics.mean(marks), max(places, 2)) if marks else "",
        median=points_text(statistics.median(marks), max(places, 2)) if marks else "",
        statuses=[(s, STATUSES[s], counts[s]) for s in get_args(Status) if counts[s]],
        first=needs_a_person(scores),
        problems=problems or {},
        alarms=alarms,
        waiting=with_prefix(scores, "pending:"),
        histogram=_histogram(counted),
        questions=question_summaries(scores),
        modules=with_prefix(scores, "import:"),
        places=places,
    )


def needs_a_person(scores: Sequence[Score]) -> list[Score]:
    """Who cannot be settled without one. The explanation has the doubts that are still open."""
    return [
        score
        for score in scores
        if score.status in PROVISIONAL or score.status == "unknown_student"
    ]


def with_prefix(scores: Sequence[Score], prefix: str) -> list[tuple[str, int]]:
    """What stands behind `prefix` in flags, and how many students have it; most common first."""
    found = Counter(
        flag.removeprefix(prefix)
        for score in scores
        for flag in dict.fromkeys(score.flags)
        if flag.startswith(prefix)
    )
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def question_summaries(scores: Sequence[Score]) -> list[QuestionSummary]:
    """Over those who handed something in that was judged, in the order of the questions."""
    judged = [
        score
        for score in scores
        if score.attempt is not None and any(question.verdicts for question in score.questions)
    ]
    titles = {question.id: question.title for score in judged for question in score.questions}
    summaries = []
    for id, title in titles.items():
        looks: Counter[str] = Counter()
        mistakes: Counter[str] = Counter()
        for score in judged:
            for question in score.questions:
                if question.id == id:
                    looks[question_result(question, score).look] += 1
                    mistakes.update({v.mistake for v in question.verdicts if v.mistake})
        common = sorted(mistakes.items(), key=lambda item: (-item[1], item[0]))[:MOST_MISTAKES]
        summaries.append(
            QuestionSummary(
                id,
                title,
                looks["right"],
                looks["partly"],
                looks["wrong"],
                looks[WAITING.look],
                tuple(common),
            )
        )
    return summaries


def _histogram(counted: Sequence[Score]) -> Histogram | None:
    import markupsafe

    after = [score.score for score in counted if score.score is not None]
    maximum = max((score.maximum for score in counted), default=None)
    if maximum is None or maximum <= 0:
        return None
    parts = bins([score.earned for score in counted], after, maximum)
    return Histogram(markupsafe.Markup(histogram_svg(parts)), parts)
