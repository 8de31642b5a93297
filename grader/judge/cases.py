"""A case as it was judged, and what its wrong answer is called."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judge.compare import Compared
from grader.records.answer_key import Expectation, KnownMistake
from grader.records.values import Value


@dataclass(frozen=True)
class Diagnosis:
    """A mistake with a name, or several that were made at once.

    Attributes:
        slug: of the first.
        words: they complete "compute_gradient ...".
        known: the author's own mistake, if it is one.
        hint: what to tell the student, if not what the slug says usually.
        others: the slugs of the others.
    """

    slug: str
    words: str
    known: KnownMistake | None = None
    hint: str = ""
    others: tuple[str, ...] = ()

    @property
    def slugs(self) -> tuple[str, ...]:
        return (self.slug, *self.others)


@dataclass(frozen=True)
class Case:
    """One case as judged: what was expected, what came, and how they compare."""

    expectation: Expectation
    got: Value
    compared: Compared
