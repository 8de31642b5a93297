"""How notation that leaves something open is read: where an argument ends, or a denominator.

The default is the documented reading. Every other one is common enough for a doubt, if the text is
right when it is read so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Literal

from grader.judge.expressions.errors import ExpressionError
from grader.judge.expressions.items import MAX_DEPTH, Call, Item, is_function, is_number
from grader.judge.expressions.names import CONSTANTS, INVERSES

OPERATORS = frozenset({"+", "-", "*", "/", "^"})


@dataclass(frozen=True)
class Reading:
    """
    Attributes:
        argument: of a function without parentheses. `factors`: ln 2x^2 is ln(2x^2), and ln x e^x is
            ln(x) e^x. `first`: ln x^2 is ln(x)^2. `product`: ln x(x + 1) is ln(x(x + 1)).
            `term`: sin x/2 is sin(x/2).
        call_power: `outside`: ln(x)^2 is (ln(x))^2. `inside`: it is ln(x^2).
        denominator: `factor`: 1/2x is (1/2)x. `product`: it is 1/(2x).
        exponent: `factor`: e^2x is (e^2)x. `product`: it is e^(2x). `term`: e^-x^2/2 is
            e^(-(x^2)/2). `fraction`: x^1/2 is x^(1/2).
        tower: `right`: x^2^3 is x^8. `left`: it is (x^2)^3.
        logarithm: the base of log, as opposed to ln.
        inverse: `function`: sin^-1 x is arcsin(x). `power`: it is 1/sin(x).
        odd_roots: whether x^(1/3) is there for negative x.
        quotient: `whole`: 1 + x/x + 2 is (1 + x)/(x + 2). That is a mistake, and no reading.
    """

    argument: Literal["factors", "first", "product", "term"] = "factors"
    call_power: Literal["outside", "inside"] = "outside"
    denominator: Literal["factor", "product"] = "factor"
    exponent: Literal["factor", "product", "term", "fraction"] = "factor"
    tower: Literal["right", "left"] = "right"
    logarithm: Literal["e", "10"] = "e"
    inverse: Literal["function", "power"] = "function"
    odd_roots: bool = False
    quotient: Literal["factor", "whole"] = "factor"


DOCUMENTED = Reading()
ONE_WAY = (
    Reading(denominator="product"),
    Reading(exponent="product"),
    Reading(exponent="fraction"),
    Reading(exponent="term"),
    Reading(argument="first"),
    Reading(argument="product"),
    Reading(argument="term"),
    Reading(call_power="inside"),
    Reading(tower="left"),
    Reading(logarithm="10"),
    Reading(inverse="power"),
    Reading(odd_roots=True),
)
"""What differs from the documented reading in one way."""


def two_ways(readings: Sequence[Reading]) -> Iterator[Reading]:
    """Of readings that differ in one way, those that differ as two of them do."""
    for one, another in combinations(readings, 2):
        changes = [
            {
                name: value
                for name, value in asdict(each).items()
                if value != asdict(DOCUMENTED)[name]
            }
            for each in (one, another)
        ]
        if changes[0].keys() != changes[1].keys():
            yield Reading(**changes[0], **changes[1])


def is_operator(item: Item) -> bool:
    return isinstance(item, str) and item in OPERATORS


def decided(items: Sequence[Item], reading: Reading, depth: int = 0) -> list[Item]:
    """Items in which nothing is open any more: functions are calls, and what belongs together is
    a list.

    Raises:
        ExpressionError: a function has no argument, or all is nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise ExpressionError("it is nested too deeply")
    if reading.quotient == "whole" and depth == 0 and items.count("/") == 1:
        cut = items.index("/")
        return [decided(items[:cut], reading, 1), "/", decided(items[cut + 1 :], reading, 1)]
    result: list[Item] = []
    place = 0
    while place < len(items):
        item = items[place]
        if is_function(item):
            item, place = _applied(items, place, reading, depth)
        else:
            item, place = _within(item, reading, depth), place + 1
        result.append(item)
    return _with_denominators(_with_exponents(result, reading), reading)


def _within(item: Item, reading: Reading, depth: int) -> Item:
    if isinstance(item, Call):
        parts = (decided(part, reading, depth + 1) for part in item.arguments)
        return Call(item.name, tuple(parts))
    return decided(item, reading, depth + 1) if isinstance(item, list) else item


# functions


def _applied(items: Sequence[Item], place: int, reading: Reading, depth: int) -> tuple[Item, int]:
    """The function at `place` with its argument, and where that ends."""
    name = str(items[place])
    base: Item | None = None
    power: list[Item] = []
    place += 1
    if name == "log" and _is(items, place, "_"):
        if place + 1 >= len(items):
            raise ExpressionError("the base of log_ is missing")
        base, place = _within(items[place + 1], reading, depth), place + 2
    if _is(items, place, "^"):
        end = _power_end(items, place)
        power, place = decided(items[place + 1 : end], reading, depth + 1), end
    argument, place = _argument(items, place, reading, depth, name)
    if reading.call_power == "inside" and isinstance(items[place - 1], list) and not power:
        end = _power_end(items, place)
        if end > place:
            argument = [argument, *decided(items[place:end], reading, depth + 1)]
            place = end
    if name == "log" and reading.logarithm == "10" and base is None:
        base = "10"
    is_inverse = reading.inverse == "function" and power in (["-", "1"], [["-", "1"]])
    if is_inverse and name in INVERSES:
        return Call(INVERSES[name], _at_commas(argument)), place
    arguments = _at_commas(argument) if base is None else (argument, [base])
    called = Call(name, arguments)
    return ([called, "^", power] if power else called), place


def _argument(
    items: Sequence[Item], place: int, reading: Reading, depth: int, name: str
) -> tuple[list[Item], int]:
    """What a function is applied to, and where that ends."""
    if depth > MAX_DEPTH:
        raise ExpressionError("it is nested too deeply")
    start = place
    while _is(items, place, "-") or _is(items, place, "+"):
        place += 1
    signs = list(items[start:place])
    if place >= len(items):
        raise ExpressionError(f"{name} has no argument")
    item = items[place]
    if item == []:
        raise ExpressionError(f"{name} has no argument")
    is_half_of_more = _is_fraction(item) and reading.argument in ("product", "term")  # cos½x
    if isinstance(item, (list, Call)) and not is_half_of_more:
        inner = _within(item, reading, depth)
        return (inner if isinstance(inner, list) and not signs else [*signs, inner]), place + 1
    if is_function(item) and reading.argument in ("factors", "first"):
        inner, place = _applied(items, place, reading, depth + 1)
        return [*signs, inner], place
    end = _argument_end(items, place, reading)
    if end == place:
        raise ExpressionError(f"{name} has no argument")
    return [*signs, *decided(items[place:end], reading, depth + 1)], end


def _argument_end(items: Sequence[Item], place: int, reading: Reading) -> int:
    if reading.argument == "product":
        return _product_end(items, place)
    if reading.argument == "term":
        return _term_end(items, place)
    start = place
    while place < len(items) and _is_simple(items[place]):
        has_power = _is(items, place + 1, "^")
        if has_power and items[place] in CONSTANTS and place > start:
            break  # ln x e^x is a product of two: a power of a constant begins a new factor
        if reading.argument == "first":
            return place + 1
        place = _power_end(items, place + 1)
    return place


def _is_simple(item: Item) -> bool:
    """A number, the variable, a constant; or what a bar or a root holds together."""
    if isinstance(item, str):
        return (item[0].isalnum() or is_number(item)) and not is_function(item)
    return isinstance(item, Call)


# denominators and exponents


def _with_exponents(items: list[Item], reading: Reading) -> list[Item]:
    result: list[Item] = []
    place = 0
    while place < len(items):
        if items[place] != "^" or not result:
            result.append(items[place])
            place += 1
            continue
        end = _power_end(items, place, one=reading.tower == "left")
        if reading.exponent == "product":
            end = max(end, _product_end(items, place + 1))
        elif reading.exponent == "term":
            end = max(end, _term_end(items, place + 1))
        elif reading.exponent == "fraction" and _is_fraction(items[place + 1 : place + 4]):
            end = place + 4
        elif reading.exponent == "fraction" and _is_fraction(items[place + 2 : place + 5]):
            end = place + 5
        exponent = items[place + 1 : end]
        if reading.tower == "left":
            result[-1:] = [[result[-1], "^", exponent]]
        elif exponent:
            inner = _with_exponents(exponent, reading) if "^" in exponent else exponent
            result += ["^", inner[0] if len(inner) == 1 else inner]
        else:
            result.append("^")
        place = end
    return result


def _with_denominators(items: list[Item], reading: Reading) -> list[Item]:
    if reading.denominator == "factor":
        return items
    result: list[Item] = []
    place = 0
    while place < len(items):
        result.append(items[place])
        place += 1
        if result[-1] == "/":
            end = _product_end(items, place)
            if end > place:
                result.append(items[place:end])
            place = end
    return result


def _product_end(items: Sequence[Item], place: int) -> int:
    """Where a product without signs of multiplication ends, such as 2x^2(x + 1)."""
    place = _after_signs(items, place)
    while place < len(items) and (
        items[place] == "^" or not (is_operator(items[place]) or items[place] == ",")
    ):
        place = _after_signs(items, place + 1) if items[place] == "^" else place + 1
    return place


def _term_end(items: Sequence[Item], place: int) -> int:
    """Where the next + or - is, that is no sign."""
    place = _after_signs(items, place)
    while place < len(items) and items[place] not in ("+", "-", ","):
        place = _after_signs(items, place + 1) if is_operator(items[place]) else place + 1
    return place


def _power_end(items: Sequence[Item], place: int, *, one: bool = False) -> int:
    """Where the powers that begin at `place` end: `^2`, `^-1`, `^(x + 1)`, `^x^2`."""
    while _is(items, place, "^"):
        place = min(_after_signs(items, place + 1) + 1, len(items))
        if one:
            break
    return place


def _after_signs(items: Sequence[Item], place: int) -> int:
    while _is(items, place, "-") or _is(items, place, "+"):
        place += 1
    return place


def _at_commas(items: Sequence[Item]) -> tuple[list[Item], ...]:
    parts: list[list[Item]] = [[]]
    for item in items:
        if item == ",":
            parts.append([])
        else:
            parts[-1].append(item)
    return tuple(parts)


def _is_fraction(items: object) -> bool:
    if not isinstance(items, list):
        return False
    return len(items) == 3 and is_number(items[0]) and items[1] == "/" and is_number(items[2])


def _is(items: Sequence[Item], place: int, sign: str) -> bool:
    return place < len(items) and items[place] == sign
