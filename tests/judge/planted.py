"""Functions as students write them, and mistakes to plant in them: what is replaced by what.

They are written by hand, not made by what is tested. Two that do not touch the same text can be
planted at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise


@dataclass(frozen=True)
class Slip:
    """`slugs`: its true names; the first is the one that it should be given alone."""

    slugs: tuple[str, ...]
    old: str
    new: str
    before: str = ""  # code before the function


@dataclass(frozen=True)
class Planted:
    """A function with one mistake in it, or two."""

    assignment: str
    function: str
    slips: tuple[Slip, ...]
    source: str

    @property
    def true_names(self) -> set[str]:
        coincide = COINCIDE.get((self.function, *(slip.slugs[0] for slip in self.slips)))
        return {slug for slip in self.slips for slug in slip.slugs} | {coincide or ""}

    @property
    def id(self) -> str:
        made = " + ".join(f"{slip.slugs[0]} ({slip.old} -> {slip.new})" for slip in self.slips)
        return f"{self.assignment} {self.function}: {made}".replace("\n", " ")


@dataclass(frozen=True)
class Base:
    """A right function, and what can go wrong in it."""

    assignment: str
    function: str
    source: str
    slips: tuple[Slip, ...]


def slip(slugs: str, old: str, new: str, before: str = "") -> Slip:
    return Slip(tuple(slugs.split()), old, new, before)


def alone(base: Base) -> Iterator[Planted]:
    for one in base.slips:
        yield Planted(base.assignment, base.function, (one,), _source(base, (one,)))


def pairs(base: Base) -> Iterator[Planted]:
    for both in combinations(base.slips, 2):
        source = _source(base, both)
        if source and both[0].slugs[0] != both[1].slugs[0]:
            yield Planted(base.assignment, base.function, both, source)


def _source(base: Base, slips: tuple[Slip, ...]) -> str:
    """The source with all of them made; empty where one leaves nothing to change for another."""
    found = []
    for one in slips:
        places = [n for n in range(len(base.source)) if base.source.startswith(one.old, n)]
        assert places, (base.function, one)
        found += [(place, place + len(one.old), one.new) for place in places]
    found.sort()
    if any(first[1] > second[0] for first, second in pairwise(found)):
        return ""
    source = base.source
    for start, end, new in reversed(found):
        source = source[:start] + new + source[end:]
    return "\n".join([*(one.before for one in slips), source])


HW1 = (
    Base(
        "hw1",
        "predict",
        """
def predict(x, w, b):
    return w * x + b
""",
        (
            slip("forgot-bias ignores-argument", " + b", ""),
            slip("wrong-order", "w * x + b", "b * x + w"),
            slip("sign-flipped", "+ b", "- b"),
            slip("ignores-argument", "w * x", "1.0 * x"),
            slip("ignores-argument", "w * x", "0.3 * x"),
            slip("cut-to-integers", "return w * x + b", "return np.floor(w * x + b)"),
            slip("uses-globals ignores-argument", "w * x", "weight * x", "weight = 1.7; w = 1.7"),
            slip("none-returned", "return w * x + b", "print(w * x + b)"),
            slip("hard-coded", "return w * x + b", "return np.array([1.5, 2.0, 2.5])"),
        ),
    ),
    Base(
        "hw1",
        "absolute_loss",
        """
def absolute_loss(y_hat, y):
    return np.abs(y_hat - y)
""",
        (
            slip("sign-flipped", "np.abs(y_hat - y)", "y_hat - y"),
            slip("averaged", "return np.abs(y_hat - y)", "return np.mean(np.abs(y_hat - y))"),
            slip("sign-flipped", "y_hat - y", "y_hat + y"),
            slip("squared-for-absolute", "np.abs(y_hat - y)", "np.square(y_hat - y)"),
            slip("factor-2", "return np", "return 0.5 * np"),
        ),
    ),
    Base(
        "hw1",
        "squared_loss",
        """
def squared_loss(y_hat, y):
    return (y_hat - y) ** 2 / 2
""",
        (
            slip("factor-2", " / 2", ""),
            slip("averaged", "return (y_hat - y) ** 2 / 2", "return np.mean((y_hat - y) ** 2) / 2"),
            slip("absolute-for-squared", "(y_hat - y) ** 2", "np.abs(y_hat - y)"),
            slip("not-squared", " ** 2", ""),
            slip("sign-flipped", "y_hat - y", "y_hat + y"),
        ),
    ),
    Base(
        "hw1",
        "compute_cost",
        """
def compute_cost(x, y, w, b):
    m = len(x)
    error = w * x + b - y
    return np.sum(error ** 2) / (2 * m)
""",
        (
            slip("factor-2", "(2 * m)", "m"),
            slip("missing-1-over-m", "(2 * m)", "2"),
            slip("forgot-bias ignores-argument", "x + b", "x"),
            slip("absolute-for-squared", "error ** 2", "np.abs(error)"),
            slip("not-squared", "error ** 2", "error"),
            slip("sign-flipped", "- y", "+ y"),
            slip("wrong-order", "w * x + b", "b * x + w"),
            slip("ignores-argument", "- y", ""),
            slip("hard-coded", "m = len(x)", "m = 3"),
            slip(
                "uses-globals ignores-argument",
                "- y",
                "- y_train[: len(x)]",
                "y_train = np.linspace(1, 2, 60)",
            ),
            slip("only-for-one-example", "np.sum(error ** 2)", "error[0] ** 2"),
            slip("wrong-iteration-count", "np.sum(error ** 2)", "np.sum(error[:-1] ** 2)"),
        ),
    ),
    Base(
        "hw1",
        "compute_cost",
        """
def compute_cost(x, y, w, b):
    total = 0.0
    for i in range(len(x)):
        f = w * x[i] + b
        total += (f - y[i]) ** 2
    return total / 2 / len(x)
""",
        (
            slip("factor-2", " / 2", ""),
            slip("missing-1-over-m", " / len(x)", ""),
            slip("forgot-bias ignores-argument", " + b", ""),
            slip("wrong-iteration-count", "range(len(x))", "range(len(x) - 1)"),
            slip("wrong-iteration-count", "range(len(x))", "range(1, len(x))"),
            slip("only-for-one-example", "    return", "        return"),
            slip("overwritten-sum", "+=", "="),
            slip("absolute-for-squared", "(f - y[i]) ** 2", "abs(f - y[i])"),
            slip("sign-flipped", "f - y", "f + y"),
        ),
    ),
    Base(
        "hw1",
        "compute_gradient",
        """
def compute_gradient(x, y, w, b):
    error = w * x + b - y
    dj_dw = np.mean(error * x)
    dj_db = np.mean(error)
    return dj_dw, dj_db
""",
        (
            slip("missing-1-over-m", "np.mean", "np.sum"),
            slip("missing-1-over-m", "dw = np.mean", "dw = np.sum"),
            slip("factor-2", "error = w * x + b - y", "error = 2 * (w * x + b - y)"),
            slip("factor-2", "dj_db = ", "dj_db = 2 * "),
            slip("sign-flipped", "w * x + b - y", "y - (w * x + b)"),
            slip("sign-flipped", "- y", "+ y"),
            slip("wrong-order", "return dj_dw, dj_db", "return dj_db, dj_dw"),
            slip("forgot-bias ignores-argument", "x + b", "x"),
            slip("forgot-x", "error * x", "error"),
            slip("absolute-for-squared", "error = w * x + b - y", "error = np.sign(w * x + b - y)"),
            slip("only-for-one-example", "np.mean(error)", "error[0]"),
        ),
    ),
    Base(
        "hw1",
        "quadratic_coefficients",
        """
def quadratic_coefficients(x, y, b):
    m = x.shape[0]
    c1 = np.sum(x ** 2) / (2 * m)
    c2 = np.sum((b - y) * x) / m
    c3 = np.sum((b - y) ** 2) / (2 * m)
    return c1, c2, c3
""",
        (
            slip("missing-1-over-m", "m = x.shape[0]", "m = 1"),
            slip("factor-2", "(2 * m)", "m"),
            slip("sign-flipped", "(b - y) * x", "(y - b) * x"),
            slip("half-linear-term factor-2", "* x) / m", "* x) / (2 * m)"),
            slip("forgot-bias ignores-argument", "(b - y)", "(-y)"),
            slip("wrong-order", "c1, c2, c3", "c3, c2, c1"),
            slip("not-squared", "x ** 2", "x"),
        ),
    ),
    Base(
        "hw1",
        "descend_quadratic",
        """
def descend_quadratic(c1, c2, w0, alpha, steps):
    path = [float(w0)]
    for k in range(steps):
        w = path[-1]
        path.append(w - alpha * (2 * c1 * w + c2))
    return np.array(path)
""",
        (
            slip("wrong-iteration-count", "range(steps)", "range(steps - 1)"),
            slip("wrong-iteration-count", "range(steps)", "range(steps + 1)"),
            slip("wrong-iteration-count", "np.array(path)", "np.array(path[1:])"),
            slip("factor-2", "2 * c1", "c1"),
            slip("forgot-linear-term ignores-argument", " + c2", ""),
            slip("sign-flipped", "w - alpha", "w + alpha"),
            slip("sign-flipped", "w + c2", "w - c2"),
            slip(
                "cut-to-integers",
                "path.append(w - alpha * (2 * c1 * w + c2))",
                "path.append(type(w0)(w - alpha * (2 * c1 * w + c2)))",
            ),
            slip("ignores-argument", "alpha * (", "0.1 * ("),
            slip("ignores-argument", "float(w0)", "0.0"),
        ),
    ),
    Base(
        "hw1",
        "gradient_descent",
        """
def gradient_descent(x, y, w, b, alpha, num_iters):
    history = []
    for _ in range(num_iters):
        history.append(compute_cost(x, y, w, b))
        dw, db = compute_gradient(x, y, w, b)
        w = w - alpha * dw
        b = b - alpha * db
    return w, b, history
""",
        (
            slip(
                "sequential-update",
                "        b = b",
                "        dw, db = compute_gradient(x, y, w, b)\n        b = b",
            ),
            slip("sign-flipped", "- alpha", "+ alpha"),
            slip("sign-flipped", "b - alpha", "b + alpha"),
            slip("wrong-iteration-count", "range(num_iters)", "range(num_iters - 1)"),
            slip("wrong-iteration-count", "range(num_iters)", "range(num_iters + 1)"),
            slip(
                "wrong-iteration-count",
                "    return",
                "    history.append(compute_cost(x, y, w, b))\n    return",
            ),
            slip("wrong-order", "return w, b,", "return b, w,"),
            slip("wrong-order", "dw, db = ", "db, dw = "),
            slip("ignores-argument", "- alpha *", "- 0.03 *"),
            slip(
                "factor-2",
                "= compute_gradient(x, y, w, b)",
                "= 2 * np.array(compute_gradient(x, y, w, b))",
            ),
        ),
    ),
)

HW2 = (
    Base(
        "hw2",
        "d_Ax_dx",
        """
def d_Ax_dx(A):
    return A.T
""",
        (
            slip("transposed", "A.T", "A"),
            slip("sign-flipped", "A.T", "-A.T"),
            slip("factor-2", "A.T", "2 * A.T"),
        ),
    ),
    Base(
        "hw2",
        "d_xTAx_dx",
        """
def d_xTAx_dx(A, x):
    return (A + A.T) @ x
""",
        (
            slip("symmetric-only transposed", "A.T", "A"),
            slip("half-of-it", "(A + A.T)", "A"),
            slip("half-of-it", "(A + A.T)", "A.T"),
            slip("sign-flipped", "A + A.T", "A - A.T"),
            slip("factor-2", "@ x", "@ x * 2"),
        ),
    ),
    Base(
        "hw2",
        "d_wTx_dw",
        """
def d_wTx_dw(w, x):
    return x
""",
        (
            slip("wrong-variable", "return x", "return w"),
            slip("transposed", "return x", "return x.T"),
        ),
    ),
)

HW3 = (
    Base(
        "hw3",
        "add_bias",
        """
def add_bias(X):
    return np.hstack([np.ones((X.shape[0], 1)), X])
""",
        (
            slip("wrong-order", "np.ones((X.shape[0], 1)), X", "X, np.ones((X.shape[0], 1))"),
            slip("zeros-for-ones", "np.ones", "np.zeros"),
            slip(
                "transposed",
                "np.hstack([np.ones((X.shape[0], 1))",
                "np.vstack([np.ones((1, X.shape[1]))",
            ),
        ),
    ),
    Base(
        "hw3",
        "single_instance_gradient",
        """
def single_instance_gradient(w, x, y):
    error = (w.T @ x).item() - y
    return error * x
""",
        (
            slip("sign-flipped", "(w.T @ x).item() - y", "y - (w.T @ x).item()"),
            slip("sign-flipped", "- y", "+ y"),
            slip("factor-2", "error * x", "2 * error * x"),
            slip("forgot-residual", "return error * x", "return x"),
            slip("forgot-x", "return error * x", "return error * np.ones_like(x)"),
            slip("ignores-argument", " - y", ""),
        ),
    ),
    Base(
        "hw3",
        "cost_loop",
        """
def cost_loop(X, y, w):
    m = X.shape[0]
    total = 0.0
    for i in range(m):
        error = (X[i] @ w).item() - y[i, 0]
        total += error ** 2
    return total / (2 * m)
""",
        (
            slip("missing-1-over-m", "(2 * m)", "2"),
            slip("factor-2", "(2 * m)", "m"),
            slip("last-example overwritten-sum", "+=", "="),
            slip("only-for-one-example", "    return", "        return"),
            slip("wrong-iteration-count", "range(m)", "range(m - 1)"),
            slip("absolute-for-squared", "error ** 2", "abs(error)"),
            slip("sign-flipped", "- y", "+ y"),
        ),
    ),
    Base(
        "hw3",
        "gradient_loop",
        """
def gradient_loop(X, y, w):
    m, n = X.shape
    total = np.zeros((n, 1))
    for i in range(m):
        error = (X[i] @ w).item() - y[i, 0]
        for j in range(n):
            total[j, 0] += error * X[i, j]
    return total / m
""",
        (
            slip("missing-1-over-m", " / m", ""),
            slip("factor-2", "total / m", "2 * total / m"),
            slip("sign-flipped", "total / m", "-total / m"),
            slip("last-example overwritten-sum", "+=", "="),
            slip("wrong-iteration-count", "range(m)", "range(m - 1)"),
            slip("wrong-iteration-count", "range(n)", "range(1, n)"),
            slip("only-for-one-example", "    return", "        return"),
        ),
    ),
    Base(
        "hw3",
        "cost_matrix",
        """
def cost_matrix(X, y, w):
    error = X @ w - y
    return np.sum(error ** 2) / (2 * X.shape[0])
""",
        (
            slip("missing-1-over-m", "(2 * X.shape[0])", "2"),
            slip("factor-2", "(2 * X.shape[0])", "X.shape[0]"),
            slip("norm-not-squared", "np.sum(error ** 2)", "np.linalg.norm(error)"),
            slip("absolute-for-squared", "error ** 2", "np.abs(error)"),
            slip("sign-flipped", "- y", "+ y"),
            slip("ignores-argument", " - y", ""),
            slip("factor-n", "X.shape[0]", "X.size"),
            slip("wrong-iteration-count", "np.sum(error ** 2)", "np.sum(error[1:] ** 2)"),
        ),
    ),
    Base(
        "hw3",
        "gradient_matrix",
        """
def gradient_matrix(X, y, w):
    m = len(X)
    error = X @ w - y
    return X.T @ error / m
""",
        (
            slip("missing-1-over-m", " / m", ""),
            slip("factor-2", "X.T @ error", "2 * X.T @ error"),
            slip("sign-flipped", "X @ w - y", "y - X @ w"),
            slip("sign-flipped", "- y", "+ y"),
            slip("ignores-argument", " - y", ""),
            slip("factor-n", "m = len(X)", "m = X.size"),
        ),
    ),
    Base(
        "hw3",
        "fit",
        """
def fit(X, y, alpha, num_iters):
    w = np.zeros((X.shape[1], 1))
    history = []
    for _ in range(num_iters):
        history.append(cost_matrix(X, y, w))
        w = w - alpha * gradient_matrix(X, y, w)
    return w, history
""",
        (
            slip("sign-flipped", "w - alpha", "w + alpha"),
            slip("wrong-iteration-count", "range(num_iters)", "range(num_iters - 1)"),
            slip("wrong-iteration-count", "range(num_iters)", "range(num_iters + 1)"),
            slip("wrong-start", "np.zeros", "np.ones"),
            slip("ignores-argument", "alpha * grad", "0.01 * grad"),
            slip("factor-2", "alpha * grad", "2 * alpha * grad"),
            slip("missing-1-over-m", "alpha * grad", "alpha * len(X) * grad"),
            slip("wrong-order", "return w, history", "return history, w"),
        ),
    ),
)

COINCIDE = {
    # A x twice is what it would be if A were symmetric
    ("d_xTAx_dx", "half-of-it", "factor-2"): "symmetric-only",
    # from 0 and without the linear term nothing ever moves
    ("descend_quadratic", "forgot-linear-term", "ignores-argument"): "always-zero",
}
"""Two at once that are one other: its name is as true as theirs."""

BASES: Mapping[str, tuple[Base, ...]] = {"hw1": HW1, "hw2": HW2, "hw3": HW3}
