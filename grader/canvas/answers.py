"""What Canvas answers, as typed records. What we don't ask for is left out; much may be None.

See "Submissions", "Assignments" and "Files" in Canvas's REST documentation.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

Time = Annotated[datetime, Meta(tz=True)]
T = TypeVar("T", bound=Struct)


class UnexpectedAnswerError(Exception):
    """An answer that Canvas does not document."""


class Attachment(Struct, frozen=True):
    """A file. `url` is where its content is: a secret for a while, so not for messages."""

    id: int
    display_name: str | None = None
    filename: str | None = None
    size: int | None = None
    url: str | None = None

    @property
    def name(self) -> str:
        """As the student called it; nobody has looked at it."""
        return self.display_name or self.filename or ""


class UploadPlace(Struct, frozen=True):
    """Where a file is to be sent, and what with it, unchanged."""

    upload_url: str
    upload_params: dict[str, str | int | bool | None]


class Attempt(Struct, frozen=True):
    """One version of a submission; `attempt` and `submitted_at` are None if there was none yet."""

    attempt: int | None = None
    submitted_at: Time | None = None
    submission_type: str | None = None
    body: str | None = None
    url: str | None = None
    attachments: tuple[Attachment, ...] | None = None

    @property
    def files(self) -> tuple[Attachment, ...]:
        return self.attachments or ()


class User(Struct, frozen=True):
    """What the token's owner may see of a person."""

    id: int
    name: str | None = None
    sortable_name: str | None = None
    sis_user_id: str | None = None
    login_id: str | None = None
    email: str | None = None


class Group(Struct, frozen=True):
    id: int | None = None
    name: str | None = None


class Comment(Struct, frozen=True):
    comment: str | None = None
    attachments: tuple[Attachment, ...] | None = None


class Submission(Struct, frozen=True):
    """One student's, whether or not something was handed in.

    Attributes:
        score: after Canvas's late penalty, if it takes one; `entered_score` is before.
        cached_due_date: the student's own due date.
    """

    user_id: int
    user: User | None = None
    group: Group | None = None
    submission_history: tuple[Attempt, ...] | None = None
    submission_comments: tuple[Comment, ...] | None = None
    score: Decimal | None = None
    entered_score: Decimal | None = None
    excused: bool | None = None
    late: bool | None = None
    late_policy_status: str | None = None
    cached_due_date: Time | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """What was handed in, each attempt once, the oldest first."""
        found = {
            each.attempt: each
            for each in self.submission_history or ()
            if each.attempt is not None and each.submitted_at is not None
        }
        return tuple(found[number] for number in sorted(found))

    @property
    def group_id(self) -> int | None:
        return self.group.id if self.group else None


class InCanvas(Struct, frozen=True):
    """An assignment."""

    id: int
    name: str | None = None
    due_at: Time | None = None
    points_possible: Decimal | None = None
    grading_type: str | None = None
    group_category_id: int | None = None
    grade_group_students_individually: bool | None = None
    post_manually: bool | None = None
    moderated_grading: bool | None = None
    grades_published: bool | None = None

    @property
    def gives_groups_one_grade(self) -> bool:
        return self.group_category_id is not None and not self.grade_group_students_individually


class Override(Struct, frozen=True):
    """Another due date for some."""

    student_ids: tuple[int, ...] | None = None
    group_id: int | None = None
    course_section_id: int | None = None
    title: str | None = None
    due_at: Time | None = None


def parsed(answer: Any, kind: type[T]) -> T:
    """One record.

    Raises:
        UnexpectedAnswerError: it is none.
    """
    if isinstance(answer, dict) and isinstance(answer.get("submission_history"), list):
        # of a quiz some may be null
        versions = [each for each in answer["submission_history"] if isinstance(each, dict)]
        answer = answer | {"submission_history": versions}
    try:
        return msgspec.convert(answer, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UnexpectedAnswerError(f"{kind.__name__}: {error}") from None
