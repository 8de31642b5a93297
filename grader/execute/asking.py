"""Asks a process the probes, when it has run the cells."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.execute.process import EndedError, LateError, Message, Process, now
from grader.execute.timeouts import SuspectTimeoutError, was_waiting
from grader.execute.values import (
    BadValueError,
    Payload,
    argument_to_wire,
    value_from_wire,
)
from grader.records.evidence import Outcome, OutcomeStatus
from grader.records.limits import Limits
from grader.records.probes import Argument, OutcomeOf, Probe
from grader.records.values import item_at
from grader.runner import wire

RESULTS = 4
"""So many times the limit of one result is the limit of all that a submission returns."""

MOST_REMARKS = 12


@dataclass(frozen=True)
class Answers:
    """What is known of the probes, after the processes that were asked so far.

    Attributes:
        left: the probes that are still to be asked.
        outcomes: of others, by probe id.
        enders: the targets whose call has ended a process, and how.
        result_bytes: of all that came back.
    """

    left: tuple[Probe, ...]
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    enders: Mapping[str, OutcomeStatus] = field(default_factory=dict)
    result_bytes: int = 0


def ask_all(
    process: Process,
    answers: Answers,
    keys: Mapping[str, str],
    limits: Limits,
    *,
    began: float,
    alone: bool,
) -> Answers:
    """Ask what is left, one probe after the other, until the process ends.

    Args:
        keys: of the probes, by their ids.
        began: when the process began with the cells.

    Raises:
        SuspectTimeoutError: not `alone`, and a limit passed that load may explain.
        StoppedError: the batch is being stopped.
    """
    outcomes = dict(answers.outcomes)
    result_bytes = answers.result_bytes
    status: OutcomeStatus
    for place, probe in enumerate(answers.left, start=1):
        key = keys[probe.id]
        ender = answers.enders.get(probe.target)
        if ender is not None:
            # it would end this process as well, and cost the same time again
            reason = f"an earlier call of {probe.target} ended its process"
            outcomes[probe.id] = Outcome(key, ender, error=reason)
            continue
        try:
            args, kwargs = filled_in(probe, outcomes)
        except LookupError as error:
            outcomes[probe.id] = Outcome(key, "not-asked", error=str(error))
            continue
        asked = now()
        try:
            message = _answer(process, probe, args, kwargs, limits.probe_seconds)
            result_bytes += message.size
            outcome = _outcome(key, message)
        except LateError:
            if not alone and was_waiting(
                process, began=began, since=asked, limit_seconds=limits.probe_seconds
            ):
                raise SuspectTimeoutError from None
            status, why = "timeout", f"no answer within {limits.probe_seconds:g} s"
        except EndedError as error:
            status, why = error.by, f"its process {error.why}"
        else:
            if result_bytes > RESULTS * limits.result_bytes:
                outcome = Outcome(key, "too-large", error="all its results together")
            outcomes[probe.id] = outcome
            continue
        outcomes[probe.id] = Outcome(key, status, error=why)
        enders = {**answers.enders, probe.target: status}
        return Answers(answers.left[place:], outcomes, enders, result_bytes)
    return Answers((), outcomes, answers.enders, result_bytes)


def not_asked(answers: Answers, keys: Mapping[str, str]) -> Answers:
    """What is left was never asked, and no process will be."""
    why = "the notebook could not be run so far"
    missed = {probe.id: Outcome(keys[probe.id], "not-run", error=why) for probe in answers.left}
    return Answers((), {**answers.outcomes, **missed}, answers.enders, answers.result_bytes)


def filled_in(
    probe: Probe, outcomes: dict[str, Outcome]
) -> tuple[list[Argument], list[tuple[str, Argument]]]:
    """The arguments, with earlier outcomes in their places.

    Raises:
        LookupError: an earlier outcome has no value.
    """

    def fill(argument: Argument) -> Argument:
        if not isinstance(argument, OutcomeOf):
            return argument
        earlier = outcomes.get(argument.probe)
        if earlier is None or earlier.status != "returned":
            raise LookupError("it needs a value that was not there")
        try:
            return item_at(earlier.value, argument.path)
        except LookupError:
            raise LookupError("it needs a value that was not there") from None

    return [fill(arg) for arg in probe.args], [(name, fill(arg)) for name, arg in probe.kwargs]


def _answer(
    process: Process,
    probe: Probe,
    args: Sequence[Argument],
    kwargs: Sequence[tuple[str, Argument]],
    limit_seconds: float,
) -> Message:
    """Ask one probe. The message that comes back has the `Reply` to it.

    Raises:
        LateError: none came in time.
        EndedError: the process ended, or sent what is not a reply to this.
    """
    if process.has_message():
        raise EndedError("answered before it was asked")
    nonce = secrets.token_hex(8)
    process.send(
        wire.Ask(
            nonce=nonce,
            target=probe.target,
            call=probe.call,
            args=tuple(argument_to_wire(arg) for arg in args),
            kwargs=tuple((name, argument_to_wire(arg)) for name, arg in kwargs),
            count_work=probe.count_work,
        )
    )
    message = process.receive(limit_seconds)
    reply = message.content
    if not isinstance(reply, wire.Reply) or reply.nonce != nonce:
        raise EndedError("gave an answer to another question")
    return message


_REPLIES: dict[str, OutcomeStatus] = {
    "returned": "returned",
    "raised": "raised",
    "missing": "missing",
    "not-callable": "not-callable",
    "memory": "memory",
    "too-large": "too-large",
    "not-asked": "not-asked",
}


def _outcome(key: str, message: Message) -> Outcome:
    """What a reply says.

    Raises:
        EndedError: nothing that a runner says.
    """
    reply = message.content
    assert isinstance(reply, wire.Reply)
    status = _REPLIES.get(reply.status)
    if status is None:
        raise EndedError("sent an unknown status")
    try:
        value = value_from_wire(reply.value, Payload(message.payload))
    except BadValueError as error:
        raise EndedError(f"sent {error}") from None
    return Outcome(
        probe=key,
        status=status,
        value=value,
        error=reply.error[:500],
        where=reply.where[:300],
        printed=reply.printed[:500],
        mutated=reply.mutated[:20],
        work=reply.work,
        remarks=tuple(remark[:100] for remark in reply.remarks[:MOST_REMARKS]),
    )
