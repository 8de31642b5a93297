"""Records as plain data: nested dicts, lists, texts and numbers; and back.

Each record is a dict that names its type under "", as no record has a field of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import ModuleType
from typing import Any

import numpy as np

from grader.records.values import Numbers

KIND = ""

ArrayCoding = Callable[[Numbers], Any]


def records_in(*modules: ModuleType) -> dict[str, type]:
    """The record types that are defined in these modules, by name."""
    return {
        name: thing
        for module in modules
        for name, thing in vars(module).items()
        if isinstance(thing, type) and is_dataclass(thing)
    }


def to_plain(thing: Any, array: ArrayCoding) -> Any:
    """A record, or a tuple of such, as plain data.

    Args:
        array: what becomes of the elements of an array, which is in C order, little-endian.
    """
    if isinstance(thing, np.ndarray):
        little = thing.astype(thing.dtype.newbyteorder("<"), order="C")
        data = {"dtype": little.dtype.str, "shape": little.shape, "data": array(little)}
        return {KIND: "ndarray"} | data
    if isinstance(thing, np.generic):
        return thing.item()
    if isinstance(thing, Decimal):
        return {KIND: "Decimal", "text": str(thing)}
    if isinstance(thing, (tuple, list)):
        return [to_plain(item, array) for item in thing]
    if is_dataclass(thing):
        named = {f.name: to_plain(getattr(thing, f.name), array) for f in fields(thing)}
        return {KIND: type(thing).__name__} | named
    return thing


def from_plain(
    plain: Any, records: Mapping[str, type], array: Callable[[Any, np.dtype[Any]], Numbers]
) -> Any:
    """What `to_plain` was given.

    Args:
        array: the elements as an array, from what `to_plain` kept of them and their dtype.

    Raises:
        KeyError: it names a record that is not among `records`.
    """
    if isinstance(plain, list):
        return tuple(from_plain(item, records, array) for item in plain)
    if not isinstance(plain, dict):
        return plain
    kind = plain.pop(KIND)
    if kind == "ndarray":
        return array(plain["data"], np.dtype(plain["dtype"])).reshape(plain["shape"])
    if kind == "Decimal":
        return Decimal(plain["text"])
    return records[kind](**{n: from_plain(value, records, array) for n, value in plain.items()})
