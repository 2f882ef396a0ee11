"""`emviz lab`: the notebooks in a folder of the learner's own, and JupyterLab opened there."""

import itertools
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from emviz.handout import copy_notebooks, notebooks_source, told, without_outputs

DEFAULT_FOLDER = Path("emviz-notebooks")
WIDGET = "application/vnd.jupyter.widget-view+json"


def lab(folder: Path = DEFAULT_FOLDER, notebook: str | None = None, arguments: Sequence[str] = ()) -> None:
    """Copy the notebooks into `folder`, without their outputs, and run JupyterLab there until it is stopped.

    notebook: the name of the file to open; None opens the first.  arguments: go to JupyterLab, and win over what
    emviz would set. Raises ValueError or OSError where the folder cannot be used.
    """
    names = copy_notebooks(notebooks_source(), folder, without_outputs)
    print(told(folder, *names))
    first = notebook or min(itertools.chain(*names), default=None)
    options, notes = jupyter_options(folder, first, arguments, os.environ, is_root(), in_container())
    for note in notes:
        print(note)
    sys.stdout.flush()  # before the log of JupyterLab, which goes to stderr

    # A Python kernel registered for the user would otherwise win over the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    # Defaults for JupyterLab, which the user's own settings override: no question about news before a lesson,
    # and stills in the notebooks that it saves.
    defaults = str(Path(__file__).parent / "static" / "jupyter")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [defaults, os.getenv("JUPYTER_CONFIG_PATH")]))
    from jupyterlab.labapp import main

    main([*options, *arguments])


def place(words: Sequence[str]) -> tuple[Path, str | None]:
    """The folder and the notebook that `emviz lab WORDS` means: FOLDER, NOTEBOOK or FOLDER NOTEBOOK.

    A notebook is "01_heights.ipynb", "01_heights", "heights" or "01"; one word that is none of these is a folder.
    A notebook of the learner's own may be named, too, if the folder is. Raises ValueError if it is nowhere.
    """
    names = [path.name for path in notebooks_source().glob("*.ipynb")]
    if len(words) == 1 and (notebook := find_notebook(words[0], names)):
        return DEFAULT_FOLDER, notebook
    if len(words) == 1 and "/" not in words[0] and not Path(words[0]).exists():
        subjects = [name.removesuffix(".ipynb").partition("_")[2] for name in names]
        near = get_close_matches(words[0], subjects, n=1, cutoff=0.75)
        if near:
            raise ValueError(f"there is no notebook {words[0]}: did you mean {near[0]}? For a folder of that name, say "
                             f"./{words[0]}")
    folder = Path(words[0]) if words else DEFAULT_FOLDER
    if len(words) < 2:
        return folder, None
    own = [path.name for path in folder.glob("*.ipynb")]
    if len(words) == 2 and (notebook := find_notebook(words[1], [*names, *own])):
        return folder, notebook
    known = ", ".join(sorted({name.removesuffix(".ipynb") for name in [*names, *own]}))
    raise ValueError(f"there is no notebook {' '.join(words[1:])}: give a folder, and then {known}")


def find_notebook(word: str, names: Sequence[str]) -> str | None:
    """The one of the file names that a learner means by its stem, its topic or its number."""
    word = word.removesuffix(".ipynb")
    for name in names:
        stem = name.removesuffix(".ipynb")
        number, _, topic = stem.partition("_")
        if word and word in (stem, topic, number):
            return name
    return None


def leave_stills(model: Mapping[str, Any], **_: Any) -> None:
    """What JupyterLab calls with a file before it saves it: a player leaves its still, a question its words.

    In a notebook that is opened again, without the kernel that made it, a reference to a widget is an error
    message. It stays where the reader has the state of the widget saved, too.
    """
    if model["type"] != "notebook" or not model.get("content"):
        return
    notebook = model["content"]
    widgets = notebook["metadata"].get("widgets", {})
    saved = widgets.get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            has_a_stand_in = "image/png" in data or "text/html" in data
            if has_a_stand_in and data.get(WIDGET, {}).get("model_id") not in saved:
                data.pop(WIDGET, None)


def jupyter_options(
    folder: Path,
    first: str | None,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    root: bool,
    container: bool,
) -> tuple[list[str], list[str]]:
    """The options that JupyterLab needs here, and a sentence for each that the reader should know about.

    `first` is the notebook to land on; None opens the folder as it was left. JupyterLab's token is never
    touched. Options that `arguments` already set are left out: JupyterLab refuses an option given twice.
    """
    wanted = [
        (f"--ServerApp.root_dir={folder.resolve()}", ""),
        (f"--LabApp.default_url=/lab{f'/tree/{first}' if first else ''}", ""),
    ]
    if root:
        wanted.append(("--allow-root", "You are root, and JupyterLab refuses root: adding --allow-root."))
    if container:
        # Inside a container localhost is the container's own: a published port does not reach it.
        wanted.append(("--ip=0.0.0.0", "This is a container: adding --ip=0.0.0.0, so that a published port"
                                       " reaches JupyterLab. Its token still guards it."))
    if not has_display(environment):
        wanted.append(("--no-browser", "There is no display here: adding --no-browser."
                                       " Open the address with the token, printed below, in a browser."))
    given = {option_name(argument) for argument in arguments}
    chosen = [(option, note) for option, note in wanted if option_name(option) not in given]
    return [option for option, _ in chosen], [note for _, note in chosen if note]


def option_name(argument: str) -> str:
    """The setting behind an argument: "ip" for --ip=0.0.0.0 and for --ServerApp.ip=0.0.0.0."""
    name = argument.partition("=")[0].lstrip("-").rpartition(".")[2].replace("-", "_")
    return {"notebook_dir": "root_dir", "open_browser": "no_browser"}.get(name, name)


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a browser opened from here would appear before the user's eyes."""
    if environment.get("BROWSER"):  # somebody has said how a browser opens from here
        return True
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    return sys.platform != "linux" or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def is_root() -> bool:
    """Whether JupyterLab would refuse to start because of who runs it."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def in_container() -> bool:
    """Whether this runs in a Docker or Podman container: each leaves a file that says so."""
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv"))
