"""A saved notebook as the tests of a lesson read it: its exercises, its solutions, its words and what it printed."""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[2] / "notebooks"


class Lesson:
    """One lesson.

    name: "heights" for 01_heights.ipynb.  given: names that its solutions use besides the imports of its first cell.
    """

    def __init__(self, name: str, given: Mapping[str, Any] | None = None) -> None:
        self.name, self._given = name, given or {}
        self.path, = FOLDER.glob(f"[0-9][0-9]_{name}.ipynb")
        self.notebook: NotebookNode = nbformat.read(self.path, as_version=4)

    def cells(self, tag: str) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if tag in cell.metadata.get("tags", [])]

    @cached_property
    def exercises(self) -> list[tuple[str, str, NotebookNode, NotebookNode]]:
        """Of each exercise: the name of its check, the learner's name, its cell, and the cell of its solution."""
        found = []
        for check, exercise, solution in zip(self.cells("check"), self.cells("exercise"), self.cells("solution")):
            match = re.search(r'check\("([\w.]+)", (\w+)\)', check.source)
            assert match, f"{self.path.name}: a check that is not check(\"name\", answer): {check.source}"
            found.append((match[1], match[2], exercise, solution))
        return found

    def defined(self, cell: NotebookNode) -> dict[str, Any]:
        """The names that a cell defines, run by itself after the imports of the notebook's first cell of code."""
        names: dict[str, Any] = dict(self._given)
        exec(next(cell for cell in self.notebook.cells if cell.cell_type == "code").source, names)
        names |= {"check": lambda *_, **__: None}
        exec(cell.source, names)
        return names

    def solutions(self, cell: NotebookNode) -> list[Any]:
        return [value for name, value in self.defined(cell).items() if name.endswith("_solution")]

    def says(self, text: str) -> bool:
        """Whether the text stands in one of its paragraphs, line breaks aside."""
        return any(text in " ".join(cell.source.split()) for cell in self.notebook.cells
                   if cell.cell_type == "markdown")

    def printed(self, text: str) -> bool:
        """Whether one of its cells printed the text, runs of spaces aside."""
        return any(text in " ".join(output.get("text", "").split()) for cell in self.notebook.cells
                   for output in cell.get("outputs", []))
