"""What was asked and what was expected, as it was when scores were made of it.

A plan is plain data: nested records of numbers, texts and arrays. With it a score can be made again
after the questions have changed, and without the course's secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.records import answer_key, probes, values
from grader.records.answer_key import AnswerKey
from grader.records.probes import Probe
from grader.store.record_file import DamagedRecordError, read_record, write_record

VERSION = 1
"""Counts up when the records of a plan change."""

_KIND = ""  # no record has a field of this name
_RECORDS = {
    name: thing
    for module in (answer_key, probes, values)
    for name, thing in vars(module).items()
    if isinstance(thing, type) and is_dataclass(thing)
}


@dataclass(frozen=True, eq=False)
class StoredPlan:
    """`keys`: of the probes, by their ids, as they were computed then."""

    probes: tuple[Probe, ...]
    answer_key: AnswerKey
    keys: Mapping[str, str]


def plan_bytes(asked: Sequence[Probe], expected: AnswerKey, keys: Mapping[str, str]) -> bytes:
    """The same bytes for the same plan."""
    return msgspec.msgpack.encode([VERSION, _plain([tuple(asked), expected, sorted(keys.items())])])


def plan_key(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def write_plan(folder: Path, body: bytes) -> str:
    """Keep what `plan_bytes` gave, once; returns its key.

    Raises:
        GraderError: it can't be written.
    """
    key = plan_key(body)
    try:
        is_there = read_record(folder / key) == body
    except DamagedRecordError:
        is_there = False
    if not is_there:
        write_record(folder / key, body)
    return key


def read_plan(folder: Path, key: str) -> StoredPlan | None:
    """The plan of that key; None if there is none.

    Raises:
        DamagedRecordError: what is there is not what was written.
    """
    body = read_record(folder / key)
    if body is None:
        return None
    if plan_key(body) != key:
        raise DamagedRecordError(f"{key} holds another plan")
    version, plain = msgspec.msgpack.decode(body)
    if version != VERSION:
        raise DamagedRecordError(f"{key} is of version {version}, and {VERSION} is read here")
    asked, expected, keys = _thing(plain)
    return StoredPlan(asked, expected, dict(keys))


def _plain(thing: Any) -> Any:
    if isinstance(thing, np.ndarray):
        little = thing.astype(thing.dtype.newbyteorder("<"), order="C")
        return {
            _KIND: "ndarray",
            "dtype": little.dtype.str,
            "shape": little.shape,
            "data": little.tobytes(),
        }
    if isinstance(thing, np.generic):
        return thing.item()
    if isinstance(thing, Decimal):
        return {_KIND: "Decimal", "text": str(thing)}
    if isinstance(thing, (tuple, list)):
        return [_plain(item) for item in thing]
    if is_dataclass(thing):
        named = {field.name: _plain(getattr(thing, field.name)) for field in fields(thing)}
        return {_KIND: type(thing).__name__} | named
    return thing


def _thing(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(map(_thing, plain))
    if not isinstance(plain, dict):
        return plain
    kind = plain.pop(_KIND)
    if kind == "ndarray":
        return np.frombuffer(plain["data"], np.dtype(plain["dtype"])).reshape(plain["shape"])
    if kind == "Decimal":
        return Decimal(plain["text"])
    return _RECORDS[kind](**{name: _thing(value) for name, value in plain.items()})
