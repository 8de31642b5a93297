"""`python -m benchmarks.cluster`: Dask workers beside the local pool. See the package."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.cluster.table import Turn, Turns, table
from benchmarks.evidence.course import write_course
from benchmarks.evidence.measure import CommandFailedError, run_module

ORDER = ("local", "dask", "dask", "local")


def measured(notebooks: int, *, processes: int, rounds: int, seed: int = 1) -> Turns:
    """Let both execute the same notebooks, in turns.

    Raises:
        CommandFailedError: one of them could not.
    """
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        course = write_course(folder / "course", notebooks, seed=seed)
        turns = [_turn(course.root, engine, processes) for engine in ORDER * rounds]
        return Turns(processes, tuple(turns))


def _turn(course: Path, engine: str, processes: int) -> Turn:
    command = ["benchmarks.cluster.drive", str(course), engine, str(processes)]
    return Turn(**json.loads(run_module(command, Path(__file__).parents[2])))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--notebooks", type=int, default=100, metavar="N", help="default: 100")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="default: 2")
    parser.add_argument(
        "--rounds", type=int, default=1, metavar="N", help="of four turns each (default: 1)"
    )
    parser.add_argument("--json", action="store_true", help="every number, as JSON")
    args = parser.parse_args(arguments)
    if args.notebooks < 2 or args.processes < 1 or args.rounds < 1:
        parser.error("--notebooks: at least 2; --processes, --rounds: at least 1")
    try:
        turns = measured(args.notebooks, processes=args.processes, rounds=args.rounds)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(asdict(turns), indent=2) if args.json else table(turns))
    return 0 if turns.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
