"""Verdicts that every kind of check needs: for what has not come back at all."""

from __future__ import annotations

from decimal import Decimal

from grader.judge.mistakes import hint_for
from grader.records.evidence import Evidence, Outcome
from grader.records.verdicts import Verdict

RIGHT = Decimal(1)
WRONG = Decimal(0)

_NOT_ASKED = Outcome("", "not-run", error="it was not asked")


def outcome_of(evidence: Evidence, probe: str) -> Outcome:
    """The outcome of a probe; one that says so where there is none."""
    return evidence.outcomes.get(probe, _NOT_ASKED)


def without_value(
    question: str, check: str, weight: Decimal, outcome: Outcome, case: str = ""
) -> Verdict:
    """The verdict on an outcome that is not `returned`."""
    where = f" in the case {case!r}" if case else ""
    slug: str | None
    flags: tuple[str, ...] = ()
    doubt = ""
    hint = ""
    if outcome.status == "missing":
        slug, reason = "missing", f"{check} is not defined in the notebook."
    elif outcome.status == "not-callable":
        slug, reason = "missing", f"{check} is a {outcome.error}, not a function."
    elif outcome.status == "raised":
        at = f" ({outcome.where})" if outcome.where else ""
        slug, reason = "raised", f"{check} raised {outcome.error}{at}{where}."
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
