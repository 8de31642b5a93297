"""All that is wrong with a file, at once: nobody mends three hundred lines one run at a time."""

from __future__ import annotations

from collections.abc import Sequence

from grader.errors import GraderError

MOST_NAMED = 10


def refuse(errors: Sequence[GraderError]) -> None:
    """Do nothing if there are none.

    Raises:
        GraderError: the one that there is, or one that names them.
    """
    if not errors:
        return
    if len(errors) == 1:
        raise errors[0]
    named = [f"  - {each.at}: {each.problem}; {each.fix}" for each in errors[:MOST_NAMED]]
    if len(errors) > MOST_NAMED:
        named.append(f"  - and {len(errors) - MOST_NAMED} more")
    listed = "\n".join(named)
    raise GraderError(
        f"{len(errors)} things in these files can't be right\n{listed}",
        fix="mend them; nothing was written",
    )
