"""Scores and pages, made again behind one's back while the next answer is read.

A decision is in the gradebook before this hears of it: what is lost here is only made again later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from grader.errors import GraderError

RETRY_SECONDS = 2.0
"""Another command may be at work on the assignment."""


class Again:
    """One thread, which grades whom it is told of, as many at once as have gathered.

    Attributes:
        trouble: why it could not be done the last time, for the person at the screen; "" if it
            was.
    """

    def __init__(self, grade: Callable[[Sequence[str]], object]) -> None:
        self.trouble = ""
        self._grade = grade
        self._waiting: dict[str, None] = {}
        self._at_work = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="grading again")
        self._thread.start()

    def ask(self, students: Sequence[str]) -> None:
        """Grade these students again, soon."""
        with self._changed:
            self._waiting |= dict.fromkeys(students)
            self._changed.notify_all()

    @property
    def waiting(self) -> int:
        """How many students' scores are not what was decided yet."""
        with self._changed:
            return len(self._waiting) + self._at_work

    def close(self) -> None:
        """Do what is left to be done, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if not self._waiting:
                    return
                students = tuple(self._waiting)
                self._waiting.clear()
                self._at_work = len(students)
            try:
                self._grade(students)
                self.trouble = ""
            except GraderError as error:
                self._put_off(students, str(error))
            except Exception as error:  # it must not die: all later decisions would wait for ever
                self._put_off(students, f"{type(error).__name__}: {error}")
            finally:
                with self._changed:
                    self._at_work = 0

    def _put_off(self, students: Sequence[str], trouble: str) -> None:
        """Try again later; at the end, give up: the next `grade` does it."""
        self.trouble = trouble
        with self._changed:
            if self._closing:
                return
            self._waiting = dict.fromkeys([*students, *self._waiting])
            self._changed.wait(RETRY_SECONDS)
