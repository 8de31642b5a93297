"""One check while it is planned: its place, its draws, and its probes so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from grader.errors import GraderError
from grader.questions.cases import Drawn, argument_of, draw
from grader.questions.declare import Case
from grader.records.probes import Probe


@dataclass
class Draft:
    """One check that is being planned, and the probes so far."""

    place: str
    secret: bytes | None
    public_only: bool
    probes: list[Probe] = field(default_factory=list)

    def draws(self, cases: Sequence[Case]) -> list[Drawn]:
        return [self.draw(case) for case in cases if case.public or not self.public_only]

    def draw(self, case: Case) -> Drawn:
        with located(f"{self.place}, case {case.name!r}"):
            return draw(case, f"{self.place}/{case.name}", self.secret)

    def ask(self, target: str, args: Sequence[Any], kwargs: Mapping[str, Any], what: str) -> str:
        """A probe that calls `target`; returns its id."""
        name = f"{self.place}/{what}"
        with located(f"{self.place}, {what}"):
            sent = tuple(map(argument_of, args))
            named = tuple((key, argument_of(value)) for key, value in kwargs.items())
        self.probes.append(Probe(name, target, sent, named))
        return name

    def call(self, target: str, drawn: Drawn, *, count_work: bool = False) -> str:
        with located(at(self, drawn)):
            args, kwargs = drawn.for_probe()
        name = f"{self.place}/{drawn.case.name}"
        self.probes.append(Probe(name, target, args, kwargs, count_work=count_work))
        return name

    def read(self, variable: str) -> str:
        name = f"{self.place}/read {variable}"
        if name not in {probe.id for probe in self.probes}:
            self.probes.append(Probe(name, variable, call=False))
        return name


def at(draft: Draft, drawn: Drawn) -> str:
    return f"{draft.place}, case {drawn.case.name!r}"


@contextmanager
def located(place: str) -> Iterator[None]:
    """What is refused inside is refused at this place."""
    try:
        yield
    except GraderError as error:
        raise GraderError(error.problem, at=error.at or place, fix=error.fix) from error
