"""Notebooks of other courses and other years: what they lack here must not cost a right function."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from grader.records.probes import Own, Probe
from grader.records.values import Array, Refused, Sequence, value_of

# what cells lack is the same without walls
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("run", ["full"], indirect=True)]


def call(name, *args):
    return Probe(name, name, tuple(arg if isinstance(arg, Own) else value_of(arg) for arg in args))


def a_matrix(rows):
    return np.array(rows).view(np.matrix)  # np.matrix() itself warns


def read(name):
    return Probe(name, name, call=False)


def number(evidence, name):
    outcome = evidence.outcomes[name]
    assert outcome.status == "returned", outcome
    assert isinstance(outcome.value, Array)
    return outcome.value.data.item()


def statuses(evidence):
    return [cell.status for cell in evidence.run.cells]


def test_only_the_lines_that_need_a_missing_module_fail(run):
    evidence = run(
        "from gone_helpers import load, plot\nimport gone_library as gl\ngl.set()\nRATE = 0.5",
        "X, y = load()\nm = len(X)\nplot(X)\nBIAS = 2.0\ndef f(x): return RATE * x + BIAS",
        "X = [1]\ny = X + undefined_by_the_student\nz = 1",
        probes=[call("f", 4.0), read("z")],
    )
    assert number(evidence, "f") == 4
    assert statuses(evidence) == ["error", "error", "error"]
    assert evidence.run.flags == ("import:gone_helpers", "import:gone_library")
    failed = [output["ename"] for output in evidence.run.cells[1].outputs]
    assert failed == ["NameError", "NameError", "NameError"]  # load, X and plot, and not BIAS
    assert evidence.outcomes["z"].status == "missing"  # that name was the student's own affair


def test_a_star_import_that_fails_may_have_made_any_name(run):
    evidence = run("from gone_helpers import *", "show(data)\nK = 3", probes=[read("K")])
    assert number(evidence, "K") == 3


def test_a_missing_file_costs_the_lines_that_read_it(run):
    evidence = run(
        "import numpy as np\ndata = np.loadtxt('old/place.txt')\nx = data[0]\nEPS = 0.25",
        "import matplotlib.pyplot as plt\nplt.style.use('./course.mplstyle')\nSIZE = 2",
        probes=[read("EPS"), read("SIZE")],
    )
    assert (number(evidence, "EPS"), number(evidence, "SIZE")) == (0.25, 2)
    assert evidence.run.flags == ("file:place.txt",)


def test_a_function_below_a_line_that_fails_is_there_for_the_next_cell(run):
    evidence = run(
        "def f(x): return None",
        "assert f(1) == 1\nimport math\ndef f(x): return math.sqrt(x)",
        "y = f(9.0)",
        probes=[read("y")],
    )
    assert number(evidence, "y") == 3
    assert evidence.run.flags == ("salvaged:cell 2",)


def test_a_decorator_or_an_annotation_of_a_missing_module_does_not_cost_the_function(run):
    evidence = run(
        "import gone_speed\nfrom gone_speed import njit",
        "@njit\ndef f(x): return x + 1",
        "def g(x: gone_speed.Tensor) -> gone_speed.Tensor:\n    return x + 2",
        probes=[call("f", 1.0), call("g", 1.0)],
    )
    assert (number(evidence, "f"), number(evidence, "g")) == (2, 3)


def test_a_function_is_found_when_its_own_cell_gives_the_name_away(run):
    evidence = run(
        "def cost(x): return 2 * x\ncost = cost(4.0)",
        "def half(g): return g(3.0) / 2",
        probes=[call("cost", 5.0), call("half", Own("cost"))],
    )
    assert number(evidence, "cost") == 10
    assert number(evidence, "half") == 3


def test_python_2_is_read_as_it_was_meant(run):
    evidence = run(
        "%matplotlib inline\nprint 'cost', 1,\nprint 2",
        "def f(n):\n    total = 0\n    for i in xrange(n):\n\ttotal += i\n    print 'sum %d' % total"
        "\n    return total",
        "try:\n    g()\nexcept NameError, e:\n    print 'no', type(e).__name__",
        probes=[call("f", 4)],
    )
    assert number(evidence, "f") == 6
    assert statuses(evidence) == ["ok", "ok", "ok"]
    assert evidence.run.cells[0].outputs[0]["text"] == "cost 1 2\n"
    assert evidence.run.cells[2].outputs[0]["text"] == "no NameError\n"
    expected = ("python2:xrange", "python2:cell 1", "python2:cell 2", "python2:cell 3")
    assert evidence.run.flags == expected


def test_a_progress_bar_around_a_loop_does_no_harm(run):
    cell = """
from tqdm import tqdm, trange
from tqdm.notebook import tqdm as bar
def f(n):
    total = 0
    for i in tqdm(range(n), desc="sum"): total += i
    with bar(total=2) as progress: progress.update(1)
    steps = trange(2)
    for _ in steps: steps.set_postfix(total=total)
    return total
"""
    evidence = run(cell, probes=[call("f", 4)])
    assert number(evidence, "f") == 6
    assert statuses(evidence) == ["ok"]
    assert evidence.run.flags == ("import:tqdm",)


def test_magics_that_would_lose_the_notebook_do_not(run):
    evidence = run(
        "x = np.ones(1)[0]\n%reset -f\n%cd /\nget_ipython().magic('reset -sf')",
        "%%grade_me_of_another_course q1\ndef f(): return x + len(open('data.csv').read())",
        prelude="import numpy as np",
        files=[("data.csv", b"1,2\n")],
        probes=[call("f")],
    )
    assert number(evidence, "f") == 5
    assert evidence.run.flags == ("magic:%cd", "magic:%%grade_me_of_another_course")


def test_data_is_found_under_a_path_that_is_put_together(run):
    evidence = run(
        "import os\nfrom pathlib import Path\nFOLDER = '/content/drive/x'",
        "a = len(open(FOLDER + '/d.csv').read()) + len(open(os.path.join(FOLDER, 'd.csv')).read())",
        "b = len(open(f'{FOLDER}/d.csv').read()) + len(open(Path(FOLDER) / 'd.csv').read())",
        "c = os.getcwd() + '\\\\data\\\\d.csv'\nn = len(open(c).read())",
        "os.mkdir('own'); open('own/d.csv', 'w').write('mine'); d = len(open('own' + '/d.csv').read())",
        files=[("d.csv", b"1,2")],
        probes=[read("a"), read("b"), read("n"), read("d")],
    )
    assert [number(evidence, name) for name in "abnd"] == [6, 6, 3, 4]


def test_methods_that_pandas_has_dropped_work(run):
    evidence = run(
        "import pandas as pd\nf = pd.DataFrame({'a': [1.0, 2.0]})",
        "t = f.append({'a': 3.0}, ignore_index=True).as_matrix().sum()",
        probes=[read("t")],
    )
    assert number(evidence, "t") == 6
    assert set(evidence.run.flags) == {"pandas:append", "pandas:as_matrix"}


def test_what_was_a_list_in_python_2_is_one(run):
    evidence = run(
        "def f(x): return map(float, x)",
        "def g(x): return {'a': 1, 'b': 2}.values()",
        "import itertools\ndef endless(x): return map(abs, itertools.count())",
        "def lazy(x): return (i for i in x)",
        "import numpy as np\ndef masked(x): return np.ma.masked_greater(np.array(x), 1)",
        probes=[call(name, [1, 2]) for name in ("f", "g", "endless", "lazy", "masked")],
    )
    assert evidence.outcomes["f"].value.data.tolist() == [1, 2]
    assert evidence.outcomes["g"].value.data.tolist() == [1, 2]
    assert evidence.outcomes["endless"].status == "too-large"
    assert isinstance(evidence.outcomes["lazy"].value, Refused)
    first, second = evidence.outcomes["masked"].value.data
    assert first == 1
    assert np.isnan(second)


def test_a_prelude_that_fails_is_said(run):
    evidence = run("x = 1", prelude="import gone\ny = 2", probes=[read("y")])
    assert evidence.run.flags == ("prelude:ModuleNotFoundError",)
    assert number(evidence, "y") == 2


def test_matrices_and_columns_arrive_as_what_they_are(run):
    evidence = run(
        "def times(X, theta): return X * theta.T",
        "def mean(column): return column.mean(), type(column).__name__",
        probes=[
            call("times", a_matrix([[1.0, 2.0], [3.0, 4.0]]), a_matrix([[1.0, 1.0]])),
            call("mean", pd.Series([1.0, 3.0])),
        ],
    )
    assert evidence.outcomes["times"].value.data.tolist() == [[3], [7]]
    mean = evidence.outcomes["mean"].value
    assert isinstance(mean, Sequence)
    assert mean.items[1] == "Series"
