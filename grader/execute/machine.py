"""What this machine can do about student code: every step is performed, none is looked up.

Settings tell too little: whether a namespace can be made depends on the kernel, on its security
modules and on the container around. So a worker is started and runs a notebook of ours that tries
what students must not. The first step that fails is named, with its remedy.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

from grader.errors import GraderError
from grader.execute import bubblewrap
from grader.execute.conditions import Conditions
from grader.execute.remedies import remedy
from grader.execute.sandbox import Sandbox, starts
from grader.execute.submission import execute
from grader.execute.worker import WorkerError
from grader.records.evidence import Evidence
from grader.records.limits import MEGABYTE, Limits
from grader.records.probes import Probe
from grader.records.values import value_of
from grader.runner.libraries import PRELOADED


@dataclass(frozen=True)
class Step:
    """`is_there`: whether it is as it should be; None if an earlier step left it untried."""

    name: str
    is_there: bool | None
    detail: str = ""
    remedy: str = ""


_TRIES = """
import os, socket, subprocess, sys

def network():
    for address in ("127.0.0.1", "192.0.2.1"):
        try:
            s = socket.socket()
            s.settimeout(0.5)
            s.connect((address, 9))
            return address
        except ConnectionRefusedError:
            return address
        except OSError:
            pass
    return ""

def readable(paths):
    found = []
    for path in paths:
        try:
            os.listdir(path) if os.path.isdir(path) else open(path).close()
            found.append(path)
        except OSError:
            pass
    return ", ".join(found)

def writable(paths):
    found = []
    for path in paths:
        try:
            name = os.path.join(path, "grader-doctor")
            open(name, "w").close()
            os.remove(name)
            found.append(path)
        except OSError:
            pass
    return ", ".join(found)

def powers():
    status = dict(line.partition(":")[::2] for line in open("/proc/self/status"))
    wanted = {"CapEff": 0, "CapPrm": 0, "NoNewPrivs": 1, "Seccomp": 2}
    return ", ".join(f"{n} {status[n]}" for n in wanted if int(status[n], 16) != wanted[n])

def others():
    try:
        return ", ".join(name for name in os.listdir("/proc") if name.isdigit() and int(name) > 9)
    except OSError:
        return ""

def memory():
    try:
        return f"{len(bytearray(1 << 30)) >> 20} MB"
    except MemoryError:
        return ""
"""

_CONTAINED = (
    ("no network", "network"),
    ("nothing of the course, or of you, to be read", "readable"),
    ("the system is read-only", "writable"),
    ("no powers", "powers"),
    ("no other processes", "others"),
    ("memory is limited", "memory"),
)


def examine(sandbox: Sandbox = "full") -> Iterator[Step]:
    """The steps of a sandbox, each as soon as it has been tried."""
    if platform.system() != "Linux":
        yield Step("Linux", False, platform.system(), remedy(""))
        return
    yield Step("Linux", True, platform.release())
    tools = {"bubblewrap": bubblewrap.bubblewrap, "setpriv, as this is root": bubblewrap.setpriv}
    failed = False
    for name, find in tools.items() if sandbox == "full" else ():
        if "root" in name and os.geteuid() != 0:
            continue
        try:
            yield Step(name, True, find())
        except GraderError as error:
            failed = True
            yield Step(name, False, error.problem, error.fix)
    evidence = None
    if not failed:
        try:
            evidence = _tried(sandbox)
            yield Step("a worker behind walls", True, evidence.run.environment)
        except GraderError as error:
            yield Step("a worker behind walls", False, error.problem, error.fix)
        except WorkerError as error:
            yield Step("a worker behind walls", False, str(error), remedy(str(error)))
    for name, function in _CONTAINED:
        yield Step(name, None) if evidence is None else _contained(name, evidence, function)


def best() -> Sandbox:
    """The best sandbox that this machine gives."""
    for sandbox in ("full", "degraded"):
        if all(step.is_there for step in examine(sandbox)):
            return sandbox
    return "off"


def uncompiled(modules: Sequence[str] = (*PRELOADED, "IPython")) -> list[str]:
    """Those of which no bytecode is stored, as some installers leave them.

    A worker behind walls can't store any: it compiles them anew, a second of CPU at every start.
    """
    origins = {name: spec.origin for name in modules if (spec := importlib.util.find_spec(name))}
    return [
        name
        for name, origin in origins.items()
        if origin and not Path(importlib.util.cache_from_source(origin)).exists()
    ]


def _tried(sandbox: Sandbox) -> Evidence:
    """Run what students must not do.

    Raises:
        GraderError: there is no such sandbox.
    """
    conditions = Conditions(Limits(memory_bytes=512 * MEGABYTE, cell_seconds=20))
    here = Path.cwd()
    rooms = [room for room in bubblewrap.ROOMS if here.is_relative_to(room)]
    arguments = {
        "readable": _private(),
        "writable": ["/", "/usr", "/etc", "/dev", "/proc", *([] if rooms else [str(here)])],
    }
    probes = [
        Probe(name, name, (value_of(arguments[name]),) if name in arguments else ())
        for _, name in _CONTAINED
    ]
    notebook = SimpleNamespace(cells=[{"cell_type": "code", "source": _TRIES}])
    with starts(sandbox, conditions, 1, threading.Event(), many=False) as (start,):
        return execute(notebook, probes, conditions, start, sandbox=sandbox)


def _private() -> list[str]:
    """Files that nothing in there has to do with: of the course, the home, the grader."""
    needed = [Path(path) for path in bubblewrap.interpreter()]
    return [
        str(path)
        for folder in (Path.cwd(), Path.home(), Path(__file__).parent.parent)
        if folder.is_dir()
        for path in folder.iterdir()
        if not any(each.is_relative_to(path) or path.is_relative_to(each) for each in needed)
    ]


def _contained(name: str, evidence: Evidence, function: str) -> Step:
    outcome = evidence.outcomes[function]
    if outcome.status == "returned" and outcome.value == "":
        return Step(name, True)
    found = outcome.value if isinstance(outcome.value, str) else outcome.error or outcome.status
    return Step(name, False, str(found), "this is a defect of the sandbox: please report it")
