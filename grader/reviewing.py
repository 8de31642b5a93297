"""`review`: the screen on this machine, from the first question to the last score."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence

from grader.errors import GraderError
from grader.execute import Local, Sandbox
from grader.grading import grade
from grader.opened import OpenCourse


def review(
    opened: OpenCourse,
    assignment_id: str,
    *,
    sandbox: Sandbox,
    port: int = 0,
    reopen: Callable[[], OpenCourse],
    announce: Callable[[str], None],
) -> str:
    """Serve the screen until a person finishes it, or stops it; then make the last scores.

    Args:
        port: 0 takes one that is free.
        reopen: the course as it is by then: a roster may change while the screen is open.
        announce: told the address when it can be opened.

    Returns:
        Why some scores could not be made again; "" if all were.

    Raises:
        GraderError: there are no scores yet, the port is taken, or the extra is not installed.
    """
    try:
        import uvicorn

        from grader.review.app import Screen, application
    except ImportError as error:
        raise GraderError(
            f"the screen needs packages that are not installed: {error}",
            fix='pip install "grader[review]"',
        ) from error
    from grader.gradebook.keeping import ready
    from grader.review.again import Again
    from grader.review.desk import desk_for
    from grader.review.door import Door, new_token

    desk = desk_for(opened, assignment_id)
    ready(opened.gradebook)
    look = desk.look()
    listening = _listen(port)
    token = new_token()

    def grade_again(students: Sequence[str]) -> None:
        engine = Local(jobs=1, sandbox=sandbox)
        grade(reopen(), assignment_id, only=students, engine=engine, command="grader review")

    again = Again(grade_again)
    again.ask(desk.behind(look))  # a screen before this one was killed, say
    stopped = threading.Event()
    screen = Screen(desk, again, stopped.set, token)
    number = listening.getsockname()[1]
    config = uvicorn.Config(
        Door(application(screen), token=token, port=number),
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)

    def end() -> None:
        stopped.wait()
        server.should_exit = True

    threading.Thread(target=end, daemon=True).start()
    try:
        announce(f"http://127.0.0.1:{number}/{token}/")
        server.run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        again.close()
        listening.close()
    return again.trouble


def _listen(port: int) -> socket.socket:
    """On this machine alone."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()  # who opens the address at once waits, and is not refused
    except OSError as error:
        listening.close()
        raise GraderError(
            f"the port {port} is taken: {error.strerror}", fix="another one, or none: --port 0"
        ) from error
    return listening
