"""Names of mistakes that everyone understands, with what to tell a student.

Authors add their own; a hint of theirs wins over these.
"""

from __future__ import annotations

from collections.abc import Sequence

HINTS = {
    "missing-1-over-m": "Did you take the mean over the examples?",
    "factor-2": "Look for a factor 2: where does the 1/2 of the objective go?",
    "extra-1-over-m": "Is the mean over the examples taken once too often?",
    "constant-factor": "Which constant of the formula is left out, or there once too often?",
    "sign-flipped": "Check the sign: prediction minus target, or target minus prediction?",
    "transposed": "Rows and columns are exchanged.",
    "wrong-order": "Return the values in the order that is asked for.",
    "broadcasting": "A column (m, 1) minus a vector (m,) is an (m, m) matrix. Look at the shapes.",
    "forgot-bias": "Is the bias b in your prediction?",
    "sequential-update": "Compute both derivatives at the same point, then update both parameters.",
    "wrong-iteration-count": "Count the updates, and when the objective is recorded.",
    "mutates-input": "Work on a copy: the caller's array changes with yours.",
    "uses-globals": "Use the arguments of the function, not variables of the notebook.",
    "ignores-argument": "Each argument counts: the answer has to change with it.",
    "only-for-one-example": "Try it with two examples: does it look at the first one only?",
    "cut-to-integers": "Whole numbers in, whole numbers out? Compute in floats: `/`, not `//`.",
    "absolute-for-squared": "The loss squares the error: no absolute value.",
    "squared-for-absolute": "The loss is the absolute value of the error: no square.",
    "not-squared": "The error is squared before it is summed.",
    "overwritten-sum": "Add to the sum in every pass: `+=`, not `=`.",
    "factor-n": "n is the number of features: is the mean one over the m examples?",
    "hard-coded": "The answer fits one example only. Compute it from the arguments.",
    "always-zero": "Is it written yet? The variable that it returns keeps its first value.",
    "none-returned": "The function ends without `return`. Printing is not returning.",
    "wrong-dtype": "Return numbers.",
    "low-precision": "Compute in float64 unless asked otherwise.",
    "subgradient-outside-set": "At a kink, any slope between those on the left and right will do.",
    "wrong-loss": "The derivative fits your own loss, but the loss is not the one asked for.",
    "carried-forward": "Mend first what it is built on: it may be right already.",
    "wrong-shape": "Compare the shape of what you return with what is asked.",
    "missing": "Define it under exactly this name, and run the notebook from top to bottom.",
    "raised": "Try the function on small inputs: one example, integers, zeros.",
    "not-asked": "It needs another answer of yours, which is not there. Mend that one first.",
    "looped": "Replace the loop over the examples by one matrix expression.",
    "not-finite": "NaN or infinity came out. For a descent: is the learning rate too large?",
    "unreadable-expression": "Type it as in 2*x, x^2, e^x, ln(x), (1 + x)/(2*x).",
    "ambiguous-notation": "Type parentheses, so that it can be read in one way only.",
    "not-differentiated": "Differentiate it: what is typed has the right answer as its derivative.",
    "integrated": "That goes the other way: what is typed was integrated.",
    "differentiated-twice": "Once is enough.",
    "missing-parentheses": "A fraction in one line needs parentheses: (a + b)/(c + d).",
    "differs-by-constant": "Which constant is left out, or there once too often?",
    "reciprocal": "Numerator and denominator are exchanged.",
    "not-trained": "The objective is still above its optimum. Train longer, or with another rate.",
    "objective-rises": "Go downhill: is the sign right, is each step taken from the newest point?",
    "does-not-grow": "A rate that is too large makes a descent diverge: is the rate used?",
    "timeout": "It took longer than the limit. Does every loop end?",
    "ended-the-process": "Calling it ended Python itself. Don't call exit() in a function.",
    "too-large": "The result is far larger than what is asked. Look at the shapes.",
    "out-of-memory": "It needs far more memory than it should. Look at the shapes.",
}


def hint_for(slug: str | None, own: str = "") -> str:
    """The author's own hint, else the built-in one, else none."""
    return own or HINTS.get(slug or "", "")


def hint_for_all(slugs: Sequence[str]) -> str:
    """The built-in hints of mistakes that were made at once, one after the other."""
    return " ".join(dict.fromkeys(filter(None, map(hint_for, slugs))))
