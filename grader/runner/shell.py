"""IPython's shell with a display hook and publisher that write nbformat outputs.

Libraries ask for a kernel's shell by its name to tell a notebook from a terminal (rich, tqdm), so
that is what ours is called.

Differences from a kernel, each on purpose: a top-level import or magic that fails does not end its
cell, nor does a line that needs what is not here, and both are flagged; a magic that nobody knows
leaves the cell below it; `pip` and its like are not run; `%matplotlib` is always inline; `%reset`
and `%cd` out of the work directory do nothing.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
from base64 import b64encode
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from IPython.core import page
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_magic, magics_class
from IPython.display import Javascript, display
from IPython.utils.text import LSString, SList
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from . import commands, widgets
from .absent import DEFINITIONS, Absent, bare, is_python
from .compiler import CellCompiler
from .recorder import Recorder

INSTALLERS = ("pip", "pip3", "conda", "mamba", "apt", "apt-get", "uv", "npm", "kaggle", "gdown")

FRAMES = 30
"""Of a traceback, so many from its beginning and from its end are shown."""


class RecordingHook(DisplayHook):
    """The value of a cell's last expression becomes an `execute_result`."""

    def start_displayhook(self) -> None:
        self._output: dict[str, Any] = {
            "output_type": "execute_result",
            "metadata": {},
            "data": {},
            "execution_count": None,
        }

    def write_output_prompt(self) -> None:
        self._output["execution_count"] = self.prompt_count

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self._output["data"] = _plain(format_dict)
        self._output["metadata"] = _plain(md_dict or {})

    def finish_displayhook(self) -> None:
        if self._output["data"]:
            self.shell.recorder.add(self._output)


class RecordingPublisher(DisplayPublisher):
    """`display(...)` becomes `display_data`; updates find their display by its id."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        recorder = self.shell.recorder
        data, metadata = _plain(data), _plain(metadata or {})
        display_id = (transient or {}).get("display_id")
        if update:
            recorder.update(display_id, data, metadata)
        else:
            output = {"output_type": "display_data", "metadata": metadata, "data": data}
            recorder.add(output, display_id)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear(wait)


class ZMQInteractiveShell(InteractiveShell):
    """One notebook's shell.

    Attributes:
        flags: collects what had to be tolerated.
        absent: the names that are not there through no fault of the lines that use them.
        functions: the functions that the notebook defined, by name, even if the name was given to
            something else later.
    """

    __module__ = "ipykernel.zmqshell"

    displayhook_class = Type(RecordingHook)
    display_pub_class = Type(RecordingPublisher)
    compiler_class = Type(CellCompiler)
    recorder = AnyTrait()
    flags = AnyTrait()
    absent = AnyTrait()
    functions = AnyTrait()
    kernel = AnyTrait()
    readline_use = False

    def tolerate(self, flag: str) -> None:
        if flag not in self.flags:
            self.flags.append(flag)

    async def run_ast_nodes(
        self,
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: Any = None,
    ) -> bool:
        """As IPython does, statement by statement, with two differences.

        A statement that fails for want of what is not here does not end the cell: the statements
        that need it fail too, the others run. And after one that does end the cell, the functions
        below it are still defined.
        """
        not_here: BaseException | None = None
        for place, node in enumerate(nodelist):
            last = place == len(nodelist) - 1
            shown = interactivity if last or interactivity in ("all", "none") else "none"
            if not await super().run_ast_nodes([node], cell_name, shown, compiler, result):
                self._was_run(node)
                continue
            error = getattr(result, "error_in_exec", None)
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                return True
            if _is_import(node) or _magic_of(node) is not None:
                self.tolerate(_flag_of(node, error))
                self.absent.was_not_made(node)
                result.error_in_exec = None
            elif self.absent.explains(error):
                not_here = not_here or error
                if isinstance(error, FileNotFoundError):
                    self.tolerate(_file_flag(error))
                if not self._define(bare(node), cell_name, compiler):
                    self.absent.was_not_made(node)
                result.error_in_exec = None
            else:
                self._salvage(nodelist[place + 1 :], cell_name, compiler)
                return True
        if not_here is not None:
            result.error_in_exec = not_here
        return not_here is not None

    def _was_run(self, node: ast.stmt) -> None:
        self.absent.was_made(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # now: the same cell may give the name to something else (`cost = cost(x, y)`)
            self.functions[node.name] = self.user_ns.get(node.name)

    def _define(self, node: ast.stmt | None, cell_name: str, compiler: Any) -> bool:
        """Run one statement without a trace in the outputs. Whether it could be run."""
        if node is None:
            return False
        try:
            exec(compiler(ast.Module([node], []), cell_name, "exec"), self.user_ns)
        except Exception:
            return False
        self._was_run(node)
        return True

    def _salvage(self, nodes: list[ast.stmt], cell_name: str, compiler: Any) -> None:
        """Define what stands below a line that failed, in its own place among the cells.

        Jupyter would not, but a failing line above a right function says nothing about it.
        """
        defined = [
            node
            for node in nodes
            if isinstance(node, DEFINITIONS)
            and (
                self._define(node, cell_name, compiler)
                or self._define(bare(node), cell_name, compiler)
            )
        ]
        if any(not _is_import(node) for node in defined):
            self.tolerate(f"salvaged:cell {self.recorder.number}")

    async def run_notebook_cell(self, source: str) -> Any:
        """Run one cell, within a running event loop if it may wait for something."""
        if "await" not in source and "async" not in source:
            return self.run_cell(source, store_history=True)
        problem = None
        try:
            transformed = self.transform_cell(source)
        except Exception:
            transformed, problem = source, sys.exc_info()
        parts = {"transformed_cell": transformed, "preprocessing_exc_tuple": problem}
        if not super().should_run_async(source, **parts):
            return self.run_cell(source, store_history=True)
        result = None
        try:
            result = await self.run_cell_async(source, store_history=True, **parts)
        finally:
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result

    def should_run_async(self, raw_cell: str, **parts: Any) -> Any:
        """A kernel asks this twice, which shows when the compiler has a warning to give."""
        writes = self.recorder.writes
        answer = super().should_run_async(raw_cell, **parts)
        if self.recorder.writes > writes:
            super().should_run_async(raw_cell, **parts)
        return answer

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.recorder.add(
            {
                "output_type": "error",
                "ename": str(getattr(etype, "__name__", etype)),
                "evalue": str(evalue),
                "traceback": [str(line) for line in stb],
            }
        )

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        if magic_name in ("matplotlib", "pylab") and line.strip() not in ("", "-l", "--list"):
            line = "inline"
        if magic_name in ("reset", "reset_selective"):
            return None
        if magic_name == "cd" and not self._is_inside(line):
            self.tolerate("magic:%cd")
            return None
        if magic_name in INSTALLERS:
            return self._not_installed(f"%{magic_name} {line}")
        return super().run_line_magic(magic_name, line, _stack_depth + 1)

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        if self.find_cell_magic(magic_name) is None and is_python(self.transform_cell(cell)):
            self.tolerate(f"magic:%%{magic_name}")
            self.run_cell(cell)  # which displays its value itself
            return None
        return super().run_cell_magic(magic_name, line, cell)

    def magic(self, arg_s: str) -> Any:
        """`get_ipython().magic("...")`, as notebooks of old have it."""
        name, _, line = arg_s.strip().lstrip("%").partition(" ")
        return self.run_line_magic(name, line)

    def _is_inside(self, folder: str) -> bool:
        """Whether a folder is there, and the work directory or in it."""
        target = os.path.realpath(os.path.expanduser(folder.strip().strip("'\"")))
        home = os.path.realpath(self.starting_dir)
        return os.path.isdir(target) and os.path.commonpath([target, home]) == home

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        found = super()._get_exc_info(exc_tuple)
        _shorten(found[1])
        return found

    def system(self, cmd: str) -> None:
        """`!cmd`: what it prints becomes output; installers are not run."""
        if self._is_installer(cmd):
            self._not_installed(f"!{cmd}")
            return
        command = self.var_expand(cmd, depth=1)
        self.user_ns["_exit_code"] = commands.run(command, sys.stdout.write)

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        if self._is_installer(cmd):
            self._not_installed(f"!{cmd}")
            return SList() if split else LSString()
        return super().getoutput(cmd, split, depth + 1)

    @staticmethod
    def _is_installer(cmd: str) -> bool:
        words = cmd.replace("sudo ", "").split()
        return bool(words) and (
            words[0].rsplit("/", 1)[-1] in INSTALLERS or "-m pip" in " ".join(words[:4])
        )

    @staticmethod
    def _not_installed(what: str) -> None:
        print(f"{what.strip()}: not run, nothing is installed while grading")

    def ask_exit(self) -> None:
        """`exit` and `quit`: the rest of the notebook still runs."""

    def init_environment(self) -> None:
        """What a kernel sets for the programs that it starts."""
        os.environ.update(TERM="xterm-color", CLICOLOR="1", FORCE_COLOR="1", CLICOLOR_FORCE="1")
        os.environ.update(PAGER="cat", GIT_PAGER="cat")

    def enable_gui(self, gui: Any = None) -> None:
        """There is no screen."""


@magics_class
class KernelMagics(Magics):
    """Those that a kernel adds, as far as they have a meaning without a page."""

    @line_magic
    def less(self, line: str) -> None:
        with open(line) as file:  # it would show in a pager
            file.read(1)

    more = line_magic("more")(less)

    @line_magic
    def man(self, line: str) -> None:
        """It would show in a pager."""

    @line_magic
    def autosave(self, line: str) -> None:
        try:
            seconds = int(line)
        except ValueError:
            raise UsageError(f"%autosave requires an integer, got {line!r}") from None
        script = Javascript(f"IPython.notebook.set_autosave_interval({1000 * seconds})")
        display(script, include=["application/javascript"])
        print(f"Autosaving every {seconds} seconds" if seconds else "Autosave disabled")


def make_shell() -> ZMQInteractiveShell:
    """The shell, made once in a process, and warmed with a trivial cell."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors_force = True
    config.IPKernelApp.name = "a kernel"  # tqdm looks for it
    config.Completer.use_jedi = False
    shell: ZMQInteractiveShell = ZMQInteractiveShell.instance(
        config=config, recorder=Recorder(0, 0), flags=[], absent=Absent(), functions={}
    )
    shell.set_hook("show_in_pager", lambda *_: None)
    page.page = lambda *_args, **_kw: None
    builtins.input = _no_input("raw_input")
    sys.modules["getpass"] = getpass = type(sys)("getpass")
    getpass.getpass = _no_input("getpass")  # type: ignore[attr-defined]
    widgets.install(shell)
    shell.register_magics(KernelMagics)
    shell.alias_manager.soft_define_alias("clear", "clear")
    shell.extension_manager.load_extension("storemagic")
    shell.run_cell("None", store_history=False, silent=True)
    return shell


def _no_input(name: str) -> Callable[..., str]:
    def refuse(prompt: object = "", stream: object = None) -> str:
        # word for word what a kernel says whose front end cannot ask
        raise StdinNotImplementedError(
            f"{name} was called, but this frontend does not support input requests."
        )

    return refuse


def _shorten(error: BaseException | None) -> None:
    """Take what is ours out of a traceback, and of those of the errors that it came from.

    And the middle of one that went too deep: to draw a thousand frames takes ten seconds.
    """
    own = os.path.dirname(__file__)
    for _ in range(20):
        if error is None:
            return
        frames: list[Any] = []
        place = error.__traceback__
        while place is not None:
            if not frames or not place.tb_frame.f_code.co_filename.startswith(own):
                frames.append(place)
            place = place.tb_next
        if len(frames) > 2 * FRAMES:
            frames = frames[:FRAMES] + frames[-FRAMES:]
        for place, following in pairwise(frames):
            place.tb_next = following
        if frames:
            frames[-1].tb_next = None
        error = error.__cause__ or error.__context__


def _plain(bundle: Any) -> dict[str, Any]:
    """A MIME bundle in nbformat's form: bytes as base64, keys as text."""
    plain = {}
    for key, item in dict(bundle).items():
        if isinstance(item, bytes):
            item = b64encode(item).decode("ascii")
        plain[str(key)] = item
    return plain


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _magic_of(node: ast.stmt) -> str | None:
    """The magic or command that a statement came from, or None."""
    call = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return None
    owner = call.func.value
    if not (
        isinstance(owner, ast.Call)
        and isinstance(owner.func, ast.Name)
        and owner.func.id == "get_ipython"
    ):
        return None
    if call.func.attr in ("system", "getoutput"):
        return "!"
    if call.func.attr == "run_line_magic" and call.args and isinstance(call.args[0], ast.Constant):
        return f"%{call.args[0].value!s}"
    return None


def _flag_of(node: ast.stmt, error: BaseException | None) -> str:
    magic = _magic_of(node)
    if magic is not None:
        return f"magic:{magic}"
    missing = getattr(error, "name", None)
    if not missing and isinstance(node, ast.ImportFrom):
        missing = node.module
    if not missing and isinstance(node, ast.Import):
        missing = node.names[0].name
    return f"import:{missing or '?'}"


def _file_flag(error: FileNotFoundError) -> str:
    """By the name without folders: those of a work directory differ from run to run."""
    path = str(error.filename or str(error).removesuffix(" not found."))  # as NumPy says it
    return f"file:{path.replace(chr(92), '/').rpartition('/')[2]}"
