"""The saved notebooks: rules that readers, teachers and tools rely on, and pictures that are still true."""

import base64
import copy
import io
import symtable
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import numpy as np
import pytest
import save_notebooks
from nbformat import NotebookNode
from PIL import Image

NOTEBOOKS = sorted(save_notebooks.FOLDER.glob("*.ipynb"))
TAGS = {"exercise", "check", "solution", "predict", "quiz", "slow"}
IGNORING = {"nbval-ignore-output", "nbval-skip"}


def code_cells(notebook: NotebookNode) -> list[tuple[int, NotebookNode]]:
    return [(number, cell) for number, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    for number, cell in code_cells(notebook):
        yield from ((number, output) for output in cell.outputs)


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def stills(notebook: NotebookNode) -> list[tuple[int, np.ndarray, str]]:
    """Every still: its cell, its pixels uint8[h, w, 3], and its alt text."""
    return [
        (number, pixels(output.data["image/png"]), output.metadata.get("image/png", {}).get("alt", ""))
        for number, output in outputs(notebook) if "image/png" in output.get("data", {})
    ]


def pixels(png: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))


def assigned(source: str) -> set[str]:
    """The global names that a cell binds: variables, functions, imports."""
    table = symtable.symtable(source, "cell", "exec")
    return {symbol.get_name() for symbol in table.get_symbols()
            if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()}


def used(source: str) -> set[str]:
    """The global names that a cell reads, also from inside its functions."""
    top = symtable.symtable(source, "cell", "exec")
    found = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    tables = list(top.get_children())
    while tables:
        table = tables.pop()
        found |= {symbol.get_name() for symbol in table.get_symbols()
                  if symbol.is_global() and symbol.is_referenced()}
        tables += table.get_children()
    return found


# ------------------------------------------------------------------ rules: each yields what is wrong


def saved_outputs_are_clean(notebook: NotebookNode) -> Iterator[str]:
    if notebook.metadata.get("widgets"):
        yield "widget state is saved"
    for number, output in outputs(notebook):
        if save_notebooks.WIDGET in output.get("data", {}):
            yield f"cell {number} saves a widget, which is dead in a file"
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"cell {number} saves an error or stderr"


def cells_ran_in_order(notebook: NotebookNode) -> Iterator[str]:
    counts = [cell.execution_count for _, cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"cells ran as {counts}, not from top to bottom"


def stills_speak(notebook: NotebookNode) -> Iterator[str]:
    found = stills(notebook)
    if len(found) < 3:
        yield f"{len(found)} stills, fewer than 3"
    for number, _, alt in found:
        if not 20 <= len(alt) < 300:
            yield f"cell {number}: a still with {len(alt)} characters of alt text, not 20 to 299"


def tags_are_known(notebook: NotebookNode) -> Iterator[str]:
    for number, cell in enumerate(notebook.cells):
        if unknown := tags(cell) - TAGS - IGNORING:
            yield f"cell {number} has unknown tags {sorted(unknown)}"


def few_cells_are_ignored(notebook: NotebookNode) -> Iterator[str]:
    ignored = [(number, cell) for number, cell in code_cells(notebook)
               if tags(cell) & IGNORING or "NBVAL_" in cell.source]
    if len(ignored) > 5:
        yield f"{len(ignored)} cells are ignored by nbval, more than 5"
    for number, cell in ignored:
        if not cell.metadata.get("nbval-reason"):
            yield f"cell {number} is ignored by nbval without a reason (cell metadata 'nbval-reason')"


def exercises_are_complete(notebook: NotebookNode) -> Iterator[str]:
    """Exercise, check, solution, in this order; the solution folded and under names of its own."""
    cells = [(number, cell, kind) for number, cell in code_cells(notebook)
             for kind in ("exercise", "check", "solution") if kind in tags(cell)]
    kinds = [kind for _, _, kind in cells]
    if kinds != ["exercise", "check", "solution"] * (len(kinds) // 3) or len(kinds) < 9:
        yield f"not three or more times exercise, check, solution: {kinds}"
    for number, cell, kind in cells:
        if kind == "exercise" and "YOUR CODE HERE" not in cell.source:
            yield f"cell {number}: an exercise without YOUR CODE HERE"
        if kind == "check" and not any(output.get("text") for output in cell.outputs):
            yield f"cell {number}: a check that prints nothing"
        if kind == "solution":
            if not cell.metadata.get("jupyter", {}).get("source_hidden"):
                yield f"cell {number}: a solution that is not folded (jupyter.source_hidden)"
            if not any(name.endswith("_solution") for name in assigned(cell.source)):
                yield f"cell {number}: a solution that defines no name ending in _solution"


def nothing_builds_on_an_exercise(notebook: NotebookNode) -> Iterator[str]:
    """Only its own cell and its check use what the learner defines: an empty exercise breaks nothing."""
    learners: set[str] = set()
    for number, cell in code_cells(notebook):
        if "exercise" in tags(cell):
            learners |= assigned(cell.source)
            continue
        if "check" not in tags(cell) and (borrowed := learners & used(cell.source) - assigned(cell.source)):
            yield f"cell {number} uses {sorted(borrowed)} from an exercise"
        learners -= assigned(cell.source)


def it_has_one_title(notebook: NotebookNode) -> Iterator[str]:
    titles = [number for number, cell in enumerate(notebook.cells) if cell.cell_type == "markdown"
              for line in cell.source.splitlines() if line.startswith("# ")]
    if titles != [0]:
        yield f"titles (# …) in cells {titles}, not one in cell 0"


RULES = [saved_outputs_are_clean, cells_ran_in_order, stills_speak, tags_are_known, few_cells_are_ignored,
         exercises_are_complete, nothing_builds_on_an_exercise, it_has_one_title]


def test_there_are_notebooks() -> None:
    assert [path.name for path in NOTEBOOKS][:2] == ["00_start_here.ipynb", "01_heights.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small(path: Path) -> None:
    assert path.stat().st_size <= save_notebooks.LARGEST


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_the_rules(path: Path, rule) -> None:
    assert list(rule(nbformat.read(path, as_version=4))) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_saved_stills_are_what_the_code_draws(path: Path, tmp_path: Path) -> None:
    saved = nbformat.read(path, as_version=4)
    drawn = save_notebooks.run(copy.deepcopy(saved), str(tmp_path))
    before, now = stills(saved), stills(drawn)
    assert [(cell, alt) for cell, _, alt in before] == [(cell, alt) for cell, _, alt in now]
    for (cell, old, _), (_, new, _) in zip(before, now, strict=True):
        assert old.shape == new.shape, f"cell {cell}"
        assert largest_change(old, new) < 16, f"cell {cell}: the saved still is out of date"


def largest_change(old: np.ndarray, new: np.ndarray, side: int = 16) -> float:
    """How far the color of some square of `side` pixels moved, of 255.

    Zero in the environment that saved the notebook. Another font renderer shades the edges of letters
    differently, which hardly moves the mean of a square; a point that moves or changes color moves it by 20
    or more, a word or a curve by far more.
    """
    height, width = (length // side * side for length in old.shape[:2])
    change = (old.astype(float) - new)[:height, :width]
    return float(np.abs(change.reshape(height // side, side, width // side, side, 3).mean(axis=(1, 3))).max())


# ------------------------------------------------------------------ the rules find what they are for


def lesson() -> NotebookNode:
    """A notebook that keeps every rule."""
    new = nbformat.v4
    png = io.BytesIO()
    Image.new("RGB", (32, 32), "white").save(png, "PNG")
    still = {"data": {"image/png": base64.b64encode(png.getvalue()).decode()},
             "metadata": {"image/png": {"alt": "A white square, thirty-two pixels wide"}}}
    said = {"name": "stdout", "text": "Not yet."}
    cells = [new.new_markdown_cell("# Heights\n\n```python\nx = 1\n```"),
             *(new.new_code_cell("draw()", outputs=[new.new_output("display_data", **copy.deepcopy(still))])
               for _ in range(3))]
    for i in range(3):
        cells += [
            new.new_code_cell(f"def f{i}(x):\n    ...  # YOUR CODE HERE", metadata={"tags": ["exercise"]}),
            new.new_code_cell(f"check(f{i})", metadata={"tags": ["check"]},
                              outputs=[new.new_output("stream", **said)]),
            new.new_code_cell(f"def f{i}_solution(x):\n    return x",
                              metadata={"tags": ["solution"], "jupyter": {"source_hidden": True}}),
        ]
    notebook = new.new_notebook(cells=cells)
    for count, (_, cell) in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
    return notebook


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_notebook_breaks_no_rule(rule) -> None:
    assert list(rule(lesson())) == []


def spoil_widget(cells: list[NotebookNode]) -> None:
    cells[1].outputs[0].data[save_notebooks.WIDGET] = {"model_id": "1"}


def spoil_stderr(cells: list[NotebookNode]) -> None:
    cells[5].outputs[0].name = "stderr"


def spoil_order(cells: list[NotebookNode]) -> None:
    cells[2].execution_count = 7


def spoil_stills(cells: list[NotebookNode]) -> None:
    cells[3].outputs = []


def spoil_alt(cells: list[NotebookNode]) -> None:
    cells[3].outputs[0].metadata = {}


def spoil_tag(cells: list[NotebookNode]) -> None:
    cells[0].metadata["tags"] = ["excercise"]


def spoil_reason(cells: list[NotebookNode]) -> None:
    cells[1].metadata["tags"] = ["nbval-ignore-output"]


def spoil_check(cells: list[NotebookNode]) -> None:
    cells[5].outputs = []


def spoil_count(cells: list[NotebookNode]) -> None:
    del cells[-3:]


def spoil_fold(cells: list[NotebookNode]) -> None:
    del cells[6].metadata["jupyter"]


def spoil_solution_name(cells: list[NotebookNode]) -> None:
    cells[6].source = "def f0(x):\n    return x"


def spoil_independence(cells: list[NotebookNode]) -> None:
    cells[9].source = "def f1_solution(x):\n    return f0(x)"


def spoil_title(cells: list[NotebookNode]) -> None:
    cells[0].source = "## Heights"


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (spoil_widget, saved_outputs_are_clean),
        (spoil_stderr, saved_outputs_are_clean),
        (spoil_order, cells_ran_in_order),
        (spoil_stills, stills_speak),
        (spoil_alt, stills_speak),
        (spoil_tag, tags_are_known),
        (spoil_reason, few_cells_are_ignored),
        (spoil_check, exercises_are_complete),
        (spoil_count, exercises_are_complete),
        (spoil_fold, exercises_are_complete),
        (spoil_solution_name, exercises_are_complete),
        (spoil_independence, nothing_builds_on_an_exercise),
        (spoil_title, it_has_one_title),
    ],
)
def test_a_broken_rule_is_found(spoil, rule) -> None:
    notebook = lesson()
    spoil(notebook.cells)
    assert len(list(rule(notebook))) == 1


def test_a_moved_point_is_a_change_and_a_shaded_edge_is_not() -> None:
    old = np.full((64, 64, 3), 255, dtype=np.uint8)
    moved, shaded = old.copy(), old.copy()
    moved[8:16, 8:16] = (0, 114, 178)
    shaded[20:22, :] = 200
    assert largest_change(old, moved) > 16 > largest_change(old, shaded)


# ------------------------------------------------------------------ the tool that saves them


def test_saving_twice_changes_no_byte(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lesson.ipynb"
    cells = ["import sys\nprint('one')\nprint('two', flush=True)\nsys.prefix == sys.base_prefix",
             "import ipywidgets\nipywidgets.IntSlider()"]
    nbformat.write(nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)]), path)
    assert save_notebooks.main([str(path)]) == 0
    first = path.read_bytes()
    assert save_notebooks.main([str(path)]) == 0
    assert path.read_bytes() == first
    assert capsys.readouterr().out.endswith("lesson.ipynb as it was\n")

    saved = nbformat.read(path, as_version=4)
    assert dict(saved.metadata) == save_notebooks.METADATA
    printed, prefix, slider = [output for _, output in outputs(saved)]
    assert printed.text == "one\ntwo\n"
    assert prefix.data["text/plain"] == repr(sys.prefix == sys.base_prefix), "another Python ran it"
    assert list(slider.data) == ["text/plain"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [("import sys\nprint('careful', file=sys.stderr)", "cell 0 writes to stderr: careful"),
     ("print(('x' * 99 + '\\n') * 11_000)", "1.2 MB")],
)
def test_a_bad_notebook_is_not_saved(tmp_path: Path, capsys: pytest.CaptureFixture, source, reason) -> None:
    path = tmp_path / "bad.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    before = path.read_bytes()
    assert save_notebooks.main([str(path)]) == 1
    assert reason in capsys.readouterr().err
    assert path.read_bytes() == before
