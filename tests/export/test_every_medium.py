"""What all media have in common: what they take, what they refuse, what they give back."""

import inspect
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import numpy as np
import pytest
from media import MEDIA, contents

import emviz

SMALL = {"size": (320, 180), "steps": [0, 2]}


@pytest.fixture(scope="module")
def shown(trace) -> dict:
    """What people hand in."""
    blobs = emviz.datasets.blobs(40)
    k_means = emviz.run(emviz.KMeans(2), blobs, rng=0, max_iterations=2)
    return {
        "a run": trace,
        "a scene": emviz.scene(trace, "curve"),
        "a scene, two features": emviz.scene(k_means),
        "a comparison": emviz.compare(k_means, emviz.run(emviz.GaussianMixture(2), blobs, rng=0, max_iterations=2)),
        "a player": emviz.show(trace),
        "restarts": emviz.restarts(emviz.KMeans(2), blobs, 4),
        "an explorer": emviz.explore([1.0, 2, 3, 8, 9], model="kmeans", k=2),
    }


@pytest.mark.parametrize("what", ["a run", "a scene", "a scene, two features", "a comparison", "a player", "restarts",
                                  "an explorer"])
@pytest.mark.parametrize("name", MEDIA)
def test_it_takes_everything_that_can_be_shown(tmp_path, shown, name, what):
    save, file = MEDIA[name]
    path = save(shown[what], str(tmp_path / file), size=(480, 270), steps=[0, 1])
    assert path == tmp_path / file
    assert len(os.listdir(tmp_path)) == 1
    assert sum(map(len, contents(tmp_path).values())) > 1000


@pytest.mark.parametrize("name", MEDIA)
def test_every_option_is_taken(tmp_path, trace, name):
    save, file = MEDIA[name]
    save(trace, tmp_path / file, steps=range(0, 5, 2), size=(320, 180), dpi=150, seconds_per_step=0.2, hold=0.5,
         tween=1, caption="Two coins", title="Coins", loop=False)
    assert len(os.listdir(tmp_path)) == 1


@pytest.mark.parametrize("name", MEDIA)
def test_help_names_all_options(name):
    save, _ = MEDIA[name]
    options = ("steps", "size", "dpi", "seconds_per_step", "hold", "tween", "caption", "title", "loop")
    parameters = inspect.signature(save).parameters
    assert tuple(parameters)[2:2 + len(options)] == options
    assert all(parameters[option].kind is inspect.Parameter.KEYWORD_ONLY for option in options)
    assert all(f"{option}:" in save.__doc__ for option in options)


@pytest.mark.parametrize("name", MEDIA)
def test_the_same_run_gives_the_same_bytes(tmp_path, trace, name):
    save, file = MEDIA[name]
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        save(trace, tmp_path / folder / file, **SMALL)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.parametrize("name", MEDIA)
def test_what_was_there_is_replaced(tmp_path, trace, name):
    save, file = MEDIA[name]
    save(trace, tmp_path / file, size=(320, 180), steps=[0, 1, 2])
    save(trace, tmp_path / file, size=(320, 180), steps=[4])
    replaced = contents(tmp_path)
    (tmp_path / "new").mkdir()
    save(trace, tmp_path / "new" / file, size=(320, 180), steps=[4])
    assert replaced == contents(tmp_path / "new")


@pytest.mark.parametrize("name", MEDIA)
def test_a_scene_that_is_given_stays_as_it_was(tmp_path, trace, name):
    scene = emviz.scene(trace, size=(320, 180))
    scene.show(3)
    save, file = MEDIA[name]
    for options in ({}, {"title": "Another", "caption": False}):
        save(scene, tmp_path / file, steps=[0, 2], **options)
        assert scene.step == 3 and scene.caption_artist.get_text().startswith(scene.caption(3)[:15])
    np.testing.assert_array_equal(scene.frame(3), emviz.scene(trace, size=(320, 180)).frame(3))


def test_two_exports_at_once_do_not_disturb_each_other(tmp_path, trace):
    other = emviz.run(emviz.KMeans(2), [1.0, 2, 3, 8, 9], rng=0)
    alone = [emviz.save_gif(one, tmp_path / "alone.gif", size=(320, 180)).read_bytes() for one in (trace, other)]
    settings = dict(matplotlib.rcParams)
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            paths = list(pool.map(lambda one: emviz.save_gif(one[0], tmp_path / one[1], size=(320, 180)),
                                  [(trace, "0.gif"), (other, "1.gif")]))
        assert [path.read_bytes() for path in paths] == alone
    assert dict(matplotlib.rcParams) == settings


@pytest.mark.parametrize("setting", [{"text.hinting": "default"}, {"lines.scale_dashes": False}, {"font.size": 30},
                                     {"path.simplify": False}], ids=str)
def test_the_settings_of_a_user_change_no_pixel(tmp_path, trace, setting):
    usual = emviz.save_webp(trace, tmp_path / "usual.webp", **SMALL).read_bytes()
    with matplotlib.rc_context(setting):
        assert emviz.save_webp(trace, tmp_path / "other.webp", **SMALL).read_bytes() == usual


@pytest.mark.parametrize(("name", "size"), [("gif", None), ("webp", (320, 180))])
def test_frames_are_written_as_they_are_drawn(tmp_path, trace, monkeypatch, name, size):
    save, file = MEDIA[name]
    frame, on_disk = emviz.scenes.Scene.frame, []

    def watch(self, step):
        on_disk.append(sum(file.stat().st_size for file in tmp_path.iterdir()))
        return frame(self, step)

    monkeypatch.setattr(emviz.scenes.Scene, "frame", watch)
    total = save(trace, tmp_path / file, size=size, tween=4).stat().st_size
    assert on_disk[-1] > 0.5 * total  # before the last frame, the others are in the file


# What is wrong is told before anything is drawn.


def failing(step: int) -> str:
    return {0: "the start"}[step]


WRONG = [
    ({"seconds_per_step": 0}, ValueError, "seconds_per_step is 0"),
    ({"seconds_per_step": -1}, ValueError, "seconds_per_step is -1"),
    ({"seconds_per_step": 0.001}, ValueError, "seconds_per_step is 0.001"),
    ({"seconds_per_step": float("nan")}, ValueError, "seconds_per_step is nan"),
    ({"seconds_per_step": "fast"}, TypeError, "seconds_per_step is 'fast'"),
    ({"hold": float("inf")}, ValueError, "hold is inf"),
    ({"hold": True}, TypeError, "hold is True"),
    ({"tween": -1}, ValueError, "tween"),
    ({"tween": 0.5}, (ValueError, TypeError), "tween"),
    ({"steps": []}, ValueError, "steps is empty"),
    ({"steps": [0, 5]}, ValueError, r"steps\[1\] is 5: this run has the steps 0 to 4"),
    ({"steps": [-1]}, ValueError, "steps"),
    ({"steps": [0.5]}, (ValueError, TypeError), "steps"),
    ({"steps": 3}, TypeError, "steps is 3"),
    ({"size": (0, 0)}, ValueError, "size"),
    ({"size": 300}, ValueError, "size is 300"),
    ({"dpi": 0}, ValueError, "dpi is 0"),
    ({"dpi": "high"}, TypeError, "dpi is 'high'"),
    ({"caption": 5}, TypeError, "caption is 5"),
    ({"title": 5}, TypeError, "title is 5"),
    ({"loop": "yes"}, TypeError, "loop is 'yes'"),
    ({"loops": 3}, TypeError, "loops"),
    ({"caption": failing}, ValueError, r"caption\([1-4]\) failed with KeyError: [1-4]"),
    ({"title": "a\ud800"}, ValueError, "title has letters that no file can hold"),
]


@pytest.fixture
def no_drawing(monkeypatch):
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda *_: pytest.fail("a frame was drawn"))
    monkeypatch.setattr(emviz.marks.Recorder, "background", lambda *_: pytest.fail("something was recorded"))


@pytest.mark.parametrize(("options", "error", "words"), WRONG,
                         ids=[f"{'-'.join(options)} {number}" for number, (options, *_) in enumerate(WRONG)])
@pytest.mark.parametrize("name", MEDIA)
def test_wrong_options_are_named_before_drawing(tmp_path, trace, no_drawing, name, options, error, words):
    save, file = MEDIA[name]
    with pytest.raises(error, match=words):
        save(trace, tmp_path / file, **options)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("place", ["nowhere/{}", "{}.banana", "file/{}"])
@pytest.mark.parametrize("name", MEDIA)
def test_wrong_places_are_named_before_drawing(tmp_path, trace, no_drawing, name, place):
    save, file = MEDIA[name]
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match=r"^(path|folder) is '"):
        save(trace, tmp_path / place.format(file))
    assert contents(tmp_path) == {"file": b"mine"}


@pytest.mark.parametrize("name", MEDIA)
def test_arguments_may_be_named(tmp_path, trace, name):
    save, file = MEDIA[name]
    shown, path = list(inspect.signature(save).parameters)[:2]
    if name != "page":  # media.save_page makes a list of what is shown
        save(**{shown: trace, path: tmp_path / file}, size=(320, 180), steps=[0])
        assert os.listdir(tmp_path) == [file]
    with pytest.raises(TypeError, match="missing a required argument: 'path'|'folder'|'shown'"):
        save(trace) if name != "page" else emviz.save_page([trace])


@pytest.mark.parametrize("place", [None, 5, b"run.gif", "trace"], ids=str)
@pytest.mark.parametrize("name", MEDIA)
def test_what_is_no_place_is_named(tmp_path, trace, name, place):
    save, _ = MEDIA[name]
    with pytest.raises(TypeError, match=r"^(path|folder) is of the type \w+: give what is saved first"):
        save(trace, trace if place == "trace" else place)
    with pytest.raises(TypeError, match="takes two arguments by place; name the others, as in steps="):
        save(trace, tmp_path / "x", [0, 1])


@pytest.mark.parametrize("name", MEDIA)
def test_other_things_cannot_be_saved(tmp_path, name):
    save, file = MEDIA[name]
    with pytest.raises(TypeError, match="is a dict"):
        save({"a": 1}, tmp_path / file)
    assert os.listdir(tmp_path) == []


def test_no_pyplot_is_loaded_and_no_figure_left(tmp_path):
    code = f"""
import sys
sys.path.append({os.path.dirname(__file__)!r})
import emviz
from media import MEDIA
trace = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=1)
for save, file in MEDIA.values():
    save(trace, sys.argv[1] + "/" + file, size=(320, 180), steps=[0, 1])
print("matplotlib.pyplot" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60, capture_output=True,
                          text=True, env=os.environ | {"TQDM_DISABLE": "1"})  # a slow machine may show a bar
    assert (done.stdout, done.stderr) == ("False\n", "")
