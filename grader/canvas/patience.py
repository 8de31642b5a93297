"""Waits as Canvas asks, and tries again what can safely be tried again.

Canvas gives each token a quota, which fills up again with time: `X-Rate-Limit-Remaining` is what is
left. Who asks one thing after the other hardly ever uses it up. Then the answer is 403 "Rate Limit
Exceeded", or 429, and nothing was done: any request may come again, after `Retry-After` if that is
said. After an error of the server (5xx), a time-out or a broken connection nobody knows whether it
was done: only what just reads is asked again here. Who writes has to look first.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from grader.canvas.errors import CanvasError
from grader.course import is_loopback

TRIES = 6
TRIES_TO_CONNECT = 4
LONGEST_WAIT = 300.0
"""Seconds, whatever is asked for."""

LOW = 60.0
"""Of the quota, which is 700 as Canvas is shipped: below that we slow down."""

TIMEOUT = (15.0, 120.0)
"""Seconds for the connection, and for each piece of an answer."""

READS = frozenset({"GET", "HEAD"})


class Patient(HTTPAdapter):
    """One connection, which knows how much of the quota is left."""

    def __init__(self) -> None:
        super().__init__()
        self._remaining: float | None = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        **rest: Any,
    ) -> requests.Response:
        """Send it, again if need be.

        Raises:
            requests.RequestException: there was no answer.
            CanvasError: it would go out unencrypted.
        """
        if _stays_here(request.url or ""):
            rest["proxies"] = {}  # a proxy would carry it away, unencrypted
        for number in range(TRIES):
            if pause := _pause(self._remaining):
                time.sleep(pause)
            is_last = number == TRIES - 1
            try:
                response = super().send(request, stream=stream, timeout=timeout or TIMEOUT, **rest)
                if not stream:
                    response.content  # noqa: B018  may break off, too
            except requests.exceptions.SSLError:
                raise
            except (requests.ConnectionError, requests.Timeout):
                if number + 1 >= TRIES_TO_CONNECT or request.method not in READS:
                    raise
                wait: float | None = None
            else:
                self._remaining = _number(response.headers.get("X-Rate-Limit-Remaining"))
                is_broken = response.status_code >= 500 and request.method in READS
                if is_last or not (is_broken or is_throttled(response)):
                    return response
                wait = _asked_for(response.headers)
                response.close()
            time.sleep(2.0**number if wait is None else min(wait, LONGEST_WAIT))
        raise AssertionError("the last try returns or raises")


def is_throttled(response: requests.Response) -> bool:
    """Whether Canvas did nothing, for the quota is used up."""
    return response.status_code == 429 or (
        response.status_code == 403 and "rate limit exceeded" in response.text[:1000].lower()
    )


def _stays_here(url: str) -> bool:
    """Whether it goes to this machine.

    Raises:
        CanvasError: it does not, and is not encrypted.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not is_loopback(host) and parts.scheme != "https":
        raise CanvasError(
            f"Canvas leads to {host}, and not by https: nothing was sent there",
            fix="ask those who run Canvas",
        )
    return is_loopback(host)


def _pause(remaining: float | None) -> float:
    """Seconds to wait while little is left: it comes back with ten a second, as shipped."""
    return 0.0 if remaining is None else max(0.0, LOW - remaining) / 10


def _asked_for(headers: Mapping[str, str]) -> float | None:
    """Seconds by `Retry-After`, which may be a number or a date; None if nothing is asked for."""
    said = headers.get("Retry-After", "").strip()
    seconds = _number(said)
    if seconds is None and said:
        with suppress(ValueError, TypeError):
            seconds = (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds()
    return None if seconds is None else max(0.0, seconds)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if number == number and abs(number) < 1e9 else None
