"""Verdicts that every kind of check needs: for what has not come back at all."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from grader.judge.mistakes import hint_for
from grader.records.evidence import CellRun, Evidence, Outcome
from grader.records.values import with_article
from grader.records.verdicts import Verdict

RIGHT = Decimal(1)
WRONG = Decimal(0)

_NOT_ASKED = Outcome("", "not-run", error="it was not asked")


def outcome_of(evidence: Evidence, probe: str) -> Outcome:
    """The outcome of a probe; one that says so where there is none."""
    return evidence.outcomes.get(probe, _NOT_ASKED)


def without_value(
    question: str,
    check: str,
    weight: Decimal,
    outcome: Outcome,
    cells: Sequence[CellRun],
    case: str = "",
) -> Verdict:
    """The verdict on an outcome that is not `returned`.

    Args:
        cells: of the run, for where it comes from.
    """
    why = _what_stopped(outcome.stopped, cells)
    where = f" in the case {case!r}" if case else ""
    slug: str | None
    flags: tuple[str, ...] = ()
    doubt = ""
    hint = ""
    if outcome.status == "missing":
        slug, reason = "missing", f"{check} is not defined in the notebook{why or '.'}"
        hint = "Mend that cell first, and run the notebook from top to bottom." if why else ""
    elif outcome.status == "not-callable":
        slug, reason = "missing", f"{check} is {with_article(outcome.error)}, not a function."
    elif outcome.status == "raised":
        at = f" ({outcome.where})" if outcome.where else ""
        slug, reason = "raised", f"{check} raised {outcome.error}{at}{where}{why or '.'}"
        if outcome.error.startswith("NotImplementedError"):
            reason = f"{check} is not written yet."
            hint = "Replace the line `raise NotImplementedError()` by your own."
    elif outcome.status == "timeout":
        slug, reason = "timeout", f"{check} gave no answer within the time limit{where}."
        flags = (f"timeout:{check}",)
    elif outcome.status == "died":
        slug, reason = "ended-the-process", f"{check}: {outcome.error}{where}."
        flags = (f"exited:{check}",)
    elif outcome.status == "memory":
        slug, reason = "out-of-memory", f"{check} ran out of memory{where}."
        flags = (f"memory:{check}",)
    elif outcome.status == "too-large":
        slug, reason = "too-large", f"{check} returned a far too large result: {outcome.error}."
    elif outcome.status == "not-asked":
        slug, reason = "not-asked", f"{check} could not be asked: {outcome.error}."
    else:
        slug, reason = None, f"{check} could not be looked at: {outcome.error}."
        doubt = reason
    return Verdict(
        question=question,
        check=check,
        credit=WRONG,
        reason=reason,
        mistake=slug,
        hint=hint_for(slug, hint),
        weight=weight,
        flags=flags,
        doubt=doubt,
    )


def _what_stopped(numbers: tuple[int, ...], cells: Sequence[CellRun]) -> str:
    """`: cell 5, which would define it, stopped with NameError: name 'x' is not defined. ...`"""
    runs = [cells[number - 1] for number in numbers]
    if not runs:
        return ""
    first, *others = runs
    said = f": cell {first.number}, which would define it, {what_became_of(first)}."
    for other in others:
        said += f" What it lacks would come from cell {other.number}, which "
        said += f"{what_became_of(other)}."
    return said


def what_became_of(cell: CellRun) -> str:
    """Of a cell that stopped: `stopped with NameError: name 'x' is not defined`."""
    words = {
        "timeout": "ran longer than the limit",
        "died": "ended the Python process",
        "memory": "needed more memory than there is",
        "not-run": "was not run any more",
        "skipped": "was left out",
    }
    said = " ".join(cell.error.split()).rstrip(".")
    return words.get(cell.status) or f"stopped with {said or 'an error'}"


def remarks_on(outcomes: list[Outcome], check: str) -> tuple[str, ...]:
    """What is true of how a function did it, without effect on the credit."""
    remarks = []
    changed = sorted({place + 1 for outcome in outcomes for place in outcome.mutated})
    if changed:
        places = " and ".join(str(place) for place in changed)
        remarks.append(f"it changes its argument {places} in place")
    if any(f"shadowed:{check}" in outcome.remarks for outcome in outcomes):
        remarks.append(f"the name {check} is given to something else later in the notebook")
    return tuple(remarks)
