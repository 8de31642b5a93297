"""Which checks tell little about who can do the work. Pure.

A check is of use if it divides a class, and on the side of those who do well elsewhere. Its measure
is the corrected item-total correlation: between its credit and the points of everything else (its
own are taken out, or it would correlate with itself). Henrysson, Correction of item-total
correlations in item analysis, Psychometrika 28 (1963), 211-218; Ebel and Frisbie, Essentials of
Educational Measurement, 5th ed. (1991), chapter 13, with shares of right answers near 0 or 1 and
negative discrimination as the two signs of an item to look at.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader.records.scores import BY_HAND, Score

ENOUGH = 10
"""Hand-ins. Of fewer, chance says more."""
NEARLY_ALL = 0.97
NEARLY_NONE = 0.03
"""Mean credits."""
SURE = 2.0
"""Standard errors, about 1 / sqrt(n), below zero: then it is hardly chance."""


@dataclass(frozen=True)
class WeakCheck:
    """A check that divides the class badly: `words` say how."""

    question: str
    check: str
    words: str


def weak_checks(scores: Sequence[Score]) -> list[WeakCheck]:
    """The checks that nearly all or nearly none pass, or that the weak pass and the strong fail.

    Args:
        scores: of those who handed in something that was judged.
    """
    credits: dict[tuple[str, int, str], list[tuple[float, float]]] = {}
    for score in scores:
        total = float(sum(question.earned for question in score.questions))
        for question in score.questions:
            if any(verdict.check == BY_HAND for verdict in question.verdicts):
                continue  # its points say what a person decided, not what the checks say
            weights = float(sum(verdict.weight for verdict in question.verdicts)) or 1.0
            for place, verdict in enumerate(question.verdicts):
                if verdict.credit is None:
                    continue
                credit = float(verdict.credit)
                own = credit * float(question.points) * float(verdict.weight) / weights
                about = (question.id, place, verdict.check)
                credits.setdefault(about, []).append((credit, total - own))
    found = []
    for (question_id, _, check), pairs in credits.items():
        words = _why_weak(pairs) if len(pairs) >= ENOUGH else ""
        if words:
            found.append(WeakCheck(question_id, check, words))
    return found


def _why_weak(pairs: Sequence[tuple[float, float]]) -> str:
    mean = sum(credit for credit, _ in pairs) / len(pairs)
    over = f"a mean credit of {mean:.2f} over {len(pairs)} hand-ins"
    if mean >= NEARLY_ALL:
        return f"nearly everybody passes it ({over})"
    if mean <= NEARLY_NONE:
        return f"nearly nobody passes it ({over})"
    found = correlation(pairs)
    if found is not None and found <= -SURE / math.sqrt(len(pairs)):
        return (
            "those who pass it do worse elsewhere than those who fail "
            f"(corrected item-total correlation {found:.2f})"
        )
    return ""


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's; None where one of the two is the same for all."""
    try:
        return statistics.correlation(*zip(*pairs, strict=True))
    except statistics.StatisticsError:
        return None
