"""A digest of what an author's function does: of its text, and of all of the author's that it uses.

Another text of it, of a function that it calls, or another value that it refers to is another
digest. Of libraries only the names count.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import linecache
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType

import numpy as np

import grader

_LIBRARIES = (Path(sysconfig.get_path("stdlib")), Path(grader.__file__).parent)
_READY_MADE = "grader.questions.properties"


def source_digest(function: object) -> str:
    """Of a function, or of anything that can be called."""
    digest = hashlib.sha256()
    for part in _parts(function, set()):
        digest.update(part.encode(errors="replace") + b"\0")
    return digest.hexdigest()[:16]


def _parts(thing: object, seen: set[int]) -> Iterator[str]:
    if isinstance(thing, (bool, int, float, complex, str, bytes, type(None), np.generic)):
        yield repr(thing)
        return
    yield type(thing).__name__
    if isinstance(thing, ModuleType):
        yield thing.__name__
        return
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, FunctionType):
        yield from _function(thing, seen)
    elif isinstance(thing, MethodType):
        yield from _parts(thing.__func__, seen)
        yield from _parts(thing.__self__, seen)
    elif isinstance(wrapped := getattr(thing, "__wrapped__", None), FunctionType):
        yield from _parts(wrapped, seen)  # it remembers, say
    elif isinstance(thing, partial):
        yield from _parts((thing.func, thing.args, thing.keywords), seen)
    elif isinstance(thing, np.ndarray):
        yield f"{thing.dtype} {thing.shape} {hashlib.sha256(thing.tobytes()).hexdigest()}"
    elif isinstance(thing, (list, tuple)):
        for item in thing:
            yield from _parts(item, seen)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from _parts((key, value), seen)
    elif isinstance(thing, (set, frozenset)):
        yield repr(sorted(map(repr, thing)))
    elif isinstance(thing, type):
        yield thing.__qualname__
        if not _is_library(thing.__module__, ""):
            for name, value in sorted(vars(thing).items()):
                if isinstance(value, (FunctionType, staticmethod, classmethod, property)):
                    yield name
                    yield from _parts(_inner(value), seen)
    elif is_dataclass(thing):
        yield from _parts(type(thing), seen)
        for field in fields(thing):
            yield from _parts(getattr(thing, field.name), seen)
    elif isinstance(getattr(thing, "__name__", None), str):  # NumPy's, or built in
        yield f"{getattr(thing, '__module__', '')}.{getattr(thing, '__name__', '')}"
    elif not _is_library(type(thing).__module__, ""):
        yield from _parts(type(thing), seen)
        yield from _parts(getattr(thing, "__dict__", {}), seen)
        yield _shown(thing)
    else:
        yield _shown(thing)


def _shown(thing: object) -> str:
    """How a value without parts shows itself, such as a Decimal or a range; "" if it does not."""
    if type(thing).__repr__ is object.__repr__:
        return ""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(thing))


def _inner(value: object) -> object:
    """The function of a method as a class keeps it."""
    return getattr(value, "__func__", None) or getattr(value, "fget", None) or value


def _function(function: FunctionType, seen: set[int]) -> Iterator[str]:
    if _is_library(function.__module__, function.__code__.co_filename):
        yield f"{function.__module__}.{function.__qualname__}"
        return
    yield _text(function.__code__, function.__name__)
    names = _names(function.__code__)
    for name in sorted(names & function.__globals__.keys()):
        value = function.__globals__[name]
        yield name
        yield from _parts(value, seen)
        if isinstance(value, ModuleType):
            yield from _used_of(value, names, seen)
    for cell in function.__closure__ or ():
        yield from _parts(_content(cell), seen)
    yield from _parts((function.__defaults__, function.__kwdefaults__), seen)


def _used_of(module: ModuleType, names: set[str], seen: set[int]) -> Iterator[str]:
    """What a function with these names uses of a module, and of the modules in it."""
    if _is_library(module.__name__, _file_of(module)):
        return
    for used in sorted(names & vars(module).keys()):
        value = vars(module)[used]
        yield used
        if isinstance(value, ModuleType) and id(value) not in seen:
            yield from _parts(value, seen)
            yield from _used_of(value, names, seen)
        else:
            yield from _parts(value, seen)


def _content(cell: object) -> object:
    try:
        return cell.cell_contents  # type: ignore[attr-defined]
    except ValueError:  # it is empty as yet
        return None


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or ""


def _is_library(module: str | None, file: str) -> bool:
    """Whether it is none of the author's."""
    if module == _READY_MADE:
        return False
    if (module or "").partition(".")[0] in ("builtins", "grader", "numpy"):
        return True
    parts = Path(file).parts
    installed = "site-packages" in parts or "dist-packages" in parts
    return installed or any(Path(file).is_relative_to(folder) for folder in _LIBRARIES)


def _names(code: CodeType) -> set[str]:
    """All names that a function refers to, also in the functions within it."""
    inside = (_names(const) for const in code.co_consts if isinstance(const, CodeType))
    return set(code.co_names).union(*inside)


def _text(code: CodeType, name: str) -> str:
    """The lines of a function in its file; what it was compiled to where there is no file."""
    linecache.checkcache(code.co_filename)
    source = "".join(linecache.getlines(code.co_filename))
    if not source:
        return _compiled(code)
    found = [
        ast.get_source_segment(source, node) or ""
        for node in _functions(source)
        if _first_line(node) == code.co_firstlineno
        and getattr(node, "name", "<lambda>") == name.rpartition(".")[2]
    ]
    return "\n".join(found) or _compiled(code)


@functools.lru_cache(maxsize=8)
def _functions(source: str) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, ...]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return tuple(node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _compiled(code: CodeType) -> str:
    consts = [_compiled(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {consts}"
