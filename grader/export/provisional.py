"""Scores that are not final stay in the house, unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import GraderError
from grader.records.scores import PROVISIONAL, Score

MOST_NAMED = 10
CAUSES = ("no-time", "internal-error")  # flags that say why a score needs review


def refuse_provisional(scores: Sequence[Score]) -> None:
    """Do nothing if all scores are final.

    Raises:
        GraderError: names those that are not, and why.
    """
    open_ones = [score for score in scores if score.is_provisional]
    if not open_ones:
        return
    named = ", ".join(f"{score.student} ({_why(score)})" for score in open_ones[:MOST_NAMED])
    more = f" and {len(open_ones) - MOST_NAMED} more" if len(open_ones) > MOST_NAMED else ""
    count = f"{len(open_ones)} of {len(scores)} scores"
    raise GraderError(
        f"{count} {'is' if len(open_ones) == 1 else 'are'} not final: {named}{more}",
        fix="decide them (decisions.csv; a hand-in time: manifest.csv) and grade again, or export "
        "as it is with --provisional",
    )


def _why(score: Score) -> str:
    pending = [flag.removeprefix("pending:") for flag in score.flags if flag.startswith("pending:")]
    causes = [flag for flag in score.flags if flag in CAUSES]
    reasons = [": ".join([score.status, *causes])] if score.status in PROVISIONAL else []
    return ", ".join(reasons + [f"{question} has no mark" for question in pending])
