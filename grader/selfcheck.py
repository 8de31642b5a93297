"""The self-check of a course at hand: executed as grading does, looked at as `check.py` does."""

from __future__ import annotations

from pathlib import Path

from grader.check.handin import warnings_on
from grader.check.lines import SelfCheck, looked_at
from grader.check.sheet import Sheet, probes_of
from grader.course import Assignment, Course, load_assignment
from grader.errors import GraderError
from grader.execute import code_cells, cold_start, execute, read_notebook
from grader.opened import conditions_of
from grader.questions import load_questions, properties_of
from grader.release.sheet import sheet_of


def self_check(
    course: Course, notebook: Path, assignment_id: str | None = None
) -> tuple[Sheet, SelfCheck]:
    """Run a notebook afresh and look at it with the public cases.

    Raises:
        GraderError: the file is no notebook, or it is not clear which assignment it belongs to.
    """
    assignment = _assignment_of(course, notebook, assignment_id)
    questions = load_questions(assignment.questions_file, course.root)
    sheet = sheet_of(course, assignment, questions)
    conditions = conditions_of(assignment)
    document = read_notebook(notebook)
    evidence = execute(document, probes_of(sheet), conditions, cold_start(conditions))
    warnings = tuple(warnings_on(sheet, notebook, code_cells(document), {}))
    properties = properties_of(assignment.id, questions)
    return sheet, looked_at(sheet, evidence, warnings=warnings, properties=properties)


def _assignment_of(course: Course, notebook: Path, assignment_id: str | None) -> Assignment:
    if not notebook.is_file():
        raise GraderError(
            "there is no such file", at=str(notebook), fix="give your notebook's name"
        )
    if assignment_id is not None:
        return load_assignment(course, assignment_id)
    for name in course.assignments:
        assignment = load_assignment(course, name)
        if notebook.name == assignment.notebook.name:
            return assignment
    expected = ", ".join(load_assignment(course, n).notebook.name for n in course.assignments)
    raise GraderError(
        f"{notebook.name} is not the name of an assignment's notebook",
        at=str(notebook),
        fix=f"rename it before you hand it in ({expected}), or say which it is: --assignment HW",
    )
