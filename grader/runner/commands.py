"""Runs `!command` as a kernel does: in the user's shell, its output in a terminal."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Callable, Sequence

SHELL = ("/bin/bash", "/bin/sh")
ROWS_AND_COLUMNS = b"\x18\x00\x50\x00\x00\x00\x00\x00"  # 24, 80: a struct winsize
LOOK_SECONDS = 0.02
"""So soon it is noticed that a command has ended which left something behind that keeps its
terminal open."""


def run(command: str, write: Callable[[str], object]) -> int:
    """Run a command; what it prints is written piece by piece. Its exit status, as `subprocess`'s.

    Nobody can type: it reads an empty input.
    """
    if sys.platform == "win32":
        done = subprocess.run(
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        write(done.stdout)
        return done.returncode
    # programs lay out their output for a terminal: `ls` in columns
    try:
        ours, theirs = _terminal()
        line_end = "\n"  # the terminal itself makes "\r\n" of it
    except OSError:  # there is no terminal to be had behind some walls
        ours, theirs = os.pipe()
        line_end = "\r\n"
    process = subprocess.Popen(
        _in_shell(command), stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while True:
        if select.select([ours], [], [], LOOK_SECONDS)[0]:
            with contextlib.suppress(OSError):  # EIO: nobody has the terminal open any more
                if piece := os.read(ours, 1 << 16):
                    write(decoder.decode(piece).replace("\n", line_end))
                    continue
            break
        if process.poll() is not None:
            break
    os.close(ours)
    write(decoder.decode(b"", final=True))
    return process.wait()


def _in_shell(command: str) -> Sequence[str]:
    return (next((shell for shell in SHELL if os.path.exists(shell)), SHELL[-1]), "-c", command)


def _terminal() -> tuple[int, int]:
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, ROWS_AND_COLUMNS)
    return ours, theirs
