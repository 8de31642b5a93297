"""Files that some other program wrote: what they leave out does not cost the cells."""

from __future__ import annotations

import json

import pytest

from grader.execute.notebook import UnreadableNotebookError, code_cells, read_notebook

SOURCE = ["def f(x):\n", "    return x"]
BARE = {"cell_type": "code", "source": SOURCE}
OLD = {"cell_type": "code", "input": SOURCE, "language": "python", "outputs": []}


@pytest.mark.parametrize(
    "stored",
    [
        {"cells": [BARE], "metadata": {}},
        {"cells": [BARE], "nbformat": 4, "nbformat_minor": 5},
        {"cells": [BARE], "nbformat": 3, "nbformat_minor": 0, "metadata": {}},
        {"worksheets": [{"cells": [OLD]}], "nbformat": 3, "nbformat_minor": 0},
        {"worksheets": [{"cells": [OLD]}]},
    ],
)
def test_a_notebook_keeps_its_cells_whatever_keys_it_lacks(tmp_path, stored):
    file = tmp_path / "hw.ipynb"
    file.write_text(json.dumps(stored))
    assert code_cells(read_notebook(file)) == ("".join(SOURCE),)


def test_a_cell_without_source_is_empty(tmp_path):
    file = tmp_path / "hw.ipynb"
    file.write_text(json.dumps({"cells": [{"cell_type": "code", "source": None}], "nbformat": 4}))
    assert code_cells(read_notebook(file)) == ("",)


@pytest.mark.parametrize(
    "text",
    [
        '{"cells": [1]}',
        '{"cells": [{"source": "x"}]}',
        "{}",
        "[]",
        '{"cells": 3}',
        '{"cells": [],}',
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(tmp_path, text):
    file = tmp_path / "hw.ipynb"
    file.write_text(text)
    with pytest.raises(UnreadableNotebookError):
        read_notebook(file)
