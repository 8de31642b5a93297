"""One process, one notebook."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from importlib.metadata import version

from . import wire
from .channel import Channel

PRELOADED = ("numpy", "pandas", "matplotlib")


def main() -> None:
    """Import, say Ready, run the cells of `Begin`, answer each `Ask` until the channel closes."""
    channel = Channel()
    for name in (*PRELOADED, "matplotlib.pyplot"):
        importlib.import_module(name)
    from .calls import answer
    from .cells import Notebook
    from .shell import make_shell

    shell = make_shell()
    channel.send(wire.encode(wire.Ready(environment())))
    first = channel.receive()
    if first is None:
        return
    begin = wire.decode_to_runner(first)
    assert isinstance(begin, wire.Begin)
    limit_memory(begin.memory_bytes)
    notebook = Notebook(shell, begin, channel.send)
    notebook.run()
    while (message := channel.receive()) is not None:
        ask = wire.decode_to_runner(message)
        assert isinstance(ask, wire.Ask)
        channel.send(wire.encode(answer(notebook, ask, begin)))
    os._exit(0)  # no atexit of a student's


def environment() -> str:
    """What decides how numbers come out: interpreter and libraries, by version."""
    libraries = ", ".join(f"{name} {version(name)}" for name in (*PRELOADED, "ipython"))
    return f"python {platform.python_version()}, {libraries}, {platform.machine()} {sys.platform}"


def limit_memory(size: int) -> None:
    """Cap the address space, where the system can, so that a huge array is a MemoryError."""
    try:
        import resource
    except ImportError:  # Windows
        return
    if sys.platform == "linux":  # macOS has the call and ignores it
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
