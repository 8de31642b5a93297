"""A notebook comes out as from Jupyter: our outputs, one by one, against those of nbclient.

nbclient (with `allow_errors=True`, all else as it is) and for each notebook an ipykernel of its own
are the truth; see `a_kernel`. What the comparison forgives is in `FORGIVEN` and `as_compared`, with
the reasons. What differs on purpose is in `ON_PURPOSE` and `SAMPLES_ON_PURPOSE`, what is left in
`KNOWN_DIFFERENCES`; a cell in there that does not differ any more fails too.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.course import load_course
from grader.course.settings import load_assignment
from grader.execute import (
    Conditions,
    Sandbox,
    UnreadableNotebookError,
    execute,
    read_notebook,
    starts,
)
from grader.execute.notebook import code_cells
from grader.opened import conditions_of
from grader.records.limits import Limits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.scale,
]

Cells = list[dict[str, Any]]  # `count` and `outputs` of each
Output = dict[str, Any]

FORGIVEN = (
    # what is never the same twice
    (r"(?<![\w.])[\d.]+(e[+-]\d+)? (ns|[µμ]s|ms|s|min)\b", "TIME"),
    (r"0x[0-9a-f]{6,}|(?<=object at )[0-9a-f]{12}", "ADDRESS"),
    (r"\b[0-9a-f]{32}\b", "MODEL"),  # a widget's
    (r"\bT_[0-9a-f]{5}", "T"),  # a styled table
    (r"(?<=<dc:date>)[^<]*", "DATE"),  # in an SVG
    # where things lie: the kernel's process, the work directory, the interpreter below a home
    (r"/tmp/ipykernel_\d+/", "/tmp/ipykernel/"),
    (r"~?/\S*/(python3\.\d+|site-packages)/", "LIB/"),
    (r"(/tmp/tmp\w+|/tmp/grader-\w+|/home/student|~(?=/\w+\.py))/?", "WORK/"),
)


def as_compared(outputs: Sequence[Output]) -> list[str]:
    """Outputs without what is forgiven.

    A kernel sends a stream in pieces, also whenever a fifth of a second has passed: so pieces are
    joined, and of what is printed between two displays stdout comes first. Frames of a traceback
    within ipykernel itself (`input`, `sys.stdout.write(3)`) are left out.
    """
    compared: list[Output] = []
    printed = {"stdout": "", "stderr": ""}

    def end_of_print() -> None:
        for name, text in printed.items():
            if text:
                compared.append({"output_type": "stream", "name": name, "text": text})
                printed[name] = ""

    for output in outputs:
        if output["output_type"] == "stream":
            printed[output["name"]] += output["text"]
            continue
        end_of_print()
        if output["output_type"] == "error":
            frames = [
                line
                for line in output["traceback"]
                if "ipykernel/" not in line.replace("/tmp/ipykernel/", "")
            ]
            output = output | {"traceback": frames}
        compared.append(output)
    end_of_print()
    return [_forgiven(output) for output in compared]


def _forgiven(output: Output) -> str:
    data = output.get("data", {})
    images = {
        kind: content for kind, content in data.items() if kind in ("image/png", "image/jpeg")
    }
    rest = output | {"data": {kind: data[kind] for kind in data.keys() - images.keys()}}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False)
    for pattern, name in FORGIVEN:
        text = re.sub(pattern, name, text)
    return text + json.dumps(images, sort_keys=True)


ON_PURPOSE = {
    "import not_there\nx = 1": "",
    "x": "an import that fails does not take the rest of its cell",
    "import numpy as np\nnp.float(1)": "names that NumPy had are given back",
    "open('missing.csv')\nprint('after')": "nor does a file that is not there",
    "%nope\nprint('after')": "nor a magic that nobody knows",
    "%%nope\nx": "the cell below a magic that nobody knows is run",
    "!pip --version": "nothing is installed",
    "%pip --version": "nothing is installed",
    "from google.colab import drive\ndrive.mount('/content/drive')": "Colab's modules do nothing",
    "1/0\ndef f(): return 7": "",
    "f()": "functions below a line that fails are defined",
    "%cd /nowhere": "nobody leaves the work directory",
    "%reset -f": "",
    "x + 0": "`%reset` does nothing",
    "print 'a'": "Python 2 is read too",
    "get_ipython().magic('precision 3')": "as notebooks of old have it",
    "%pylab notebook": "there are only inline figures",
}
"""Cells of one notebook, and why they come out otherwise; those without a reason do not."""

KNOWN_DIFFERENCES = {
    "%config": "IPython's configurable parts, of which the kernel has more",
    "%gui nope": "there are no windows to be had, and it is not said which there might be",
    "import asyncio\nasync def later():\n    await asyncio.sleep(0)\n    print('later')\nt = asyncio.ensure_future(later())": "",
    "await t": "what a task prints after its cell has ended is lost to nbclient; here it is shown",
}
"""As ON_PURPOSE."""

SAMPLES_ON_PURPOSE = {
    "hw1/s08": {1, 3, 15, 16, 17, 18, 19, 20},  # Colab: drive, pip, tqdm, and what needs them
    "hw1/s19": {1, 18},  # imports a module that is not there
    "hw1/s20": {2, 3, 17, 18, 19},  # reads the data from a folder of its own machine
    "hw1/s21": {15, 16},  # reads a file that is not there
    "hw2/s08": {2},  # Colab's drive
}
"""The cells, counted from 1, that differ for a reason in ON_PURPOSE or a path that is mended."""

NOT_COMPARED = {
    "hw1/s05": "never ends",
    "hw2/s12": "an endless recursion, whose traceback takes a kernel ten seconds to draw",
    "hw3/s12": "wants more memory than there may be",
}

SAMPLES_IN_SHORT = {"hw1/s01", "hw1/s20", "hw2/s08", "hw3/s01"}
"""Those that every run of the tests compares; with GRADER_TEST_SCALE it is all of them."""

TABLE = (
    "import pandas as pd, numpy as np\nt = pd.DataFrame({'a': [1.5, 2, np.nan], 'b': list('xyz')})"
)
PLOT = "import matplotlib.pyplot as plt, numpy as np\nx = np.linspace(0, 1, 9)"
SHOW = "from IPython.display import *"

NOTEBOOKS: dict[str, tuple[str, ...]] = {
    "values": (
        "x = 1",
        "x",
        "x;",
        "x # ;",
        "x\n2",
        "_",
        "__",
        "___",
        "Out[2]",
        "_2",
        "_i",
        "In[1]",
        "In[3]",
        "Out",
        "_oh",
        "None",
        "'text'",
        "print(1)\n2",
        "_ih[-2]",
        "[_, __]",
        "_dh and 1",
        "def f(): pass\nf",
        "class A: pass\nA",
        "'a\\nb'",
        "3.0",
        "1e300 * 1e10",
        "...",
        "NotImplemented",
        "True",
        "1j",
        "b'ab\\xff'",
        "(1,)",
        "{1, 2}",
        "frozenset([1])",
        "range(3)",
        "x: int = 3\nx",
        "if True:\n    5",
        "for i in range(2):\n    i",
        "(y := 4)",
        "lambda: 1",
        "len",
        "type(1)",
    ),
    "empty": (
        "",
        "  \n ",
        "# a comment",
        "x = 1\n# more",
        "\n\nx\n\n",
        "'''text'''",
        "pass",
        "# only\n# comments",
        "x",
        ";",
        "1;2",
        "1;2;",
    ),
    "streams": (
        "import sys\nprint('a'); print('b', file=sys.stderr); print('c')",
        "print('a', flush=True); print('b', file=sys.stderr); print('c')",
        "sys.stderr.write('x\\n')",
        "sys.stdout.write('abc')",
        "sys.stdout.write('');",
        "print(end='')",
        "print('1\\r2\\r3')",
        "for i in range(5): print(i, end='\\r')",
        "print('äöü ∑ 🎉')",
        "print('tab\\tbell\\a\\b.')",
        "sys.stdout.writelines(['a', 'b\\n'])",
        "sys.stdout.flush()",
        "sys.stdout.isatty(), sys.stderr.isatty()",
        "sys.stdout.encoding, sys.stdout.errors",
        "sys.stdout.name",
        "sys.stdout.write(3)",
        "sys.stdout.buffer",
        "sys.stdout.write(b'x')",
        "print('a\\n' * 3)",
        "print('err', file=sys.stderr)\n1/0",
        "print('x'); 5",
        "5\nprint('x')",
        "sys.stdout.closed, sys.stdout.writable(), sys.stdout.readable(), sys.stdout.seekable()",
        "print('\\x1b[31mred\\x1b[0m')",
        "print(*range(3), sep='\\n', end='!')",
        # a kernel hears of it through a thread, which may be late
        "import time; sys.__stdout__.write('raw\\n'); sys.__stdout__.flush(); time.sleep(0.3)",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as s: print('hidden')\ns.getvalue()",
        "with contextlib.redirect_stderr(sys.stdout): print('moved', file=sys.stderr)",
    ),
    "descriptors": (
        "import os, subprocess, sys, time\nwait = lambda: time.sleep(0.3)",
        "os.system('echo one'); wait()",
        "r = subprocess.run(['echo', 'two']); wait(); r",
        "os.write(1, b'three\\n'); wait()",
        "os.write(2, b'four\\n'); wait()",
        "print('a'); _ = os.system('echo b'); wait(); print('c')",
        "os.write(1, b'\\xff\\xfe caf\\xe9\\n'); wait()",
        "subprocess.run('echo out; echo err >&2', shell=True, capture_output=True)",
        "subprocess.check_output(['echo', 'x'])",
        "os.popen('echo p').read()",
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.printf(b'from C\\n'); libc.fflush(None); wait()",
        "subprocess.run(['false'], check=True)",
        "os.system('exit 3') >> 8",
        "print('x')\nos.write(1, b'y')\nwait()\n1/0",
        "with open(os.devnull, 'w') as f: subprocess.run(['echo', 'no'], stdout=f)",
        "subprocess.run(['no-such-program'])",
    ),
    "commands": (
        "!echo hi",
        "!echo out; echo err >&2",
        "!ls",
        "x = !echo a b; echo c\nx",
        "type(x), x.n, x.s",
        "!printf 'no end'",
        "y = 5\n!echo $y {y+1}",
        "!false",
        "_exit_code",
        "!no_such_command",
        "!!echo double",
        "%%bash\necho b1\necho b2 >&2",
        "%%sh\necho s",
        "%%bash --out text\necho kept",
        "text",
        "%%bash\nexit 3",
        "%%script bash\nfor i in 1 2; do echo $i; done",
        "%sx echo sx",
        "%system echo system",
        "!cat data.txt",
        "print('p')\n!echo q\nprint('r')",
        "%%!\necho cell",
        '!echo "$HOME" | wc -l',
        "files = %sx ls\nfiles",
        "%%python3\nprint(6 * 7)",
        "!pwd | wc -l",
        "!echo äöü",
        "%cd .",
        "%pwd and 1",
        "!python -c 'print(1)'",
    ),
    "displays": (
        SHOW,
        "display(1, 'a')",
        "display(HTML('<b>x</b>'))",
        "HTML('<i>y</i>')",
        "Latex('$x^2$')",
        "Math(r'\\frac{1}{2}')",
        "Markdown('# t')",
        "JSON({'a': 1})",
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>')",
        "Javascript('1')",
        "Code('x = 1')",
        "Pretty('p')",
        "IFrame('a.html', 3, 4)",
        "for i in range(3): display(i)",
        "for i in range(2):\n    print(i)\n    display(HTML(str(i)))",
        "display({'text/plain': 'p', 'text/html': '<u>h</u>'}, raw=True)",
        "display(3, metadata={'k': 1})",
        "display(3, include=['text/plain'])",
        "display(HTML('a'), exclude=['text/html'])",
        "display()",
        "display(None)",
        "display(HTML('<p>' * 3), metadata={'text/html': {'isolated': True}})",
        "Image(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(20))",
        "Audio(np.zeros(5), rate=8000) if 'np' in dir() else 0",
        "YouTubeVideo('abc')",
        "FileLink('data.txt')",
        "ProgressBar(5)",
        "publish_display_data({'text/plain': 'pub'})",
        "Image(url='http://x/y.png')",
        "GeoJSON({'type': 'Point', 'coordinates': [1, 2]})",
        "display_html('<b>r</b>', raw=True)",
        "display_png(b'abc', raw=True)",
        "DisplayObject('x')",
        "TextDisplayObject('x')",
        "display('s', 2.5, [1], None)",
        "p = ProgressBar(2)\nfor i in p: pass",
        "display_markdown('*m*', raw=True)",
        "HTML(data=3)",
    ),
    "display ids": (
        SHOW,
        "h = display('a', display_id=True)",
        "h.update('b')",
        "display('c', display_id='x')",
        "display('d', display_id='x')",
        "update_display('e', display_id='x')",
        "h2 = display(HTML('1'), display_id='y')\nfor i in range(3): h2.update(HTML(str(i)))",
        "h2.display('again')",
        "update_display('never', display_id='none')",
        "k = DisplayHandle()\nk.display('k')",
        "k.update('l')",
        "print('a')\nd = display('z', display_id='z')\nprint('b')\nd.update('zz')\nprint('c')",
        "h2",
        "display(1, 2, display_id='two')",
        "clear_output()\nd.update('after clear')",
        "q = display('q', display_id='q')\nclear_output()\nq.update('r')",
        "q.update('s')",
        "publish_display_data({'text/plain': 'u'}, transient={'display_id': 'x'}, update=True)",
        "w = display('w', display_id='w')\nclear_output(wait=True)\nw.update('ww')",
        "w.update('www')",
    ),
    "clearing": (
        SHOW,
        "print('a')\nclear_output()\nprint('b')",
        "print('a')\nclear_output(wait=True)\nprint('b')",
        "print('a')\nclear_output(wait=True)",
        "print('a')\nclear_output()",
        "for i in range(4):\n    clear_output(wait=True)\n    print(i)",
        "for i in range(4):\n    print(i)\n    clear_output(wait=True)",
        "display(1)\nclear_output(wait=True)\n2",
        "print('a')\nclear_output(wait=True)\n1/0",
        "clear_output()",
        "import sys\nprint('e', file=sys.stderr)\nclear_output(wait=True)\nprint('n', file=sys.stderr)",
        "display(1)\nclear_output(wait=True)\ndisplay(2)\nprint(3)",
        "clear_output(wait=True)",
        "print('next')",
        "%clear",
        "display(1)\nclear_output(wait=True)\nclear_output()\ndisplay(2)",
    ),
    "figures": (
        PLOT,
        "plt.plot(x, x)",
        "plt.plot(x, x);",
        "plt.plot(x, x)\nplt.show()",
        "plt.plot(x, x)\nplt.show()\nplt.plot(x, x**2)\nplt.show()",
        "fig, ax = plt.subplots()\nax.plot(x, x)\nprint('after')",
        "fig",
        "display(fig)",
        "plt.close('all')",
        "fig, axes = plt.subplots(1, 2)\nplt.close()",
        "axes",
        "plt.figure(figsize=(2, 1))\nplt.title('t')",
        "plt.plot(x)\nprint('text')\n1/0",
        "for i in range(2):\n    plt.figure()\n    plt.plot(x * i)",
        "for i in range(2):\n    plt.plot(x * i)\n    plt.show()",
        "plt.scatter(x, x, c=x)\nplt.colorbar()\nplt.grid()\nplt.legend(['l'])\nplt.savefig('f.png')",
        "plt.imshow(np.eye(3), cmap='gray')\nplt.axis('off')",
        "plt.hist(x)",
        "plt.bar([1, 2], [3, 4])\nplt.show()\n'end'",
        "ax = plt.gca(); ax.set_title('q')",
        "plt.show()",
        "%matplotlib inline",
        "plt.rcParams['figure.figsize'] = (2, 2)\nplt.plot(x)\nplt.show()",
        "fig = plt.figure()\nax = fig.add_subplot(projection='3d')\nax.plot(x, x, x)\nfig.show()",
        "from IPython.display import Image\nImage('f.png', width=10)",
        "plt.style.use('ggplot')\nplt.plot(x)\nNone",
        "plt.get_backend()",
        "plt.ioff()\nplt.plot(x)",
        "plt.ion()\nplt.plot(x)\nplt.pause(0.01)",
        "with plt.ioff():\n    g = plt.figure()",
        "g",
        "plt.isinteractive()",
    ),
    "figure settings": (
        PLOT,
        "%config InlineBackend.figure_format = 'svg'\nplt.rcParams['svg.hashsalt'] = 'a'",
        "plt.plot(x); plt.show()",
        "%config InlineBackend.figure_format = 'retina'",
        "plt.plot(x); plt.show()",
        "%config InlineBackend.figure_formats = ['png', 'jpeg']",
        "plt.plot(x); plt.show()",
        "%config InlineBackend.figure_format = 'png'\n%config InlineBackend.print_figure_kwargs = {'bbox_inches': None}",
        "plt.plot(x); plt.show()",
        "%config InlineBackend.close_figures = False",
        "plt.plot(x)",
        "plt.plot(x)",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats\nset_matplotlib_formats('png')",
        "%config InlineBackend",
        "import matplotlib_inline\nmatplotlib_inline.backend_inline.set_matplotlib_formats('svg')",
        "%config InlineBackend.rc = {}",
        "%matplotlib inline\nplt.plot(x); plt.show()",
        "from IPython.display import set_matplotlib_formats",
        "%matplotlib --list",
    ),
    "tables": (
        TABLE,
        "t",
        "t.describe()",
        "t.info()",
        "t.a",
        "t.head(2).style",
        "t.style.highlight_max(subset=['a']).set_caption('c')",
        "t.style.format(precision=1).hide(axis='index')",
        "t.style.background_gradient(subset=['a'])",
        "display(t, t.a)",
        "print(t)",
        "pd.DataFrame(np.arange(400).reshape(100, 4))",
        "pd.DataFrame(np.zeros((3, 50)))",
        "pd.set_option('display.max_rows', 4)\npd.DataFrame({'r': range(9)})",
        "t.to_html()[:60]",
        "t.groupby('b').a.mean()",
        "t.index",
        "t.dtypes",
        "t.loc[0]",
        "t.plot()",
        "t.isna().sum()",
        "pd.Series([], dtype=float)",
        "pd.DataFrame()",
        "t.nope",
        "t['nope']",
        "t.corr()",
        "t.T.iloc[:1]",
        "pd.Timestamp('2026-01-01')",
        "t.style.bar(subset=['a'])",
        "t.iloc[9]",
        "pd.read_csv('missing.csv')",
        "pd.options.display.float_format = '{:.1f}'.format\nt",
        "t[t.a > 1]['a'] = 3",
        "pd.Categorical(['a', 'b'])",
    ),
    "numpy": (
        "import numpy as np",
        "np.arange(5)",
        "np.zeros((2, 3))",
        "np.arange(2000)",
        "np.random.seed(1)\nnp.random.rand(3)",
        "np.float64(1.5)",
        "np.int64(3)",
        "np.array([1, 2]).T @ np.array([3, 4])",
        "np.log(-1)",
        "np.array([1.0]) / 0",
        "np.exp(1000)",
        "%precision 3\n3.14159265",
        "np.array([3.14159265])",
        "%precision\n3.14159265",
        "%precision %.2e\n31.4",
        "np.set_printoptions(precision=2)\nnp.array([3.14159])",
        "np.ones((2, 3)) @ np.ones((2, 3))",
        "np.array([[1, 2], [3]])",
        "np.linalg.inv(np.zeros((2, 2)))",
        "np.nope",
        "np.eye(3)[5]",
        "np.array(['a', 'b'])",
        "np.bool_(True), np.nan, np.inf",
        "np.arange(10**6).reshape(1000, 1000)",
        "print(np.arange(2000))",
        "np.random.default_rng(0).normal(size=3)",
        "np.array([1, 2]) == None",
        "np.matrix([[1]])",
        "np.seterr(all='raise')",
        "np.float64(1) / 0",
    ),
    "errors": (
        "def f(x):\n    return g(x)\ndef g(x):\n    # a comment\n    y = x + 1\n    return y / 0",
        "f(1)",
        "raise ValueError('text')",
        "raise ValueError",
        "raise KeyError('k')",
        "assert 1 == 2",
        "assert 1 == 2, 'why'",
        "undefined",
        "import math\nmath.sqrt(-1)",
        "[1][5]",
        "{}['k']",
        "int('x')",
        "'a' + 1",
        "try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise ValueError('second') from e",
        "try:\n    1/0\nexcept ZeroDivisionError:\n    raise ValueError('during')",
        "try:\n    1/0\nexcept Exception:\n    raise ValueError('hidden') from None",
        "class MyError(Exception):\n    pass\nraise MyError('mine', 2)",
        "import json\njson.loads('{')",
        "raise Exception('line one\\nline two')",
        "import traceback\ntry:\n    f(1)\nexcept Exception:\n    traceback.print_exc()",
        "raise ExceptionGroup('g', [ValueError(1), TypeError(2)])",
        "e = ValueError('noted')\ne.add_note('a note')\nraise e",
        "f(\n    1\n)",
        "def h():\n    for i in range(3):\n        if i == 2:\n            raise RuntimeError(i)\nh()",
        "list(map(f, [1]))",
        "x = 1\ny = 2\n1/0\nz = 3\nw = 4",
        "print('before')\nimport sys\nprint('err', file=sys.stderr)\n1/0\nprint('never')",
        "class B(Exception):\n    def __str__(self): raise ValueError('no text')\nraise B()",
        "eval('1/0')",
        "exec('a = 1\\nb = 1/0')",
        "exec(compile('1/0', 'made_up.py', 'exec'))",
        "(lambda: 1/0)()",
        "[1/0 for i in range(2)]",
        "raise 5",
        "import helper\nhelper.fail(3)",
        "%tb",
        "%xmode Plain\nf(1)",
        "f(1)",
        "%xmode Verbose",
        "f(1)",
        "%xmode Minimal",
        "f(1)",
        "%xmode Context",
        "f(1)",
        "raise Warning('w')",
        "open('missing.txt')",
        "import os\nos.remove('missing')",
        "next(iter([]))",
        "def gen():\n    yield 1\n    raise OSError('gen')\nlist(gen())",
        "x = " + "1 + " * 60 + "'long'",
        "str(b'\\xff', 'ascii')",
        "raise SystemError('s')",
        "raise NotImplementedError",
        "raise StopIteration",
        "raise GeneratorExit",
        "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('raised')",
        "get_ipython().showtraceback()",
    ),
    "syntax": (
        "x = (1,",
        "1 +",
        "def f(:\n    pass",
        "  x = 1",
        "if True:\nx = 1",
        "x = 1\n  y = 2",
        "for i in range(3) print(i)",
        "a b",
        "'unclosed",
        "'''unclosed",
        "return 5",
        "break",
        "x = 5 = 6",
        "f(x for x in y, 1)",
        "\tif x:\n        y",
        "import",
        "def f():\n    return 1\n    def g(\n",
        "$x",
        "x = {",
        "}",
        "None = 1",
        "print(f'{')",
        "await",
        "yield 1",
        "lambda: (yield)",
        "0777",
        "1_",
        "é = 1\né",
        "x = '\\N{nope}'",
        "exec('1 +')",
        "eval('(')",
        "class A\n    pass",
        "else:\n    1",
        "# fine\nx ==== 1",
        "global x\nx = 1\nx",
        "nonlocal q",
        "def f(a, a): pass",
        "del f()",
        "with open('x') as 5: pass",
        "\u00a0x = 1",
        "“quoted”",
        "%%nope\n1 +",
        "%nope",
        "import helper_with_error",
    ),
    "exits": (
        "import sys",
        "raise SystemExit",
        "sys.exit()",
        "sys.exit(3)",
        "sys.exit('message')",
        "raise KeyboardInterrupt",
        "x = 1",
        "print('a')\nraise KeyboardInterrupt('text')",
        "def f(): sys.exit(2)\nf()",
        "x",
        "try:\n    sys.exit(1)\nexcept SystemExit as e:\n    print('caught', e.code)",
        "raise BaseException('base')",
    ),
    "warnings": (
        "import warnings",
        "warnings.warn('simple')",
        "warnings.warn('dep', DeprecationWarning)",
        "warnings.warn('fut', FutureWarning)",
        "def f():\n    warnings.warn('in f', stacklevel=2)\nf()",
        "f()\nf()",
        "warnings.warn('pend', PendingDeprecationWarning)",
        "warnings.simplefilter('ignore')\nwarnings.warn('hidden')",
        "warnings.simplefilter('always')\nfor i in range(2): warnings.warn('again')",
        "with warnings.catch_warnings(record=True) as w:\n    warnings.warn('kept')\nlen(w)",
        "print('a')\nwarnings.warn('mid')\nprint('b')",
        "'\\d'",
        "x = 1\nx is 1",
        "def g():\n    assert (1, 'always')\n",
        "import numpy as np\nnp.mean([])",
        "np.array([1.0]) / np.array([0.0])",
        "warnings.resetwarnings()\nwarnings.warn('r')",
        "warnings.showwarning('m', UserWarning, 'file.py', 3)",
        "import helper\nhelper.warn()",
        "warnings.warn_explicit('e', UserWarning, 'f.py', 3)",
        "import logging\nlogging.captureWarnings(True)\nwarnings.warn('logged')",
    ),
    "logging": (
        "import logging, sys",
        "logging.warning('w')",
        "logging.info('i')",
        "logging.error('e %s', 1)",
        "log = logging.getLogger('mine')\nlog.warning('m')",
        "logging.basicConfig(level=logging.INFO)\nlogging.info('now')",
        "log.setLevel(logging.DEBUG)\nlog.debug('d')",
        "h = logging.StreamHandler(sys.stdout)\nlog.addHandler(h)\nlog.info('to stdout')",
        "try:\n    1/0\nexcept Exception:\n    log.exception('x')",
        "print('a')\nlog.warning('b')\nprint('c')",
        "logging.getLogger().handlers",
        "logging.getLogger().level",
    ),
    "time magics": (
        "%time 1 + 1",
        "%%time\nx = 5",
        "%%time\nx",
        "%%time\nprint('p')\nx",
        "t = %timeit -o -n1 -r1 pass",
        "%timeit -n2 -r2 pass",
        "%%timeit -n1 -r1\nx = 1\nx + 1",
        "t.loops, t.repeat",
        "%%time\n1/0",
        "%%timeit -n1 -r1\n1/0",
        "%time y = 3",
        "y",
        "%%time\nx = 1\nx;",
        "x",
        "%time 1/0",
        "%%time\n1 +",
        "%time for i in range(2): print(i)",
        "%%time\ndef f(): return 7",
        "f()",
        "%prun -q 1 + 1",
        "%%prun -q\nz = 9",
        "z",
        "%%time\nimport matplotlib.pyplot as plt\nplt.plot([1]);",
        "%%time\nfrom IPython.display import display\ndisplay(1)\n2",
    ),
    "capture": (
        "%%capture\nprint('hidden')",
        "%%capture out\nprint('kept')\nimport sys\nprint('err', file=sys.stderr)\nfrom IPython.display import display\ndisplay(1)\n2",
        "out.stdout, out.stderr",
        "out.outputs",
        "out.show()",
        "out()",
        "print(out)",
        "out",
        "%%capture --no-stderr o2\nprint('x')\nprint('seen', file=sys.stderr)",
        "%%capture --no-stdout o3\nprint('seen')\nprint('x', file=sys.stderr)",
        "%%capture --no-display o4\ndisplay('seen')\nprint('x')",
        "o2.stdout, o3.stderr, o4.stdout",
        "%%capture fig\nimport matplotlib.pyplot as plt\nplt.plot([1]);",
        "fig.outputs",
        "fig.show()",
        "%%capture e\nprint('a')\n1/0",
        "e.stdout",
        "from IPython.utils.capture import capture_output\nwith capture_output() as c:\n    print('w')\n    display(3)\nc.stdout",
        "c.show()",
        "%%capture\n%%time\n1",
        "%%capture x\nimport os\nos.system('echo fd'); __import__('time').sleep(0.1)",
        "x.stdout",
    ),
    "cell magics": (
        "%%html\n<b>h</b>",
        "%%latex\n$x$",
        "%%markdown\n# m",
        "%%svg\n<svg></svg>",
        "%%javascript\n1",
        "%%js\n2",
        "%%writefile w.py\nx = 1\n",
        "!cat w.py",
        "%%writefile -a w.py\ny = 2\n",
        "%%file w2.txt\nz",
        "%run w.py",
        "x, y",
        "%load w.py",
        "%%html --isolated\n<i>",
        "%%script no_such_program\nx",
        "%%python\nprint('py')",
        "%%perl -e 1\n",
        "%pycat w.py",
        "%run missing.py",
        "%%writefile no/such/dir.txt\nx",
        "%more w.py",
        "%%bash\n",
        "%%capture",
        "%%time",
        "%%timeit",
        "%%html",
        "%%HTML\n<b>",
        "%run -i w.py",
        "%%writefile bad.py\n1/0\n",
        "%run bad.py",
        "import bad",
        "%%prun -q\n1/0",
        "%%!\necho x",
        "%%sx\necho y",
        "%%system\necho z",
        "%%writefile w.py\nx = 1",
        "%save -f s.py 1",
        "%%ruby\nputs 1",
        "%%code_wrap nope\n1",
        "%code_wrap",
    ),
    "line magics": (
        "a = 1\nb = 'text'\nimport math",
        "%who",
        "%whos",
        "%who_ls",
        "%who int",
        "%env NOPE_SET=3",
        "%env NOPE_SET",
        "%set_env NOPE_X 4",
        "%env UNSET_VARIABLE",
        "%lsmagic and None",
        "%magic nope",
        "%precision 2",
        "%pprint",
        "list(range(50))",
        "%pprint",
        "%alias hi echo hi",
        "%hi",
        "%unalias hi",
        "%load_ext autoreload",
        "%autoreload 2",
        "%reload_ext autoreload",
        "%load_ext nope",
        "%unload_ext nope",
        "%matplotlib",
        "%nope 1",
        "%macro m 1",
        "m",
        "%quickref",
        "%pinfo a",
        "%pdoc math.sqrt",
        "%pdef math.sqrt",
        "%psource m",
        "a?",
        "math.sqrt?",
        "a??",
        "?a",
        "%psearch a*",
        "%time",
        "%timeit",
        "%automagic",
        "%automagic",
        "pwd",
        "%colors",
        "%colors NoColor",
        "1/0",
        "%colors Neutral",
        "%config InteractiveShell.ast_node_interactivity = 'all'",
        "1\n2",
        "%config InteractiveShell.ast_node_interactivity = 'last_expr'",
        "%config Nope.x = 1",
        "%config InteractiveShell.nope = 1",
        "%logstate",
        "%history",
        "%history -n 1-2",
        "%recall 1",
        "%rerun 1",
        "%reset_selective -f ^b",
        "%store x",
        "%bookmark -l",
        "%dhist",
        "%pdb",
        "%pdb off",
        "%debug",
        "%gui",
        "%pylab",
        "%killbgscripts",
        "%logoff",
        "%rehashx",
        "%man ls",
        "%less a",
        "%autosave 30",
        "%autosave 0",
        "%doctest_mode",
        "1/0",
        "%doctest_mode",
        "%tb",
        "%colour",
        "%autocall",
        "%autoawait",
        "%mkdir d",
        "%rmdir d",
        "%ls",
        "%cat data.txt",
        "%cp data.txt e.txt",
        "%rm e.txt",
        "%sql",
    ),
    "interactivity": (
        "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'",
        "1\n2\nx = 3\nx",
        "import math\nmath.pi\n'a';\n5",
        "if True:\n    6\n7",
        "InteractiveShell.ast_node_interactivity = 'last'",
        "1\n2",
        "if True: 8",
        "InteractiveShell.ast_node_interactivity = 'none'",
        "1",
        "InteractiveShell.ast_node_interactivity = 'last_expr_or_assign'",
        "y = 4",
        "y = 4;",
        "import os",
        "z: int = 9",
        "y += 1",
        "a, b = 1, 2",
        "InteractiveShell.ast_node_interactivity = 'last_expr'",
        "5\nimport math",
        "import math\n5",
        "%precision 3\n5",
        "5\n%precision 3",
        "import math; 6",
        "6; import math",
        "get_ipython().ast_node_interactivity = 'all'\n1",
        "1\n2",
        "!echo x\n3",
        "%time 1\n2",
        "import os\nos.sep",
    ),
    "await": (
        "import asyncio",
        "await asyncio.sleep(0)",
        "async def f():\n    return 5",
        "await f()",
        "x = await f()\nx",
        "async def g():\n    for i in range(3):\n        yield i\nasync for i in g(): print(i)",
        "[i async for i in g()]",
        "await asyncio.gather(f(), f())",
        "async with asyncio.timeout(1): print('in')",
        "asyncio.run(None)",
        "await asyncio.wait_for(asyncio.sleep(1), 0.01)",
        "async def e(): raise ValueError('async')\nawait e()",
        "task = asyncio.create_task(f())",
        "await task",
        "print('a')\nawait asyncio.sleep(0.01)\nprint('b')",
        "asyncio.get_running_loop().is_running()",
        "asyncio.get_event_loop().is_running()",
        "asyncio.get_event_loop().run_until_complete(None)",
        "await 5",
        "import inspect\ninspect.iscoroutinefunction(f)",
        "loop = asyncio.get_event_loop()\nloop.create_task(f())\nNone",
        "async def later():\n    await asyncio.sleep(0)\n    print('later')\nt = asyncio.ensure_future(later())",
        "%autoawait",
        "%time await f()",
        "def n():\n    await f()",
    ),
    "reprs": (
        "class A:\n    def _repr_html_(self): return '<b>A</b>'\n    def _repr_latex_(self): return '$A$'\n    def __repr__(self): return 'A()'\nA()",
        "class B:\n    def _repr_html_(self): raise ValueError('no html')\nb = B()\nb",
        "display(b)",
        "class C:\n    def __repr__(self): raise ValueError('no repr')\nC()",
        "display(C())",
        "print(C())",
        "class D:\n    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/plain': 'D', 'text/html': '<i>D</i>'}, {'text/html': {'m': 1}}\nD()",
        "class E:\n    def _ipython_display_(self): print('shown by itself')\nE()",
        "display(E())",
        "[E()]",
        "class F:\n    def _repr_png_(self): return b'\\x89PNG'\n    def _repr_jpeg_(self): return b'jpg', {'width': 3}\n    def _repr_svg_(self): return '<svg/>'\n    def _repr_json_(self): return {'a': 1}\n    def _repr_javascript_(self): return '1'\n    def _repr_markdown_(self): return '**F**'\n    def _repr_pdf_(self): return b'%PDF'\nF()",
        "class G:\n    def _repr_pretty_(self, p, cycle): p.text('pretty')\nG()",
        "class H:\n    def __repr__(self): return 'line\\nline'\nH()",
        "[H(), H()]",
        "class I:\n    def _repr_html_(self): return None\n    def __repr__(self): return 'I'\nI()",
        "class J:\n    def _repr_html_(self): return 5\nJ()",
        "class K:\n    def __repr__(self): return 5\nK()",
        "class L:\n    def _repr_mimebundle_(self, **kw): raise RuntimeError('bundle')\n    def __repr__(self): return 'L'\nL()",
        "class M:\n    def _ipython_display_(self): raise RuntimeError('own')\n    def __repr__(self): return 'M'\nM()",
        "list(range(2000))",
        "'x' * 3000",
        "{i: 'v' * 10 for i in range(30)}",
        "[[1] * 30] * 10",
        "l = [1]; l.append(l); l",
        "{'a': {'b': {'c': [1, (2,), {3}]}}}",
        "dict(zip('abcdefghijklm', range(13)))",
        "from collections import *\nOrderedDict(a=1), Counter('aab'), defaultdict(int), deque([1])",
        "namedtuple('P', 'x y')(1, 2)",
        "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int = 1\nP()",
        "import datetime\ndatetime.date(2026, 1, 2)",
        "import fractions, decimal\nfractions.Fraction(1, 3), decimal.Decimal('0.1')",
        "import re\nre.match('a', 'ab')",
        "import pathlib\npathlib.PurePosixPath('a/b')",
        "import enum\nclass X(enum.Enum):\n    Y = 1\nX.Y",
        "object()",
        "super",
        "Exception('e')",
        "{'k': object}",
        "print.__doc__[:5]",
        "memoryview(b'ab')[0]",
        "class N:\n    def __getattr__(self, name): return 5\nN()",
        "class O:\n    def __getattr__(self, name): raise RuntimeError(name)\n    def __repr__(self): return 'O'\nO()",
        "def deco(f): return f\n@deco\ndef f(a: int, *, b=2) -> int:\n    'doc'\nf",
        "print(f)",
        "import functools\nfunctools.partial(f, 1)",
        "f.__code__.co_filename[:1]",
        "class Q:\n    def _repr_html_(self): print('while making'); return '<q>'\n    def __repr__(self): return 'Q'\nQ()",
        "int",
        "import types\ntypes.SimpleNamespace(a=1)",
        "iter([])",
        "property",
        "slice(1)",
        "import sys\nsys.float_info.max",
        "(i for i in ())",
        "zip([])",
        "class R:\n    def _repr_mimebundle_(self, **kw): return {'application/x-own+json': {'a': [1, 2.5, None, True]}, 'text/plain': 'R'}\nR()",
        "class S:\n    def _repr_mimebundle_(self, **kw): return {'application/json': {'t': (1, 2), 's': __import__('numpy').float64(1)}, 'text/plain': 'S'}\nS()",
        "class T(str):\n    def _repr_html_(self): return T('<t>')\nT('t')",
    ),
    "formatters": (
        "f = get_ipython().display_formatter.formatters['text/html']\nclass A: pass\nf.for_type(A, lambda a: '<b>formatted</b>')\nNone",
        "A()",
        "get_ipython().display_formatter.format(A())[0].keys()",
        "p = get_ipython().display_formatter.formatters['text/plain']\np.for_type(int, lambda n, p, cycle: p.text(f'int {n}'))\n5",
        "[5]",
        "get_ipython().display_formatter.active_types",
        "get_ipython().display_formatter.active_types = ['text/plain']\nA()",
        "import IPython\nIPython.version_info[0] > 7",
        "p.float_precision = '%.1f'\n3.14159",
        "p.max_seq_length = 3\nlist(range(9))",
    ),
    "sympy": (
        "import sympy as sp\nx, y = sp.symbols('x y')",
        "x**2 + 1/y",
        "sp.init_printing()",
        "sp.diff(sp.sin(x) / x, x)",
        "sp.Matrix([[1, x], [y, 2]])",
        "sp.Integral(x, x)",
        "display(sp.Eq(x, y))",
        "print(x**2)",
        "sp.pprint(x**2 / y)",
        "[x, y**2]",
        "sp.solve(x**2 - 2, x)",
        "sp.init_printing(use_latex='mathjax')\nx",
        "sp.latex(x / y)",
        "{x: 1}",
        "sp.Rational(1, 3)",
        "sp.oo",
        "sp.init_printing(use_latex=False)\nx**2 / y",
        "sp.S(5)",
        "sp.plot(x, show=False)",
        "x.nope",
    ),
    "rich": (
        "from rich.console import Console\nfrom rich.table import Table\nfrom rich import print as rprint",
        "rprint('[bold]hi[/bold]', {'a': 1})",
        "t = Table(title='t')\nt.add_column('c')\nt.add_row('r')\nt",
        "Console().print('[red]x[/red]')",
        "Console().is_jupyter, Console().width",
        "from rich.pretty import pprint\npprint([1, 2])",
        "from rich.progress import track\nfor i in track(range(3), disable=True): pass",
        "from rich.markdown import Markdown\nMarkdown('# x')",
        "from rich.text import Text\nText('plain')",
    ),
    "widgets": (
        "import ipywidgets as w\nfrom IPython.display import display",
        "s = w.IntSlider(value=3)\ns",
        "s.value = 5\ns.value",
        "display(w.HBox([w.Label('a'), s]))",
        "out = w.Output()\ndisplay(out)\nwith out:\n    print('inside')\nprint('outside')",
        "out.append_stdout('more')",
        "@out.capture()\ndef f():\n    print('captured')\n    return 3\nf()",
        "@w.interact(n=(0, 10))\ndef g(n=5):\n    print(n)\n    return n",
        "w.interactive(lambda k: k, k=2)",
        "p = w.IntProgress(max=3)\ndisplay(p)\nfor i in range(3): p.value += 1",
        "w.HTML('<b>')",
        "print('first')\nw.interact(lambda k: k * 2, k=(0, 4));",
        "with out:\n    1/0",
        "print('after')",
        "out.clear_output()",
        "b = w.Button(description='b')\nb.on_click(lambda _: print('clicked'))\nb",
        "b.click()",
        "w.Dropdown(options=['a', 'b'])",
        "w.interact_manual(lambda k: k, k=1)",
        "s.observe(lambda c: print(c['new']), 'value')\ns.value = 9",
        "out.outputs",
        "import matplotlib.pyplot as plt\nwith out:\n    plt.plot([1]); plt.show()",
        "plt.plot([2])\nplt.show()",
        "o = w.interactive_output(lambda q: print(q), {'q': s})\ndisplay(s, o)",
        "with w.Output(): display(7)",
        "w.VBox([]).close()",
        "w.Text('t'), w.Checkbox()",
        "from ipywidgets import fixed\nw.interact(lambda a, b: a + b, a=1, b=fixed(2))",
        "repr(s)",
        "w.jslink((s, 'value'), (p, 'value'))",
    ),
    "the shell": (
        "ip = get_ipython()\nip.run_line_magic('precision', '3')",
        "ip.run_cell_magic('html', '', '<b>')",
        "ip.run_cell('5 + 5')",
        "r = ip.run_cell('1/0')",
        "r.success",
        "ip.run_cell('print(1)', silent=True)",
        "ip.system('echo s')",
        "ip.getoutput('echo g')",
        "ip.user_ns['x'] = 4\nx",
        "ip.push({'y': 5})\ny",
        "ip.ev('y + 1')",
        "ip.ex('z = 3')\nz",
        "ip.execution_count",
        "ip.run_code('1 + 1')",
        "ip.set_next_input('x')",
        "ip.register_magic_function(lambda line: print('own', line), magic_name='own')",
        "%own l",
        "from IPython.core.magic import register_cell_magic, register_line_magic\n@register_cell_magic\ndef mine(line, cell): print(line, '|', cell)",
        "%%mine a\nb",
        "%%mine\n",
        "ip.events.register('post_run_cell', lambda r: print('post'))",
        "1",
        "@register_line_magic\ndef double(line): return line * 2",
        "%double ab",
        "v = %double c\nv",
        "@register_cell_magic\ndef fails(line, cell): raise ValueError('magic')",
        "%%fails\nx",
        "ip.events.register('pre_execute', lambda: print('pre'))",
        "2",
        "ip.showsyntaxerror()",
        "ip.write_format_data if hasattr(ip, 'write_format_data') else 0",
        "'ipykernel' in str(type(ip))",
        "ip.__class__.__name__",
        "'ip' in dir()",
        "__name__",
        "__file__",
        "ip.ask_exit",
        "In[-1]",
        "ip.display_pub.publish({'text/plain': 'direct'})",
        "ip.displayhook(5)",
        "import sys\nsys.displayhook(6)",
        "sys.displayhook(None)",
        "sys.ps1",
        "sys.argv[1:]",
        "hasattr(sys, 'ps1')",
        "__builtins__.__name__ if hasattr(__builtins__, '__name__') else 0",
        "display",
        "get_ipython",
        "'get_ipython' in globals()",
        "__doc__",
        "__spec__",
        "ip.colors",
        "sys.excepthook.__name__",
        "globals().keys() >= {'In', 'Out', 'exit', 'quit', 'get_ipython', '_i', '_ii', '_oh'}",
        "sorted(k for k in globals() if not k.startswith('_'))",
        "ip.run_line_magic('nope', '')",
        "ip.set_custom_exc((ValueError,), lambda *a, **k: print('custom'))",
        "raise ValueError('x')",
        "_exit_code",
    ),
    "sources": (
        "def f(x):\n    'Doc.'\n    return x",
        "import inspect\nprint(inspect.getsource(f))",
        "f?",
        "f??",
        "inspect.getfile(f)[:5] != ''",
        "class A:\n    def m(self): pass",
        "print(inspect.getsource(A.m))",
        "print(inspect.getsource(A))",
        "help(f)",
        "f.__module__, f.__qualname__",
        "%pinfo2 f",
        "%pfile f",
        "%psource f",
        "import linecache\nlen(linecache.getlines(f.__code__.co_filename))",
        "help('nope')",
        "help(int.bit_length)",
        "f.__code__.co_firstlineno",
        "import pickle\npickle.loads(pickle.dumps(f)) is f",
        "int??",
        "A?",
        "nope?",
        "?f",
        "%pinfo nope",
        "help()",
        "f.nope?",
        "*int*?",
        "len?",
    ),
    "progress": (
        "import sys, time\nfor i in range(3):\n    sys.stdout.write(f'\\r{i}/3'); sys.stdout.flush()",
        "for i in range(3):\n    print(f'\\r{i}', end='', flush=True)",
        "for i in range(3):\n    sys.stderr.write(f'\\r{i}')",
        "for i in range(3):\n    print('.', end='', file=sys.stderr)\nprint('done')",
        "print('abc\\b\\bX')",
        "print('x\\r\\ny')",
        "for i in range(200): print(i, end=' ')",
        "print('\\n'.join('z' * 100 for i in range(50)))",
        "import threading\nt = threading.Thread(target=lambda: print('thread'))\nt.start(); t.join()",
        "def bad(): 1/0\nt = threading.Thread(target=bad, name='named')\nt.start(); t.join()",
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as e: print(list(e.map(str, [1, 2])))",
        "import multiprocessing as mp\nmp.cpu_count() > 0",
        "class D:\n    def __del__(self): 1/0\nd = D()\ndel d",
        "import atexit\natexit.register(print, 'bye')\nNone",
        "import gc\ngc.collect() >= 0",
    ),
    "input": (
        "x = input()",
        "input('Name? ')",
        "import getpass\ngetpass.getpass()",
        "import sys\nsys.stdin.read()",
        "print('a')\ny = int(input('n'))\nprint('b')",
        "x",
    ),
    "lessons": (
        "# Linear regression\nimport numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\n%matplotlib inline",
        "data = pd.read_csv('table.csv')\ndata.head()",
        "data.shape",
        "x = data['x'].values\ny = data['y'].values\nplt.scatter(x, y, marker='x', c='r')\nplt.xlabel('x')\nplt.title('A title')\nplt.show()",
        "def cost(w, b):\n    return ((w * x + b - y) ** 2).mean() / 2\ncost(0, 0)",
        "w, b = 0.0, 0.0\nfor i in range(100):\n    e = w * x + b - y\n    w -= 0.05 * (e * x).mean()\n    b -= 0.05 * e.mean()\n    if i % 25 == 0:\n        print(f'Iteration {i:4}: cost {cost(w, b):8.4f}')\nprint('w, b:', w, b)",
        "%%time\nfor i in range(10): cost(w, b)",
        "print(f'{w=:.3f}')\nw",
        "assert abs(cost(w, b)) < 1e-9, 'too large'",
        "plt.plot(x, y, 'o')\nplt.plot(x, w * x + b)\nplt.legend(['a', 'b'])",
        "cost(1)",
        "undefined_name + 1",
        "X = np.c_[np.ones(len(x)), x]\nX.T @ X",
        "np.linalg.solve(X.T @ X, X.T @ y)",
        "data['z'] = data.x ** 2\ndata",
        "data.plot(x='x', y='z')",
        "fig, axes = plt.subplots(2, 2, figsize=(6, 4))\nfor k, ax in enumerate(axes.flat): ax.plot(x, x ** k)\nplt.tight_layout()",
        "data.y.hist(bins=3)",
        "from math import *\nsqrt(2)",
        "%timeit -n1 -r1 cost(w, b)",
    ),
}

WITHOUT_WALLS = (
    "streams",
    "descriptors",
    "commands",
    "clearing",
    "tables",
    "errors",
    "widgets",
    "lessons",
)
"""Those that depend on how a process is started."""

ASKED = [
    name
    for place, name in enumerate(NOTEBOOKS)
    if place % 3 == 0 or name in WITHOUT_WALLS or "GRADER_TEST_SCALE" in os.environ
]
"""Every third one, in every run of the tests; with GRADER_TEST_SCALE it is all of them."""

FILES = {
    "data.txt": "first\nsecond\n",
    "table.csv": "x,y\n0,1\n1,3\n2,5\n3,7\n",
    "helper.py": "import warnings\n\n\ndef fail(x):\n    # below\n    return x / 0\n\n\ndef warn():\n    warnings.warn('from helper')\n",
    "helper_with_error.py": "def f(:\n    pass\n",
}


Books = dict[str, tuple[tuple[str, ...], Conditions]]


def _conditions() -> Conditions:
    return Conditions(Limits(), tuple((name, text.encode()) for name, text in FILES.items()))


@pytest.fixture(scope="module")
def books(root: Path) -> Books:
    """Every notebook by name: its cells, and what it is run with."""
    ours = _conditions()
    found: Books = {name: (NOTEBOOKS[name], ours) for name in ASKED}
    found["on purpose"] = tuple(ON_PURPOSE), ours
    found["known differences"] = tuple(KNOWN_DIFFERENCES), ours
    course = load_course(root)
    for assignment in course.assignments:
        conditions = conditions_of(load_assignment(course, assignment))
        samples = root / "submissions" / "samples" / assignment
        for path in sorted(samples.rglob("*.ipynb")):
            name = f"{assignment}/{path.relative_to(samples).parent.as_posix()}"
            is_asked = name in SAMPLES_IN_SHORT or "GRADER_TEST_SCALE" in os.environ
            if is_asked and name not in NOT_COMPARED:
                try:
                    found[name] = code_cells(read_notebook(path)), conditions
                except UnreadableNotebookError:
                    continue
    return found


@pytest.fixture(scope="module")
def kernels(
    books: Books, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[str]]:
    """nbclient at work, in a process beside this one."""
    folder = tmp_path_factory.mktemp("kernels")
    wanted = [
        {"cells": cells, "files": {name: content.decode() for name, content in conditions.files}}
        for cells, conditions in books.values()
    ]
    (folder / "books.json").write_text(json.dumps(wanted), encoding="utf-8")
    # the conditions that evidence is made under, where the outputs show them
    settings = {
        "COLUMNS": "80", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "SHELL": "/bin/bash",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline", "IPYTHONDIR": str(folder),
        "PATH": os.pathsep.join((os.path.dirname(sys.executable), os.environ["PATH"])),
    }  # fmt: skip
    unwanted = {"PYTEST_CURRENT_TEST", "PYTHONWARNINGS"}  # ipykernel looks for the first
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    command = [sys.executable, str(Path(__file__).with_name("a_kernel.py"))]
    with (
        (folder / "books.json").open() as asked,
        (folder / "outputs.json").open("w+") as told,
        subprocess.Popen(
            command, stdin=asked, stdout=told, env=kept | settings, text=True
        ) as process,
    ):
        process.told = told  # type: ignore[attr-defined]
        yield process
        process.kill()


def _ours(books: Books, names: Sequence[str], sandbox: Sandbox) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for conditions in {id(books[name][1]): books[name][1] for name in names}.values():
        with starts(sandbox, conditions, 1, threading.Event()) as (start,):
            for name in names:
                cells, own = books[name]
                if own is conditions:
                    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
                    notebook = nbformat.v4.new_notebook(cells=made)
                    run = execute(notebook, [], conditions, start, sandbox=sandbox).run
                    found[name] = [
                        {"count": cell.execution_count, "outputs": cell.outputs}
                        for cell in run.cells
                    ]
    return found


@pytest.fixture(scope="module")
def full(books: Books, kernels: subprocess.Popen[str]) -> dict[str, Cells]:
    return _ours(books, list(books), "full")


@pytest.fixture(scope="module")
def off(books: Books, kernels: subprocess.Popen[str]) -> dict[str, Cells]:
    return _ours(books, WITHOUT_WALLS, "off")


@pytest.fixture(scope="module")
def jupyter(
    books: Books, full: object, off: object, kernels: subprocess.Popen[str]
) -> dict[str, Cells]:
    """What nbclient made of each notebook; ours are run in the meantime."""
    assert kernels.wait(timeout=300) == 0
    told = kernels.told  # type: ignore[attr-defined]
    told.seek(0)
    return dict(zip(books, json.load(told), strict=True))


def _differences(
    cells: Sequence[str], theirs: Cells, ours: Cells
) -> dict[int, tuple[str, object, object]]:
    """By the number of the cell: its source, what it should have come to, and what it came to."""
    sides = [
        [(cell["count"], as_compared(cell["outputs"])) for cell in side] for side in (theirs, ours)
    ]
    return {
        number: (source, wanted, got)
        for number, (source, wanted, got) in enumerate(zip(cells, *sides, strict=True), start=1)
        if wanted != got
    }


@pytest.mark.parametrize("name", ASKED)
def test_outputs_are_those_of_nbclient(jupyter, full, books, name):
    assert not _differences(books[name][0], jupyter[name], full[name])


@pytest.mark.parametrize("name", WITHOUT_WALLS)
def test_outputs_are_those_of_nbclient_without_walls_too(jupyter, off, books, name):
    assert not _differences(books[name][0], jupyter[name], off[name])


def test_samples_come_out_as_from_nbclient(jupyter, full, books):
    samples = [name for name in books if name.startswith("hw")]
    assert len(samples) > (30 if "GRADER_TEST_SCALE" in os.environ else 3)
    for name in samples:
        differences = _differences(books[name][0], jupyter[name], full[name])
        assert set(differences) == SAMPLES_ON_PURPOSE.get(name, set()), (name, differences)


@pytest.mark.parametrize(
    ("name", "reasons"), [("on purpose", ON_PURPOSE), ("known differences", KNOWN_DIFFERENCES)]
)
def test_what_differs_has_a_reason_and_still_differs(jupyter, full, books, name, reasons):
    differences = _differences(books[name][0], jupyter[name], full[name])
    expected = {number for number, reason in enumerate(reasons.values(), start=1) if reason}
    assert set(differences) == expected, differences


def test_stdout_comes_before_stderr_between_two_displays(run):
    cell = "import sys\nprint('e', file=sys.stderr); print('o'); display(1); print('p')"
    (cell_run,) = run(cell).run.cells
    assert [output.get("text") for output in cell_run.outputs] == ["o\n", "e\n", None, "p\n"]


def test_the_traceback_of_an_endless_recursion_is_short(run):
    evidence = run("def f(x): return f(x + 1)\nf(0)")
    (error,) = evidence.run.cells[0].outputs
    assert error["ename"] == "RecursionError"
    assert len(error["traceback"]) < 100


def test_what_programs_write_is_capped_like_all_output(run):
    cell = "import os\nfor i in range(100): os.write(1, b'x' * 1000)"
    evidence = run(cell, "print('next')", output_bytes=10_000)
    shown = "".join(output.get("text", "") for output in evidence.run.cells[0].outputs)
    assert len(shown) < 20_000
    assert "over the limit" in shown
    assert evidence.run.cells[1].outputs[0]["text"] == "next\n"


def test_a_command_that_leaves_something_running_does_not_hold_up_its_cell(run):
    evidence = run("!sleep 60 & echo on", "x = 1", cell_seconds=8.0)
    assert [cell.status for cell in evidence.run.cells] == ["ok", "ok"]
    assert evidence.run.cells[0].outputs[0]["text"] == "on\r\n"


def test_where_no_cell_can_wait_the_others_are_run():
    conditions = Conditions(Limits())
    cells = [
        nbformat.v4.new_code_cell(cell) for cell in ("import asyncio\nawait asyncio.sleep(0)", "2")
    ]
    with starts("degraded", conditions, 1, threading.Event()) as (start,):
        evidence = execute(nbformat.v4.new_notebook(cells=cells), [], conditions, start)
    assert evidence.run.cells[1].outputs[0]["data"] == {"text/plain": "2"}
