"""`collect`: from an LMS's download to `submissions/HW/`, where grading finds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from grader.collect.lms import Kind, deliveries, kind_of
from grader.collect.lms.delivery import Delivery
from grader.collect.lms.download import Refused, opened
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
        refused: what was not taken, and why.
        absent: students on the roster of whom there is no hand-in, in the download or before.
    """

    kind: Kind
    folder: Path
    filed: tuple[Filed, ...]
    unmatched: tuple[Unmatched, ...]
    undated: tuple[str, ...]
    undated_because: str
    refused: tuple[Refused, ...]
    absent: tuple[str, ...]

    def count(self, what: str) -> int:
        return sum(each.what == what for each in self.filed)


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
    advance: Callable[[int, int, str, int], None] = lambda done, total, who, failed: None,
) -> Collected:
    """Take a download in. What is there stays; twice the same changes nothing.

    Args:
        kind: what it is; None recognises it.
        times: a CSV of times.
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
    folder = course.submissions / assignment.id
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
        filing = Filing(folder, found, notebook_chooser(course, assignment), is_dry)
        filed: list[Filed] = []
        unmatched: list[Unmatched] = []
        refused = list(there.refused)
        for number, delivery in enumerate(hand_ins, start=1):
            owners, why = _owners(delivery, roster, whose, together)
            of_one = next((when[each] for each in owners if each in when), None)
            for student in owners:  # of a group Canvas tells the time of one
                time = when.get(student) or of_one or delivery.submitted_at
                filed.append(filing.put(student, delivery, time))
            if owners:
                filing.release([delivery.label])
            if why:
                unmatched.append(Unmatched(delivery.label, why))
                if not owners:
                    refused += _of(delivery.label, filing.keep_unmatched(delivery))
            advance(number, len(hand_ins), delivery.label, len(unmatched))
        filing.write_manifest()
    for each in filed:
        refused += _of(each.label, each.refused)
    undated = tuple(each.student for each in filed if each.submitted_at is None)
    handed_in = {each.student for each in filed}
    return Collected(
        kind=found,
        folder=folder,
        filed=tuple(filed),
        unmatched=tuple(unmatched),
        undated=undated,
        undated_because=next((each.undated for each in hand_ins if each.undated), ""),
        refused=tuple(refused),
        absent=tuple(
            student
            for student in course.roster
            if student not in course.withdrawn
            and student not in handed_in
            and not (folder / student).is_dir()
        ),
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
