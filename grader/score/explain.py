"""The one line that says how a score came to be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from grader.score.decisions import Decided, Decision, points_of
from grader.score.policy import LatePolicy, late_factor, rounded

# Not strftime: it speaks the language of the machine's locale.
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def plain(number: Decimal) -> str:
    """Without trailing zeros or an exponent: 10, 0.5."""
    return f"{number.normalize():f}"


def arithmetic(
    policy: LatePolicy,
    earned: Decimal,
    maximum: Decimal,
    left: Decimal,
    *,
    due: datetime,
    handed_in: datetime,
    days: int,
    slipped: int,
    extension: Decision | None,
) -> str:
    """`9.00 of 10, 2 days late (due Tue 17:00, handed in Wed 18:12): x 0.70 = 6.30`.

    Whoever follows it with a calculator comes to the score.

    Args:
        earned: before the penalty, `left`: after it; neither is rounded.
        due: the student's own deadline, after the extension.
        days: late days, of which `slipped` cost nothing.
    """
    lateness = f"{_days(days)} late" if days else "on time"
    extended = f" after an extension{_because(extension.reason)}" if extension else ""
    rest = f"of {plain(maximum)}, {lateness} ({_times(due, handed_in, extended=extended)})"
    if slipped:
        rest += f", {slipped} slip {'day' if slipped == 1 else 'days'} spent"
    if not days:
        return f"{_amount(earned, policy)} {rest} = {_amount(left, policy)}"
    charged = days - slipped
    if policy.cutoff_days is not None and charged > policy.cutoff_days:
        rest += ", after the cut-off"
    first, step = steps(policy, earned, maximum, left, charged=charged)
    return f"{first} {rest}: {step} = {_amount(left, policy)}"


def steps(
    policy: LatePolicy, earned: Decimal, maximum: Decimal, left: Decimal, *, charged: int
) -> tuple[str, str]:
    """What a calculator begins with and what it does then: `9.00`, `x 0.70`; or `- 3.00`.

    Args:
        charged: late days that cost something.
    """
    factor = late_factor(policy, charged)
    if policy.base == "maximum" and factor != 0:
        penalty = _penalty(policy, earned, left, maximum * (1 - factor))
        return _amount(earned, policy), f"- {penalty}"
    first, second = _factors(policy, earned, factor, left)
    return first, f"x {second}"


def _penalty(policy: LatePolicy, earned: Decimal, left: Decimal, penalty: Decimal) -> str:
    """What leads from the one rounded number to the other, unless it is more than there was."""
    if penalty > earned:
        return _amount(penalty, policy)
    places = policy.places
    return f"{rounded(earned, places=places) - rounded(left, places=places):f}"


def _factors(
    policy: LatePolicy, earned: Decimal, factor: Decimal, left: Decimal
) -> tuple[str, str]:
    """Both in as many places as it takes for their product to be what is left: 3.335 x 0.85."""
    wanted = rounded(left, places=policy.places)
    for more in range(8):
        first = rounded(earned, places=policy.places + more)
        second = rounded(factor, places=4 + more)
        if rounded(first * second, places=policy.places) == wanted:
            break
    return f"{first:f}", _factor(second)


def remarks(
    decided: Decided,
    *,
    known: bool,
    by_hand: Sequence[str],
    policy: LatePolicy,
    trouble: str,
    failure: str,
    doubts: Sequence[str],
    attempt: int | None,
    pending: Sequence[str],
    raised: Decimal | None = None,
) -> list[str]:
    """What else is to be said, in the order in which it is.

    Args:
        by_hand: the questions that a person decided about, whatever was found in the code.
        raised: the score that counts, where a re-grade would have lowered it.
    """
    said = [] if known else ["not on the roster"]
    if trouble:
        said.append(f"the hand-in can't be read: {_line(trouble)}")
    if failure:
        said.append(f"not graded, by a failure of the grader: {_line(failure)}")
    if attempt is not None:
        said.append(f"attempt {attempt} counts")
    said += [
        f"{question} set to {plain(points_of(decision))} by hand{_because(decision.reason)}"
        for question, decision in decided.questions.items()
        if question in by_hand
    ]
    if doubts:
        said.append(f"a person should look at it: {', '.join(map(_line, doubts))}")
    if decided.whole and decided.whole.kind == "misconduct":
        said.append(f"0 for misconduct{_because(decided.whole.reason)}")
    elif decided.whole:
        score = _amount(points_of(decided.whole), policy)
        said.append(f"the score is set to {score} by hand{_because(decided.whole.reason)}")
    elif decided.stands:
        score = _amount(points_of(decided.stands), policy)
        said.append(f"the score stands at {score}{_because(decided.stands.reason)}")
    if raised is not None and decided.at_least:
        score = _amount(raised, policy)
        said.append(f"the score stays {score}{_because(decided.at_least.reason)}")
    if decided.excuse:
        said.append(f"excused{_because(decided.excuse.reason)}")
    if pending:
        said.append(f"{_and(pending)} {'is' if len(pending) == 1 else 'are'} not marked yet")
    return said


def marked(decision: Decision, points: Decimal, *, instead: bool = False) -> str:
    """For the student: the points that a person gave to an answer, and why.

    Args:
        instead: whether they stand in place of what was found without a person.
    """
    given = f"A person gave it {plain(points_of(decision))} of {plain(points)}"
    counts = " That counts, whatever was found below." if instead else ""
    return f"{given}{_because(decision.reason)}.{counts}"


def without_time(
    policy: LatePolicy, earned: Decimal, maximum: Decimal, *, decided: bool = False
) -> str:
    """Not why: where a time is to be entered is for the TA, and this is for the student too.

    Args:
        decided: whether a person settled the score, so that lateness decides nothing.
    """
    line = f"{_amount(earned, policy)} of {plain(maximum)}, but no hand-in time is known"
    return line if decided else f"{line}, so lateness can't be decided"


def without_attempt(policy: LatePolicy, earned: Decimal, maximum: Decimal) -> str:
    return f"nothing was handed in: {_amount(earned, policy)} of {plain(maximum)}"


def _times(due: datetime, handed_in: datetime, *, extended: str) -> str:
    here = handed_in.astimezone(due.tzinfo)
    far = abs(here.date() - due.date()) > timedelta(days=6)  # "Tue" would be ambiguous
    handed = _when(here, dated=far)
    if here.date() == due.date() and _clock(here) == _clock(due) and here.second:
        handed += f":{here.second:02d}"
    return f"due {_when(due, dated=far)}{extended}, handed in {handed}"


def _when(time: datetime, *, dated: bool) -> str:
    date = f" {time.day} {MONTHS[time.month - 1]} {time.year}" if dated else ""
    return f"{WEEKDAYS[time.weekday()]}{date} {_clock(time)}"


def _clock(time: datetime) -> str:
    return f"{time.hour:02d}:{time.minute:02d}"


def _amount(amount: Decimal, policy: LatePolicy) -> str:
    return f"{rounded(amount, places=policy.places):f}"


def _factor(factor: Decimal) -> str:
    """At least two places: 0.70, 0.7225."""
    whole, _, digits = plain(factor).partition(".")
    return f"{whole}.{digits:0<2}"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _because(reason: str) -> str:
    return f" ({_line(reason)})" if reason.strip() else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
