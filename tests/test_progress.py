"""The bar of long work: on a terminal, and in a notebook, where nothing of it stays."""

import nbformat
from nbclient import NotebookClient

from emviz import progress

LONG_WORK = """
from emviz import progress
progress.LONG = progress.SOON = 0
print("before")
try:
    for item in progress.watched(range(50), 50, "frame"):
        if item == {last}:
            raise KeyboardInterrupt
except KeyboardInterrupt:
    print("stopped")
"""


def test_in_a_notebook_it_leaves_nothing():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(LONG_WORK.format(last=last)) for last in (50, 40)])
    NotebookClient(notebook, kernel_name="python3", store_widget_state=False).execute()
    for cell, words in zip(notebook.cells, ("before\n", "before\nstopped\n")):
        shown = [output["data"] for output in cell.outputs if output["output_type"] == "display_data"]
        assert shown == [{"text/plain": ""}]
        assert "".join(output["text"] for output in cell.outputs if output["output_type"] == "stream") == words


def test_the_items_pass_through_whether_or_not_it_shows(capsys, monkeypatch):
    assert list(progress.watched("abc", 3, "letter")) == list(progress.watched("abc", 3, "letter", False)) == [*"abc"]
    assert capsys.readouterr().err == ""
    assert list(progress.watched("abc", 3, "letter", True)) == [*"abc"]
    assert "letter/s" in capsys.readouterr().err


def test_it_waits_until_it_can_tell_that_the_work_is_long(monkeypatch):
    assert not progress._is_long(0.5, done=5, total=1000)  # too early to tell
    assert not progress._is_long(1.5, done=2, total=1000)
    assert not progress._is_long(1.5, done=10, total=20)   # three seconds in all
    assert progress._is_long(1.5, done=10, total=100)
