"""Opens the way to Canvas: where it is, who asks, and whether the package is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.canvas import token
from grader.course import Assignment, Course
from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.canvas.connection import Connection


def is_configured(course: Course) -> bool:
    """Whether Canvas is named in course.toml, and there is a token."""
    return course.canvas is not None and token.is_given()


def open_canvas(course: Course, assignment: Assignment) -> Connection:
    """The way to one assignment.

    Raises:
        GraderError: course.toml or assignment.toml does not say where it is; there is no token; or
            the package that asks is not installed. Canvas is not asked yet.
    """
    if course.canvas is None:
        raise GraderError(
            "course.toml does not say where the course is in Canvas",
            at=str(course.root / "course.toml"),
            fix='add a table [canvas] with url = "https://canvas.example.edu" and course = 1234, '
            "the number in the address of the course, .../courses/1234",
        )
    number = assignment.canvas_number
    if not number:
        raise GraderError(
            f"{assignment.id} does not say which assignment of Canvas it is",
            at=f"{assignment.folder / 'assignment.toml'}, key canvas",
            fix='add canvas = "HW 1 (501)" above the table [points]: the number in its address, '
            ".../assignments/501",
        )
    secret = token.token()
    try:
        from grader.canvas.connection import Connection
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "grader":
            raise
        raise GraderError(
            f"the package that asks Canvas is not installed: {error.name}",
            fix='pip install "grader[canvas]"',
        ) from error
    return Connection(course.canvas, number, secret, at=str(course.root / "course.toml"))
