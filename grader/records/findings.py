"""What a page shows of a check besides its verdict: plain data, for pictures and tables.

Made by `grader.judge.findings`. Nothing here is of a case that the student may not see.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.records.values import Numbers


@dataclass(frozen=True, eq=False)
class Difference:
    """Where an array of the answer differs from the expected one.

    Attributes:
        part: which value of the answer, "the 2nd value".
        shape: of the array.
        wrong: for each element whether it is off by more than is tolerated; shape (rows, columns).
            Of a large array each entry stands for a block: the share that is off, from 0 to 1.
        count: how many elements are.
        worst: the place of the one that is off most; with what was expected and what came.
    """

    part: str
    shape: tuple[int, ...]
    wrong: Numbers
    count: int
    worst: tuple[int, ...]
    expected: str
    got: str


@dataclass(frozen=True, eq=False)
class Case:
    """One case that went wrong.

    Attributes:
        inputs: the arguments in words; "" of a variable.
        expected: in words; None where it is not to be shown.
        got: in words: a value, or what came instead.
        off: the largest difference of two numbers; None where there is no such number.
        error: over tolerance; None where there is no such number.
    """

    name: str
    inputs: str
    expected: str | None
    got: str
    off: float | None = None
    error: float | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, eq=False)
class Curve:
    """A training run: the objective before each step, the student's beside the reference's.

    `name`: "the case ...", "the variable ...". `reference` is empty where there is none.
    """

    name: str
    own: Numbers  # (k,)
    reference: Numbers  # (l,)


@dataclass(frozen=True, eq=False)
class Tangent:
    """A gradient on a line through the point of a case, p + t v.

    Attributes:
        loss: the name of the student's own loss.
        at: places t on the line, in units of `step`; (k,).
        losses: the own loss there; (k,).
        measured: the slope of the own loss in t, by differences.
        answered: the slope that the student's gradient says it is.
        agree: whether they are the same, as far as differences can tell.
    """

    name: str
    loss: str
    at: Numbers
    losses: Numbers
    step: float
    measured: float
    answered: float
    agree: bool


@dataclass(frozen=True, eq=False)
class Finding:
    """What there is to see of a check.

    `hidden`: how many cases went wrong too and are not shown.
    """

    cases: tuple[Case, ...] = ()
    hidden: int = 0
    curves: tuple[Curve, ...] = ()
    tangents: tuple[Tangent, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.cases or self.hidden or self.curves or self.tangents)
