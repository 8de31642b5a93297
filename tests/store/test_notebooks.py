from pathlib import Path

from grader.store.notebooks import add_notebook, read_notebooks

FILES, KEYS = ("a" * 64, "b" * 64), ("c" * 64, "d" * 64)


def test_what_was_added_is_known(tmp_path: Path):
    assert read_notebooks(tmp_path / "notebooks") == {}
    for file, key in zip(FILES, KEYS, strict=True):
        add_notebook(tmp_path / "notebooks", file, key)
    assert read_notebooks(tmp_path / "notebooks") == dict(zip(FILES, KEYS, strict=True))


def test_no_file_is_taken_for_another(tmp_path: Path):
    notebooks = tmp_path / "notebooks"
    for file, key in zip(FILES, KEYS, strict=True):
        add_notebook(notebooks, file, key)
    text = notebooks.read_text().replace(KEYS[0], "?").replace(KEYS[1], KEYS[0])
    notebooks.write_text(text.replace("?", KEYS[1]))
    assert read_notebooks(notebooks) == {}
