"""Runs notebooks and saves them with the outputs that a reader needs, and nothing of this machine.

    python tools/save_notebooks.py [NOTEBOOK ...]

Without a name, every notebook in notebooks/. Text and stills are kept; widgets, which would be dead in a
saved file, are not. A second run changes no byte where the outputs are equal. A notebook that raises an
error, writes to stderr or grows beyond 1 MB is not saved.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[1] / "notebooks"
LARGEST = 1_000_000  # bytes
WIDGET = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def main(names: Sequence[str]) -> int:
    """Save the notebooks; returns 1 if one of them could not be."""
    status = 0
    for path in map(Path, names) if names else sorted(FOLDER.glob("*.ipynb")):
        with TemporaryDirectory() as folder:  # where the notebook writes its files
            notebook = clean(run(nbformat.read(path, as_version=4), folder))
        text = nbformat.writes(notebook) + "\n"
        if wrong := problems(notebook, len(text.encode())):
            status = 1
            print(f"{path.name} not saved: {'; '.join(wrong)}", file=sys.stderr)
        elif text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{path.name} saved, {len(text) / 1000:.0f} kB")
        else:
            print(f"{path.name} as it was")
    return status


def run(notebook: NotebookNode, folder: str) -> NotebookNode:
    """The notebook, run from top to bottom in this Python, in `folder`. Raises CellExecutionError."""
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # a kernel registered for the user would win otherwise
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=120, record_timing=False, coalesce_streams=True,
        store_widget_state=False, resources={"metadata": {"path": folder}},
    )
    return client.execute()


def clean(notebook: NotebookNode) -> NotebookNode:
    """The notebook without widgets and without traces of this machine; changes it in place."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if "data" in output:
                output.data.pop(WIDGET, None)
                output.metadata.pop(WIDGET, None)
        cell.outputs = [output for output in cell.outputs if output.get("data") != {}]
    return notebook


def problems(notebook: NotebookNode, size: int) -> list[str]:
    """Why the notebook, `size` bytes long, should not be saved."""
    wrong = [
        f"cell {number} writes to stderr: {output.text.strip().splitlines()[-1]}"
        for number, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stderr"
    ]
    if size > LARGEST:
        wrong.append(f"it has {size / 1e6:.1f} MB of at most {LARGEST / 1e6:.0f}")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
