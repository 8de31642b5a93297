"""Codes in words for people. Pure.

A flag is `kind` or `kind:detail`; an unknown one is shown as it is, never dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from grader.records.scores import Status

STATUSES: dict[Status, str] = {
    "unknown_student": "not on the roster",
    "excused": "excused",
    "missing": "nothing handed in",
    "unreadable": "unreadable",
    "needs_review": "needs a person",
    "zero_late": "too late",
    "late": "late",
    "graded": "on time",
}

MISTAKES = {
    "missing-1-over-m": "the factor 1/m is missing",
    "factor-2": "a factor 2 too much or too little",
    "sign-flipped": "the sign is flipped",
    "transposed": "transposed",
    "wrong-order": "the outputs are swapped",
    "broadcasting": "shapes broadcast against each other",
    "forgot-bias": "the bias is forgotten",
    "sequential-update": "updated one after the other, not from the same point",
    "wrong-iteration-count": "one iteration too many or too few",
    "mutates-input": "changes its input",
    "uses-globals": "uses variables from outside",
    "hard-coded": "hard-coded",
    "always-zero": "0 whatever the inputs",
    "none-returned": "nothing is returned",
    "wrong-dtype": "the wrong kind of number",
    "low-precision": "too little precision",
    "subgradient-outside-set": "not a subgradient",
    "wrong-loss": "another loss",
    "wrong-shape": "the wrong shape",
    "missing": "not there",
    "raised": "it raised an error",
}

FLAGS = {
    "no-time": "The hand-in time is not known, so lateness cannot be decided yet.",
    "several-notebooks": "Several notebooks were handed in; the one named here was graded.",
    "shared-file": "The list of hand-ins has this very file for another student too.",
    "sha256-differs": "The file is not the one that the list of hand-ins describes.",
    "internal-error": "Something went wrong on our side, not yours. A person will look at it.",
    "override": "A person set the score.",
    "misconduct": "Zero for misconduct.",
    "stands": "A person brought an earlier score back.",
    "at-least": "A later grading would have given less: the score before it stays.",
    "sandbox:off": "The notebook was run without the sandbox.",
    "timeout:notebook": "The notebook ran longer than the limit; its last cells were not run.",
}

FLAG_KINDS: dict[str, Callable[[str], str]] = {
    "timeout": lambda what: _ended(what, "ran longer than the limit"),
    "memory": lambda what: _ended(what, "needed more memory than there is"),
    "exited": lambda what: _ended(what, "ended the Python process"),
    "salvaged": lambda what: (
        f"{_capital(what)} stopped with an error; the functions in it that could be read count all "
        "the same."
    ),
    "import": lambda what: f"The module {what} is not available here; its import was skipped.",
    "numpy": lambda what: (
        f"np.{what} is gone from today's NumPy; it was given back its old meaning."
    ),
    "pandas": lambda what: (
        f"The pandas method {what} is gone today; it was given back its old meaning."
    ),
    "python2": lambda what: f"Python 2 ({what}) was read as Python 3.",
    "prelude": lambda what: f"The course's own code before the first cell raised {what}.",
    "file": lambda what: (
        f"There is no file {what} here; the lines of the notebook that need it were left out."
    ),
    "path": lambda what: (
        f"There is no file at {what} here; the assignment's file of that name was read."
    ),
    "magic": lambda what: f"The command {what} is not available here and was skipped.",
    "pending": lambda what: (
        f"{what} is marked by a person. It has no mark yet and counts 0 for now."
    ),
    "override": lambda what: f"A person decided about {what}.",
    "renamed": lambda what: f"The file was handed in as “{what}”, and graded all the same.",
}


def flag_in_words(flag: str) -> str:
    """One sentence for a flag.

    >>> flag_in_words("timeout:cell 4")
    'Cell 4 ran longer than the limit and was left out.'
    """
    if flag in FLAGS:
        return FLAGS[flag]
    kind, colon, detail = flag.partition(":")
    return FLAG_KINDS[kind](detail) if colon and kind in FLAG_KINDS else flag


def _ended(what: str, how: str) -> str:
    if what.startswith("cell "):
        return f"{_capital(what)} {how} and was left out."
    return f"A call of {what} {how}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def mistake_in_words(slug: str) -> str:
    """`missing-1-over-m` as a phrase; an author's own slug with spaces for its hyphens."""
    return MISTAKES.get(slug, slug.replace("-", " "))


def credit_in_words(credit: Decimal | None) -> str:
    """What a verdict says, without a number if there needs to be none."""
    if credit is None:
        return "not marked yet"
    if credit >= 1:
        return "right"
    return "not right" if credit <= 0 else f"partly right, {credit:.0%}"


def off_in_words(off: float | None, error: float | None) -> str:
    """How far a value is from the expected one.

    >>> off_in_words(1.5, 4.2e8), off_in_words(None, float("inf")), off_in_words(2.0, 1.2345)
    ('1.5; 4.2e+08 times what is tolerated', 'not to be measured', '2; 1.2 times what is tolerated')
    """
    if error is None:
        return ""
    if off is None or not math.isfinite(error):
        return "not to be measured"
    return f"{off:.3g}; {error:.2g} times what is tolerated"


def rounding_in_words(places: int) -> str:
    """How points are rounded.

    >>> rounding_in_words(2), rounding_in_words(1)
    ('half up to 2 decimal places', 'half up to 1 decimal place')
    """
    if not places:
        return "half up to whole points"
    return f"half up to {places} decimal {'place' if places == 1 else 'places'}"


def policy_in_words(policy: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The late policy that a scores.json keeps: what, and what it says of it.

    >>> dict(policy_in_words({"rate": "0.15", "cutoff_days": 7}))["A late day takes"]
    '15 % of what was earned; more than 7 days leave nothing'
    """
    taken = f"{_percent(policy.get('rate', '0'))} % of "
    taken += "the maximum" if policy.get("base") == "maximum" else "what was earned"
    if policy.get("mode") == "compounding":
        taken += ", each day of what was left"
    if policy.get("cutoff_days") is not None:
        taken += f"; more than {policy['cutoff_days']} days leave nothing"
    best = policy.get("attempts") == "best"
    facts = [("A late day takes", taken)]
    if "grace_seconds" in policy:
        facts.append(("It starts", f"{policy['grace_seconds']} seconds after the deadline"))
    if policy.get("slip_days"):
        facts.append(("Late days that cost nothing", f"{policy['slip_days']} a term"))
    facts.append(("Which attempt counts", "the best, after its penalty" if best else "the latest"))
    return facts


def _percent(rate: object) -> str:
    return f"{(100 * Decimal(str(rate))).normalize():f}"


def time_in_words(time: datetime) -> str:
    """Such as "Wed 31 Aug 2022, 18:12:05 (UTC+08:00)"."""
    offset = time.strftime("%z")
    zone = f" (UTC{offset[:3]}:{offset[3:5]})" if offset else ""
    return f"{time:%a} {time.day} {time:%b %Y, %H:%M:%S}{zone}"
