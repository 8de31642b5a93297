"""`grader slip`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.options import opens_course, sandbox_option

if TYPE_CHECKING:
    from grader.opened import OpenCourse
    from grader.slip_days import SlipPlan


@click.command(
    "slip",
    epilog="""\b
Examples:
  grader slip
  grader slip hw2 s03 s07 --days 0 --reason "keeps them for hw3\"""",
)
@click.argument("assignment", required=False)
@click.argument("students", nargs=-1)
@click.option("--days", type=click.IntRange(0, 999), help="How many to spend on ASSIGNMENT.")
@click.option("--reason", default="", help="Kept in the gradebook.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@opens_course
@sandbox_option
def command(
    opened: OpenCourse,
    assignment: str | None,
    students: tuple[str, ...],
    days: int | None,
    reason: str,
    as_json: bool,
    sandbox: str,
) -> int:
    """Print how the term's slip days are spent; or say how many STUDENTS spend on ASSIGNMENT.

    They spend themselves in order of the deadlines, unless it is said here. What an export
    published does not move when something changes elsewhere.
    """
    from grader.cli.decisions import decide_and_show
    from grader.course import DecisionLine
    from grader.errors import GraderError
    from grader.slip_days import slip_plan

    if bool(students) != (days is not None) or (assignment and not students):
        raise click.UsageError("say an assignment, students and --days; or nothing, for the plan")
    if assignment and students:
        if not opened.course.late.slip_days:
            raise GraderError(
                "this course gives no slip days, so none can be spent",
                at=f"{opened.course.root / 'course.toml'}, key late.slip_days",
                fix="set how many there are a term; or `grader extend` gives days to some",
            )
        new = [DecisionLine(each, "", "slip-days", str(days), reason) for each in students]
        return decide_and_show(opened, assignment, new, sandbox, "grader slip")
    plan = slip_plan(opened)
    if as_json:
        _print_json(plan)
    else:
        _print_plan(plan)
    return 0


def _print_plan(plan: SlipPlan) -> None:
    from grader.cli.show import plain_table

    if not plan.bank:
        click.echo("This course gives no slip days: the key late.slip_days of course.toml.")
        return
    click.echo(f"{plan.bank} slip days a term. Spent, of the days late:")
    rows = []
    for student in sorted(plan.claims):
        pairs = list(zip(plan.claims[student], plan.shares[student], strict=True))
        left = max(0, plan.bank - sum(share.spent for _, share in pairs))
        cells = [_cell(claim.days_late, share.spent, _why(claim)) for claim, share in pairs]
        rows.append((student, *cells, str(left)))
    plain_table(("student", *plan.assignments, "left"), rows)
    click.echo("p: published, does not move; s: as was said. Who is not here has spent none.")


def _cell(days_late: int, spent: int, why: str) -> str:
    return f"{spent} of {days_late}{why}" if days_late or why else ""


def _why(claim: object) -> str:
    from grader.score.slip import Claim

    assert isinstance(claim, Claim)
    if claim.published is not None:
        return " p"
    return " s" if claim.said is not None else ""


def _print_json(plan: SlipPlan) -> None:
    import json
    from dataclasses import asdict

    students = {
        student: {
            name: {**asdict(claim), **asdict(share)}
            for name, claim, share in zip(
                plan.assignments, plan.claims[student], plan.shares[student], strict=True
            )
        }
        for student in sorted(plan.claims)
    }
    click.echo(json.dumps({"bank": plan.bank, "students": students}, indent=1))
