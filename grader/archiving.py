"""The students' pages, gathered for the LMS that the hand-ins came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from grader.export import Layout, in_nbgrader, name_pages
from grader.records.scores import Score
from grader.records.submissions import InLms, Student
from grader.report import page_file

SECRET = "submission_secret.txt"
"""A student's own nbgrader asks for a page by what it left in this file of the hand-in."""


@dataclass(frozen=True)
class PagesToSend:
    """An archive that is not written yet.

    Attributes:
        count: of pages; there may be other files beside them.
        notes: whose page is not in it, and why.
    """

    count: int
    notes: tuple[str, ...]
    _files: tuple[tuple[str, Path | bytes], ...]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Each file by its name, read when it is asked for."""
        for name, content in self._files:
            yield name, content if isinstance(content, bytes) else content.read_bytes()


def pages_to_send(
    layout: Layout,
    scores: Sequence[Score],
    hand_ins: Sequence[InLms],
    roster: Mapping[str, Student],
    *,
    results: Path,
    hand_ins_folder: Path,
    participants: Mapping[str, str] | None = None,
) -> PagesToSend:
    """Everybody's page who is to get one, under a name that leads to that student.

    Args:
        results: `reports/HW`, `hand_ins_folder`: `submissions/HW`.
        participants: for Moodle: each student's number in the grading worksheet.
    """
    named = name_pages(
        layout, scores, hand_ins, roster, assignment=results.name, participants=participants
    )
    without = [(each.student, each.reason) for each in named.left_out]
    files: dict[str, Path | bytes] = {}
    for page in named.pages:
        file = page_file(results, page.student)
        if file.is_file():
            files[page.name] = file
        else:
            without.append((page.student, f"it is not there: grader grade {results.name}"))
    count = len(files)
    if layout == "nbgrader":
        files |= _beside_in_nbgrader(scores, hand_ins, set(files), results.name, hand_ins_folder)
    reasons = dict.fromkeys(reason for _, reason in without)
    notes = (
        f"no page of {', '.join(who for who, why in without if why == reason)}: {reason}"
        for reason in reasons
    )
    return PagesToSend(count, tuple(notes), tuple(files.items()))


def _beside_in_nbgrader(
    scores: Sequence[Score],
    hand_ins: Sequence[InLms],
    pages: set[str],
    assignment: str,
    hand_ins_folder: Path,
) -> dict[str, Path | bytes]:
    """What `nbgrader release_feedback` reads beside a page: the time, and the secret."""
    counting = {(score.student, score.attempt) for score in scores}
    files: dict[str, Path | bytes] = {}
    for hand_in in hand_ins:
        student, notebook = in_nbgrader(hand_in)
        folder = f"feedback/{student}/{assignment}"
        is_sent = f"{folder}/{notebook}.html" in pages
        if not is_sent or (hand_in.student, hand_in.attempt) not in counting:
            continue
        if hand_in.submitted_at is not None:
            time = hand_in.submitted_at.astimezone(UTC)
            files[f"{folder}/timestamp.txt"] = f"{time:%Y-%m-%d %H:%M:%S.%f} UTC".encode()
        secret = hand_ins_folder / hand_in.student / str(hand_in.attempt) / SECRET
        if secret.is_file() and not secret.is_symlink():
            files[f"{folder}/{SECRET}"] = secret
    return files
