"""Answers probes with a notebook's own functions, in this process, as the runner does."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from grader.records.evidence import Outcome
from grader.records.probes import Argument, Formula, OutcomeOf, Own, Probe
from grader.records.values import Array, Mapping, Refused, Sequence, Value, item_at
from grader.runner import wire
from grader.runner.calls import answer


@dataclass
class Ran:
    """A notebook that has run. `future`: the compiler's flags for its imports of `__future__`."""

    namespace: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)
    future: int = 0


def outcome_of(
    notebook: Ran,
    probe: Probe,
    earlier: MappingABC[str, Outcome],
    *,
    seed: int,
    result_bytes: int,
) -> Outcome:
    """What one probe gives.

    Args:
        earlier: outcomes by probe id, of which an argument may be made.
    """
    try:
        args = tuple(_filled(arg, earlier) for arg in probe.args)
        kwargs = tuple((name, _filled(arg, earlier)) for name, arg in probe.kwargs)
    except LookupError:
        return Outcome("", "not-asked", error="it needs a value that was not there")
    ask = wire.Ask(
        nonce="",
        target=probe.target,
        call=probe.call,
        args=args,  # type: ignore[arg-type]
        kwargs=kwargs,  # type: ignore[arg-type]
        count_work=probe.count_work,
    )
    allowed: Any = SimpleNamespace(seed=seed, result_bytes=result_bytes)
    reply = answer(notebook, ask, allowed, object_of)
    return Outcome(
        probe="",
        status=reply.status,  # type: ignore[arg-type]
        value=_value_of(reply.value),
        error=reply.error,
        where=reply.where,
        printed=reply.printed,
        mutated=tuple(reply.mutated),
        work=reply.work,
        remarks=tuple(reply.remarks),
    )


def _filled(argument: Argument, earlier: MappingABC[str, Outcome]) -> Argument:
    if not isinstance(argument, OutcomeOf):
        return argument
    outcome = earlier.get(argument.probe)
    if outcome is None or outcome.status != "returned":
        raise LookupError(argument.probe)
    return item_at(outcome.value, argument.path)


def object_of(argument: Argument, namespace: MappingABC[str, Any]) -> Any:
    """An argument as the object that a student's function expects; fresh memory each time.

    Raises:
        KeyError: it is a function of the notebook that is not there.
    """
    if isinstance(argument, Array):
        array = argument.data.copy()
        if argument.origin in ("float", "int", "bool", "complex"):
            return array.item()
        if argument.origin == "matrix":
            return array.view(np.matrix)
        if argument.origin in ("Series", "DataFrame"):
            import pandas as pd

            return getattr(pd, argument.origin)(array)
        if array.ndim == 0:
            return array[()]
        return array.tolist() if argument.origin in ("list", "tuple") else array
    if isinstance(argument, Sequence):
        items = [object_of(item, namespace) for item in argument.items]
        return items if argument.origin == "list" else tuple(items)
    if isinstance(argument, Mapping):
        return {key: object_of(item, namespace) for key, item in argument.items}
    if isinstance(argument, Own):
        return namespace[argument.name]
    if isinstance(argument, Formula):
        return eval(f"lambda {', '.join(argument.parameters)}: {argument.body}", {"np": np})
    return argument


def _value_of(sent: wire.WireValue) -> Value:
    """What the runner would send, as a record."""
    if isinstance(sent, wire.WireArray):
        flat = np.frombuffer(sent.data.content, np.dtype(sent.dtype))
        return Array(flat.reshape(sent.shape), sent.origin)
    if isinstance(sent, wire.WireText):
        return sent.text
    if isinstance(sent, wire.WireSequence):
        return Sequence(tuple(map(_value_of, sent.items)), sent.origin)
    if isinstance(sent, wire.WireMapping):
        return Mapping(tuple((key, _value_of(item)) for key, item in sent.items))
    if isinstance(sent, wire.WireRefused):
        return Refused(sent.origin, sent.reason)
    return None
