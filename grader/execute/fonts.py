"""Matplotlib's list of the machine's fonts: each process that finds none makes its own, in seconds
where there are many fonts. Matplotlib keeps it in a folder of the user's, which no submission sees.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def font_list() -> Iterator[Path]:
    """A folder with a `.matplotlib` that has the list, as far as there is one."""
    with tempfile.TemporaryDirectory(prefix="grader-fonts-", ignore_cleanup_errors=True) as name:
        own = Path(name, ".matplotlib")
        own.mkdir()
        for made in [found] if (found := kept()) else _made():
            shutil.copy(made, own)
        os.chmod(name, 0o755)
        yield Path(name)


def kept(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The list of the installed Matplotlib where it is on Linux, without importing Matplotlib: that
    takes as long as a small notebook. None if it has to be asked for the list."""
    package = importlib.util.find_spec("matplotlib")
    if package is None or package.origin is None:
        return None
    try:
        source = Path(package.origin).with_name("font_manager.py").read_text("utf-8")
    except OSError:
        return None
    version = re.search(r"^    __version__ = ['\"]([\w.]+)['\"]$", source, re.MULTILINE)
    if version is None:
        return None
    home = environment.get("HOME") or os.path.expanduser("~")
    cache = environment.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    folder = environment.get("MPLCONFIGDIR") or os.path.join(cache, "matplotlib")
    found = Path(folder, f"fontlist-v{version[1]}.json")
    return found if found.is_file() and os.access(found, os.R_OK) else None


def _made() -> Iterator[Path]:
    """The lists where Matplotlib keeps them, after it has been started and has made one."""
    code = "import matplotlib as m, matplotlib.font_manager; print(m.get_cachedir())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    yield from Path(done.stdout.strip() or os.devnull).glob("fontlist-*.json")
