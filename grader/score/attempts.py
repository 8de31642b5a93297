"""One attempt as it reaches scoring, and which attempts count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.records.submissions import Submission
from grader.records.verdicts import Verdict
from grader.score.policy import LatePolicy


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submission with what became of it.

    Attributes:
        flags: what the run was flagged with, such as `timeout:cell 4`.
        unreadable: why the notebook can't be read, or "". A submission without a file is
            unreadable without this.
        failure: what went wrong on our side, or "". There is no score then.
    """

    submission: Submission
    verdicts: tuple[Verdict, ...] = ()
    flags: tuple[str, ...] = ()
    unreadable: str = ""
    failure: str = ""

    @property
    def trouble(self) -> str:
        """Why there is nothing to run, or ""."""
        if self.unreadable or self.submission.file is not None:
            return self.unreadable
        return self.submission.problem or "no notebook was handed in"


def attempts_that_count(
    submissions: Sequence[Submission], policy: LatePolicy
) -> tuple[Submission, ...]:
    """Those of one student's attempts that need verdicts: the latest, or all if the best counts."""
    in_order = sorted(submissions, key=lambda submission: submission.attempt)
    return tuple(in_order if policy.attempts == "best" else in_order[-1:])
