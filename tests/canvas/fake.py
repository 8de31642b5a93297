"""A small Canvas on loopback, written from Canvas's REST documentation, and a store of files beside it.

Two servers, as with Canvas's own: the API with its bearer token, and another host where the contents of
files are, which must never see that token. What it holds is plain data that a test sets up and reads.
What goes wrong is said by `faults`: how often, for which requests, and whether before the request is
carried out or after it.

Documented in "Submissions", "Assignments", "Assignment Overrides", "Uploading Files", "Pagination",
"Throttling" and "OAuth2" of Canvas's REST documentation.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

TOKEN = "7~fAkEtOkEnFoRtEsTs0123456789"
COURSE, ASSIGNMENT = 77, 501
PAGE = 5
"""Things on a page of answers, whatever `per_page` says: its maximum is not documented."""


@dataclass
class Person:
    """A student, with all that Canvas has of the one submission.

    Attributes:
        attempts: of what was handed in; see `Canvas.hand_in`.
        raw: the grade as it was posted; `deducted` is what the late policy takes from it.
    """

    id: int
    name: str
    sis: str | None = None
    login: str | None = None
    group: int | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    raw: float | None = None
    deducted: float = 0.0
    excused: bool = False
    late: bool = False
    status: str | None = None
    due: str | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    writes: int = 0

    @property
    def score(self) -> float | None:
        return None if self.raw is None else self.raw - self.deducted


@dataclass
class Fault:
    """What becomes of requests instead, `times` times.

    Attributes:
        request: a regular expression for `PUT /api/v1/...`.
        does: how it goes wrong; gets the handler.
        after: whether it was carried out all the same.
    """

    request: str
    does: Callable[[Handler], None]
    times: int = 1
    after: bool = False


@dataclass
class Canvas:
    """What it has, what was asked of it, and what goes wrong."""

    course: int = COURSE
    number: int = ASSIGNMENT
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, str] = field(default_factory=dict)
    assignment: dict[str, Any] = field(default_factory=dict)
    overrides: list[dict[str, Any]] = field(default_factory=list)
    files: dict[int, dict[str, Any]] = field(default_factory=dict)
    takes_per_day: float = 0.0
    says_due: bool = True
    created: bool = False
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    token_elsewhere: list[str] = field(default_factory=list)
    on_request: Callable[[str], None] = lambda request: None
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    store: str = ""
    _last: int = 990000

    def add(self, id: int, name: str, **more: Any) -> Person:
        self.people[id] = Person(id, name, **more)
        return self.people[id]

    def hand_in(
        self, who: int | list[int], at: str | None, *files: tuple[str, bytes | str], **more: Any
    ) -> list[int]:
        """An attempt of somebody, or of all of a group; gives the numbers of its files."""
        numbers = [self.put_file(name, content) for name, content in files]
        for id in [who] if isinstance(who, int) else who:
            person = self.people[id]
            person.attempts.append(
                {
                    "attempt": len(person.attempts) + 1,
                    "submitted_at": at,
                    "submission_type": "online_upload" if files else "online_text_entry",
                    "files": numbers,
                    **more,
                }
            )
        return numbers

    def put_file(self, name: str, content: bytes | str) -> int:
        self._last += 1
        data = content.encode() if isinstance(content, str) else content
        self.files[self._last] = {"name": name, "content": data, "gets": 0, "is_there": True}
        return self._last

    @property
    def path(self) -> str:
        """Of the assignment."""
        return f"/api/v1/courses/{self.course}/assignments/{self.number}"

    def count(self, pattern: str) -> int:
        """How many requests there were of this form."""
        return sum(bool(re.search(pattern, each)) for each in self.asked)


def status(code: int, body: object = "", **headers: str) -> Callable[[Handler], None]:
    """A fault that answers so; `Retry_After="0"` is a header."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return lambda handler: handler.answer(code, body, named)


def hang_up(handler: Handler) -> None:
    """A fault: no answer, and no connection any more."""
    handler.close_connection = True
    handler.connection.close()


THROTTLED = status(403, "403 Forbidden (Rate Limit Exceeded)\n", Retry_After="0")
TOO_MANY = status(429, "429 Too Many Requests", Retry_After="0")
BROKEN = status(503, "<html>Service Unavailable</html>", Retry_After="0")


class Handler(BaseHTTPRequestHandler):
    """One request to either host."""

    protocol_version = "HTTP/1.1"
    canvas: Canvas
    is_store: bool

    def log_message(self, *arguments: object) -> None:
        pass

    def answer(self, code: int, body: object = "", headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
        kind = "text/plain" if data is not None else "application/json"
        data = json.dumps(body).encode() if data is None else data
        self.send_response(code)
        for key, value in {"Content-Type": kind, **self.canvas.headers, **(headers or {})}.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _any(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {self.path}"
        canvas = self.canvas
        canvas.asked.append(request)
        canvas.times.append(time.monotonic())
        if self.is_store and "Authorization" in self.headers:
            canvas.token_elsewhere.append(request)
        canvas.on_request(request)
        for fault in canvas.faults:
            if fault.times > 0 and re.search(fault.request, request):
                fault.times -= 1
                if fault.after:
                    self.only_carry_out()
                fault.does(self)
                return
        self._carry_out()

    do_GET = do_PUT = do_POST = _any  # noqa: N815  so http.server wants them

    def only_carry_out(self) -> None:
        """Do what is asked, and answer nothing."""
        kept, self.answer = self.answer, lambda *answer: None  # type: ignore[method-assign]
        self._carry_out()
        self.answer = kept  # type: ignore[method-assign]

    def _carry_out(self) -> None:
        parts = urlsplit(self.path)
        self.query = parse_qsl(parts.query, keep_blank_values=True)
        routes = STORE if self.is_store else API
        if not self.is_store and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            errors = {"errors": [{"message": "Invalid access token."}]}
            self.answer(401, errors, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
            return
        path = parts.path.removeprefix(self.canvas.path)
        for method, pattern, function in routes:
            found = re.fullmatch(pattern, path)
            if method == self.command and found:
                function(self, *map(int, found.groups()))
                return
        self.answer(404, {"errors": [{"message": "The specified resource does not exist."}]})

    def fields(self) -> list[tuple[str, str]]:
        return parse_qsl(self.body.decode(), keep_blank_values=True)


def _show_assignment(handler: Handler) -> None:
    handler.answer(200, handler.canvas.assignment)


def _list_submissions(handler: Handler) -> None:
    people = sorted(handler.canvas.people.values(), key=lambda each: each.id)
    include = {value for key, value in handler.query if key == "include[]"}
    _page(handler, [_submission(handler.canvas, each, include) for each in people])


def _list_overrides(handler: Handler) -> None:
    _page(handler, handler.canvas.overrides)


def _page(handler: Handler, things: list[Any]) -> None:
    """A page, and the links to others, which are to be taken as they are."""
    asked = dict(handler.query)
    size = min(int(asked.get("per_page", 10)), PAGE)
    place = asked.get("page", "first")
    start = 0 if place == "first" else int(place.removeprefix("bookmark:"))
    kept = [(key, value) for key, value in handler.query if key != "page"]
    base = f"{handler.canvas.url}{urlsplit(handler.path).path}"

    def link(where: str, rel: str) -> str:
        return f'<{base}?{urlencode([*kept, ("page", where)])}>; rel="{rel}"'

    links = [link(place, "current"), link("first", "first")]
    if start + size < len(things):
        links.insert(1, link(f"bookmark:{start + size}", "next"))
    handler.answer(200, things[start : start + size], {"Link": ",".join(links)})


def _show_submission(handler: Handler, user: int) -> None:
    if user not in handler.canvas.people:
        handler.answer(404, {"errors": [{"message": "The specified resource does not exist."}]})
        return
    include = {value for key, value in handler.query if key == "include[]"}
    person = handler.canvas.people[user]
    handler.answer(200, _submission(handler.canvas, person, include))


def _update_submission(handler: Handler, user: int) -> None:
    """ "Grade or comment on a submission"."""
    canvas = handler.canvas
    if user not in canvas.people:
        handler.answer(404, {"errors": [{"message": "The specified resource does not exist."}]})
        return
    fields = dict(handler.fields())
    numbers = [int(value) for key, value in handler.fields() if key == "comment[file_ids][]"]
    grade, excuse = fields.get("submission[posted_grade]"), fields.get("submission[excuse]")
    if grade and excuse == "true":
        handler.answer(400, {"error": "Cannot simultaneously grade and excuse an assignment"})
        return
    person = first = canvas.people[user]
    as_group = (
        canvas.assignment["group_category_id"] is not None
        and not canvas.assignment["grade_group_students_individually"]
        and excuse != "true"
        and person.group is not None
    )
    members = [each for each in canvas.people.values() if each.group == person.group]
    graded = sorted(members, key=lambda each: each.id) if as_group else [person]
    if grade is not None or excuse == "true":
        for each in graded:
            if each.excused and each is not person:
                continue  # they are passed by
            each.writes += 1
            each.excused = excuse == "true"
            each.raw = None if each.excused or grade == "" else float(grade or 0)
            _take_penalty(canvas, each)
        first = graded[0]  # as it is in the source: not the one who was asked for
    if "submission[late_policy_status]" in fields:
        for each in graded:
            each.status = fields["submission[late_policy_status]"] or None
            _take_penalty(canvas, each)
    if "comment[text_comment]" in fields or numbers:
        if any(canvas.files.get(number, {}).get("of") is None for number in numbers):
            handler.answer(401, {"status": "unauthorized", "errors": [{"message": "no right"}]})
            return
        first.comments.append({"comment": fields.get("comment[text_comment]"), "files": numbers})
        first.writes += 1
    handler.answer(200, _submission(canvas, first, {"submission_comments"}))


def _take_penalty(canvas: Canvas, person: Person) -> None:
    is_late = person.late if person.status is None else person.status == "late"
    days = 1 if is_late and person.raw else 0
    person.deducted = canvas.takes_per_day * days


def _begin_upload(handler: Handler, user: int) -> None:
    """The first step: where to send it."""
    asked = dict(handler.fields())
    number = handler.canvas.put_file(asked["name"], b"")
    handler.canvas.files[number].update(of=user, size=int(asked["size"]), is_there=False)
    params = {"key": f"uploads/{number}", "acl": "private", "Policy": "e30=", "number": number}
    handler.canvas.files[number]["params"] = [(key, str(value)) for key, value in params.items()]
    place = f"{handler.canvas.store}/upload"
    handler.answer(200, {"upload_url": place, "upload_params": params, "file_param": "file"})


def _take_upload(handler: Handler) -> None:
    """The second step, at the other host: all parameters unchanged, the file behind them."""
    head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + handler.body)
    parts = [
        (str(part.get_param("name", header="content-disposition")), part.get_payload(decode=True))
        for part in message.get_payload()
    ]
    number = int(dict(parts)["number"])
    file = handler.canvas.files[number]
    given = [(name, value.decode()) for name, value in parts[:-1]]
    if parts[-1][0] != "file" or given != file["params"] or len(parts[-1][1]) != file["size"]:
        handler.answer(403, "<Error>SignatureDoesNotMatch</Error>")
        return
    file["content"] = parts[-1][1]
    where = {"Location": f"{handler.canvas.url}/api/v1/files/{number}/create_success?uuid=u"}
    handler.answer(201 if handler.canvas.created else 303, {}, where)


def _finish_upload(handler: Handler, number: int) -> None:
    """The third step: only now the file can be used."""
    handler.canvas.files[number]["is_there"] = True
    handler.answer(200, _attachment(handler.canvas, number))


def _download(handler: Handler, number: int) -> None:
    """Canvas sends everybody on to where the content is."""
    if not handler.canvas.files[number]["is_there"]:
        handler.answer(404, "<html>Page Not Found</html>")
    else:
        where = {"Location": f"{handler.canvas.store}/content/{number}?signature=s"}
        handler.answer(302, "", where)


def _content(handler: Handler, number: int) -> None:
    handler.canvas.files[number]["gets"] += 1
    handler.answer(200, handler.canvas.files[number]["content"])


API: list[tuple[str, str, Callable[..., None]]] = [
    ("GET", "", _show_assignment),
    ("GET", "/overrides", _list_overrides),
    ("GET", "/submissions", _list_submissions),
    ("GET", r"/submissions/(\d+)", _show_submission),
    ("PUT", r"/submissions/(\d+)", _update_submission),
    ("POST", r"/submissions/(\d+)/comments/files", _begin_upload),
    ("GET", r"/api/v1/files/(\d+)/create_success", _finish_upload),
    ("GET", r"/files/(\d+)/download", _download),
]
STORE: list[tuple[str, str, Callable[..., None]]] = [
    ("POST", "/upload", _take_upload),
    ("GET", r"/content/(\d+)", _content),
]


def _submission(canvas: Canvas, person: Person, include: set[str]) -> dict[str, Any]:
    versions = [_version(canvas, person, each) for each in person.attempts]
    never = {"attempt": None, "submitted_at": None, "submission_type": None, "body": None, "url": None}  # fmt: skip
    found = {**_state(canvas, person), **(versions[-1] if versions else never)}
    if "submission_history" in include:
        found["submission_history"] = versions or [{**_state(canvas, person), **never}]
    if "user" in include:
        *given, family = person.name.split(" ")
        found["user"] = {
            "id": person.id,
            "name": person.name,
            "sortable_name": ", ".join(filter(None, [family, " ".join(given)])),
            "sis_user_id": person.sis,
            "login_id": person.login,
        }
    if "group" in include:
        name = canvas.groups.get(person.group or 0)
        found["group"] = {"id": person.group, "name": name}
    if "submission_comments" in include:
        found["submission_comments"] = [
            {
                "id": number,
                "comment": each["comment"],
                "author_name": "A teacher",
                "attachments": [_attachment(canvas, file) for file in each["files"]],
            }
            for number, each in enumerate(person.comments)
        ]
    return found


def _state(canvas: Canvas, person: Person) -> dict[str, Any]:
    found = {
        "id": person.id + 10**6,
        "user_id": person.id,
        "assignment_id": canvas.number,
        "score": person.score,
        "entered_score": person.raw,
        "grade": None if person.score is None else str(person.score),
        "points_deducted": person.deducted or None,
        "excused": person.excused,
        "late": person.late,
        "missing": not person.attempts,
        "seconds_late": 0,
        "late_policy_status": person.status,
        "workflow_state": "unsubmitted" if person.raw is None else "graded",
    }
    if canvas.says_due:
        found["cached_due_date"] = person.due or canvas.assignment["due_at"]
    return found


def _version(canvas: Canvas, person: Person, attempt: dict[str, Any]) -> dict[str, Any]:
    files = [_attachment(canvas, number) for number in attempt["files"]]
    known = {key: value for key, value in attempt.items() if key != "files"}
    found = {**_state(canvas, person), "body": None, "url": None, **known}
    return {**found, "attachments": files} if files else found


def _attachment(canvas: Canvas, number: int) -> dict[str, Any]:
    file = canvas.files[number]
    return {
        "id": number,
        "display_name": file["name"],
        "filename": file["name"],
        "size": len(file["content"]),
        "content-type": "application/octet-stream",
        "url": f"{canvas.url}/files/{number}/download?download_frd=1&verifier=v{number}",
    }


@contextmanager
def running(due: datetime | None = None) -> Iterator[Canvas]:
    """A Canvas with one assignment and nobody in it."""
    canvas = Canvas()
    canvas.assignment = {
        "id": ASSIGNMENT,
        "name": "HW 1",
        "due_at": due.isoformat().replace("+00:00", "Z") if due else None,
        "points_possible": 10.0,
        "grading_type": "points",
        "group_category_id": None,
        "grade_group_students_individually": False,
        "post_manually": False,
        "moderated_grading": False,
        "submission_types": ["online_upload"],
    }
    servers = []
    for is_store in (False, True):
        kind = type("Bound", (Handler,), {"canvas": canvas, "is_store": is_store})
        server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
        server.daemon_threads = True
        # as another host is: `localhost` is not `127.0.0.1`
        host = "localhost" if is_store else "127.0.0.1"
        setattr(canvas, "store" if is_store else "url", f"http://{host}:{server.server_port}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        servers.append(server)
    try:
        yield canvas
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
