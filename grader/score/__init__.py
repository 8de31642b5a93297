"""Verdicts, times and decisions in, a `Score` out. Pure: no files, no clock, no network."""

from grader.score.attempts import Attempt, attempts_that_count
from grader.score.decisions import Decided, Decision, check_decision
from grader.score.late import days_late
from grader.score.policy import LatePolicy, late_factor
from grader.score.score import QuestionPoints, score

__all__ = [
    "Attempt",
    "Decided",
    "Decision",
    "LatePolicy",
    "QuestionPoints",
    "attempts_that_count",
    "check_decision",
    "days_late",
    "late_factor",
    "score",
]
