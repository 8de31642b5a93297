"""The notebook that everybody runs: seven small cells, and one with a line plot in its place."""

from __future__ import annotations

import json

_IMPORTS = "import numpy as np\nimport pandas as pd"
_PLOT_IMPORT = "import matplotlib.pyplot as plt"
_CELLS = (
    """rng = np.random.default_rng({number})
table = pd.DataFrame({{"height": rng.normal(66.37, 3.85, 200)}})
table["weight"] = 7.7 * table["height"] - 350 + rng.normal(0, 12, 200)""",
    """def compute_cost(x, y, w, b):
    return ((w * x + b - y) ** 2).mean() / 2""",
    """def compute_gradient(x, y, w, b):
    error = w * x + b - y
    return (error * x).mean(), error.mean()""",
    """x = ((table.height - table.height.mean()) / table.height.std()).to_numpy()
y = table.weight.to_numpy()
w = b = 0.0
history = []
for _ in range(200):
    history.append(compute_cost(x, y, w, b))
    dj_dw, dj_db = compute_gradient(x, y, w, b)
    w, b = w - 0.1 * dj_dw, b - 0.1 * dj_db""",
    """print(f"w = {{w:.4f}}, b = {{b:.4f}}")
history[-1]""",
)
_LAST = "table.describe()"
_PLOT = """plt.plot(history)
plt.xlabel("iteration")
plt.ylabel("J")
plt.show()
table.describe()"""


def cells(number: int, *, plot: bool) -> list[str]:
    """The cells of notebook `number`; no two are the same, so that nobody can remember one."""
    return [
        f"{_IMPORTS}\n{_PLOT_IMPORT}" if plot else _IMPORTS,
        *(cell.format(number=number) for cell in _CELLS),
        _PLOT if plot else _LAST,
    ]


def script(sources: list[str]) -> str:
    return "\n\n".join(sources) + "\n"


def notebook(sources: list[str]) -> str:
    """In nbformat 4, as it lies on the disk."""
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
                "language_info": {"name": "python"},
            },
            "cells": [
                {
                    "cell_type": "code",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": source,
                }
                for source in sources
            ],
        }
    )
