"""`python -m benchmarks.scale.simulate COURSE RECORDS`: so many records; prints what it took."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from grader.evidence import Line
from grader.execute import Local
from grader.export import export_csv
from grader.grading import score_of
from grader.opened import open_course
from grader.prepared import Prepared, prepare
from grader.records.evidence import Outcome
from grader.records.scores import Score
from grader.records.submissions import Student, Submission
from grader.records.values import Array
from grader.report import read_scores_json
from grader.report.tables import write_scores_json
from grader.results import policy_record
from grader.store.receipts import Receipt, receipt_bytes
from grader.store.runs import StoredRun, read_run, run_bytes, run_of

HOMEWORK = "hw1"
OWN_ANSWERS = 20
"""One in so many answers as nobody else."""


def main(root: Path, records: int) -> None:
    prepared = prepare(open_course(root), HOMEWORK)
    folder = prepared.records / "runs"
    patterns = [read_run(folder, file.name) for file in sorted(folder.glob("??/*"))]
    bodies = [run_bytes(each) for each in patterns if each is not None]
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        document, table = Path(name, "scores.json"), Path(name, "export.csv")
        began = time.process_time()
        write_scores_json(
            document,
            HOMEWORK,
            policy_record(prepared.assignment),
            _scores(prepared, bodies, records),
            datetime.now(prepared.assignment.due.tzinfo),
        )
        scored, peak_scoring = time.process_time(), _peak_bytes()
        _, scores = read_scores_json(document)
        export_csv(scores, {each.student: _student(each.student) for each in scores}, table)
        exported, peak_exporting = time.process_time(), _peak_bytes()
        rows = sum(1 for _ in table.open(encoding="utf-8")) - 1
        result = {
            "records": records,
            "rows": rows,
            "scoring_seconds": scored - began,
            "exporting_seconds": exported - scored,
            "peak_scoring_bytes": peak_scoring,
            "peak_exporting_bytes": peak_exporting,
            "document_bytes": document.stat().st_size,
            "run_bytes": sum(map(len, bodies)) // len(bodies),
        }
    print(json.dumps(result))


def _scores(prepared: Prepared, bodies: list[bytes], records: int) -> Iterator[Score]:
    """One after the other, as `grade` makes them."""
    line = Line(prepared, Local(), earlier=lambda student: None)
    due = prepared.assignment.due
    for number in range(records):
        random = Random(number)
        name = f"m{number:06}"
        handed_in = due + timedelta(seconds=round(3600 * (random.expovariate(1 / 20) - 48)))
        submission = Submission(name, 1, f"{name}/hw1.ipynb", handed_in, f"{number:064x}")
        body = bodies[number % len(bodies)]
        if number % OWN_ANSWERS == 0:
            body = run_bytes(_own(run_of(body), number))
        receipt = Receipt(
            student=_student(name),
            assignment=HOMEWORK,
            known=True,
            attempts=(line.attempt(submission, run_of(body)),),
            questions=prepared.points,
            due=due,
            policy=prepared.assignment.late,
            decisions=(),
            slip_days=0,
            plan=prepared.plan_key,
            judge="benchmark",
            fingerprint=prepared.planned.answer_key.fingerprint,
        )
        receipt_bytes(receipt)
        yield score_of(receipt)


def _student(name: str) -> Student:
    return Student(name, f"Student {name[1:]}")


def _own(stored: StoredRun, number: int) -> StoredRun:
    """The same run with other last digits in every answer."""

    def own(outcome: Outcome) -> Outcome:
        value = outcome.value
        if not isinstance(value, Array) or value.data.dtype.kind != "f":
            return outcome
        return replace(outcome, value=Array(value.data * (1 + number * 1e-16), value.origin))

    outcomes = [own(each) for each in stored.outcomes.values()]
    return StoredRun.of(stored.run, outcomes, stored.measurement)


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
