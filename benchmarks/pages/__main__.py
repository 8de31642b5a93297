"""`python -m benchmarks.pages`: what pages cost. See the package."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.evidence.course import HOMEWORK, write_course
from benchmarks.evidence.measure import CommandFailedError, best_sandbox
from benchmarks.pages.measure import grader, nbconvert
from benchmarks.pages.table import Costs, table
from grader.page_makers import how_many


def measured(students: int, *, rounds: int = 3, seed: int = 1) -> Costs:
    """Grade a class once; then its pages again, and nbconvert's of the same notebooks, in turns.

    Raises:
        CommandFailedError: something could not be run.
    """
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        sandbox = best_sandbox()
        course = write_course(folder / "course", students, seed=seed)
        grader(course.root, "grade", HOMEWORK, "--sandbox", sandbox)
        notebooks = sorted((course.root / "reports" / HOMEWORK / "executed").glob("*.ipynb"))
        if len(notebooks) != students:
            raise CommandFailedError(f"{len(notebooks)} of {students} notebooks were executed")
        html = folder / "html"
        ours, theirs = [], []
        for _ in range(rounds):
            shutil.rmtree(html, ignore_errors=True)
            html.mkdir()
            theirs.append(nbconvert(notebooks, html, processes=how_many()))
            ours.append(grader(course.root, "report", HOMEWORK, "--fresh"))
        again = grader(course.root, "report", HOMEWORK)
        return Costs(
            students,
            how_many(),
            tuple(ours),
            tuple(theirs),
            again,
            _mean_size(course.pages),
            _mean_size(html),
        )


def _mean_size(folder: Path) -> int:
    sizes = [page.stat().st_size for page in folder.glob("*.html")]
    return sum(sizes) // len(sizes)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--students", type=int, default=200, metavar="N", help="default: 200")
    parser.add_argument("--rounds", type=int, default=3, help="default: 3")
    parser.add_argument("--seed", type=int, default=1, help="of the students (default: 1)")
    parser.add_argument("--json", action="store_true", help="every number, as JSON")
    args = parser.parse_args(arguments)
    if args.students < 1 or args.rounds < 1:
        parser.error("--students, --rounds: at least 1")
    try:
        costs = measured(args.students, rounds=args.rounds, seed=args.seed)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(costs), indent=2) if args.json else table(costs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
