"""Texts drawn from a grammar: `<name>` stands for any one of the rule's alternatives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

Rules = Mapping[str, Sequence[str]]

_NAME = re.compile(r"<(\w+)>")


def chosen_once(start: str, rules: Rules, rng: Random) -> str:
    """`start` with each `<name>` replaced, again and again, until there is none; what stands for
    the same name is the same everywhere.
    """
    while found := _NAME.search(start):
        start = start.replace(found[0], rng.choice(rules[found[1]]))
    return start
