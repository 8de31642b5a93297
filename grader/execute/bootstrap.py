"""How the runner is started: by file, so that nothing of the grader is on its import path."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import grader.runner

RUNNER_FOLDER = Path(grader.runner.__file__).parent

# Loads the folder as a package of its own, then takes every path off that is not the interpreter's:
# an editable install, say, would leave the whole repository importable.
BOOT = """
import importlib, importlib.util, os, sys
folder = sys.argv[1]
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in type(f).__module__
                    and "editable" not in getattr(f, "__module__", "")]
roots = tuple({os.path.realpath(p) + os.sep for p in (sys.prefix, sys.base_prefix)})
sys.path[:] = [p for p in sys.path if os.path.realpath(p).startswith(roots) and os.path.isdir(p)]
spec = importlib.util.spec_from_file_location(
    "grader_runner", os.path.join(folder, "__init__.py"), submodule_search_locations=[folder])
package = importlib.util.module_from_spec(spec)
sys.modules["grader_runner"] = package
spec.loader.exec_module(package)
start, preload = sys.argv[2], tuple(sys.argv[4:])
many = sys.argv[3:4] == ["many"]
del sys.argv[1:]
sys.path.append("")
main = importlib.import_module("grader_runner.main")
main.warm(preload, many=many) if start == "warm" else main.cold()
"""

# Not `-I`: that would ignore PYTHONHASHSEED, and the environment is ours anyway.
_PYTHON = (sys.executable, "-s", "-P", "-B", "-c", BOOT)


def cold_command() -> list[str]:
    """The command line of a runner for one submission, on its standard input and output."""
    return [*_PYTHON, str(RUNNER_FOLDER), "cold"]


def warm_command(runner_folder: str, preload: Sequence[str], *, many: bool) -> list[str]:
    """The command line of a warm runner, whose control socket is its standard input."""
    return [*_PYTHON, runner_folder, "warm", "many" if many else "few", *preload]


def environment(
    home: str,
    temporary: str | None = None,
    inherited: Mapping[str, str] = os.environ,
    *,
    threads: int = 1,
) -> dict[str, str]:
    """A cleared environment: nothing of the grader's own gets in.

    Locale, time zone, threads and hash seed are fixed, because evidence must be repeatable.
    """
    temporary = temporary or home
    fixed = {
        "HOME": home,
        "TMPDIR": temporary,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PATH": os.pathsep.join((os.path.dirname(sys.executable), os.defpath)),
        "SHELL": "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{temporary}/.matplotlib",
        "IPYTHONDIR": f"{temporary}/.ipython",
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "COLUMNS": "80",
    }
    # which BLAS kernels run on this processor, and what Windows cannot start without
    kept = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "SYSTEMROOT")
    return fixed | {name: inherited[name] for name in kept if name in inherited}
