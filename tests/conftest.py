"""Small factories. Notebooks are made here as data, and really executed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest

from grader.execute import Conditions, execute
from grader.records.evidence import Evidence
from grader.records.limits import Limits
from grader.records.probes import Probe

ROOT = Path(__file__).parent.parent

MakeNotebook = Callable[..., nbformat.NotebookNode]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository: the default course."""
    return ROOT


@pytest.fixture(scope="session")
def a_notebook() -> MakeNotebook:
    """`a_notebook("x = 1", "x")`: a notebook of these code cells."""

    def make(*cells: str) -> nbformat.NotebookNode:
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])

    return make


@pytest.fixture(scope="session")
def run(a_notebook: MakeNotebook) -> Callable[..., Evidence]:
    """`run("x = 1", probes=[...])`: execute these cells and ask these probes."""

    def execute_cells(
        *cells: str,
        probes: Sequence[Probe] = (),
        files: Sequence[tuple[str, bytes]] = (),
        prelude: str = "",
        **limits: float,
    ) -> Evidence:
        short = {"cell_seconds": 10.0, "total_seconds": 60.0, "probe_seconds": 5.0}
        conditions = Conditions(Limits(**(short | limits)), tuple(files), prelude)  # type: ignore[arg-type]
        return execute(a_notebook(*cells), probes, conditions)

    return execute_cells
