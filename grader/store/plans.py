"""What was asked and what was expected, as it was when scores were made of it.

A plan is plain data: nested records of numbers, texts and arrays. With it a score can be made again
after the questions have changed, and without the course's secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from grader.records import answer_key, probes, values
from grader.records.answer_key import AnswerKey
from grader.records.plain import from_plain, records_in, to_plain
from grader.records.probes import Probe
from grader.store.record_file import DamagedRecordError, read_record, write_record

VERSION = 2
"""Counts up when the records of a plan change."""

_RECORDS = records_in(answer_key, probes, values)


@dataclass(frozen=True, eq=False)
class StoredPlan:
    """`keys`: of the probes, by their ids, as they were computed then."""

    probes: tuple[Probe, ...]
    answer_key: AnswerKey
    keys: Mapping[str, str]


def plan_bytes(asked: Sequence[Probe], expected: AnswerKey, keys: Mapping[str, str]) -> bytes:
    """The same bytes for the same plan."""
    plain = to_plain([tuple(asked), expected, sorted(keys.items())], lambda array: array.tobytes())
    return msgspec.msgpack.encode([VERSION, plain])


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
    asked, expected, keys = from_plain(plain, _RECORDS, np.frombuffer)
    return StoredPlan(asked, expected, dict(keys))
