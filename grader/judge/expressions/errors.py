"""Why a text is refused."""

from __future__ import annotations


class ExpressionError(ValueError):
    """The text cannot be read as an expression; the message says why."""
