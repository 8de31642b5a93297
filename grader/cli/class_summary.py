"""How a class did, as a person at a terminal reads it: summary.html in a screenful."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import datetime
from textwrap import fill

import click

from grader.cli.show import printable
from grader.grading import Graded
from grader.records.scores import Score
from grader.report.borderline import borderline, few_of_each
from grader.report.csv_text import points_text
from grader.report.discrimination import weak_checks
from grader.report.failures import failures
from grader.report.hand_in_times import slots
from grader.report.summary import (
    NOT_TO_TEACH,
    QuestionSummary,
    counted_scores,
    judged_scores,
    question_summaries,
)
from grader.report.words import mistake_in_words

WIDTH = 79
MOST = 5  # of each kind
ENOUGH = 3
"""Scores, before anything is said of a class."""


def class_summary(graded: Graded, *, err: bool = False) -> None:
    """Nothing for two or fewer: the table of scores says all."""
    counted = counted_scores(graded.scores)
    if len(counted) < ENOUGH:
        return
    click.echo(err=err)
    for said in _lines(graded, counted):
        click.echo(
            fill(printable(said), WIDTH, initial_indent="  ", subsequent_indent="    "), err=err
        )
    click.echo(err=err)
    for row in _questions(question_summaries(graded.scores)):
        click.echo(row, err=err)
    click.echo(err=err)


def _lines(graded: Graded, counted: Sequence[Score]) -> list[str]:
    after = [score.score for score in counted if score.score is not None]
    before = [score.earned for score in counted]
    lines = [
        f"scores: mean {points_text(statistics.mean(after))} (before the penalty "
        f"{points_text(statistics.mean(before))}), median {points_text(statistics.median(after))}, "
        f"from {points_text(min(after))} to {points_text(max(after))}, of {len(counted)}"
    ]
    if graded.due is not None:
        lines += _times(graded.due, graded.scores)
    lines += [
        f"failed: {each.words} {_some(each.students)}" for each in failures(graded.scores)[:MOST]
    ]
    near = few_of_each(borderline(graded.scores))
    lines += [
        f"near the line: {each.student} {each.question} {each.check}, error {each.ratio:.2f} times "
        f"what is tolerated ({'right' if each.is_right else 'wrong'})"
        for each in near[:MOST]
    ]
    if len(near) > MOST:
        lines.append(f"and {len(near) - MOST} more near the line: see the page of the class")
    weak = weak_checks(judged_scores(graded.scores))
    lines += [f"tells little: {each.question} {each.check}: {each.words}" for each in weak[:MOST]]
    return lines


def _times(due: datetime, scores: Sequence[Score]) -> list[str]:
    times = [score.submitted_at for score in scores if score.submitted_at is not None]
    if not times:
        return []
    parts = slots(due, times)
    late = sum(part.count for part in parts if part.is_late)
    last_hour = [part for part in parts if not part.is_late][-1].count
    return [
        f"handed in: {len(times) - late} by everybody's deadline, {last_hour} of them in the last "
        f"hour; {late} after it"
    ]


def _questions(found: Sequence[QuestionSummary]) -> list[str]:
    """How many got all, some, none of a question, and the most common mistake that is one."""
    name = max([8, *(min(len(each.id), 16) for each in found)])
    rows = [f"  {'question':<{name}}  right  part  none  most common mistake"]
    rows.append(f"  {'─' * (WIDTH - 4)}")
    for each in found:
        real = [(slug, n) for slug, n in each.mistakes if slug not in NOT_TO_TEACH]
        common = f"{mistake_in_words(real[0][0])} × {real[0][1]}" if real else ""
        row = (
            f"  {printable(each.id)[:16]:<{name}}  {each.full:>5}  {each.part:>4}  {each.none:>4}  "
        )
        row = (row + printable(common)).rstrip()
        rows.append(row if len(row) <= WIDTH else f"{row[: WIDTH - 1]}…")
    return rows


def _some(students: Sequence[str]) -> str:
    more = len(students) - MOST
    return f"({', '.join(students[:MOST])}{f' and {more} more' if more > 0 else ''})"
