"""A course, or an assignment, to start from: it works as it stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from grader.course.weights import AFTER, BEFORE
from grader.errors import GraderError

ASSIGNMENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}")
TAKEN = frozenset((*BEFORE, *AFTER, "quiz", "project"))
"""What the template's `[final]` has no room for: columns of final.csv, and its own components."""
DAYS = 14
"""From today until the first assignment is due."""


@dataclass(frozen=True)
class Started:
    """What was made, and what is left to do by hand."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def new_course(folder: Path, *, today: datetime, assignment: str = "hw1") -> Started:
    """Make a course with one working assignment and a sample of hand-ins.

    Raises:
        GraderError: there is something in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GraderError(
            "the folder is not empty", at=str(folder), fix="name one that is not there yet"
        )
    _refuse_bad_name(assignment)
    if assignment in TAKEN:
        raise GraderError(
            f"{assignment!r} is taken: the final mark has a component or a column of this name",
            at="--assignment",
            fix="give another name, such as hw1",
        )
    due = _due(today)
    values = {"name": folder.resolve().name, "assignment": assignment, "due": _local(due)}
    texts = _assignment_files(assignment, values)
    for name in ("course.toml", "roster.csv", "README.md"):
        texts[name] = _filled(name, values)
    texts[".gitignore"] = _filled("gitignore", values)
    texts |= _samples(assignment, values, due)
    return Started(_written(folder, texts))


def new_assignment(root: Path, assignment: str, *, today: datetime) -> Started:
    """Add an assignment to a course, and to the list in its course.toml.

    Raises:
        GraderError: there is one of that name.
    """
    _refuse_bad_name(assignment)
    if (root / "assignments" / assignment).exists():
        raise GraderError(
            f"there is an assignment {assignment}",
            at=str(root / "assignments" / assignment),
            fix="give another name",
        )
    values = {"name": root.name, "assignment": assignment, "due": _local(_due(today))}
    texts = _assignment_files(assignment, values)
    kept = {name: text for name, text in texts.items() if not (root / name).exists()}
    notes = [f"{name} is there already, and stays as it is" for name in texts if name not in kept]
    file = root / "course.toml"
    before = file.read_text(encoding="utf-8")
    listed = _listed(before, assignment)
    if listed is None:
        notes.append(f'add "{assignment}" to the list `assignments` in {file}')
    else:
        kept["course.toml"] = listed
    if re.search(r"^\[final\b", before, re.MULTILINE):
        notes.append(f"give {assignment} a weight in [final.components] of {file}")
    return Started(_written(root, kept), tuple(notes))


def _refuse_bad_name(assignment: str) -> None:
    if not ASSIGNMENT.fullmatch(assignment):
        raise GraderError(
            f"{assignment!r} can't be the name of an assignment",
            at="--assignment",
            fix="use letters, digits, - and _, beginning with a letter: hw2",
        )


def _listed(course: str, assignment: str) -> str | None:
    """The text of a course.toml with the assignment added; None if that cannot be done here."""
    found = re.search(r"^assignments\s*=\s*\[(.*?)\]", course, re.MULTILINE | re.DOTALL)
    if found is None or "#" in found[1]:
        return None
    inside = found[1].rstrip().rstrip(",")
    made = f'{inside}, "{assignment}"' if inside.strip() else f'"{assignment}"'
    return course[: found.start(1)] + made + course[found.end(1) :]


def _assignment_files(assignment: str, values: dict[str, str]) -> dict[str, str]:
    folder = f"assignments/{assignment}"
    notebook = notebook_of(_filled("assignment/notebook.txt", values))
    return {
        # or a package of this name elsewhere would come before a folder without it
        "reference/__init__.py": '"""Reference solutions: students never get them."""\n',
        "reference/parabola.py": _filled("reference/parabola.py", values),
        "reference/parabola_mistakes.py": _filled("reference/parabola_mistakes.py", values),
        f"{folder}/assignment.toml": _filled("assignment/assignment.toml", values),
        f"{folder}/questions.py": _filled("assignment/questions.py", values),
        f"{folder}/{assignment}.ipynb": _as_json(notebook),
    }


def _samples(assignment: str, values: dict[str, str], due: datetime) -> dict[str, str]:
    """Hand-ins of s01, who is right, and of s02, who is late and forgot the mean."""
    text = re.sub(r"\n *### (BEGIN|END) SOLUTION", "", _filled("assignment/notebook.txt", values))
    slip = text.replace("return np.mean((w * x - y) * x)", "return np.sum((w * x - y) * x)")
    folder = f"submissions/{assignment}"
    rows = ["student,file,submitted_at"]
    files = {}
    for student, content, hours in (("s01", text, -20), ("s02", slip, 3)):
        name = f"{student}/{assignment}.ipynb"
        files[f"{folder}/{name}"] = _as_json(notebook_of(content))
        rows.append(f"{student},{name},{_local(due + timedelta(hours=hours))}+08:00")
    files[f"{folder}/manifest.csv"] = "\n".join(rows) + "\n"
    files[f"{folder}/decisions.csv"] = (
        "student,question,kind,value,reason\n"
        "s01,Q4,mark,1,the second derivative is positive\n"
        "s02,Q4,mark,0.5,right for a parabola; why is it one?\n"
    )
    return files


def notebook_of(text: str) -> dict[str, Any]:
    """A notebook in nbformat 4.5 from cells that begin with `# %%`, or `# %% [markdown]`."""
    cells: list[dict[str, Any]] = []
    for part in re.split(r"^# %%", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        kind = "markdown" if "[markdown]" in head else "code"
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{len(cells) + 1}", "metadata": {}}
        cell["source"] = body.strip("\n")
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _as_json(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _due(today: datetime) -> datetime:
    day = today + timedelta(days=DAYS)
    return day.replace(hour=17, minute=0, second=0, microsecond=0, tzinfo=None)


def _local(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def _filled(name: str, values: dict[str, str]) -> str:
    """A file of the template with the names of the course in it; other braces stay."""
    text = _template().joinpath(*name.split("/")).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _template() -> Traversable:
    return resources.files(__package__).joinpath("template")


def _written(root: Path, texts: dict[str, str]) -> tuple[Path, ...]:
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return tuple(root / name for name in sorted(texts))
