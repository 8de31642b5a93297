"""The identity of evidence: what a run and an outcome depend on, as SHA-256.

An outcome is one probe of one run, and its key the pair of theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from grader.execute.conditions import Conditions
from grader.execute.values import argument_to_wire
from grader.records.probes import Argument, OutcomeOf, Probe
from grader.runner import wire
from grader.runner.libraries import version_of

VERSION = 2
"""Counts up when the meaning of evidence changes, so that older evidence is made again."""


def notebook_key(cells: Sequence[str]) -> str:
    """The key of a notebook: of the sources of its code cells. Markdown changes no run."""
    return _digest(["notebook", VERSION, list(cells)])


def conditions_key(conditions: Conditions) -> str:
    """The key of all that an assignment gives to a notebook: files, limits, prelude, seed."""
    digests = sorted((name, hashlib.sha256(data).hexdigest()) for name, data in conditions.files)
    preload = [(name, version_of(name)) for name in conditions.preload]
    settings = [conditions.limits, conditions.prelude, conditions.seed, preload]
    if conditions.threads != 1:
        settings.append(conditions.threads)
    return _digest(["conditions", VERSION, digests, settings])


def run_key(notebook: str, conditions: str, environment: str) -> str:
    """The key of a run.

    Args:
        notebook: its key.
        conditions: their key.
        environment: interpreter and libraries, as the runner tells it and `libraries` knows it.
    """
    return _digest(["run", VERSION, notebook, conditions, environment])


def probe_keys(probes: Sequence[Probe], earlier: Mapping[str, str] | None = None) -> dict[str, str]:
    """The key of each probe, by its id, which is no part of its identity.

    Args:
        earlier: the keys of other probes whose outcomes arguments may name, by their ids.
    """
    keys = dict(earlier or {})
    for probe in probes:
        arguments = [_identity(argument, keys) for argument in probe.args]
        keywords = [[name, _identity(argument, keys)] for name, argument in probe.kwargs]
        keys[probe.id] = _digest(
            ["probe", VERSION, probe.target, probe.call, arguments, keywords, probe.count_work]
        )
    return {probe.id: keys[probe.id] for probe in probes}


def _identity(argument: Argument, earlier: Mapping[str, str]) -> object:
    if isinstance(argument, OutcomeOf):
        return ["outcome-of", earlier.get(argument.probe, ""), list(argument.path)]
    return argument_to_wire(argument)


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(wire.encode(parts)).hexdigest()
