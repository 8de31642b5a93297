"""Factories: a check answered by functions given here, as the runner asks them, in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

from grader.execute.asking import filled_in
from grader.execute.values import Payload, argument_to_wire, value_from_wire
from grader.judge import judge
from grader.judge.compare import Compared, Rule, compare
from grader.judge.diagnose import Case as JudgedCase
from grader.judge.diagnose import Diagnosis, diagnose
from grader.judge.findings import finding_of
from grader.questions import Plan, Question, plan
from grader.records.answer_key import Expectation, KnownMistake
from grader.records.evidence import Evidence, Outcome, Run
from grader.records.findings import Finding
from grader.records.probes import Probe
from grader.records.values import (
    Array,
    value_of,
)
from grader.records.values import (
    Mapping as MappingValue,
)
from grader.records.values import (
    Sequence as SequenceValue,
)
from grader.records.verdicts import Verdict
from grader.runner import wire
from grader.runner.calls import answer
from grader.runner.values import from_wire, to_wire

# the same examples every time, on a busy machine too: a test that fails sometimes is a bug
settings.register_profile("judge", deadline=None, derandomize=True)
settings.load_profile("judge")

BEGIN = wire.Begin(
    *((), (), "", ()),
    seed=5242,
    output_bytes=0,
    notebook_output_bytes=0,
    result_bytes=2**20,
    memory_bytes=0,
)


def over_the_wire(message: Any, decode: Callable[[bytes], Any]) -> tuple[Any, bytes]:
    """A message as it arrives, and its frame's payload."""
    frame = wire.encode(message)
    head, payload = wire.lengths(frame[: wire.PREFIX])
    start = wire.PREFIX + head
    return decode(frame[wire.PREFIX : start]), frame[start : start + payload]


def outcome_of(probe: Probe, namespace: Mapping[str, Any]) -> Outcome:
    """What the runner sends back for this probe."""
    ask = wire.Ask(
        nonce="",
        target=probe.target,
        call=probe.call,
        args=tuple(argument_to_wire(arg) for arg in probe.args),
        kwargs=tuple((name, argument_to_wire(arg)) for name, arg in probe.kwargs),
        count_work=probe.count_work,
    )
    notebook = SimpleNamespace(namespace=dict(namespace), functions={})
    received, payload = over_the_wire(ask, wire.decode_to_runner)
    decode = partial(from_wire, payload=payload)
    said = answer(notebook, received, BEGIN, decode)
    reply, payload = over_the_wire(said, wire.decode_from_runner)
    return Outcome(
        probe="",
        status=reply.status,  # type: ignore[arg-type]
        value=value_from_wire(reply.value, Payload(payload)),
        error=reply.error,
        where=reply.where,
        printed=reply.printed,
        mutated=reply.mutated,
        work=reply.work,
        remarks=reply.remarks,
    )


def answered(planned: Plan, namespace: Mapping[str, Any]) -> Evidence:
    """What the names of a notebook give for everything that a plan asks."""
    outcomes: dict[str, Outcome] = {}
    for probe in planned.probes:
        try:
            args, kwargs = filled_in(probe, outcomes)
        except LookupError as error:
            outcomes[probe.id] = Outcome("", "not-asked", error=str(error))
            continue
        asked = replace(probe, args=tuple(args), kwargs=tuple(kwargs))
        outcomes[probe.id] = outcome_of(asked, namespace)
    return Evidence(Run("", ()), outcomes)


@pytest.fixture(scope="session")
def verdicts_on() -> Callable[..., tuple[Verdict, ...]]:
    """`verdicts_on(questions, namespace)`: planned, answered from the namespace, judged."""

    def verdicts(
        questions: Sequence[Question],
        namespace: Mapping[str, Any],
        secret: bytes | None = b"a secret",
    ) -> tuple[Verdict, ...]:
        planned = plan("hw", questions, secret)
        return judge(answered(planned, namespace), planned.answer_key, planned.properties)

    return verdicts


@pytest.fixture(scope="session")
def seen_of() -> Callable[..., Finding]:
    """`seen_of(check, predict=lambda x: x)`: what a page shows of the check, which went wrong.
    `beside`: other checks of the question."""

    def seen(
        check: Any, *, beside: Sequence[Any] = (), shows_hidden: bool = False, **namespace: Any
    ) -> Finding:
        planned = plan("hw", [Question("Q1", "It", [check, *beside])], b"a secret")
        evidence = answered(planned, namespace)
        ((key, *_),) = [question.checks for question in planned.answer_key.questions]
        return finding_of(key, evidence, shows_hidden=shows_hidden)

    return seen


@pytest.fixture(scope="session")
def verdict_on(verdicts_on: Callable[..., tuple[Verdict, ...]]) -> Callable[..., Verdict]:
    """`verdict_on(check, predict=lambda x: x)`: the one verdict."""

    def verdict(check: Any, *, secret: bytes | None = b"a secret", **namespace: Any) -> Verdict:
        (found,) = verdicts_on([Question("Q1", "It", [check])], namespace, secret)
        return found

    return verdict


@pytest.fixture(scope="session")
def as_sent() -> Callable[[Any], Any]:
    """`as_sent(thing)`: what the judge gets of what a student's function returned."""

    def sent(thing: Any) -> Any:
        reply = wire.Reply("", "returned", to_wire(thing, 2**20))
        received, payload = over_the_wire(reply, wire.decode_from_runner)
        return value_from_wire(received.value, Payload(payload))

    return sent


def sizes_of(value: Any) -> Any:
    """|value|, in its structure: the least that a scale can be."""
    if isinstance(value, Array):
        return Array(np.abs(value.data.astype(np.result_type(value.data, np.float64))))
    if isinstance(value, SequenceValue):
        return SequenceValue(tuple(sizes_of(item) for item in value.items))
    if isinstance(value, MappingValue):
        return MappingValue(tuple((key, sizes_of(item)) for key, item in value.items))
    return value


@pytest.fixture(scope="session")
def compared(as_sent: Callable[[Any], Any]) -> Callable[..., Compared]:
    """`compared(want, got, scale=..., shape="exact")`: Python objects, compared."""

    def compared_objects(want: Any, got: Any, *, scale: Any = None, **rule: Any) -> Compared:
        wanted = value_of(want)
        size = sizes_of(wanted) if scale is None else value_of(scale)
        return compare(wanted, as_sent(got), size, Rule(**({"rtol": 1e-7, "atol": 1e-14} | rule)))

    return compared_objects


@pytest.fixture(scope="session")
def named(as_sent: Callable[[Any], Any]) -> Callable[..., Diagnosis | None]:
    """`named([(m, want, got), ...])`: what these answers are called; None if all are right."""

    def diagnosis(
        cases: Sequence[tuple[int | None, Any, Any]],
        *,
        mistakes: Mapping[str, Sequence[Any]] | None = None,
        scales: Sequence[Any] | None = None,
        **settings: Any,
    ) -> Diagnosis | None:
        rule = Rule(**({"rtol": 1e-7, "atol": 1e-14} | settings))
        known = mistakes or {}
        judged = []
        for place, (m, want, got) in enumerate(cases):
            wanted, came = value_of(want), as_sent(got)
            scale = sizes_of(wanted) if scales is None else value_of(scales[place])
            wrong = [values[place] for values in known.values()]
            expectation = Expectation(
                probe="",
                case=f"case {place + 1}",
                want=wanted,
                scale=scale,
                mistakes=tuple(None if w is None else value_of(w) for w in wrong),
                size=m,
            )
            judged.append(JudgedCase(expectation, came, compare(wanted, came, scale, rule)))
        if all(case.compared.is_right for case in judged):
            return None
        return diagnose(judged, [KnownMistake(slug) for slug in known], rule)

    return diagnosis
