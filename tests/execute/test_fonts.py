"""Matplotlib's list of fonts: taken from where Matplotlib keeps it, made where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.execute.fonts import font_list, kept


@pytest.fixture
def cache(monkeypatch, tmp_path) -> Path:
    """Where Matplotlib keeps its list; empty."""
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    return tmp_path


def the_list(folder: Path) -> Path:
    (made,) = Path(folder, ".matplotlib").iterdir()
    return made


def test_where_there_is_none_it_is_made_and_from_then_on_taken_as_it_is(cache, monkeypatch):
    other = cache / "fontlist-v1.0.json"
    other.write_text("of another version")
    assert kept() is None
    other.unlink()
    with font_list() as folder:
        assert '"ttflist"' in the_list(folder).read_text()
        name = the_list(folder).name
    assert kept() == cache / name
    monkeypatch.setattr("subprocess.run", None)  # nothing is started now
    (cache / name).write_text("as it is")
    with font_list() as folder:
        assert the_list(folder).read_text() == "as it is"


def test_it_is_looked_for_where_matplotlib_keeps_it(cache, tmp_path):
    import matplotlib.font_manager as fonts

    name = f"fontlist-v{fonts.FontManager.__version__}.json"
    places = {tmp_path / "own", tmp_path / "xdg/matplotlib", tmp_path / "home/.cache/matplotlib"}
    for place in places:
        place.mkdir(parents=True)
        (place / name).touch()
    home = {"HOME": str(tmp_path / "home")}
    xdg = home | {"XDG_CACHE_HOME": str(tmp_path / "xdg")}
    assert kept(home) == tmp_path / "home/.cache/matplotlib" / name
    assert kept(xdg) == tmp_path / "xdg/matplotlib" / name
    assert kept(xdg | {"MPLCONFIGDIR": str(tmp_path / "own")}) == tmp_path / "own" / name
