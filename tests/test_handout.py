"""Copies of the notebooks: never over what is there, and for a class without a trace of the answers."""

import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
import save_notebooks

from emviz import handout
from emviz.lab import WIDGET

NOTEBOOKS = sorted(handout.notebooks_source().glob("*.ipynb"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder as a checkout has it after the tests, with files that are not to be copied."""
    folder = tmp_path / "package"
    (folder / ".ipynb_checkpoints").mkdir(parents=True)
    (folder / "01_heights.ipynb").write_text("one")
    (folder / "02_coins.ipynb").write_text("two")
    (folder / "heights.gif").write_bytes(b"GIF")
    (folder / ".ipynb_checkpoints" / "01_heights-checkpoint.ipynb").write_text("old")
    return folder


# ------------------------------------------------------------------ copying


def test_every_notebook_is_copied_into_a_new_folder(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "em"
    names = ["01_heights.ipynb", "02_coins.ipynb"]
    assert handout.copy_notebooks(source, folder) == (names, [], [])
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "02_coins.ipynb").read_text() == "two"


def test_what_is_there_is_never_written_to(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (source / "03_blobs.ipynb").write_text("three")
    (folder / "01_heights.ipynb").write_text("my answers")
    (folder / "02_coins.ipynb").write_text("TWO")
    (folder / "notes.txt").write_text("mine")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}

    copied, kept, changed = handout.copy_notebooks(source, folder, bytes.upper)
    assert (copied, kept, changed) == (["03_blobs.ipynb"], ["02_coins.ipynb"], ["01_heights.ipynb"])
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before
    assert (folder / "03_blobs.ipynb").read_text() == "THREE"
    assert handout.told(folder, copied, kept, changed).splitlines() == [
        f"Copied into {folder}: 03_blobs.ipynb", f"Already in {folder}: 02_coins.ipynb",
        f"Yours, left as they are, in {folder}: 01_heights.ipynb", "For a fresh copy, rename yours first."]


def test_a_copy_with_solutions_is_not_taken_for_one_without(source: Path, tmp_path: Path) -> None:
    assert handout.copy_notebooks(source, tmp_path / "class")[0]
    assert handout.copy_notebooks(source, tmp_path / "class", bytes.upper)[1:] == (
        [], ["01_heights.ipynb", "02_coins.ipynb"])


def test_a_link_to_nowhere_is_somebodys_work_too(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "01_heights.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    assert "01_heights.ipynb" in handout.copy_notebooks(source, folder)[2]
    assert not (tmp_path / "elsewhere.ipynb").exists()


def test_the_notebooks_of_a_checkout_can_be_opened_in_place(source: Path) -> None:
    assert handout.copy_notebooks(source, source, bytes.upper)[0] == []


def test_a_file_is_no_folder(source: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(ValueError, match="mine is a file"):
        handout.copy_notebooks(source, tmp_path / "mine")


# ------------------------------------------------------------------ what a copy leaves out


def cell(kind: str, source: str, *tags: str, **more: Any) -> dict[str, Any]:
    name = re.sub("[^a-z]", "", source.lower())[:40]
    return {"cell_type": kind, "id": name, "metadata": {"tags": [*tags]} if tags else {},
            "source": source.splitlines(keepends=True), **more}


def a_lesson() -> dict[str, Any]:
    """Answers in every place where a notebook can have them."""
    played = {"execution_count": 7, "outputs": [{"output_type": "stream", "name": "stdout", "text": "answer 42"}]}
    folded = "<details><summary>Show the {}</summary>\n\nIt is 42.\n\n</details>"
    asked = cell("code", "predict()", "predict", **played)
    asked["metadata"]["execution"] = {"iopub.execute_input": "answer 42"}
    cells = [
        cell("markdown", f"# A lesson\n\nHow many?\n\n{folded.format('answer')}\n\nGo on.\n"),
        cell("markdown", folded.format("Solution")),
        cell("markdown", "The answer is 42.", "solution"),
        cell("markdown", "<details><summary>A hint</summary>\n\nCount.\n\n</details>"),
        asked,
        cell("code", "def f():\n    ...  # YOUR CODE HERE", "exercise", **played),
        cell("code", "def f_solution():\n    return 42", "solution", **played),
    ]
    widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"a": "answer 42"}}}
    return {"cells": cells, "metadata": {"widgets": widgets, "language_info": {"name": "python"}}, "nbformat": 4,
            "nbformat_minor": 5}


def changed(change: Any, lesson: dict[str, Any]) -> nbformat.NotebookNode:
    notebook = nbformat.reads(change(json.dumps(lesson).encode()).decode(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_a_class_gets_no_answer() -> None:
    notebook = changed(handout.without_solutions, a_lesson())
    assert "42" not in json.dumps(notebook)
    assert [each.source for each in notebook.cells] == [
        "# A lesson\n\nHow many?\n\nGo on.", "<details><summary>A hint</summary>\n\nCount.\n\n</details>",
        "predict()", "def f():\n    ...  # YOUR CODE HERE"]
    assert [each.metadata.get("tags") for each in notebook.cells] == [None, None, ["predict"], ["exercise"]]


def test_a_learner_gets_the_solutions_but_no_outputs() -> None:
    lesson = a_lesson()
    notebook = changed(handout.without_outputs, lesson)
    assert [each.source for each in notebook.cells] == ["".join(each["source"]) for each in lesson["cells"]]
    assert all((each.outputs, each.execution_count) == ([], None) for each in notebook.cells
               if each.cell_type == "code")
    assert "answer 42" not in json.dumps(notebook) and "widgets" not in notebook.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_copy_is_written_as_jupyterlab_writes_it(path: Path) -> None:
    """Saving it unchanged changes nothing; so `emviz lab` finds it as it left it."""
    copy = handout.without_outputs(path.read_bytes()).decode()
    assert nbformat.writes(nbformat.reads(copy, as_version=4)) + "\n" == copy


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_class_runs_the_notebook_and_only_the_blanks_are_missing(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.reads(handout.without_solutions(path.read_bytes()).decode(), as_version=4)
    nbformat.validate(notebook)
    text = json.dumps(notebook, ensure_ascii=False)
    assert "image/png" not in text and WIDGET not in text and "Show the answer" not in text
    assert not re.search(r"_solution\b", text)

    played = save_notebooks.run(notebook, str(tmp_path))
    for each in played.cells:
        if each.cell_type == "code":
            assert not any(output.output_type == "error" for output in each.outputs)
            if "check" in each.metadata.get("tags", ()):
                said = " ".join("".join(output.text for output in each.outputs).split())
                assert re.match(r"Not yet: .*(Replace YOUR CODE HERE|there is nothing here yet)", said), said
