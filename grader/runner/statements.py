"""The statements of a cell, also of one that is not Python as a whole."""

from __future__ import annotations

import ast
import re

CELLS = "/tmp/ipykernel_1/"
"""Where a kernel says that the code of cells is: a name in tracebacks and nothing else."""


def statements(source: str) -> list[ast.stmt]:
    """The top-level statements that can be read, leaving out those that are not Python."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        pass
    readable: list[ast.stmt] = []
    # a statement begins at a line without indentation that is no continuation of the one before
    pieces = re.split(r"\n(?=[^\s#)\]}])(?!(?:else|elif|except|finally)\b)", source)
    decorated, line = "", 0
    for piece in pieces:
        text = decorated + piece
        if piece.startswith("@"):
            decorated = text + "\n"
            continue
        decorated = ""
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            pass
        else:
            readable += ast.increment_lineno(tree, line).body
        line += text.count("\n") + 1
    return readable
