"""Evidence comes back from the disk as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.records.evidence import CellRun, Measurement, Outcome, Run
from grader.records.values import Array, Mapping, Refused, Sequence
from grader.store.record_file import DamagedRecordError
from grader.store.runs import StoredRun, evidence_bytes, read_run, write_run

KEY = "ab" + "0" * 62
OUTPUTS = (
    {"output_type": "stream", "name": "stdout", "text": "a\n"},
    {"output_type": "display_data", "data": {"image/png": "aGk=", "application/json": {"a": [1, None, 2.5]}}, "metadata": {}},
)  # fmt: skip

arrays = st.sampled_from(["?", "i1", "u8", "<f2", "<f4", "<f8", ">f8", "<c16"]).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0))
)
values = st.recursive(
    st.none() | st.text() | st.builds(Array, arrays, st.text()) | st.builds(Refused, st.text(), st.text()),
    lambda inner: st.builds(Sequence, st.lists(inner, max_size=3).map(tuple), st.text())
    | st.builds(Mapping, st.lists(st.tuples(st.text(), inner), max_size=3).map(tuple)),
    max_leaves=6,
)  # fmt: skip


def a_run(value: Any = None) -> StoredRun:
    cells = (
        CellRun(1, "ok", OUTPUTS, 1),
        CellRun(2, "timeout"),
        CellRun(3, "error", (), 2, "E: e"),
    )
    outcome = Outcome(
        "p" * 64, "returned", value, "", "", "hi", (0, 2), 17, ("shadowed:f",), (3, 1)
    )
    missing = Outcome("q" * 64, "missing", stopped=(3,))
    run = Run(KEY, cells, ("timeout:cell 2",), "python")
    return StoredRun.of(run, [missing, outcome], Measurement(1.5, None, "full", 2))  # fmt: skip


def same(a: Any, b: Any) -> bool:
    if isinstance(a, Array):
        return (
            isinstance(b, Array)
            and a.origin == b.origin
            and a.data.shape == b.data.shape
            and a.data.dtype.newbyteorder("<") == b.data.dtype.newbyteorder("<")
            and a.data.astype(b.data.dtype).tobytes() == b.data.tobytes()
        )
    if isinstance(a, Sequence):
        return (
            isinstance(b, Sequence)
            and (a.origin, len(a.items)) == (b.origin, len(b.items))
            and all(map(same, a.items, b.items))
        )
    if isinstance(a, Mapping):
        return isinstance(b, Mapping) and all(
            x == y and same(v, w) for (x, v), (y, w) in zip(a.items, b.items, strict=True)
        )
    return a == b


@given(values)
def test_every_value_comes_back_as_it_was(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("runs")
    write_run(folder, a_run(value))
    back = read_run(folder, KEY)
    assert back is not None
    assert (back.run, back.measurement) == (a_run().run, a_run().measurement)
    outcome = back.outcomes["p" * 64]
    assert same(value, outcome.value)
    was = a_run(value).outcomes["p" * 64]
    assert vars(outcome) | {"value": None} == vars(was) | {"value": None}
    assert evidence_bytes(back) == evidence_bytes(a_run(value))


def test_more_outcomes_of_a_run_stand_beside_those_that_are_there(tmp_path: Path):
    more = [Outcome("r" * 64, "timeout"), Outcome("q" * 64, "returned")]
    write_run(tmp_path, a_run().with_more(more))
    back = read_run(tmp_path, KEY)
    assert back is not None
    found = {probe[0]: each.status for probe, each in back.outcomes.items()}
    assert found == {"p": "returned", "q": "returned", "r": "timeout"}


def test_what_was_measured_is_no_part_of_the_evidence():
    other = replace(a_run(), measurement=Measurement(9.0, 1.0, "off", 1))
    assert evidence_bytes(other) == evidence_bytes(a_run())
    assert evidence_bytes(a_run(Array(np.array(1.0)))) != evidence_bytes(a_run(Array(np.array(2.0))))  # fmt: skip


def test_a_record_under_another_key_is_not_believed(tmp_path: Path):
    write_run(tmp_path, a_run())
    other = "ab" + "1" * 62
    (tmp_path / "ab" / KEY).rename(tmp_path / "ab" / other)
    with pytest.raises(DamagedRecordError, match="another run"):
        read_run(tmp_path, other)
    assert read_run(tmp_path, KEY) is None
