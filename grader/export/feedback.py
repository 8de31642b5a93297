"""What a student's page is to be called, so that the LMS gives it to that student and nobody else.

canvas      doejane_4711_990001_feedback.html: the two numbers of the file that was handed in
moodle      Jane Doe_12345_assignsubmission_file_/feedback.html: the participant's number
gradescope  submission_88/STUDENT.html: for a person or a script, Gradescope takes none
nbgrader    feedback/STUDENT/HW/NOTEBOOK.html, as `nbgrader release_feedback` reads them
plain       STUDENT.html

How names are read there: Canvas, `AbstractAssignment#infer_comment_context_from_filename`; Moodle,
`mod/assign/feedback/file/importziplib.php`. Names alone: no page is opened here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Literal

from grader.export.filled import LeftOut
from grader.export.gradescope import submission_folder
from grader.records.scores import Score
from grader.records.submissions import InLms, Student
from grader.report.files import page_name

Layout = Literal["canvas", "moodle", "gradescope", "nbgrader", "plain"]

NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class NamedPage:
    """A student's page, and its name in the archive."""

    student: str
    name: str


@dataclass(frozen=True)
class NamedPages:
    pages: tuple[NamedPage, ...]
    left_out: tuple[LeftOut, ...]


def layout_of(target: str, hand_ins: Sequence[InLms]) -> Layout:
    """How an archive is laid out that goes with the grades for `target`."""
    if target in ("canvas", "moodle", "gradescope"):
        return target  # type: ignore[return-value]
    is_nbgrader = bool(hand_ins) and all(each.source == "nbgrader" for each in hand_ins)
    return "nbgrader" if is_nbgrader else "plain"


def name_pages(
    layout: Layout,
    scores: Sequence[Score],
    hand_ins: Sequence[InLms],
    roster: Mapping[str, Student],
    *,
    assignment: str,
    participants: Mapping[str, str] | None = None,
) -> NamedPages:
    """Names for the pages of all who handed in and have a score, or are excused.

    Args:
        participants: for Moodle: each student's number in the grading worksheet.
    """
    left_out = []
    shown = []
    for score in scores:
        if score.attempt is None:
            left_out.append(LeftOut(score.student, "nothing handed in"))
        elif score.score is None and score.status != "excused":
            left_out.append(LeftOut(score.student, "no score yet"))
        else:
            shown.append(score)
    latest = {each.student: each for each in sorted(hand_ins, key=lambda each: each.attempt)}
    counting = {(each.student, each.attempt): each for each in hand_ins}
    counted = {score.student: counting.get((score.student, score.attempt or 0)) for score in shown}
    if layout == "canvas":  # it knows the files of the latest attempt alone
        named, lost = _canvas(shown, latest, roster)
    elif layout == "moodle":
        named, lost = _moodle(shown, latest, roster, participants or {})
    elif layout == "gradescope":
        named, lost = _gradescope(shown, counted)
    elif layout == "nbgrader":
        named, lost = _nbgrader(shown, counted, assignment)
    else:
        named, lost = [NamedPage(each.student, page_name(each.student)) for each in shown], []
    count = Counter(page.name.casefold() for page in named)
    for page in named:
        if count[page.name.casefold()] > 1:
            lost.append(LeftOut(page.student, f"another page would be called {page.name} too"))
    sure = tuple(page for page in named if count[page.name.casefold()] == 1)
    return NamedPages(sure, (*left_out, *lost))


Named = tuple[list[NamedPage], list[LeftOut]]


def _canvas(
    scores: Sequence[Score], latest: Mapping[str, InLms], roster: Mapping[str, Student]
) -> Named:
    named, lost = [], []
    groups: dict[str, list[Score]] = {}
    for score in scores:
        hand_in = latest.get(score.student)
        if score.student not in roster:
            lost.append(LeftOut(score.student, "not on the roster"))
        elif hand_in is None or hand_in.source != "canvas" or not hand_in.file:
            lost.append(
                LeftOut(
                    score.student, f"Canvas's name of the file is not known: {_again('Canvas')}"
                )
            )
        else:
            groups.setdefault(hand_in.file, []).append(score)
    for file, group in groups.items():
        whose, name = _in_canvas(file, group, roster)
        if name is None:
            lost += [LeftOut(score.student, whose) for score in group]
        elif len({_shown(score) for score in group}) > 1:
            why = "Canvas shows a page to all of the group, and their scores differ"
            lost += [
                LeftOut(score.student, f"{why}: give it to them by another way") for score in group
            ]
        else:
            named.append(NamedPage(whose, name))
    return named, lost


def _in_canvas(
    file: str, group: Sequence[Score], roster: Mapping[str, Student]
) -> tuple[str, str | None]:
    """Whose page goes to those who handed in a file, and its name; or why none does, and None.

    Canvas takes the first two parts that are numbers for the user and the file. What follows them
    is free, but must not begin with "link".
    """
    parts = PurePosixPath(file).name.split("_")
    plain = [part for part in parts if part != "LATE"]
    owners = {roster[score.student].lms_id: score.student for score in group}
    if plain[0] == "anon" and len(plain) > 3 and plain[1] not in owners:
        return group[0].student, f"{'_'.join(plain[:3])}_feedback.html"
    pairs = [
        (place, parts[place])
        for place in range(1, len(parts) - 1)
        if NUMBER.fullmatch(parts[place]) and NUMBER.fullmatch(parts[place + 1])
    ]
    if not pairs:
        return "handed in as text or link: Canvas hangs pages on files alone; paste it there", None
    for place, user in pairs:
        if user in owners:
            return owners[user], _canvas_name(parts, place)
    if "" in owners:
        return group[0].student, _canvas_name(parts, pairs[0][0])
    of = " and ".join(owners)
    return (
        f"in Canvas the file is of user {pairs[0][1]}, and not of {of} (lms_id in roster.csv): a "
        "page would go to somebody else",
        None,
    )


def _canvas_name(parts: Sequence[str], place: int) -> str:
    # no other number before the two: a group may be called team_5
    before = [part for part in parts[:place] if not NUMBER.fullmatch(part)]
    if before[:1] == ["anon"]:  # a name, and not what Canvas takes it for
        before = ["student"]
    return "_".join([*before, *parts[place : place + 2], "feedback.html"])


def _shown(score: Score) -> Score:
    """What a page says, but for whose it is."""
    return replace(score, student="", name="")


def _moodle(
    scores: Sequence[Score],
    latest: Mapping[str, InLms],
    roster: Mapping[str, Student],
    participants: Mapping[str, str],
) -> Named:
    """Each member of a group gets a page of their own: Moodle knows people by their numbers."""
    named, lost = [], []
    for score in scores:
        student = roster.get(score.student)
        number = participants.get(score.student)
        if student is None or number is None:
            why = (
                "not on the roster" if student is None else "not in the worksheet, or not for sure"
            )
            lost.append(LeftOut(score.student, why))
            continue
        hand_in = latest.get(score.student)
        is_flat = hand_in is not None and bool(hand_in.file) and "/" not in hand_in.file
        # the `_` at the end older versions want, and newer ones do not mind
        between = "" if is_flat else "/"
        folder = f"{_moodle_name(student.name)}_{number}_assignsubmission_file_"
        named.append(NamedPage(score.student, f"{folder}{between}feedback.html"))
    return named, lost


def _moodle_name(name: str) -> str:
    """For people; but Moodle splits at each `_`, and takes what begins with a dot for hidden."""
    clean = "".join(c if c.isalnum() or c in " ,.'-" else " " for c in name)
    return " ".join(clean.split()).strip(". ")[:80] or "Participant"


def _gradescope(scores: Sequence[Score], counted: Mapping[str, InLms | None]) -> Named:
    named, lost = [], []
    for score in scores:
        folder = submission_folder(counted[score.student])
        if folder:
            named.append(NamedPage(score.student, f"{folder}/{page_name(score.student)}"))
        else:
            why = f"which submission of Gradescope it is is not known: {_again('Gradescope')}"
            lost.append(LeftOut(score.student, why))
    return named, lost


def _nbgrader(
    scores: Sequence[Score], counted: Mapping[str, InLms | None], assignment: str
) -> Named:
    named, lost = [], []
    for score in scores:
        folder, notebook = in_nbgrader(counted[score.student])
        if folder:
            name = f"feedback/{folder}/{assignment}/{notebook}.html"
            named.append(NamedPage(score.student, name))
        else:
            why = f"whose folder of nbgrader it is is not known: {_again('nbgrader')}"
            lost.append(LeftOut(score.student, why))
    return named, lost


def in_nbgrader(hand_in: InLms | None) -> tuple[str, str]:
    """The student and the notebook, by nbgrader's names; "" if they are not known."""
    if hand_in is None or hand_in.source != "nbgrader":
        return "", ""
    parts = hand_in.file.split("/")
    if "submitted" in parts[:2]:
        parts = parts[parts.index("submitted") + 1 :]
    return (parts[0], PurePosixPath(parts[-1]).stem) if len(parts) > 2 else ("", "")


def _again(lms: str) -> str:
    return f"collect its download from {lms} again"
