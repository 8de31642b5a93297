"""Asks Canvas, by canvasapi's requester and its pages of answers.

What canvasapi leaves to its caller is here:

- patience (`patience.py`), and time limits;
- the token goes to Canvas's own host alone. No redirect of the API is followed: a PUT would arrive
  as a GET, which changes nothing and looks as if it had. Nor is ~/.netrc asked for another token;
- answers become records of ours, not canvasapi's objects: those read each text as a date, and a
  file that a student calls 9999-12-31T23:59:59-14:00 makes that fail;
- errors become words, of which the token and the addresses of files are no part.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from canvasapi import exceptions
from canvasapi.paginated_list import PaginatedList
from canvasapi.requester import Requester

from grader.canvas.answers import (
    Attachment,
    InCanvas,
    Override,
    Submission,
    UnexpectedAnswerError,
    UploadPlace,
    parsed,
)
from grader.canvas.errors import CanvasError
from grader.canvas.patience import TRIES, Patient
from grader.course import CanvasCourse

PIECE = 1 << 18
"""Bytes of a file that are read at a time."""


class RefusedError(Exception):
    """Canvas won't do this one thing; the message says why. Others may well be possible."""


class UnsureError(Exception):
    """Nobody knows whether it was done; the message says what happened."""


class Connection:
    """One assignment in Canvas.

    Args:
        number: the assignment's.
        at: where it is said which Canvas, for messages.
    """

    def __init__(self, canvas: CanvasCourse, number: str, token: str, *, at: str) -> None:
        self.address = f"{canvas.url}/courses/{canvas.course}/assignments/{number}"
        self._path = f"courses/{canvas.course}/assignments/{number}"
        self._url, self._at = canvas.url, at
        self._token = token
        patient = Patient()
        self._requester = _Requester(canvas.url, token, patient)
        self._files = _session(patient)

    def assignment(self) -> InCanvas:
        """Raises:
        CanvasError: Canvas can't be asked, or has no such assignment for us.
        """
        try:
            with self._in_words():
                return parsed(self._requester.request("GET", self._path).json(), InCanvas)
        except (RefusedError, UnsureError) as error:
            raise CanvasError(
                f"Canvas does not show {self.address}: {error}",
                at=f"{self._at}, table [canvas]; and canvas in assignment.toml",
                fix="compare both numbers with that address in a browser; the token's owner has to "
                "be a teacher or TA of that course",
            ) from None

    def submissions(self, include: Sequence[str]) -> list[Submission]:
        """Those of all students whom the token's owner may see, with what `include` names.

        Raises:
            CanvasError: Canvas can't be asked, or does not let us.
        """
        return self._all("submissions", Submission, include=list(include))

    def overrides(self) -> list[Override]:
        """Other due dates, of students, groups and sections.

        Raises:
            CanvasError: as above.
        """
        return self._all("overrides", Override)

    def submission(self, user: int) -> Submission:
        """One student's, with its comments, as it is now.

        Raises:
            RefusedError, UnsureError, CanvasError: it is not shown.
        """
        with self._in_words():
            answer = self._requester.request(
                "GET", f"{self._path}/submissions/{user}", **{"include[]": "submission_comments"}
            )
            return parsed(answer.json(), Submission)

    def grade(self, user: int, fields: Mapping[str, str]) -> Submission:
        """Grade or comment on one student's submission; gives what Canvas has afterwards.

        Args:
            fields: parameters as Canvas calls them, `submission[posted_grade]`.

        Raises:
            RefusedError: nothing has changed.
            UnsureError: it may have.
            CanvasError: Canvas can't be asked any more.
        """
        with self._in_words():
            answer = self._requester.request(
                "PUT", f"{self._path}/submissions/{user}", _kwargs=list(fields.items())
            )
            return parsed(answer.json(), Submission)

    def upload(self, user: int, name: str, content: bytes) -> int:
        """Upload a file for a comment on one student's submission; gives its number in Canvas.

        It is nowhere to be seen until a comment has it: to do this twice changes nothing. The three
        steps of "Uploading via POST". canvasapi's own leave the token out of the third.

        Raises:
            RefusedError, UnsureError, CanvasError: it is not there.
        """
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with self._in_words():
            place = parsed(
                self._requester.request(
                    "POST",
                    f"{self._path}/submissions/{user}/comments/files",
                    _kwargs=[("name", name), ("size", len(content)), ("content_type", kind)],
                ).json(),
                UploadPlace,
            )
            answer = self._requester.send(
                "POST",
                place.upload_url,
                data=[(key, _parameter(value)) for key, value in place.upload_params.items()],
                files={"file": (name, content, kind)},  # the last one, as it has to be
            )
            if location := answer.headers.get("Location"):
                address = urljoin(place.upload_url, location)
                if not self._is_ours(address):
                    host = urlsplit(address).hostname
                    raise UnexpectedAnswerError(f"what was uploaded is to be found at {host}")
                answer = self._requester.request("GET", _url=address)
            return parsed(_json_of(answer), Attachment).id

    def download(self, url: str, at_most: int) -> bytes:
        """The content of a file that was handed in.

        Args:
            at_most: bytes.

        Raises:
            RefusedError: it is not to be had, or larger.
            UnsureError: not now.
            CanvasError: Canvas can't be reached any more.
        """
        headers = {"Authorization": f"Bearer {self._token}"} if self._is_ours(url) else {}
        for number in range(TRIES):
            with self._in_words():
                try:
                    with self._files.get(url, headers=headers, stream=True) as answer:
                        _refuse_status(answer)
                        return _read(answer, at_most)
                except requests.exceptions.SSLError:
                    raise
                except (requests.ConnectionError, requests.Timeout):
                    raise CanvasError(
                        "Canvas can't be reached any more",
                        at=urlsplit(url).hostname or self._url,
                        fix="run the command again later: what is there is not fetched again",
                    ) from None
                except requests.exceptions.ChunkedEncodingError:  # it broke off
                    if number == TRIES - 1:
                        raise
        raise AssertionError("the last try returns or raises")

    def _is_ours(self, url: str) -> bool:
        """Whether it is Canvas itself, which may see the token."""
        ours, theirs = urlsplit(self._url), urlsplit(url)
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc.lower())

    def _all(self, what: str, kind: Any, **parameters: Any) -> list[Any]:
        pages = PaginatedList(
            lambda requester, answer: answer,
            self._requester,
            "GET",
            f"{self._path}/{what}",
            _kwargs=[(f"{key}[]", each) for key, values in parameters.items() for each in values],
        )
        try:
            with self._in_words():
                return [parsed(answer, kind) for answer in pages]
        except (RefusedError, UnsureError) as error:
            raise CanvasError(
                f"Canvas does not list the {what} of {self.address}: {error}",
                at=self._at,
                fix="the token's owner has to be a teacher or TA of that course, with the right to "
                "see all grades",
            ) from None

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Errors of canvasapi and of the network, as ours."""
        try:
            yield
        except exceptions.InvalidAccessToken:
            raise CanvasError(
                "Canvas does not accept the token",
                at="the environment variable CANVAS_TOKEN",
                fix="it may have expired: make another in Canvas (Account, Settings)",
            ) from None
        except exceptions.RateLimitExceeded:
            raise self._busy() from None
        except exceptions.Forbidden as error:
            if "rate limit exceeded" in str(error).lower():
                raise self._busy() from None
            raise RefusedError(_said(error)) from None
        except (
            exceptions.ResourceDoesNotExist,
            exceptions.Unauthorized,
            exceptions.BadRequest,
            exceptions.Conflict,
            exceptions.UnprocessableEntity,
        ) as error:
            raise RefusedError(_said(error)) from None
        except exceptions.CanvasException as error:
            raise UnsureError(_said(error)) from None
        except requests.exceptions.SSLError:
            raise CanvasError(
                f"{self._url} can't show that it is what it says",
                at=self._at,
                fix="compare the address with that in a browser; do not go on from this network",
            ) from None
        except requests.exceptions.JSONDecodeError:
            raise self._no_canvas("what answers there is no API of Canvas") from None
        except requests.RequestException as error:
            raise UnsureError(f"the connection broke ({type(error).__name__})") from None
        except UnexpectedAnswerError as error:
            raise self._no_canvas(f"an answer is not as Canvas documents it: {error}") from None

    def _busy(self) -> CanvasError:
        return CanvasError(
            f"Canvas asked us to wait {TRIES} times, and still does",
            at=self._url,
            fix="run the command again later: what is done is not done again",
        )

    def _no_canvas(self, problem: str) -> CanvasError:
        return CanvasError(
            problem,
            at=f"{self._url}, by {self._at}, key canvas.url",
            fix='the address that a browser shows for Canvas: url = "https://..."',
        )


class _Requester(Requester):
    """canvasapi's, with a session of ours."""

    def __init__(self, url: str, token: str, patient: Patient) -> None:
        super().__init__(url, token)
        self._session = _session(patient, follows=False)

    def request(self, *arguments: Any, **named: Any) -> requests.Response:
        response: requests.Response = super().request(*arguments, **named)
        self._cache.clear()  # of the last five answers; nobody asks for them
        self._refuse_elsewhere(response)
        return response

    def send(self, method: str, url: str, **named: Any) -> requests.Response:
        """To another host, without the token."""
        response = self._session.request(method, url, **named)
        _refuse_status(response)
        return response

    def _refuse_elsewhere(self, response: requests.Response) -> None:
        following = response.links.get("next", {}).get("url", "")
        elsewhere = response.headers.get("Location", "") if response.is_redirect else following
        if elsewhere and (response.is_redirect or not elsewhere.startswith(self.base_url)):
            host = urlsplit(urljoin(self.base_url, elsewhere)).hostname
            raise UnexpectedAnswerError(f"it leads to {host}")


class _Session(requests.Session):
    def __init__(self, follows: bool) -> None:
        super().__init__()
        self._follows = follows

    def request(self, method: Any, url: Any, **named: Any) -> requests.Response:
        if not self._follows:
            named["allow_redirects"] = False
        return super().request(method, url, **named)

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        """After a redirect: no token to another host, and nothing of ~/.netrc either."""
        request = prepared_request
        if self.should_strip_auth(response.request.url, request.url):
            request.headers.pop("Authorization", None)


def _session(patient: Patient, *, follows: bool = True) -> requests.Session:
    session = _Session(follows)
    # something, so that requests does not look for something in ~/.netrc
    session.auth = lambda request: request
    session.mount("https://", patient)
    session.mount("http://", patient)
    return session


def _refuse_status(answer: requests.Response) -> None:
    """As canvasapi does, where it is not the one who asks."""
    if answer.status_code >= 500:
        raise exceptions.CanvasException(f"an error of the server, {answer.status_code}")
    if answer.status_code == 429:
        raise exceptions.RateLimitExceeded("")
    if answer.status_code >= 400:
        is_page = "html" in answer.headers.get("Content-Type", "") or answer.text.startswith("<")
        said = "" if is_page else answer.text[:1000]
        raise exceptions.Forbidden(said or f"status {answer.status_code}")


def _read(answer: requests.Response, at_most: int) -> bytes:
    content = bytearray()
    for piece in answer.iter_content(PIECE):
        content += piece
        if len(content) > at_most:
            raise RefusedError(f"it has more than {at_most:,} bytes")
    return bytes(content)


def _parameter(value: str | int | bool | None) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _json_of(answer: requests.Response) -> Any:
    """Canvas's own store of files puts something before it."""
    try:
        return json.loads(answer.text.removeprefix("while(1);"))
    except ValueError:
        raise UnexpectedAnswerError("it is no JSON") from None


def _said(error: exceptions.CanvasException) -> str:
    """What Canvas said, in a line: `{"errors": [{"message": "..."}]}`, or a text."""
    said: Any = error.message
    if isinstance(said, str):
        with suppress(ValueError):
            said = json.loads(said)
    if isinstance(said, tuple):
        said = said[-1]
    words = list(_messages(said)) or [type(error).__name__]
    return " ".join("; ".join(words).split())[:200]


def _messages(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for key in ("message", "error", "errors"):
            if key in said:
                yield from _messages(said[key])
    elif isinstance(said, list):
        for each in said:
            yield from _messages(each)
