"""The one kind of error that a person can put right."""

from __future__ import annotations


class GraderError(Exception):
    """Something that an author or a TA can mend: what is wrong, where, what to do.

    A student's mistake is never an error; it is a `Verdict`. A bug of ours is any other exception.
    """

    def __init__(self, problem: str, *, at: str = "", fix: str = "") -> None:
        super().__init__(problem, at, fix)  # all fields in args, so that it survives pickling
        self.problem = problem
        self.at = at
        self.fix = fix

    def __reduce__(self) -> tuple[object, ...]:
        return (_remake, (type(self), self.problem, self.at, self.fix))

    def __str__(self) -> str:
        lines = [self.problem]
        if self.at:
            lines.append(f"  at:  {self.at}")
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)


def _remake(kind: type[GraderError], problem: str, at: str, fix: str) -> GraderError:
    return kind(problem, at=at, fix=fix)
