"""The command line of `check.py`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.check.handin import lateness, now, warnings_on
from grader.check.lines import SelfCheck, looked_at
from grader.check.parent import execute
from grader.check.sheet import Sheet
from grader.check.show import as_json, as_text
from grader.check.source import NoNotebookError, code_cells

MOST_NAMED = 4


def main(sheet: Sheet, arguments: Sequence[str], command: Sequence[str]) -> int:
    """Check a notebook; returns the exit status: 0 if all that was checked passed, else 1.

    Args:
        command: starts the process that runs the cells.
    """
    parser = argparse.ArgumentParser(
        prog="check.py",
        description=f"Runs your notebook from top to bottom, as grading {sheet.assignment} will, "
        "and tries it on the public cases.",
    )
    parser.add_argument(
        "notebook", nargs="?", type=Path, default=Path(sheet.notebook), help=sheet.notebook
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    options = parser.parse_args(arguments)
    try:
        found = check_file(sheet, options.notebook, command)
    except NoNotebookError as error:
        print(f"{options.notebook}: {error}", file=sys.stderr)
        return 1
    late = lateness(sheet, now())
    if options.json:
        print(as_json(found, late))
    else:
        text = as_text(found, late, colours=_has_colours())
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    return 1 if found.failed else 0


def check_file(sheet: Sheet, notebook: Path, command: Sequence[str]) -> SelfCheck:
    """Run a notebook afresh, and look at it.

    Raises:
        NoNotebookError: the file cannot be read as one.
    """
    if not notebook.is_file():
        raise NoNotebookError(
            f"there is no such file{_those_in(notebook)} give the path of your {sheet.notebook}"
        )
    cells = code_cells(notebook)
    executed = execute(sheet, cells, notebook.resolve().parent, command, _advance)
    warnings = list(warnings_on(sheet, notebook, cells, executed.seconds))
    for name in executed.missing_files:
        warnings.append(f"{name} is not beside the notebook: cells that read it fail here")
    return looked_at(sheet, executed.evidence, warnings=warnings)


def _those_in(notebook: Path) -> str:
    """The notebooks that lie where one was looked for, in words."""
    folder = notebook if notebook.is_dir() else notebook.parent
    names = sorted(path.name for path in folder.glob("*.ipynb"))
    if not names:
        return ", and no notebook beside it;"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    verb = "is" if len(names) == 1 else "are"
    return f"; there {verb} {', '.join(names[:MOST_NAMED])}{more}:"


def _advance(done: int, total: int) -> None:
    """How far it is, on a terminal; nothing otherwise."""
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r\x1b[K"
        print(f"cell {done} of {total}", end=end, file=sys.stderr, flush=True)


def _has_colours() -> bool:
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return False
    # an old Windows console shows the codes themselves
    return os.name != "nt" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))
