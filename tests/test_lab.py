"""`emviz lab`: which folder and notebook it means, and that it starts JupyterLab wherever it is."""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from emviz import lab as room

EVERYWHERE = {"root_dir", "default_url"}


@pytest.mark.parametrize(
    ("words", "folder", "notebook"),
    [
        ([], "emviz-notebooks", None),
        (["heights"], "emviz-notebooks", "01_heights.ipynb"),
        (["01_heights"], "emviz-notebooks", "01_heights.ipynb"),
        (["01_heights.ipynb"], "emviz-notebooks", "01_heights.ipynb"),
        (["01"], "emviz-notebooks", "01_heights.ipynb"),
        (["my-course"], "my-course", None),
        (["./heights"], "heights", None),
        (["my-course/01"], "my-course/01", None),
        (["my-course", "heights"], "my-course", "01_heights.ipynb"),
        (["heights", "heights"], "heights", "01_heights.ipynb"),
        (["my-course", "notes"], "my-course", "notes.ipynb"),
    ],
)
def test_a_folder_and_a_notebook(words: list, folder: str, notebook: str | None, tmp_path: Path,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-course").mkdir()
    (tmp_path / "my-course" / "notes.ipynb").write_text("of the learner's own")
    assert room.place(words) == (Path(folder), notebook)


@pytest.mark.parametrize("words", [["mine", "banana"], ["heights", "mine"], ["mine", "heights", "again"], ["mine", ""]])
def test_a_notebook_that_is_nowhere(words: list) -> None:
    with pytest.raises(ValueError, match=r"there is no notebook .*: give a folder, and then 00_start_here, 01_heights"):
        room.place(words)


def options(arguments: tuple[str, ...] = (), environment: dict | None = None, first: str | None = None,
            root: bool = False, container: bool = False) -> tuple[dict[str, str], list[str]]:
    """What `jupyter_options` adds, by name, and what it says; on a desk with a display unless told otherwise."""
    environment = {"DISPLAY": ":0"} if environment is None else environment
    chosen, notes = room.jupyter_options(Path("mine"), first, arguments, environment, root, container)
    return {room.option_name(option): option.partition("=")[2] for option in chosen}, notes


def test_on_a_desk_nothing_needs_to_be_said() -> None:
    chosen, notes = options()
    assert set(chosen) == EVERYWHERE
    assert chosen["root_dir"] == str(Path("mine").resolve())
    assert notes == []


def test_the_first_visit_opens_the_first_notebook_and_later_ones_the_folder() -> None:
    assert options(first="00_start_here.ipynb")[0]["default_url"] == "/lab/tree/00_start_here.ipynb"
    assert options()[0]["default_url"] == "/lab"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ({"root": True}, "allow_root"),
        ({"container": True}, "ip"),
        ({"environment": {"DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 22"}}, "no_browser"),
    ],
)
def test_what_a_place_needs_is_added_and_said(place: dict, name: str) -> None:
    chosen, (note,) = options(**place)
    assert set(chosen) == EVERYWHERE | {name}
    assert f"--{name.replace('_', '-')}" in note


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says by a variable that it has no display")
def test_a_linux_without_a_display_gets_the_address_printed() -> None:
    assert "no_browser" in options(environment={})[0]
    assert "no_browser" not in options(environment={"WAYLAND_DISPLAY": "wayland-0"})[0]
    assert "no_browser" not in options(environment={"BROWSER": "firefox"})[0]


@pytest.mark.parametrize(
    ("argument", "name"),
    [("--ip=127.0.0.1", "ip"), ("--ServerApp.ip=::1", "ip"), ("--notebook-dir=/srv", "root_dir"),
     ("--allow-root", "allow_root"), ("--no-browser", "no_browser"), ("--LabApp.default_url=/lab", "default_url")],
)
def test_what_the_user_sets_is_not_set_again(argument: str, name: str) -> None:
    chosen, _ = options((argument,), environment={"SSH_TTY": "/dev/pts/0"}, root=True, container=True)
    assert set(chosen) == (EVERYWHERE | {"allow_root", "ip", "no_browser"}) - {name}


def test_the_token_is_never_touched() -> None:
    chosen, _ = options(environment={}, root=True, container=True)
    assert not any("token" in name or "password" in name for name in chosen)


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read()


def test_it_serves_the_notebooks_to_whoever_has_the_token(lab) -> None:
    lesson = json.loads((lab.folder / "01_heights.ipynb").read_text(encoding="utf-8"))
    assert not any(cell.get("outputs") for cell in lesson["cells"])  # the answers are not below the questions
    assert lab.address.startswith(f"{lab.root}/lab/tree/00_start_here.ipynb?token=")
    contents = json.loads(fetch(f"{lab.root}/api/contents?token={lab.token}"))
    assert "01_heights.ipynb" in [entry["name"] for entry in contents["content"]]
    with pytest.raises(urllib.error.HTTPError) as refusal:
        fetch(f"{lab.root}/api/contents")
    assert refusal.value.code == 403


def test_it_asks_no_question_about_news(lab) -> None:
    path = "lab/api/settings/@jupyterlab/apputils-extension:notification"
    settings = json.loads(fetch(f"{lab.root}/{path}?token={lab.token}"))["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false"
    assert settings["checkForUpdates"]["default"] is False


def test_it_says_what_it_did(lab) -> None:
    said = "".join(lab.log)
    assert f"Copied into {lab.folder}: 00_start_here.ipynb, 01_heights.ipynb" in said
    assert "There is no display here" in said or sys.platform != "linux"


def a_notebook(**metadata: Any) -> dict[str, Any]:
    """What JupyterLab saves: a player, a question, and a widget that has nothing to leave."""
    player = {room.WIDGET: {"model_id": "a"}, "image/png": "iVBOR", "text/plain": "emviz player: 9 steps"}
    question = {room.WIDGET: {"model_id": "c"}, "text/html": "<p>Is it?</p>", "text/plain": "Is it?"}
    button = {room.WIDGET: {"model_id": "b"}, "text/plain": "Button()"}
    outputs: list[dict[str, Any]] = [{"data": player}, {"data": question}, {"data": button},
                                     {"output_type": "stream", "text": "words"}]
    cells: list[dict[str, Any]] = [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]
    return {"type": "notebook", "content": {"metadata": metadata, "cells": cells}}


def test_a_player_leaves_its_still_and_a_question_its_words_in_a_saved_notebook() -> None:
    model = a_notebook()
    room.leave_stills(model, path="a.ipynb", contents_manager=None)
    player, question, button, _ = model["content"]["cells"][1]["outputs"]
    assert set(player["data"]) == {"image/png", "text/plain"}
    assert set(question["data"]) == {"text/html", "text/plain"}
    assert room.WIDGET in button["data"]


def test_a_widget_whose_state_is_saved_stays() -> None:
    state: dict[str, Any] = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {}, "c": {}}}}
    model = a_notebook(widgets=state)
    room.leave_stills(model)
    assert model == a_notebook(widgets=state)


@pytest.mark.parametrize("model", [{"type": "file", "content": "text"}, {"type": "directory"},
                                   {"type": "notebook", "content": None}])
def test_other_files_are_saved_as_they_are(model: dict[str, Any]) -> None:
    before = dict(model)
    room.leave_stills(model)
    assert model == before


def test_the_lab_is_told_to_leave_stills() -> None:
    file = Path(room.__file__).parent / "static" / "jupyter" / "jupyter_server_config.json"
    assert json.loads(file.read_text())["ContentsManager"]["pre_save_hook"] == (
        f"{room.leave_stills.__module__}.{room.leave_stills.__name__}")


def test_a_slip_in_the_name_of_a_notebook_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="there is no notebook heigths: did you mean heights"):
        room.place(["heigths"])
    assert room.place(["./heigths"]) == (Path("heigths"), None)
    (tmp_path / "heigths").mkdir()
    assert room.place(["heigths"]) == (Path("heigths"), None)
