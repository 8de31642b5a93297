"""The table `[final]` of course.toml: what the course's final mark is made of.

[final.components]
hw1 = { weight = 10 }                                             # an assignment of the course
hw7 = { weight = 10, marks = "marks/hw7.csv", maximum = 20 }      # marked elsewhere
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from grader.course.clock import local_time
from grader.course.typed import NAME, converted, refuse_absent, refuse_unknown, refused
from grader.errors import GraderError

Excused = Literal["reweight", "zero", "full"]
Blank = Literal["waiting", "missing"]

BEFORE = ("student", "name", "section")
AFTER = ("so_far", "left", "average", "total", "grade", "passed", "flags", "explanation")
"""The columns of final.csv, before and after those of the components."""
NEEDS = "needs_"
"""Begins the names of the columns that say what a band needs."""
PASS = "pass"
"""The band of the pass mark, where one speaks of bands."""
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class MarksFile:
    """Marks that were given elsewhere: of students, or of groups.

    Attributes:
        file: a CSV; absolute if the course's root is. It may not be there yet.
        column: of the marks.
        maximum: what a mark is out of.
        due: in the course's zone, if it is known; before it nobody misses anything.
        blank: what it means to have no mark: `waiting`: not marked yet; `missing`: nothing was
            handed in.
        groups: a CSV of who is in which group; None if marks are of students.
        group_size: how many there may be in one.
        adjustments: a CSV of what changes for one of a group.
    """

    file: Path
    column: str
    maximum: Decimal
    due: datetime | None
    blank: Blank
    groups: Path | None
    group_size: int
    adjustments: Path | None


@dataclass(frozen=True)
class Component:
    """A part of the final mark.

    Attributes:
        weight: of 100.
        excused: what counts for who is excused: `reweight`: its weight is shared by the rest;
            `zero`; `full`.
        marks: None: it is the assignment of this id.
    """

    id: str
    title: str
    weight: Decimal
    excused: Excused = "reweight"
    marks: MarksFile | None = None


@dataclass(frozen=True)
class Band:
    """A grade, and the total from which on it is given."""

    name: str
    least: Decimal


@dataclass(frozen=True)
class FinalPolicy:
    """How the parts become one mark of 100.

    Attributes:
        components: their weights add up to 100.
        places: decimal places of a total, rounded half up, once, at the end.
        bands: the highest first.
    """

    components: tuple[Component, ...]
    places: int = 2
    bands: tuple[Band, ...] = ()
    pass_mark: Decimal | None = None

    @property
    def goals(self) -> tuple[Band, ...]:
        """What there is to be reached: the bands, and the pass mark below those of its height."""
        passed = () if self.pass_mark is None else (Band(PASS, self.pass_mark),)
        return tuple(sorted((*self.bands, *passed), key=lambda band: -band.least))


class _Final(Struct, forbid_unknown_fields=True):
    components: dict[str, dict[str, Any]]
    excused: Excused = "reweight"
    places: Annotated[int, Meta(ge=0, le=6)] = 2
    pass_mark: Decimal | UnsetType = UNSET
    bands: dict[str, Decimal] = {}


class _Component(Struct, forbid_unknown_fields=True):
    weight: Decimal
    title: str = ""
    excused: Excused | UnsetType = UNSET
    marks: str = ""
    maximum: Decimal | UnsetType = UNSET
    column: str = "mark"
    due: Annotated[datetime, Meta(tz=False)] | UnsetType = UNSET
    blank: Blank = "waiting"
    groups: str = ""
    group_size: Annotated[int, Meta(ge=1, le=1000)] = 4
    adjustments: str = ""


FINAL = {
    "final.components": "a line for each part: hw1 = { weight = 10 }",
    "final.excused": '"reweight", "zero" or "full"',
    "final.places": "a whole number from 0 to 6",
    "final.pass_mark": "a number from 0 to 100",
    "final.bands": "a grade and the total from which on it is given: A = 85",
}
COMPONENT = {
    "weight": "a number above 0; all weights add up to 100",
    "title": "a text",
    "excused": '"reweight", "zero" or "full"',
    "marks": 'the name of a CSV, such as "marks/hw4.csv"',
    "maximum": "a number above 0: what a mark is out of",
    "column": 'the name of a column of the CSV, such as "mark"',
    "due": "a date and time without an offset or quotes, such as 2026-05-03T17:00:00",
    "blank": '"waiting" (not marked yet) or "missing" (nothing handed in)',
    "groups": 'the name of a CSV with the columns student and group, such as "marks/groups.csv"',
    "group_size": "a whole number from 1 to 1000",
    "adjustments": 'the name of a CSV with the columns student, adjustment and reason, such as '
    '"marks/adjustments.csv"',
}  # fmt: skip
"""What may stand at a key, in words."""

EXAMPLES = {
    "components": "a table [final.components] with a line for each part: hw1 = { weight = 10 }",
    "weight": "weight = 10, of 100",
}


def final_policy(
    file: Path, table: dict[str, Any], *, assignments: Collection[str], zone: tzinfo
) -> FinalPolicy:
    """The policy of a table `[final]`.

    Args:
        file: the course.toml; other files are beside it.
        zone: of due times.

    Raises:
        GraderError: with the file, the key and what may stand there.
    """
    refuse_unknown(file, table, _Final, "final.")
    refuse_absent(file, table, _Final, EXAMPLES, "table [final]")
    final = converted(file, table, _Final, FINAL, "final.")
    components = tuple(
        _component(file, id, each, final.excused, assignments=assignments, zone=zone)
        for id, each in final.components.items()
    )
    if not components:
        raise refused(file, "final.components", "there are no components", FINAL)
    total = sum((each.weight for each in components), Decimal(0))
    if total != HUNDRED:
        off = f"{abs(HUNDRED - total):f} too {'much' if total > HUNDRED else 'little'}"
        raise GraderError(
            f"the weights add up to {total:f}, and not to 100: {off}",
            at=f"{file}, key final.components",
            fix=f"change them: {', '.join(f'{each.id} {each.weight:f}' for each in components)}",
        )
    pass_mark = None if final.pass_mark is UNSET else final.pass_mark
    if pass_mark is not None:
        _refuse_no_total(file, "final.pass_mark", pass_mark)
    return FinalPolicy(components, final.places, _bands(file, final.bands), pass_mark)


def _component(
    file: Path,
    id: str,
    table: dict[str, Any],
    excused: Excused,
    *,
    assignments: Collection[str],
    zone: tzinfo,
) -> Component:
    key = f"final.components.{id}"
    words = {f"{key}.{name}": allowed for name, allowed in COMPONENT.items()}
    if not NAME.fullmatch(id) or id in (*BEFORE, *AFTER) or id.startswith(NEEDS):
        raise GraderError(
            f"{id!r} can't be the name of a component",
            at=f"{file}, key {key}",
            fix="letters, digits, '-', '_' and '.', and no column of final.csv",
        )
    refuse_unknown(file, table, _Component, f"{key}.")
    refuse_absent(file, table, _Component, EXAMPLES, f"key {key}")
    given = converted(file, table, _Component, words, f"{key}.")
    if not (given.weight.is_finite() and 0 < given.weight <= HUNDRED):
        raise refused(file, f"{key}.weight", f"{id} has the weight {given.weight}", words)
    own = excused if given.excused is UNSET else given.excused
    if given.marks:
        marks = _marks_file(file, key, given, words, zone)
        return Component(id, given.title, given.weight, own, marks)
    for name in table:
        if name not in ("weight", "title", "excused"):
            raise GraderError(
                f"{id} has no file of marks, and {name!r} is about one",
                at=f"{file}, key {key}.{name}",
                fix=f'add marks = "marks/{id}.csv", or leave {name} out',
            )
    if id not in assignments:
        raise GraderError(
            f"{id} is no assignment of the course, and has no file of marks",
            at=f"{file}, key {key}",
            fix=f"one of {', '.join(assignments) or '(there are no assignments)'}; or, for what is "
            f'marked elsewhere: {id} = {{ weight = {given.weight:f}, marks = "marks/{id}.csv", '
            "maximum = 10 }",
        )
    return Component(id, given.title, given.weight, own)


def _marks_file(
    file: Path, key: str, given: _Component, words: dict[str, str], zone: tzinfo
) -> MarksFile:
    if given.maximum is UNSET:
        raise GraderError(
            "there is no key 'maximum'", at=f"{file}, key {key}", fix="say what a mark is out of"
        )
    if not (given.maximum.is_finite() and given.maximum > 0):
        raise refused(file, f"{key}.maximum", f"the maximum is {given.maximum}", words)
    due = None
    if given.due is not UNSET:
        try:
            due = local_time(given.due, zone)
        except ValueError as error:
            raise refused(file, f"{key}.due", str(error), words) from error
    if given.adjustments and not given.groups:
        raise GraderError(
            "adjustments are for members of groups, and there are none",
            at=f"{file}, key {key}.adjustments",
            fix='add groups = "marks/groups.csv", or change the marks themselves',
        )
    return MarksFile(
        file=file.parent / given.marks,
        column=given.column.strip().lower(),  # as columns are read
        maximum=given.maximum,
        due=due,
        blank=given.blank,
        groups=file.parent / given.groups if given.groups else None,
        group_size=given.group_size,
        adjustments=file.parent / given.adjustments if given.adjustments else None,
    )


def _bands(file: Path, bands: dict[str, Decimal]) -> tuple[Band, ...]:
    for name, least in bands.items():
        key = f"final.bands.{name}"
        if not (0 < len(name.strip()) <= 20 and name.isprintable()) or name.casefold() == PASS:
            raise GraderError(
                f"{name!r} can't be the name of a band",
                at=f"{file}, key {key}",
                fix='up to 20 characters, such as "A+"; for the pass mark there is pass_mark',
            )
        _refuse_no_total(file, key, least)
        for other, same in bands.items():
            if other != name and same == least:
                raise GraderError(
                    f"{name} and {other} begin at the same total, {least:f}",
                    at=f"{file}, key {key}",
                    fix="give each band a total of its own",
                )
    return tuple(
        sorted((Band(name, least) for name, least in bands.items()), key=lambda band: -band.least)
    )


def _refuse_no_total(file: Path, key: str, total: Decimal) -> None:
    if not (total.is_finite() and 0 <= total <= HUNDRED):
        raise GraderError(
            f"{total} is no total", at=f"{file}, key {key}", fix="a number from 0 to 100"
        )
