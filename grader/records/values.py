"""What a student's code gave, or what a reference gives, as plain data.

A `Value` is one of

    Array      numbers: a float, a list of floats, an ndarray, a DataFrame, a tensor
    str, None  themselves
    Sequence   a tuple or list that is not one array of numbers
    Mapping    a dict
    Refused    anything else, with its type's name and the reason

`origin` keeps the name of the type that it was, because people want to read
"you returned a DataFrame", not "shape (3, 1)".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Array:
    """Numbers of one dtype (kinds b, i, u, f, c), any shape; 0-d for a single number."""

    data: Numbers
    origin: str = "ndarray"


@dataclass(frozen=True, eq=False)
class Sequence:
    items: tuple[Value, ...]
    origin: str = "tuple"


@dataclass(frozen=True, eq=False)
class Mapping:
    """A dict with text keys (other simple keys are written as text)."""

    items: tuple[tuple[str, Value], ...]

    def get(self, key: str) -> Value | Missing:
        for name, value in self.items:
            if name == key:
                return value
        return MISSING


@dataclass(frozen=True)
class Refused:
    """A thing that is not plain data, such as a generator or an array of objects."""

    origin: str
    reason: str


class Missing:
    """The type of `MISSING`: no such key."""


MISSING = Missing()

Value = Union[Array, str, None, Sequence, Mapping, Refused]


def value_of(thing: object) -> Value:
    """The `Value` of what *trusted* code (a reference) returned.

    Containers keep their structure: a tuple of two floats stays a `Sequence` of two.

    Raises:
        TypeError: if it is not made of numbers, text, None, lists, tuples and dicts.
    """
    if thing is None or isinstance(thing, str):
        return thing
    if isinstance(thing, (Array, Sequence, Mapping)):
        return thing
    if isinstance(thing, (bool, int, float, complex, np.generic)):
        return _array_of(thing, type(thing).__name__)
    if isinstance(thing, np.ndarray):
        origin = "matrix" if isinstance(thing, np.matrix) else "ndarray"
        return _array_of(np.array(thing, subok=False), origin)
    if isinstance(thing, dict):
        return Mapping(tuple((str(key), value_of(item)) for key, item in thing.items()))
    if isinstance(thing, list) and thing and all(_is_number(item) for item in thing):
        return _array_of(thing, "list")
    if isinstance(thing, (list, tuple)):
        return Sequence(tuple(value_of(item) for item in thing), type(thing).__name__)
    to_numpy = getattr(thing, "to_numpy", None)
    if to_numpy is not None:
        return _array_of(to_numpy(), type(thing).__name__)
    raise TypeError(f"a {type(thing).__name__} is not plain data")


def _array_of(numbers: Any, origin: str) -> Array:
    array = np.asarray(numbers)
    if array.dtype.kind == "O" and all(isinstance(item, (int, float)) for item in array.flat):
        array = array.astype(float)  # integers of more than 64 bits
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{with_article(origin)} of dtype {array.dtype} is not an array of numbers")
    return Array(array, origin)


def _is_number(thing: object) -> bool:
    return isinstance(thing, (bool, int, float, np.generic))


def arrays_in(value: Value) -> Iterator[Array]:
    """Every `Array` in a value, in order."""
    if isinstance(value, Array):
        yield value
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from arrays_in(item)
    elif isinstance(value, Mapping):
        for _, item in value.items:
            yield from arrays_in(item)


def fingerprint(array: Numbers) -> str:
    """The same for the same numbers in their order, whatever their dtype and shape."""
    numbers = np.ravel(array).astype("<c16" if array.dtype.kind == "c" else "<f8") + 0.0
    return hashlib.blake2b(numbers.tobytes(), digest_size=8).hexdigest()


def item_at(value: Value, path: tuple[int | str, ...]) -> Value:
    """The item of a value at a path such as `(0,)` or `("dw",)`; the value itself at `()`.

    Raises:
        LookupError: there is no such item.
    """
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str):
            found = value.get(step)
            if not isinstance(found, (Array, Sequence, Mapping, Refused, str, type(None))):
                raise LookupError(step)
            value = found
        elif isinstance(value, Sequence) and isinstance(step, int):
            value = value.items[step]
        elif isinstance(value, Array) and isinstance(step, int) and value.data.ndim:
            value = Array(value.data[step], _item_origin(value))
        else:
            raise LookupError(step)
    if _is_refused(value):
        raise LookupError("not plain data")
    return value


def _is_refused(value: Value) -> bool:
    """Whether there is anything in it that cannot be sent back."""
    if isinstance(value, Sequence):
        return any(_is_refused(item) for item in value.items)
    if isinstance(value, Mapping):
        return any(_is_refused(item) for _, item in value.items)
    return isinstance(value, Refused)


def _item_origin(array: Array) -> str:
    """A number out of a tuple of numbers goes back as the Python number that it was."""
    if array.data.ndim == 1 and array.origin in ("list", "tuple"):
        return {"f": "float", "i": "int", "b": "bool"}.get(array.data.dtype.kind, "ndarray")
    return "ndarray"


def describe(value: Value) -> str:
    """What a value is, in a few words: "an ndarray of shape (3, 1)", "a str", "None"."""
    if value is None:
        return "None"
    if isinstance(value, str):
        shown = value if len(value) <= 40 else value[:37] + "..."
        return f"the text {shown!r}"
    if isinstance(value, Array):
        if value.data.ndim == 0:
            return (
                f"the number {value.data.item():.6g}"
                if value.data.dtype.kind != "b"
                else str(bool(value.data))
            )
        return f"{with_article(value.origin)} of shape {value.data.shape}"
    if isinstance(value, Sequence):
        return f"{with_article(value.origin)} of {len(value.items)} things"
    if isinstance(value, Mapping):
        return f"a dict with the keys {', '.join(name for name, _ in value.items) or '(none)'}"
    return f"{with_article(value.origin)}, which is not plain data ({value.reason})"


def in_short(value: Value) -> str:
    """A small value in full, a large one by its kind."""
    if isinstance(value, Array) and value.data.size <= 8:
        return str(value.data.tolist()) if value.data.ndim else f"{value.data.item():.8g}"
    if isinstance(value, Sequence) and sum(a.data.size for a in arrays_in(value)) <= 8:
        open, close = "[]" if value.origin == "list" else "()"
        return open + ", ".join(in_short(item) for item in value.items) + close
    return describe(value)


def with_article(name: str) -> str:
    """Such as "an int" and "a Series"."""
    vowel = name.startswith(("nd", *"aeioAEIO"))  # an ndarray, an int, a uint8
    return f"{'an' if vowel else 'a'} {name}"
