"""What an assignment gives to the code that it runs."""

from __future__ import annotations

from dataclasses import dataclass

from grader.records.limits import Limits


@dataclass(frozen=True)
class Conditions:
    """No answers.

    Attributes:
        files: name in the work directory and content of each data file and helper module.
        prelude: code that runs before the first cell.
        preload: modules that warm processes import before they fork.
        threads: how many a BLAS may use. One, but where it is tried whether that matters.
    """

    limits: Limits
    files: tuple[tuple[str, bytes], ...] = ()
    prelude: str = ""
    seed: int = 5242
    preload: tuple[str, ...] = ()
    threads: int = 1
