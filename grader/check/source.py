"""A notebook's code cells from its file, and their Python, without Jupyter."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from grader.runner.absent import is_python

_KEEP_BODY = re.compile(r"%%(?:time|timeit|capture|prun|matplotlib)\b")
_LINE_MAGIC = re.compile(r"^(\s*)(?:[\w, .\[\]]+=\s*)?[%!]")
_HELP = re.compile(r"^(\s*)(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$")
_TIMED = re.compile(r"^(\s*)%(?:time|timeit|prun)\s+(?!-)(.+)$")


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
    except ValueError as error:
        raise NoNotebookError(
            f"it is not a whole notebook ({error}): save it in Jupyter, and check it again"
        ) from error
    if not isinstance(document, dict):
        raise NoNotebookError("it is JSON, but no notebook")
    sheets = document.get("worksheets")
    cells = document.get("cells")
    if cells is None and isinstance(sheets, list):  # formats 2 and 3
        cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet["cells"]]
    if not isinstance(cells, list):
        raise NoNotebookError("it is JSON, but no notebook: there are no cells in it")
    return [_source(cell) for cell in cells if _is_code(cell)]


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    return "".join(source) if isinstance(source, list) else str(source)


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
