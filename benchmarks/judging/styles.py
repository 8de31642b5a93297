"""Right solutions, as students write them: one grammar for each function that is asked for.

Everything here is right up to rounding. What is drawn once is the same throughout a solution, as
with a person who has one way to write a sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from benchmarks.judging.grammar import Rules, chosen_once

PREAMBLE = "import math\nimport numpy as np\n\n"

ANYWHERE: Rules = {
    # a number as a number, and as what NumPy makes of it
    "number": [
        "R",
        "float(R)",
        "np.float64(R)",
        "np.array(R)",
        "np.array([R])",
        "np.array([[R]])",
        "np.asarray(R).item()",
        "[R]",
    ],
    "half": ["0.5 * (R)", "(R) / 2", "(R) / 2.0", "1 / 2 * (R)"],
    "zero": ["0", "0.0", "np.float64(0)"],
}

VECTORS: Rules = {
    **ANYWHERE,
    "as_floats": [
        "",
        "    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)\n",
        "    x, y = np.array(x) * 1.0, np.array(y) * 1.0\n",
        "    x, y = np.asarray(x, dtype=np.longdouble), np.asarray(y, dtype=np.longdouble)\n",
        "    x, y = np.asarray(x, dtype=np.float32), np.asarray(y, dtype=np.float32)\n"
        "    w, b = np.float32(w), np.float32(b)\n",
        "    x, y = np.asarray(x).reshape(-1), np.asarray(y).reshape(-1)\n",
    ],
    "m": ["len(x)", "x.shape[0]", "x.size", "y.size", "np.size(y)", "len(y)"],
    "order": ["range(len(x))", "reversed(range(len(x)))", "range(len(y))"],
    "error": [
        "w * x + b - y",
        "(w * x - y) + b",
        "b + x * w - y",
        "-(y - (w * x + b))",
        "np.add(np.multiply(x, w), b) - y",
        "np.array([w * p + b - q for p, q in zip(x, y)])",
        "np.subtract(x * w + b, y)",
    ],
    "mean_square": [
        "np.sum(e ** 2) / <m>",
        "np.mean(e ** 2)",
        "np.mean(np.square(e))",
        "e @ e / <m>",
        "np.dot(e, e) / <m>",
        "1 / <m> * np.sum(e * e)",
        "sum(e * e) / <m>",
        "np.linalg.norm(e) ** 2 / <m>",
        "np.average(np.abs(e) ** 2)",
        "math.fsum((e * e).tolist()) / <m>",
        "np.einsum('i,i->', e, e) / <m>",
        "np.sum(e[::-1] * e[::-1]) / <m>",
        "np.var(e) + np.mean(e) ** 2",
    ],
    "mean_ex": [
        "np.sum(e * x) / <m>",
        "np.mean(e * x)",
        "np.dot(e, x) / <m>",
        "e @ x / <m>",
        "x.T @ e / <m>",
        "1 / <m> * np.sum(x * e)",
        "sum(p * q for p, q in zip(e, x)) / <m>",
        "np.inner(x, e) / <m>",
        "np.sum((e / <m>) * x)",
        "np.average(x * e)",
    ],
    "mean_e": [
        "np.sum(e) / <m>",
        "np.mean(e)",
        "e.mean()",
        "sum(e) / <m>",
        "e @ np.ones(len(e)) / <m>",
        "np.sum(e / <m>)",
        "math.fsum(e.tolist()) / <m>",
    ],
    "pair": ["A, B", "(float(A), float(B))", "[A, B]", "np.array([A, B])", "(np.array([A]), B)"],
}

MATRICES: Rules = {
    **ANYWHERE,
    "as_floats": [
        "",
        "    X, y, w = np.asarray(X, float), np.asarray(y, float), np.asarray(w, float)\n",
        "    X, y, w = X * 1.0, y * 1.0, w * 1.0\n",
        "    X, y, w = X.astype(np.longdouble), y.astype(np.longdouble), w.astype(np.longdouble)\n",
        "    X, y, w = X.astype(np.float32), y.astype(np.float32), w.astype(np.float32)\n",
    ],
    "m": ["len(X)", "X.shape[0]", "y.size", "len(y)"],
    "error": [
        "X @ w - y",
        "np.dot(X, w) - y",
        "np.matmul(X, w) - y",
        "(w.T @ X.T).T - y",
        "-(y - X.dot(w))",
        "np.sum(X * w.T, axis=1, keepdims=True) - y",
        "np.einsum('ij,jk->ik', X, w) - y",
    ],
    "mean_square": [
        "np.sum(e ** 2) / <m>",
        "np.mean(e ** 2)",
        "e.T @ e / <m>",
        "(e.T @ e)[0, 0] / <m>",
        "np.linalg.norm(e) ** 2 / <m>",
        "np.vdot(e, e) / <m>",
        "np.trace(e.T @ e) / <m>",
        "np.sum(np.square(e)) * (1 / <m>)",
    ],
    "slope": [
        "X.T @ e / <m>",
        "np.dot(X.T, e) / <m>",
        "(e.T @ X).T / <m>",
        "1 / <m> * X.T @ e",
        "np.sum(X * e, axis=0).reshape(-1, 1) / <m>",
        "np.mean(X * e, axis=0)[:, None]",
        "np.einsum('ij,ik->jk', X, e) / <m>",
        "sum(X[i : i + 1].T * e[i] for i in range(len(X))) / <m>",
    ],
    "column": ["R", "np.array(R)", "np.asarray(R).reshape(-1, 1)", "(R).ravel()", "(R).tolist()"],
    "rows": ["range(len(X))", "range(X.shape[0])", "reversed(range(len(y)))"],
    "columns": ["range(len(w))", "range(X.shape[1])", "reversed(range(len(w)))"],
}

_COST_BODIES = [
    "    e = <error>\n    R = <mean_square>\n    R = <half>\n    return <number>\n",
    "    R = <zero>\n    for i in <order>:\n        R += (w * x[i] + b - y[i]) ** 2\n"
    "    R = R / <m>\n    R = <half>\n    return <number>\n",
    "    R = np.mean([(b - q + w * p) ** 2 / 2 for p, q in zip(x, y)])\n    return <number>\n",
    "    R = (w * w * np.mean(x * x) + np.mean((b - y) ** 2) + 2 * w * np.mean(x * (b - y))) / 2\n"
    "    return <number>\n",
]
_GRADIENT_BODIES = [
    "    e = <error>\n    A = <mean_ex>\n    B = <mean_e>\n    return <pair>\n",
    "    A = B = <zero>\n    for i in <order>:\n        d = (w * x[i] + b) - y[i]\n"
    "        A += d * x[i]\n        B = B + d\n    A, B = A / <m>, B / <m>\n    return <pair>\n",
    "    A = w * np.mean(x * x) + b * np.mean(x) - np.mean(x * y)\n"
    "    B = w * np.mean(x) + b - np.mean(y)\n    return <pair>\n",
    "    D = np.column_stack([x, np.ones(len(x))])\n"
    "    A, B = D.T @ (D @ np.array([w, b]) - y) / <m>\n    return <pair>\n",
]
_LOOPS = {
    "cost": "    R = <zero>\n    for i in <rows>:\n        p = <zero>\n"
    "        for j in <columns>:\n            p += X[i, j] * w[j, 0]\n"
    "        R += (p - y[i, 0]) ** 2\n    R = R / <m>\n    R = <half>\n    return <number>\n",
    "gradient": "    R = np.zeros(<like_w>)\n    for i in <rows>:\n        p = <zero>\n"
    "        for j in <columns>:\n            p += X[i, j] * w[j, 0]\n"
    "        for j in <columns>:\n            R[j, 0] += (p - y[i, 0]) * X[i, j]<over_m>\n"
    "    return <column>\n",
}
_LIKE_W = {"like_w": ["w.shape", "(len(w), 1)", "(X.shape[1], 1)"]}

STYLES: Mapping[str, tuple[str, Rules]] = {
    "predict": (
        "def predict(x, w, b):\n<body>",
        {
            "body": [
                "    return <line>\n",
                "    x = np.asarray(x, dtype=<dtype>)\n    return <line>\n",
                "    out = np.zeros(len(x))\n    for i in range(len(x)):\n"
                "        out[i] = w * x[i] + b\n    return out\n",
                "    return [b + w * each for each in x]\n",
                "    return tuple(float(w * each + b) for each in x)\n",
                "    return np.column_stack([x, np.ones(len(x))]) @ np.array([w, b])\n",
                "    return (<line>).reshape(-1, 1)\n",
            ],
            "line": ["w * x + b", "b + x * w", "np.dot(x, w) + b", "np.multiply(w, x) + b"],
            "dtype": ["float", "np.float32", "np.longdouble"],
        },
    ),
    "absolute_loss": (
        "def absolute_loss(y_hat, y):\n    return <it>\n",
        {
            "it": [
                "np.abs(<difference>)",
                "abs(<difference>)",
                "np.absolute(<difference>)",
                "np.sqrt((<difference>) ** 2.0)",
                "np.maximum(y_hat - y, y - y_hat)",
                "[abs(p - q) for p, q in zip(y_hat, y)]",
                "np.where(y_hat > y, y_hat - y, y - y_hat)",
                "np.fabs(np.asarray(y_hat, np.float32) - np.asarray(y, np.float32))",
                "(<difference>) * np.sign(<difference>)",
            ],
            "difference": ["y_hat - y", "y - y_hat", "np.subtract(y, y_hat)"],
        },
    ),
    "squared_loss": (
        "def squared_loss(y_hat, y):\n    return <it>\n",
        {
            "it": [
                "(<difference>) ** 2 / 2",
                "0.5 * (<difference>) ** 2",
                "np.square(<difference>) / 2.0",
                "1 / 2 * np.power(<difference>, 2)",
                "(<difference>) * (<difference>) * 0.5",
                "[(p - q) ** 2 / 2 for p, q in zip(y_hat, y)]",
                "(y * y - 2 * y * y_hat + y_hat * y_hat) / 2",
                "np.abs(<difference>) ** 2 / 2",
                "np.square(np.asarray(y_hat, np.float32) - np.asarray(y, np.float32)) / 2",
                "((<difference>) / np.sqrt(2)) ** 2",
            ],
            "difference": ["y_hat - y", "y - y_hat", "np.subtract(y, y_hat)"],
        },
    ),
    "compute_cost": (
        "def compute_cost(x, y, w, b):\n<as_floats><body>",
        {**VECTORS, "body": _COST_BODIES},
    ),
    "compute_gradient": (
        "def compute_gradient(x, y, w, b):\n<as_floats><body>",
        {**VECTORS, "body": _GRADIENT_BODIES},
    ),
    "quadratic_coefficients": (
        "def quadratic_coefficients(x, y, b):\n<as_floats>    m = <m>\n    r = <rest>\n"
        "    A, B, C = <first>, <second>, <third>\n    return <three>\n",
        {
            **VECTORS,
            "as_floats": [VECTORS["as_floats"][0], VECTORS["as_floats"][1]],
            "rest": ["b - y", "-(y - b)", "np.array([b - each for each in y])"],
            "first": ["np.sum(x ** 2) / (2 * m)", "np.mean(x * x) / 2", "0.5 * (x @ x) / m"],
            "second": [
                "np.sum(x * r) / m",
                "b * np.mean(x) - np.mean(x * y)",
                "np.dot(r, x) / m",
                "-np.sum(x * y - b * x) / m",
                "2 * np.sum(x * r) / (2 * m)",
            ],
            "third": [
                "np.sum(r ** 2) / (2 * m)",
                "np.mean(r * r) / 2",
                "0.5 * (r @ r) / m",
                "(b * b - 2 * b * np.mean(y) + np.mean(y * y)) / 2",
            ],
            "three": ["A, B, C", "[A, B, C]", "np.array([A, B, C])", "float(A), float(B), float(C)"],
        },
    ),
    "descend_quadratic": (
        "def descend_quadratic(c1, c2, w0, alpha, steps):\n<body>",
        {
            "body": [
                "    path = [w0]\n    for _ in range(steps):\n"
                "        path.append(<step>)\n    return <path>\n",
                "    path = np.zeros(steps + 1)\n    path[0] = w0\n    for k in range(steps):\n"
                "        w = path[k]\n        path[k + 1] = <of_w>\n    return <path>\n",
                "    best = -c2 / (2 * c1)\n    k = np.arange(steps + 1)\n"
                "    path = best + (w0 - best) * (1 - 2 * alpha * c1) ** k\n    return <path>\n",
                "    w, path = float(w0), [float(w0)]\n    while len(path) <= steps:\n"
                "        w = <of_w>\n        path.append(w)\n    return <path>\n",
            ],
            "step": [
                "path[-1] - alpha * (2 * c1 * path[-1] + c2)",
                "path[-1] - 2 * alpha * c1 * path[-1] - alpha * c2",
                "(1 - 2 * alpha * c1) * path[-1] - alpha * c2",
            ],
            "of_w": ["w - alpha * (2 * c1 * w + c2)", "w - alpha * (c1 * w + c1 * w + c2)"],
            "path": ["path", "np.array(path)", "list(path)", "tuple(path)", "np.array(path).ravel()"],
        },
    ),
    "gradient_descent": (
        "def gradient_descent(x, y, w, b, alpha, num_iters):\n<as_floats>    history = []\n"
        "    for _ in range(num_iters):\n        e = <error>\n        R = <mean_square>\n"
        "        history.append(<half>)\n        A = <mean_ex>\n        B = <mean_e>\n"
        "        <update>\n    return w, b, <history>\n",
        {
            **VECTORS,
            "as_floats": [VECTORS["as_floats"][0], VECTORS["as_floats"][1]],
            "update": ["w, b = w - alpha * A, b - alpha * B", "w = w - alpha * A; b = b - alpha * B"],
            "history": ["history", "np.array(history)", "np.array(history).reshape(-1, 1)"],
        },
    ),
    "numerical_derivative": (
        "def numerical_derivative(f, x, h):\n    R = <quotient>\n    return <number>\n",
        {
            **ANYWHERE,
            "quotient": [
                "(f(x + h) - f(x - h)) / (2 * h)",
                "(f(x + h) - f(x)) / h",
                "(f(x) - f(x - h)) / h",
                "(f(x + h / 2) - f(x - h / 2)) / h",
                "-(f(x - h) - f(x + h)) / h / 2",
                "np.divide(f(x + h) - f(x - h), 2 * h)",
                "(f(x + h) - f(x - h)) * (0.5 / h)",
                "sum([(f(x + h) - f(x)) / h, (f(x) - f(x - h)) / h]) / 2",
            ],
        },
    ),
    "abs_derivative": (
        "def abs_derivative(x):\n<body>",
        {
            **ANYWHERE,
            "body": [
                "    if x > 0:\n        R = 1\n    elif x < 0:\n        R = -1\n    else:\n"
                "        R = <kink>\n    return <number>\n",
                "    R = np.sign(x)\n    return <number>\n",
                "    R = 1.0 if x >= 0 else -1.0\n    return <number>\n",
                "    R = x / abs(x) if x != 0 else <kink>\n    return <number>\n",
                "    return np.where(x > 0, 1, -1)\n",
            ],
            "kink": ["0", "1", "-1", "0.5", "-0.25", "1 / 3"],
        },
    ),
    "relu_derivative": (
        "def relu_derivative(x):\n<body>",
        {
            **ANYWHERE,
            "body": [
                "    if x == 0:\n        R = <kink>\n    else:\n        R = int(x > 0)\n"
                "    return <number>\n",
                "    R = (x > 0) * 1.0\n    return <number>\n",
                "    R = np.heaviside(x, <kink>)\n    return <number>\n",
                "    R = 1 if x >= 0 else 0\n    return <number>\n",
                "    return (np.sign(x) + 1) / 2\n",
            ],
            "kink": ["0", "1", "0.5", "1 / 3", "0.9"],
        },
    ),
    "d_Ax_dx": (
        "def d_Ax_dx(A):\n    return <it>\n",
        {
            "it": [
                "A.T",
                "np.transpose(A)",
                "A.T.copy()",
                "np.array(A).T.tolist()",
                "np.einsum('ij->ji', A)",
                "np.array([A[:, j] for j in range(A.shape[1])])",
                "np.swapaxes(A, 0, 1) * 1.0",
                "A.T.astype(np.float32)",
            ]
        },
    ),
    "d_xTAx_dx": (
        "def d_xTAx_dx(A, x):\n    return <it>\n",
        {
            "it": [
                "(A + A.T) @ x",
                "A @ x + A.T @ x",
                "np.dot(A, x) + np.dot(A.T, x)",
                "A.dot(x) + (x.T @ A).T",
                "(x.T @ (A + A.T)).T",
                "np.einsum('ij,jk->ik', A + A.T, x)",
                "((A + A.T).astype(np.float32)) @ x.astype(np.float32)",
                "np.array([[sum((A[i, j] + A[j, i]) * x[j, 0] for j in range(len(x)))] for i in range(len(x))])",
            ]
        },
    ),
    "d_wTx_dw": (
        "def d_wTx_dw(w, x):\n    return <it>\n",
        {
            "it": [
                "x",
                "x.copy()",
                "x * 1.0",
                "np.array(x)",
                "x.reshape(-1, 1)",
                "np.ones_like(w) * x",
                "x.tolist()",
                "np.eye(len(x)) @ x",
                "x.astype(np.float32)",
            ]
        },
    ),
    "add_bias": (
        "def add_bias(X):\n<body>",
        {
            "body": [
                "    return np.hstack([np.ones((len(X), 1)), X])\n",
                "    return np.c_[np.ones(len(X)), X]\n",
                "    return np.insert(X, 0, 1, axis=1)\n",
                "    return np.concatenate((np.ones((X.shape[0], 1)), X), axis=1)\n",
                "    out = np.ones((X.shape[0], X.shape[1] + 1))\n    out[:, 1:] = X\n    return out\n",
                "    return [[1, *row] for row in X]\n",
                "    return np.pad(X, ((0, 0), (1, 0)), constant_values=1)\n",
                "    return np.column_stack([np.full(len(X), 1.0), X])\n",
            ]
        },
    ),
    "single_instance_gradient": (
        "def single_instance_gradient(w, x, y):\n    r = <residual>\n    R = <product>\n"
        "    return <column>\n",
        {
            **MATRICES,
            "residual": ["w.T @ x - y", "(x.T @ w).item() - y", "np.sum(w * x) - y", "np.vdot(x, w) - y", "-(y - w.T.dot(x))"],
            "product": ["r * x", "x * r", "np.multiply(x, r)", "-((-r) * x)"],
        },
    ),
    "cost_loop": (
        "def cost_loop(X, y, w):\n<as_floats>" + _LOOPS["cost"],
        MATRICES,
    ),
    "gradient_loop": (
        "def gradient_loop(X, y, w):\n<as_floats>" + _LOOPS["gradient"],
        {**MATRICES, **_LIKE_W, "over_m": [" / <m>", " * (1 / <m>)"]},
    ),
    "cost_matrix": (
        "def cost_matrix(X, y, w):\n<as_floats>    e = <error>\n    R = <mean_square>\n"
        "    R = <half>\n    return <number>\n",
        MATRICES,
    ),
    "gradient_matrix": (
        "def gradient_matrix(X, y, w):\n<as_floats>    e = <error>\n    R = <slope>\n"
        "    return <column>\n",
        MATRICES,
    ),
    "fit": (
        "def fit(X, y, alpha, num_iters):\n    w = np.zeros((X.shape[1], 1))\n    history = []\n"
        "    for _ in range(num_iters):\n        e = <error>\n        R = <mean_square>\n"
        "        history.append(np.asarray(<half>).item())\n        w = w - alpha * (<slope>)\n"
        "    return w, <history>\n",
        {**MATRICES, "history": ["history", "np.array(history)", "np.array([history]).T"]},
    ),
}  # fmt: skip


def right_solution(function: str, rng: Random) -> str:
    """The source of a right solution."""
    start, rules = STYLES[function]
    return PREAMBLE + chosen_once(start, rules, rng)
