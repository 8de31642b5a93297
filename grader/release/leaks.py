"""What must not leave the house, and whether it is in a file that would.

A line of a solution is looked for without its spaces, if it tells something: `return x`, `m = 0`
and `plt.show()` stand in every notebook.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent

_FREE = frozenset({"plt", "print", "display", "np.random", "assert", "range", "len"})
_NOTHING = r"\s|\\n|\\"  # with what JSON makes of the end of a line
_MEASURES = re.compile(r"len\(\w+\)|\w+\.(shape(\[-?\d\])?|size|ndim)")  # in every notebook
_SHORTEST = 6  # characters without spaces


@dataclass(frozen=True)
class Secret:
    """A text that must not be in any file; `what` says what it is, in words."""

    what: str
    text: str


@dataclass(frozen=True)
class Leak:
    file: str
    line: int
    what: str
    text: str


def lines_of_code(what: str, source: str, given: Collection[str] = ()) -> Iterator[Secret]:
    """The lines of a piece of Python that tell something, each as a secret.

    Args:
        given: functions of it that are none.
    """
    try:
        tree = ast.parse(dedent(source))
    except SyntaxError:
        yield from lines_of_text(what, source)
        return
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name in given)
    ]
    for node in ast.walk(tree):
        if _tells(node):
            text = ast.get_source_segment(dedent(source), node)
            if text is not None:
                yield Secret(what, text)


def _tells(node: ast.AST) -> bool:
    """Whether a statement gives a part of the solution away."""
    if isinstance(node, (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign)):
        value = node.value
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        if ast.unparse(node.value.func).split(".")[0] in _FREE:
            return False
        value = node.value
    else:
        return False
    if value is None:
        return False
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and bool(value.value)
    if _MEASURES.fullmatch(ast.unparse(value)) or _only_calls(value):
        return False
    parts = list(ast.walk(value))
    work = [p for p in parts if isinstance(p, (ast.BinOp, ast.Attribute, ast.Call, ast.Compare))]
    names = {part.id for part in parts if isinstance(part, ast.Name)} - _FREE
    return bool(work) and bool(names)


def _only_calls(value: ast.expr) -> bool:
    """Whether it calls a function with what there is, as `predict(x, w, b)`: given cells do so with
    what students write. `max(x, 0)` is a solution."""
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id not in dir(builtins)
        and all(isinstance(each, (ast.Name, ast.Constant)) for each in value.args)
        and not value.keywords
    )


def lines_of_text(what: str, text: str) -> Iterator[Secret]:
    """The lines of a written solution, each as a secret; short ones tell nothing."""
    for line in text.splitlines():
        if len(_squeezed(line)) > 3 * _SHORTEST:
            yield Secret(what, line.strip())


def leaks(files: Mapping[str, str], secrets: Iterable[Secret], public: str = "") -> list[Leak]:
    """Where a secret stands in a file.

    Args:
        files: the text of each, by name.
        public: a text that everybody may read, such as the grader's own: what it has is no secret.
    """
    known = _squeezed(public)
    wanted = {_squeezed(each.text): each for each in secrets}
    wanted = {
        text: each for text, each in wanted.items() if len(text) >= _SHORTEST and text not in known
    }
    found = []
    for name, content in files.items():
        squeezed = _squeezed(content)
        for text, secret in wanted.items():
            if text in squeezed and _stands_alone(text, content):
                found.append(Leak(name, _line_of(text, content), secret.what, secret.text))
    return found


def _squeezed(text: str) -> str:
    """Without spaces; quotes are all the same, as a JSON file has them with a backslash."""
    return re.sub(_NOTHING, "", text).replace("'", '"')


def _stands_alone(text: str, content: str) -> bool:
    """Whether it occurs other than as a part of a longer word.

    Looked at in the content as it is: without its spaces the end of a line and the next one's
    beginning are one word.
    """
    parts = (r"[\"']" if each == '"' else re.escape(each) for each in text)
    whole = rf"(?:{_NOTHING})*".join(parts)
    before = r"(?:(?<!\w)|(?<=\\n))" if text[0] == "_" or text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1] == "_" or text[-1].isalnum() else ""
    return re.search(before + whole + after, content) is not None


def _line_of(text: str, content: str) -> int:
    """The number of the first line that has it; 0 if it goes over several."""
    for number, line in enumerate(content.splitlines(), start=1):
        if text in _squeezed(line):
            return number
    return 0
