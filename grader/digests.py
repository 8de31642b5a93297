"""Digests of our own code: what it made may differ from what another version of it makes."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path
from types import ModuleType


def digest_of_code(*packages: ModuleType) -> str:
    """Of every file of these packages, and of the versions of what they compute and read with."""
    versions = [version(name) for name in ("lark", "numpy", "sympy")]
    digest = hashlib.sha256(" ".join(versions).encode())
    for package in packages:
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
                digest.update(file.read_bytes())
    return digest.hexdigest()
