"""`python -m benchmarks.cluster.drive COURSE ENGINE PROCESSES`: one turn; prints what it took."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from benchmarks.execute.account import account
from grader.cluster.joining import dask_engine
from grader.execute import Asked, Engine, Local, read_notebook
from grader.opened import open_course
from grader.prepared import prepare
from grader.store.runs import StoredRun, evidence_bytes

HOMEWORK = "hw1"


def main(root: Path, engine: str, processes: int) -> None:
    prepared = prepare(open_course(root), HOMEWORK)
    probes = prepared.planned.probes
    files = [each.file for each in prepared.submissions if each.file is not None]
    chosen: AbstractContextManager[Engine] = (
        nullcontext(Local(processes))
        if engine == "local"
        else dask_engine(None, workers=processes, sandbox="full")
    )
    digests = {}
    began = time.monotonic()
    times = []
    with account(os.getpid()) as everything, chosen as where:
        for done in where.execute_all(
            files, lambda file: Asked(read_notebook(file), probes), prepared.conditions
        ):
            if done.evidence is None:
                raise SystemExit(f"{done.work}: {done.failure}")
            times.append(time.monotonic())
            if len(times) == 1:
                own, all_cpu = time.process_time(), everything.cpu_seconds()
            kept = StoredRun.of(
                done.evidence.run, done.evidence.outcomes.values(), done.evidence.measurement
            )
            digests[str(done.work)] = hashlib.sha256(evidence_bytes(kept)).hexdigest()
        own, all_cpu = time.process_time() - own, everything.cpu_seconds() - all_cpu
    result = {
        "engine": engine,
        "submissions": len(times),
        "start_seconds": times[0] - began,
        "seconds": times[-1] - times[0],
        "own_cpu_seconds": own,
        "cpu_seconds": all_cpu,
        "evidence": hashlib.sha256(json.dumps(sorted(digests.items())).encode()).hexdigest(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
