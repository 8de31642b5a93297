"""What students say and how they train: settings, comments, answers, cells of their own."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

RATES = ("0.1", "0.01", "0.5", "0.05", "0.3", "1.0", "0.2", "0.02", "0.9", "0.03")
STEPS = ("100", "1000", "200", "500", "2000", "50", "300", "1500", "60", "250")
ODD = 0.15
"""How many take a rate or a number of steps that hardly anybody else takes."""


def settings(rng: Random) -> tuple[str, str]:
    rate, steps = _often(RATES, rng), _often(STEPS, rng)
    if float(rate) < 0.05:
        steps = "2000"
    if rng.random() < ODD:
        rate = f"0.{rng.randrange(11, 99)}"
    if rng.random() < ODD:
        steps = str(rng.randrange(60, 400))
    return rate, steps


def _often(alternatives: tuple[str, ...], rng: Random) -> str:
    return rng.choices(alternatives, [1 / (k + 1) for k in range(len(alternatives))])[0]


LOADS = (
    'heights = data["Height"].to_numpy()\nweights = data["Weight"].to_numpy()\n',
    'heights = data["Height"].values\nweights = data["Weight"].values\n',
    "heights, weights = data.to_numpy().T\n",
    "X = data.values\nheights, weights = X[:, 0], X[:, 1]\n",
    'heights = np.array(data["Height"])\nweights = np.array(data["Weight"])\n',
    "heights = data.iloc[:, 0].to_numpy()\nweights = data.iloc[:, 1].to_numpy()\n",
)
SCALES = (
    "mean_height = np.mean(heights[:8000])\nstd_height = np.std(heights[:8000])\n"
    "x_train = (heights[:8000] - mean_height) / std_height\n"
    "x_test = (heights[8000:] - mean_height) / std_height\n"
    "y_train = weights[:8000]\ny_test = weights[8000:]\n",
    "y_train, y_test = weights[:8000], weights[8000:]\nmu = heights[:8000].mean()\n"
    "sigma = heights[:8000].std()\nx_train = (heights[:8000] - mu) / sigma\n"
    "x_test = (heights[8000:] - mu) / sigma\n",
    "n = 8000\nx_train, x_test = heights[:n], heights[n:]\ny_train, y_test = weights[:n], weights[n:]\n"
    "m, s = np.mean(x_train), np.std(x_train)\nx_train = (x_train - m) / s\nx_test = (x_test - m) / s\n",
    "def standardise(h, mu, sigma):\n    return (h - mu) / sigma\n\n\n"
    "train_h = heights[:8000]\nmu, sigma = np.mean(train_h), np.std(train_h)\n"
    "x_train = standardise(train_h, mu, sigma)\nx_test = standardise(heights[8000:], mu, sigma)\n"
    "y_train = weights[:8000]\ny_test = weights[8000:]\n",
    "split = int(0.8 * len(heights))\nx_train = heights[:split]\nx_test = heights[split:]\n"
    "y_train = weights[:split]\ny_test = weights[split:]\navg = x_train.mean()\ndev = x_train.std()\n"
    "x_train, x_test = (x_train - avg) / dev, (x_test - avg) / dev\n",
)
TRAINS = (
    "w, b, history = gradient_descent(x_train, y_train, 0.0, 0.0, {rate}, {steps})\n",
    "w, b, history = gradient_descent(x_train, y_train, 0, 0, alpha={rate}, num_iters={steps})\n",
    "alpha = {rate}\nnum_iters = {steps}\n"
    "w, b, history = gradient_descent(x_train, y_train, 0, 0, alpha, num_iters)\n",
    "w0 = 0.0\nb0 = 0.0\nw, b, history = gradient_descent(x_train, y_train, w0, b0, {rate}, {steps})\n",
    "w, b, history = gradient_descent(x_train, y_train, 1, 1, {rate}, {steps})\n",
    "w_init, b_init = 0, 0\nlr = {rate}\nepochs = {steps}\n"
    "w, b, history = gradient_descent(x_train, y_train, w_init, b_init, lr, epochs)\n",
)
TESTS = (
    "test_cost = compute_cost(x_test, y_test, w, b)\n",
    "test_cost = compute_cost(x_test, y_test, w, b)\nprint(test_cost)\n",
    "test_cost = compute_cost(x_test, y_test, w, b)\nprint('test cost', test_cost)\n",
    "test_cost = float(compute_cost(x_test, y_test, w, b))\n",
)


def training(rng: Random, rate: str, steps: str) -> str:
    trains = _often(TRAINS, rng).format(rate=rate, steps=steps)
    return _often(LOADS, rng) + _often(SCALES, rng) + trains + _often(TESTS, rng)


def plot(rng: Random) -> str:
    size = rng.choice(("1", "2", "3", "4", "4", "4", "5", "8", "10"))
    pale = rng.choice(("0.1", "0.2", "0.2", "0.2", "0.3", "0.4", "0.5"))
    color = rng.choice(("red", "r", "tab:red", "black", "k", "orange", "green"))
    title = rng.choice(("Data and fit", "Weight vs height", "Fit", "Linear regression", ""))
    lines = [
        rng.choice(("plt.figure()", "plt.figure(figsize=(8, 5))", "fig, ax = plt.subplots()", "")),
        rng.choice(
            (
                f"plt.scatter(x_train, y_train, s={size}, alpha={pale})",
                f"plt.scatter(x_train, y_train, s={size}, alpha={pale}, label='data')",
                f"plt.plot(x_train, y_train, '.', alpha={pale}, ms={size})",
            )
        ),
        rng.choice(
            (
                f"plt.plot(x_train, predict(x_train, w, b), color='{color}')",
                f"plt.plot(x_train, predict(x_train, w, b), '{color[0]}', label='fit')",
                f"line = np.linspace(-3, 3, 50)\nplt.plot(line, w * line + b, c='{color}')",
                f"xs = np.array([x_train.min(), x_train.max()])\nplt.plot(xs, w * xs + b, color='{color}', lw=2)",
            )
        ),
        rng.choice(("plt.xlabel('height')\nplt.ylabel('weight')", "plt.xlabel('standardised height')\nplt.ylabel('weight (lb)')", "")),
        f"plt.title('{title}')" if title else "",
        rng.choice(("plt.legend()", "")),
        "plt.show()",
        rng.choice(("plt.semilogy(history)\nplt.show()", "plt.plot(history)\nplt.show()", "", "plt.semilogy(history)\nplt.xlabel('iteration')\nplt.ylabel('J')\nplt.show()")),
    ]  # fmt: skip
    return "\n".join(line for line in lines if line) + "\n"


def added_cells(rng: Random) -> list[str]:
    """Trials that people leave in their notebooks."""
    name = rng.choice(("test", "check", "tmp", "res", "a", "out"))
    number = rng.randrange(1, 40)
    pool = (
        f"{name} = compute_cost(tiny_x, tiny_y, {number}, {rng.randrange(9)})\nprint({name})\n",
        f"print(compute_gradient(tiny_x, tiny_y, {number / 10}, 0))\n",
        f"data.head({number})\n",
        f"plt.hist(data['Height'], bins={number + 5})\nplt.show()\n",
        f"for {name} in [0.01, 0.1, {number / 10}]:\n    print({name}, gradient_descent(tiny_x, tiny_y, 0, 0, {name}, 10)[2][-1])\n",
        "np.polyfit(x_train, y_train, 1)\n",
        f"assert np.isclose(predict(np.array([{number}.0]), 1, 1)[0], {number + 1})\n",
        "history[-1]\n",
        "data.corr()\n",
    )
    return rng.sample(pool, rng.choice((0, 0, 1, 1, 2, 3)))


_VERBS = ("compute", "calculate", "get", "find", "this is", "update", "return", "take")
_THINGS = (
    "the error", "the mean", "the prediction", "the gradient", "the cost", "the squared error",
    "the sum over all examples", "number of examples", "the slope", "the loss", "dw", "db",
    "both parameters", "the residuals", "the average", "the new w", "the coefficient", "the history",
)  # fmt: skip
_TAILS = (
    "",
    "",
    "",
    " here",
    " first",
    " for each example",
    " (see lecture)",
    " over m",
    " at once",
    " vectorised",
    " as in Q3",
    " before the update",
)


def comment(rng: Random, about: str) -> str:
    text = f"{rng.choice(_VERBS)} {rng.choice(_THINGS)}{rng.choice(_TAILS)}"
    if rng.random() < 0.3:
        text = text.capitalize()
    return _typed(text, rng)


_SENTENCES: tuple[tuple[str, ...], ...] = (
    (
        "When alpha is too small the descent is {slow} and after 50 iterations it has not {arrived}.",
        "With alpha = 0.01 every step is {tiny}, so J {falls} but does not reach the minimum.",
        "A small learning rate {falls_slowly}; 50 steps are not {enough}.",
        "For the small rate the curve goes down {slowly} and does not {arrive} in 50 iterations.",
    ),
    (
        "About right is 0.1, where the curve is {flat} after {some} iterations.",
        "With 0.1 it converges {quickly} to the optimum.",
        "A rate of 0.1 gives a {smooth} curve that {arrives} after about {some} steps.",
        "",
    ),
    (
        "When it is too large, w jumps {across} the valley and J {grows}.",
        "With 2.1 the steps overshoot and the cost {grows} without bound.",
        "Too large a rate makes it {diverge}: every step lands {higher} on the other side.",
        "For alpha = 2.1 the parameters {bounce} from side to side and J {grows}.",
    ),
    (
        "alpha = 1 is special because the data is standardised, so c1 = 1/2 and one step {arrives_at} the minimum.",
        "Since c1 is 0.5 for standardised heights, the step with alpha 1 lands {exactly} on the optimum.",
        "At alpha = 1 the factor 1 - alpha is zero, so it needs {only} one step.",
        "The derivative is w - w*, so with alpha = 1 we are there {immediately}.",
    ),
    (
        "The limit is 2 because the distance is multiplied by 1 - alpha, which must be {below} 1.",
        "Near 2 the distance to the minimum no longer shrinks since |1 - alpha| {reaches} 1.",
        "Above 2 each step makes the distance {bigger}, as |1 - alpha| > 1.",
        "",
    ),
)  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "slow": ("very slow", "slow", "too slow", "really slow", "painfully slow"),
    "arrived": ("converged", "arrived", "reached the bottom", "reached the optimum", "finished"),
    "tiny": ("tiny", "very small", "short", "too short", "small"),
    "falls": ("decreases", "goes down", "falls", "gets smaller", "drops"),
    "falls_slowly": (
        "converges slowly",
        "makes slow progress",
        "takes forever",
        "needs more steps",
    ),
    "enough": ("enough", "sufficient", "enough to arrive", "nearly enough"),
    "slowly": ("slowly", "gradually", "only slowly", "a bit at a time"),
    "arrive": ("arrive", "converge", "get to the optimum", "flatten"),
    "flat": ("flat", "almost flat", "constant", "stable"),
    "some": ("40", "30", "20", "35", "25", "15", "45"),
    "quickly": ("quickly", "fast", "smoothly", "nicely", "in few steps"),
    "smooth": ("smooth", "nice", "steep", "clean"),
    "arrives": ("converges", "is flat", "levels off", "reaches the optimum"),
    "across": ("across", "over", "from one side to the other of", "past the bottom of"),
    "grows": ("grows", "explodes", "increases", "goes up", "blows up", "becomes larger and larger"),
    "diverge": ("diverge", "unstable", "explode", "run away"),
    "higher": ("higher", "further up", "higher up", "further away"),
    "bounce": ("bounce", "jump", "oscillate", "hop", "swing"),
    "arrives_at": ("arrives at", "reaches", "leads to", "goes straight to", "hits"),
    "exactly": ("exactly", "directly", "straight", "right"),
    "only": ("only", "just", "exactly", "no more than"),
    "immediately": ("immediately", "at once", "after one step", "in a single step"),
    "below": ("below", "less than", "smaller than", "under"),
    "reaches": ("reaches", "becomes", "gets to", "is about"),
    "bigger": ("bigger", "larger", "grow", "longer"),
}


def answer(rng: Random, rate: str) -> str:
    """Three to five sentences; one in ten leaves it empty."""
    if rng.random() < 0.1:
        return "*YOUR ANSWER HERE*"
    sentences = []
    for pool in _SENTENCES:
        sentence = rng.choice(pool)
        for name, choices in _CHOICES.items():
            sentence = sentence.replace(f"{{{name}}}", rng.choice(choices))
        sentences.append(sentence)
    if rng.random() < 0.3:
        sentences.append(f"I used {rate} for the training.")
    return _typed(" ".join(filter(None, sentences)), rng)


def _typed(text: str, rng: Random, *, slips: float = 0.01) -> str:
    """With a slip now and then: two letters swapped, one left out or doubled."""
    words = text.split(" ")
    for place, word in enumerate(words):
        if len(word) > 4 and word.isalpha() and rng.random() < slips:
            k = rng.randrange(1, len(word) - 1)
            slip = rng.randrange(3)
            words[place] = (
                word[:k] + word[k + 1] + word[k] + word[k + 2 :] if slip == 0
                else word[:k] + word[k + 1 :] if slip == 1
                else word[: k + 1] + word[k:]
            )  # fmt: skip
    return " ".join(words)


def metadata(rng: Random) -> dict[str, Any]:
    version = rng.choice(("3.11.4", "3.10.9", "3.11.7", "3.9.13", "3.12.1", "3.11.5", "3.8.8"))
    kernel = rng.choices(("Python 3 (ipykernel)", "Python 3", "base", "cs5242"), (8, 4, 2, 1))[0]
    made: dict[str, Any] = {
        "kernelspec": {"display_name": kernel, "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": version},
    }
    if rng.random() < 0.25:
        made["colab"] = {"provenance": []}
    return made


def reworded(text: str, rng: Random) -> str:
    """Some words of an answer exchanged for others of the same meaning."""
    for choices in _CHOICES.values():
        for one in choices:
            if one in text and rng.random() < 0.7:
                text = text.replace(one, rng.choice(choices), 1)
                break
    return text
