"""What everybody has in one component, and how that is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.final.result import Result
from grader.opened import OpenCourse

MOST_NAMED = 10


@dataclass(frozen=True)
class Column:
    """
    Attributes:
        results: of everybody on the roster, by student.
        standing: why nobody has a mark; "" if somebody has.
        notes: what to look at before anybody relies on it.
    """

    results: Mapping[str, Result]
    standing: str = ""
    notes: tuple[str, ...] = ()


def not_due(due: datetime) -> str:
    """What a component's standing is before its deadline."""
    return f"not due until {due:%Y-%m-%d %H:%M}"


def named(opened: OpenCourse, file: Path) -> str:
    """As course.toml names it."""
    root = opened.course.root
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def some(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
