"""`python -m benchmarks.scale`: 100,000 records through judge, score, export. See the package."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.evidence.course import HOMEWORK, write_course
from benchmarks.evidence.measure import CommandFailedError, best_sandbox, run_module
from benchmarks.scale.table import Scale, Took, table


def measured(few: int, many: int, *, students: int, seed: int = 1) -> Scale:
    """Let both numbers of records go their way, the smaller first.

    Args:
        students: how many are really graded, whose evidence is the pattern.

    Raises:
        CommandFailedError: something could not be run.
    """
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        course = write_course(folder / "course", students, seed=seed)
        grade = ["grader", "grade", HOMEWORK, "--sandbox", best_sandbox()]
        run_module(grade, course.root)
        here = Path(__file__).parents[2]
        return Scale(
            *(
                Took(
                    **json.loads(
                        run_module(
                            ["benchmarks.scale.simulate", str(course.root), str(records)], here
                        )
                    )
                )
                for records in (few, many)
            )
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--few", type=int, default=10_000, metavar="N", help="default: 10,000")
    parser.add_argument("--many", type=int, default=100_000, metavar="N", help="default: 100,000")
    parser.add_argument(
        "--students", type=int, default=40, metavar="N", help="really graded (default: 40)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the students (default: 1)")
    parser.add_argument("--json", action="store_true", help="every number, as JSON")
    args = parser.parse_args(arguments)
    if not 0 < args.few < args.many or args.students < 1:
        parser.error("--few: at least 1, and fewer than --many; --students: at least 1")
    try:
        scale = measured(args.few, args.many, students=args.students, seed=args.seed)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(scale), indent=2) if args.json else table(scale))
    return 0 if scale.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
