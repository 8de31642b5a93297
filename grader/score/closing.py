"""When nobody can hand in for points any more. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from grader.score.decisions import Decided, Decision
from grader.score.policy import LatePolicy, late_factor

MOST_DAYS = 1000
"""A policy that leaves something for longer leaves it for ever."""


def closes_at(due: datetime, policy: LatePolicy, decisions: Iterable[Decision]) -> datetime | None:
    """From when on no hand-in earns anything, anybody's extension counted; None if that never is.

    Later than the last extension's end by the late days that still leave something: who hands in
    on one of those must not have seen the answers either.

    Args:
        due: everybody's deadline, in the course's zone.
        decisions: of everybody.
    """
    by_student: dict[str, list[Decision]] = {}
    for each in decisions:
        by_student.setdefault(each.student, []).append(each)
    deadlines = (Decided.of(who, lines).deadline(due) for who, lines in by_student.items())
    last = max([due, *deadlines])
    days = next((day for day in range(1, MOST_DAYS) if not late_factor(policy, day)), None)
    if days is None:
        return None
    return last + policy.grace + timedelta(days=days - 1 + policy.slip_days)
