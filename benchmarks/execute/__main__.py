"""`python -m benchmarks.execute`: what one submission costs, beside others. See the package."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.execute import cells
from benchmarks.execute.contenders import (
    OWN,
    PEERS,
    ContenderError,
    Running,
    running,
    version_of,
)
from benchmarks.execute.table import Cost, Costs, table

SLOW_ROUNDS = 5
"""A slow contender takes part in one round of so many."""


def measured(notebooks: int, *, peers: bool) -> tuple[Costs, ...]:
    """Let everybody run so many submissions of each kind, in turns.

    Raises:
        ContenderError: one of them could not.
    """
    contenders = (*OWN, *PEERS) if peers else OWN
    with tempfile.TemporaryDirectory(prefix="grader-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        all_running = [stack.enter_context(running(one, folder)) for one in contenders]
        costs: dict[tuple[str, bool], list[Cost]] = {}
        for number in range(notebooks + 1):  # the first is for caches, and counts for nobody
            for plot in (False, True):
                submission = _written(folder, number, plot=plot)
                for one in all_running:
                    if one.contender.is_slow and number > 1 and (number - 1) % SLOW_ROUNDS:
                        continue
                    turn = one.run(submission)
                    cost = Cost(turn.cpu_seconds, turn.wall_seconds)
                    if number:
                        costs.setdefault((one.contender.name, plot), []).append(cost)
            _show_progress(number, notebooks)
        for plot in (False, True):
            for one in all_running:
                one.weigh(_written(folder, notebooks + 1, plot=plot))
        return tuple(_summed_up(one, costs) for one in all_running)


def _written(folder: Path, number: int, *, plot: bool) -> str:
    name = f"{'plot' if plot else 'plain'}-{number:04}"
    sources = cells.cells(number, plot=plot)
    (folder / f"{name}.ipynb").write_text(cells.notebook(sources))
    (folder / f"{name}.py").write_text(cells.script(sources))
    return name


def _summed_up(one: Running, costs: dict[tuple[str, bool], list[Cost]]) -> Costs:
    return Costs(
        one.contender.name,
        one.contender.title,
        version_of(one.contender),
        plain=tuple(costs[one.contender.name, False]),
        plot=tuple(costs[one.contender.name, True]),
        account=one.account.method,
        peak_bytes=one.peak_bytes(),
        driver_peak_bytes=one.peak_bytes_of_driver(),
        peak_bytes_below=one.peak_bytes_below(),
    )


def _show_progress(number: int, notebooks: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if number == notebooks else ""
        print(f"\rround {number} of {notebooks}", end=end, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.execute", description=__doc__)
    parser.add_argument(
        "--notebooks", type=int, default=100, metavar="N",
        help=f"submissions of each kind; slow peers run one in {SLOW_ROUNDS} (default: 100)",
    )  # fmt: skip
    parser.add_argument(
        "--peers", action=argparse.BooleanOptionalAction, default=True,
        help="with nbclient, nbgrader and otter, which are installed into benchmarks/.venvs",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="every number, as JSON")
    parser.add_argument("--profile", action="store_true", help="where our own time goes, instead")
    args = parser.parse_args(arguments)
    if args.notebooks < 1:
        parser.error("--notebooks: at least 1")
    try:
        if args.profile:
            from benchmarks.execute.profile import profiled

            print(profiled(args.notebooks))
            return 0
        costs = measured(args.notebooks, peers=args.peers)
    except ContenderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps([one.as_json() for one in costs], indent=2) if args.json else table(costs))
    return 0


if __name__ == "__main__":
    sys.exit(main())
