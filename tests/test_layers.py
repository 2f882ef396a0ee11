"""The rooms: a room imports only rooms above it, and `import emviz` stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import emviz

PACKAGE = Path(emviz.__file__).parent

ROOMS = (
    "validate", "files", "progress", "params", "em", "trace", "starts", "models", "metrics", "convert", "ascent",
    "restart", "basin", "datasets", "tables", "style", "draw", "scenes", "marks", "export", "markdown", "page",
    "player", "basin_player", "notebook", "explorer", "lessons", "handout", "lab", "cli", "__main__",
)
FIRST_ROOM_WITH = {
    "matplotlib": "style", "imageio": "datasets", "ipywidgets": "player", "anywidget": "player",
    "IPython": "player", "jupyterlab": "lab",
}
HEAVY = ("matplotlib", "sklearn", "ipywidgets", "anywidget", "pandas", "imageio", "IPython")

FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room_of(path: Path) -> str:
    """The room of a file: `models` for emviz/models/gaussian.py, `em` for emviz/em.py."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(source: str, package: str) -> Iterator[str]:
    """Every module that the source imports, wherever the statement stands, as an absolute dotted name.

    `from x import y` counts as x.y: y may be a module. `package` resolves relative imports.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def upward_arrows(source: str, room: str, package: str) -> list[str]:
    """What the source, a file of `room` in `package`, imports although it may not."""
    wrong = []
    for name in imports(source, package):
        top, _, rest = name.partition(".")
        if top == "emviz":
            target = rest.partition(".")[0]
            if target == "__version__":
                continue
            if target not in ROOMS:  # a lazy name of emviz/__init__.py hides the room it comes from
                wrong.append(f"{name}: import it from its room")
            elif ROOMS.index(target) > ROOMS.index(room):
                wrong.append(f"{name}: {target} is below {room}")
        elif top in FIRST_ROOM_WITH and ROOMS.index(room) < ROOMS.index(FIRST_ROOM_WITH[top]):
            wrong.append(f"{name}: only from {FIRST_ROOM_WITH[top]} down")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_up(path: Path) -> None:
    assert room_of(path) in ROOMS, f"{path.name} is a room that the order does not know"
    package = ".".join(path.relative_to(PACKAGE.parent).parts[:-1])
    assert upward_arrows(path.read_text(encoding="utf-8"), room_of(path), package) == []


@pytest.mark.parametrize(
    ("source", "room", "package"),
    [
        ("from emviz.models.gaussian import GaussianMixture", "em", "emviz"),
        ("def f():\n    import emviz.player", "scenes", "emviz.scenes"),
        ("from ..export import save_gif", "draw", "emviz.scenes"),
        ("from . import player", "trace", "emviz"),
        ("from emviz import run", "starts", "emviz"),
        ("import matplotlib.pyplot as plt", "convert", "emviz"),
        ("from ipywidgets import IntSlider", "export", "emviz"),
    ],
)
def test_an_arrow_that_points_down_is_found(source: str, room: str, package: str) -> None:
    assert len(upward_arrows(source, room, package)) == 1


def test_import_emviz_is_light() -> None:
    code = f"import sys, emviz; print([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
