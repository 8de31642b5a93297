"""A notebook's code cells from its file, and their Python, without Jupyter."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

from grader.runner.absent import is_python

_KEEP_BODY = re.compile(r"%%(?:time|timeit|capture|prun|matplotlib)\b")
_LINE_MAGIC = re.compile(r"^(\s*)(?:[\w, .\[\]]+=\s*)?[%!]")
_HELP = re.compile(r"^(\s*)(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$")
_TIMED = re.compile(r"^(\s*)%(?:time|timeit|prun)\s+(?!-)(.+)$")


_AGAIN = "save it in Jupyter, and check it again"


class NoNotebookError(Exception):
    """The file cannot be read as a notebook; the message says why."""


def code_cells(path: Path) -> list[str]:
    """The sources of the code cells, of a notebook in any stored format from 2 to 4.5.

    Raises:
        NoNotebookError: with what is wrong with the file, and what to do.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise NoNotebookError(f"it cannot be read: {error.strerror or error}") from error
    if not raw.strip():
        raise NoNotebookError("the file is empty: save the notebook, and check it again")
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoNotebookError(f"it is not a whole notebook ({error}): {_AGAIN}") from error
    if not isinstance(document, dict):
        raise NoNotebookError(f"it is JSON, but no notebook: {_AGAIN}")
    sheets = document.get("worksheets")
    cells = document.get("cells")
    if cells is None and isinstance(sheets, list):  # formats 2 and 3
        parts = [_list(sheet.get("cells")) if isinstance(sheet, dict) else None for sheet in sheets]
        if None not in parts:
            cells = [cell for part in parts for cell in part or ()]
    if not isinstance(cells, list):
        raise NoNotebookError(f"it is JSON, but no notebook: there are no cells in it; {_AGAIN}")
    if not all(isinstance(cell, dict) for cell in cells):
        raise NoNotebookError(f"something among its cells is no cell: {_AGAIN}")
    return [_source(cell) for cell in cells if cell.get("cell_type") == "code"]


def _list(thing: Any) -> list[Any] | None:
    return thing if isinstance(thing, list) else None


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input"))
    lines = source if isinstance(source, list) else ["" if source is None else source]
    if not all(isinstance(line, str) for line in lines):
        raise NoNotebookError(f"a cell in it is no text: {_AGAIN}")
    return "".join(lines)


_PYLAB = re.compile(r"^(\s*)%pylab\b(?!.*--no-import-all)")
PYLAB = (
    "import numpy, matplotlib; from matplotlib import cbook, mlab, pyplot, pylab; "
    "np = numpy; plt = pyplot; from pylab import *; from numpy import *"
)
"""What the magic makes, which notebooks of old begin with."""


def as_python(cell: str) -> str:
    """A cell without what only a notebook understands: magics, commands, `name?`.

    Line numbers stay. Of `%time f()` the `f()` stays.
    """
    if is_python(cell):
        return cell
    cell = dedent(cell)  # as Jupyter does
    if is_python(cell):
        return cell
    lines = cell.splitlines()
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        if not _KEEP_BODY.match(lines[first]):
            return "\n" * (len(lines) - 1)
        lines[first] = ""
    return "\n".join(map(_plain_line, lines)) + "\n"


def _plain_line(line: str) -> str:
    timed = _TIMED.match(line)
    if timed:
        return timed[1] + timed[2]
    pylab = _PYLAB.match(line)
    if pylab:
        return pylab[1] + PYLAB
    special = _LINE_MAGIC.match(line) or _HELP.match(line)
    # `pass`, so that a block of nothing but a magic stays a block
    return f"{special[1]}pass" if special else line
