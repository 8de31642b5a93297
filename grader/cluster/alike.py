"""Whether the machines of a cluster are alike enough to make the same evidence.

Three things are compared. What speaks Dask's language: Python, Dask, distributed, in every
process. The grader itself: its version, and the source of what makes evidence. And what numbers
come from: interpreter and libraries, on this machine and on all workers. A difference is refused,
in words: one class is not to be graded by two versions of NumPy.

The kind of machine (its processor's architecture, its system) may be another one here than on the
workers, a laptop beside a Linux cluster. It is part of the environment, and so of each run's key:
evidence is kept, and looked up, as that of the workers. All workers have to be of one kind: else
the same notebook would have one run or another, by chance.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import grader
from grader.cluster.parcels import Order
from grader.errors import GraderError
from grader.execute import conditions_key
from grader.runner.libraries import environment

PACKAGES = ("grader", "dask", "distributed")
"""Of which every process has to have the same version."""

ON_WORKERS = ("msgspec", "numpy", "pandas", "matplotlib", "ipython")
"""Of which this machine and the workers have to."""

MAKES_EVIDENCE = ("runner", "execute", "records", "cluster", "store")
SHOWN = 4
SAME = "install the same on all of them: pip install -r requirements.lock, then this package"


def about() -> tuple[str, str, str]:
    """Of this process; plain texts, for they are pickled on their way."""
    return socket.gethostname(), environment(), digest_of_source()


@cache
def digest_of_source() -> str:
    """Of our own source that makes evidence, as it was when it was loaded: a process of a cluster
    lives long, and files change below it."""
    digest = hashlib.sha256()
    package = Path(grader.__file__).parent
    for folder in MAKES_EVIDENCE:
        for file in sorted((package / folder).rglob("*.py")):
            digest.update(file.relative_to(package).as_posix().encode() + b"\0")
            digest.update(file.read_bytes())
    return digest.hexdigest()


def refuse_other_versions(found: Mapping[str, Any], *, where: str) -> None:
    """Refuse versions that are not this process's.

    Args:
        found: what Dask's own `get_versions` says of client, scheduler and workers, of
            `PACKAGES` and `ON_WORKERS`; it needs nothing of ours over there.
        where: the scheduler's address.

    Raises:
        GraderError: which differ, and who has what.
    """
    ours = _versions(found["client"])
    others: list[tuple[str, Mapping[str, str], Sequence[str]]]
    others = [("the scheduler", _versions(found["scheduler"]), ("python", *PACKAGES))]
    others += [
        (f"worker {address}", _versions(theirs), ("python", *PACKAGES, *ON_WORKERS))
        for address, theirs in sorted(found["workers"].items())
    ]
    _refuse(list(_differing(ours, others)), where)


def refuse_other_code(found: Mapping[str, tuple[str, str, str] | Exception], *, where: str) -> str:
    """Refuse workers, and a scheduler, whose grader is not this one, and workers that are unlike
    one another.

    Args:
        found: what `about` gave, by who was asked; the scheduler is among them, as "".

    Returns:
        The environment of the workers.

    Raises:
        GraderError: who differs, or there is no worker.
    """
    code = digest_of_source()
    problems = []
    kinds: dict[str, str] = {}
    for address, said in found.items():
        who = f"worker {address}" if address else "the scheduler"
        if isinstance(said, Exception):
            problems.append(f"{who} has another grader: {type(said).__name__}: {said}"[:300])
        elif said[2] != code:
            problems.append(f"{who} ({said[0]}) has another source of the grader than this machine")
        elif address:
            kinds.setdefault(said[1], f"{who} ({said[0]})")
    _refuse(problems, where)
    if not kinds:
        raise GraderError(
            "the last worker of the cluster has just gone",
            at=where,
            fix=f"start one, and run the command again: dask worker {where}",
        )
    if len(kinds) > 1:
        raise GraderError(
            "the workers are not of one kind, and would give one class two kinds of evidence: "
            + "; ".join(f"{who} is {kind}" for kind, who in kinds.items()),
            at=where,
            fix="start workers on machines of one kind, and with the same libraries",
        )
    (found_environment,) = kinds
    return found_environment


def differences_here(order: Order) -> GraderError | None:
    """Why this worker may not take part, for one that came later, or a module that is preloaded."""
    what = None
    if digest_of_source() != order.code:
        what = "it has another source of the grader"
    elif environment() != order.environment:
        what = f"it has {environment()}, and the others {order.environment}"
    elif conditions_key(order.conditions) != order.conditions_key:
        what = f"it has other versions of what is preloaded: {', '.join(order.conditions.preload)}"
    return None if what is None else GraderError(f"a worker is unlike the others: {what}", fix=SAME)


def _versions(said: Mapping[str, Any]) -> dict[str, str]:
    packages = {name: str(version) for name, version in said["packages"].items()}
    python = ".".join(said["host"]["python"].split(".")[:3])
    return {**packages, "python": python}


def _differing(
    ours: Mapping[str, str], others: Sequence[tuple[str, Mapping[str, str], Sequence[str]]]
) -> Iterator[str]:
    for who, theirs, names in others:
        differing = [name for name in names if theirs.get(name) != ours[name]]
        if differing:
            has = ", ".join(
                f"{name} {theirs[name]}" if theirs.get(name, "None") != "None" else f"no {name}"
                for name in differing
            )
            here = ", ".join(f"{name} {ours[name]}" for name in differing)
            yield f"{who} has {has} (here: {here})"


def _refuse(problems: Sequence[str], where: str) -> None:
    if problems:
        more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise GraderError(
            f"the cluster is not as this machine: {'; '.join(problems[:SHOWN])}{more}",
            at=where,
            fix=SAME,
        )
