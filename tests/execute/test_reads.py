"""What a function's code reads besides its arguments, seen without running it."""

from __future__ import annotations

import pytest

from grader.runner.reads import reads

NOTEBOOK = """
import numpy as np
x_train = [1.0, 2.0]
m = 3
EPS = 1e-8
X = [[1.0]]
_hidden = 5

class Scaler: pass

def helper(w):
    return w * m

def plain(x, w): return np.sum(x) * w + EPS + _hidden
def reading(w): return np.sum(x_train) * w
def matrix(w): return X[0][0] * w
def through(w): return helper(w) + len(Scaler().__dict__)
def inner(w): return [x_train[0] * w for _ in range(2)]
def own(x_train): return x_train[0]
def local(w):
    m = len(w)
    return m
def attribute(w): return w.m
def recursive(w): return recursive(w) + other(w)
def other(w): return recursive(w)
def unused(x, w, *, b=0): return x
def nested(x, w):
    def inner(): return x
    return inner() + w
def stored(x, w):
    w = 3
    return x
def kept(self, x): pass
built_in = len
"""


@pytest.fixture(scope="module")
def notebook():
    namespace: dict[str, object] = {}
    exec(NOTEBOOK, namespace)
    return namespace


READS = {
    "plain": (),
    "reading": ("global:x_train",),
    "matrix": ("global:X",),
    "through": ("global:m",),
    "inner": ("global:x_train",),
    "own": (),
    "local": (),
    "attribute": (),
    "recursive": (),
    "unused": ("unused:w", "unused:b"),
    "nested": (),
    "stored": ("unused:w",),
    "kept": ("unused:self", "unused:x"),
    "built_in": (),
}


@pytest.mark.parametrize("name", READS)
def test_variables_that_are_read_and_parameters_that_are_not(notebook, name):
    assert reads(notebook[name], notebook) == READS[name]


def test_a_name_that_is_used_before_it_is_defined_is_no_variable():
    namespace: dict[str, object] = {}
    exec("def f(x): return later * x", namespace)
    assert reads(namespace["f"], namespace) == ()


def test_a_notebook_that_plays_tricks_with_its_names_is_asked_no_further():
    class Trap(dict):
        def get(self, name, default=None):
            raise SystemError

    namespace: dict[str, object] = {}
    exec("def f(x): return y * x", namespace)
    assert reads(namespace["f"], Trap()) == ()
