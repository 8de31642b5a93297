"""Makes `check.py`: the judge's own modules and the public part of an assignment, in one file.

It holds the sources as they are, so that it cannot disagree with the grader, under a package name
of its own, so that it does not meet a grader that is installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.check.sheet import Sheet, sheet_to_json

ROOT = Path(grader.__file__).parent
ENTRIES = ("grader.check.child", "grader.check.live", "grader.check.main")
STAND_INS = {"grader.runner.wire": "grader.check.plain_wire"}
EMPTY = frozenset({"grader", "grader.check", "grader.records", "grader.runner"})
"""Packages whose own text says nothing that is needed there."""

WIDTH = 96


def check_file(sheet: Sheet) -> str:
    """The text of `check.py`; the same for the same assignment and the same grader."""
    package = f"{re.sub(r'[^A-Za-z0-9]', '_', sheet.assignment)}_self_check"
    sources = {
        _renamed(name, package): _in_package(text, package) for name, text in modules().items()
    }
    return _TEMPLATE.format(
        assignment=sheet.assignment,
        title=_in_docstring(sheet.title),
        course=_in_docstring(sheet.course),
        notebook=_in_docstring(sheet.notebook),
        package=package,
        sheet="\n".join(_quoted(sheet_to_json(sheet))),
        sources="\n".join(_as_items(sources)),
    )


def modules() -> dict[str, str]:
    """The sources that are needed, by the names of their modules: what the entries import, what
    that imports, and so on. Packages come before what is in them."""
    found: dict[str, str] = {}
    waiting = list(ENTRIES)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        text = _text(name)
        found[name] = text
        waiting += _imports(name, text)
        waiting += [name.rpartition(".")[0]] if "." in name else []
    return dict(sorted(found.items()))


def _text(name: str) -> str:
    if name in EMPTY:
        return ""
    path = ROOT.parent.joinpath(*STAND_INS.get(name, name).split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text(encoding="utf-8")


def _imports(name: str, text: str) -> Iterator[str]:
    """The grader's own modules that a module imports, but for type checkers alone."""
    package = name.rpartition(".")[0] if _is_module(name) else name
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ImportFrom):
            continue
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([base] if base else [])])
        if base.partition(".")[0] != "grader":
            continue
        yield base
        for alias in node.names:
            inside = f"{base}.{alias.name}"
            if _is_module(inside):
                yield inside


def _is_module(name: str) -> bool:
    return ROOT.parent.joinpath(*name.split(".")).with_suffix(".py").is_file()


def _renamed(name: str, package: str) -> str:
    return package + name.removeprefix("grader")


def _in_package(text: str, package: str) -> str:
    """A source whose absolute imports stay within the file."""
    return re.sub(r"^(\s*)from grader(?=[. ])", rf"\1from {package}", text, flags=re.M)


def _in_docstring(text: str) -> str:
    """A title may be in LaTeX: a backslash and a quote have to stay what they are."""
    return text.replace("\\", r"\\").replace('"', r"\"")


def _as_items(sources: dict[str, str]) -> Iterator[str]:
    for name, text in sources.items():
        yield f"    {name!r}: ("
        yield from (f"        {line!r}" for line in text.splitlines(keepends=True) or [""])
        yield "    ),"


def _quoted(text: str) -> Iterator[str]:
    for start in range(0, len(text), WIDTH):
        yield f"    {text[start : start + WIDTH]!r}"


_TEMPLATE = '''"""Self-check for {assignment} ({title}) of {course}.

    python check.py {notebook}     runs your notebook afresh, from top to bottom, as grading will,
                                   and tries it on the public cases

    from check import check        in the notebook, on the values that are there now:
    check("Q1")                    one question; check() is all of them

It needs Python 3.10 or later and NumPy. It writes nothing beside your notebook and uses no network.
Hidden cases decide as well, so it never promises full marks. Below are the public cases, and the
same code that judges hand-ins. Nothing else is in here.
"""

import os
import sys

if __name__ == "__main__":
    # what lies beside this file is not there when it is graded: no module of your own, and no
    # numpy.py that is an exercise
    _HERE = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != _HERE]

from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

if sys.version_info < (3, 10):
    sys.exit("check.py needs Python 3.10 or later; this is " + sys.version.split()[0])
try:
    import numpy
except ImportError:
    sys.exit("check.py needs NumPy: python -m pip install numpy")

_PACKAGE = {package!r}

_SHEET = (
{sheet}
)

_SOURCES = {{
{sources}
}}


class _Sources(MetaPathFinder, Loader):
    """Imports the modules that are in this file."""

    def find_spec(self, name, path=None, target=None):
        if name not in _SOURCES:
            return None
        inside = any(other.startswith(name + ".") for other in _SOURCES)
        return ModuleSpec(name, self, origin=__file__, is_package=inside)

    def exec_module(self, module):
        name = module.__name__
        exec(compile(_SOURCES[name], "<check.py: " + name + ">", "exec"), module.__dict__)


if not any(type(finder).__name__ == "_Sources" and finder.find_spec(_PACKAGE)
           for finder in sys.meta_path):
    sys.meta_path.append(_Sources())


def _part(name):
    from importlib import import_module

    return import_module(_PACKAGE + ".check." + name)


def check(*questions):
    """Show what this notebook's names are now. `check("Q3")`, or `check()` for all."""
    import __main__

    sheet = _part("sheet").sheet_from_json(_SHEET)
    _part("live").show_live(sheet, questions, __main__.__dict__)


def _main():
    if sys.argv[1:2] == ["--child"]:
        _part("child").serve()
    sheet = _part("sheet").sheet_from_json(_SHEET)
    sys.exit(_part("main").main(sheet, sys.argv[1:], [sys.executable, __file__, "--child"]))


if __name__ == "__main__":
    _main()
'''
