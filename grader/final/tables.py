"""Final marks as files: final.csv for people, final-import.csv and JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from grader.course.weights import AFTER, BEFORE, NEEDS
from grader.final.classwide import component_summaries
from grader.final.result import IN_WORDS, Result
from grader.final.totals import FinalMarks, StudentTotal
from grader.final.weigh import Need
from grader.report.csv_text import BOM, csv_lines, flags_text, neutralised
from grader.report.files import write_whole

SCHEMA = 1
IMPORT_COLUMNS = ("student", "login", "lms_id", "total", "grade")


def write_final_csv(final: FinalMarks, path: Path) -> None:
    """One row for each student in the course: marks, total, needs. For people: it begins with a
    BOM, and no cell is a formula."""
    goals = [f"{NEEDS}{band.name}" for band in final.policy.goals]
    ids = [each.id for each in final.policy.components]
    so_far, left, average, total, grade, passed, *rest = AFTER
    header = [*BEFORE, *ids, so_far, left, average, total, grade, passed, *goals, *rest]
    rows = (_row(each, len(goals)) for each in final.students)
    write_whole(path, chain([BOM], csv_lines(chain([[neutralised(h) for h in header]], rows))))


def _row(each: StudentTotal, goals: int) -> list[str]:
    total = each.total
    # where everything is excused no band can be spoken of
    needs = [_need_cell(need, is_open=each.is_open) for need in total.needs] or [""] * goals
    return [
        neutralised(each.student.id),
        neutralised(each.student.name),
        neutralised(each.student.section),
        *(_mark_cell(result) for result in each.results),
        _number(total.so_far),
        _number(total.left),
        _number(total.average),
        _number(total.total),
        neutralised(total.grade),
        "" if total.passed is None else "yes" if total.passed else "no",
        *needs,
        flags_text(each.flags),
        neutralised(each.explanation),
    ]


def _mark_cell(result: Result) -> str:
    """The mark, or why there is none: four things that are not the same."""
    return _number(result.mark) if result.state == "marked" else IN_WORDS[result.state]


def _need_cell(need: Need, *, is_open: bool) -> str:
    if need.percent is not None:
        return _number(need.percent)
    return "reached" if need.reach == "reached" else "out of reach" if is_open else "not reached"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def write_import_csv(final: FinalMarks, path: Path) -> None:
    """Totals for another system: of those alone who have one that will not change. Ids are as they
    are on the roster, and there is no BOM."""
    rows = (
        (
            each.student.id,
            each.student.login,
            each.student.lms_id,
            _number(each.total.total),
            each.total.grade,
        )
        for each in final.students
        if each.total.total is not None and not each.doubts
    )
    write_whole(path, csv_lines(chain([IMPORT_COLUMNS], rows)))


def final_document(final: FinalMarks, students: Sequence[StudentTotal]) -> dict[str, Any]:
    """What `--json` prints, of these students; decimals as strings."""
    policy = final.policy
    return {
        "schema": SCHEMA,
        "course": final.title,
        "generated_at": final.generated_at.isoformat(),
        "is_final": final.is_final,
        "policy": {
            "places": policy.places,
            "pass_mark": _text(policy.pass_mark),
            "bands": {band.name: f"{band.least:f}" for band in policy.bands},
        },
        "components": [
            {
                "id": each.component.id,
                "title": each.component.title,
                "weight": f"{each.component.weight:f}",
                "excused_counts": each.component.excused,
                "marked": each.marked,
                "missing": each.missing,
                "excused": each.excused,
                "waiting": each.waiting,
                "mean_percent": None if each.mean is None else f"{each.mean:.2f}",
                "standing": each.standing,
            }
            for each in component_summaries(final)
        ],
        "students": [_student(each) for each in students],
        "withdrawn": [each.student.id for each in final.withdrawn],
        "notes": list(final.notes),
    }


def _student(each: StudentTotal) -> dict[str, Any]:
    total = each.total
    return {
        "student": each.student.id,
        "name": each.student.name,
        "so_far": _text(total.so_far),
        "left": _text(total.left),
        "average": _text(total.average),
        "best": _text(total.best),
        "total": _text(total.total),
        "grade": total.grade,
        "passed": total.passed,
        "flags": list(each.flags),
        "explanation": each.explanation,
        "components": [
            {
                "id": result.component.id,
                "state": result.state,
                "mark": _text(result.mark),
                "maximum": _text(result.maximum),
                "how": result.how,
                "doubt": result.doubt,
            }
            for result in each.results
        ],
        "needs": [
            {
                "band": need.band.name,
                "least": _text(need.band.least),
                "reach": need.reach,
                "percent": _text(need.percent),
                "mark": _text(need.mark),
            }
            for need in total.needs
        ],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
