"""`python -m benchmarks.evidence`: what grading again costs. See the package."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.evidence.course import HOMEWORK, BenchmarkCourse, write_course
from benchmarks.evidence.measure import CommandFailedError, Took, bare_scripts, best_sandbox, grader
from benchmarks.evidence.table import AGAIN, FIRST, LOOKED, REJUDGED, Costs, table

FRESH = 100
"""So many students are graded afresh, to compare their scores with."""


def measured(students: int, *, crowd: int = 0, sample: int = 20, seed: int = 1) -> Costs:
    """Grade, grade again, and judge again with a stricter tolerance.

    Args:
        crowd: also so many students, who share the notebooks of the others.
        sample: how many bare scripts are run.

    Raises:
        CommandFailedError: something could not be run.
    """
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        sandbox = best_sandbox()
        folder.chmod(0o755)
        course = write_course(folder / "course", students, seed=seed)
        # half of the scripts before and half after: the machine may not be the same all the time
        sample = min(sample, students)
        scripts = bare_scripts(course, folder / "before", sample=-(-sample // 2))
        took = _took(course, sandbox)
        scripts += bare_scripts(course, folder / "after", sample=-(-sample // 2))

        fresh = write_course(folder / "fresh", min(FRESH, students), seed=seed)
        fresh.make_stricter()
        grader(fresh, "grade", HOMEWORK, sandbox=sandbox)
        expected, found = fresh.scores(), course.scores()

        crowd_took = None
        if crowd:
            sharing = write_course(folder / "crowd", crowd, seed=seed, different=students)
            crowd_took = _took(sharing, sandbox)
        return Costs(
            students,
            tuple(scripts),
            took,
            compared=len(expected),
            differing=tuple(each for each in expected if expected[each] != found[each]),
            crowd=crowd,
            crowd_took=crowd_took,
        )


def _took(course: BenchmarkCourse, sandbox: str) -> dict[str, Took]:
    def grade(command: str, *options: str) -> Took:
        return grader(course, command, HOMEWORK, *options, sandbox=sandbox)

    took = {FIRST: grade("grade"), AGAIN: grade("grade")}
    course.make_stricter()
    took |= {LOOKED: grade("rejudge", "--dry-run"), REJUDGED: grade("rejudge")}
    return took


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__)
    parser.add_argument("--students", type=int, default=100, metavar="N", help="default: 100")
    parser.add_argument(
        "--crowd", type=int, default=0, metavar="N",
        help="also so many students who share those notebooks, for the memory",
    )  # fmt: skip
    parser.add_argument(
        "--scripts", type=int, default=20, metavar="N", help="bare scripts to run (default: 20)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the students (default: 1)")
    parser.add_argument("--json", action="store_true", help="every number, as JSON")
    args = parser.parse_args(arguments)
    if args.students < 1 or args.scripts < 1:
        parser.error("--students, --scripts: at least 1")
    try:
        costs = measured(args.students, crowd=args.crowd, sample=args.scripts, seed=args.seed)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(costs.as_json(), indent=2) if args.json else table(costs))
    return 0 if costs.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
