"""The process that runs the cells and answers the probes, and tells the parent as it goes."""

from __future__ import annotations
import __future__

import ast
import builtins
import inspect
import linecache
import os
import pickle
import struct
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from grader.check.asked import Ran, outcome_of
from grader.check.source import as_python
from grader.records.evidence import Outcome
from grader.records.probes import Probe
from grader.runner.absent import DEFINITIONS, Absent, bare
from grader.runner.seeds import seed
from grader.runner.statements import statements

_FUTURE = sum(
    getattr(__future__, name).compiler_flag
    for name in __future__.all_feature_names
    if name not in ("nested_scopes", "generators")  # long since in the language; not for code
)
Tell = Callable[[tuple[Any, ...]], None]


@dataclass(frozen=True)
class Job:
    """What the parent wants.

    Attributes:
        folder: where the cells run.
        skip: numbers of cells, from 1, that ended an earlier process: their functions are defined
            and nothing else.
        probes: to be asked; those of `earlier` were.
    """

    cells: tuple[str, ...]
    skip: tuple[int, ...]
    prelude: str
    seed: int
    result_bytes: int
    folder: str
    probes: tuple[Probe, ...]
    earlier: dict[str, Outcome]


def write(stream: BinaryIO, message: object) -> None:
    """One message to the other process, which is the student's own: no walls, and no secrets."""
    body = pickle.dumps(message)
    stream.write(struct.pack("<Q", len(body)) + body)
    stream.flush()


def read(stream: BinaryIO) -> Any:
    """The next message; None at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (size,) = struct.unpack("<Q", head)
    body = stream.read(size)
    return pickle.loads(body) if len(body) == size else None


def serve() -> None:
    """Do one job, from standard input to standard output. What cells print goes nowhere."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    job = read(incoming)
    os.chdir(job.folder)
    sys.path.insert(0, job.folder)
    do(job, lambda message: write(outgoing, message))
    outgoing.flush()
    os._exit(0)  # no atexit of a student's


def do(job: Job, tell: Tell) -> None:
    """Run the cells, then ask."""
    main = types.ModuleType("__main__")
    sys.modules["__main__"] = main
    namespace = main.__dict__
    namespace.update(display=_nothing, get_ipython=_Shell)
    builtins.input = _no_input
    seed(job.seed)
    ran = Ran(namespace)
    absent = Absent()
    _define(job.prelude, 0, ran, only_definitions=False)
    for number, source in enumerate(job.cells, start=1):
        tell(("cell", number))
        if number in job.skip:
            _define(as_python(source), number, ran, only_definitions=True)
            continue
        error = _run(as_python(source), number, ran, absent)
        for name, thing in list(namespace.items()):
            if type(thing) is types.FunctionType and not name.startswith("_"):
                ran.functions[name] = thing
        tell(("done", number, error, _figures()))
    outcomes = dict(job.earlier)
    for probe in job.probes:
        if probe.id not in outcomes:
            tell(("asking", probe.id))
            outcomes[probe.id] = outcome_of(
                ran, probe, outcomes, seed=job.seed, result_bytes=job.result_bytes
            )
            tell(("outcome", probe.id, outcomes[probe.id]))
    tell(("end",))


def _run(source: str, number: int, ran: Ran, absent: Absent) -> str:
    """Run a cell, statement by statement; returns "" or the error that stopped it.

    A line that fails for want of a module or a file does not take those after it with it, and none
    takes the functions below it: as grading does.
    """
    name, namespace = f"<cell {number}>", ran.namespace
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    try:
        tree = ast.parse(source, name)
    except (SyntaxError, ValueError) as error:
        _define(source, number, ran, only_definitions=True, missing_only=True)
        line = getattr(error, "lineno", None)
        return f"{type(error).__name__}: {getattr(error, 'msg', error)}" + (
            f", in line {line}" if line else ""
        )
    first = ""
    for place, node in enumerate(tree.body):
        try:
            _execute(node, name, ran)
        except BaseException as error:
            first = first or _said(error)
            if not absent.explains(error):
                if not isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                    _salvage(tree.body[place + 1 :], number, ran)
                return first
            absent.was_not_made(node)
            plain = bare(node)
            if plain is not None:
                _define(ast.unparse(plain), number, ran, only_definitions=True)
        else:
            absent.was_made(node)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                # now: the same cell may give the name to something else (`cost = cost(x, y)`)
                ran.functions[node.name] = namespace.get(node.name)
    return first


def _salvage(nodes: Sequence[ast.stmt], number: int, ran: Ran) -> None:
    """Define what stands below a line that failed."""
    for node in nodes:
        if isinstance(node, DEFINITIONS):
            plain = bare(node)
            if not _is_made(node, number, ran) and plain is not None:
                _is_made(plain, number, ran)


def _execute(node: ast.stmt, name: str, ran: Ran) -> None:
    """Run a statement as Jupyter does: with the `__future__` of the cells and not of this module,
    and with `await`."""
    module = ast.fix_missing_locations(ast.Module([node], type_ignores=[]))
    flags = ran.future | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(module, name, "exec", flags, dont_inherit=True)
    ran.future |= code.co_flags & _FUTURE
    if code.co_flags & inspect.CO_COROUTINE:
        import asyncio

        asyncio.run(eval(code, ran.namespace))
    else:
        exec(code, ran.namespace)


def _is_made(node: ast.stmt, number: int, ran: Ran) -> bool:
    """Run a statement; whether it came through."""
    try:
        _execute(node, f"<cell {number}>", ran)
    except Exception:
        return False
    return True


def _define(
    source: str,
    number: int,
    ran: Ran,
    *,
    only_definitions: bool,
    missing_only: bool = False,
) -> None:
    """Run the statements that can be read, or the definitions among them; pass over errors.

    Args:
        missing_only: not those whose name is there already.
    """
    for node in statements(source):
        if only_definitions and not isinstance(node, DEFINITIONS):
            continue
        if missing_only and getattr(node, "name", None) in ran.namespace:
            continue
        _is_made(node, number, ran)


def _said(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:500]


def _figures() -> int:
    """How many figures are open; they are closed, as a notebook does after each cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return 0
    try:
        count = len(pyplot.get_fignums())
        pyplot.close("all")
    except Exception:
        return 0
    return count


def _nothing(*_: object, **__: object) -> None:
    return


class _Shell:
    """What `get_ipython()` gives: whatever is asked of it does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return _nothing


def _no_input(prompt: object = "", /) -> str:
    raise RuntimeError("input() is not answered when the notebook is graded")
