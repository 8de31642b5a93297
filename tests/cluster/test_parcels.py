"""What travels to workers and back: nobody's name goes, and what comes is believed as it is decoded."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cluster.parcels import (
    Answer,
    BadAnswerError,
    Order,
    Task,
    decode_answer,
    encode_answer,
    evidence_from,
    pack,
    packed_evidence,
    task_of,
    unnamed,
    unpack_order,
    unpack_task,
)
from grader.execute import Asked, Conditions, conditions_key, notebook_key, probe_keys, run_key
from grader.records.evidence import CellRun, Evidence, Measurement, Outcome, Run
from grader.records.limits import Limits
from grader.records.probes import Formula, OutcomeOf, Own, Probe
from grader.records.values import Array, Mapping, Sequence, value_of

CONDITIONS = Conditions(Limits(cell_seconds=3.0), (("a/data.csv", b"1,2\0\xff"),), "import math")
KEY = conditions_key(CONDITIONS)
PROBES = (
    Probe("hw/Q7/qz f/case qz", "f", (value_of([1.0, -0.0, np.nan]), Own("g"), Formula("x**2"))),
    Probe("hw/Q7/qz f/next", "f", (OutcomeOf("hw/Q7/qz f/case qz", (0, "dw")),), (("k", None),)),
    Probe("hw/Q8/v", "v", call=False),
)


def cells(a_notebook):
    notebook = a_notebook("x = 1", "y = 2")
    notebook.cells.insert(0, {"cell_type": "markdown", "source": "qzname", "metadata": {}})
    notebook.metadata["author"] = "qzname"
    return notebook


def evidence(asked: Asked, *, conditions: str = KEY, value: object = 1.5) -> Evidence:
    """As an honest worker makes it."""
    keys = probe_keys(asked.probes)
    key = run_key(notebook_key(["x = 1", "y = 2"]), conditions, "python 3")
    run = Run(key, (CellRun(1, "ok"), CellRun(2, "ok")), ("a-flag",), "python 3")
    outcomes = {
        each.id: Outcome(keys[each.id], "returned", value_of(value)) for each in asked.probes
    }
    return Evidence(run, outcomes, Measurement(1.0, 0.5, "full"))


def test_of_a_notebook_code_travels_and_of_a_probe_no_name(a_notebook):
    task = pack(task_of(Asked(cells(a_notebook), PROBES), (), b"salt", alone=False))
    assert b"x = 1" in task
    for told in (b"qz", b"Q7", b"hw/", b"case"):
        assert told not in task


def test_a_probe_under_another_name_is_the_same_to_evidence():
    """Also where it names the outcome of another."""
    there = unpack_task(pack(Task((), unnamed(PROBES, b"salt")))).probes
    assert there is not None
    assert list(probe_keys(there).values()) == list(probe_keys(PROBES).values())
    assert len({probe.id for probe in there}) == 3


def test_the_usual_probes_travel_once(a_notebook):
    asked = Asked(cells(a_notebook), PROBES)
    assert task_of(asked, PROBES, b"salt", alone=False).probes is None
    assert len(task_of(Asked(asked.notebook, PROBES[1:]), PROBES, b"s", alone=True).probes) == 2


def test_an_order_arrives_as_it_was():
    order = Order(CONDITIONS, PROBES, KEY, "python 3", "digest", "full")
    there = unpack_order(pack(order))
    assert there.conditions == CONDITIONS
    assert conditions_key(there.conditions) == KEY
    assert probe_keys(there.usual) == probe_keys(PROBES)
    assert (there.environment, there.code, there.sandbox) == ("python 3", "digest", "full")


numbers = st.one_of(st.floats(), st.integers(-(2**62), 2**62), st.booleans())
values = st.recursive(
    st.one_of(st.none(), st.text(), numbers, st.lists(st.floats(), max_size=3).map(np.array)),
    lambda inner: st.one_of(st.tuples(inner, inner), st.dictionaries(st.text(), inner, max_size=2)),
    max_leaves=6,
)


@given(values)
def test_any_outcome_that_was_there_before_arrives_as_it_was(value):
    outcome = Outcome("key", "returned", value_of(value), "e", "w", "p", (0, 2), 7, ("r",), (3,))
    (name, there) = unpack_task(pack(Task(("x",), None, (("id", outcome),), 3, True))).earlier[0]
    assert name == "id"
    assert repr(there) == repr(outcome)
    assert dtypes(there.value) == dtypes(outcome.value)


def dtypes(value: object) -> list[str]:
    if isinstance(value, Array):
        return [value.data.dtype.str, str(value.data.shape)]
    if isinstance(value, Sequence):
        return [each for item in value.items for each in dtypes(item)]
    return (
        [e for _, item in value.items for e in dtypes(item)] if isinstance(value, Mapping) else []
    )


def test_evidence_comes_back_as_it_was_under_the_names_that_probes_have_here(a_notebook):
    asked = Asked(cells(a_notebook), PROBES)
    made = evidence(asked)
    there = evidence_from(packed_evidence(made), asked, KEY, probe_keys(asked.probes))
    assert there.run == made.run
    assert there.measurement == made.measurement
    assert list(there.outcomes) == [probe.id for probe in PROBES]
    assert repr(there.outcomes) == repr(made.outcomes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda asked: evidence(asked, conditions="others"), "another notebook, or of other"),
        (lambda asked: evidence(Asked(asked.notebook, PROBES[:2])), "outcomes of other probes"),
    ],
)
def test_evidence_of_something_else_is_refused(a_notebook, change, words):
    asked = Asked(cells(a_notebook), PROBES)
    with pytest.raises(BadAnswerError, match=words):
        evidence_from(packed_evidence(change(asked)), asked, KEY, probe_keys(asked.probes))


@pytest.mark.parametrize(
    "dtype", ["O", "<f8,<f8", "nonsense", "V8", "<M8[s]", "(2,f8", "f8\0", ",", "{1}"]
)
def test_an_array_of_no_numbers_is_refused(a_notebook, dtype):
    """Before anybody looks at it: no object is made of what came."""
    asked = Asked(cells(a_notebook), PROBES[2:])
    packed = packed_evidence(evidence(asked, value=[1.5]))
    size = len("<f8")
    assert packed.count(b"\xa3<f8") == 1
    other = packed.replace(b"\xa3<f8", bytes([0xA0 + len(dtype)]) + dtype.encode())
    length = int.from_bytes(packed[:4], "big") + len(dtype) - size
    with pytest.raises(BadAnswerError, match="no evidence"):
        evidence_from(length.to_bytes(4, "big") + other[4:], asked, KEY, probe_keys(asked.probes))


@pytest.mark.parametrize("size", [2**64 - 1, 2**62, 2])
def test_an_array_of_a_shape_that_its_bytes_do_not_fill_is_refused(a_notebook, size):
    asked = Asked(cells(a_notebook), PROBES[2:])
    packed = packed_evidence(evidence(asked, value=[1.5]))
    assert packed.count(b"\xa3<f8\x91\x01") == 1
    other = packed.replace(b"\xa3<f8\x91\x01", b"\xa3<f8\x91\xcf" + size.to_bytes(8, "big"))
    length = int.from_bytes(packed[:4], "big") + 8
    with pytest.raises(BadAnswerError, match="no evidence"):
        evidence_from(length.to_bytes(4, "big") + other[4:], asked, KEY, probe_keys(asked.probes))


@given(st.binary(max_size=200))
def test_nonsense_is_no_answer_and_no_evidence(nonsense):
    asked = Asked(type("N", (), {"cells": []})(), ())
    with pytest.raises(BadAnswerError):
        decode_answer(nonsense, Limits())
    with pytest.raises(BadAnswerError):
        evidence_from(nonsense, asked, KEY, probe_keys(asked.probes))


def test_an_answer_that_is_larger_than_a_submission_can_be_is_not_looked_at():
    answer = encode_answer(Answer("ran", "node1", bytes(70 << 20)))
    with pytest.raises(BadAnswerError, match="no answer of at most"):
        decode_answer(answer, Limits())
    assert decode_answer(encode_answer(Answer("ran", "node1", b"x")), Limits()).evidence == b"x"
    with pytest.raises(BadAnswerError):
        decode_answer(msgspec.msgpack.encode(["won", "node1"]), Limits())
