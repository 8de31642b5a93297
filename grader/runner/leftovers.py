"""What real notebooks bring along, so that it does not cost a right function its points.

Colab's modules, names that NumPy has dropped, absolute paths to the assignment's own data files.
Whatever is used is flagged through `tolerate`.
"""

from __future__ import annotations

import ast
import os
import sys
import types
from collections.abc import Callable
from typing import Any

Tolerate = Callable[[str], None]


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


class DataPaths(ast.NodeTransformer):
    """Turns "/content/drive/My Drive/data.csv" into "data.csv" if that is the assignment's file.

    Only where the path as written does not exist.
    """

    def __init__(self, data_files: tuple[str, ...], tolerate: Tolerate) -> None:
        self._names = {os.path.basename(name): name for name in data_files}
        self._tolerate = tolerate

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        text = node.value
        if not isinstance(text, str) or not (1 < len(text) < 500) or "\n" in text:
            return node
        base = text.replace("\\", "/").rpartition("/")[2]
        if base == text or base not in self._names or os.path.exists(text):
            return node
        self._tolerate(f"path:{text}")
        return ast.copy_location(ast.Constant(self._names[base]), node)
