"""What a runner may send: whoever sends anything else is believed no further, and that is all."""

from __future__ import annotations

import json
import tracemalloc
from types import SimpleNamespace
from typing import Any

import msgspec
import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.execute.conditions import Conditions
from grader.execute.outputs import checked_outputs
from grader.execute.process import EndedError, FrameLimit, Message, decoded
from grader.execute.submission import execute
from grader.records.limits import KILOBYTE, Limits
from grader.records.probes import OutcomeOf, Probe
from grader.records.values import Array, arrays_in
from grader.runner import wire

LIMITS = Limits(output_bytes=10 * KILOBYTE, notebook_output_bytes=20 * KILOBYTE, result_bytes=100 * KILOBYTE,
                cell_seconds=2, total_seconds=5, probe_seconds=2)  # fmt: skip
FACTOR = 60
"""Bytes of memory for each byte of a head, at the most: that of arrays without elements."""


class Sent:
    """A process that has sent these frames already, whatever is said to it; see `Process`.

    A nonce of `mine` in a reply stands for the one that was asked with.
    """

    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames
        self._nonce = b""

    def __enter__(self) -> Sent:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send(self, message: wire.Begin | wire.Ask) -> None:
        if isinstance(message, wire.Ask):
            self._nonce = message.nonce.encode()

    def receive(self, seconds: float) -> Message:
        if not self._frames:
            raise EndedError("was at its end")
        frame = self._frames.pop(0).replace(b"0123456789abcdef", self._nonce or b"0123456789abcdef")
        if len(frame) < wire.PREFIX:
            raise EndedError("was at its end")
        sizes = wire.lengths(frame)
        FrameLimit.of(LIMITS).check(*sizes)
        head = frame[wire.PREFIX : wire.PREFIX + sizes[0]]
        payload = frame[wire.PREFIX + sizes[0] :][: sizes[1]]
        if (len(head), len(payload)) != sizes:
            raise EndedError("was at its end")
        return decoded(head, payload)

    def has_message(self) -> bool:
        return False

    def cpu_seconds(self) -> float | None:
        return None

    def kill(self) -> None:
        pass


def evidence_of(*frames: bytes):
    """What the supervisor makes of a process that sends just this, each time that it is started."""
    notebook = SimpleNamespace(cells=[{"cell_type": "code", "source": "x = 1"}] * 2)
    probes = [Probe("f", "f"), Probe("g", "g", (OutcomeOf("f", (0,)),)), Probe("f again", "f")]
    return execute(notebook, probes, Conditions(LIMITS), lambda _: Sent(list(frames)))


READY = wire.Ready("python")
FINISHED = wire.Finished(())
NONCE = "0123456789abcdef"
PLAIN = wire.WireArray("<f8", (2,), wire.Blob(np.ones(2).tobytes()), "ndarray")


def a_reply(value: wire.WireValue = PLAIN, **fields: Any) -> wire.Reply:
    return wire.Reply(NONCE, "returned", value, **fields)


def done(*outputs: dict[str, Any]) -> wire.CellDone:
    return wire.CellDone(1, "ok", json.dumps(outputs), 1, "")


def shown(**data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def framed(head: bytes, payload: bytes = b"") -> bytes:
    return len(head).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + head + payload


def sent(*messages: object) -> list[bytes]:
    return [message if isinstance(message, bytes) else wire.encode(message) for message in messages]


HONEST = sent(READY, wire.CellStarted(1), done(shown(x="y")), wire.CellDone(2, "ok", "[]", 2, ""), FINISHED, a_reply(), a_reply(), a_reply())  # fmt: skip


def test_what_is_sent_as_it_should_be_is_believed():
    evidence = evidence_of(*HONEST)
    assert [cell.status for cell in evidence.run.cells] == ["ok", "ok"]
    assert {outcome.status for outcome in evidence.outcomes.values()} == {"returned"}
    assert isinstance(evidence.outcomes["f"].value, Array)


def nested(depth: int) -> wire.WireValue:
    value: wire.WireValue = wire.WireNone()
    for _ in range(depth):
        value = wire.WireSequence((value,), "list")
    return value


def array(
    dtype: str = "<f8", shape: tuple[int, ...] = (2,), start: int = 0, size: int = 16
) -> bytes:
    """A reply with an array that says this of itself, and has so many bytes."""
    value = ["array", dtype, list(shape), start, "ndarray"]
    head = msgspec.msgpack.encode({"type": "reply", "nonce": NONCE, "status": "returned", "value": value})  # fmt: skip
    return framed(head, bytes(size))


@pytest.mark.parametrize(
    "reply",
    [
        array("|O"),
        array("<M8[s]"),
        array("V8"),
        array("<f8, <f8"),
        array(shape=(3,)),
        array(shape=(-1,)),
        array(shape=(-2, -1)),
        array(shape=(2**62, 2**62)),
        array(shape=(2**63, 0)),
        array(shape=(1,) * 65),
        array(start=-16),
        array(start=8),
        array(start=2**62),
        wire.encode(a_reply(nested(11))),
        wire.encode(a_reply(nested(200))),
        wire.encode(wire.Reply("another", "returned", PLAIN)),
        wire.encode(wire.Reply(NONCE, "full marks", PLAIN)),
        wire.encode(done()),
        wire.encode(FINISHED),
        b"\xff" * 8,
        framed(b"\xdd\xff\xff\xff\xff"),
        framed(b"\x91" * 100_000),
        framed(b"\x81\xa4type\xa5reply"),
        framed(b"\x81\xa4type" * 1000),
        framed(b""),
        b"\0\0",
    ],
    ids=lambda frame: f"{frame[:12]!r}{len(frame)}",
)
def test_a_reply_that_is_none_ends_its_process_and_nothing_else(reply):
    evidence = evidence_of(*HONEST[:5], reply)
    assert evidence.outcomes["f"].status == "died"
    assert evidence.outcomes["f"].value is None


def test_arrays_that_share_bytes_are_not_taken():
    """Much could be made of little."""
    one = wire.WireArray("<f8", (2,), wire.Blob(b""), "")
    head = wire.encode(a_reply(wire.WireSequence((one, one), "list")))[8:]
    evidence = evidence_of(*HONEST[:5], framed(head, bytes(16)))
    assert evidence.outcomes["f"].status == "died"


def deep(depth: int) -> Any:
    thing: Any = "x"
    for _ in range(depth):
        thing = [thing]
    return thing


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"output_type": "stream", "name": "stdout"},
        {"output_type": "stream", "name": 1, "text": "x"},
        {"output_type": ["stream"], "name": "stdout", "text": "x"},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": [1]},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": "x"},
        {"output_type": "display_data", "data": [], "metadata": {}},
        {"output_type": "execute_result", "data": {}, "metadata": {}, "execution_count": "1"},
        [],
        "x",
        None,
        shown(x=deep(40)),
        shown(x=deep(400)),
    ],
    ids=lambda output: repr(output)[:60],
)
def test_an_output_that_no_kernel_sends_ends_its_process(output):
    evidence = evidence_of(*HONEST[:2], wire.encode(done(output)))
    assert evidence.run.cells[0].status == "died"
    assert evidence.run.cells[0].outputs == ()


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "{}", "[", "[}", "[NaN]", "[" * 100_000, "[" * 40 + "]" * 40, '["', '"' + "\\" * 9),
        f"[{json.dumps(shown(x=[[]] * 60_000))}]",
        f"[{json.dumps(shown(x=1))[:-1]}, \"y\": 1e400}}]",
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_outputs_that_are_no_list_of_outputs_end_the_process(text):
    evidence = evidence_of(*HONEST[:2], wire.encode(wire.CellDone(1, "ok", text, 1, "")))
    assert evidence.run.cells[0].status == "died"
    assert evidence.run.cells[0].outputs == ()


def test_text_may_hold_whatever_means_something_in_JSON():
    text = '{"a": [1, 2]}, ' * 60_000 + "\\" + '"' + "\n\x00é"
    assert checked_outputs(json.dumps([shown(x=text)]))[0]["data"] == {"x": text}


def test_what_is_kept_of_outputs_can_be_written_as_JSON():
    output = shown(
        **{"application/json": {"a": [1, 2.5, None, True, {"b": "c"}]}, "text/plain": "x"}
    )
    evidence = evidence_of(*HONEST[:2], wire.encode(done(output)), *HONEST[3:])
    assert json.loads(json.dumps(evidence.run.cells[0].outputs)) == [output]


def test_an_outcome_with_something_that_is_no_data_in_it_is_not_passed_on():
    """Its part is asked for, and could not be sent."""
    inner = wire.WireSequence((wire.WireRefused("generator", "no data"), PLAIN), "list")
    value = wire.WireSequence((inner, PLAIN), "tuple")
    evidence = evidence_of(*HONEST[:5], wire.encode(a_reply(value)), wire.encode(a_reply()))
    assert evidence.outcomes["f"].status == "returned"
    assert evidence.outcomes["g"].status == "not-asked"
    assert evidence.outcomes["f again"].status == "returned"


def test_a_cell_that_was_left_out_cannot_say_that_it_ran():
    late = [wire.encode(READY), wire.encode(wire.CellStarted(1))]  # and then nothing: it has died
    claims = sent(READY, wire.CellStarted(1), done(), wire.CellStarted(2), done(), FINISHED)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(x) for x in "xy"])
    processes = iter([late, claims])
    evidence = execute(notebook, (), Conditions(LIMITS), lambda _: Sent(next(processes)))
    assert [cell.status for cell in evidence.run.cells] == ["died", "not-run"]
    assert "exited:cell 1" in evidence.run.flags


def test_messages_without_end_end():
    for endless in (
        wire.CellStarted(1),
        wire.CellDone(1, "updated", "[]", None, ""),
        done(shown(x="y" * 5000)),
    ):
        evidence = evidence_of(*sent(READY), *[wire.encode(endless)] * 100_000)
        assert {outcome.status for outcome in evidence.outcomes.values()} == {"not-run"}


# fuzzing: whatever comes, the supervisor has evidence in the end, and its memory is bounded

numbers = st.integers(-(2**63), 2**64 - 1)
names = st.sampled_from(("<f8", "|b1", "<c16", "|O", "<M8[s]", "", "<f8,<f8", ">f8", "<i8"))
shapes = st.lists(st.one_of(st.integers(-2, 4), numbers), max_size=40)
leaves = st.one_of(
    st.just(["none"]),
    st.builds(lambda text: ["text", text], st.text()),
    st.builds(lambda d, s, at: ["array", d, s, at, "x"], names, shapes, st.one_of(st.integers(-8, 64), numbers)),
    st.builds(lambda a, b: ["refused", a, b], st.text(), st.text()),
    st.builds(lambda a: ["own", a], st.text()),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda items: ["sequence", items, "list"], st.lists(inner, max_size=5)),
        st.builds(lambda items: ["mapping", items], st.lists(st.tuples(st.text(), inner), max_size=5)),
    ),
    max_leaves=20,
)  # fmt: skip
data = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.floats(), st.text(), st.binary(), st.datetimes()),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.one_of(st.text(), st.integers(0, 9)), inner, max_size=5)),
    max_leaves=20,
)  # fmt: skip
outputs = st.one_of(
    data,
    st.fixed_dictionaries({"output_type": st.sampled_from(("display_data", "execute_result", "stream", "error", "x")),
                           "data": data, "metadata": data, "execution_count": data, "name": data, "text": data,
                           "ename": data, "evalue": data, "traceback": data}),
)  # fmt: skip
texts = st.lists(outputs, max_size=3).map(lambda o: json.dumps(o, default=str))
statuses = st.sampled_from(
    ("ok", "error", "updated", "skipped", "returned", "raised", "missing", "")
)
heads = st.one_of(
    st.binary(max_size=200),
    st.builds(msgspec.msgpack.encode, data),
    st.builds(lambda s, v, m, w: msgspec.msgpack.encode({"type": "reply", "nonce": NONCE, "status": s, "value": v, "mutated": m, "work": w}),
              statuses, values, st.lists(numbers, max_size=30), st.one_of(st.none(), numbers)),
    st.builds(lambda n, s, o, c: msgspec.msgpack.encode({"type": "cell-done", "number": n, "status": s, "outputs": o, "execution_count": c, "error": "x"}),
              st.one_of(st.integers(-1, 3), numbers), statuses, st.one_of(texts, outputs), st.one_of(st.none(), numbers)),
    st.builds(lambda n: msgspec.msgpack.encode({"type": "cell-started", "number": n}), st.one_of(st.integers(-1, 3), numbers)),
    st.builds(lambda f: msgspec.msgpack.encode({"type": "finished", "flags": f}), st.lists(st.text(), max_size=60)),
)  # fmt: skip
frames = st.one_of(st.builds(framed, heads, st.binary(max_size=64)), st.binary(max_size=100))


@st.composite
def mutated(draw: st.DrawFn) -> list[bytes]:
    """What is honest, with some bytes of one frame changed, or frames left out or said twice."""
    chosen = list(HONEST)
    place = draw(st.integers(0, len(chosen) - 1))
    kind = draw(st.sampled_from(("bytes", "drop", "twice", "cut", "other")))
    if kind == "bytes":
        frame = bytearray(chosen[place])
        for at, byte in draw(st.lists(st.tuples(st.integers(0, len(frame) - 1), st.integers(0, 255)), min_size=1, max_size=4)):  # fmt: skip
            frame[at] = byte
        chosen[place] = bytes(frame)
    elif kind == "drop":
        del chosen[place]
    elif kind == "twice":
        chosen.insert(place, chosen[place])
    elif kind == "cut":
        chosen[place] = chosen[place][: draw(st.integers(0, len(chosen[place])))]
    else:
        chosen[place : place + 1] = draw(st.lists(frames, max_size=3))
    return chosen


@pytest.mark.slow
@settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(st.one_of(mutated(), st.builds(lambda f: [*HONEST[:5], *f], st.lists(frames, max_size=4)), st.builds(lambda f: [*HONEST[:1], *f], st.lists(frames, max_size=6))))  # fmt: skip
def test_whatever_is_sent_there_is_evidence(chosen):
    evidence = evidence_of(*chosen)
    assert len(evidence.run.cells) == 2
    assert set(evidence.outcomes) == {"f", "g", "f again"}
    for cell in evidence.run.cells:
        json.dumps(cell.outputs)
    for outcome in evidence.outcomes.values():
        for one in arrays_in(outcome.value):
            assert one.data.dtype.kind in "biufc"


BOMBS = {
    "empty objects": lambda size: wire.encode(wire.CellDone(1, "ok", f"[{{\"a\": [{'{},' * (size // 3)}1]}}]", 1, ""))[8:],
    "empty lists": lambda size: wire.encode(wire.CellDone(1, "ok", f"[{'[],' * (size // 3)}1]", 1, ""))[8:],
    "numbers": lambda size: wire.encode(wire.CellDone(1, "ok", f"[{'1,' * (size // 2)}1]", 1, ""))[8:],
    "deep lists": lambda size: wire.encode(wire.CellDone(1, "ok", "[" * size, 1, ""))[8:],
    "nothing, said to be much": lambda size: _cell(b"\xdd\xff\xff\xff\xff"),
    "arrays without elements": lambda size: _many(["array", "<f8", [0], 0, ""], size),
    "lists without items": lambda size: _many(["sequence", [], ""], size),
    "nothings": lambda size: _many(["none"], size),
    "texts": lambda size: _many(["text", ""], size),
}  # fmt: skip


def _cell(outputs: bytes) -> bytes:
    head = b"\x86\xa4type\xa9cell-done\xa6number\x01\xa6status\xa2ok\xa7outputs"
    return head + outputs + b"\xafexecution_count\xc0\xa5error\xa0"


def _many(item: Any, size: int) -> bytes:
    one = msgspec.msgpack.encode(item)
    count = (size - 200) // len(one)
    value = b"\x93\xa8sequence\xdd" + count.to_bytes(4, "big") + one * count + b"\xa0"
    return b"\x84\xa4type\xa5reply\xa5nonce\xb0" + NONCE.encode() + b"\xa6status\xa8returned\xa5value" + value  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_no_message_takes_more_memory_than_a_stated_multiple_of_its_cap(bomb):
    size = 50_000  # the cap is larger, and the multiple the same
    frame = framed(BOMBS[bomb](size))
    tracemalloc.start()
    try:
        evidence_of(*HONEST[: 2 if "cell-done" in str(frame[:30]) else 5], frame)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < FACTOR * size + 300_000
