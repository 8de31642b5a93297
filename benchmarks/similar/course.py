"""A course of hw1 on disk: these solutions as hand-ins, with the evidence that `grade` leaves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.similar.corpus import ROOT, Solution, notebook
from benchmarks.similar.evidence import evidence_of, keys, planned, verdicts_on
from grader.collect import collect_folder
from grader.records.evidence import Measurement, Run
from grader.records.submissions import Student
from grader.score import Attempt, LatePolicy
from grader.store.plans import plan_bytes, write_plan
from grader.store.receipts import Judged, Receipt, write_receipt
from grader.store.runs import StoredRun, write_run

DUE = datetime(2022, 8, 30, 17, tzinfo=ZoneInfo("Asia/Singapore"))
SETTINGS = 'name = "CS5242"\ntimezone = "Asia/Singapore"\nassignments = ["hw1"]\n'


def write_course(course: Path, solutions: Mapping[str, Solution]) -> None:
    """Write it to a folder; `solutions` by the id of the student."""
    for part in ("assignments/hw1", "reference"):
        shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
    (course / "course.toml").write_text(SETTINGS, "utf-8")
    roster = ["student,name\n", *(f"{each},Student {each}\n" for each in solutions)]
    (course / "roster.csv").write_text("".join(roster), "utf-8")
    for student, made in solutions.items():
        folder = course / "submissions" / "hw1" / student
        folder.mkdir(parents=True)
        file = notebook(made, rng=Random(f"file of {student}"))
        (folder / "hw1.ipynb").write_text(json.dumps(file, indent=1), "utf-8")
    write_evidence(course, solutions)


def write_evidence(course: Path, solutions: Mapping[str, Solution]) -> None:
    """What `grade` leaves of the hand-ins of these students."""
    records = course / "evidence" / "hw1"
    body = plan_bytes(planned().probes, planned().answer_key, keys())
    plan = write_plan(records / "plans", body)
    handed_in = collect_folder(course / "submissions" / "hw1", "hw1.ipynb")
    for number, submission in enumerate(handed_in):
        if submission.student not in solutions:
            continue
        evidence = evidence_of(solutions[submission.student])
        outcomes = [replace(each, probe=keys()[name]) for name, each in evidence.outcomes.items()]
        run = f"{number:064x}"
        write_run(records / "runs", StoredRun.of(Run(run, ()), outcomes, Measurement()))
        receipt = Receipt(
            student=Student(submission.student, ""),
            assignment="hw1",
            known=True,
            attempts=(Judged(Attempt(submission, verdicts_on(evidence)), run, "full"),),
            questions=(),
            due=DUE,
            policy=LatePolicy(),
            decisions=(),
            slip_days=0,
            plan=plan,
            judge="",
            fingerprint="",
        )
        write_receipt(records / "receipts", receipt)
