"""What ends a conversation with Canvas."""

from grader.errors import GraderError


class CanvasError(GraderError):
    """Canvas can't be asked, or not any more: nothing further is worth trying now."""
