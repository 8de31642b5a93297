"""What a cell would have defined: found where it is, and never where it only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.execute.definitions import LONGEST_CELL, names_defined


@pytest.mark.parametrize(
    "source",
    [
        "w = 1",
        "w, b = train()",
        "(w, b) = train()",
        "(w,\n b) = train()",
        "[a, *w] = train()",
        "a = w = train()",
        "a = 1; w = train()",
        "w: float = 2",
        "w = f(a=1)",
        "if a == 1: w = 2",
        "if a:\n    pass\nelse:\n    w = 2",
        "for w in range(3): boom()",
        "for i, (w, a) in pairs:\n    boom()",
        "with open('x') as w: pass",
        "try:\n    a\nexcept Exception as w:\n    pass",
        "if (w := 1): boom()",
        "def w(x): return x",
        "def w(x)\n    return x",
        "@slow\nasync def w(): ...",
        "class w: ...",
        "def f():\n    a = 1\nw = 2",
        "import w",
        "import w.linalg, numpy",
        "import numpy as w",
        "from numpy import w",
        "from numpy import (\n    a as b,\n    c as w,\n)",
        "oops oops\nw = 1",
        "a = f((1\nw = 2",
        "if a:\n    b = 1\n  c = 2\nw = 3",
        "a = '''\nw = 1",
        "%matplotlib inline\n!echo don't\nw = 1",
        "%%time\nw = train()",
        "print 'x'\nw = 1",
    ],
)
def test_what_a_cell_defines_is_found(source):
    assert "w" in names_defined(source)


@pytest.mark.parametrize(
    "source",
    [
        "ww = 1",
        "print(w)",
        "a = w",
        "f(w=1)",
        "f(\n    w=1,\n)",
        "plot(x, y,\n     w = 3)",
        "w == 1",
        "assert w == 3",
        "w <= 1",
        "w += 1",
        "w: int",
        "w.x = 1",
        "module.w = 1",
        "a[w] = 1",
        "d['w'] = 1",
        "a[w].b = 1",
        "f(w).b = 1",
        "f = lambda w=1: w",
        "sorted(a, key=lambda w: w)",
        "boom() # w = 1",
        "# w = 1",
        '"""\nw = 1\n"""\nboom()',
        "s = 'w = 1'",
        "f'{w=}'",
        "def f(w): pass",
        "def f(a, w=1): pass",
        "def f():\n    w = 1\nboom()",
        "def f():\n    if a:\n        pass\n    w = 1",
        "def f():\n    def w(): pass",
        "class A:\n    def w(self): pass",
        "from numpy import w as a",
        "import numpy.w",
        "%timeit w = 1",
        "!export w=1",
        "%%writefile a.py\nw = 1",
        "%%bash\nw = 1",
        "f(a,\n  w = 1\nb = 2",
        "",
        "w" * LONGEST_CELL + "= 1",
    ],
)
def test_what_only_looks_like_it_is_not(source):
    assert "w" not in names_defined(source)


PIECES = [
    *(
        "w",
        "=",
        "(",
        ")",
        "[",
        "]",
        ":",
        ";",
        ",",
        ".",
        "*",
        ":=",
        "\n",
        "    ",
        "\\\n",
        "\r",
        "\0",
    ),
    *("'", '"""', "#", "%", "!", "\ud800", "async ", "def ", "for ", " in ", "with ", " as "),
    *("import ", "from ", "if ", "else", "lambda "),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_no_source_is_too_odd(source):
    assert all(name.isidentifier() for name in names_defined(source))
