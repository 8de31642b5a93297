"""Runs notebooks as Jupyter does: nbclient, and for each notebook an ipykernel of its own.

Started as a program, by file. Standard input: a JSON list of notebooks, each with `cells` (sources)
and `files` (name to text). Standard output: a list with each notebook's cells afterwards.

A kernel takes 1.3 s of CPU to start, nearly all of it for imports. So one process imports what
kernels and notebooks want and then forks the kernels; apart from that it is the kernel that
`jupyter` starts, and it speaks with nbclient over its sockets.
"""

from __future__ import annotations

import asyncio
import builtins
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

AT_A_TIME = 2
SEED = 5242  # as `Conditions`


def kernels() -> None:
    """Fork a kernel for each connection file that is named on standard input."""
    # pandas asks on import whether there is a kernel; there will be one
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)
    for name in ("pandas", "matplotlib.pyplot", "sympy"):
        importlib.import_module(name)
    del builtins.get_ipython

    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    forked = []
    for line in sys.stdin:
        file = line.strip()
        forked.append(os.fork())
        if forked[-1] == 0:
            for name in (0, 1, 2):
                os.dup2(os.open(os.devnull, os.O_RDWR), name)
            os.chdir(os.path.dirname(file))
            random.seed(SEED)
            np.random.seed(SEED)
            sys.argv[1:] = []
            IPKernelApp.launch_instance(argv=["-f", file])
            os._exit(0)
    for pid in forked:
        os.kill(pid, signal.SIGKILL)  # most have ended by themselves
        os.waitpid(pid, 0)


async def executed(notebook: dict, forker: subprocess.Popen, turn: asyncio.Semaphore) -> list:
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    class Forked(AsyncKernelManager):
        """A kernel that is there already."""

        has_kernel = True

        async def _async_is_alive(self) -> bool:
            return True

    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in notebook["cells"]]
    )
    async with turn:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            for name, text in notebook["files"].items():
                Path(folder, name).write_text(text, encoding="utf-8")
            # a name that is no notebook's business, where the kernel works
            manager = Forked(connection_file=str(Path(folder, ".kernel.json")))
            manager.write_connection_file()
            forker.stdin.write(manager.connection_file + "\n")
            forker.stdin.flush()
            client = NotebookClient(made, km=manager, allow_errors=True, timeout=120)
            await client.async_execute(cleanup_kc=False)
            client.kc.shutdown()
            client.kc.stop_channels()
            return [{"count": cell.execution_count, "outputs": cell.outputs} for cell in made.cells]


async def all_executed(notebooks: list[dict]) -> list:
    command = [sys.executable, __file__, "kernels"]
    forker = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    turn = asyncio.Semaphore(AT_A_TIME)
    try:
        return await asyncio.gather(*(executed(one, forker, turn) for one in notebooks))
    finally:
        forker.stdin.close()
        forker.wait()


if __name__ == "__main__":
    if sys.argv[1:] == ["kernels"]:
        kernels()
    else:
        print(json.dumps(asyncio.run(all_executed(json.load(sys.stdin)))))
