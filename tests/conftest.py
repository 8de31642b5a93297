"""Small factories. Notebooks are made here as data, and really executed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from grader.execute import Conditions, Sandbox, execute, starts
from grader.execute.sandbox import Start
from grader.records.evidence import Evidence
from grader.records.limits import Limits
from grader.records.probes import Probe

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent

MakeNotebook = Callable[..., nbformat.NotebookNode]
Run = Callable[..., Evidence]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is marked `scale` waits for `make scale`: a run of all tests is to take ten minutes."""
    if "GRADER_TEST_SCALE" not in os.environ:
        for item in items:
            if item.get_closest_marker("scale"):
                item.add_marker(pytest.mark.skip(reason="long: make scale"))


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its file: a second one in the same process would be refused, for Playwright runs
    an event loop in the thread of the tests."""
    from tests.browser import a_browser

    with a_browser() as browser:
        yield browser


@pytest.fixture(
    scope="session", params=["full", "off"] if "GRADER_TEST_SCALE" in os.environ else ["full"]
)
def run(request: pytest.FixtureRequest, a_notebook: MakeNotebook) -> Iterator[Run]:
    """`run("x = 1", probes=[...])`: execute these cells and ask these probes.

    With GRADER_TEST_SCALE everything that uses it is run twice: behind walls in a warm worker, and
    in a cold process.
    """
    sandbox: Sandbox = request.param

    @contextmanager
    def started(conditions: Conditions) -> Iterator[Start]:
        with starts(sandbox, conditions, 1, threading.Event()) as (start,):
            yield start

    with started(Conditions(Limits())) as without_files:

        def execute_cells(
            *cells: str,
            probes: Sequence[Probe] = (),
            files: Sequence[tuple[str, bytes]] = (),
            prelude: str = "",
            **limits: float,
        ) -> Evidence:
            short = {"cell_seconds": 10.0, "total_seconds": 60.0, "probe_seconds": 5.0}
            conditions = Conditions(Limits(**(short | limits)), tuple(files), prelude)  # type: ignore[arg-type]
            own = started(conditions) if files else nullcontext(without_files)
            with own as start:
                return execute(a_notebook(*cells), probes, conditions, start, sandbox=sandbox)

        yield execute_cells
