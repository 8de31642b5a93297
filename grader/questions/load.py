"""Loads an author's questions file, with the course's `reference` folder on the import path."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path

from grader.errors import GraderError
from grader.questions.declare import Mistake, Question


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
        except Exception as error:
            raise GraderError(
                f"the questions file fails: {type(error).__name__}: {error}",
                at=_line_in(error, file),
                fix="mend that line, then run the command again",
            ) from error
    questions = getattr(module, "QUESTIONS", None)
    if not isinstance(questions, (list, tuple)) or not questions:
        raise GraderError(
            "the questions file defines no list QUESTIONS",
            at=str(file),
            fix='end it with QUESTIONS = [Question("Q1", "...", checks=[...]), ...]',
        )
    _validated(questions, file)
    return tuple(questions)


def _validated(questions: list[object] | tuple[object, ...], file: Path) -> None:
    seen = set()
    for question in questions:
        if not isinstance(question, Question):
            raise GraderError(
                f"QUESTIONS holds {question!r:.60}, which is no Question", at=str(file)
            )
        if question.id in seen:
            raise GraderError(f"two questions have the id {question.id}", at=str(file))
        seen.add(question.id)
        if not question.checks:
            raise GraderError(f"{question.id} has no checks", at=str(file))
        for check in question.checks:
            for mistake in getattr(check, "mistakes", ()):
                _validate_mistake(mistake, question, file)
            _fraction(getattr(check, "weight", 1), f"a weight of {question.id}", file, most=None)


def _validate_mistake(mistake: object, question: Question, file: Path) -> None:
    if not isinstance(mistake, Mistake):
        raise GraderError(
            f"{question.id}: {mistake!r:.60} is no Mistake",
            at=str(file),
            fix='write Mistake("missing-1-over-m", wrong_function)',
        )
    _fraction(mistake.credit, f"the credit of {mistake.slug} in {question.id}", file, most=1)


def _fraction(number: object, what: str, file: Path, *, most: int | None) -> None:
    try:
        value = Decimal(str(number))
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0 or (most is not None and value > most):
        allowed = f"from 0 to {most}" if most is not None else "0 or more"
        raise GraderError(f"{what} is {number!r}", at=str(file), fix=f"give a number, {allowed}")


def _line_in(error: Exception, file: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f"{file}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(file)]
    return f"{file}, line {lines[-1]}" if lines else str(file)


@contextmanager
def _importing_from(root: Path) -> Iterator[None]:
    before = set(sys.modules)
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
        for name in set(sys.modules) - before:
            source = getattr(sys.modules[name], "__file__", None)
            if source is not None and Path(source).is_relative_to(root.resolve() / "reference"):
                del sys.modules[name]
