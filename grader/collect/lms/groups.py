"""Who hands in together, where the LMS gives one hand-in for all of them.

Canvas names a group's hand-in after the group, with the user id of one member; Moodle after the
group, with the group's number. Who the others are is in a table: `student,group`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.collect.lms.delivery import Owner
from grader.collect.lms.owners import Roster, spoken, squeezed
from grader.course.tables import read_rows
from grader.errors import GraderError


@dataclass(frozen=True)
class Groups:
    """Who is in which group; nobody, by default."""

    group_of: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_the_others(self, student: str) -> tuple[str, ...]:
        """The student, and whoever is in the same group."""
        group = self.group_of.get(student)
        return (student,) if group is None else self.members[group]

    def called(self, owner: Owner) -> tuple[str, ...]:
        """The members of the one group that the hand-in is named after; nobody else."""
        if not owner.name:
            return ()
        form = squeezed if owner.squeezed else spoken
        found = [group for group in self.members if form(group) == form(owner.name)]
        return self.members[found[0]] if len(found) == 1 else ()


def read_groups(file: Path, roster: Roster) -> Groups:
    """The groups of a table: `student,group`; empty groups are none.

    Raises:
        GraderError: somebody is not on the roster, or in two groups.
    """
    group_of: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for row in read_rows(file, required=("student", "group")):
        student, group = row["student"], row["group"]
        if student not in roster.students:
            raise GraderError(
                f"there is no student {student!r}", at=row.at("student"), fix="an id of the roster"
            )
        if not group:
            continue
        if group_of.setdefault(student, group) != group:
            raise GraderError(
                f"{student} is in two groups, {group_of[student]} and {group}",
                at=row.at("group"),
                fix="take one of the two lines out",
            )
        those = members.setdefault(group, [])
        if student not in those:
            those.append(student)
    return Groups(group_of, {group: tuple(those) for group, those in members.items()})
