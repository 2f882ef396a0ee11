"""The notebooks that come with emviz, copied: as they are, for a learner, or for a class without the solutions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

# An answer or a solution that is folded away in a text; a hint stays.
_FOLDED = re.compile(r"\s*<details[^>]*>\s*<summary[^>]*>[^<]*(?:answer|solution)[^<]*</summary>.*?</details>\s*",
                     re.DOTALL | re.IGNORECASE)


def notebooks_source() -> Path:
    """The folder with the notebooks: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("this installation of emviz has no notebooks: install it again")


def copy_notebooks(source: Path, folder: Path, change: Callable[[bytes], bytes] = bytes
                   ) -> tuple[list[str], list[str], list[str]]:
    """Copy every notebook of `source` that `folder` does not have yet; what is there is never written to.

    change: what to do to the contents of each on the way, such as `without_outputs`.

    Returns the names of those copied, of those there already and equal, and of those there with other contents
    (the learner's work, or another version).
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: name a folder, such as my-notebooks")
    copied: list[str] = []
    kept: list[str] = []
    changed: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.ipynb")):
        contents, target = change(path.read_bytes()), folder / path.name
        try:
            with open(target, "xb") as file:  # "x" refuses a file that exists
                file.write(contents)
            copied.append(path.name)
        except FileExistsError:
            same = target.is_file() and target.read_bytes() == contents
            (kept if same else changed).append(path.name)
    return copied, kept, changed


def told(folder: Path, copied: list[str], kept: list[str], changed: list[str]) -> str:
    """What `copy_notebooks` did, in words."""
    lines = [f"{what} {folder}: {', '.join(names)}" for names, what in
             ((copied, "Copied into"), (kept, "Already in"), (changed, "Yours, left as they are, in")) if names]
    return "\n".join([*lines, *(["For a fresh copy, rename yours first."] if changed else [])])


def without_outputs(notebook: bytes) -> bytes:
    """A notebook that nobody ran yet: a picture is not seen before the question above it is thought about."""
    return _written(_unplayed(json.loads(notebook)))


def without_solutions(notebook: bytes) -> bytes:
    """A notebook for a class: no outputs, no cell with the tag "solution", no answer folded away in a text."""
    content = _unplayed(json.loads(notebook))
    content["cells"] = [cell for cell in content["cells"] if "solution" not in cell["metadata"].get("tags", ())]
    for cell in content["cells"]:
        if cell["cell_type"] == "markdown":
            text = _FOLDED.sub("\n\n", "".join(cell["source"])).strip("\n")
            cell["source"] = text.splitlines(keepends=True)
    content["cells"] = [cell for cell in content["cells"] if cell["source"] or cell["cell_type"] != "markdown"]
    return _written(content)


def _unplayed(content: dict[str, Any]) -> dict[str, Any]:
    content["metadata"].pop("widgets", None)
    for cell in content["cells"]:
        cell["metadata"].pop("execution", None)  # when it ran
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return content


def _written(content: dict[str, Any]) -> bytes:
    """As JupyterLab writes it, so that saving it unchanged changes nothing."""
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
