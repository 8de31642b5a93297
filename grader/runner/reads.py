"""What a function's code reads besides its arguments, and which of them it never looks at.

Seen in its compiled code, without running it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dis import get_instructions
from functools import lru_cache
from typing import Any

MOST = 5
"""Names of each kind that are worth saying."""

_IPYTHON = frozenset({"In", "Out", "exit", "quit", "get_ipython"})
_TOOLS = (types.ModuleType, type)


def reads(function: Any, namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """Remarks: `global:x_train` for a variable of the notebook that it reads, itself or through
    functions of the notebook that it calls, and `unused:x` for a parameter that it never looks at.
    """
    if type(function) is not types.FunctionType:
        return ()
    try:
        return _remarks(function, namespace)
    except Exception:  # a name of the notebook may be anything: nothing of value is lost
        return ()


def _remarks(function: types.FunctionType, namespace: Mapping[str, Any]) -> tuple[str, ...]:
    seen: dict[types.CodeType, None] = {}
    waiting = [function]
    variables: dict[str, None] = {}
    while waiting:
        code = waiting.pop().__code__
        if code in seen:
            continue
        seen[code] = None
        for name in _global_names(code):
            thing = namespace.get(name)
            if type(thing) is types.FunctionType:
                waiting += [thing] if thing.__globals__ is function.__globals__ else []
            elif name in namespace and _is_variable(name, thing):
                variables[name] = None
    unused = _unused(function.__code__)
    return (
        *(f"global:{name}" for name in list(variables)[:MOST]),
        *(f"unused:{name}" for name in unused[:MOST]),
    )


def _is_variable(name: str, thing: Any) -> bool:
    """Whether it is one of the notebook's, and no constant such as `EPS = 1e-8`."""
    is_tool = issubclass(type(thing), _TOOLS) or callable(thing)
    is_constant = len(name) > 1 and name.isupper() and isinstance(thing, (int, float, str))
    return not (name.startswith("_") or name in _IPYTHON or is_tool or is_constant)


@lru_cache(maxsize=256)
def _global_names(code: types.CodeType) -> tuple[str, ...]:
    """The global names that some code loads, in functions within it too."""
    found: dict[str, None] = {}
    for each in _codes(code):
        if each.co_names:  # attributes are among these
            found |= {i.argval: None for i in get_instructions(each) if i.opname == "LOAD_GLOBAL"}
    return tuple(found)


@lru_cache(maxsize=256)
def _unused(code: types.CodeType) -> tuple[str, ...]:
    """Parameters that are never loaded."""
    count = code.co_argcount + code.co_kwonlyargcount
    inner = {name for each in _codes(code) if each is not code for name in each.co_freevars}
    loaded = set()
    for instruction in get_instructions(code):
        if instruction.opname.startswith("LOAD_"):
            value = instruction.argval  # a pair, where two are loaded at once
            loaded |= set(value) if isinstance(value, tuple) else {value}
        elif instruction.opname == "STORE_FAST_LOAD_FAST":
            loaded.add(instruction.argval[1])
    return tuple(n for n in code.co_varnames[:count] if n not in loaded and n not in inner)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)
