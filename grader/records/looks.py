"""What a person found who looked at two hand-ins side by side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """At the hand-ins of `student` and `other`, in the order of their ids.

    Attributes:
        files: the SHA-256 of the one and of the other.
        change: of the gradebook, that brought it; 0 before it is kept.
    """

    student: str
    other: str
    files: tuple[str, str]
    reason: str = ""
    change: int = 0

    @staticmethod
    def at(one: tuple[str, str], two: tuple[str, str], reason: str = "") -> Look:
        """`one`, `two`: a student and the SHA-256 of the file, in either order."""
        (student, file), (other, other_file) = sorted((one, two))
        return Look(student, other, (file, other_file), reason)
