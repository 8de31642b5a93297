"""What waits for a person, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.course import DecisionLine
from grader.records.scores import QuestionScore, Score

Why = Literal["appeal", "review", "written", "borderline"]
"""In the order of urgency."""

WORDS: Mapping[Why, str] = {
    "appeal": "the student objects",
    "review": "the grader is in doubt",
    "written": "a written answer",
    "borderline": "near the tolerance",
}

NEAR = 3.0
"""An error within this factor of the tolerance, on either side, is borderline: another author
might have drawn the line between."""

SETTLES = ("mark", "override", "looked-at", "misconduct", "excuse")
"""Decisions after which nothing about a question, or the whole, is open any more."""


@dataclass(frozen=True)
class Item:
    """One question of one student that a person should look at.

    Attributes:
        question: "" for the whole hand-in.
        is_done: somebody has decided about it; it stays in the queue, to be looked at again.
        said: what a student objects, or what is doubtful.
    """

    student: str
    question: str
    why: Why
    is_done: bool
    said: str = ""


def queue(scores: Sequence[Score], decisions: Sequence[DecisionLine]) -> list[Item]:
    """What waits, and what is done already, in the order of the scores and their questions.

    Args:
        decisions: in force, in their order.
    """
    by_student: dict[str, list[DecisionLine]] = {}
    for each in decisions:
        by_student.setdefault(each.student, []).append(each)
    return [item for score in scores for item in _of(score, by_student.get(score.student, []))]


def _of(score: Score, decisions: Sequence[DecisionLine]) -> list[Item]:
    settled = {
        each.question
        for each in decisions
        if each.kind in SETTLES and (each.kind != "looked-at" or _is_of(each, score))
    }
    items = {item.question: item for item in _appeals(score, decisions)}
    if score.attempt is None or score.status in ("excused", "unreadable"):
        return list(items.values())
    for question in score.questions:
        why = _why(score, question)
        if why is not None:
            is_done = question.id in settled
            items.setdefault(question.id, Item(score.student, question.id, why, is_done))
    nothing_open = not any(each.why == "review" for each in items.values())
    if score.status == "needs_review" and nothing_open and "" not in items:
        is_done = "" in settled  # and the score does not follow yet
        items[""] = Item(score.student, "", "review", is_done, said=score.explanation)
    return list(items.values())


def _why(score: Score, question: QuestionScore) -> Why | None:
    if any(verdict.doubt for verdict in question.verdicts):
        return "review"
    if any(verdict.credit is None for verdict in question.verdicts) or was_written(question):
        return "written"
    if any(_is_near(verdict.error_over_tolerance) for verdict in question.verdicts):
        return "borderline"
    return None


def _is_of(line: DecisionLine, score: Score) -> bool:
    """A look at one attempt settles nothing of another."""
    _, at, attempt = line.value.partition("@")
    return not at or attempt == str(score.attempt)


def was_written(question: QuestionScore) -> bool:
    """Whether a person marked it, and nothing else did."""
    return bool(question.verdicts) and all(
        verdict.reason.startswith("A person gave it") for verdict in question.verdicts
    )


def _is_near(ratio: float | None) -> bool:
    return ratio is not None and 1 / NEAR < ratio < NEAR


def _appeals(score: Score, decisions: Sequence[DecisionLine]) -> list[Item]:
    """The last word about each question decides whether an appeal is open."""
    found: dict[str, Item] = {}
    for each in decisions:
        if each.kind == "appeal":
            found[each.question] = Item(
                score.student, each.question, "appeal", is_done=False, said=each.reason
            )
        elif each.kind in SETTLES and each.question in found:
            before = found[each.question]
            found[each.question] = Item(
                before.student, before.question, "appeal", is_done=True, said=before.said
            )
    return list(found.values())
