"""Notebooks for hw1, as many as are wanted: each from a seed and a number.

A student has a manner (loops, vectorised, pandas), words of their own, and now and then one of the
mistakes that hw1 knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

MANNERS = ("loops", "vectorised", "pandas")
MISTAKEN = 0.08
"""How often an answer has a mistake."""
FAITHFUL = 0.8
"""How often an answer is in the student's own manner."""
PLOTTING = 0.05
"""How many draw. A figure costs more than all the rest."""
STOPPED = 0.03
"""How many leave a cell that stops."""
SAMPLE_DEVIATION = 0.02
"""How many divide by the sample's standard deviation, as pandas does. hw1's tolerance lets it
pass; a stricter one does not, so that a change of tolerance has somebody to concern."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "error": ("error", "diff", "residual", "e", "err", "deltas"),
    "m": ("m", "n", "count", "size"),
    "k": ("k", "i", "step", "t"),
    "history": ("history", "costs", "J_history", "losses"),
    "dw": ("dj_dw", "dw", "grad_w", "slope_w"),
    "db": ("dj_db", "db", "grad_b", "slope_b"),
    "total": ("total", "acc", "s", "summed"),
}
"""What each `$name` of an answer may be called."""


@dataclass(frozen=True)
class Answer:
    """The cell of a question.

    Attributes:
        right: by manner.
        wrong: by what is wrong.
    """

    right: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)


IMPORTS = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd"
DATA = 'data = pd.read_csv("weight-height.csv")\ndata.head()'
TINY = "tiny_x = np.array([1.0, 2.0, 3.0])\ntiny_y = np.array([3.0, 5.0, 7.0])"

PREDICT = Answer(
    {
        "loops": """def predict(x, w, b):
    return np.array([w * each + b for each in x])""",
        "vectorised": """def predict(x, w, b):
    return np.dot(x, w) + b""",
        "pandas": """def predict(x, w, b):
    return w * pd.Series(x) + b""",
    },
    {
        "forgot-bias": """def predict(x, w, b):
    return w * x""",
        "wrong-order": """def predict(x, w, b):
    return b * x + w""",
    },
)

LOSSES = Answer(
    {
        "loops": """def absolute_loss(y_hat, y):
    return np.array([abs(p - t) for p, t in zip(y_hat, y)])


def squared_loss(y_hat, y):
    return np.array([(p - t) ** 2 / 2 for p, t in zip(y_hat, y)])""",
        "vectorised": """def absolute_loss(y_hat, y):
    return np.abs(y_hat - y)


def squared_loss(y_hat, y):
    return 0.5 * np.square(y_hat - y)""",
        "pandas": """def absolute_loss(y_hat, y):
    return (pd.Series(y_hat) - pd.Series(y)).abs()


def squared_loss(y_hat, y):
    return (pd.Series(y_hat) - pd.Series(y)).pow(2) / 2""",
    },
    {
        "averaged": """def absolute_loss(y_hat, y):
    return np.mean(np.abs(y_hat - y))


def squared_loss(y_hat, y):
    return np.mean((y_hat - y) ** 2) / 2""",
        "factor-2": """def absolute_loss(y_hat, y):
    return abs(y_hat - y)


def squared_loss(y_hat, y):
    return (y_hat - y) ** 2""",
        "sign-flipped": """def absolute_loss(y_hat, y):
    return y_hat - y


def squared_loss(y_hat, y):
    return (y_hat - y) ** 2 / 2""",
    },
)

# No function calls another: one mistake costs one question, and a loop does not multiply another.
COST = Answer(
    {
        "loops": """def compute_cost(x, y, w, b):
    $total = 0.0
    $m = len(x)
    for $k in range($m):
        $total += (w * x[$k] + b - y[$k]) ** 2
    return $total / (2 * $m)""",
        "vectorised": """def compute_cost(x, y, w, b):
    $error = w * x + b - y
    return np.mean($error**2) / 2""",
        "pandas": """def compute_cost(x, y, w, b):
    $error = pd.Series(w * x + b - y)
    return $error.pow(2).mean() / 2""",
    },
    {
        "factor-2": """def compute_cost(x, y, w, b):
    $error = w * x + b - y
    return np.mean($error**2)""",
        "missing-1-over-m": """def compute_cost(x, y, w, b):
    $error = w * x + b - y
    return np.sum($error**2) / 2""",
        "absolute-for-squared": """def compute_cost(x, y, w, b):
    return np.abs(w * x + b - y).mean()""",
    },
)

GRADIENT = Answer(
    {
        "loops": """def compute_gradient(x, y, w, b):
    $m = len(x)
    $dw = $db = 0.0
    for $k in range($m):
        $error = w * x[$k] + b - y[$k]
        $dw += $error * x[$k]
        $db += $error
    return $dw / $m, $db / $m""",
        "vectorised": """def compute_gradient(x, y, w, b):
    $error = w * x + b - y
    $dw = np.mean($error * x)
    $db = np.mean($error)
    return $dw, $db""",
        "pandas": """def compute_gradient(x, y, w, b):
    frame = pd.DataFrame({"x": x, "$error": w * x + b - y})
    return (frame["$error"] * frame["x"]).mean(), frame["$error"].mean()""",
    },
    {
        "missing-1-over-m": """def compute_gradient(x, y, w, b):
    $error = w * x + b - y
    return np.sum($error * x), np.sum($error)""",
        "factor-2": """def compute_gradient(x, y, w, b):
    $error = w * x + b - y
    return 2 * np.mean($error * x), 2 * np.mean($error)""",
        "sign-flipped": """def compute_gradient(x, y, w, b):
    $error = y - (w * x + b)
    return np.mean($error * x), np.mean($error)""",
        "wrong-order": """def compute_gradient(x, y, w, b):
    $error = w * x + b - y
    return $error.mean(), ($error * x).mean()""",
        "forgot-x": """def compute_gradient(x, y, w, b):
    $error = w * x + b - y
    return $error.mean(), $error.mean()""",
    },
)

PARABOLA = Answer(
    {
        "loops": """def quadratic_coefficients(x, y, b):
    $m = len(x)
    c1 = sum(p * p for p in x) / (2 * $m)
    c2 = sum(p * (b - q) for p, q in zip(x, y)) / $m
    c3 = sum((b - q) ** 2 for q in y) / (2 * $m)
    return c1, c2, c3


def descend_quadratic(c1, c2, w0, alpha, steps):
    path = [w0]
    for $k in range(steps):
        path.append(path[-1] - alpha * (2 * c1 * path[-1] + c2))
    return path""",
        "vectorised": """def quadratic_coefficients(x, y, b):
    $m = len(x)
    return x @ x / (2 * $m), x @ (b - y) / $m, (b - y) @ (b - y) / (2 * $m)


def descend_quadratic(c1, c2, w0, alpha, steps):
    path = np.zeros(steps + 1)
    path[0] = w0
    for $k in range(steps):
        path[$k + 1] = path[$k] - alpha * (2 * c1 * path[$k] + c2)
    return path""",
        "pandas": """def quadratic_coefficients(x, y, b):
    x, rest = pd.Series(x), b - pd.Series(y)
    return (x**2).mean() / 2, (x * rest).mean(), (rest**2).mean() / 2


def descend_quadratic(c1, c2, w0, alpha, steps):
    path = pd.Series(float(w0), index=range(steps + 1))
    for $k in range(steps):
        path[$k + 1] = path[$k] - alpha * (2 * c1 * path[$k] + c2)
    return path""",
    },
    {
        "half-linear-term": """def quadratic_coefficients(x, y, b):
    return np.mean(x**2) / 2, np.mean(x * (b - y)) / 2, np.mean((b - y) ** 2) / 2


def descend_quadratic(c1, c2, w0, alpha, steps):
    path = [w0]
    for $k in range(steps):
        path.append(path[-1] - alpha * (2 * c1 * path[-1] + c2))
    return path""",
        "cut-to-integers": """def quadratic_coefficients(x, y, b):
    return np.mean(x**2) / 2, np.mean(x * (b - y)), np.mean((b - y) ** 2) / 2


def descend_quadratic(c1, c2, w0, alpha, steps):
    path = np.full(steps + 1, w0)
    for $k in range(steps):
        path[$k + 1] = path[$k] - alpha * (2 * c1 * path[$k] + c2)
    return path""",
        "wrong-iteration-count": """def quadratic_coefficients(x, y, b):
    return np.mean(x**2) / 2, np.mean(x * (b - y)), np.mean((b - y) ** 2) / 2


def descend_quadratic(c1, c2, w0, alpha, steps):
    path = [w0]
    for $k in range(steps - 1):
        path.append(path[-1] - alpha * (2 * c1 * path[-1] + c2))
    return path""",
    },
)

DESCENT = Answer(
    {
        manner: f"""def gradient_descent(x, y, w, b, alpha, num_iters):
{start}
    for $k in range(num_iters):
        {keep}
        $dw, $db = compute_gradient(x, y, w, b)
        w, b = w - alpha * $dw, b - alpha * $db
    return w, b, $history"""
        for manner, start, keep in (
            ("loops", "    $history = []", "$history += [compute_cost(x, y, w, b)]"),
            (
                "vectorised",
                "    $history = np.zeros(num_iters)",
                "$history[$k] = compute_cost(x, y, w, b)",
            ),
            (
                "pandas",
                "    $history = pd.Series(0.0, index=range(num_iters))",
                "$history[$k] = compute_cost(x, y, w, b)",
            ),
        )
    },
    {
        "sequential-update": """def gradient_descent(x, y, w, b, alpha, num_iters):
    $history = []
    for $k in range(num_iters):
        $history.append(compute_cost(x, y, w, b))
        w = w - alpha * compute_gradient(x, y, w, b)[0]
        b = b - alpha * compute_gradient(x, y, w, b)[1]
    return w, b, $history""",
        "history-after": """def gradient_descent(x, y, w, b, alpha, num_iters):
    $history = []
    for $k in range(num_iters):
        $dw, $db = compute_gradient(x, y, w, b)
        w, b = w - alpha * $dw, b - alpha * $db
        $history.append(compute_cost(x, y, w, b))
    return w, b, $history""",
    },
)

_VECTORISED_TRAINING = """heights, weights = data["Height"].to_numpy(), data["Weight"].to_numpy()
mu, sigma = heights[:8000].mean(), heights[:8000].std()
x = (heights - mu) / sigma
x_train, x_test = x[:8000], x[8000:]
y_train, y_test = weights[:8000], weights[8000:]"""

_PANDAS_TRAINING = """train, test = data.iloc[:8000], data.iloc[8000:]
mu, sigma = train["Height"].mean(), train["Height"].std($ddof)
x_train = ((train["Height"] - mu) / sigma).to_numpy()
x_test = ((test["Height"] - mu) / sigma).to_numpy()
y_train, y_test = train["Weight"].to_numpy(), test["Weight"].to_numpy()"""

SPLIT = Answer(
    {
        "loops": _VECTORISED_TRAINING,
        "vectorised": _VECTORISED_TRAINING,
        "pandas": _PANDAS_TRAINING.replace("$ddof", "ddof=0"),
    },
    {
        "test-data-leaks": _VECTORISED_TRAINING.replace("heights[:8000].", "heights."),
        "not-standardised": _VECTORISED_TRAINING.replace("(heights - mu) / sigma", "heights - mu"),
    },
)
WITH_SAMPLE_DEVIATION = _PANDAS_TRAINING.replace("$ddof", "")

# a rate that is near 1 is there after a few updates, so that loops need not take long
TRAINING = """w, b, $history = gradient_descent(x_train, y_train, {w}, {b}, {alpha}, {updates})
test_cost = compute_cost(x_test, y_test, w, b)
print(f"w = {{w:.3f}}, b = {{b:.3f}}, J = {{test_cost:.3f}}")"""

PLOT = """plt.scatter(x_train, y_train, s=4, alpha={alpha})
plt.plot(x_train, w * x_train + b, color="{colour}")
plt.show()"""

STOPS = ("compute_cots(tiny_x, tiny_y, 2, 1)", "assert False, 'why?'", "data['height'].mean()")
WORDS = (
    "as in the lecture", "checked by hand", "why the mean?", "see the tutorial", "vectorise later",
    "works", "TODO tidy up", "the slope first", "from the notes", "same as on paper",
)  # fmt: skip
CHECKS = (
    "predict(tiny_x, {w}, {b})",
    "squared_loss(np.array([{w}, {b}, 2.0]), tiny_y)",
    "compute_cost(tiny_x, tiny_y, {w}, {b})",
    "compute_gradient(tiny_x, tiny_y, {w}, {b})",
    "quadratic_coefficients(tiny_x, tiny_y, {b})",
    "gradient_descent(tiny_x, tiny_y, {w}, {b}, 0.1, 5)",
)
"""A look at each answer, with numbers of the student's own."""


def cells(seed: int, number: int) -> list[str]:
    """The code cells of the notebook of student `number`."""
    random = Random(f"{seed}-{number}")
    manner = random.choice(MANNERS)
    names = {each: random.choice(NAMES[each]) for each in NAMES}
    found = [IMPORTS, DATA, TINY]
    for answer, check in zip(
        (PREDICT, LOSSES, COST, GRADIENT, PARABOLA, DESCENT), CHECKS, strict=True
    ):
        found.append(_written(_answer(answer, manner, random), names, random))
        found.append(check.format(w=random.randint(-3, 3), b=random.randint(-3, 3)))
    found.append(
        WITH_SAMPLE_DEVIATION
        if random.random() < SAMPLE_DEVIATION
        else _answer(SPLIT, manner, random)
    )
    training = TRAINING.format(
        w=round(random.uniform(-2, 2), 2),
        b=round(random.uniform(0, 100), 1),
        alpha=round(random.uniform(0.7, 1.0), 3),
        updates=random.randint(8, 12),
    )
    found.append(_written(training, names, random))
    if random.random() < STOPPED:
        found.insert(random.randrange(4, len(found)), random.choice(STOPS))
    if random.random() < PLOTTING:
        found.append(PLOT.format(alpha=random.choice((0.1, 0.2)), colour=random.choice("rkg")))
    return found


def _answer(answer: Answer, manner: str, random: Random) -> str:
    if random.random() < MISTAKEN:
        return random.choice(sorted(answer.wrong.values()))
    return answer.right[manner if random.random() < FAITHFUL else random.choice(MANNERS)]


def _written(source: str, names: Mapping[str, str], random: Random) -> str:
    """In the student's own names, with a remark now and then."""
    text = re.sub(r"\$(\w+)", lambda found: names[found[1]], source)
    return f"# {random.choice(WORDS)}\n{text}" if random.random() < 0.4 else text
