"""`python -m benchmarks.judging`: who accepts what is wrong, and rejects what is right."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from benchmarks.judging.measure import measured
from benchmarks.judging.table import as_json, table


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging", description=__doc__)
    parser.add_argument(
        "--right", type=int, default=400, help="right solutions of each function (default: 400)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print numbers instead of the table")
    given = parser.parse_args(argv)
    if given.right < 1:
        parser.error("--right must be at least 1")
    found = measured(given.right, seed=given.seed)
    print(json.dumps(as_json(found), indent=1) if given.json else table(found))
    return 1 if any(each.rejected.ours or each.accepted.ours for each in found) else 0


if __name__ == "__main__":
    sys.exit(main())
