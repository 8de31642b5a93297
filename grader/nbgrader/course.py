"""The files of a course of ours, made from an nbgrader course; and what is left to do."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.nbgrader.asserts import Found, read_tests
from grader.nbgrader.questions_file import in_words, questions_file
from grader.nbgrader.records import Person, read_records
from grader.nbgrader.source import Notebook, read_notebook

DAYS = 14
"""From today until an assignment is due whose deadline is not known."""


@dataclass(frozen=True)
class Carried:
    """One graded cell, and what has become of it.

    Attributes:
        how: in a few words.
        lost: what of its tests could not be read, each in a few words.
    """

    assignment: str
    question: str
    points: Decimal
    how: str
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imported:
    """What was written, what has become of each graded cell, and what is left to do."""

    folder: Path
    files: tuple[str, ...]
    carried: tuple[Carried, ...]
    to_do: tuple[str, ...]


def import_course(source: Path, out: Path, *, today: datetime, taken: Collection[str]) -> Imported:
    """Make a course in `out` from an nbgrader course, or from one assignment of it.

    Args:
        source: a folder with `source/`, or one with notebooks.
        taken: what no question may be called.

    Raises:
        GraderError: there is nothing to import, or something in `out`.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise GraderError("the folder is not empty", at=str(out), fix="name another with --out DIR")
    folders = _assignments(source)
    records = read_records(source)
    texts: dict[str, bytes] = {}
    carried: list[Carried] = []
    to_do: list[str] = []
    names: list[str] = []
    read = {
        folder: [read_notebook(file) for file in sorted(folder.glob("*.ipynb"))]
        for folder in folders
    }
    all_of_them = [notebook for notebooks in read.values() for notebook in notebooks]
    for folder, notebooks in read.items():
        for notebook in notebooks:
            if not notebook.is_graded and any(each.is_graded for each in all_of_them):
                left = notebook.file.relative_to(source).as_posix()
                to_do.append(f"{left}: no cell of it gives points, so it was left out")
                continue
            name = _free_name(
                folder.name if len(notebooks) == 1 else f"{folder.name}-{notebook.file.stem}", names
            )
            names.append(name)
            due = records.due.get(folder.name)
            if due is None:
                due = _in_two_weeks(today)
                to_do.append(
                    f"{name}: the deadline is not known; `due` in assignment.toml is a guess"
                )
            made, found = _assignment(name, notebook, due, taken)
            texts |= made
            carried += found
            for path, data in _data(folder):
                texts[f"assignments/{name}/data/{path}"] = data
    if not records.students:
        to_do.append("roster.csv has nobody in it: add a line for each student")
    texts["course.toml"] = _course(source.resolve().name, names).encode()
    texts["roster.csv"] = _roster(records.students).encode()
    to_do += [
        "the late policy is this grader's own (15 % a day): see [late] in course.toml",
        "times are UTC, as in nbgrader: see timezone in course.toml",
        *(f"{name}: try it with `grader validate {name}`" for name in names),
    ]
    for path, data in texts.items():
        file = out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return Imported(out, tuple(texts), tuple(carried), tuple(to_do))


def _assignments(source: Path) -> list[Path]:
    inside = source / "source"
    folders = sorted(inside.glob("*/")) if inside.is_dir() else [source]
    found = [each for each in folders if any(each.glob("*.ipynb"))]
    if not found:
        raise GraderError(
            "there is no assignment here",
            at=str(source),
            fix="name an nbgrader course, which has source/HW/*.ipynb, or a folder with notebooks",
        )
    return found


def _assignment(
    name: str, notebook: Notebook, due: datetime, taken: Collection[str]
) -> tuple[dict[str, bytes], list[Carried]]:
    """The files of one assignment, and what has become of its cells."""
    module = _module(name)
    solution = _solution(notebook)
    functions = [
        node.name for node in ast.parse(solution).body if isinstance(node, ast.FunctionDef)
    ]
    questions: list[tuple[str, Found]] = []
    carried: list[Carried] = []
    for cell in notebook.cells:
        if cell.role not in ("tests", "by hand") or not cell.points:
            continue
        id = re.sub(r"[^A-Za-z0-9_.-]+", "-", cell.name).strip("-") or f"Q{len(questions) + 1}"
        id = id if id[0].isalpha() else f"Q{id}"
        # an id is a column of scores.csv, as others are
        id = _free(id, {*taken, *(other for other, _ in questions)})
        found = read_tests(cell, functions) if cell.role == "tests" else Found()
        questions.append((id, found))
        how = in_words(found) or "by hand"
        if how == "by hand" and cell.role == "tests":
            how = "by hand: none of its tests could be read"
        carried.append(Carried(name, id, cell.points, how, tuple(found.lost)))
    if not questions:
        raise GraderError(
            "no cell of this notebook gives points",
            at=str(notebook.file),
            fix="name the instructor's version (source/), not the released one",
        )
    head = f'"""Solutions of {name}, from the instructor\'s notebook."""'
    texts = {
        "reference/__init__.py": '"""Reference solutions: students never get them."""\n',
        f"reference/{module}.py": f"{head}\n\n{solution}",
        f"assignments/{name}/assignment.toml": _settings(name, due, notebook.file.name, carried),
        f"assignments/{name}/questions.py": questions_file(name, module, questions),
        f"assignments/{name}/{notebook.file.name}": _as_released(notebook),
    }
    return {path: text.encode() for path, text in texts.items()}, carried


def _solution(notebook: Notebook) -> str:
    """The definitions of the instructor's code cells, without tests and what they print."""
    kept = []
    for cell in notebook.cells:
        if cell.kind != "code" or cell.role == "tests":
            continue
        plain = "\n".join(
            "" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.split("\n")
        )
        try:
            tree = ast.parse(plain)
        except SyntaxError:
            continue
        for node in tree.body:
            is_definition = isinstance(
                node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
            )
            is_constant = isinstance(node, ast.Assign) and not any(
                isinstance(part, ast.Call) for part in ast.walk(node.value)
            )
            if is_definition or is_constant:
                kept.append(ast.get_source_segment(plain, node) or "")
    return "\n\n".join(kept) + "\n"


def _settings(name: str, due: datetime, notebook: str, carried: Sequence[Carried]) -> str:
    worth = "".join(
        f"{json.dumps(each.question)} = {each.points.normalize():f}\n" for each in carried
    )
    return (
        f"title = {json.dumps(name)}\ndue = {due.isoformat(timespec='seconds')}\n"
        f"notebook = {json.dumps(notebook)}\n\n[points]\n{worth}"
    )


def _course(name: str, assignments: Sequence[str]) -> str:
    return (
        f"name = {json.dumps(name, ensure_ascii=False)}\n"
        f'timezone = "UTC"\nassignments = {json.dumps(list(assignments))}\n'
    )


def _roster(students: Sequence[Person]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("student", "name", "email"), *students])
    return out.getvalue()


def _as_released(notebook: Notebook) -> str:
    """The notebook without nbgrader's metadata, with markers where it had none."""
    document: dict[str, Any] = json.loads(notebook.file.read_text(encoding="utf-8"))
    for cell, read in zip(document["cells"], notebook.cells, strict=True):
        cell["metadata"] = {
            k: v for k, v in (cell.get("metadata") or {}).items() if k != "nbgrader"
        }
        cell["source"] = read.released_as_written
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _data(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        is_hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
        if file.is_file() and not file.is_symlink() and file.suffix != ".ipynb" and not is_hidden:
            yield path.as_posix(), file.read_bytes()


def _name(text: str) -> str:
    """As the name of an assignment: nbgrader allows spaces and dots."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")
    return name if name[:1].isalpha() else f"hw-{name}"


def _free_name(text: str, taken: Sequence[str]) -> str:
    """The name of an assignment whose folder, and whose module in `reference`, are its own."""
    name, modules = _name(text), {_module(each) for each in taken}
    names = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(each for each in names if _module(each) not in modules)


def _module(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _free(name: str, taken: Collection[str]) -> str:
    """`name`, or with a number behind it if it is taken."""
    names = (f"{name}-{number}" if number > 1 else name for number in count(1))
    return next(each for each in names if each not in taken)


def _in_two_weeks(today: datetime) -> datetime:
    day = today + timedelta(days=DAYS)
    return day.replace(hour=17, minute=0, second=0, microsecond=0, tzinfo=None)
