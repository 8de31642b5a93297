"""What judging says of one check."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was looked at, and what came of it.

    Attributes:
        question: the id of the question, "Q4".
        check: the function or variable that was looked at.
        credit: from 0 to 1; None if nobody has judged it yet (a written answer).
        reason: one or two sentences for the student.
        mistake: the slug of the known mistake that it shows, or None.
        hint: what to think about, or "".
        error_over_tolerance: the largest error in units of what is tolerated; None if there is no
            such number. Above 1 is wrong.
        weight: this check's share of its question's points, relative to the question's others.
        doubt: why a person should look at it, or "". It makes the score `needs_review`.
        remarks: true and worth saying, without any effect on the credit.
        flags: for the score's flags, such as `exited:compute_cost`.
        answer: a name for a wrong answer, the same for all who give it; "" if it says nothing.
    """

    question: str
    check: str
    credit: Decimal | None
    reason: str
    mistake: str | None = None
    hint: str = ""
    error_over_tolerance: float | None = None
    weight: Decimal = Decimal(1)
    doubt: str = ""
    remarks: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    answer: str = ""
