"""Which pictures of a student's a browser can be asked to draw.

A few kilobytes can stand for a picture of gigabytes: a PNG of one colour, or an SVG whose parts are
copies of copies. What is looked at is the head of a bitmap, and the shape of an SVG's tree; nothing
is decoded or drawn.
"""

from __future__ import annotations

import io
import re
import warnings
from functools import lru_cache
from xml.parsers import expat

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
MOST_BYTES = 8 << 20
MOST_SHAPES = 200_000
"""Of an SVG, copies counted."""

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
REFERENCE = re.compile(r"#([^\s\"')]+)")


@lru_cache(maxsize=64)  # each is asked for twice
def why_not_drawn(mime: str, content: bytes) -> str:
    """In words, in parentheses; "" if it can be drawn.

    Args:
        mime: what it says it is.
    """
    if len(content) > MOST_BYTES:
        return f"(a picture of {len(content) >> 20} MB is not shown)"
    if mime == "image/svg+xml":
        return _why_no_svg(content)
    import PIL.Image

    too_large = PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(io.BytesIO(content), formats=[FORMATS[mime]]) as picture:
                width, height = picture.size
    except too_large:
        return "(a picture of too many pixels is not shown)"
    except Exception:  # a parser of what a student wrote may fail in any way
        return "(this is no picture)"
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        return f"(a picture of {width} x {height} pixels is not shown)"
    return ""


class _TooMuchError(Exception):
    """An SVG that is not to be drawn."""


def _why_no_svg(content: bytes) -> str:
    shapes: dict[str, int] = {"": 0}  # by id, without what is copied into it
    copies: dict[str, list[str]] = {"": []}
    open_ids: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        id = attributes.get("id", "")
        open_ids.append(id)
        if id:
            shapes.setdefault(id, 0)
            copies.setdefault(id, [])
        wanted = [each for value in attributes.values() for each in REFERENCE.findall(value)]
        for around in {"", *open_ids}:
            shapes[around] += 1
            copies[around] += wanted
        if len(open_ids) > 200 or shapes[""] > MOST_SHAPES:
            raise _TooMuchError

    def refuse(*_: object) -> None:
        raise _TooMuchError

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: open_ids.pop() and None
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
        if _with_copies("", shapes, copies, {}, 0) > MOST_SHAPES:
            raise _TooMuchError
    except _TooMuchError:
        return "(a drawing of too many parts is not shown)"
    except expat.ExpatError:
        return "(this is no picture)"
    return ""


def _with_copies(
    id: str, shapes: dict[str, int], copies: dict[str, list[str]], known: dict[str, int], depth: int
) -> int:
    """How many shapes a part draws, copies counted.

    Raises:
        _TooMuchError: it draws itself, or copies of copies too deep.
    """
    if id in known:
        return known[id]
    if depth > 50:
        raise _TooMuchError
    total = shapes.get(id, 0)
    for each in copies.get(id, ()):
        total = min(total + _with_copies(each, shapes, copies, known, depth + 1), 10 * MOST_SHAPES)
    known[id] = total
    return total
