"""What one student has in one component. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from grader.course.weights import Component

State = Literal["marked", "missing", "excused", "not_due", "not_marked"]
"""`missing`: due, and nothing handed in; a hand-in that got 0 is `marked`."""

IN_WORDS: dict[State, str] = {
    "marked": "marked",
    "missing": "missing",
    "excused": "excused",
    "not_due": "not due yet",
    "not_marked": "not marked yet",
}


@dataclass(frozen=True, slots=True)
class Result:
    """
    Attributes:
        maximum: what a mark is out of; None where that is not known yet.
        mark: of `maximum`; None if there is none, 0 for what is missing.
        how: how the mark came to be, if it was not simply given: "group G3: 80, + 5 (reason)".
        doubt: why it may change still; "" if it may not.
        flags: what else is to be known.
    """

    component: Component
    state: State
    maximum: Decimal | None
    mark: Decimal | None = None
    how: str = ""
    doubt: str = ""
    flags: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is of the remainder."""
        return self.state in ("not_due", "not_marked")

    @property
    def is_shared(self) -> bool:
        """Whether its weight goes to the other components."""
        return self.state == "excused" and self.component.excused == "reweight"

    @property
    def out_of(self) -> Decimal:
        """The maximum of what has a mark, or is excused."""
        assert self.maximum is not None, self
        return self.maximum

    @property
    def counted(self) -> Decimal | None:
        """What counts, of `maximum`; None if nothing does."""
        if self.state == "excused":
            return {"reweight": None, "zero": Decimal(0), "full": self.out_of}[
                self.component.excused
            ]
        return None if self.is_open else self.mark
