"""Code as tokens in which nothing is left that is easily changed: names, numbers, texts, comments,
format, redundant commas. What a library is called by stays, and so does what the notebook gave.
"""

from __future__ import annotations

import ast
import builtins
import functools
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from grader.similar.winnowing import K, digest, winnowed

_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_DROPPED = frozenset(
    (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)
)
_FSTRING = {
    number: name
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if (number := getattr(tokenize, name, None)) is not None  # Python 3.12
}
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class Token:
    """`text` is what is compared; `start` and `end` are where it stood in the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Fingerprint:
    key: int
    start: int
    end: int


@dataclass(frozen=True)
class Code:
    """What a cell's source is made of.

    Attributes:
        tokens: normalised; own names are `$name`, to be numbered where they are compared.
        comments, texts, numbers, names: as they were written, with where they begin.
    """

    tokens: tuple[Token, ...] = ()
    comments: tuple[tuple[str, int], ...] = ()
    texts: tuple[tuple[str, int], ...] = ()
    numbers: tuple[tuple[str, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()


@dataclass
class _Reading:
    tokens: list[Token] = field(default_factory=list)
    comments: list[tuple[str, int]] = field(default_factory=list)
    texts: list[tuple[str, int]] = field(default_factory=list)
    numbers: list[tuple[str, int]] = field(default_factory=list)
    names: list[tuple[str, int]] = field(default_factory=list)


def read_code(source: str, own: Collection[str]) -> Code:
    """The code of a cell; as far as it can be read, if it is none.

    Args:
        own: the names that students chose, see `own_names`.
    """
    source, _ = parsed(source)
    starts = [*line_starts(source.split("\n")), len(source)]
    read = _Reading()
    previous = ""
    inside = 0  # of an f-string
    try:
        for kind, text, (row, column), (end_row, end_column), _ in tokenize.generate_tokens(
            io.StringIO(source).readline
        ):
            start, end = starts[row - 1] + column, starts[end_row - 1] + end_column
            if kind in _FSTRING:
                inside += {"FSTRING_START": 1, "FSTRING_END": -1}.get(_FSTRING[kind], 0)
                if _FSTRING[kind] == "FSTRING_END" and not inside:
                    read.tokens.append(Token("''", start, end))
                continue
            if inside or kind in _DROPPED:
                continue
            if kind == tokenize.COMMENT:
                if not text.startswith("##") and text.strip("# "):
                    read.comments.append((text.lstrip("#").strip(), start))
                continue
            if kind == tokenize.NEWLINE:
                shown = "\n"
            elif kind == tokenize.STRING:
                read.texts.append((text, start))
                shown = "''"
            elif kind == tokenize.NUMBER:
                read.numbers.append((text, start))
                shown = "0"
            elif kind == tokenize.NAME and text not in _KEPT and previous != "." and text in own:
                read.names.append((text, start))
                shown = f"${text}"
            else:
                shown = text
            _add(read.tokens, Token(shown, start, end))
            previous = text
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass  # what was read until then
    return Code(
        tuple(_without_docstrings(read.tokens)),
        tuple(read.comments),
        tuple(read.texts),
        tuple(read.numbers),
        tuple(read.names),
    )


def line_starts(lines: Sequence[str]) -> list[int]:
    """Where each line begins, without the newlines; and where one more would."""
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _add(tokens: list[Token], token: Token) -> None:
    """A comma before a bracket is format, and so is a line without anything."""
    if token.text in (")", "]", "}") and tokens and tokens[-1].text == ",":
        tokens.pop()
    if token.text == "\n" and (not tokens or tokens[-1].text == "\n"):
        return
    tokens.append(token)


def _without_docstrings(tokens: Sequence[Token]) -> Iterator[Token]:
    """Without a text that is a line by itself."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else "\n"
        after = tokens[place + 1].text if place + 1 < len(tokens) else "\n"
        if token.text == "''" and before == after == "\n":
            continue
        if token.text == "\n" and place and tokens[place - 1].text == "''":
            earlier = tokens[place - 2].text if place > 1 else "\n"
            if earlier == "\n":
                continue
        yield token


@functools.lru_cache(maxsize=256)
def parsed(source: str) -> tuple[str, ast.Module | None]:
    """The source without magics, of the same length, and its tree; None if it is no Python."""
    for text in (source, _MAGIC.sub(lambda found: "#" * len(found[0]), source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of "\\d", say
                return text, ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            pass
    return text, None


def own_names(sources: Collection[str], given: Collection[str]) -> set[str]:
    """What the code gives names to: variables, arguments, functions, imports; without the given."""
    found: set[str] = set()
    for source in sources:
        text, tree = parsed(source)
        if tree is None:
            found |= set(re.findall(r"\b([A-Za-z_]\w*)\s*=(?!=)", text))
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.alias) and node.asname:
                found.add(node.asname)
    return found - set(given)


def every_fingerprint(code: Code, *, k: int = K) -> list[Fingerprint]:
    """Of each run of k tokens; own names are numbered as they come in it."""
    found = []
    tokens = code.tokens
    texts = [token.text for token in tokens]
    for start in range(len(tokens) - k + 1):
        numbers: dict[str, str] = {}
        parts = [
            numbers.setdefault(text, f"${len(numbers)}") if text[0] == "$" else text
            for text in texts[start : start + k]
        ]
        key = digest("code", "\x1f".join(parts))
        found.append(Fingerprint(key, tokens[start].start, tokens[start + k - 1].end))
    return found


def fingerprints(code: Code, given: Collection[int] = (), *, k: int = K) -> list[Fingerprint]:
    """The winnowed ones, without those that the released notebook has anywhere."""
    every = [each for each in every_fingerprint(code, k=k) if each.key not in given]
    return [every[place] for place in winnowed([each.key for each in every])]
