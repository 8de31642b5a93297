"""Who may come in.

The screen shows grades and changes them, and every web page that this browser opens can try to talk
to 127.0.0.1. So, for every request:

- `Host` is this very address: a name of somebody else's that leads here (DNS rebinding) is refused;
- the path begins with a random token, which only who started the command has seen;
- `Origin` and `Sec-Fetch-Site`, where the browser sends them, say that the page is one of ours: a
  link from elsewhere with a token that leaked does nothing.

Answers may not be kept, framed, sniffed or sent on in a Referer; see `HEADERS`.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; script-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",  # with none at all forms send `Origin: null`
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

LARGEST_BODY = 1 << 20


def new_token() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)


class Door:
    """The application behind its checks. It answers below `/TOKEN` alone."""

    def __init__(self, app: App, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = (f"127.0.0.1:{port}", f"localhost:{port}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        why_not = self._why_not(scope)
        if why_not:
            await _refuse(send, *why_not)
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    *((name.encode(), value.encode()) for name, value in HEADERS.items()),
                ]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _why_not(self, scope: Scope) -> tuple[int, str] | None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if headers.get("host", "") not in self._hosts:
            return 421, "this address is not mine"
        first = scope["path"].split("/")[1] if scope["path"].startswith("/") else ""
        if not secrets.compare_digest(first.encode(), self._token.encode()):
            return 404, "there is nothing here: open the address that `grader review` printed"
        origin = headers.get("origin")
        if origin is not None and origin not in tuple(f"http://{host}" for host in self._hosts):
            return 403, "a page of somebody else's may not talk to this one"
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "a page of somebody else's may not talk to this one"
        length = headers.get("content-length", "" if scope["method"] == "POST" else "0")
        if "transfer-encoding" in headers or not length.isdecimal():
            return 411, "how long is it?"
        if int(length) > LARGEST_BODY:
            return 413, "that is too much"
        return None


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    headers += [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
