"""Which names a cell's source would give a value at the top level, if it ran to its end.

Read from its tokens, not parsed: a cell that stopped is often no Python. What is said of a name
must not be false, so what is inside of a function, a call, a string or a comment is none.
"""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from itertools import pairwise
from tokenize import TokenInfo

LONGEST_CELL = 50_000  # characters; a person types no longer one
_SILENT = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER),
}
_BLOCKS = {"if", "elif", "else", "while", "for", "with", "try", "except", "finally"}
_MAGICS_OF_PYTHON = ("%%time", "%%capture")  # others: another language, or a file


def names_defined(source: str) -> frozenset[str]:
    """`def name`, `name, b = ...`, `from module import name`, `for name in`, and the like."""
    if len(source) > LONGEST_CELL:
        return frozenset()
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        if first.split()[0] not in _MAGICS_OF_PYTHON:
            return frozenset()
        source = rest
    found: set[str] = set()
    inside: list[int] = []  # the columns of the functions and classes around a line
    for line in _logical_lines(source):
        column = line[0].start[1]
        while inside and column <= inside[-1]:
            inside.pop()
        words = [token.string for token in line]
        if words[0] == "async":
            words = words[1:]
        is_definition = words[:1] in (["def"], ["class"])
        if not inside:
            found.update(words[1:2] if is_definition else _of_statement(line))
        if is_definition:
            inside.append(column)
    return frozenset(name for name in found if name.isidentifier())


def _logical_lines(source: str) -> Iterator[list[TokenInfo]]:
    """The tokens of each statement; beyond what can be read, those of each line at the margin."""
    lines = [
        # magics and commands are no Python; nor do they define what can be told from here
        "\n" if line.lstrip().startswith(("%", "!", "?")) else f"{line}\n"
        for line in source.split("\n")
    ]
    done = 0
    current: list[TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO("".join(lines)).readline):
            if token.type == tokenize.NEWLINE:
                if current:
                    yield current
                current, done = [], token.end[0]
            elif token.type not in _SILENT:
                current.append(token)
    except (tokenize.TokenError, SyntaxError):
        for line in lines[done:]:
            tokens = _tokens_of(line)
            if tokens and not line[0].isspace():
                yield tokens


def _tokens_of(line: str) -> list[TokenInfo]:
    tokens: list[TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type not in _SILENT and token.type != tokenize.NEWLINE:
                tokens.append(token)
    except (tokenize.TokenError, SyntaxError):
        pass
    return tokens


def _of_statement(line: Sequence[TokenInfo]) -> Iterator[str]:
    for token, following in pairwise(line):
        if following.string == ":=":
            yield token.string
    words = [token.string for token in line]
    if words[0] == "async":
        words, line = words[1:], line[1:]
    if words and words[0] in _BLOCKS:
        colon = _at_top(words, ":")
        head = words[: colon[0]] if colon else words
        if head[0] == "for" and "in" in head:
            yield from _targets(line[1 : head.index("in")]) or ()
        elif head[0] in ("with", "except"):
            yield from (name for word, name in pairwise(head) if word == "as")
        line = line[len(head) + 1 :]
    ends = [*_at_top([token.string for token in line], ";"), len(line)]
    for start, end in pairwise([-1, *ends]):
        yield from _of_simple_statement(line[start + 1 : end])


def _of_simple_statement(line: Sequence[TokenInfo]) -> Iterator[str]:
    words = [token.string for token in line]
    if words[:1] in (["import"], ["from"]):
        names = words[words.index("import") + 1 :] if "import" in words else []
        parts = " ".join(names).replace("(", "").replace(")", "").split(",")
        for part in parts:  # `numpy . linalg`, `sin as sine`
            yield from part.split()[-1:] if " as " in part else part.split()[:1]
        return
    equals = _at_top(words, "=")
    colon = _at_top(words, ":")
    if equals and colon and colon[0] < equals[0]:  # `w: float = 2`
        equals = [colon[0]]
    for start, end in pairwise([-1, *equals]):
        targets = _targets(line[start + 1 : end])
        if targets is None:
            return
        yield from targets


def _targets(tokens: Sequence[TokenInfo]) -> list[str] | None:
    """The names among `w, (b, *rest)`, not those of `a[w].b`; None if these are no targets."""
    names: list[str] = []
    subscripts: list[bool] = []
    before = ""
    words = [*(token.string for token in tokens), ""]
    for token, (text, following) in zip(tokens, pairwise(words), strict=True):
        if text in ("(", "["):
            subscripts.append(before.isidentifier() or before in (")", "]"))
        elif text in (")", "]"):
            if subscripts:
                subscripts.pop()
        elif not any(subscripts):
            if token.type == tokenize.NAME and not keyword.iskeyword(text):
                if before != "." and following not in (".", "[", "("):
                    names.append(text)
            elif text not in (",", "*", "."):
                return None
        before = text
    return names


def _at_top(words: Sequence[str], wanted: str) -> list[int]:
    """Where a word stands outside of all brackets."""
    depth = 0
    found = []
    for place, word in enumerate(words):
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if word == wanted and depth == 0:
            found.append(place)
    return found
