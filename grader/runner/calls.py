"""Asks the notebook's namespace: calls a function, or reads a variable."""

from __future__ import annotations

import copy
import io
import linecache
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from . import wire
from .reads import reads
from .seeds import seed
from .statements import CELLS
from .values import TooLargeError, to_wire

PRINTED = 500


class Notebook(Protocol):
    """A notebook that has run: what its names are now, and the functions that it defined."""

    functions: dict[str, Any]

    @property
    def namespace(self) -> dict[str, Any]: ...


Decode = Callable[[Any, Mapping[str, Any]], Any]
"""Makes an argument of what a probe carries, and of the notebook's own things by name.

Raises a KeyError if it is something of the notebook's that is not there.
"""


def answer(notebook: Notebook, ask: wire.Ask, begin: wire.Begin, decode: Decode) -> wire.Reply:
    """What one probe gave. Never raises for what a student's code does, short of ending itself."""
    target, remarks = _find(notebook, ask)
    if target is None and ask.target not in notebook.namespace:
        return _reply(ask, "missing")
    if not ask.call:
        return _encoded(ask, notebook.namespace[ask.target], begin, {})
    if target is None:
        return _reply(ask, "not-callable", error=type(notebook.namespace[ask.target]).__name__)
    try:
        own = _Own(notebook)
        args = [decode(arg, own) for arg in ask.args]
        kwargs = {name: decode(arg, own) for name, arg in ask.kwargs}
    except KeyError as error:
        return _reply(ask, "not-asked", error=f"the notebook does not define {error}")
    remarks = (*remarks, *reads(target, notebook.namespace))
    return _call(ask, target, args, kwargs, begin, remarks)


class _Own(Mapping[str, Any]):
    """The notebook's own things by name: the function, where the name was one and is no more."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def __getitem__(self, name: str) -> Any:
        thing = self._notebook.namespace.get(name)
        if callable(thing) or name not in self._notebook.functions:
            return self._notebook.namespace[name]
        return self._notebook.functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._notebook.namespace)

    def __len__(self) -> int:
        return len(self._notebook.namespace)


def _find(notebook: Notebook, ask: wire.Ask) -> tuple[Any, tuple[str, ...]]:
    thing = notebook.namespace.get(ask.target)
    if not ask.call or callable(thing):
        return thing, ()
    if ask.target in notebook.functions:
        return notebook.functions[ask.target], (f"shadowed:{ask.target}",)
    return None, ()


def _call(
    ask: wire.Ask,
    target: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    begin: wire.Begin,
    remarks: tuple[str, ...],
) -> wire.Reply:
    before = [copy.deepcopy(arg) if not callable(arg) else None for arg in args]
    printed = _Printed()
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = printed, _Printed()
    counter = _Work() if ask.count_work else None
    seed(begin.seed)
    try:
        if counter is None:
            result = target(*args, **kwargs)
        else:
            with counter:
                result = target(*args, **kwargs)
    except MemoryError as error:
        said = {"printed": printed.text, "remarks": remarks}
        return _reply(ask, "memory", error=_said(error), where=_where(error), **said)
    except BaseException as error:
        said = {"printed": printed.text, "remarks": remarks}
        return _reply(ask, "raised", error=_said(error), where=_where(error), **said)
    finally:
        sys.stdout, sys.stderr = streams
        _close_figures()
    extra = {
        "printed": printed.text,
        "mutated": tuple(
            place
            for place, (was, now) in enumerate(zip(before, args, strict=True))
            if not callable(now) and not _same(was, now)
        ),
        "work": None if counter is None else counter.instructions,
        "remarks": remarks,
    }
    return _encoded(ask, result, begin, extra)


def _encoded(ask: wire.Ask, thing: Any, begin: wire.Begin, extra: dict[str, Any]) -> wire.Reply:
    try:
        value = to_wire(thing, begin.result_bytes)
    except TooLargeError as error:
        return _reply(ask, "too-large", error=str(error))
    except MemoryError as error:
        return _reply(ask, "memory", error=_said(error))
    except BaseException as error:
        # an object that fights back when it is looked at
        value = wire.WireRefused(type(thing).__name__, f"reading it raised {type(error).__name__}")
    return wire.Reply(ask.nonce, "returned", value, **extra)


def _reply(ask: wire.Ask, status: str, **fields: Any) -> wire.Reply:
    return wire.Reply(ask.nonce, status, wire.WireNone(), **fields)


def _said(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:
        text = ""
    return f"{type(error).__name__}: {text}"[:500]


def _where(error: BaseException) -> str:
    """The line of the student's own code that it came from: `compute_cost, line 3: return c`."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith((CELLS, "<cell"))
    ]
    if not own:
        return ""
    last = own[-1]
    line = last.line or linecache.getline(last.filename, last.lineno or 0).strip()
    return f"{last.name}, line {last.lineno}: {line}"[:300] if line else last.name


def _same(was: Any, now: Any) -> bool:
    try:
        if isinstance(was, np.ndarray):
            return bool(
                was.shape == now.shape and was.dtype == now.dtype and was.tobytes() == now.tobytes()
            )
        if isinstance(was, (list, tuple)):
            return len(was) == len(now) and all(_same(a, b) for a, b in zip(was, now, strict=True))
        if isinstance(was, dict):
            return was.keys() == now.keys() and all(_same(was[key], now[key]) for key in was)
        return bool(was == now) or (was != was and now != now)
    except Exception:
        return False


def _close_figures() -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        try:
            pyplot.close("all")
        except Exception:
            return


class _Printed(io.TextIOBase):
    """Keeps the first characters of what is printed."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < PRINTED:
            self.text = (self.text + text)[:PRINTED]
        return len(text)


class _Work:
    """Counts the Python instructions that a call executes, in all frames.

    A vectorised function executes the same number for 50 examples as for 5,000; one that loops does
    not. Unlike a stopwatch this is the same on a busy machine.
    """

    def __init__(self) -> None:
        self.instructions = 0

    def __enter__(self) -> None:
        if sys.version_info >= (3, 12):
            # 3.13's settrace misses the instructions of a function's first traced call
            monitoring = sys.monitoring
            monitoring.use_tool_id(monitoring.PROFILER_ID, "grader")
            monitoring.register_callback(
                monitoring.PROFILER_ID, monitoring.events.INSTRUCTION, self._count
            )
            monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.INSTRUCTION)
        else:
            sys.settrace(self._trace)

    def __exit__(self, *_: object) -> None:
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(sys.monitoring.PROFILER_ID, 0)
            sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)
        else:
            sys.settrace(None)

    def _count(self, *_: object) -> None:
        self.instructions += 1

    def _trace(self, frame: types.FrameType, event: str, arg: Any) -> Any:
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        if event == "opcode":
            self.instructions += 1
        return self._trace
