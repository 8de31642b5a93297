"""What is asked of a student's code after its last cell: data, without answers.

Probes are delivered one at a time. `id` never travels: the runner sees a target and arguments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from grader.records.values import Value


@dataclass(frozen=True)
class Own:
    """An argument that is the student's own object of this name (such as a function)."""

    name: str


@dataclass(frozen=True)
class Formula:
    """An argument that is a function, given as an expression of NumPy: f(x) = `body`.

    Written by the author of a course, never by a student; the runner makes the function.
    """

    body: str
    parameters: tuple[str, ...] = ("x",)


@dataclass(frozen=True)
class OutcomeOf:
    """An argument that is what an earlier probe gave, or the item at `path` of it.

    The supervisor fills it in before the probe is sent. If the earlier probe gave no value, this
    one is not asked, and its outcome says so.
    """

    probe: str
    path: tuple[int | str, ...] = ()


Argument = Union[Value, Own, Formula, OutcomeOf]


@dataclass(frozen=True, eq=False)
class Probe:
    """Call the function `target` with arguments, or, with `call=False`, read that variable."""

    id: str
    target: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()
    call: bool = True
    count_work: bool = False
