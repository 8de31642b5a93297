"""Runs a notebook's cells, from the first to the last."""

from __future__ import annotations

import ast
import asyncio
import json
import linecache
import math
import os
import sys
import types
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import wire
from .absent import DEFINITIONS, Absent, is_python
from .leftovers import DataPaths
from .python2 import gone_names, in_python_3
from .recorder import OutStream, Recorder
from .seeds import seed
from .shell import ZMQInteractiveShell
from .statements import statements
from .widgets import tell

Send = Callable[[bytes], None]


class Notebook:
    """A notebook that is being run, and afterwards its namespace.

    Attributes:
        functions: the functions that the notebook defined, by name, even if the name was given to
            something else later (`cost = cost(x, y)`).
    """

    def __init__(self, shell: ZMQInteractiveShell, begin: wire.Begin, send: Send) -> None:
        self.shell = shell
        self.functions: dict[str, Any] = {}
        self._begin = begin
        self._send = send
        shell.recorder = Recorder(begin.output_bytes, begin.notebook_output_bytes)
        shell.flags = []
        shell.starting_dir = os.getcwd()  # the shell was made elsewhere
        shell.history_manager.dir_hist[:] = [Path.cwd()]
        shell.absent = Absent()
        shell.functions = self.functions
        paths = DataPaths(begin.data_files, shell.tolerate)
        shell.ast_transformers = [paths]
        shell.user_ns[paths.EXISTING] = paths.existing
        shell.recorder.watch_descriptors()
        sys.stdout = OutStream(shell.recorder, "stdout")
        sys.stderr = OutStream(shell.recorder, "stderr")
        seed(begin.seed)

    @property
    def namespace(self) -> dict[str, Any]:
        namespace: dict[str, Any] = self.shell.user_ns
        return namespace

    def run(self) -> None:
        """Run every cell, and tell of each."""
        self.namespace.update(gone_names(self._begin.cells, self.shell.tolerate))
        self._define(0, self._begin.prelude, only_definitions=False)
        try:
            loop = asyncio.new_event_loop()
        except OSError:  # behind some walls there is none
            _finished(self._run_cells(waiting=False))
        else:
            # as in a kernel: cells run within a loop, and can leave tasks to the next ones
            asyncio.set_event_loop(loop)
            loop.run_until_complete(self._run_cells(waiting=True))
        self._send(wire.encode(wire.Finished(tuple(self.shell.flags))))

    async def _run_cells(self, *, waiting: bool) -> None:
        for number, source in enumerate(self._begin.cells, start=1):
            await self._run_cell(number, source, waiting=waiting)

    async def _run_cell(self, number: int, source: str, *, waiting: bool) -> None:
        recorder = self.shell.recorder
        recorder.begin(number)
        if number in self._begin.skip:
            # it hung or died in an earlier process: its functions can still be right
            self._send(wire.encode(wire.CellStarted(number)))
            self._define(number, source, only_definitions=True)
            self._send(wire.encode(wire.CellDone(number, "skipped", "[]", None, "")))
            return
        if not source.strip():
            self._send(wire.encode(wire.CellDone(number, "ok", "[]", None, "")))
            return
        self._send(wire.encode(wire.CellStarted(number)))
        source = self._readable(number, source)
        count = self.shell.execution_count
        if waiting:
            result = await self.shell.run_notebook_cell(source)
        else:
            result = self.shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if result.error_before_exec is not None:
            self._salvage(number, source)
        self._remember_functions()
        recorder.flush()
        for comm, outputs in recorder.newly_caught():
            tell(comm, outputs)
        named = "" if error is None else type(error).__name__
        self._tell(number, "ok" if error is None else "error", count, named)
        for earlier in sorted(recorder.changed - {number}):
            self._tell(earlier, "updated", None, "")
        recorder.changed.clear()

    def _readable(self, number: int, source: str) -> str:
        """The cell itself, or what it says in Python 3 where only Python 2 can read it."""
        plain = self._plain(source)
        if is_python(plain):
            return source
        modern = in_python_3(plain)
        if not is_python(modern):
            return source
        self.shell.tolerate(f"python2:cell {number}")
        return modern

    def _plain(self, source: str) -> str:
        """A cell as Python, without magics; as it is where not even its indentation can be read."""
        try:
            plain: str = self.shell.transform_cell(source)
        except SyntaxError:  # from Python 3.12 on, for tabs among spaces
            return source
        return plain

    def _tell(self, number: int, status: str, count: int | None, error: str) -> None:
        outputs = list(self.shell.recorder.outputs(number))
        try:
            if _is_deep(outputs):
                raise ValueError("nested too deeply to be sent")
            text = json.dumps(outputs, ensure_ascii=False, allow_nan=False)
            text.encode()
        except Exception:
            # a student's repr put something into the bundle that is not data, or half a character
            text = json.dumps(wire.encodable(_only_plain(outputs)), ensure_ascii=False)
        self._send(wire.encode(wire.CellDone(number, status, text, count, error)))

    def _remember_functions(self) -> None:
        for name, thing in list(self.namespace.items()):
            if type(thing) is types.FunctionType and not name.startswith("_"):
                self.functions[name] = thing

    def _salvage(self, number: int, source: str) -> None:
        """Bind the functions of a cell that is not Python as a whole, where there is none yet."""
        before = set(self.namespace)
        self._define(number, source, only_definitions=True, missing_only=True)
        gained = [
            name
            for name in set(self.namespace) - before
            if isinstance(self.namespace[name], (types.FunctionType, type))
        ]
        if gained:
            self.shell.tolerate(f"salvaged:cell {number}")

    def _define(
        self, number: int, source: str, *, only_definitions: bool, missing_only: bool = False
    ) -> None:
        name_of_file = f"<cell {number}>"
        # so that an error can quote the line
        linecache.cache[name_of_file] = (0, None, source.splitlines(keepends=True), name_of_file)
        for node in statements(self._plain(source)):
            if only_definitions and not isinstance(node, DEFINITIONS):
                continue
            name = getattr(node, "name", None)
            if missing_only and name in self.namespace:
                continue
            module = ast.fix_missing_locations(ast.Module([node], type_ignores=[]))
            try:
                exec(compile(module, name_of_file, "exec"), self.namespace)
            except Exception as error:
                if not number:
                    self.shell.tolerate(f"prelude:{type(error).__name__}")


DEPTH = 25
"""Of outputs; the other side takes 30."""


def _finished(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that never has to wait."""
    with suppress(StopIteration):
        coroutine.send(None)


def _is_deep(thing: Any, room: int = DEPTH) -> bool:
    if not isinstance(thing, (dict, list, tuple)):
        return False
    items = thing.values() if isinstance(thing, dict) else thing
    return room == 0 or any(_is_deep(item, room - 1) for item in items)


def _only_plain(thing: Any, room: int = DEPTH) -> Any:
    if room and isinstance(thing, dict):
        return {str(key): _only_plain(item, room - 1) for key, item in thing.items()}
    if room and isinstance(thing, (list, tuple)):
        return [_only_plain(item, room - 1) for item in thing]
    if isinstance(thing, str):
        return str.__str__(thing)
    if thing is None or isinstance(thing, bool):
        return thing
    if isinstance(thing, int):
        number = int.__int__(thing)
        return number if number.bit_length() < 64 else hex(number)  # any length, unlike str
    if isinstance(thing, float):
        real = float.__float__(thing)
        return real if math.isfinite(real) else repr(real)  # as a kernel sends it
    return f"<{type(thing).__name__}>"
