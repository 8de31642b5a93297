"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def jobs_option(function: F) -> F:
    """`--jobs N`."""
    return click.option(
        "--jobs",
        type=click.IntRange(1),
        help="Notebooks at a time (default: one a core, as far as memory reaches).",
    )(function)


def sandbox_option(function: F) -> F:
    """`--sandbox require|degrade|off`."""
    return click.option(
        "--sandbox",
        type=click.Choice(["require", "degrade", "off"]),
        default="require",
        help="What to do where student code cannot be contained: refuse (the default), take what "
        "containment there is, or run it with your rights.",
    )(function)


def course_option(function: F) -> F:
    """`--course DIR`, after the command as well as before it."""
    return click.option(
        "--course",
        type=click.Path(file_okay=False, path_type=Path),
        help="The course's folder. By default the nearest one upwards that has a course.toml.",
    )(function)


def out_option(function: F) -> F:
    """`--out DIR`: where results are, `DIR/HW/`."""
    return click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        help="Results go to DIR/HW/. By default to reports/ in the course's folder.",
    )(function)


def submissions_option(function: F) -> F:
    """`--submissions DIR`: a folder laid out like submissions/."""
    return click.option(
        "--submissions",
        type=click.Path(file_okay=False, path_type=Path),
        help="A folder laid out like submissions/; a roster.csv in it replaces the course's.",
    )(function)


def opens_course(function: F) -> F:
    """The options that say which course and where; the command gets the open course first."""

    @functools.wraps(function)
    def opening(
        outer_course: Path | None,
        course: Path | None,
        submissions: Path | None,
        out: Path | None,
        **rest: Any,
    ) -> Any:
        from grader.opened import open_course

        opened = open_course(course or outer_course, submissions=submissions, out=out)
        return function(opened, **rest)

    command: Any = click.pass_obj(opening)
    for option in (out_option, submissions_option, course_option):
        command = option(command)
    return command  # type: ignore[no-any-return]
