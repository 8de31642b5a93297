"""The alarm for a wrong reference: many students agree with one another, and not with it.

Independent mistakes differ. Where one wrong answer is given by more notebooks than the right one,
either many share a misconception, or it is the reference that is wrong. Which, a person has to
say; so that it is said before anyone exports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.records.verdicts import Verdict

MANY = 5
MANY_IF_NOBODY_IS_RIGHT = 3
"""Notebooks with the same wrong answer: fewer are no evidence."""


@dataclass(frozen=True)
class Alarm:
    """One check that many answer alike, and wrong.

    Attributes:
        alike: how many notebooks give that answer.
        right: how many are right.
        notebooks: how many were judged; each counts once, however many handed it in.
        mistake: the slug that the answer has, or None.
        student: one who gives it.
    """

    assignment: str
    question: str
    check: str
    alike: int
    right: int
    notebooks: int
    mistake: str | None
    student: str

    @property
    def words(self) -> str:
        named = f" ({self.mistake})" if self.mistake else ""
        right = f"{self.right} {'is' if self.right == 1 else 'are'}" if self.right else "none is"
        return (
            f"{self.alike} of {self.notebooks} notebooks give the same answer to {self.check} "
            f"({self.question}), which the reference calls wrong{named}; {right} right. "
            "Is it a common mistake, or is the reference wrong? Look before you export: "
            f"grader explain {self.assignment} {self.student} {self.question}"
        )


class Agreements:
    """The verdicts of a class in one pass. It keeps counts, and no verdict."""

    def __init__(self, assignment: str) -> None:
        self._assignment = assignment
        self._seen: set[str] = set()
        self._checks: list[tuple[str, str]] = []
        self._right: Counter[int] = Counter()
        self._alike: Counter[tuple[int, str]] = Counter()
        self._first: dict[tuple[int, str], tuple[str, str | None]] = {}

    def add(self, student: str, run: str, verdicts: Sequence[Verdict]) -> None:
        """The verdicts on a notebook, in the order of the key.

        Args:
            run: the key of its evidence. Copies of one notebook are no independent witnesses.
        """
        if not run or run in self._seen:
            return
        self._seen.add(run)
        self._checks = self._checks or [(each.question, each.check) for each in verdicts]
        for place, verdict in enumerate(verdicts):
            if verdict.answer:
                answer = (place, verdict.answer)
                self._alike[answer] += 1
                self._first.setdefault(answer, (student, verdict.mistake))
            elif verdict.credit == 1:
                self._right[place] += 1

    def alarms(self) -> tuple[Alarm, ...]:
        """What is odd, in the order of the questions; of each check the commonest wrong answer."""
        commonest: dict[int, tuple[int, str]] = {}
        for answer, alike in self._alike.items():
            right = self._right[answer[0]]
            if alike >= max(right, MANY if right else MANY_IF_NOBODY_IS_RIGHT):
                rival = commonest.setdefault(answer[0], answer)
                if alike > self._alike[rival]:
                    commonest[answer[0]] = answer
        return tuple(self._alarm(commonest[place]) for place in sorted(commonest))

    def _alarm(self, answer: tuple[int, str]) -> Alarm:
        question, check = self._checks[answer[0]]
        student, mistake = self._first[answer]
        return Alarm(
            assignment=self._assignment,
            question=question,
            check=check,
            alike=self._alike[answer],
            right=self._right[answer[0]],
            notebooks=len(self._seen),
            mistake=mistake,
            student=student,
        )
