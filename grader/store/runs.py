"""Evidence on disk: a run with its outcomes, under the run's key.

MessagePack of typed records; no pickle. An outcome stands under the key of what was asked, so that
a plan finds what is there and asks for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Union

import msgspec
import numpy as np
from msgspec import Struct

from grader.records.evidence import Evidence, Measurement, Outcome, OutcomeStatus, Run
from grader.records.values import Array, Mapping, Refused, Sequence, Value
from grader.store.record_file import DamagedRecordError, read_record, write_record


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A run, the outcomes by the keys of their probes, and what was measured of it.

    `outcomes` are kept as they are on disk and made when they are asked for: most verdicts are
    known by what an outcome looks like.
    """

    run: Run
    outcomes: Outcomes
    measurement: Measurement

    def evidence(self, keys: MappingABC[str, str]) -> Evidence:
        """As judging takes it. `keys`: of the probes, by their ids; all of them are there."""
        return Evidence(self.run, _ById(self.outcomes, keys), self.measurement)

    def lacks(self, keys: MappingABC[str, str]) -> list[str]:
        """The ids of the probes whose outcomes are not there."""
        return [name for name, key in keys.items() if key not in self.outcomes.raw]

    @staticmethod
    def of(run: Run, outcomes: Iterable[Outcome], measurement: Measurement) -> StoredRun:
        """To be written. The outcomes carry the keys of their probes."""
        kept = {each.probe: msgspec.Raw(_encode(_kept_outcome(each))) for each in outcomes}
        return StoredRun(run, Outcomes(kept), measurement)

    def with_more(self, outcomes: Iterable[Outcome]) -> StoredRun:
        """With outcomes of the same run that were not asked for before."""
        more = StoredRun.of(self.run, outcomes, self.measurement).outcomes
        return replace(self, outcomes=Outcomes(self.outcomes.raw | more.raw))


class Outcomes(MappingABC[str, Outcome]):
    """Outcomes by the keys of their probes; `raw` has each as it is on disk."""

    def __init__(self, raw: dict[str, msgspec.Raw]) -> None:
        self.raw = raw

    def only(self, others: Outcomes) -> Outcomes:
        """Those that the others have too."""
        return Outcomes({key: raw for key, raw in self.raw.items() if key in others.raw})

    def __getitem__(self, probe: str) -> Outcome:
        return _outcome(probe, _decode_outcome(self.raw[probe]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.raw)

    def __len__(self) -> int:
        return len(self.raw)


class _ById(MappingABC[str, Outcome]):
    """Outcomes by the ids of their probes."""

    def __init__(self, outcomes: Outcomes, keys: MappingABC[str, str]) -> None:
        self._outcomes = outcomes
        self._keys = keys

    def __getitem__(self, name: str) -> Outcome:
        return self._outcomes[self._keys[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def write_run(folder: Path, stored: StoredRun) -> None:
    """Keep it in `folder`, in the place of what was there under its key.

    Raises:
        GraderError: it can't be written.
    """
    write_record(run_file(folder, stored.run.key), run_bytes(stored))


def read_run(folder: Path, key: str) -> StoredRun | None:
    """The run of that key; None if there is none.

    Raises:
        DamagedRecordError: what is there is not what was written.
    """
    body = read_record(run_file(folder, key))
    if body is None:
        return None
    stored = run_of(body)
    if stored.run.key != key:
        raise DamagedRecordError(f"{key} holds another run")
    return stored


def run_bytes(stored: StoredRun) -> bytes:
    """All of it, as it is kept, and as it travels from other machines."""
    return evidence_bytes(stored) + _encode(stored.measurement)


def run_of(body: bytes) -> StoredRun:
    """What `run_bytes` was given.

    Raises:
        DamagedRecordError: it is no run.
    """
    size = int.from_bytes(body[:4], "big")
    try:
        kept = _decode(body[4 : 4 + size])
        measurement = _decode_measurement(body[4 + size :])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DamagedRecordError(str(error)) from error  # of another version, perhaps
    return StoredRun(kept.run, Outcomes(kept.outcomes), measurement)


def evidence_bytes(stored: StoredRun) -> bytes:
    """Run and outcomes, without the measurement: equal evidence gives equal bytes."""
    body = _encode(_Kept(stored.run, dict(sorted(stored.outcomes.raw.items()))))
    return len(body).to_bytes(4, "big") + body


def run_file(folder: Path, key: str) -> Path:
    """Where the run of that key is."""
    return folder / key[:2] / key


class _Array(Struct, tag="array", array_like=True, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data: bytes
    origin: str


class _Text(Struct, tag="text", array_like=True, frozen=True):
    text: str


class _Nothing(Struct, tag="none", array_like=True, frozen=True):
    pass


class _Sequence(Struct, tag="sequence", array_like=True, frozen=True):
    items: tuple[_Value, ...]
    origin: str


class _Mapping(Struct, tag="mapping", array_like=True, frozen=True):
    items: tuple[tuple[str, _Value], ...]


class _Refused(Struct, tag="refused", array_like=True, frozen=True):
    origin: str
    reason: str


_Value = Union[_Array, _Text, _Nothing, _Sequence, _Mapping, _Refused]


class _Outcome(Struct, array_like=True, frozen=True):
    status: OutcomeStatus
    value: _Value
    error: str
    where: str
    printed: str
    mutated: tuple[int, ...]
    work: int | None
    remarks: tuple[str, ...]
    stopped: tuple[int, ...]


class _Kept(Struct, array_like=True, frozen=True):
    run: Run
    outcomes: dict[str, msgspec.Raw]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Kept).decode
_decode_outcome = msgspec.msgpack.Decoder(_Outcome).decode
_decode_measurement = msgspec.msgpack.Decoder(Measurement).decode


def _kept_outcome(outcome: Outcome) -> _Outcome:
    return _Outcome(
        outcome.status,
        _kept_value(outcome.value),
        outcome.error,
        outcome.where,
        outcome.printed,
        outcome.mutated,
        outcome.work,
        outcome.remarks,
        outcome.stopped,
    )


def _outcome(probe: str, kept: _Outcome) -> Outcome:
    return Outcome(
        probe,
        kept.status,
        _value(kept.value),
        kept.error,
        kept.where,
        kept.printed,
        kept.mutated,
        kept.work,
        kept.remarks,
        kept.stopped,
    )


def _kept_value(value: Value) -> _Value:
    if isinstance(value, Array):
        data = value.data.astype(value.data.dtype.newbyteorder("<"), order="C")
        return _Array(data.dtype.str, data.shape, data.tobytes(), value.origin)
    if isinstance(value, Sequence):
        return _Sequence(tuple(_kept_value(item) for item in value.items), value.origin)
    if isinstance(value, Mapping):
        return _Mapping(tuple((key, _kept_value(item)) for key, item in value.items))
    if isinstance(value, Refused):
        return _Refused(value.origin, value.reason)
    return _Nothing() if value is None else _Text(value)


def _value(kept: _Value) -> Value:
    if isinstance(kept, _Array):
        dtype = np.dtype(kept.dtype)
        if dtype.kind not in "biufc":
            raise ValueError(f"an array of dtype {kept.dtype:.20}")
        numbers = np.frombuffer(kept.data, dtype).reshape(kept.shape)
        return Array(numbers, kept.origin)
    if isinstance(kept, _Sequence):
        return Sequence(tuple(_value(item) for item in kept.items), kept.origin)
    if isinstance(kept, _Mapping):
        return Mapping(tuple((key, _value(item)) for key, item in kept.items))
    if isinstance(kept, _Refused):
        return Refused(kept.origin, kept.reason)
    return kept.text if isinstance(kept, _Text) else None
