"""Tables of TOML as typed objects: what is wrong in them is said with the file and the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from grader.errors import GraderError

T = TypeVar("T", bound=Struct)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
"""Of an assignment, of a question, of a component of the final mark."""


def refuse_unknown(file: Path, table: dict[str, Any], kind: type[Struct], above: str = "") -> None:
    """Do nothing if `kind` knows all keys of the table, and of the tables in it.

    Args:
        above: what stands before the keys, such as "late.".

    Raises:
        GraderError: names the first one that it doesn't know, and the nearest that it does.
    """
    known = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key not in known:
            close = get_close_matches(key, known, n=1)
            raise GraderError(
                f"there is no key {key!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
                at=f"{file}, key {above}{key}",
                fix=f"one of {', '.join(known)}",
            )
        inside = known[key]
        if isinstance(value, dict) and isinstance(inside, type) and issubclass(inside, Struct):
            refuse_unknown(file, value, inside, f"{above}{key}.")


def refuse_absent(
    file: Path, table: dict[str, Any], kind: type[Struct], examples: Mapping[str, str], at: str = ""
) -> None:
    """Do nothing if all keys are there that have to be.

    Args:
        examples: of these keys.
        at: where, if not in the file as a whole.
    """
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in table:
            raise GraderError(
                f"there is no key {field.name!r}",
                at=f"{file}, {at}" if at else str(file),
                fix=f"add {examples[field.name]}",
            )


def converted(
    file: Path, table: dict[str, Any], kind: type[T], allowed: Mapping[str, str], above: str = ""
) -> T:
    """The table as an object.

    Raises:
        GraderError: a value is not what may stand at its key.
    """
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        # "$.late.rate" is the key late.rate; "$.points[...]" is points
        key = re.sub(r"\[.*", "", path.strip("`").removeprefix("$").removeprefix("."))
        raise refused(file, f"{above}{key}", problem, allowed) from error


def refused(file: Path, key: str, problem: str, allowed: Mapping[str, str]) -> GraderError:
    """What is said of a key.

    Args:
        allowed: what may stand at a key, in words; a table's own words serve for what is in it.
    """
    fix = allowed.get(key) or allowed.get(key.partition(".")[0], "")
    return GraderError(problem, at=f"{file}, key {key}" if key else str(file), fix=fix)
