"""Marks that were given elsewhere, of students or of groups, as results for the final mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from grader.course.weights import Component, MarksFile
from grader.errors import GraderError
from grader.final.column import Column, named, not_due, some
from grader.final.groups import Adjustment, mark_in_group, read_adjustments, read_groups
from grader.final.marks import GivenMark, read_marks
from grader.final.result import Result, State
from grader.opened import OpenCourse


def of_marks(opened: OpenCourse, component: Component, marks: MarksFile, now: datetime) -> Column:
    """What everybody has in marks that were given elsewhere, or that there are none yet.

    Raises:
        GraderError: names all in a file that can't be right.
    """
    is_due = marks.due is None or now > marks.due
    given: Mapping[str, GivenMark] = {}
    groups: Mapping[str, str] = {}
    adjustments: Mapping[str, Adjustment] = {}
    are_grouped = marks.groups is not None and marks.groups.is_file()
    if are_grouped:
        groups = read_groups(marks, opened.roster, opened.withdrawn)
        adjustments = read_adjustments(marks, groups, opened.roster)
    standing = ""
    if not marks.file.is_file():
        standing = f"not marked yet: there is no {named(opened, marks.file)}"
        if marks.due is not None and not is_due:
            standing = not_due(marks.due)
    elif marks.groups is None:
        given = read_marks(marks, opened.roster, of="student", known_from="roster.csv")
    elif are_grouped:
        given = read_marks(
            marks, frozenset(groups.values()), of="group", known_from=marks.groups.name
        )
    else:
        raise GraderError(
            f"{component.id} has marks of groups, and nobody knows who is in which",
            at=str(marks.groups),
            fix="write it: a line student,group, then a line for each student",
        )
    without: State = "not_marked" if is_due else "not_due"
    if is_due and not standing and marks.blank == "missing":
        without = "missing"
    results = {}
    for student in opened.roster:
        if marks.groups is None:
            results[student] = _given(component, marks, given.get(student), without)
            continue
        group, adjustment = groups.get(student, ""), adjustments.get(student)
        mark, how = mark_in_group(group, given.get(group), adjustment)
        flags = ["adjusted"] * (adjustment is not None)
        if are_grouped and not group and mark is None:
            # to be in no group is not to have handed nothing in
            results[student] = Result(
                component, "not_marked", marks.maximum, flags=("no-group", *flags)
            )
        else:
            results[student] = _given(component, marks, mark, without, how, flags)
    here = {id: each for id, each in results.items() if id not in opened.withdrawn}
    notes = _about_marks(opened, component, marks, here, is_there=not standing)
    return Column(results, standing, notes)


def _given(
    component: Component,
    marks: MarksFile,
    mark: GivenMark | None,
    without: State,
    how: str = "",
    flags: Sequence[str] = (),
) -> Result:
    """A mark as a result.

    Args:
        without: what it is to have none.
    """
    state: State = without if mark is None else mark.state
    points = None if mark is None else mark.points
    if state == "missing":
        points = Decimal(0)
    if points is not None and points > marks.maximum:
        flags = (*flags, "above-maximum")
    return Result(component, state, marks.maximum, points, how=how, flags=tuple(flags))


def _about_marks(
    opened: OpenCourse,
    component: Component,
    marks: MarksFile,
    results: Mapping[str, Result],
    *,
    is_there: bool,
) -> tuple[str, ...]:
    """Who has no mark where others have one, and what to do about it."""
    alone = [id for id, result in results.items() if "no-group" in result.flags]
    waiting = [id for id, each in results.items() if each.state == "not_marked" and id not in alone]
    above = [id for id, result in results.items() if "above-maximum" in result.flags]
    notes = []
    if alone and marks.groups is not None:
        where = "" if marks.adjustments is None else f", or to {named(opened, marks.adjustments)}"
        notes.append(
            f"{component.id}: in no group: {some(alone)}: add them to "
            f"{named(opened, marks.groups)}{where}, as missing or excused"
        )
    if waiting and is_there:
        notes.append(
            f"{component.id}: no mark: {some(waiting)}: enter it in {named(opened, marks.file)}, "
            'or the word missing (for all of them: blank = "missing" in course.toml)'
        )
    if above:
        notes.append(f"{component.id}: above the maximum by an adjustment: {some(above)}")
    return tuple(notes)
