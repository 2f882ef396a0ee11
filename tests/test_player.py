"""The player as Python sees it: a step, a recording, and what a notebook saves of it."""

import base64
import re
import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

import emviz
from emviz.marks import record
from emviz.marks.payload import to_bytes
from emviz.page import as_one_module
from emviz.player import Player
from emviz.scenes.dial import Dial

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def trace():
    return emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=3, rng=0)


def test_the_player_holds_the_whole_recording(trace):
    player = emviz.show(trace)
    assert player.recording == to_bytes([record(emviz.scene(trace))])
    assert player.step == 0
    assert player.get_state()["step"] == 0


@pytest.mark.parametrize(("frame", "playing"), [
    ({"title": "A class"}, {"heading": "A class"}), ({"caption": False}, {"told": False}), ({"caption": "below"}, {}),
])
def test_a_title_stands_above_the_caption_and_a_caption_can_be_left_out(trace, frame, playing):
    player = emviz.show(trace, **frame)
    assert player.recording == to_bytes([record(emviz.scene(trace, **frame))], playing=playing)


def test_the_step_can_be_given_and_set(trace):
    player = emviz.show(emviz.scene(trace, size=(640, 360)), step=2)
    assert player.step == 2
    seen = []
    player.observe(lambda change: seen.append(change["new"]), "step")
    player.step = 6
    player.set_state({"step": 3})  # what the browser sends
    assert seen == [6, 3] and player.step == 3


@pytest.mark.parametrize(("step", "error", "message"), [
    (7, ValueError, "step is 7: this player has the steps 0 to 6"), (-1, ValueError, "step=-1 is too small"),
    (True, TypeError, "step=True is a bool"),
])
def test_a_step_that_is_not_there_is_an_error(trace, step, error, message):
    player = emviz.show(trace)
    with pytest.raises(error, match=message):
        player.step = step
    assert player.step == 0
    with pytest.raises(error, match=message):
        emviz.show(trace, step=step)


def test_a_dial_is_turned_and_the_step_stays_in_its_scene():
    data, model = emviz.datasets.heights(), emviz.KMeans(2)
    runs = [emviz.run(model, data, max_iterations=iterations, rng=0) for iterations in (3, 1)]
    player = Player(Dial(map(emviz.scene, runs), "iterations", ["three", "one"]))
    lasts = [len(run) - 1 for run in runs]
    assert lasts[0] > lasts[1]
    player.step = lasts[0]
    player.turned_to = 1
    assert player.step == lasts[1]
    with pytest.raises(ValueError, match=f"step is {lasts[0]}: this player has the steps 0 to 2 at iterations one"):
        player.step = lasts[0]
    player.set_state({"turned_to": 0, "step": lasts[0]})  # what the browser sends, in any order
    assert (player.turned_to, player.step) == (0, lasts[0])
    for wrong, error in [(2, ValueError), (-1, ValueError), (True, TypeError)]:
        with pytest.raises(error, match="turned_to"):
            player.turned_to = wrong
    assert player.turned_to == 0


def test_scripts_are_joined_behind_what_they_need():
    for start in ("program.js", "widget.js"):
        text = as_one_module(start)
        assert not re.search(r"^(import|export (const|function))\b", text, flags=re.MULTILINE)
        names = re.findall(r"^(?:const|function) (\w+)", text, flags=re.MULTILINE)
        assert len(names) == len(set(names))
    assert text.rstrip().endswith("export default { render };")


def test_a_notebook_saves_a_still_with_its_description(trace):
    data, metadata = emviz.show(trace)._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", WIDGET}
    still = Image.open(BytesIO(base64.b64decode(data["image/png"])))
    assert still.size == (960, 540)
    assert metadata["image/png"] == {"alt": emviz.scene(trace).alt(6), "width": 960, "height": 540}


def test_the_text_of_a_player_is_the_same_every_time(trace):
    players = [emviz.show(trace), emviz.show(trace, size=(640, 360), step=2)]
    assert [repr(player) for player in players] == ["emviz player: 7 steps"] * 2
    assert players[0]._repr_mimebundle_()[0]["text/plain"] == "emviz player: 7 steps"


def test_only_a_run_or_a_scene_can_be_shown(trace):
    with pytest.raises(TypeError, match="trace_or_scene is a GaussianParams: give what emviz.run or emviz.scene"):
        emviz.show(trace.final)


def test_pages_and_marks_load_no_widgets():
    code = "import sys, emviz.page; print({'anywidget', 'ipywidgets', 'IPython'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
