"""Lays a student's value beside the expected one, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.records.answer_key import ShapeRule
from grader.records.values import (
    Array,
    Mapping,
    Missing,
    Numbers,
    Refused,
    Sequence,
    Value,
    describe,
)

Path = tuple[int | str, ...]


@dataclass(frozen=True, eq=False)
class Pair:
    """One array of the expected value with its counterpart, of the same shape."""

    path: Path
    want: Numbers
    got: Numbers
    scale: Numbers
    remark: str = ""


@dataclass(frozen=True, eq=False)
class Misfit:
    """A part that has no counterpart: which mistake that is, and in words.

    `want` and `got`: the two, where both are numbers and only their shapes differ.
    """

    path: Path
    slug: str
    words: str
    want: Numbers | None = None
    got: Numbers | None = None


def pairs(
    want: Value,
    got: Value,
    scale: Value,
    rule: ShapeRule,
    ignore: tuple[Path, ...] = (),
    path: Path = (),
) -> Iterator[Pair | Misfit]:
    """Every part of `want` with its counterpart in `got`, or why there is none.

    A tuple may come as a list or an array of as many items, an array as a list; a number as an
    array of one element (with a remark, where the rule is "squeeze").
    """
    if path in ignore:
        return
    if got is None and want is not None:
        yield Misfit(path, "none-returned", f"{named(path)} is None")
    elif isinstance(got, Refused):
        yield Misfit(path, "wrong-dtype", f"{named(path)} is {describe(got)}")
    elif isinstance(want, Array):
        assert isinstance(scale, Array)
        yield _array_pair(want, got, scale, rule, path)
    elif isinstance(want, Sequence):
        assert isinstance(scale, Sequence)
        items = _items(got, len(want.items), rule)
        if items is None:
            asked = f"{len(want.items)} values are asked for"
            yield Misfit(path, "wrong-shape", f"{asked}, {named(path)} is {describe(got)}")
            return
        for place, (w, g, s) in enumerate(zip(want.items, items, scale.items)):  # noqa: B905 (3.10)
            yield from pairs(w, g, s, rule, ignore, (*path, place))
    elif isinstance(want, Mapping):
        assert isinstance(scale, Mapping)
        yield from _mapping_pairs(want, got, scale, rule, ignore, path)
    elif want != got:
        yield Misfit(path, "wrong-value", f"{named(path)} is {describe(got)}")


def named(path: Path) -> str:
    """A part of a result in words: "the 2nd value", "the item 'dw'", "the result"."""
    if not path:
        return "the result"
    step = path[-1]
    if isinstance(step, str):
        return f"the item {step!r}"
    ordinals = {0: "1st", 1: "2nd", 2: "3rd"}
    return f"the {ordinals.get(step, f'{step + 1}th')} value"


def _items(got: Value, count: int, rule: ShapeRule) -> tuple[Value, ...] | None:
    if isinstance(got, Sequence) and len(got.items) == count:
        return got.items
    if rule == "squeeze":  # `return (a, b),`: a stray comma, or `[[a, b]]`
        if isinstance(got, Sequence) and len(got.items) == 1:
            return _items(got.items[0], count, rule)
        if isinstance(got, Array) and got.data.ndim > 1 and len(got.data) == 1 != count:
            return _items(Array(got.data[0], got.origin), count, rule)
    if isinstance(got, Array) and got.data.ndim >= 1 and len(got.data) == count:
        return tuple(Array(part, got.origin) for part in got.data)
    return None


def _mapping_pairs(
    want: Mapping,
    got: Value,
    scale: Mapping,
    rule: ShapeRule,
    ignore: tuple[Path, ...],
    path: Path,
) -> Iterator[Pair | Misfit]:
    if not isinstance(got, Mapping):
        yield Misfit(path, "wrong-shape", f"a dict is asked for, {named(path)} is {describe(got)}")
        return
    for (key, value), (_, size) in zip(want.items, scale.items):  # noqa: B905 (3.10)
        if (*path, key) in ignore:
            continue
        item = got.get(key)
        if isinstance(item, Missing):
            yield Misfit((*path, key), "wrong-shape", f"the key {key!r} is missing")
        else:
            yield from pairs(value, item, size, rule, ignore, (*path, key))


def _array_pair(
    want: Array, got: Value, scale: Array, rule: ShapeRule, path: Path
) -> Pair | Misfit:
    found = as_numbers(got)
    asked = _asked(want)
    if found is None:
        slug = "wrong-dtype" if isinstance(got, str) else "wrong-shape"
        return Misfit(path, slug, f"{asked} is asked for, {named(path)} is {describe(got)}")
    if found.dtype.kind not in "biufc":
        return Misfit(path, "wrong-dtype", f"{named(path)} is of dtype {found.dtype}")
    remark = ""
    if found.dtype.kind == "b" and want.data.dtype.kind != "b":
        remark = f"{named(path)} is true or false, asked for are numbers"
    if found.dtype.kind == "c":
        if np.any(found.imag != 0) and want.data.dtype.kind != "c":
            return Misfit(path, "wrong-dtype", f"{named(path)} has complex numbers")
        if want.data.dtype.kind != "c":
            found, remark = found.real, f"{named(path)} is of a complex dtype"
    if found.shape != want.data.shape:
        fits = np.squeeze(found).shape == np.squeeze(want.data).shape
        if rule == "exact" or not fits:
            words = f"{asked} is asked for, {named(path)} is {_found(got, found)}"
            return Misfit(path, "wrong-shape", words, want.data, found)
        remark = f"{named(path)} has shape {found.shape}, asked for is {asked}"
        found = found.reshape(want.data.shape)
    return Pair(path, want.data, found, scale.data, remark)


def as_numbers(got: Value) -> Numbers | None:
    """The numbers of a value, if it is one array, or nested lists that amount to one."""
    if isinstance(got, Array):
        return got.data
    if isinstance(got, Sequence):
        if not got.items:  # an empty history
            return np.empty(0)
        parts = [as_numbers(item) for item in got.items]
        arrays = [part for part in parts if part is not None]
        if len(arrays) != len(parts):
            return None
        if len(arrays) == 1:  # a tuple of one: a stray comma
            return arrays[0]
        squeezed = [np.squeeze(part) for part in arrays]
        if len({part.shape for part in squeezed}) == 1:
            return np.stack(squeezed)
    return None


def _asked(want: Array) -> str:
    return "a number" if want.data.ndim == 0 else f"shape {want.data.shape}"


def _found(got: Value, found: Numbers) -> str:
    return describe(got) if isinstance(got, Array) else f"of shape {found.shape}"
