"""What decides how numbers come out: the interpreter and the libraries, by version."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

PRELOADED = ("numpy", "pandas", "matplotlib")


def environment() -> str:
    """Of this process, and of every runner that this interpreter starts."""
    libraries = ", ".join(f"{name} {version(name)}" for name in (*PRELOADED, "ipython"))
    return f"python {platform.python_version()}, {libraries}, {platform.machine()} {sys.platform}"


def version_of(module: str) -> str:
    """The version of the distribution that is called as the module is; "" if there is none."""
    try:
        return version(module.partition(".")[0])
    except PackageNotFoundError:
        return ""
