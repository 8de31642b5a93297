"""The students' bundle: made, looked through for what must not leave, and written."""

from __future__ import annotations

import codecs
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course import Assignment, Course, load_assignment
from grader.errors import GraderError
from grader.opened import conditions_of
from grader.prepared import planned_for, questions_of
from grader.questions import Question
from grader.release.check_file import check_file, modules
from grader.release.leaks import Leak, Secret, leaks, lines_of_code, lines_of_text
from grader.release.sheet import sheet_of
from grader.release.strip import split, stripped

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows: the same bytes on any day
MOST_SHOWN = 5
NO_SECRET = "the course has none yet"


@dataclass(frozen=True)
class Released:
    """What was written: the folder, the zip of it, and the files with their SHA-256."""

    folder: Path
    archive: Path
    files: tuple[tuple[str, int, str], ...]


def release(course: Course, assignment_id: str, out: Path, *, secret: str = "") -> Released:
    """Write `OUT/HW/` and `OUT/HW.zip`.

    Args:
        secret: of the course, if it has one yet: it must not be in any file.

    Raises:
        GraderError: the assignment is wrong, or something would leave that must not; nothing is
            written then.
    """
    assignment = load_assignment(course, assignment_id)
    questions = questions_of(course, assignment)
    planned_for(assignment, questions, secret or NO_SECRET)  # what can't be asked is refused here
    notebook = read_instructors(assignment)
    files = bundle(course, assignment, questions, notebook)
    refuse_leaks(files, secrets_of(course, assignment, notebook, secret))
    folder = out / assignment.id
    _write(folder, files)
    archive = out / f"{assignment.id}.zip"
    archive.write_bytes(zipped(files, assignment.id))
    listed = tuple(
        (name, len(data), hashlib.sha256(data).hexdigest()) for name, data in sorted(files.items())
    )
    return Released(folder, archive, listed)


def read_instructors(assignment: Assignment) -> Any:
    """The instructor's notebook, in nbformat 4."""
    from grader.execute import read_notebook

    return read_notebook(assignment.notebook)


def bundle(
    course: Course, assignment: Assignment, questions: Sequence[Question], notebook: Any
) -> dict[str, bytes]:
    """The files of the bundle, by name; the same for the same assignment."""
    clean = stripped(notebook, assignment.notebook.name)
    text = json.dumps(clean, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    files = dict(conditions_of(assignment).files)
    for name in (assignment.notebook.name, "check.py"):
        if name in files:
            raise GraderError(
                f"the data has a file of the name {name}",
                at=str(assignment.folder / "assignment.toml"),
                fix="give it another name: it would lie in the bundle under this one",
            )
    check = check_file(sheet_of(course, assignment, questions))
    return files | {assignment.notebook.name: text.encode(), "check.py": check.encode()}


def secrets_of(
    course: Course, assignment: Assignment, notebook: Any, secret: str
) -> Iterator[Secret]:
    """Everything that must not be in the bundle."""
    if secret:
        yield Secret("the secret of the course", secret)
    yield Secret("a path of this computer", str(course.root.resolve()))
    for number, cell in enumerate(notebook["cells"], start=1):
        for piece in split(cell, f"{assignment.notebook.name}, cell {number}")[1]:
            what = f"the solution in cell {number} of {assignment.notebook.name}"
            of = lines_of_code if cell["cell_type"] == "code" else lines_of_text
            yield from of(what, piece)
    for file in sorted((course.root / "reference").glob("**/*.py")):
        what = f"the reference solution, {file.relative_to(course.root).as_posix()}"
        yield from lines_of_code(what, file.read_text(encoding="utf-8"), assignment.given)
    what = f"the questions, {assignment.questions_file.name}"
    yield from _answers_in(what, assignment.questions_file)


def _answers_in(what: str, file: Path) -> Iterator[Secret]:
    """The lines of functions that a questions file defines by itself, with or without a name."""
    import ast

    source = file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield from lines_of_code(what, ast.get_source_segment(source, node) or "")
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Lambda):
            body = ast.get_source_segment(source, inner.body) or ""
            for found in lines_of_code(what, f"return ({body})"):
                yield Secret(found.what, body)


def refuse_leaks(files: Mapping[str, bytes], secrets: Iterator[Secret]) -> None:
    """Raise if a secret is in one of the files.

    Raises:
        GraderError: naming each, its file and line.
    """
    texts = {name: _as_text(name, data) for name, data in files.items()}
    found = leaks(texts, secrets, public="\n".join(modules().values()))
    if found:
        shown = "; ".join(map(_in_words, found[:MOST_SHOWN]))
        more = f"; and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
        raise GraderError(
            f"the bundle would give away what it must not: {shown}{more}",
            at=found[0].file,
            fix="put it between ### BEGIN SOLUTION and ### END SOLUTION, or take it out; a "
            "function of the reference that students get is named in assignment.toml, above the "
            'tables: given = ["sigmoid"]; nothing was written',
        )


def _as_text(name: str, data: bytes) -> str:
    """What is to be read in a file; of a notebook all of it, its cells first, so that a line is a
    line."""
    is_utf16 = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    text = data.decode("utf-16" if is_utf16 else "utf-8", errors="replace")
    if not name.endswith(".ipynb"):
        return text
    try:
        notebook = json.loads(text)
        cells = ["".join(cell["source"]) for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError):
        return text  # a data file of that name may be anything
    return "\n".join([*cells, *_texts_in(notebook)])


def _texts_in(node: Any) -> Iterator[str]:
    """All the text in a JSON document; a list of lines is one text."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts_in(value)
    elif isinstance(node, list):
        if node and all(isinstance(each, str) for each in node):
            yield "".join(node)
        else:
            for value in node:
                yield from _texts_in(value)


def _in_words(leak: Leak) -> str:
    line = f", line {leak.line}" if leak.line else ""
    text = " ".join(leak.text.split())
    return f"{leak.file}{line} has {leak.what}: {text[:60]!r}"


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """A zip with one folder in it; the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(f"{folder}/{name}", EPOCH)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return made.getvalue()
