"""Hand-ins as Dolos takes them: `info.csv`, a Python file for each, and what everybody was given.

`dolos run -l python -i template.py info.csv` reads it. Dolos knows no notebooks: their code goes
into one file, cell after cell. `full_name` and `label` are what its pages show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.errors import GraderError
from grader.records.submissions import Student
from grader.report.csv_text import csv_lines
from grader.report.files import page_name, write_whole

HEADER = ("filename", "label", "created_at", "full_name")
INFO, TEMPLATE = "info.csv", "template.py"
WORK = "work"
"""The folder of the hand-ins: nobody's id is the name of one of the others."""


@dataclass(frozen=True)
class Source:
    """The code of one hand-in, cell by cell."""

    student: Student
    handed_in: datetime | None
    cells: Sequence[str]


def write_dolos(folder: Path, sources: Iterable[Source], template: Sequence[str]) -> int:
    """Write a folder for Dolos; how many hand-ins are in it.

    Args:
        template: the code of the released notebook, cell by cell.

    Raises:
        GraderError: the folder is there already, or can't be written.
    """
    try:
        folder.mkdir(parents=True)
        (folder / WORK).mkdir()
    except FileExistsError as error:
        raise GraderError(
            "there is something at this place already", at=str(folder), fix="name another folder"
        ) from error
    except OSError as error:
        raise GraderError(f"it can't be made: {error.strerror}", at=str(folder)) from error
    rows: list[Sequence[object]] = [HEADER]
    for each in sources:
        name = f"{WORK}/{page_name(each.student.id).removesuffix('.html')}.py"
        write_whole(folder / name, python_of(each.cells))
        when = "" if each.handed_in is None else each.handed_in.strftime("%Y-%m-%d %H:%M:%S %z")
        rows.append((name, each.student.section, when, each.student.name or each.student.id))
    write_whole(folder / TEMPLATE, python_of(template))
    write_whole(folder / INFO, csv_lines(rows))
    return len(rows) - 1


def python_of(cells: Sequence[str]) -> str:
    """One Python file; lines that only a notebook understands become comments."""
    lines = [
        f"# {line}" if line.lstrip().startswith(("%", "!")) else line
        for cell in cells
        for line in [*cell.splitlines(), "", ""]
    ]
    return "\n".join(lines) + "\n"
