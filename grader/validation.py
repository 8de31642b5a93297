"""The author's test run: whether an assignment grades right, before students get it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from grader.audit.announced import not_announced, not_mentioned, sections
from grader.audit.calibration import calibrate
from grader.audit.flakiness import moving
from grader.audit.planted import planted
from grader.audit.public_cases import passed_by_public_cases
from grader.audit.toothless import given_away, toothless, untried
from grader.audit.variants import variants
from grader.course import Assignment, Course, load_assignment
from grader.course.secret import course_secret
from grader.errors import GraderError
from grader.execute import (
    Asked,
    Conditions,
    Sandbox,
    default_jobs,
    execute_all,
    parse_notebook,
    probe_keys,
)
from grader.opened import conditions_of
from grader.prepared import planned_for, questions_of
from grader.questions import Plan, Question
from grader.records.evidence import Evidence
from grader.records.verdicts import Verdict
from grader.release.bundle import bundle, read_instructors, refuse_leaks, secrets_of
from grader.release.strip import stripped
from grader.score.explain import plain
from grader.score.score import earned_of
from grader.second_opinion import judge

SHARE_OF_LIMIT = Decimal("0.5")
"""A cell of the instructor's own that takes more of what is allowed leaves students no room."""

INSTRUCTORS, STUDENTS = "the instructor's notebook", "the students' version"

Advance = Callable[[int, int, str, int], None]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: was looked at.
        found: in a few words.
        problems: why students should not get the assignment like this, each a sentence.
        remarks: what an author may want to know.
    """

    what: str
    found: str
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Validated:
    """An assignment, and everything that was looked at."""

    assignment: str
    title: str
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        return tuple(problem for finding in self.findings for problem in finding.problems)


def validate(
    course: Course,
    assignment_id: str,
    *,
    sandbox: Sandbox,
    jobs: int | None = None,
    advance: Advance = lambda done, total, who, failed: None,
) -> Validated:
    """Try an assignment: its notebook, its students' version, its known mistakes, its cases.

    Args:
        sandbox: what is around the notebooks' code.
        advance: told after each run: how many are done, of how many, which it was.

    Raises:
        GraderError: the assignment is wrong in a way that leaves nothing to try.
    """
    assignment = load_assignment(course, assignment_id)
    questions = questions_of(course, assignment)
    secret = course_secret(course.root)
    planned = planned_for(assignment, questions, secret)
    notebook = read_instructors(assignment)
    name = assignment.notebook.name
    clean = parse_notebook(json.dumps(stripped(notebook, name)).encode(), name)
    conditions = conditions_of(assignment)
    at_a_time = jobs or default_jobs(conditions.limits.memory_bytes)
    runs = _runs(notebook, clean, planned, conditions, sandbox, at_a_time, advance)
    verdicts = {
        name: judge(evidence, planned.answer_key, planned.properties)
        for name, evidence in runs.items()
    }
    moved = {name: found for name, found in verdicts.items() if name != STUDENTS}
    return Validated(
        assignment.id,
        assignment.title,
        (
            _points(questions, assignment),
            _instructors(verdicts[INSTRUCTORS], assignment.points),
            _students(verdicts[STUDENTS]),
            _mistakes(questions, planned),
            _slowest(runs[INSTRUCTORS], assignment),
            _tolerances(questions, planned, secret),
            _moving(moved),
            _toothless(planned),
            _announced(planned, clean),
            _public(course, assignment, questions, planned, notebook, secret),
        ),
    )


def _runs(
    notebook: Any,
    clean: Any,
    planned: Plan,
    conditions: Conditions,
    sandbox: Sandbox,
    jobs: int,
    advance: Advance,
) -> dict[str, Evidence]:
    """The evidence of each run, by what was special about it."""
    asked = Asked(notebook, planned.probes)
    works = {
        INSTRUCTORS: (asked, conditions),
        STUDENTS: (replace(asked, notebook=clean), conditions),
        "once more": (asked, conditions),
        "another seed": (replace(asked, seed=conditions.seed + 1), conditions),
        "two threads": (asked, replace(conditions, threads=2)),  # which a worker has for life
    }
    found: dict[str, Evidence] = {}
    for under in dict.fromkeys(each for _, each in works.values()):
        alike = [name for name, (_, each) in works.items() if each == under]
        for done in execute_all(
            alike,
            lambda name: works[name][0],
            under,
            jobs=jobs,
            sandbox=sandbox,
        ):
            if done.evidence is None:
                raise GraderError(f"{done.work} could not be run: {done.failure}")
            found[done.work] = done.evidence
            advance(len(found), len(works), done.work, 0)
    return {name: found[name] for name in works}


def _points(questions: Sequence[Question], assignment: Assignment) -> Finding:
    checks = sum(len(question.checks) for question in questions)
    total = sum(assignment.points.values(), Decimal(0))
    return Finding(
        "points",
        f"{len(questions)} questions, {checks} checks, {plain(total)} points",
        () if total else ("all questions together are worth 0 points",),
    )


def _instructors(verdicts: Sequence[Verdict], points: Mapping[str, Decimal]) -> Finding:
    by_hand = {verdict.question for verdict in verdicts if verdict.credit is None}
    problems = tuple(
        f"{INSTRUCTORS} does not get {verdict.check} ({verdict.question}) right, or the reference "
        f"is wrong: {verdict.reason}"
        for verdict in verdicts
        if verdict.credit not in (None, 1)
    )
    doubts = tuple(f"in doubt about {INSTRUCTORS}: {v.doubt}" for v in verdicts if v.doubt)
    earned = sum(
        (
            earned_of(worth, [v for v in verdicts if v.question == id])
            for id, worth in points.items()
        ),
        Decimal(0),
    )
    hand = f"; a person judges in {', '.join(sorted(by_hand))}" if by_hand else ""
    found = f"{plain(earned)} of {plain(sum(points.values(), Decimal(0)))} points{hand}"
    return Finding(INSTRUCTORS, found, problems + doubts)


def _students(verdicts: Sequence[Verdict]) -> Finding:
    problems = tuple(f"{each.check} ({each.question}) earns something in {STUDENTS}, "
                     "which nobody has filled in" for each in given_away(verdicts))  # fmt: skip
    return Finding(STUDENTS, "earns something" if problems else "0 points", problems)


def _mistakes(questions: Sequence[Question], planned: Plan) -> Finding:
    tried = planted(questions, planned.answer_key)
    problems = tuple(each.problem for each in tried if each.problem)
    none = [f"{check} ({question})" for question, check in untried(planned.answer_key)]
    remarks = (f"no known mistake was tried on {', '.join(none)}",) if none else ()
    fine = len(tried) - len(problems)
    found = f"{fine} of {len(tried)} lose what they should, by name"
    return Finding("known mistakes", found, problems, remarks)


def _slowest(evidence: Evidence, assignment: Assignment) -> Finding:
    measured = evidence.measurement
    limit = assignment.limits.cell_seconds
    found = f"cell {measured.slowest_cell}, {measured.slowest_seconds:.1f} s of {limit:g} s"
    slow = Decimal(measured.slowest_seconds) > SHARE_OF_LIMIT * Decimal(limit)
    said = (
        f"cell {measured.slowest_cell} takes {measured.slowest_seconds:.1f} s of the {limit:g} s "
        "that a cell may take: a student's slower computer, or way, will be too slow",
    )
    return Finding("the slowest cell", found, said if slow else ())


def _tolerances(questions: Sequence[Question], planned: Plan, secret: str) -> Finding:
    right = variants(questions, planned.answer_key, secret.encode())
    tried = calibrate(planned.answer_key, right)
    problems = tuple(problem for each in tried for problem in each.problems)
    found = f"{len(tried)} tried with {len(right)} ways to calculate"
    return Finding("tolerances", found, problems)


def _moving(verdicts: Mapping[str, Sequence[Verdict]]) -> Finding:
    problems = tuple(each.words for each in moving(verdicts))
    found = f"the same in {len(verdicts)} runs, other seeds and threads"
    return Finding("verdicts", "they move" if problems else found, problems)


def _toothless(planned: Plan) -> Finding:
    problems = tuple(each.words for each in toothless(planned.answer_key))
    found = f"{len(problems)} wrong answers pass" if problems else "no zeros, no mistake passes"
    return Finding("toothless checks", found, problems)


def _announced(planned: Plan, clean: Any) -> Finding:
    questions = [question.id for question in planned.answer_key.questions]
    unnamed = tuple(
        f"the notebook never says the name {name}, which is asked for"
        for name in not_mentioned(planned.probes, clean["cells"])
    )
    unsaid = tuple(not_announced(planned.answer_key, sections(clean["cells"], questions)))
    found = "every name, and what costs points, is in it"
    problems = unnamed + unsaid
    return Finding("the text", "something is not in it" if problems else found, problems)


def _public(
    course: Course,
    assignment: Assignment,
    questions: Sequence[Question],
    planned: Plan,
    notebook: Any,
    secret: str,
) -> Finding:
    problems = passed_by_public_cases(planned.answer_key, probe_keys(planned.probes))
    try:
        files = bundle(course, assignment, questions, notebook)
        refuse_leaks(files, secrets_of(course, assignment, notebook, secret))
    except GraderError as error:
        problems.append(error.problem)
    found = "they give away what is hidden" if problems else "nothing hidden is in the bundle"
    return Finding("public cases", found, tuple(problems))
