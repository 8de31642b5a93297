"""How a runner's process starts: cold, for one notebook, or warm, to be forked for many."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import socket
import sys
import traceback
from collections.abc import Callable
from functools import partial

from . import wire
from .channel import Channel, behind_null
from .libraries import PRELOADED, environment


def cold() -> None:
    """One notebook, on standard input and output, in this very process. Any system."""
    channel = Channel(*behind_null(0, 1))
    _work(_imported(()), environment(), channel, _limit_memory)
    os._exit(0)  # no atexit of a student's


def warm(preload: tuple[str, ...], *, many: bool) -> None:
    """Any number of notebooks, each in a fork behind walls. Linux; see `warm`.

    Args:
        many: whether it pays to spend half a second of CPU on making each fork cheaper.
    """
    from .warm import gather, serve

    anchors = gather() if many else []  # noqa: F841, what it holds has to stay
    number, _ = behind_null(0, 1)
    control = socket.socket(fileno=number)
    try:
        if os.path.isdir("/fonts/.matplotlib"):
            shutil.copytree("/fonts/.matplotlib", os.environ["MPLCONFIGDIR"], dirs_exist_ok=True)
        shell = _imported(preload)
        libraries = environment()
        for name in (".calls", ".cells"):  # not to be read any more behind the walls
            importlib.import_module(name, __package__)
        if many:
            _rehearse(shell)
    except Exception as error:
        last_line = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
        control.sendall(wire.encode_control(wire.NotWarm(last_line[:300])))
        raise

    def student(channel: Channel) -> None:
        _work(shell, libraries, channel, lambda size: None)

    serve(control, libraries, student, many=many)


def _imported(preload: tuple[str, ...]):  # type: ignore[no-untyped-def]
    """The shell, when all is imported that cells and probes will want."""
    gc.disable()  # modules are no garbage: a tenth of their time is spent on looking for some
    try:
        return _shell(preload)
    finally:
        gc.enable()


def _shell(preload: tuple[str, ...]):  # type: ignore[no-untyped-def]
    from .leftovers import install
    from .shell import make_shell

    shell = make_shell()
    with shell.builtin_trap:  # as in a cell: pandas asks get_ipython() how wide a table may be
        for name in (*PRELOADED, "matplotlib.pyplot", *preload):
            importlib.import_module(name)
    install(shell.tolerate)
    return shell


def _work(  # type: ignore[no-untyped-def]
    shell, libraries: str, channel: Channel, limit_memory: Callable[[int], None]
) -> None:
    """One notebook: Ready, the cells of `Begin`, each `Ask` until the channel closes."""
    from .calls import answer
    from .cells import Notebook
    from .values import from_wire

    channel.send(wire.encode(wire.Ready(libraries)))
    first = channel.receive()
    if first is None:
        return
    begin = wire.decode_to_runner(first[0])
    assert isinstance(begin, wire.Begin)
    limit_memory(begin.memory_bytes)
    notebook = Notebook(shell, begin, channel.send)
    notebook.run()
    while (message := channel.receive()) is not None:
        ask = wire.decode_to_runner(message[0])
        assert isinstance(ask, wire.Ask)
        decode = partial(from_wire, payload=message[1])
        channel.send(wire.encode(answer(notebook, ask, begin, decode)))


_REHEARSAL = (
    "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "x = np.linspace(0, 1, 5)\ntable = pd.DataFrame({'x': x, 'y': 2 * x})\ntable.describe()",
    "table.head()",
    "plt.plot(x, x, '.', label='a')\nplt.xlabel('x')\nplt.title('t')\nplt.legend()\nplt.show()",
    "fig, (left, right) = plt.subplots(1, 2)\nleft.set_title('$J(w, b)$')\nleft.scatter(x, x)\n"
    "right.hist(x)\nplt.tight_layout()",
    "print(x @ x)\nx.sum()",
)
_FAILING = "def f(a):\n    return a[3]\nf([1])"
"""The first traceback of a process costs a tenth of a second."""


def _rehearse(shell) -> None:  # type: ignore[no-untyped-def]
    """Do once what most notebooks do, so that no fork is the first: modules that are imported late
    are there, caches are filled (measured: a third of the CPU of a small notebook). Nothing of it
    stays in the shell.

    Raises:
        RuntimeError: a cell of ours fails.
    """
    from .recorder import OutStream, Recorder

    shell.recorder = Recorder(1 << 20, 1 << 20)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = OutStream(shell.recorder, "stdout")
    first = dict(shell.user_ns)
    for magic in ("matplotlib", "time"):  # found, not run: that would change the backend's name
        shell.find_line_magic(magic)
    for cell in _REHEARSAL:
        shell.run_cell(cell, store_history=True).raise_error()
    shell.run_cell(_FAILING, store_history=True)
    for name in ("last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    shell.reset(new_session=True)
    shell.user_ns.update({name: first[name] for name in first.keys() - shell.user_ns.keys()})
    sys.stdout, sys.stderr = streams


def _limit_memory(size: int) -> None:
    """Cap the address space, where the system can, so that a huge array is a MemoryError."""
    try:
        import resource
    except ImportError:  # Windows
        return
    if sys.platform == "linux":  # macOS has the call and ignores it
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
