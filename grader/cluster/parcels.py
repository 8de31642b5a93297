"""What travels to a worker and back, as bytes. No pickle.

To the worker: what an assignment gives to code, once, and one submission at a time. The worker
believes that. Back: an answer, which is believed as little as a file: it is capped, and decoded by
types.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
import numpy as np
from msgspec import Struct

from grader.execute import (
    Asked,
    Conditions,
    code_cells,
    notebook_key,
    run_key,
)
from grader.records import evidence, limits, probes, values
from grader.records.evidence import Evidence, Outcome
from grader.records.limits import MEGABYTE, Limits
from grader.records.plain import from_plain, records_in, to_plain
from grader.records.probes import Argument, OutcomeOf, Probe
from grader.store.record_file import DamagedRecordError
from grader.store.runs import StoredRun, run_bytes, run_of

Status = Literal["ran", "again", "failed", "refused"]
"""`again`: to be executed once more, alone, before anything is believed. `failed`: by us.
`refused`: student code cannot be run on that machine."""


class BadAnswerError(Exception):
    """A worker sent what is no evidence of what it was asked."""


@dataclass(frozen=True)
class Order:
    """What a worker is to know of a batch: no answers, and nobody's name.

    Attributes:
        usual: the probes that most submissions are asked, without the names that they have here.
        conditions_key: as the client computes it: the worker has to come to the same.
        environment, code: those of the worker that the client looked up evidence for.
        sandbox: what has to be around student code: `full`, or the `best` that there is.
    """

    conditions: Conditions
    usual: tuple[Probe, ...]
    conditions_key: str
    environment: str
    code: str
    sandbox: Literal["full", "best"]


@dataclass(frozen=True)
class Task:
    """One submission. `probes`: None for the usual ones. `earlier`: outcomes by ids of probes."""

    cells: tuple[str, ...]
    probes: tuple[Probe, ...] | None = None
    earlier: tuple[tuple[str, Outcome], ...] = ()
    seed: int | None = None
    alone: bool = False


class Answer(Struct, array_like=True, frozen=True):
    """What came of a task.

    Attributes:
        host: where.
        evidence: if it ran, as `store.runs` has it.
        problem, fix: if it failed, or was refused, in words.
        details: a traceback of ours.
    """

    status: Status
    host: str
    evidence: bytes = b""
    problem: str = ""
    fix: str = ""
    details: str = ""


def pack(thing: Order | Task) -> bytes:
    """For the way to a worker."""
    return msgspec.msgpack.encode(to_plain(thing, lambda array: array.tobytes()))


def unpack_order(packed: bytes) -> Order:
    order = _unpacked(packed)
    assert isinstance(order, Order)
    return order


def unpack_task(packed: bytes) -> Task:
    task = _unpacked(packed)
    assert isinstance(task, Task)
    return task


def _unpacked(packed: bytes) -> Any:
    return from_plain(msgspec.msgpack.decode(packed), _RECORDS, np.frombuffer)


_RECORDS = {
    **records_in(evidence, limits, probes, values),
    **{kind.__name__: kind for kind in (Conditions, Order, Task)},
}


def task_of(asked: Asked, usual: Sequence[Probe], salt: bytes, *, alone: bool) -> Task:
    """What is asked of one submission. Of its notebook only the code travels.

    Args:
        usual: the probes of the order, as they are called here.
        salt: of the order's probes.
    """
    is_usual = [*map(id, asked.probes)] == [*map(id, usual)]
    return Task(
        code_cells(asked.notebook),
        None if is_usual else unnamed(asked.probes, salt),
        tuple((_alias(name, salt), outcome) for name, outcome in asked.earlier.items()),
        asked.seed,
        alone,
    )


def unnamed(asked: Sequence[Probe], salt: bytes) -> tuple[Probe, ...]:
    """The same probes under other ids: theirs tell questions and cases."""

    def argument(given: Argument) -> Argument:
        if not isinstance(given, OutcomeOf):
            return given
        return replace(given, probe=_alias(given.probe, salt))

    return tuple(
        replace(
            probe,
            id=_alias(probe.id, salt),
            args=tuple(map(argument, probe.args)),
            kwargs=tuple((name, argument(given)) for name, given in probe.kwargs),
        )
        for probe in asked
    )


def _alias(name: str, salt: bytes) -> str:
    return hashlib.blake2b(name.encode(), key=salt, digest_size=8).hexdigest()


encode_answer = msgspec.msgpack.Encoder().encode
_decode_answer = msgspec.msgpack.Decoder(Answer).decode


def decode_answer(packed: bytes, limits: Limits) -> Answer:
    """An answer, if it is one.

    Args:
        limits: those of a submission: what it may give bounds what is taken.

    Raises:
        BadAnswerError: it is none.
    """
    most = 4 * limits.result_bytes + 2 * limits.notebook_output_bytes + 16 * MEGABYTE
    if not isinstance(packed, bytes) or len(packed) > most:
        raise BadAnswerError(f"{type(packed).__name__} that is no answer of at most {most} bytes")
    try:
        return _decode_answer(packed)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:  # texts are UTF-8, or none
        raise BadAnswerError(str(error)) from error


def packed_evidence(made: Evidence) -> bytes:
    """For the way back."""
    return run_bytes(StoredRun.of(made.run, made.outcomes.values(), made.measurement))


def evidence_from(
    packed: bytes, asked: Asked, conditions: str, keys: Mapping[str, str]
) -> Evidence:
    """What a worker's submission did, if it is what was asked.

    Everything is decoded here: what is odd about it is told of this submission, now.

    Args:
        conditions: the key of those that it was to run under.
        keys: of the probes, by the ids that they have here.

    Raises:
        BadAnswerError: it is not.
    """
    try:
        stored = run_of(packed)
        run = stored.run
        cells = notebook_key(code_cells(asked.notebook))
        if run.key != run_key(cells, conditions, run.environment):
            raise BadAnswerError("evidence of another notebook, or of other conditions")
        if set(stored.outcomes.raw) != set(keys.values()):
            raise BadAnswerError("outcomes of other probes")
        outcomes = {name: stored.outcomes[key] for name, key in keys.items()}
    except (
        DamagedRecordError,
        msgspec.DecodeError,
        ValueError,
        TypeError,
        OverflowError,
        SyntaxError,  # NumPy's, of some dtypes
        RecursionError,
    ) as error:
        raise BadAnswerError(f"no evidence: {error}") from error
    return Evidence(run, outcomes, stored.measurement)
