"""`python -m benchmarks.similar`: who finds copies in disguise, and who wrongs those who worked
alone. See the package."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from benchmarks.similar.contenders import ContenderError
from benchmarks.similar.cost import seconds_of
from benchmarks.similar.measure import clean, planted
from benchmarks.similar.table import as_json, is_right, table


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.similar", description=__doc__)
    parser.add_argument("--students", type=int, default=300, help="in a class (default: 300)")
    parser.add_argument("--classes", type=int, default=3, help="with copies (default: 3)")
    parser.add_argument("--copies", type=int, default=20, help="in each (default: 20)")
    parser.add_argument("--clean", type=int, default=20, help="classes without (default: 20)")
    parser.add_argument(
        "--cost",
        type=int,
        nargs="*",
        default=[300, 2000],
        help="hand-ins of which the command's time is taken (default: 300 2000)",
    )
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="with copydetect, which is installed into benchmarks/.venvs",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print numbers instead of the tables")
    given = parser.parse_args(argv)
    if given.copies * 2 > given.students:
        parser.error("--copies: at most half as many as --students")
    try:
        with_copies = (
            planted(given.classes, given.students, given.copies, seed=given.seed, peers=given.peers)
            if given.classes
            else None
        )
        without = clean(given.clean, given.students, seed=given.seed) if given.clean else None
        cost = {number: seconds_of(number, seed=given.seed) for number in given.cost}
    except ContenderError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    shown = as_json(with_copies, without, cost) if given.json else table(with_copies, without, cost)
    print(json.dumps(shown, indent=1) if given.json else shown)
    return 0 if is_right(with_copies, without) else 1


if __name__ == "__main__":
    sys.exit(main())
