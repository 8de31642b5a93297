"""What did not run to its end, and why: of a class, the most common first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.records.scores import Score
from grader.report.words import flag_in_words

KINDS = ("timeout", "memory", "exited", "internal-error")
"""Of flags. What could not be read is told by its status."""


@dataclass(frozen=True)
class Failure:
    """`students`: their ids."""

    words: str
    students: tuple[str, ...]


def failures(scores: Sequence[Score]) -> list[Failure]:
    """By reason."""
    found: dict[str, dict[str, None]] = {}
    for score in scores:
        for flag in score.flags:
            if flag.partition(":")[0] in KINDS:
                found.setdefault(flag_in_words(flag), {})[score.student] = None
        if score.status == "unreadable":
            found.setdefault("The hand-in could not be read.", {})[score.student] = None
    each = (Failure(words, tuple(students)) for words, students in found.items())
    return sorted(each, key=lambda failure: -len(failure.students))
