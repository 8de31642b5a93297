"""The identity of evidence: what a run and an outcome depend on, as one SHA-256 each."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from grader.execute.values import argument_to_wire
from grader.records.probes import Argument, OutcomeOf, Probe
from grader.runner import wire

VERSION = 1
"""Counts up when the meaning of evidence changes, so that older evidence is made again."""


def run_key(
    cells: Sequence[str],
    files: Sequence[tuple[str, bytes]],
    settings: Sequence[object],
    environment: str,
) -> str:
    """The key of a run.

    Args:
        cells: the sources of the code cells: what Markdown says changes no outcome.
        files: name and content of every data file and helper module.
        settings: limits, prelude, seed.
        environment: interpreter and libraries, as the runner tells it.
    """
    digests = sorted((name, hashlib.sha256(data).hexdigest()) for name, data in files)
    return _digest(["run", VERSION, list(cells), digests, list(settings), environment])


def outcome_key(run: str, probe: Probe, earlier: Mapping[str, str]) -> str:
    """The key of an outcome: of its run, and of what was asked.

    Args:
        run: the key of the run.
        probe: what was asked. Its id is no part of its identity.
        earlier: the keys of the outcomes that its arguments may name, by probe id.
    """
    arguments = [_identity(argument, earlier) for argument in probe.args]
    keywords = [[name, _identity(argument, earlier)] for name, argument in probe.kwargs]
    return _digest(
        ["outcome", run, probe.target, probe.call, arguments, keywords, probe.count_work]
    )


def _identity(argument: Argument, earlier: Mapping[str, str]) -> object:
    if isinstance(argument, OutcomeOf):
        return ["outcome-of", earlier.get(argument.probe, ""), list(argument.path)]
    return argument_to_wire(argument)


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(wire.encode(parts)).hexdigest()
