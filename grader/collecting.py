"""`collect`: from an LMS's download to `submissions/HW/`, where grading finds it.

`take_in` is the way that hand-ins go, wherever they are from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from grader.collect.folder import MANIFEST
from grader.collect.lms import Kind, deliveries, kind_of
from grader.collect.lms.canvas import number_in
from grader.collect.lms.delivery import Delivery
from grader.collect.lms.download import File, NotNowError, Refused, opened
from grader.collect.lms.filing import Filed, Filing
from grader.collect.lms.groups import Groups, read_groups
from grader.collect.lms.moodle import read_worksheet
from grader.collect.lms.owners import Roster
from grader.collect.lms.times import read_labels, read_times
from grader.course import Assignment, load_assignment
from grader.errors import GraderError
from grader.execute import UnreadableNotebookError, code_cells, parse_notebook
from grader.execute.definitions import names_defined
from grader.opened import OpenCourse
from grader.prepared import planned_for, questions_of


@dataclass(frozen=True)
class Unmatched:
    """A hand-in that is nobody's: it is kept, and why it is nobody's."""

    label: str
    reason: str


@dataclass(frozen=True)
class Collected:
    """What has become of a download.

    Attributes:
        kind: what it was taken for.
        folder: `submissions/HW`.
        undated: students whose hand-in has no time: without one nothing is graded as on time.
        undated_because: why, in words.
        how_to_date: what to do about that, in words.
        refused: what was not taken, and why.
        failed: hand-ins that could not be had this time, and why.
        absent: students on the roster of whom there is no hand-in, in the download or before.
        notes: for the person at the terminal.
    """

    kind: Kind
    folder: Path
    filed: tuple[Filed, ...]
    unmatched: tuple[Unmatched, ...]
    undated: tuple[str, ...]
    undated_because: str
    how_to_date: str
    refused: tuple[Refused, ...]
    failed: tuple[Refused, ...]
    absent: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def count(self, what: str) -> int:
        return sum(each.what == what for each in self.filed)


Advance = Callable[[int, int, str, int], None]


def collect(
    course: OpenCourse,
    assignment_id: str,
    download: Path,
    *,
    kind: Kind | None = None,
    times: Path | None = None,
    worksheet: Path | None = None,
    labels: Path | None = None,
    groups: Path | None = None,
    is_dry: bool = False,
    advance: Advance = lambda done, total, who, failed: None,
) -> Collected:
    """Take a download in. What is there stays; twice the same changes nothing.

    Args:
        kind: what it is; None recognises it.
        times: a CSV of times; without it, those of a download from Canvas are asked of Canvas.
        worksheet: Moodle's grading worksheet, which says who a participant is.
        labels: a CSV that says whose a hand-in is that nobody could be found for.
        groups: a CSV that says who hands in together.
        is_dry: say what would be done, and do nothing.
        advance: told after each hand-in: how many are done, of how many, which it was, and how many
            are nobody's so far.

    Raises:
        GraderError: the download, or a file beside it, can't be read. Nothing is written then.
    """
    assignment = load_assignment(course.course, assignment_id)
    roster = Roster.of(course.roster)
    when = read_times(times, roster) if times is not None else {}
    whose = read_labels(labels, roster) if labels is not None else {}
    together = read_groups(groups, roster) if groups is not None else Groups()
    participants = read_worksheet(worksheet) if worksheet is not None else {}
    with opened(download) as there:
        found = kind or kind_of(there.files, assignment.id)
        hand_ins = deliveries(
            found,
            there.files,
            assignment=assignment.id,
            expected_name=assignment.notebook.name,
            students=course.roster,
            worksheet=participants,
        )
        if not hand_ins:
            raise GraderError(
                f"there is no hand-in for {assignment.id} in it",
                at=str(download),
                fix=f"it was taken for: {found}; --from says what it is",
            )
        again = f"grader collect {assignment.id} {download}"
        notes: tuple[str, ...] = ()
        how_to_date = f"{HOW_TO_DATE}\nThen: {again} --times FILE"
        if found == "canvas" and times is None:
            from grader.canvas import dated_by_canvas

            hand_ins, notes, how_to_date = dated_by_canvas(
                course.course, assignment, hand_ins, again=again
            )
        return take_in(
            course,
            assignment,
            found,
            hand_ins,
            roster=roster,
            when=when,
            whose=whose,
            together=together,
            refused=there.refused,
            how_to_date=how_to_date,
            notes=notes,
            is_dry=is_dry,
            advance=advance,
        )


HOW_TO_DATE = "Write a CSV with the columns student and submitted_at (2026-02-03T16:40:00+08:00)."
NO_GROUPS = Groups()
MANIFEST_EVERY = 20
"""Hand-ins: what is far away and was had is not to be lost when the rest can't be had."""


def take_in(
    course: OpenCourse,
    assignment: Assignment,
    kind: Kind,
    hand_ins: Sequence[Delivery],
    *,
    roster: Roster,
    when: Mapping[str, datetime] = MappingProxyType({}),
    whose: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    together: Groups = NO_GROUPS,
    refused: Sequence[Refused] = (),
    how_to_date: str = HOW_TO_DATE,
    notes: tuple[str, ...] = (),
    is_dry: bool = False,
    advance: Advance = lambda done, total, who, failed: None,
) -> Collected:
    """Put hand-ins where grading finds them; `collect` says the rest.

    Args:
        when: times of students, which count more than those of the hand-ins.
        whose: students, by the labels of hand-ins.
        together: who hands in together.
        refused: what was not taken before.
    """
    folder = course.submissions / assignment.id
    filing = Filing(folder, kind, notebook_chooser(course, assignment), is_dry, number_in)
    filed: list[Filed] = []
    unmatched: list[Unmatched] = []
    failed: list[Refused] = []
    not_taken = list(refused)
    try:
        for number, delivery in enumerate(map(_read_once, hand_ins), start=1):
            owners, why = _owners(delivery, roster, whose, together)
            of_one = next((when[each] for each in owners if each in when), None)
            try:
                for student in owners:  # of a group a table tells the time of one
                    time = when.get(student) or of_one or delivery.submitted_at
                    filed.append(filing.put(student, delivery, time))
                if owners:
                    filing.release([delivery.label])
                if why:
                    unmatched.append(Unmatched(delivery.label, why))
                    if not owners:
                        not_taken += _of(delivery.label, filing.keep_unmatched(delivery))
            except NotNowError as error:
                failed.append(Refused(delivery.label, str(error)))
            if delivery.is_far and number % MANIFEST_EVERY == 0:
                filing.write_manifest()
            advance(number, len(hand_ins), delivery.label, len(unmatched) + len(failed))
    finally:
        filing.write_manifest()
    for each in filed:
        not_taken += _of(each.label, each.refused)
    return Collected(
        kind=kind,
        folder=folder,
        filed=tuple(filed),
        unmatched=tuple(unmatched),
        undated=tuple(each.student for each in filed if each.submitted_at is None),
        undated_because=next((each.undated for each in hand_ins if each.undated), ""),
        how_to_date=how_to_date,
        refused=tuple(not_taken),
        failed=tuple(failed),
        absent=_absent(course, folder, {each.student for each in filed}),
        notes=notes,
    )


def give_times(
    course: OpenCourse,
    assignment: Assignment,
    times: Mapping[str, datetime],
    *,
    is_dry: bool = False,
) -> Collected:
    """Give times to hand-ins of Canvas that were taken in without; nothing else changes.

    Args:
        times: by Canvas's number of a file.

    Raises:
        GraderError: nothing has been taken in yet.
    """
    folder = course.submissions / assignment.id
    if not (folder / MANIFEST).is_file():
        raise GraderError(
            f"there are no hand-ins for {assignment.id} to give times to",
            at=str(folder),
            fix=f"collect the zip first: grader collect {assignment.id} DOWNLOAD",
        )
    filing = Filing(folder, "canvas", lambda contents: "", is_dry, number_in)
    filed, undated = filing.date(times)
    filing.write_manifest()
    return Collected(
        kind="canvas",
        folder=folder,
        filed=tuple(filed),
        unmatched=(),
        undated=tuple(student for student, _ in undated),
        undated_because="Canvas knows no hand-in with such a file",
        how_to_date=HOW_TO_DATE,
        refused=(),
        failed=(),
        absent=(),
    )


def _read_once(delivery: Delivery) -> Delivery:
    """The same, for several owners: files from far away, once here, stay as long as this does."""
    if not delivery.is_far:
        return delivery
    files = tuple(File(each.name, each.size, cache(each.read)) for each in delivery.files)
    return replace(delivery, files=files)


def _absent(course: OpenCourse, folder: Path, handed_in: set[str]) -> tuple[str, ...]:
    return tuple(
        student
        for student in course.roster
        if student not in course.withdrawn
        and student not in handed_in
        and not (folder / student).is_dir()
    )


def _owners(
    delivery: Delivery,
    roster: Roster,
    whose: Mapping[str, tuple[str, ...]],
    together: Groups,
) -> tuple[tuple[str, ...], str]:
    """Whose it is, and why some of it is nobody's; "" if all of it is somebody's."""
    if delivery.label in whose:
        return whose[delivery.label], ""
    found: list[str] = []
    lost = [] if delivery.owners else [delivery.undated or "it does not say whose it is"]
    for owner in delivery.owners:
        student = roster.student_of(owner)
        who = together.called(owner) if student is None else together.with_the_others(student)
        found += who
        if not who:
            lost.append(roster.why_not(owner))
    return tuple(dict.fromkeys(found)), "; ".join(lost)


def notebook_chooser(
    course: OpenCourse, assignment: Assignment
) -> Callable[[Mapping[str, bytes]], str]:
    """Which file of a hand-in is graded: the notebook with the expected name, else the one that
    defines most of what is asked."""

    @cache
    def asked() -> frozenset[str]:
        planned = planned_for(assignment, questions_of(course.course, assignment), "to know names")
        return frozenset(probe.target for probe in planned.probes)

    def defines(content: bytes) -> int:
        try:
            cells = code_cells(parse_notebook(content, assignment.notebook.name))
        except UnreadableNotebookError:
            return -1
        return len(asked() & frozenset().union(*map(names_defined, cells)))

    def chosen(contents: Mapping[str, bytes]) -> str:
        notebooks = sorted(
            (name for name in contents if name.lower().endswith(".ipynb")),
            key=lambda name: (name.count("/"), name),
        )
        for name in notebooks:
            if PurePosixPath(name).name.casefold() == assignment.notebook.name.casefold():
                return name
        if len(notebooks) < 2:
            return "".join(notebooks)
        return max(notebooks, key=lambda name: defines(contents[name]))

    return chosen


def _of(label: str, refused: tuple[Refused, ...]) -> list[Refused]:
    return [replace(each, name=f"{label}: {each.name}") for each in refused]
