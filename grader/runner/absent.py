"""What a notebook asks for and is not here: modules, files, and the names that would come of them.

A line that needs such a thing fails, as it would in Jupyter. The lines after it that do not need it
say something about the student, and are run.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Iterator

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Absent:
    """The names that are not there because the line that would have made them failed.

    `any_name` is set once a `from module import *` has failed: then it may have been any name.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.any_name = False

    def explains(self, error: BaseException | None) -> bool:
        """Whether a line failed for want of something from outside, not for what it says."""
        if isinstance(error, (OSError, ImportError)):
            return True
        if type(error) is not NameError:
            return False
        return self.any_name or getattr(error, "name", None) in self.names

    def was_not_made(self, node: ast.stmt) -> None:
        for name in bound_names(node):
            if name == "*":
                self.any_name = True
            else:
                self.names.add(name)

    def was_made(self, node: ast.stmt) -> None:
        if self.names:
            self.names.difference_update(bound_names(node))


def bound_names(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds: `a, b = f()`, `import c`, `def d(): ...`."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.alias):
            yield part.asname or part.name.partition(".")[0]


def bare(node: ast.stmt) -> ast.stmt | None:
    """A function without decorators and annotations, which may need a module that is not here.

    `@njit` and `x: torch.Tensor` do not change what the function computes.
    """
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    node = copy.deepcopy(node)
    node.decorator_list, node.returns = [], None
    arguments = node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        argument.annotation = None
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            rest.annotation = None
    return node


def is_python(source: str) -> bool:
    show = warnings.showwarning
    # what the compiler warns of is said when the cell runs; a filter would forget what has been
    # said once already
    warnings.showwarning = lambda *_args, **_kw: None
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    finally:
        warnings.showwarning = show
    return True
