"""`grader comment`."""

from grader.cli.decisions import comment as command

__all__ = ["command"]
