"""Whose a hand-in is: by number, then by login or mail, and by name as the last resort.

Nobody is guessed. A name decides only if one student alone has it; what is merely alike is said to
the person who collects.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from grader.collect.lms.delivery import Owner
from grader.records.submissions import Student

ALIKE = 75.0
"""Of 100, by rapidfuzz: below that a suggestion is noise."""

MOST_SUGGESTED = 3


@dataclass(frozen=True)
class Roster:
    """Who there is, by each thing that a download may know; "" leads to nobody."""

    students: Mapping[str, Student]
    _by: tuple[tuple[Callable[[Owner], str], Mapping[str, tuple[str, ...]]], ...]

    @classmethod
    def of(cls, students: Mapping[str, Student]) -> Roster:
        everybody = list(students.values())
        by_spoken = _index(everybody, lambda each: {spoken(form) for form in _forms(each.name)})
        by_squeezed = _index(everybody, lambda each: {squeezed(form) for form in _forms(each.name)})
        return cls(
            students,
            (
                (lambda owner: owner.number, _index(everybody, lambda each: {each.lms_id})),
                (lambda owner: owner.student, _index(everybody, lambda each: {each.id})),
                (
                    lambda owner: spoken(owner.student),
                    _index(everybody, lambda each: {spoken(each.id), each.lms_id}),
                ),
                (
                    lambda owner: spoken(owner.login),
                    _index(everybody, lambda each: {spoken(each.login)}),
                ),
                (
                    lambda owner: spoken(owner.email),
                    _index(everybody, lambda each: {spoken(each.email)}),
                ),
                (lambda owner: "" if owner.squeezed else spoken(owner.name), by_spoken),
                (lambda owner: squeezed(owner.name) if owner.squeezed else "", by_squeezed),
            ),
        )

    def student_of(self, owner: Owner) -> str | None:
        """The one student that it can be; None if there is none, or more than one."""
        for value_of, index in self._by:
            found = index.get(value_of(owner), ())
            if len(found) == 1:
                return found[0]
            if found:
                return None  # two have that name: nothing weaker may decide
        return None

    def why_not(self, owner: Owner) -> str:
        """Why it is nobody, and who it may be."""
        for value_of, index in self._by:
            if len(found := index.get(value_of(owner), ())) > 1:
                return f"{owner.words}: that may be {' or '.join(found)}"
        alike = self._alike(owner)
        may_be = f"; perhaps {', '.join(alike)}" if alike else ""
        return f"{owner.words}: not on the roster{may_be}"

    def _alike(self, owner: Owner) -> list[str]:
        from rapidfuzz import fuzz, process

        name = owner.name or owner.student or owner.login
        if not name:
            return []
        prepare = squeezed if owner.squeezed else spoken
        names = {
            each.id: prepare(form) for each in self.students.values() for form in _forms(each.name)
        }
        scorer = fuzz.ratio if owner.squeezed else fuzz.token_sort_ratio
        found = process.extract(
            prepare(name), names, scorer=scorer, limit=MOST_SUGGESTED, score_cutoff=ALIKE
        )
        return [f"{id} ({self.students[id].name})" for _, _, id in found]


def _index(
    everybody: Iterable[Student], keys: Callable[[Student], set[str]]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for student in everybody:
        for key in keys(student) - {""}:
            found[key] = (*found.get(key, ()), student.id)
    return found


def _forms(name: str) -> list[str]:
    """Jane van Doe; Doe, Jane van; van Doe, Jane: where the family name begins nobody knows."""
    words = name.replace(",", " ").split()
    turned = [" ".join(words[place:] + words[:place]) for place in range(len(words))]
    return turned or [""]


def spoken(text: str) -> str:
    """For comparison: no matter how it was typed, in capitals or with more spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace(",", " ").split())


def squeezed(text: str) -> str:
    """As Canvas makes names of files: letters, digits and `_` only, in small letters."""
    return re.sub(r"[^\w]", "", unicodedata.normalize("NFC", text).lower())
