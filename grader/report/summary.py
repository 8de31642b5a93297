"""The page of the class: how it went, what to teach again, and who needs a person first."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from grader.records.scores import PROVISIONAL, Score, Status
from grader.report.borderline import borderline, few_of_each, in_doubt
from grader.report.csv_text import points_text
from grader.report.discrimination import weak_checks
from grader.report.failures import failures
from grader.report.hand_in_times import Slot, hand_in_times_svg, slots
from grader.report.histogram import Bin, bins, histogram_svg
from grader.report.pages import WAITING, page_parts, question_result
from grader.report.words import STATUSES

MOST_MISTAKES = 5
MOST_BORDERLINE = 20
MOST_NAMED = 30  # students beside one reason
NOT_TO_TEACH = {"missing", "raised", "timeout", "out-of-memory", "ended-the-process", "too-large",
                "not-asked", "carried-forward"}  # fmt: skip
"""What says that code did not run, or repeats an earlier mistake."""


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
class ToTeach:
    """A mistake that several made: in which questions, how many students, and its hint."""

    slug: str
    questions: tuple[str, ...]
    count: int
    hint: str


@dataclass(frozen=True)
class HandInTimes:
    svg: str  # trusted: made here, of numbers
    slots: tuple[Slot, ...]


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
    counted = counted_scores(scores)
    marks = [score.score for score in counted if score.score is not None]
    counts = Counter(score.status for score in scores)
    all_near = borderline(scores)
    near = few_of_each(all_near)
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
        doubts={s.student: points for s in scores if (points := in_doubt(s)) is not None},
        borderline=near[:MOST_BORDERLINE],
        more_borderline=max(0, len(all_near) - len(near[:MOST_BORDERLINE])),
        weak=weak_checks(judged_scores(scores)),
        failures=failures(scores),
        most_named=MOST_NAMED,
        times=_times(scores, due),
        to_teach=to_teach(scores),
        problems=problems or {},
        alarms=alarms,
        waiting=with_prefix(scores, "pending:"),
        histogram=_histogram(counted),
        questions=question_summaries(scores),
        modules=with_prefix(scores, "import:"),
        places=places,
    )


def needs_a_person(scores: Sequence[Score]) -> list[Score]:
    """Who cannot be settled without one, those first of whom most points hang on a doubt. The
    explanation has the doubts that are still open."""
    found = [
        score
        for score in scores
        if score.status in PROVISIONAL or score.status == "unknown_student"
    ]
    return sorted(found, key=lambda score: -(in_doubt(score) or 0))


def counted_scores(scores: Sequence[Score]) -> list[Score]:
    """Of those on the roster who handed in what could be read, and have a score."""
    return [
        score
        for score in scores
        if score.attempt is not None
        and score.score is not None
        and score.status not in ("unknown_student", "unreadable")
    ]


def judged_scores(scores: Sequence[Score]) -> list[Score]:
    """Of those who handed something in that was judged."""
    return [
        score
        for score in scores
        if score.attempt is not None and any(question.verdicts for question in score.questions)
    ]


def to_teach(scores: Sequence[Score]) -> list[ToTeach]:
    """The mistakes that most students made, of two or more."""
    students: dict[str, set[str]] = {}
    questions: dict[str, dict[str, None]] = {}
    hints: dict[str, str] = {}
    for score in scores:
        for question in score.questions:
            for verdict in question.verdicts:
                slug = verdict.mistake
                if slug and slug not in NOT_TO_TEACH and (verdict.credit or 0) < 1:
                    students.setdefault(slug, set()).add(score.student)
                    questions.setdefault(slug, {})[question.id] = None
                    hints[slug] = hints.get(slug) or verdict.hint
    found = [
        ToTeach(slug, tuple(questions[slug]), len(who), hints[slug])
        for slug, who in students.items()
        if len(who) > 1
    ]
    return sorted(found, key=lambda each: (-each.count, each.slug))[:MOST_MISTAKES]


def _times(scores: Sequence[Score], due: datetime | None) -> HandInTimes | None:
    import markupsafe

    times = [score.submitted_at for score in scores if score.submitted_at is not None]
    if due is None or not times:
        return None
    parts = slots(due, times)
    return HandInTimes(markupsafe.Markup(hand_in_times_svg(parts)), parts)


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
    judged = judged_scores(scores)
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
