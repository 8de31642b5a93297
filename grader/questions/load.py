"""Loads an author's questions file, with the course's `reference` folder on the import path."""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import ModuleType

from grader.errors import GraderError
from grader.questions import declare, slips
from grader.questions.declare import Question


def load_questions(file: Path, course_root: Path) -> tuple[Question, ...]:
    """The list `QUESTIONS` of a questions file.

    The file may import from folders beside course.toml, such as `reference`. What it imported from
    there is forgotten again, so that two courses in one process do not mix.

    Raises:
        GraderError: with the file and line of what is wrong.
    """
    if not file.is_file():
        raise GraderError("there is no questions file", at=str(file), fix="write one; see docs/")
    with _importing_from(course_root):
        spec = importlib.util.spec_from_file_location("_questions", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except GraderError as error:
            at = ", ".join(filter(None, [_line_in(error, file, course_root), error.at]))
            raise GraderError(error.problem, at=at, fix=error.fix) from error
        except (Exception, SystemExit) as error:
            problem, fix = _in_words(error)
            raise GraderError(problem, at=_line_in(error, file, course_root), fix=fix) from error
    questions = getattr(module, "QUESTIONS", None)
    if not isinstance(questions, (list, tuple)) or not questions:
        raise GraderError(
            "the questions file defines no list QUESTIONS",
            at=str(file),
            fix='end it with QUESTIONS = [Question("Q1", "...", checks=[...]), ...]',
        )
    _check_questions(questions, file)
    return tuple(questions)


def _check_questions(questions: list[object] | tuple[object, ...], file: Path) -> None:
    seen = set()
    for question in questions:
        if not isinstance(question, Question):
            raise GraderError(
                f"QUESTIONS holds {question!r:.60}, which is no Question",
                at=str(file),
                fix='write Question("Q1", "...", checks=[...])',
            )
        if question.id in seen:
            raise GraderError(
                f"two questions have the id {question.id}",
                at=str(file),
                fix="give each an id of its own, the one it has in assignment.toml",
            )
        seen.add(question.id)


def _in_words(error: BaseException) -> tuple[str, str]:
    """What is wrong, and what to do; Python's words unless it is a slip in a declaration."""
    said = f"the questions file fails: {type(error).__name__}: {error}"
    fix = "mend that line, then run the command again"
    called = re.match(r"(\w+)\.__init__\(\) ", str(error)) if type(error) is TypeError else None
    kind = getattr(declare, called[1], None) if called else None
    if called is None or not (isinstance(kind, type) and is_dataclass(kind)):
        return said, fix
    known = [field.name for field in fields(kind)]
    keys = f"{called[1]} takes {', '.join(known)}"
    unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    if unknown:
        return f"{called[1]} has no {unknown[1]!r}", f"{slips.nearest(unknown[1], known)}{keys}"
    missing = re.search(r"missing .* arguments?: (.*)", str(error))
    if missing:
        return f"{called[1]} needs {missing[1]}", keys
    return said, keys


def _line_in(error: BaseException, file: Path, root: Path) -> str:
    """The line of the author's own files that it comes from: the last one reached."""
    if isinstance(error, SyntaxError) and error.filename and _is_own(error.filename, file, root):
        return f"{error.filename}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename, file, root)]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else str(file)


def _is_own(name: str, file: Path, root: Path) -> bool:
    reference = root.resolve() / "reference"
    return name == str(file) or Path(name).resolve().is_relative_to(reference)


@contextmanager
def _importing_from(root: Path) -> Iterator[None]:
    """With the course's folder on the path, and no other course's `reference` in the way."""
    others = _take_references()
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        _take_references()
        sys.modules.update(others)


def _take_references() -> dict[str, ModuleType]:
    """The modules of `reference` that are loaded, which are then forgotten."""
    names = [name for name in sys.modules if name.partition(".")[0] == "reference"]
    return {name: sys.modules.pop(name) for name in names}
