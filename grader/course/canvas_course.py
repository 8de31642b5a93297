"""Where the course is in Canvas: the table [canvas] of course.toml."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from grader.course.typed import converted, refuse_absent, refuse_unknown, refused


@dataclass(frozen=True)
class CanvasCourse:
    """A course in Canvas.

    Attributes:
        url: scheme and host, `https://canvas.example.edu`, without a slash at its end.
        course: the number in the address of the course's pages.
    """

    url: str
    course: int


class _Canvas(Struct, forbid_unknown_fields=True):
    url: str
    course: Annotated[int, Meta(ge=1)]


ALLOWED = {
    "canvas.url": 'where Canvas is, such as "https://canvas.example.edu", and nothing after that',
    "canvas.course": "the number in the address of the course, .../courses/1234: course = 1234",
}
EXAMPLES = {
    "url": 'url = "https://canvas.example.edu"',
    "course": "course = 1234, the number in the address of the course, .../courses/1234",
}


def canvas_course(file: Path, table: dict[str, Any]) -> CanvasCourse:
    """What the table says.

    Raises:
        GraderError: with the file, the key and what may stand there.
    """
    refuse_unknown(file, table, _Canvas, "canvas.")
    refuse_absent(file, table, _Canvas, EXAMPLES, "table [canvas]")
    given = converted(file, table, _Canvas, ALLOWED, "canvas.")
    problem = ""
    try:
        parts = urlsplit(given.url.strip())
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise refused(file, "canvas.url", "it is no URL", ALLOWED) from error
    # what stands there is not repeated: somebody may have put the token into it
    if parts.username is not None or parts.password is not None:
        problem = "there is a name or a password in the URL"
    elif parts.scheme not in ("https", "http") or not host:
        problem = "it is no URL that begins with https://"
    elif parts.scheme == "http" and not is_loopback(host):
        problem = "http:// is not encrypted: the token could be read on its way"
    elif parts.path.strip("/") or parts.query or parts.fragment:
        problem = "there is more in the URL than the host"
    if problem:
        raise refused(file, "canvas.url", problem, ALLOWED)
    return CanvasCourse(f"{parts.scheme}://{parts.netloc.lower()}", given.course)


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
