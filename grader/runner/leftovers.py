"""What real notebooks bring along, so that it does not cost a right function its points.

Colab's modules, progress bars, names that NumPy and pandas have dropped, absolute paths to the
assignment's own data files. What changes the meaning of a line is flagged through `tolerate`.
"""

from __future__ import annotations

import ast
import importlib.abc
import os
import sys
import types
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from typing import Any

Tolerate = Callable[[str], None]


def install(tolerate: Tolerate) -> None:
    """All of it that is the same for every notebook; once in a process, and before it forks."""
    install_colab()
    install_progress_bars(tolerate)
    restore_numpy_names(tolerate)
    restore_pandas_names(tolerate)


def install_colab() -> None:
    """`google.colab` with a `drive.mount` that does nothing."""
    colab = types.ModuleType("google.colab")
    for name in ("drive", "files", "output", "userdata", "auth"):
        module = types.ModuleType(f"google.colab.{name}")
        setattr(colab, name, module)
        sys.modules[f"google.colab.{name}"] = module
    colab.drive.mount = lambda *_args, **_kw: print("Mounted (not really: nothing is mounted)")
    colab.drive.flush_and_unmount = lambda *_args, **_kw: None
    colab.files.upload = lambda *_args, **_kw: {}
    colab.files.download = lambda *_args, **_kw: None
    colab.output.clear = lambda *_args, **_kw: None
    colab.auth.authenticate_user = lambda *_args, **_kw: None
    if "google" not in sys.modules:
        google = types.ModuleType("google")
        google.__path__ = []
        sys.modules["google"] = google
    sys.modules["google.colab"] = colab
    sys.modules["google"].colab = colab  # type: ignore[attr-defined]


class _Progress:
    """What `tqdm` gives: the things themselves, without a bar."""

    def __init__(self, iterable: Any = (), *_args: Any, **_kw: Any) -> None:
        self._iterable = iterable
        self.n = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, n: int = 1) -> None:
        self.n += n

    @classmethod
    def write(cls, text: str, *_args: Any, **_kw: Any) -> None:
        print(text)

    @classmethod
    def pandas(cls, *_args: Any, **_kw: Any) -> None:
        return None

    def _nothing(self, *_args: Any, **_kw: Any) -> None:
        return None

    set_description = set_description_str = set_postfix = set_postfix_str = _nothing
    close = refresh = reset = clear = display = _nothing


class _ProgressBars(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """`tqdm` where it is not installed: it stands around the loops of right functions."""

    def __init__(self, tolerate: Tolerate) -> None:
        self._tolerate = tolerate

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        if name.partition(".")[0] != "tqdm":
            return None
        self._tolerate("import:tqdm")
        return ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        for bar in ("tqdm", "tqdm_notebook"):
            setattr(module, bar, _Progress)
        for count in ("trange", "tnrange"):
            setattr(module, count, lambda *args, **_kw: _Progress(range(*args)))


def install_progress_bars(tolerate: Tolerate) -> None:
    """Last in line, so that an installed `tqdm` comes first."""
    sys.meta_path.append(_ProgressBars(tolerate))


def restore_numpy_names(tolerate: Tolerate) -> None:
    """Names that NumPy had and has no more, for the code of the notebook alone.

    Libraries ask `hasattr(np, ...)` to tell versions apart, and must get the true answer.
    """
    import numpy as np

    gone: dict[str, Any] = {
        "float": float,
        "int": int,
        "object": object,
        "complex": complex,
        "str": str,
        "bool": bool,
        "long": int,
        "float_": np.float64,
        "complex_": np.complex128,
        "unicode_": np.str_,
        "string_": np.bytes_,
        "Inf": np.inf,
        "Infinity": np.inf,
        "infty": np.inf,
        "PINF": np.inf,
        "NINF": -np.inf,
        "NaN": np.nan,
        "NAN": np.nan,
        "round_": np.round,
        "product": np.prod,
        "cumproduct": np.cumprod,
        "alltrue": np.all,
        "sometrue": np.any,
        "row_stack": np.vstack,
        "in1d": np.isin,
        "trapz": getattr(np, "trapezoid", None),
        "asscalar": lambda a: np.asarray(a).item(),
        "mat": np.asmatrix,
        "msort": lambda a: np.sort(a, axis=0),
    }
    original = np.__getattr__

    def lookup(name: str) -> Any:
        if name in gone and sys._getframe(1).f_globals.get("__name__") == "__main__":
            tolerate(f"numpy:{name}")
            return gone[name]
        return original(name)

    np.__getattr__ = lookup  # type: ignore[method-assign]


def restore_pandas_names(tolerate: Tolerate) -> None:
    """Methods that pandas had and has no more."""
    import pandas as pd

    def as_matrix(self: Any, *_: Any) -> Any:
        tolerate("pandas:as_matrix")
        return self.to_numpy()

    def append(self: Any, other: Any, ignore_index: bool = False, **_: Any) -> Any:
        tolerate("pandas:append")
        if isinstance(other, dict):
            other = pd.DataFrame([other])
        elif isinstance(other, pd.Series) and isinstance(self, pd.DataFrame):
            other = other.to_frame().T
        others = other if isinstance(other, (list, tuple)) else [other]
        return pd.concat([self, *others], ignore_index=ignore_index)

    for kind in (pd.DataFrame, pd.Series):
        for method in (as_matrix, append):
            if not hasattr(kind, method.__name__):
                setattr(kind, method.__name__, method)


class DataPaths(ast.NodeTransformer):
    """Turns "/content/drive/My Drive/data.csv" into "data.csv" if that is the assignment's file.

    Only where the path as written does not exist. Of one that is put together (`FOLDER + "x.csv"`,
    `os.path.join(FOLDER, "x.csv")`, `f"{FOLDER}/x.csv"`) this is known when the line runs: there
    `existing` decides, which must be in the notebook's namespace.
    """

    EXISTING = "_existing_path_of_grader"

    def __init__(self, data_files: tuple[str, ...], tolerate: Tolerate) -> None:
        self._names = {os.path.basename(name): name for name in data_files}
        self._tolerate = tolerate

    def existing(self, path: Any, name: str) -> Any:
        """The path, or the assignment's own file if there is nothing at that path."""
        if not isinstance(path, (str, os.PathLike)) or os.path.exists(path):
            return path
        self._tolerate(f"path:{name}")
        return self._names[name]

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        name = self._data_name(node)
        text = node.value if isinstance(node.value, str) else ""
        if name is None or name == text or os.path.exists(text):
            return node
        self._tolerate(f"path:{text}")
        return ast.copy_location(ast.Constant(self._names[name]), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        name = self._data_name(node.right)
        if name is None or not isinstance(node.op, (ast.Add, ast.Div)):
            return self.generic_visit(node)
        return self._checked(node, name)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = self._data_name(node.args[-1]) if node.args else None
        is_join = isinstance(node.func, ast.Attribute) and node.func.attr == "join"
        if name is None or not is_join or len(node.args) < 2:
            return self.generic_visit(node)
        return self._checked(node, name)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        name = self._data_name(node.values[-1]) if node.values else None
        return node if name is None else self._checked(node, name)

    def _data_name(self, node: ast.AST) -> str | None:
        """The name of the assignment's file that a text ends with, or None."""
        text = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(text, str) or not (1 < len(text) < 500) or "\n" in text:
            return None
        name = text.replace("\\", "/").rpartition("/")[2]
        return name if name in self._names else None

    def _checked(self, node: ast.expr, name: str) -> ast.Call:
        function = ast.Name(self.EXISTING, ast.Load())
        call = ast.Call(function, [node, ast.Constant(name)], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))
