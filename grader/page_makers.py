"""Processes that make pages, one a core, while this one goes on.

    this process   a thread for each maker: a job down its standard input, the answer back
    a maker        `python -m grader.page_makers`: reads jobs until its input ends

Jobs and answers are JSON of typed records (it keeps the offsets of times), each behind its length.
A maker reads what it shows from the records on disk; student code runs in none. When this process
dies, however it does, the makers' input ends, and so do they.
"""

from __future__ import annotations

import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import msgspec

from grader.errors import GraderError
from grader.student_page import Folders, PageJob, make_page

MOST = 16
_LENGTH = struct.Struct(">I")


class _Answer(msgspec.Struct):
    """`warning`: what could not be shown. The others are of a `GraderError`."""

    warning: str = ""
    problem: str = ""
    at: str = ""
    fix: str = ""


_encode = msgspec.json.Encoder(decimal_format="string").encode


class PageMakers:
    """Makers of the pages of one assignment. To be closed."""

    def __init__(self, folders: Folders, count: int) -> None:
        self._folders = _encode(folders)
        self._jobs: queue.SimpleQueue[PageJob | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[str, _Answer]] = queue.SimpleQueue()
        self._waiting = 0
        self._is_closed = False
        self._processes: list[subprocess.Popen[bytes]] = []
        self._threads = [threading.Thread(target=self._feed, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, job: PageJob) -> None:
        """Have a page made, at some time before `finished` has ended."""
        self._waiting += 1
        self._jobs.put(job)

    def done(self) -> Iterator[tuple[str, str]]:
        """The pages that were made since: whose, and what could not be shown. Waits for none.

        Raises:
            GraderError: one can't be written.
        """
        while True:
            try:
                answer = self._answers.get_nowait()
            except queue.Empty:
                return
            yield self._taken(answer)

    def finished(self) -> Iterator[tuple[str, str]]:
        """As `done`, and waits for all."""
        while self._waiting:
            yield self._taken(self._answers.get())

    def close(self) -> None:
        """End the makers, whatever they are at."""
        self._is_closed = True
        for _ in self._threads:
            self._jobs.put(None)
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()

    def _taken(self, answer: tuple[str, _Answer]) -> tuple[str, str]:
        self._waiting -= 1
        student, said = answer
        if said.problem:
            raise GraderError(said.problem, at=said.at, fix=said.fix)
        return student, said.warning

    def _feed(self) -> None:
        """One maker's jobs. Where it ends before them another one is started, and gets the job that
        it was at; once."""
        process = None
        while (job := self._jobs.get()) is not None:
            answer = _Answer()
            for _ in range(2):
                if self._is_closed:
                    break
                try:
                    process = process or self._started()
                    answer = _asked(process, job)
                    break
                except (OSError, EOFError, msgspec.DecodeError) as error:
                    what = f"{type(error).__name__}: {error}".rstrip(": ")
                    answer = _Answer(f"{job.score.student}: the page could not be made ({what})")
                    if process is not None:
                        process.kill()
                        _end(process)
                    process = None
            self._answers.put((job.score.student, answer))
        if process is not None:
            _end(process)

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.page_makers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._processes.append(process)
        assert process.stdin is not None
        _send(process.stdin, self._folders)
        return process


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let its input end, and wait for it."""
    with suppress(BrokenPipeError), process:
        pass


def how_many() -> int:
    """Makers that are of use: one a core."""
    has_affinity = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count() or 1
    return min(cores, MOST)


def _asked(process: subprocess.Popen[bytes], job: PageJob) -> _Answer:
    assert process.stdin is not None
    assert process.stdout is not None
    _send(process.stdin, _encode(job))
    return msgspec.json.decode(_received(process.stdout), type=_Answer)


def _send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(_LENGTH.pack(len(body)) + body)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """Raises:
    EOFError: the other side has ended.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    body = pipe.read(length)
    if len(body) < length:
        raise EOFError
    return body


def _serve() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks for pages says when it is enough
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints, prints to people
    try:
        folders = msgspec.json.decode(_received(asked), type=Folders)
        decode = msgspec.json.Decoder(PageJob).decode
        while True:
            job = decode(_received(asked))
            try:
                answer = _Answer(make_page(folders, job))
            except GraderError as error:
                answer = _Answer("", error.problem, error.at, error.fix)
            except Exception as error:  # the fence around one student
                what = f"{type(error).__name__}: {error}"
                answer = _Answer(f"{job.score.student}: the page could not be made ({what})")
            _send(answers, _encode(answer))
    except (EOFError, BrokenPipeError):
        return


if __name__ == "__main__":
    _serve()
