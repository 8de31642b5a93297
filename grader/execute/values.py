"""Values across the boundary: `records` on this side, `wire` on the runner's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from grader.records.probes import Argument, Formula, Own
from grader.records.values import Array, Mapping, Numbers, Refused, Sequence, Value
from grader.runner import wire


class BadValueError(Exception):
    """What the runner sent is not a value. Its process is not believed any further."""


MAX_DEPTH = 10
"""Values are nested less: the runner stops at 6."""


class Payload:
    """The payload of a frame, which its arrays must fill one after the other.

    Arrays that share bytes would make much out of little.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._place = 0

    def take(self, start: int, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Numbers:
        """The next array: a view, not a copy.

        Raises:
            BadValueError: it is not the next, or the payload has too few bytes for it.
        """
        count = math.prod(shape)
        size = count * dtype.itemsize
        if start != self._place or start + size > len(self._content):
            raise BadValueError(f"{len(self._content)} bytes for shape {shape!r:.60}")
        self._place += size
        try:
            return np.frombuffer(self._content, dtype, count, start).reshape(shape)
        except (ValueError, OverflowError):
            raise BadValueError(f"an array of shape {shape!r:.60}") from None


def value_from_wire(sent: wire.WireValue, payload: Payload, depth: int = 0) -> Value:
    """Parse what a runner sent, in memory of ours.

    Args:
        payload: of the frame that it came in.

    Raises:
        BadValueError: an unknown dtype, a shape that does not fit the bytes, or too deep a nesting.
    """
    if depth > MAX_DEPTH:
        raise BadValueError("a value nested too deeply")
    if isinstance(sent, wire.WireArray):
        return _array_from_wire(sent, payload)
    if isinstance(sent, wire.WireText):
        return sent.text
    if isinstance(sent, wire.WireSequence):
        return Sequence(
            tuple(value_from_wire(item, payload, depth + 1) for item in sent.items),
            sent.origin[:80],
        )
    if isinstance(sent, wire.WireMapping):
        return Mapping(
            tuple((key, value_from_wire(item, payload, depth + 1)) for key, item in sent.items)
        )
    if isinstance(sent, wire.WireRefused):
        return Refused(sent.origin[:80], sent.reason[:200])
    return None


def _array_from_wire(sent: wire.WireArray, payload: Payload) -> Array:
    if sent.dtype not in wire.DTYPES or len(sent.shape) > 32 or min(sent.shape, default=0) < 0:
        raise BadValueError(f"an array of dtype {sent.dtype!r:.20} and shape {sent.shape!r:.60}")
    if sent.dtype == "|b1":  # any byte could come; only 0 and 1 are booleans
        data = payload.take(sent.data.start, np.dtype(np.uint8), sent.shape) != 0
    else:
        data = payload.take(sent.data.start, np.dtype(sent.dtype), sent.shape)
    return Array(data, sent.origin[:80])


def argument_to_wire(argument: Argument) -> wire.WireArgument:
    """An argument as it is sent; an `OutcomeOf` has been filled in before."""
    if isinstance(argument, Array):
        data = argument.data
        little = data.astype(data.dtype.newbyteorder("<"), order="C")
        blob = wire.Blob(little.tobytes())
        return wire.WireArray(little.dtype.str, data.shape, blob, argument.origin)
    if isinstance(argument, str):
        return wire.WireText(argument)
    if isinstance(argument, Sequence):
        items = tuple(_plain_to_wire(item) for item in argument.items)
        return wire.WireSequence(items, argument.origin)
    if isinstance(argument, Mapping):
        return wire.WireMapping(tuple((key, _plain_to_wire(v)) for key, v in argument.items))
    if isinstance(argument, Own):
        return wire.WireOwn(argument.name)
    if isinstance(argument, Formula):
        return wire.WireFormula(argument.body, argument.parameters)
    if argument is None:
        return wire.WireNone()
    raise TypeError(f"{argument!r} cannot be sent")


def _plain_to_wire(value: Value) -> wire.WireValue:
    sent = argument_to_wire(value)
    assert not isinstance(sent, (wire.WireOwn, wire.WireFormula))
    return sent
