"""Every attempt that Canvas has, as hand-ins: the newest of a student first.

So each attempt finds its place by Canvas's own number, whatever of them is there already. Files are
not read here, but by who files them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from grader.canvas.answers import Attachment, Attempt, Submission
from grader.collect.lms.canvas import with_own_names
from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import LARGEST_FILE, File, NotNowError, why_no_path

if TYPE_CHECKING:
    from grader.canvas.connection import Connection

Handed = tuple[Submission, Attempt]


def hand_ins_of(
    submissions: Sequence[Submission], expected_name: str, connection: Connection
) -> list[Delivery]:
    """The attempts of all; what a group handed in is one, of all its members.

    Args:
        expected_name: of the notebook.
    """
    together: dict[object, list[Handed]] = {}
    for submission in submissions:
        for attempt in submission.attempts:
            who = ("user", submission.user_id)
            if submission.group_id is not None and attempt.files:
                # the same files at the same time: members who handed in alone have others
                who = ("group", submission.group_id)
            files = tuple(sorted(each.id for each in attempt.files))
            key = (*who, attempt.attempt, attempt.submitted_at, files)
            together.setdefault(key, []).append((submission, attempt))
    again = files_of_several_attempts(submissions)
    found = [
        _delivery(sorted(handed, key=_user), expected_name, again, connection)
        for handed in together.values()
    ]
    return sorted(found, key=lambda each: -(each.attempt or 0))


def files_of_several_attempts(submissions: Iterable[Submission]) -> frozenset[int]:
    """Files that somebody handed in more than once: they do not tell which attempt it is."""
    found: set[int] = set()
    for submission in submissions:
        uses = Counter(file.id for attempt in submission.attempts for file in attempt.files)
        found |= {number for number, times in uses.items() if times > 1}
    return frozenset(found)


def owner_of(submission: Submission) -> Owner:
    """What Canvas says of a student."""
    user = submission.user
    return Owner(
        number=str(submission.user_id),
        student=(user.sis_user_id if user else "") or "",
        login=(user.login_id if user else "") or "",
        email=(user.email if user else "") or "",
        name=(user.name if user else "") or "",
    )


def _delivery(
    handed: Sequence[Handed], expected_name: str, again: frozenset[int], connection: Connection
) -> Delivery:
    submission, attempt = handed[0]
    who = _who(submission, is_group=len(handed) > 1)
    entries: list[tuple[str, str, File]] = []
    in_lms: list[str] = []
    for each in attempt.files:
        name = _name(each)
        read = partial(_content, connection, each)
        entries.append((str(each.id), name, File(name, each.size or 0, read)))
        in_lms.append(f"{who}_{each.id}_{name}")
    for kind, content in (("text", attempt.body), ("link", attempt.url)):
        if content and not attempt.files:
            data = content.encode()
            entries.append(("", f"{kind}.html", File(f"{kind}.html", len(data), _always(data))))
            in_lms.append(f"{who}_{kind}.html")
    named = with_own_names(entries, expected_name)
    return Delivery(
        label=f"{who}_{attempt.attempt}",
        owners=tuple(owner_of(each) for each, _ in handed),
        files=tuple(file for _, file in named),
        submitted_at=attempt.submitted_at,
        names_in_lms=tuple((name, lms) for (name, _), lms in zip(named, in_lms, strict=True)),
        attempt=attempt.attempt,
        numbers=frozenset(str(each.id) for each in attempt.files if each.id not in again),
        is_far=True,
    )


def _user(handed: Handed) -> int:
    return handed[0].user_id


def _who(submission: Submission, *, is_group: bool) -> str:
    """As Canvas's zip begins names of files: `doejane_4711`; of a group, its name and one user."""
    user, group = submission.user, submission.group
    name = (user.sortable_name or user.name or "" if user else "") or "user"
    if is_group and group is not None:
        name = group.name or "group"
    squeezed = re.sub(r"\W", "", unicodedata.normalize("NFC", name).lower())[:60]
    return f"{squeezed or 'user'}_{submission.user_id}"


def _name(attachment: Attachment) -> str:
    """What the student called it, if a file can be called so; else Canvas's number."""
    name = attachment.name.replace("\\", "/").rpartition("/")[2].strip()
    if not why_no_path(name) and not name.startswith("."):
        return name
    ending = PurePosixPath(name).suffix
    return f"{attachment.id}{ending if re.fullmatch(r'[.][A-Za-z0-9]{1,10}', ending) else ''}"


def _content(connection: Connection, attachment: Attachment) -> bytes:
    """Raises:
    OSError: it is not to be had.
    NotNowError: not now.
    """
    from grader.canvas.connection import RefusedError, UnsureError

    if (attachment.size or 0) > LARGEST_FILE:
        raise OSError(f"it has {attachment.size:,} bytes, and {LARGEST_FILE:,} are allowed")
    if not attachment.url:
        raise OSError("Canvas has locked it")
    try:
        content = connection.download(attachment.url, LARGEST_FILE)
    except RefusedError as error:
        raise OSError(f"Canvas: {error}") from None
    except UnsureError as error:
        raise NotNowError(f"file {attachment.id}: {error}") from None
    if attachment.size not in (None, len(content)):  # a page to log in, say
        said = f"{len(content):,} bytes came, and Canvas says that it has {attachment.size:,}"
        raise NotNowError(f"file {attachment.id}: {said}")
    return content


def _always(content: bytes) -> Callable[[], bytes]:
    return lambda: content
