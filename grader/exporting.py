"""From the scores on disk to a file for another system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.course import load_assignment
from grader.errors import GraderError
from grader.opened import OpenCourse


@dataclass(frozen=True)
class Exported:
    file: Path
    notes: tuple[str, ...]


def export(
    opened: OpenCourse, assignment_id: str, target: str, *, output: Path | None, provisional: bool
) -> Exported:
    """Write the scores that `grade` left for another system.

    Raises:
        GraderError: there are none, or some are not final and `provisional` is not given.
    """
    from grader.export import export_canvas, export_csv, refuse_provisional
    from grader.report import places_of, read_scores_json
    from grader.report.files import write_whole
    from grader.store.alarms import read_alarms
    from grader.store.standings import write_standings

    assignment = load_assignment(opened.course, assignment_id)
    source = opened.results / assignment.id / "scores.json"
    if not source.is_file():
        raise GraderError(
            f"{assignment.id} has no scores yet",
            at=str(source),
            fix=f"run `grader grade {assignment.id}` first",
        )
    head, scores = read_scores_json(source)
    places = places_of(head["policy"])
    if not provisional:
        refuse_provisional(scores)
    records = opened.evidence / assignment.id
    alarms = tuple(f"alarm: {each}" for each in read_alarms(records / "alarms"))
    kept = records / "exported"  # `grade` says what changes since
    standings = [score.standing for score in scores]
    file = output or source.with_name(f"export-{target}.csv")
    if target == "csv":
        export_csv(scores, opened.roster, file, places=places)
        write_standings(kept, standings)
        return Exported(file, alarms)
    if not assignment.canvas:
        raise GraderError(
            f"{assignment.id} does not say which column of Canvas it is",
            at=str(assignment.folder / "assignment.toml"),
            fix="export the gradebook from Canvas (Grades, Export), copy the header of this "
            'assignment\'s column, and add it above the table [points]: canvas = "HW 1 (501)"',
        )
    exported = export_canvas(scores, opened.roster, assignment.canvas, places=places)
    write_whole(file, exported.text)
    write_standings(kept, standings)
    left_out = (f"{each.student} is left out: {each.reason}" for each in exported.left_out)
    return Exported(file, (*alarms, *left_out))
