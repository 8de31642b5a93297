"""A student's objects to plain data, and arguments back to objects.

Objects are recognised by their exact type. Everything else is asked for an array in the ways that
libraries agree on (`to_numpy`, `numpy()`, `__array__`), and what comes of it is copied into plain
memory: whatever the object does then can only change its own answer.
"""

from __future__ import annotations

import collections
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import wire

MAX_DEPTH = 6
MAX_ITEMS = 10_000
MAX_TEXT = 10_000
MAX_LAZY = 1_000_000


_LISTS_BY_ANOTHER_NAME: tuple[type, ...] = (
    *(range, map, filter, zip, enumerate, reversed, collections.deque),
    *(type({}.keys()), type({}.values()), type({}.items())),
)
"""`map(f, x)` was a list in Python 2, and is returned as if it still were."""


class TooLargeError(Exception):
    """The value is larger than the limit of this run."""


def to_wire(thing: Any, limit: int, depth: int = 0) -> wire.WireValue:
    """`thing` as plain data of at most `limit` bytes.

    Raises:
        TooLargeError: found from the shape, before anything is copied.
    """
    kind = type(thing)
    name = kind.__name__
    if thing is None:
        return wire.WireNone()
    if kind is str:
        return wire.WireText(thing[:MAX_TEXT])
    if kind in (bool, float, complex):
        return _array(np.array(thing), name, limit)
    if kind is int:
        return _integer(thing, limit)
    if isinstance(thing, str):
        return wire.WireText(str.__str__(thing)[:MAX_TEXT])
    if isinstance(thing, np.ma.MaskedArray) and thing.mask.any():
        # what is masked has no value, whatever lies in the memory below
        return _ndarray(np.ma.filled(thing.astype(float), np.nan), name, limit)
    if isinstance(thing, (np.ndarray, np.generic)):
        return _ndarray(np.asarray(thing), name, limit)
    if kind.__module__.partition(".")[0] == "sympy":
        return wire.WireText(str(thing)[:MAX_TEXT])
    if depth >= MAX_DEPTH:
        return wire.WireRefused(name, "nested too deeply")
    if isinstance(thing, dict):
        return _mapping(thing, limit, depth)
    if isinstance(thing, (list, tuple)):
        return _sequence(list(thing), name, limit, depth)
    if kind in _LISTS_BY_ANOTHER_NAME:
        items = list(itertools.islice(thing, MAX_LAZY + 1))
        if len(items) > MAX_LAZY:
            raise TooLargeError(f"a {name} of more than {MAX_LAZY} items")
        return _sequence(items, name, limit, depth)
    return _array_like(thing, name, limit)


def _integer(number: int, limit: int) -> wire.WireValue:
    try:
        return _array(np.array(number, dtype=np.int64), "int", limit)
    except OverflowError:
        pass
    try:
        return _array(np.array(float(number)), "int", limit)
    except OverflowError:
        return wire.WireRefused("int", "an integer of more than 300 digits")


def _ndarray(array: np.ndarray, name: str, limit: int) -> wire.WireValue:
    if array.dtype.kind in "biufc":
        return _array(array, name, limit)
    if array.dtype.kind in "US" and array.size <= MAX_ITEMS:
        if array.ndim == 0:
            return wire.WireText(str(array.item())[:MAX_TEXT])
        return _sequence(array.tolist(), name, limit, 1)
    if array.dtype.kind == "O" and array.size <= MAX_ITEMS:
        # mixed DataFrames and `dtype=object` give arrays of objects that are all numbers
        flat = array.ravel().tolist()
        if array.ndim == 0:
            return to_wire(flat[0], limit, MAX_DEPTH - 1)
        if flat and all(type(item) in (int, float) for item in flat):
            return _array(np.array(flat, dtype=float).reshape(array.shape), name, limit)
        return _sequence(list(array), name, limit, 1)
    return wire.WireRefused(name, f"an array of dtype {array.dtype}")


def _array(array: np.ndarray, name: str, limit: int) -> wire.WireValue:
    # a view with strides of 0 can claim any shape: ask the shape before copying
    if math.prod(array.shape) * array.itemsize > limit:
        raise TooLargeError(f"shape {array.shape}")
    if array.dtype.kind == "f" and array.itemsize > 8:
        array = array.astype(np.float64)
    elif array.dtype.kind == "c" and array.itemsize > 16:
        array = array.astype(np.complex128)
    little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=True)
    blob = wire.Blob(little.tobytes())
    return wire.WireArray(little.dtype.str, tuple(array.shape), blob, name)


def _mapping(thing: dict[Any, Any], limit: int, depth: int) -> wire.WireValue:
    pairs = list(dict.items(thing))
    if len(pairs) > MAX_ITEMS:
        raise TooLargeError(f"a dict of {len(pairs)} keys")
    items = []
    for key, item in pairs:
        encoded = to_wire(item, limit, depth + 1)
        limit -= _size(encoded)
        if limit < 0:
            raise TooLargeError(f"a dict of {len(pairs)} keys")
        items.append((str(key)[:200], encoded))
    return wire.WireMapping(tuple(items))


def _sequence(things: list[Any], name: str, limit: int, depth: int) -> wire.WireValue:
    if things and all(type(item) in (int, float) for item in things):
        # the common case, a history: one array, without a wire value for each number
        # integers of more than 64 bits make an array of objects: those go one by one
        array = np.array(things)
        if array.dtype.kind in "iuf":
            return _array(array, name, limit)
    if len(things) > MAX_ITEMS:
        raise TooLargeError(f"a {name} of {len(things)} items")
    items = []
    for item in things:
        encoded = to_wire(item, limit, depth + 1)
        limit -= _size(encoded)
        if limit < 0:
            raise TooLargeError(f"a {name} of {len(things)} items")
        items.append(encoded)
    return _stacked(items, name) or wire.WireSequence(tuple(items), name)


def _stacked(items: list[wire.WireValue], name: str) -> wire.WireArray | None:
    """Numbers of one shape and one kind as a single array with a leading axis, or None."""
    arrays = [item for item in items if isinstance(item, wire.WireArray)]
    if not items or len(arrays) != len(items) or len({array.shape for array in arrays}) > 1:
        return None
    if len({array.dtype == "|b1" for array in arrays}) > 1:
        return None
    parts = [np.frombuffer(array.data.content, dtype=array.dtype) for array in arrays]
    stacked = np.stack(parts).reshape((len(items), *arrays[0].shape))
    return wire.WireArray(stacked.dtype.str, stacked.shape, wire.Blob(stacked.tobytes()), name)


def _size(value: wire.WireValue) -> int:
    if isinstance(value, wire.WireArray):
        return len(value.data.content) + 32
    if isinstance(value, wire.WireText):
        return len(value.text) + 32
    if isinstance(value, wire.WireSequence):
        return sum(map(_size, value.items)) + 32
    if isinstance(value, wire.WireMapping):
        return sum(_size(item) for _, item in value.items) + 32
    return 32


def _array_like(thing: Any, name: str, limit: int) -> wire.WireValue:
    for convert in (_by_to_numpy, _by_detach, _by_numpy, _by_array):
        try:
            array = convert(thing)
        except Exception:
            continue
        if isinstance(array, (np.ndarray, np.generic)):
            return _ndarray(np.asarray(array), name, limit)
    return wire.WireRefused(name, "not numbers, text, a list, a tuple or a dict")


def _by_to_numpy(thing: Any) -> Any:  # pandas, polars
    return thing.to_numpy()


def _by_detach(thing: Any) -> Any:  # torch
    return thing.detach().cpu().numpy()


def _by_numpy(thing: Any) -> Any:  # TensorFlow
    return thing.numpy()


def _by_array(thing: Any) -> Any:  # JAX, and whatever follows the protocol
    if not hasattr(type(thing), "__array__"):
        raise TypeError
    return np.asarray(thing)


def from_wire(value: wire.WireArgument, namespace: Mapping[str, Any], payload: bytes) -> Any:
    """An argument as the object that a student's function expects; fresh memory each time.

    Args:
        namespace: the notebook's, for `own` arguments.
        payload: of the frame that it came in.

    Raises:
        KeyError: an `own` argument names something that the notebook does not define.
    """
    if isinstance(value, wire.WireArray):
        count = math.prod(value.shape)
        flat = np.frombuffer(payload, value.dtype, count, value.data.start)
        array = flat.reshape(value.shape).copy()
        if value.origin in ("float", "int", "bool", "complex"):
            return array.item()
        if value.origin == "matrix":
            return array.view(np.matrix)
        if value.origin in ("Series", "DataFrame"):
            import pandas as pd

            return getattr(pd, value.origin)(array)
        if array.ndim == 0:
            return array[()]
        return array.tolist() if value.origin in ("list", "tuple") else array
    if isinstance(value, wire.WireText):
        return value.text
    if isinstance(value, wire.WireSequence):
        items = [from_wire(item, namespace, payload) for item in value.items]
        return items if value.origin == "list" else tuple(items)
    if isinstance(value, wire.WireMapping):
        return {key: from_wire(item, namespace, payload) for key, item in value.items}
    if isinstance(value, wire.WireOwn):
        return namespace[value.name]
    if isinstance(value, wire.WireFormula):
        source = f"lambda {', '.join(value.parameters)}: {value.body}"
        return eval(source, {"np": np})  # an author's text, with what the author's side has too
    return None
