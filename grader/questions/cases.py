"""Drawing the inputs of cases: repeatable, and hidden behind the secret of the course."""

from __future__ import annotations

import copy
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.errors import GraderError
from grader.questions.declare import Case, Own
from grader.records import probes
from grader.records.probes import Argument, Formula, OutcomeOf
from grader.records.values import arrays_in, fingerprint, value_of


@dataclass(frozen=True)
class Drawn:
    """A case with its inputs."""

    case: Case
    args: tuple[Any, ...]

    @property
    def size(self) -> int | None:
        """m: as the author says, or the length of the first array."""
        if self.case.size is not None:
            return self.case.size
        arrays = (arg for arg in self.args if isinstance(arg, np.ndarray) and arg.ndim)
        return next((len(array) for array in arrays), None)

    @property
    def other_sizes(self) -> tuple[int, ...]:
        """What m could be too: each axis of each array, where the author does not say."""
        if self.case.size is not None:
            return ()
        return tuple(n for arg in self.args if isinstance(arg, np.ndarray) for n in arg.shape)

    @property
    def given(self) -> tuple[str, ...]:
        """Fingerprints of the numbers among the arguments."""
        args, kwargs = self.for_probe()
        sent = (*args, *(value for _, value in kwargs))
        return tuple(
            fingerprint(array.data)
            for value in sent
            if not isinstance(value, (probes.Own, Formula, OutcomeOf))
            for array in arrays_in(value)
        )

    def for_reference(self) -> tuple[list[Any], dict[str, Any]]:
        """Fresh copies of the arguments, with references in the place of the student's own."""
        return (
            [stand_in(arg) for arg in self.args],
            {name: stand_in(arg) for name, arg in self.case.kwargs.items()},
        )

    def for_probe(self) -> tuple[tuple[Argument, ...], tuple[tuple[str, Argument], ...]]:
        """The arguments as a probe carries them."""
        return (
            tuple(argument_of(arg) for arg in self.args),
            tuple((name, argument_of(arg)) for name, arg in self.case.kwargs.items()),
        )


def draw(case: Case, place: str, secret: bytes | None) -> Drawn:
    """The inputs of a case.

    Args:
        place: what tells this case from all others ("hw1/Q4/compute_gradient/m = 1").
        secret: of the course. Public cases do not depend on it.
    """
    args: object = case.args
    if callable(case.args):
        try:
            args = case.args(generator(place, None if case.public else secret))
        except Exception as error:
            raise GraderError(
                f"drawing the arguments raises {type(error).__name__}: {error}",
                fix="args is called with a NumPy Generator: lambda rng: (rng.normal(size=3), 0.5)",
            ) from error
    if not isinstance(args, (list, tuple)):
        raise GraderError(
            f"the case draws one {type(args).__name__}, not the arguments in their order",
            fix="give a tuple; for one argument write a comma: lambda rng: (rng.normal(size=3),)",
        )
    return Drawn(case, tuple(args))


def generator(place: str, secret: bytes | None) -> np.random.Generator:
    """A generator that nobody without the secret can repeat; without one, that everybody can."""
    digest = hmac.new(secret or b"public", place.encode(), hashlib.sha256).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def stand_in(argument: Any) -> Any:
    """What a reference gets for an argument."""
    if isinstance(argument, Own):
        return argument.reference
    if isinstance(argument, Formula):
        # the author's own text, as the runner evaluates it too
        source = f"lambda {', '.join(argument.parameters)}: {argument.body}"
        try:
            function = eval(source, {"np": np})
        except SyntaxError as error:
            raise GraderError(
                f"the formula {argument.body!r} is not Python: {error.msg}",
                fix='write an expression of NumPy, such as Formula("x**3 - 2*x")',
            ) from error
        function.text = argument.body  # so that a reference can know which one it got
        return function
    return copy.deepcopy(argument)


def argument_of(argument: Any) -> Argument:
    """What a probe carries for an argument."""
    if isinstance(argument, Own):
        return probes.Own(argument.name)
    if isinstance(argument, (Formula, OutcomeOf)):
        return argument
    try:
        return value_of(argument)
    except TypeError as error:
        raise GraderError(
            f"an argument cannot be sent: {error}",
            fix='Formula("x**2") is a function, Own("predict", ref.predict) the student\'s own',
        ) from error


def perturbed(argument: Any, rng: np.random.Generator, step: float, *, integers: bool) -> Any:
    """A copy in which every number that is not an integer moves by a factor of up to 1 +- `step`.

    No two move alike: in x - y what x and y have in common would not show.

    With `integers`, arrays of integers move too (single integers are counts, and never do).
    """
    if isinstance(argument, np.ndarray):
        if argument.dtype.kind in ("fci" if integers else "fc"):
            factors = 1.0 + step * _moves(rng, argument.shape)
            moved = np.asarray(np.asarray(argument) * factors)  # `*` of matrices is @
            return moved.view(np.matrix) if isinstance(argument, np.matrix) else moved
        return argument.copy()
    if isinstance(argument, float):
        return type(argument)(argument * (1.0 + step * float(_moves(rng, ()))))
    if isinstance(argument, Mapping):
        return {
            key: perturbed(item, rng, step, integers=integers) for key, item in argument.items()
        }
    if isinstance(argument, (list, tuple)):
        return type(argument)(perturbed(i, rng, step, integers=integers) for i in argument)
    return copy.deepcopy(argument)


def _moves(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Between a half and one, of either sign."""
    return rng.uniform(0.5, 1.0, shape) * rng.choice((-1.0, 1.0), shape)


def shown(names: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Arguments in a few words: `x = [1. 2.], w = 0.5`."""
    parts = []
    for place, argument in enumerate(args):
        name = names[place] if place < len(names) else f"argument {place + 1}"
        parts.append(f"{name} = {_short(argument)}")
    parts += [f"{name} = {_short(argument)}" for name, argument in kwargs.items()]
    return ", ".join(parts)


def _short(argument: Any) -> str:
    if isinstance(argument, Own):
        return f"your {argument.name}"
    if isinstance(argument, Formula):
        return f"{', '.join(argument.parameters)} -> {argument.body}"
    if isinstance(argument, np.ndarray):
        if argument.size > 12:
            return f"an array of shape {argument.shape}"
        return np.array2string(argument, precision=4, separator=", ").replace("\n", "")
    text = repr(argument)
    return text if len(text) <= 60 else text[:57] + "..."
