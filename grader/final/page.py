"""The page of the final marks: one file, for the lecturer."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from decimal import Decimal

from grader.course.weights import HUNDRED
from grader.final.classwide import component_summaries, grade_counts, how_made, standings
from grader.final.explain import need_in_words, needs_in_short
from grader.final.result import IN_WORDS
from grader.final.totals import FinalMarks, StudentTotal
from grader.report.csv_text import points_text
from grader.report.histogram import Bin, bins, histogram_svg
from grader.report.pages import page
from grader.score.explain import plain


def final_page(final: FinalMarks) -> str:
    """One HTML file, without a link, a script or a network."""
    marks = standings(final.students)
    complete = [each for each in final.students if each.total.total is not None]
    is_complete = len(complete) == len(final.students)
    components = component_summaries(final)
    places = max(final.policy.places, 2)
    parts = bins([], marks, HUNDRED)
    return page(
        "final.html",
        title=final.title,
        generated_at=final.generated_at,
        places=final.policy.places,
        rules=how_made(final.policy),
        is_final=final.is_final,
        is_complete=is_complete,
        what="Total" if is_complete else "Average so far",
        provisional=[each for each in final.students if each.doubts],
        notes=final.notes,
        students=final.students,
        complete=len(complete),
        mean=points_text(statistics.mean(marks), places) if marks else "",
        median=points_text(statistics.median(marks), places) if marks else "",
        passed=None
        if final.policy.pass_mark is None or not complete
        else sum(bool(each.total.passed) for each in complete),
        bins=parts if marks else (),
        histogram=_svg(parts, is_complete=is_complete) if marks else "",
        grades=grade_counts(final),
        components=components,
        shown=[
            k for k, each in enumerate(components) if each.marked or each.missing or each.excused
        ],
        goals=final.policy.goals,
        states=IN_WORDS,
        needs_of=_needs,
        short=needs_in_short,
        plain=plain,
        as_given="{:f}".format,
        withdrawn=final.withdrawn,
    )


def _svg(parts: Sequence[Bin], *, is_complete: bool) -> str:
    import markupsafe

    axis = "total" if is_complete else "percent of what is marked"
    return markupsafe.Markup(histogram_svg(parts, axis=axis, is_pair=False))  # made of numbers


def _needs(student: StudentTotal) -> list[tuple[str, Decimal, str]]:
    """The bands, from which total on they are given, and what each needs, in words."""
    return [
        (need.band.name, need.band.least, need_in_words(need, student.total, student.results))
        for need in student.total.needs
    ]
