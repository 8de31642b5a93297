"""What was found, as a table of at most 80 columns or as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.judging.measure import Found


def as_json(found: Sequence[Found]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]


def table(found: Sequence[Found]) -> str:
    rows = [
        (
            each.function,
            each.right,
            each.rejected.ours,
            each.in_doubt,
            each.rejected.naive,
            each.wrong,
            each.accepted.ours,
            each.accepted.naive,
        )
        for each in found
    ]
    columns = list(zip(*rows, strict=True))
    rows.append(("all", *(sum(column) for column in columns[1:])))  # type: ignore[arg-type]
    lines = [
        "                             right solutions            wrong solutions",
        "                               rejected by               accepted by",
        "function                  number  ours (doubt) naive    number  ours naive",
        *(
            f"{name:24}  {right:6} {ours:5} {doubt:7} {naive:5}    {wrong:6} {accepted:5} {late:5}"
            for name, right, ours, doubt, naive, wrong, accepted, late in rows
        ),
        "",
        "naive: np.allclose on the public case. doubt: accepted, and shown to a person.",
        f"{sum(each.mutants for each in found)} changes were made to the references; of them "
        f"{sum(each.the_same for each in found)} change nothing",
        f"and {sum(each.nothing for each in found)} give no result.",
    ]
    for each in found:
        for example in each.rejected.examples:
            lines += ["", f"REJECTED THOUGH RIGHT: {example}"]
        for example in each.accepted.examples:
            lines += ["", f"ACCEPTED THOUGH WRONG: {example}"]
    return "\n".join(lines)
