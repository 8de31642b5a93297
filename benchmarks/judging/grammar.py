"""Texts drawn from a grammar: `<name>` stands for any one of the rule's alternatives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

Rules = Mapping[str, Sequence[str]]

_NAME = re.compile(r"<(\w+)>")


def drawn(start: str, rules: Rules, rng: Random) -> str:
    """`start` with each `<name>` replaced, again and again, until there is none."""
    while found := _NAME.search(start):
        chosen = rng.choice(rules[found[1]])
        start = start[: found.start()] + chosen + start[found.end() :]
    return start


def chosen_once(start: str, rules: Rules, rng: Random) -> str:
    """As `drawn`; what stands for the same name is the same everywhere."""
    while found := _NAME.search(start):
        start = start.replace(found[0], rng.choice(rules[found[1]]))
    return start
