"""Hostile notebooks. Each wants something that it must not get; `test_attacks` says what.

`PRELUDE` runs before each. A cell notes what worked in `seen`, through `tries`; `answer` and
`second` are what the probes call, honest unless the attack replaces them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORGED = 31337.0
"""What forgers want to be recorded as the value of an honest function."""

PRELUDE = r"""
import ctypes, os, platform, re, signal, socket, subprocess, sys, threading, time
import numpy as np

seen = []
known_paths = []

def tries(what, do):
    try:
        got = do()
    except BaseException:
        return None
    seen.append(f"{what}: {got!r:.300}")
    return got

libc = ctypes.CDLL(None, use_errno=True)

def syscall(x86, arm, *args):
    number = x86 if platform.machine() == "x86_64" else arm
    as_long = [ctypes.c_ulong(a & (2**64 - 1)) if isinstance(a, int) else a for a in args]
    result = libc.syscall(ctypes.c_long(number), *as_long)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result

def channel():
    import gc
    return next(o._out for o in gc.get_objects() if type(o).__name__ == "Channel")

def frame(message, payload=b""):
    from grader_runner import wire
    head = wire.encode(message)[8:] if not isinstance(message, bytes) else message
    return len(head).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + head + payload

def reply(nonce, value=None):
    from grader_runner import wire
    number = wire.WireArray("<f8", (), wire.Blob(np.array(31337.0).tobytes()), "float")
    return wire.encode(wire.Reply(nonce, "returned", number if value is None else value))

def answer(x, word):
    return float((x * x).sum())

def second(x):
    return 2.0 * x
"""


@dataclass(frozen=True)
class Attack:
    """A hostile notebook.

    Attributes:
        gives: what a probe may end with, where that is not the honest answer: `plain` stands for
            any value that the function really computes, the rest are statuses.
        may_see: what is no secret although `seen` names it.
        cells_end: statuses that a cell may have besides `ok` and `error`.
    """

    name: str
    cells: tuple[str, ...]
    gives: Mapping[str, str] = field(default_factory=dict)
    may_see: tuple[str, ...] = ()
    cells_end: str = ""


def attack(
    name: str, *cells: str, may_see: tuple[str, ...] = (), ends: str = "", **gives: str
) -> Attack:
    return Attack(name, cells, gives, may_see, ends)


ALL_LOST = dict.fromkeys(
    ("answer", "second", "again"), "died timeout memory not-run returned raised missing plain"
)

COMPARISONS = [
    attack(
        "patched comparisons",
        "np.testing.assert_allclose = np.allclose = np.array_equal = np.isclose = lambda *a, **k: True\n"
        "np.testing.assert_array_equal = np.testing.assert_equal = lambda *a, **k: None\n"
        "def answer(x, word): return 1.0",
        answer="plain", again="plain",
    ),
    attack(
        "equal to everything",
        "class Any:\n"
        "    def __eq__(self, other): return True\n"
        "    __lt__ = __gt__ = __le__ = __ge__ = __eq__\n"
        "    def __ne__(self, other): return False\n"
        "    def __hash__(self): return 0\n"
        "    def __getattr__(self, name): return self\n"
        "    def __call__(self, *a, **k): return self\n"
        "    __array_priority__ = 1e9\n"
        "def answer(x, word): return Any()",
        answer="plain", again="plain",
    ),
    attack(
        "__array__ that lies",
        "class Liar:\n"
        "    calls = 0\n"
        "    shape = (1,); dtype = float; ndim = 0\n"
        "    def __array__(self, *a, **k):\n"
        "        Liar.calls += 1\n"
        "        return np.full(Liar.calls, 31336.0 + 0 * Liar.calls)\n"
        "    def __float__(self): return 30.0\n"
        "    def __len__(self): return -1\n"
        "    __class__ = property(lambda self: np.ndarray)\n"
        "def answer(x, word): return Liar()",
        answer="plain raised", again="plain raised",
    ),
    attack(
        "lists that never end",
        "class Endless(list):\n"
        "    def __len__(self): return 1\n"
        "    def __iter__(self):\n"
        "        while True: yield 1.0\n"
        "def answer(x, word): return Endless()",
        answer="memory timeout died", again="memory timeout died",
    ),
    attack(
        "subclasses of ndarray, float and str",
        "class A(np.ndarray):\n"
        "    def tobytes(self, *a): return b'x'\n"
        "    def astype(self, *a, **k): return self\n"
        "    shape = property(lambda self: (10**9, 10**9))\n"
        "    def __array_finalize__(self, other): pass\n"
        "    def __array_function__(self, *a, **k): return 31337.0\n"
        "class F(float):\n"
        "    def __float__(self): return 31337.0\n"
        "    def __eq__(self, other): return True\n"
        "class S(str):\n"
        "    def __str__(self): return 'x' * 10**9\n"
        "    def __len__(self): return 3\n"
        "calls = 0\n"
        "def answer(x, word):\n"
        "    global calls\n"
        "    calls += 1\n"
        "    return S('abc') if calls > 1 else np.array([1.0, 2.0]).view(A)\n"
        "def second(x): return F(2.0)",
        answer="plain", again="plain", second="plain",
    ),
    attack(
        "pickles with code",
        "class Bomb:\n"
        "    def __reduce__(self): return os.system, ('touch /tmp/attack-pickle',)\n"
        "    def __getstate__(self): return self.__reduce__()\n"
        "    def __array__(self, *a, **k): return np.array([self, Bomb], dtype=object)\n"
        "import copyreg, pickle\n"
        "def answer(x, word): return Bomb()\n"
        "def second(x): return pickle.dumps(Bomb())",
        answer="plain", again="plain", second="plain",
    ),
    attack(
        "small views of huge shapes",
        "def answer(x, word): return np.broadcast_to(1.0, (10**6, 10**6, 10**6))\n"
        "def second(x): return [np.broadcast_to(1.0, (1000, 1000)) for _ in range(10**4)]",
        answer="too-large", again="too-large", second="too-large memory",
    ),
    attack(
        "a result that changes after it was returned",
        "def answer(x, word):\n"
        "    global kept\n"
        "    kept = np.zeros(100_000)\n"
        "    def later():\n"
        "        while True: kept[:] = 31337.0 - kept\n"
        "    threading.Thread(target=later, daemon=True).start()\n"
        "    kept = kept.copy()\n"
        "    return 1.0",
        answer="plain", again="plain",
    ),
    attack(
        "numbers of millions of digits",
        "def answer(x, word): return 7 ** (10**6)\n"
        "def second(x): return [10**400, -(10**30), 1.0]",
        answer="plain", again="plain", second="plain",
    ),
    attack(
        "a dict whose keys never end",
        "class Key:\n"
        "    def __str__(self): return 'x' * 10**9\n"
        "    __hash__ = object.__hash__\n"
        "class D(dict):\n"
        "    def items(self):\n"
        "        while True: yield 1, 1\n"
        "def answer(x, word): return {Key(): 1.0}\n"
        "def second(x): return D(a=1.0)",
        answer="plain memory died", again="plain memory died", second="plain",
    ),
    attack(
        "an object whose repr never ends",
        "class R:\n    def __repr__(self):\n        while True: pass\nR()",
        ends="timeout",
    ),
    attack(
        "objects whose repr raises or is huge",
        "class R:\n    def __repr__(self): raise SystemExit(3)\nR()",
        "class R:\n    def __repr__(self): return 'x' * 10**8\nR()",
        "class R:\n    def _repr_html_(self): return b'\\xff' * 100\n    def _repr_mimebundle_(self, **k): return {1: object(), 'a/b': [R]}\nR()",
        "raise type('E\\ud800', (BaseException,), {'__str__': lambda self: '\\ud800' * 10})()",
        "print('\\ud800')",
        ends="died",
    ),
    attack(
        "__del__ that acts later",
        "class D:\n"
        "    def __del__(self):\n"
        "        try: os.write(channel(), reply('0' * 16))\n"
        "        except BaseException: pass\n"
        "import gc\n"
        "def answer(x, word):\n"
        "    a = D(); a.a = a\n"
        "    return 1.0",
        answer="died plain", again="died plain", second="died honest", seen="died returned",
    ),
    attack(
        "errors that fight back",
        "class E(BaseException):\n"
        "    def __str__(self): raise KeyboardInterrupt\n"
        "    __repr__ = __str__\n"
        "class M(type):\n"
        "    __name__ = property(lambda self: 7)\n"
        "class F(Exception, metaclass=M): pass\n"
        "def answer(x, word): raise E\n"
        "def second(x): raise F('\\ud800')",
        "raise E",
        "raise F",
        answer="raised died", again="raised died", second="raised died", ends="died",
    ),
]  # fmt: skip

SEARCHES = [
    attack(
        "files",
        "pattern = re.compile(b'CAN' + b'ARY-[0-9a-f]{16}')\n"
        "names = re.compile(r'questions\\.py|assignment\\.toml|course\\.toml|gradebook|roster|manifest\\.csv|decisions\\.csv|\\.git$|hidden_cases|\\.ssh|bash_history|shadow$')\n"
        "for folder, folders, files in os.walk('/'):\n"
        "    if folder in ('/', ): folders[:] = [f for f in folders if f not in ('usr', 'proc', 'sys', 'dev', 'lib', 'lib64', 'bin', 'sbin')]\n"
        "    if 'site-packages' in folder or '/lib/python' in folder: folders[:] = []\n"
        "    for name in [*folders, *files]:\n"
        "        if names.search(name): seen.append(os.path.join(folder, name))\n"
        "    for name in files:\n"
        "        try:\n"
        "            with open(os.path.join(folder, name), 'rb') as file:\n"
        "                seen += [m.decode() for m in pattern.findall(file.read(1 << 20))]\n"
        "        except OSError: pass",
    ),
    attack(
        "paths that are known",
        "for path in known_paths:\n"
        "    tries(path, lambda: open(path, 'rb').read())\n"
        "    tries(path, lambda: os.listdir(path))\n"
        "    tries(path, lambda: open(path, 'ab'))\n"
        "    tries(path, lambda: os.truncate(path, 0))\n"
        "    tries(path, lambda: os.link(path, 'x'))\n"
        "    tries(path, lambda: os.rename(path, 'y'))\n"
        "    tries(path, lambda: os.chmod(path, 0o777))\n"
        "    tries(path, lambda: os.utime(path, (1, 1)))\n"
        "    tries(path, lambda: os.setxattr(path, 'user.x', b'x'))\n"
        "    os.path.lexists(path + '.link') or os.symlink(path, 'link' + str(len(path)))\n"
        "    tries(path, lambda: open('link' + str(len(path)), 'rb').read())",
    ),
    attack(
        "other processes",
        "pattern = re.compile(b'CAN' + b'ARY-[0-9a-f]{16}')\n"
        "pids = [p for p in os.listdir('/proc') if p.isdigit()]\n"
        "if len(pids) > 2: seen.append(f'{len(pids)} processes')\n"
        "for pid in pids:\n"
        "    if pid == str(os.getpid()): continue\n"
        "    for name in ('mem', 'environ', 'maps', 'exe', 'auxv', 'syscall', 'stack'):\n"
        "        tries(f'{pid} {name}', lambda: open(f'/proc/{pid}/{name}', 'rb').read(10) or 1 / 0)\n"
        "    tries(f'{pid} root', lambda: os.listdir(f'/proc/{pid}/root/'))\n"
        "    tries(f'{pid} cwd', lambda: os.listdir(f'/proc/{pid}/cwd/'))\n"
        "    tries(f'{pid} ns', lambda: os.open(f'/proc/{pid}/ns/pid', 0))",
    ),
    attack(
        "its own memory",
        "pattern = re.compile(b'CAN' + b'ARY-[0-9a-f]{16}')\n"
        "with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:\n"
        "    for line in maps.read().splitlines():\n"
        "        fields = line.split()\n"
        "        if 'r' not in fields[1] or (len(fields) > 5 and fields[5].startswith(('/', '[v'))): continue\n"
        "        low, high = (int(part, 16) for part in fields[0].split('-'))\n"
        "        try: memory.seek(low); found = pattern.findall(memory.read(high - low))\n"
        "        except (OSError, MemoryError, OverflowError, ValueError): continue\n"
        "        seen += sorted({m.decode() for m in found})",
    ),
    attack(
        "frames, gc and modules",
        "pattern = re.compile('CAN' + 'ARY-[0-9a-f]{16}')\n"
        "import gc\n"
        "frame = sys._getframe()\n"
        "while frame:\n"
        "    for name, thing in list(frame.f_locals.items()):\n"
        "        if pattern.search(repr(thing)[:100_000]): seen.append(f'frame: {name}')\n"
        "    frame = frame.f_back\n"
        "for thing in gc.get_objects():\n"
        "    if type(thing) in (dict, list, tuple):\n"
        "        for item in (list(thing.values()) if type(thing) is dict else list(thing)):\n"
        "            if type(item) is str and pattern.search(item): seen.append(item[:300])\n"
        "seen += [n for n in sys.modules if n.partition('.')[0] in ('grader', 'reference', 'tests')]",
        "for name in ('grader', 'grader.judge', 'reference', 'reference.univariate', 'tests', 'assignments'):\n"
        "    tries(f'import {name}', lambda: __import__(name))",
    ),
    attack(
        "environment and arguments",
        "pattern = re.compile('CAN' + 'ARY-[0-9a-f]{16}')\n"
        "text = repr((dict(os.environ), sys.argv, sys.orig_argv, open('/proc/self/cmdline').read(), open('/proc/self/environ').read()))\n"
        "seen += pattern.findall(text)\n"
        "seen += [n for n in os.environ if n.startswith(('GRADER', 'GITHUB', 'SSH', 'USER', 'SUDO'))]",
    ),
    attack(
        "the runner's own files",
        "seen += [f'{d}: {os.listdir(d)}' for d in ('/runner', '/data') if os.listdir(d)]\n"
        "tries('source', lambda: open(sys.modules['grader_runner'].__file__).read())\n"
        "tries('/root', lambda: os.listdir('/root'))\n"
        "tries('/home', lambda: [n for n in os.listdir('/home') if n != 'student'] or 1 / 0)\n"
        "tries('/sys', lambda: os.listdir('/sys'))\n"
        "tries('/run', lambda: os.listdir('/run'))\n"
        "tries('/mnt', lambda: os.listdir('/mnt') + os.listdir('/srv') + os.listdir('/opt') or 1 / 0)",
        # parents of the interpreter's own folder may be listed: they hold nothing else
        may_see=("/root", "/home", "/opt", "/mnt"),
    ),
    attack(
        "the hidden cases before they are asked",
        "import select\n"
        "if select.select([channel()], [], [], 0)[0]: seen.append('something can be read ahead')\n"
        "def answer(x, word):\n"
        "    if select.select([channel()], [], [], 0.05)[0]: return 31337.0\n"
        "    return float((x * x).sum())",
    ),
]  # fmt: skip

FORGERIES = [
    attack(
        "the runner patched",
        "import grader_runner.values as v, grader_runner.calls as c, grader_runner.wire as w\n"
        "v.to_wire = c.to_wire = lambda *a: w.WireText('10/10')\n"
        "c._same = lambda *a: True\n"
        "v.TooLargeError = c.TooLargeError = ZeroDivisionError",
        answer="plain", again="plain", second="plain", seen="plain",
    ),
    attack(
        "the encoder patched",
        "import grader_runner.wire as w\n"
        "def answer(x, word):\n"
        "    w.encode = lambda message: b'\\xff' * 1000\n"
        "    return 1.0",
        answer="plain died", again="plain died", second="honest died",
    ),
    attack(
        "every message sent twice",
        "from grader_runner.channel import Channel\n"
        "send = Channel.send\n"
        "def answer(x, word):\n"
        "    Channel.send = lambda self, f: (send(self, f), send(self, f))\n"
        "    return 1.0",
        answer="plain", again="plain died", second="died honest",
    ),
    attack(
        "replies with forged values into every descriptor",
        "for fd in range(256):\n"
        "    try: os.write(fd, reply('0' * 16) * 3)\n"
        "    except OSError: pass",
        ends="died",
    ),
    attack(
        "a reply to what was not asked yet",
        "def answer(x, word):\n"
        "    def later():\n"
        "        time.sleep(0.01); os.write(channel(), reply('0' * 16))\n"
        "    threading.Thread(target=later, daemon=True).start()\n"
        "    return float((x * x).sum())",
        "class D:\n    pass\n",
        answer="honest died", second="died honest", again="died honest",
    ),
    attack(
        "a reply with another nonce",
        "def answer(x, word):\n    os.write(channel(), reply('f' * 16)); time.sleep(5)",
        answer="died", again="died",
    ),
    attack(
        "lengths of four gigabytes",
        "def answer(x, word):\n    os.write(channel(), b'\\xff' * 8); time.sleep(5)",
        "os.write(channel(), b'\\xff' * 8 + b'x' * 1000)",
        answer="died", again="died", ends="died",
    ),
    attack(
        "half a frame, and silence",
        "def answer(x, word):\n    os.write(channel(), frame(b'x' * 1000)[:500]); time.sleep(100)",
        answer="timeout", again="timeout",
    ),
    attack(
        "half a frame, and the end",
        "def answer(x, word):\n    os.write(channel(), frame(b'x' * 1000)[:500]); os._exit(0)",
        "os.write(channel(), frame(b'x' * 1000)[:500]); os._exit(0)",
        answer="died", again="died", ends="died",
    ),
    attack(
        "frames that overlap",
        "def answer(x, word):\n"
        "    one = reply('0' * 16)\n"
        "    os.write(channel(), one[:-4] + one)\n"
        "    time.sleep(5)",
        answer="died", again="died",
    ),
    attack(
        "messages nested deeply",
        "head = b'\\x86\\xa4type\\xa9cell-done\\xa6number\\x01\\xa6status\\xa2ok\\xa7outputs'\n"
        "os.write(channel(), frame(head + b'\\x91\\x81\\xa1a' + b'\\x91' * 100_000))",
        "def answer(x, word):\n"
        "    f = sys._getframe()\n"
        "    while 'ask' not in f.f_locals: f = f.f_back\n"
        "    from grader_runner import wire\n"
        "    value = wire.WireText('x')\n"
        "    for _ in range(470): value = wire.WireSequence((value,), 'list')\n"
        "    os.write(channel(), reply(f.f_locals['ask'].nonce, value))",
        answer="died plain", again="died plain", ends="died",
    ),
    attack(
        "outputs that are not data",
        *(
            "from grader_runner import wire\nimport datetime\n"
            "deep = ['x']\n"
            "for _ in range(400): deep = [deep]\n"
            f"bad = {bad}\n"
            "output = {'output_type': 'display_data', 'data': bad, 'metadata': bad}\n"
            "os.write(channel(), wire.encode(wire.CellDone(1, 'updated', (output,), None, '')))"
            for bad in ("{1: 2}", "{'a/b': b'x'}", "{'application/json': deep}")
        ),
        ends="died",
    ),
    attack(
        "outputs of cells that do not exist",
        "from grader_runner import wire\n"
        "for n in (0, -1, 2, 99, 2**62): os.write(channel(), wire.encode(wire.CellDone(n, 'ok', (), 2**62, 'x' * 1000)))",
        ends="died",
    ),
    attack(
        "finished before the end",
        "from grader_runner import wire\n"
        "os.write(channel(), wire.encode(wire.Finished(tuple(f'timeout:cell {n}' for n in range(10**4)))))",
        answer="died honest", second="died honest", again="died honest", seen="died returned", ends="died",
    ),
    attack(
        "ten thousand messages",
        "from grader_runner import wire\n"
        "for _ in range(10**6): os.write(channel(), wire.encode(wire.CellStarted(1)))",
        ends="died timeout",
    ),
    attack(
        "a million empty objects",
        "head = b'\\x86\\xa4type\\xa9cell-done\\xa6number\\x01\\xa6status\\xa7updated\\xa7outputs\\xdd'\n"
        "size = 3_000_000\n"
        "rest = b'\\xafexecution_count\\xc0\\xa5error\\xa0'\n"
        "whole = frame(head + size.to_bytes(4, 'big') + b'\\x80' * size + rest)\n"
        "for _ in range(20): os.write(channel(), whole)",
        ends="died",
    ),
    attack(
        "outputs without end, cell by cell",
        "from grader_runner import wire\n"
        "text = ({'output_type': 'stream', 'name': 'stdout', 'text': 'x' * 200_000},)\n"
        "for _ in range(10**4): os.write(channel(), wire.encode(wire.CellDone(1, 'updated', text, None, '')))",
        ends="died",
    ),
    attack(
        "markers on standard output",
        "mark = reply('0' * 16)\n"
        "for fd in (0, 1, 2):\n"
        "    try: os.write(fd, mark)\n"
        "    except OSError: pass\n"
        "sys.__stdout__ and sys.__stdout__.write('<<<PASSED 10/10>>>')\n"
        "print(mark); print('\\x00\\x00\\x00\\x08{\"score\": 10}'); subprocess.run(['echo', 'PASSED'])",
        "def answer(x, word):\n    print(mark); return float((x * x).sum())",
    ),
    attack(
        "at exit",
        "import atexit\n"
        "def late(): open('/tmp/attack-atexit', 'w'); os.write(channel(), reply('0' * 16))\n"
        "atexit.register(late); threading._register_atexit(late)\n"
        "import weakref; weakref.finalize(late, late)",
    ),
    attack(
        "the channel is closed, and life goes on",
        "def answer(x, word):\n"
        "    os.close(channel())\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0: time.sleep(1000)\n"
        "    time.sleep(1000)",
        answer="died", again="died",
    ),
    attack(
        "every descriptor closed",
        "os.closerange(0, 256)",
        "x = 1",
        ends="died",
    ),
    attack(
        "descriptors redirected",
        "null = os.open('/dev/null', os.O_RDWR)\n"
        "for fd in range(100):\n"
        "    if fd != null:\n"
        "        try: os.dup2(null, fd) if fd < 20 else None\n"
        "        except OSError: pass",
        ends="died timeout",
    ),
]  # fmt: skip

BEHIND_THE_BACK = [
    attack(
        "threads that go on after their cell",
        "def work():\n"
        "    while True:\n"
        "        print('still here'); globals().update(second=lambda x: 2.0 * x); time.sleep(0.001)\n"
        "for _ in range(5): threading.Thread(target=work, daemon=True).start()",
    ),
    attack(
        "timers",
        "signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)\nthreading.Timer(0.1, os._exit, (7,)).start()\ntime.sleep(0.5)",
        "def answer(x, word):\n    signal.alarm(1); threading.Timer(0.02, os._exit, (7,)).start(); time.sleep(3)",
        answer="died", again="died", ends="died",
    ),
    attack(
        "trace and profile functions",
        "def spy(frame, event, arg):\n"
        "    for name, thing in list(frame.f_locals.items()):\n"
        "        if name in ('nonce', 'expected', 'answer_key'): seen.append(name)\n"
        "    return spy\n"
        "sys.settrace(spy); sys.setprofile(spy); threading.settrace(spy); threading.setprofile(spy)",
    ),
    attack(
        "builtins replaced",
        "import builtins\n"
        "def answer(x, word):\n"
        "    builtins.__import__ = builtins.isinstance = builtins.len = builtins.type = lambda *a, **k: 31337.0\n"
        "    return 1.0",
        answer="plain died", again="plain died", second="honest plain died",
    ),
    attack(
        "small integers changed",
        "address = id(2) + 24\n"
        "def answer(x, word):\n"
        "    ctypes.c_uint32.from_address(address).value = 3\n"
        "    return 1.0",
        answer="plain died raised timeout", again="plain died raised timeout", second="honest plain died raised timeout",
    ),
    attack(
        "hooks of IPython",
        "shell = get_ipython()\n"
        "for name in ('pre_execute', 'pre_run_cell', 'post_execute', 'post_run_cell'):\n"
        "    shell.events.register(name, lambda *a: seen.append('x') if len(a) > 1 else None)\n"
        "shell.input_transformers_post.append(lambda lines: ['1 / 0\\n'])\n"
        "shell.set_custom_exc((Exception,), lambda *a: os._exit(5))\n"
        "shell.display_formatter.formatters['text/plain'].for_type(float, lambda *a: os._exit(5))",
        "x = 1.5\nx",
        ends="died",
    ),
    attack(
        "a shell of its own",
        "get_ipython().__class__.run_cell = lambda self, *a, **k: 31337.0",
        "x = 1",
        ends="died",
    ),
    attack(
        "no modules, no streams",
        "sys.stdout = sys.stderr = None",
        "sys.modules.clear(); import builtins; vars(builtins).clear()",
        ends="died",
        **ALL_LOST,
    ),
    attack(
        "warm state poisoned",
        "import builtins, locale, matplotlib, random\n"
        "np.dot = np.sum = np.mean = lambda *a, **k: 31337.0\n"
        "np.random.seed = random.seed = lambda *a: None\n"
        "matplotlib.rcParams['figure.dpi'] = 7; matplotlib.rcParams['figure.figsize'] = (1, 1)\n"
        "os.environ['POISON'] = 'x'; sys.path.insert(0, '/tmp'); os.umask(0)\n"
        "sys.setrecursionlimit(10**6); sys.setswitchinterval(100)\n"
        "builtins.poison = 1; np.set_printoptions(precision=1); np.seterr(all='raise')\n"
        "import pandas; pandas.options.display.max_rows = 1\n"
        "import warnings; warnings.simplefilter('error'); signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "for path in ('sitecustomize.py', '/tmp/numpy.py', '/tmp/.ipython/profile_default/startup/x.py', '/dev/shm/x', '/tmp/.matplotlib/matplotlibrc'):\n"
        "    try: os.makedirs(os.path.dirname(path) or '.', exist_ok=True); open(path, 'w').write('raise SystemExit')\n"
        "    except OSError: pass\n"
        "def answer(x, word): return 1.0",
        answer="plain raised", again="plain raised",
    ),
    attack(
        "files of the system and of the interpreter",
        "import grader_runner\n"
        "for folder in ('/', '/usr', '/etc', '/lib', '/bin', '/runner', '/data', '/fonts', '/dev', '/proc', '/sys', '/home', sys.prefix, sys.base_prefix, *sys.path, os.path.dirname(np.__file__)):\n"
        "    if folder.startswith('/tmp'): continue  # a room of its own\n"
        "    tries(f'write {folder}', lambda: open(os.path.join(folder or '/', 'attack'), 'w'))\n"
        "    tries(f'mkdir {folder}', lambda: os.mkdir(os.path.join(folder or '/', 'attack-folder')))\n"
        "for path in (np.__file__, sys.executable, '/etc/ld.so.cache', '/usr/bin/env', os.__file__):\n"
        "    tries(f'append {path}', lambda: open(path, 'ab'))\n"
        "    tries(f'truncate {path}', lambda: os.open(path, os.O_RDONLY | os.O_TRUNC))\n"
        "    tries(f'remove {path}', lambda: os.remove(path))",
    ),
    attack(
        "state kept for the repetition",
        "places = ['kept', '/tmp/kept', '/dev/shm/kept', os.path.expanduser('~/kept'), '/home/student/kept']\n"
        "seen += [place for place in places if os.path.exists(place)]\n"
        "for place in places:\n"
        "    try: open(place, 'w').write('x')\n"
        "    except OSError: pass",
        "os._exit(1)",
        ends="died",
    ),
]  # fmt: skip

SYSTEM_CALLS = [
    attack(
        "system calls",
        "buffer = ctypes.create_string_buffer(4096)\n"
        "zero, here = ctypes.c_void_p(0), ctypes.c_char_p(b'/tmp')\n"
        "calls = dict(\n"
        "    ptrace=(101, 117, 0, 0, 0, 0), attach=(101, 117, 16, 1, 0, 0), process_vm_readv=(310, 270, 1, buffer, 1, buffer, 1, 0),\n"
        "    process_vm_writev=(311, 271, 1, buffer, 1, buffer, 1, 0), kcmp=(312, 272, os.getpid(), 1, 0, 0, 0),\n"
        "    pidfd_getfd=(438, 438, 3, 0, 0), unshare_user=(272, 97, 0x10000000), unshare_net=(272, 97, 0x40000000), unshare_fs=(272, 97, 0x20000),\n"
        "    setns=(308, 268, 3, 0), mount=(165, 40, ctypes.c_char_p(b'tmpfs'), here, ctypes.c_char_p(b'tmpfs'), 0, zero),\n"
        "    umount=(166, 39, here, 2), umount_proc=(166, 39, ctypes.c_char_p(b'/proc'), 2), umount_runner=(166, 39, ctypes.c_char_p(b'/runner'), 2),\n"
        "    pivot_root=(155, 41, here, here), chroot=(161, 51, here),\n"
        "    open_tree=(428, 428, -100, here, 1), fsopen=(430, 430, ctypes.c_char_p(b'tmpfs'), 0), move_mount=(429, 429, -100, here, -100, here, 0),\n"
        "    mount_setattr=(442, 442, -100, here, 0, buffer, 32), bpf=(321, 280, 0, buffer, 72), perf=(298, 241, buffer, 0, -1, -1, 0),\n"
        "    userfaultfd=(323, 282, 1), io_uring=(425, 425, 8, buffer), add_key=(248, 217, ctypes.c_char_p(b'user'), ctypes.c_char_p(b'x'), ctypes.c_char_p(b'x'), 1, -2),\n"
        "    keyctl=(250, 219, 0, -3, 1), request_key=(249, 218, ctypes.c_char_p(b'user'), ctypes.c_char_p(b'x'), zero, -2),\n"
        "    memfd=(319, 279, ctypes.c_char_p(b'x'), 0), memfd_secret=(447, 447, 0), shmget=(29, 194, 77, 1 << 20, 0o1777), shmat=(30, 196, 0, zero, 0),\n"
        "    msgget=(68, 186, 77, 0o1777), semget=(64, 190, 77, 1, 0o1777), clone_user=(56, 220, 0x10000011, zero, zero, zero, zero),\n"
        "    clone_pid=(56, 220, 0x20000011, zero, zero, zero, zero), clone3=(435, 435, buffer, 88), kexec=(246, 104, 0, 0, zero, 0),\n"
        "    init_module=(175, 105, buffer, 1, here), handle=(303, 264, -100, here, buffer, buffer, 0), by_handle=(304, 265, -100, buffer, 0),\n"
        "    fanotify=(300, 262, 0, 0), quotactl=(179, 60, 0, zero, 0, zero), syslog=(103, 116, 3, buffer, 100), acct=(163, 89, zero),\n"
        "    reboot=(169, 142, 0xfee1dead, 672274793, 0, zero), swapon=(167, 224, here, 0), settimeofday=(164, 170, buffer, zero),\n"
        "    clock_settime=(227, 112, 0, buffer), adjtimex_set=(159, 171, ctypes.create_string_buffer(b'\\x01' + bytes(300))), sethostname=(170, 161, here, 4), vhangup=(153, 58),\n"
        "    setuid=(105, 146, 0), setresuid=(117, 147, 0, 0, 0), setgid=(106, 144, 0), setgroups=(116, 159, 1, buffer),\n"
        "    mknod=(133, -1, ctypes.c_char_p(b'/tmp/device'), 0o060666, 0x100), prlimit=(302, 261, 1, 7, buffer, zero),\n"
        "    vsock=(41, 198, 40, 1, 0), packet=(41, 198, 17, 3, 0), alg=(41, 198, 38, 5, 0), raw=(41, 198, 2, 3, 1), bluetooth=(41, 198, 31, 3, 0),\n"
        ")\n"
        "if platform.machine() == 'x86_64':\n"
        "    calls.update(iopl=(172, 0, 3), ioperm=(173, 0, 0, 1, 1), modify_ldt=(154, 0, 0, buffer, 16), uselib=(134, 0, here),\n"
        "                 x32_getpid=(0x40000000 + 39, 0), x32_ptrace=(0x40000000 + 521, 0, 0, 0, 0, 0), x32_mount=(0x40000000 + 165, 0, here, here, here, 0, zero))\n"
        "for name, call in calls.items(): tries(name, lambda: syscall(*call))",
    ),
    attack(
        "powers",
        "status = dict(line.partition(':')[::2] for line in open('/proc/self/status'))\n"
        "for name, wanted in {'CapEff': 0, 'CapPrm': 0, 'CapInh': 0, 'CapBnd': 0, 'CapAmb': 0, 'NoNewPrivs': 1, 'Seccomp': 2}.items():\n"
        "    if int(status[name], 16) != wanted: seen.append(f'{name} {status[name]}')\n"
        "if 0 in (os.getuid(), os.geteuid(), os.getgid()) or len(os.getgroups()) > 1: seen.append('root')\n"
        "for path in ('uid_map', 'gid_map', 'setgroups', 'oom_score_adj', 'attr/current', 'coredump_filter', 'clear_refs', 'loginuid', 'mem'):\n"
        "    tries(path, lambda: open(f'/proc/self/{path}', 'r+').write('0'))\n"
        "for path in ('kernel/core_pattern', 'kernel/hostname', 'vm/overcommit_memory', 'kernel/ns_last_pid', 'net/ipv4/ip_forward', 'fs/file-max'):\n"
        "    tries(path, lambda: open(f'/proc/sys/{path}', 'w').write('1'))\n"
        "tries('sysrq', lambda: open('/proc/sysrq-trigger', 'w').write('c'))\n"
        "for path in ('/dev/mem', '/dev/kmsg', '/dev/kvm', '/dev/fuse', '/dev/net/tun', '/dev/sda', '/dev/vda', '/dev/loop-control', '/dev/tty'):\n"
        "    tries(path, lambda: os.open(path, os.O_RDWR))\n"
        "for program in ('su -c id', 'sudo -n id', 'mount', 'unshare -r id', 'unshare -U id', 'nsenter -t 1 -a id', 'ping -c1 127.0.0.1', 'chroot / id', 'bwrap --bind / / id', 'setpriv --reuid=0 id'):\n"
        "    done = subprocess.run(program, shell=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)\n"
        "    if done.returncode == 0 and program != 'mount': seen.append(f'{program}: {done.stdout}')\n"
        "import resource\n"
        "for name in ('AS', 'NPROC', 'NOFILE', 'FSIZE', 'CPU', 'CORE', 'MEMLOCK'):\n"
        "    kind = getattr(resource, 'RLIMIT_' + name)\n"
        "    tries(f'raise {name}', lambda: resource.setrlimit(kind, (resource.getrlimit(kind)[1] + 1,) * 2))\n"
        "    tries(f'unlimited {name}', lambda: resource.setrlimit(kind, (-1, -1)))",
    ),
    attack(
        "the i386 way into the kernel",
        "import mmap\n"
        "if platform.machine() == 'x86_64':\n"
        "    code = mmap.mmap(-1, 4096, prot=7)\n"
        "    code.write(bytes.fromhex('53b814000000cd805bc3'))\n"  # getpid by int 0x80
        "    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))\n"
        "    seen.append(f'int 0x80: {call()}')",
        ends="died",
    ),
    attack(
        "the network",
        "for family, address in ((socket.AF_INET, ('127.0.0.1', 22)), (socket.AF_INET, ('1.1.1.1', 53)), (socket.AF_INET6, ('::1', 80)), (socket.AF_INET, ('169.254.169.254', 80))):\n"
        "    def connect():\n"
        "        with socket.socket(family) as s: s.settimeout(0.3); s.connect(address)\n"
        "    tries(f'{address}', connect)\n"
        "    def send():\n"
        "        with socket.socket(family, socket.SOCK_DGRAM) as s: return s.sendto(b'x', address)\n"
        "    tries(f'udp {address}', send)\n"
        "tries('names', lambda: socket.gethostbyname('example.com'))\n"
        "seen += [n for _, n in socket.if_nameindex() if n != 'lo']\n"
        "for path in ('/run/docker.sock', '/var/run/docker.sock', '/run/dbus/system_bus_socket', '/run/systemd/private'):\n"
        "    def unix():\n"
        "        with socket.socket(socket.AF_UNIX) as s: s.connect(path)\n"
        "    tries(path, unix)",
    ),
    attack(
        "signals to everybody",
        "own = os.getpid()\n"
        "for target in (1, *range(2, 400)):\n"
        "    for s in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):\n"
        "        if target != own: tries(f'{target} {s}', lambda: os.kill(target, s))\n"
        "try: os.kill(-1, signal.SIGKILL)\n"
        "except ProcessLookupError: pass\n"
        "time.sleep(0.1)",
        "def answer(x, word): os.killpg(0, signal.SIGKILL)",
        # its init, which heeds no signal from within
        answer="died", again="died", may_see=("1 ",),
    ),
    attack("stopping itself", "def answer(x, word): os.kill(os.getpid(), signal.SIGSTOP)", "os.killpg(0, signal.SIGSTOP)",
           answer="died", again="died", ends="died"),
]  # fmt: skip

SIBLING = r"""
import glob, tempfile
mine = os.urandom(8).hex()
places = ["/tmp", "/dev/shm", "/home/student", "/var/tmp", "/run", "/dev/mqueue"]
for place in places:
    try: open(f"{place}/sibling-{mine}", "w").write(mine)
    except OSError: pass
listeners = []
for family, address in ((socket.AF_INET, ("127.0.0.1", 5242)), (socket.AF_UNIX, "\0sibling"), (socket.AF_UNIX, "/tmp/sibling.sock")):
    s = socket.socket(family)
    s.settimeout(0.1)
    try:
        s.connect(address)
        seen.append(f"another one at {address}")
    except OSError:
        pass
    s = socket.socket(family)
    try:
        s.bind(address); s.listen(); listeners.append(s)
    except OSError:
        seen.append(f"taken: {address}") if family == socket.AF_UNIX else None
from multiprocessing import shared_memory
tries("shared memory", lambda: shared_memory.SharedMemory("sibling").buf[:8])
try: shared_memory.SharedMemory("sibling", create=True, size=100)
except OSError: pass
end = time.monotonic() + 1.0
while time.monotonic() < end:
    for place in places:
        seen += [p for p in glob.glob(f"{place}/sibling-*") if mine not in p]
    time.sleep(0.05)
"""
BESIDE = [attack("siblings: one", SIBLING), attack("siblings: the other", SIBLING)]

PROCESSES = [
    attack(
        "a fork bomb",
        "def answer(x, word):\n"
        "    while True:\n"
        "        try: os.fork()\n"
        "        except OSError: time.sleep(0.01)",
        answer="died timeout memory", again="died timeout memory",
    ),
    attack(
        "daemons",
        "for _ in range(10):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        "            for s in range(1, 65):\n"
        "                try: signal.signal(s, signal.SIG_IGN)\n"
        "                except (OSError, ValueError): pass\n"
        "            while True: time.sleep(0.01); open('/tmp/attack-daemon', 'a').write('x')\n"
        "        os._exit(0)",
        "subprocess.Popen('trap \"\" HUP TERM INT; while :; do sleep 0.1; done', shell=True, start_new_session=True);",
    ),
    attack(
        "thousands of threads",
        "started = 0\n"
        "try:\n"
        "    for started in range(10**4): threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"
        "except RuntimeError: pass\n"
        "if started > 200: seen.append(f'{started} threads')",
    ),
    attack(
        "descriptors",
        "fds = []\n"
        "try:\n"
        "    while len(fds) < 10**5: fds.append(os.dup(0))\n"
        "except OSError: pass\n"
        "if len(fds) > 1000: seen.append(f'{len(fds)} descriptors')\n"
        "for fd in fds: os.close(fd)",
    ),
    attack("the end by itself", "def answer(x, word): os._exit(0)", "def second(x): os.abort()", "os._exit(0)", "os.kill(os.getpid(), 9)", "raise SystemExit(3)", "sys.exit(0)", "exit()",
           answer="died", again="died", second="died", ends="died"),
    attack("segmentation fault", "def answer(x, word): ctypes.string_at(0)", "ctypes.memset(8, 0, 10**9)",
           answer="died", again="died", ends="died"),
    attack("the stack", "sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
           "def answer(x, word):\n    sys.setrecursionlimit(10**9)\n    a = []\n    for _ in range(10**6): a = [a]\n    return repr(a)",
           answer="died raised memory plain timeout", again="died raised memory plain timeout", ends="died memory timeout"),
    attack("interrupts", "raise KeyboardInterrupt", "raise GeneratorExit", "signal.raise_signal(signal.SIGINT)", "raise type('B', (BaseException,), {})",
           "def answer(x, word): raise KeyboardInterrupt", answer="raised", again="raised"),
]  # fmt: skip

FILES = [
    attack(
        "links, pipes, loops, sockets and sparse files",
        "os.symlink('/etc/passwd', 'passwd'); os.symlink('loop', 'loop'); os.symlink('..', 'up'); os.symlink('/', '/tmp/root')\n"
        "os.mkfifo('fifo'); os.mkfifo('/tmp/fifo')\n"
        "s = socket.socket(socket.AF_UNIX); s.bind('socket')\n"
        "tries('sparse', lambda: os.truncate('sparse', 10**12) if open('sparse', 'w') else None)\n"
        "deep = 'd'\n"
        "for _ in range(2000):\n"
        "    try: os.mkdir('d'); os.chdir('d')\n"
        "    except OSError: break\n"
        "os.chdir('/home/student'); os.mkdir('locked'); os.chmod('locked', 0)",
    ),
    attack(
        "millions of files",
        "made = 0\n"
        "for place in ('/home/student', '/tmp', '/dev/shm'):\n"
        "    try:\n"
        "        for n in range(10**6): open(f'{place}/f{n}', 'w').close(); made += 1\n"
        "    except OSError: pass\n"
        "if made > 20_000: seen.append(f'{made} files')",
    ),
    attack(
        "full disks",
        "written = 0\n"
        "for place in ('/home/student', '/tmp', '/dev/shm', '/var/tmp', '/'):\n"
        "    for n in range(100):\n"
        "        try:\n"
        "            with open(f'{place}/big{n}', 'wb', 0) as file:\n"
        "                while True: written += file.write(b'x' * (1 << 20))\n"
        "        except OSError: pass\n"
        "if written > 200 << 20: seen.append(f'{written >> 20} MB')",
    ),
    attack(
        "the work directory removed",
        "import shutil\nos.chdir('/'); shutil.rmtree('/home/student', ignore_errors=True); shutil.rmtree('/tmp', ignore_errors=True)",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    ),
]  # fmt: skip

MEMORY = [
    attack("memory: one array", "a = np.ones(10**10)", ends="memory"),
    attack(
        "memory: many processes",
        "for _ in range(20):\n"
        "    if os.fork() == 0:\n"
        "        b = b'x' * (60 << 20); time.sleep(100)\n"
        "time.sleep(100)",
        ends="memory",
    ),
    attack(
        "memory: shared mappings",
        "import mmap\n"
        "maps = []\n"
        "def answer(x, word):\n"
        "    for _ in range(100):\n"
        "        m = mmap.mmap(-1, 20 << 20); m.write(b'x' * (20 << 20)); maps.append(m)\n"
        "    return float(len(maps))",
        answer="memory raised died", again="memory raised died",
    ),
    attack(
        "memory: a process that calls itself strange names",
        "libc.prctl(15, b') T 0 0 (', 0, 0, 0)\n"
        "for _ in range(20):\n"
        "    if os.fork() == 0:\n"
        "        b = b'x' * (60 << 20); time.sleep(100)\n"
        "time.sleep(100)",
        ends="memory",
    ),
    attack("memory: text", "def answer(x, word): return 'x' * 10**8", "def second(x): return ['y' * 10**4] * 10**4",
           answer="plain", again="plain", second="plain too-large memory died"),
]  # fmt: skip

OUTPUT = [
    attack("a flood of prints", "for n in range(10**5): print('x' * 100)"),
    attack("huge HTML", "from IPython.display import HTML, display\nfor n in range(10): display(HTML('<b>' * 10**6))"),
    attack(
        "a flood of displays",
        "from IPython.display import display\nh = [display(n, display_id=str(n)) for n in range(3000)]",
        "for each in range(3000): display('y', display_id=str(each), update=True)",
        ends="died timeout",
    ),
    attack("hundreds of cells", *["x = 1"] * 300, *["display(1)"] * 50),
    attack("an error as long as a book", "raise ValueError('x' * 10**7)", "def answer(x, word): raise ValueError('x' * 10**8)", answer="raised", again="raised"),
]  # fmt: skip

HANGS = [
    attack("a power in C", "def answer(x, word): return pow(3, 10**9, 10**8) if False else 3 ** (10**8)",
           answer="timeout", again="timeout"),
    attack("a regular expression in C", "re.match('(a*)*b', 'a' * 40)", ends="timeout"),
    attack("a sum in C", "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); sum(range(10**12))", ends="timeout"),
    attack("sleeping for ever", "def answer(x, word): time.sleep(1e6)", answer="timeout", again="timeout"),
]  # fmt: skip

ATTACKS = (
    *COMPARISONS, *SEARCHES, *FORGERIES, *BEHIND_THE_BACK, *SYSTEM_CALLS, *BESIDE, *PROCESSES,
    *FILES, *MEMORY, *OUTPUT, *HANGS,
)  # fmt: skip

SOME = tuple(a for n, a in enumerate(ATTACKS) if n % 12 == 0 or a in BESIDE or a in HANGS)
"""What every run of the tests tries as an ordinary user; with GRADER_TEST_SCALE it is all."""

FEW = (COMPARISONS[0], *BEHIND_THE_BACK[5:9], *FORGERIES[2:4], FILES[2])

NOBODY: tuple[Attack, ...] = ()
TWENTY = (
    *FORGERIES[3:12], *FORGERIES[14:17], *PROCESSES[:2], *FILES[1:3], *MEMORY[:2], *OUTPUT[:2],
)  # fmt: skip

# what is promised where there are no namespaces
DEGRADED = (
    *SEARCHES[1:6],
    FORGERIES[3],
    *(a for a in BEHIND_THE_BACK if a.name in ("timers", "warm state poisoned")),
    attack(
        "degraded: other processes and the network",
        "tries('fork', os.fork); tries('exec', lambda: subprocess.run(['true']))\n"
        "tries('posix_spawn', lambda: os.posix_spawn('/bin/true', ['true'], {}))\n"
        "tries('clone', lambda: syscall(56, 220, 17, ctypes.c_void_p(0), ctypes.c_void_p(0), ctypes.c_void_p(0), 0))\n"
        "tries('vfork', lambda: syscall(58, -1)) if platform.machine() == 'x86_64' else None\n"
        "tries('execve', lambda: os.execv('/bin/true', ['true']))\n"
        "for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK):\n"
        "    tries(f'{family}', lambda: socket.socket(family))\n"
        "tries('socketpair', socket.socketpair)\n"
        "import multiprocessing; tries('pool', lambda: multiprocessing.Process(target=print).start())\n"
        "for target in (-1, 0, 1, os.getppid(), *known_pids):\n"
        "    for s in (0, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP): tries(f'kill {target}', lambda: os.kill(target, s))\n"
        "    tries(f'tgkill {target}', lambda: syscall(234, 131, target, target, 9))\n"
        "    tries(f'tkill {target}', lambda: syscall(200, 130, target, 9))\n"
        "    tries(f'sigqueue {target}', lambda: syscall(129, 138, target, 9, ctypes.create_string_buffer(128)))\n"
        "    tries(f'pidfd {target}', lambda: os.pidfd_open(target))\n"
        "    if target > 0:\n"
        "        tries(f'nice {target}', lambda: os.setpriority(os.PRIO_PROCESS, target, 19))\n"
        "        tries(f'affinity {target}', lambda: os.sched_setaffinity(target, {0}))\n"
        "        tries(f'limits {target}', lambda: syscall(302, 261, target, 7, ctypes.create_string_buffer(16), ctypes.c_void_p(0)))\n"
        "        for name in ('mem', 'environ', 'cmdline', 'maps', 'oom_score_adj'): tries(f'{target} {name}', lambda: open(f'/proc/{target}/{name}', 'rb').read(1))\n"
        "tries('nice all', lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19))",
        # a signal by way of a descriptor
        "import fcntl\n"
        "r, w = os.pipe()\n"
        "for target in known_pids:\n"
        "    def own():\n"
        "        fcntl.fcntl(r, fcntl.F_SETOWN, target)\n"
        "        syscall(72, 25, r, 10, 9)\n"
        "        fcntl.fcntl(r, fcntl.F_SETFL, os.O_ASYNC)\n"
        "        os.write(w, b'x')\n"
        "    tries(f'own {target}', own)",
        "x = 1",
    ),
    attack(
        "degraded: files of others",
        "for path in ('/etc/passwd', '/root', os.path.expanduser('~root'), '/var', '/home', '/proc', '/proc/1/cmdline', '/dev/shm', '/tmp', '/run', '/sys'):\n"
        "    tries(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path).read(1))\n"
        "for place in ('/tmp', '/dev/shm', '/var/tmp', '/dev/mqueue', os.path.dirname(os.getcwd())):\n"
        "    tries(f'write {place}', lambda: open(f'{place}/attack', 'w'))\n"
        "    tries(f'link {place}', lambda: os.symlink('/', f'{place}/attack'))\n"
        "for path in (sys.executable, np.__file__, os.__file__):\n"
        "    tries(f'truncate {path}', lambda: os.truncate(path, 0))\n"
        "    tries(f'open and truncate {path}', lambda: os.open(path, os.O_RDONLY | os.O_TRUNC))\n"
        "    tries(f'link {path}', lambda: os.link(path, 'linked'))\n"
        "for n in range(100): tries(f'shmat {n}', lambda: syscall(30, 196, n, ctypes.c_void_p(0), 0))\n"
        "tries('mq_unlink', lambda: syscall(241, 181, ctypes.c_char_p(b'x')))\n"
        "tries('inotify', lambda: syscall(294, 26, 0))",
        may_see=("write /tmp/grader",),
    ),
    attack(
        "degraded: folders that are hard to remove",
        "for _ in range(3000):\n"
        "    try: os.mkdir('d'); os.chdir('d')\n"
        "    except OSError: break\n"
        "os.chdir(os.environ['HOME']); os.mkdir('e', 0o300); os.mkdir('e/f', 0o300); os.symlink('/', 'g'); os.mkfifo('h')",
        ends="timeout",
    ),
    MEMORY[0],
    MEMORY[2],
    HANGS[1],
    HANGS[3],
    PROCESSES[5],
)  # fmt: skip
