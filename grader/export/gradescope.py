"""`results.json`, as Gradescope reads it from an autograder (gradescope-autograders.readthedocs.io,
Autograder Specifications).

Gradescope imports no such file from outside: it takes what an autograder wrote that ran there.
Whatever a student may have had a hand in goes out as text, never as HTML or Markdown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from grader.export.filled import LeftOut, grade_of
from grader.records.scores import QuestionScore, Score
from grader.records.submissions import InLms
from grader.records.verdicts import Verdict
from grader.report.csv_text import places_for, points_text
from grader.report.files import page_name
from grader.report.words import credit_in_words

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]
"""Who sees it when. `after_due_date` waits for the late due date, if there is one."""


def results_json(
    score: Score,
    *,
    places: int = 2,
    visibility: Visibility = "visible",
    of_questions: Mapping[str, Visibility] | None = None,
) -> dict[str, Any]:
    """One student's results.json: the score, and a test for each question.

    The score stands above the tests and counts in the place of their sum: it has the late penalty.
    Where there is no score yet, Gradescope sums the tests: what was earned before the penalty.

    Args:
        places: decimal places of points, as the late policy has them.
        visibility: of all of it. While a test is not visible, neither is a student's total.
        of_questions: of single questions, by their ids, where it is another.
    """
    own = of_questions or {}
    document: dict[str, Any] = {
        "output": score.explanation,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [
            _test(question, score, places) | _visibility(own.get(question.id))
            for question in score.questions
        ],
    }
    if score.score is not None:
        document["score"] = _number(score.score, places)
    return document


def results_files(
    scores: Sequence[Score], hand_ins: Sequence[InLms], *, places: int = 2
) -> tuple[list[tuple[str, bytes]], list[LeftOut]]:
    """A results.json for each submission, in the folder that Gradescope's export has for it,
    `submission_88`, or, where that is not known, in one of the student's id; and who has none.

    A submission of a group has one, and so no room for members with different scores.
    """
    by_attempt = {(each.student, each.attempt): each for each in hand_ins}
    left_out = []
    members: dict[str, list[tuple[Score, bytes]]] = {}
    for score in scores:
        _, why_not = grade_of(score, places, is_raw=False)
        if why_not:
            left_out.append(LeftOut(score.student, why_not))
            continue
        document = results_json(score, places=places)
        content = json.dumps(document, indent=1, allow_nan=False).encode() + b"\n"
        hand_in = by_attempt.get((score.student, score.attempt or 0))
        folder = submission_folder(hand_in) or page_name(score.student).removesuffix(".html")
        members.setdefault(folder, []).append((score, content))
    files = []
    for folder, group in members.items():
        contents = {content for _, content in group}
        if len(contents) == 1:
            files.append((f"{folder}/results.json", contents.pop()))
        else:
            left_out += [
                LeftOut(score.student, f"{folder} is a group's, and its members' scores differ")
                for score, _ in group
            ]
    return files, left_out


def submission_folder(hand_in: InLms | None) -> str:
    """`submission_88`, of what was collected from Gradescope; "" if that is not known."""
    if hand_in is None or hand_in.source != "gradescope":
        return ""
    folder = hand_in.file.partition("/")[0]
    return folder if folder.startswith("submission_") else ""


def _test(question: QuestionScore, score: Score, places: int) -> dict[str, Any]:
    worth = places_for(question.points, places)
    test = {
        "number": question.id,
        "name": question.title,
        "name_format": "text",
        "score": _number(question.earned, worth),
        "max_score": _number(question.points, worth),
        "output": "\n".join(line for each in question.verdicts for line in _lines(each)),
        "output_format": "text",
    }
    if f"pending:{question.id}" not in score.flags:
        test["status"] = "passed" if question.earned >= question.points else "failed"
    return test


def _visibility(own: Visibility | None) -> dict[str, Visibility]:
    return {} if own is None else {"visibility": own}


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"{verdict.check}: {credit_in_words(verdict.credit)}. {verdict.reason}".rstrip()]
    return [*lines, f"Hint: {verdict.hint}"] if verdict.hint else lines


def _number(points: Decimal, places: int) -> float:
    """Rounded half up, and only then a number of JSON."""
    return float(points_text(points, places))
