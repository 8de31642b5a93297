"""What of our grades Canvas does not have yet, and how it gets it: each once, whatever breaks.

A grade and its page go up in one request. If nobody knows whether that was done, Canvas is looked
at before anything is sent again, and only what is missing still is. Where a group has one grade,
they go up one after the other: Canvas would put the comment on whichever member it has first.

A page is known by the name under which it is attached, which has a digest of its content: so a page
that hangs there already is not attached again, from another machine neither.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from grader.canvas.answers import Submission
from grader.canvas.errors import CanvasError

if TYPE_CHECKING:
    from grader.canvas.connection import Connection

EXCUSED = "EX"
TRIES = 3
SETTLE_SECONDS = 3.0
"""What a gateway gave up may be carried out still: it is not looked for at once."""

CENT = Decimal("0.01")
"""Canvas shows two decimal places; what differs less is the same."""


@dataclass(frozen=True)
class Page:
    """A page of feedback; `digest` is of its content."""

    file: Path
    digest: str
    name: str


@dataclass(frozen=True)
class Wanted:
    """What one student is to get.

    Attributes:
        user: the student's number in Canvas.
        grade: points, or EXCUSED; "" leaves what is there.
        is_raw: Canvas's own late policy is to take its penalty; else it must not.
        page: to be attached; None attaches nothing.
        text: of the comment that the page is attached to.
        in_group: whether all of a group get the grade.
    """

    student: str
    user: int
    grade: str
    is_raw: bool
    page: Page | None = None
    text: str = ""
    in_group: bool = False


class NotPushedError(Exception):
    """This student's could not be pushed; the message says why. The others' can."""


def page_of(file: Path, assignment: str) -> Page:
    """The page in `file`, as it is now.

    Raises:
        OSError: it can't be read.
    """
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Page(file, digest, f"{assignment}-feedback-{digest[:12]}.html")


def grade_in(there: Submission, *, is_raw: bool) -> str:
    """What Canvas has: points after its own penalty, or before, or EXCUSED, or ""."""
    if there.excused:
        return EXCUSED
    score = there.entered_score if is_raw else there.score
    return "" if score is None else f"{score.normalize():f}"


def is_same_grade(there: str, ours: str) -> bool:
    """Whether Canvas shows the same: 8.5 for 8.50."""
    if EXCUSED in (there, ours) or not (there and ours):
        return there == ours
    wanted = Decimal(ours)
    step = min(CENT, Decimal(1).scaleb(int(wanted.as_tuple().exponent)))
    return Decimal(there).quantize(step) == wanted


def has_page(there: Submission, page: Page) -> bool:
    """Whether it is attached to a comment."""
    part = page.name.removesuffix(".html")  # Canvas may add something where a name was taken
    return any(
        part in (name or "")
        for comment in there.submission_comments or ()
        for file in comment.attachments or ()
        for name in (file.display_name, file.filename)
    )


def missing(wanted: Wanted, there: Submission) -> Wanted | None:
    """What Canvas does not have of it; None if it has all."""
    grade, page = wanted.grade, wanted.page
    if grade and is_same_grade(grade_in(there, is_raw=wanted.is_raw), grade):
        grade = ""
    if page is not None and has_page(there, page):
        page = None
    return replace(wanted, grade=grade, page=page) if grade or page else None


def push_one(connection: Connection, wanted: Wanted) -> None:
    """Give Canvas what one student is to get.

    Raises:
        NotPushedError: it does not take it, or it is not there afterwards.
        CanvasError: Canvas can't be asked any more.
    """
    if wanted.in_group and wanted.grade and wanted.page is not None:
        _push(connection, replace(wanted, page=None))
        _push(connection, replace(wanted, grade=""))
    else:
        _push(connection, wanted)


def _push(connection: Connection, wanted: Wanted) -> None:
    from grader.canvas.connection import RefusedError, UnsureError

    left = wanted
    why = ""
    for _ in range(TRIES):
        try:
            try:
                there = connection.grade(wanted.user, _fields(connection, left))
                is_sure = True
            except UnsureError as error:
                is_sure, why = False, str(error)
                time.sleep(SETTLE_SECONDS)
            if not is_sure or there.user_id != wanted.user:
                there = connection.submission(wanted.user)
        except RefusedError as error:
            raise NotPushedError(str(error)) from None
        except UnsureError as error:
            raise CanvasError(
                f"Canvas can't be reached any more: {error}",
                at=connection.address,
                fix="run the command again later: what Canvas has already is not sent again",
            ) from None
        still = missing(wanted, there)
        if still is None:
            return
        left = still
        if is_sure:  # it was taken, and is not there: again would be no better
            break
    if left.grade:
        has = grade_in(there, is_raw=wanted.is_raw) or "no grade"
        said = f"it was to be {wanted.grade}, and Canvas has {has}"
    else:
        said = "the page is not attached"
    raise NotPushedError(f"{said} ({why})" if why else said)


def _fields(connection: Connection, wanted: Wanted) -> dict[str, str]:
    """The parameters of "Grade or comment on a submission"; a page is uploaded first."""
    fields: dict[str, str] = {}
    if wanted.grade == EXCUSED:
        fields["submission[excuse]"] = "true"
    elif wanted.grade:
        fields["submission[posted_grade]"] = wanted.grade
        if not wanted.is_raw:  # ours has been taken already
            fields["submission[late_policy_status]"] = "none"
    if wanted.page is not None:
        number = connection.upload(wanted.user, wanted.page.name, _content(wanted.page))
        fields["comment[text_comment]"] = wanted.text
        fields["comment[file_ids][]"] = str(number)
    return fields


def _content(page: Page) -> bytes:
    try:
        content = page.file.read_bytes()
    except OSError as error:
        raise NotPushedError(f"the page can't be read: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest() != page.digest:
        raise NotPushedError("the page is another now: run the command again")
    return content
