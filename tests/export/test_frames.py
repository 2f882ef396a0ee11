"""A folder of numbered pictures: what is read back."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz.export.film import schedule

SIZE = (320, 180)


def read(folder: Path) -> list[Image.Image]:
    """The pictures, as their names sort."""
    return [Image.open(folder / name) for name in sorted(os.listdir(folder))]


def test_as_many_frames_between_as_asked_for(trace, tmp_path):
    folder = emviz.save_frames(trace, tmp_path / "run", size=SIZE, steps=[0, 1], tween=40, seconds_per_step=0.02)
    assert len(os.listdir(folder)) == 42


def test_every_state_pixel_by_pixel_and_in_words(trace, tmp_path):
    folder = emviz.save_frames(trace, tmp_path / "run", size=SIZE)
    assert folder == tmp_path / "run"
    assert sorted(os.listdir(folder)) == [f"frame_00{step}.png" for step in range(5)]
    scene = emviz.scene(trace, size=SIZE)
    for step, picture in enumerate(read(folder)):
        assert picture.mode == "RGB"
        np.testing.assert_array_equal(picture, scene.frame(step))
        assert picture.text == {"Description": scene.alt(step)}


def test_numbers_count_frames_and_words_are_those_in_the_picture(trace, tmp_path):
    steps, tween = [4, 0, 2], 2
    pictures = read(emviz.save_frames(trace, tmp_path / "run", size=SIZE, steps=steps, tween=tween))
    at, _ = schedule(steps, 0.8, 2, tween)
    assert len(pictures) == len(at) == 7
    scene = emviz.scene(trace, size=SIZE)
    for place, picture in zip(at, pictures):
        np.testing.assert_array_equal(picture, scene.frame(place))
    for number, step in enumerate(steps):  # every third is a state
        assert pictures[(tween + 1) * number].text["Description"] == scene.alt(step)
    assert 2 < at[1] < 3 and pictures[1].text["Description"] == scene.alt(3)  # as in its caption
    assert 1 < at[5] < 2 and pictures[5].text["Description"] == scene.alt(2)


@pytest.mark.parametrize(("options", "size", "dpi"), [
    ({}, (800, 450), 100), ({"dpi": 150}, (1200, 675), 150), ({"size": SIZE, "dpi": 300}, SIZE, 300),
])
def test_dots_per_inch(trace, tmp_path, options, size, dpi):
    picture, = read(emviz.save_frames(trace, tmp_path / "run", steps=[1], **options))
    assert picture.size == size and picture.info["dpi"] == pytest.approx((dpi, dpi), rel=1e-4)


def test_names_of_many_frames_sort(trace, tmp_path, monkeypatch):
    frame = np.zeros((54, 96, 3), np.uint8)
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda self, at: frame)
    monkeypatch.setattr(os, "fsync", lambda file: None)  # takes its time, a thousand times
    folder = emviz.save_frames(trace, tmp_path / "run", steps=[0, 1] * 501, size=(96, 54))
    names = sorted(os.listdir(folder))
    assert names[0] == "frame_0000.png" and names[-1] == "frame_1001.png" and len(names) == 1002


def test_no_frame_of_a_longer_export_stays(trace, tmp_path):
    emviz.save_frames(trace, tmp_path / "run", size=SIZE)
    emviz.save_frames(trace, tmp_path / "run", size=SIZE, steps=[0, 1])
    assert sorted(os.listdir(tmp_path / "run")) == ["frame_000.png", "frame_001.png"]
    assert os.listdir(tmp_path) == ["run"]


def test_a_folder_with_anything_else_is_refused_before_drawing(trace, tmp_path, monkeypatch):
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda *_: pytest.fail("a frame was drawn"))
    for name in ("frame_000.png", "frame_1.png"):
        (tmp_path / name).write_text("mine")
    with pytest.raises(ValueError, match=r"^folder is .* holds 'frame_1\.png'.* choose a new or an empty folder"):
        emviz.save_frames(trace, tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["frame_000.png", "frame_1.png"]
