"""`check("Q3")` in a notebook: on the values that are there, without running anything again."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.check.asked import Ran, outcome_of
from grader.check.handin import names_defined
from grader.check.lines import SelfCheck, looked_at
from grader.check.sheet import Sheet, probes_of
from grader.check.show import as_html, as_text
from grader.check.source import NoNotebookError, code_cells
from grader.judge import probes_of as probes_of_check
from grader.records.evidence import CellRun, Evidence, Outcome, Run


class Checked:
    """What was found: Jupyter shows it as a table, Python as text."""

    def __init__(self, found: SelfCheck) -> None:
        self.found = found

    def _repr_html_(self) -> str:
        return as_html(self.found)

    def __repr__(self) -> str:
        return as_text(self.found).rstrip()


class UnknownQuestionError(ValueError):
    """There is no question of that name; the message lists those that there are."""


def show_live(sheet: Sheet, questions: Sequence[str], namespace: dict[str, Any]) -> None:
    """Look at what the notebook's names are now, and show it: wherever in a cell the call stands,
    and not only as its last line. Arguments as of `check_live`."""
    try:
        found = check_live(sheet, questions, namespace)
    except UnknownQuestionError as error:
        print(error)  # a traceback of ours would tell a student nothing more
        return
    shell = sys.modules.get("IPython")
    if shell is not None and shell.get_ipython() is not None:
        shell.display.display(found)
    else:
        print(found)


def check_live(sheet: Sheet, questions: Sequence[str], namespace: dict[str, Any]) -> Checked:
    """Look at what the notebook's names are now.

    Args:
        questions: their ids; empty is all.
        namespace: the notebook's.

    Raises:
        UnknownQuestionError: there is no such question.
    """
    known = [question.id for question in sheet.questions]
    wanted = [_found(name, known) for name in questions]
    names = _names(sheet, wanted or known)
    ran = Ran(namespace)
    outcomes: dict[str, Outcome] = {}
    asked = _asked(sheet, wanted or known)
    for probe in probes_of(sheet):
        if probe.id in asked or probe.target in names:
            outcomes[probe.id] = outcome_of(
                ran, probe, outcomes, seed=sheet.seed, result_bytes=sheet.allowed.result_bytes
            )
    figures = ({"data": {"image/png": ""}},) * _figures_shown(namespace)
    run = Run("", (CellRun(1, "ok", figures),) if figures else ())
    warnings = [*_of_another_run(sheet, names, namespace), *_without_a_figure(sheet, wanted, run)]
    evidence = Evidence(run, outcomes)
    return Checked(looked_at(sheet, evidence, questions=wanted, warnings=warnings))


def _found(name: str, known: Sequence[str]) -> str:
    for each in known:
        if str(name).casefold() in (each.casefold(), each.lstrip("Q")):
            return each
    raise UnknownQuestionError(f"there is no question {name!r}; there are {', '.join(known)}")


def _asked(sheet: Sheet, questions: Sequence[str]) -> frozenset[str]:
    """The ids of the probes of these questions."""
    return frozenset(
        probe
        for question in sheet.questions
        if question.id in questions
        for check in question.checks
        if check.key is not None
        for probe in probes_of_check(check.key)
    )


def _names(sheet: Sheet, questions: Sequence[str]) -> tuple[str, ...]:
    """The functions and variables that these questions are about."""
    return tuple(
        name
        for question in sheet.questions
        if question.id in questions
        for check in question.checks
        for name in (check.names or (check.name,))
    )


def _figures_shown(namespace: Mapping[str, Any]) -> int:
    """How many figures are open now: those of earlier cells are closed by the notebook."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    return len(pyplot.get_fignums()) if pyplot is not None else 0


def _without_a_figure(sheet: Sheet, wanted: Sequence[str], run: Run) -> Iterator[str]:
    about_figures = any(
        check.name == "figure"
        for question in sheet.questions
        if not wanted or question.id in wanted
        for check in question.checks
    )
    if about_figures and not run.cells:
        yield (
            "figures of other cells cannot be seen from here: "
            f"`python check.py {sheet.notebook}` counts them"
        )


def _of_another_run(
    sheet: Sheet, names: Sequence[str], namespace: Mapping[str, Any]
) -> Iterator[str]:
    """What a fresh run of the saved notebook would not have, or not like this."""
    file = Path(sheet.notebook)
    try:
        cells = code_cells(file)
    except NoNotebookError:
        yield (
            f"there is no {sheet.notebook} here to compare with: "
            "save the notebook under that name, beside check.py"
        )
        return
    defined = names_defined(cells)
    for name in names:
        if name in namespace and name.isidentifier() and name not in defined:
            yield (
                f"{name} is here, but no cell of the saved {sheet.notebook} makes it: "
                "is the notebook saved, or was that cell removed?"
            )
        elif name in namespace and not _is_as_saved(namespace[name], cells):
            yield f"{name} is not as in the saved {sheet.notebook}: save it, or run its cell again"
    yield from _out_of_order(cells, namespace)


def _is_as_saved(thing: Any, cells: Sequence[str]) -> bool:
    """Whether the source of a function is in the saved cells; True if that cannot be told."""
    try:
        source = inspect.getsource(thing)
    except (OSError, TypeError):
        return True
    wanted = [line.rstrip() for line in source.strip().splitlines()]
    return any(_has_lines(cell, wanted) for cell in cells)


def _has_lines(cell: str, wanted: Sequence[str]) -> bool:
    lines = [line.rstrip() for line in cell.splitlines()]
    return any(lines[i : i + len(wanted)] == wanted for i in range(len(lines)))


def _out_of_order(cells: Sequence[str], namespace: Mapping[str, Any]) -> Iterator[str]:
    """Cells that were run before one that stands above them."""
    history = namespace.get("In")
    if not isinstance(history, list):
        return
    last = {str(source).strip(): place for place, source in enumerate(history)}
    ran = [(number, last[cell.strip()]) for number, cell in enumerate(cells, start=1)
           if cell.strip() and cell.strip() in last]  # fmt: skip
    for (above, when), (below, earlier) in zip(ran, ran[1:]):  # noqa: B905, RUF007 (3.10)
        if earlier < when:
            yield (
                f"cell {above} was run after cell {below}, which stands below it: "
                "restart the kernel and run all cells, to see what grading will see"
            )
            return
