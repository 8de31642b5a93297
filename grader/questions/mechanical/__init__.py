"""Mistakes that need no author: what a reference gives when it is rewritten as a slip would."""

from grader.questions.mechanical.make import mechanical_mistakes
from grader.questions.mechanical.named import BIASES

__all__ = ["BIASES", "mechanical_mistakes"]
