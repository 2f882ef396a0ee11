"""WebP export: what a decoder reads back, pixel by pixel."""

import weakref

import numpy as np
import pytest
from media import decode

import emviz
from emviz.export.film import schedule

SIZE = (320, 180)


def test_every_frame_is_there_pixel_by_pixel(trace, tmp_path):
    path = emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, tween=2)
    assert path == tmp_path / "run.webp"
    frames, durations, info = decode(path)
    at, seconds = schedule(range(5), 0.8, 2, 2)
    scene = emviz.scene(trace, size=SIZE)
    assert len(frames) == len(at) == 13 and any(step % 1 for step in at)
    for frame, step in zip(frames, at):
        np.testing.assert_array_equal(frame, scene.frame(step))
    assert durations == [round(1000 * length) for length in seconds]
    assert info["loop"] == 0


@pytest.mark.parametrize("size", [(321, 181), (96, 55)])
def test_chosen_steps_in_an_odd_size(trace, tmp_path, size):
    frames, durations, _ = decode(emviz.save_webp(trace, tmp_path / "run.webp", size=size, steps=[4, 1], hold=0.3))
    assert durations == [300, 300]
    scene = emviz.scene(trace, size=size)
    for frame, step in zip(frames, (4, 1)):
        np.testing.assert_array_equal(frame, scene.frame(step))


def test_a_single_state_is_a_webp_too(trace, tmp_path):
    (frame,), durations, _ = decode(emviz.save_webp(trace, tmp_path / "one.webp", size=SIZE, steps=[4]))
    np.testing.assert_array_equal(frame, emviz.scene(trace, size=SIZE).frame(4))
    assert durations == [2000]


def test_equal_neighbors_become_one_and_keep_their_time(trace, tmp_path):
    path = emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, steps=[0, 1, 1, 1, 2])
    assert decode(path)[1] == [2000, 2400, 2000]


def test_playing_once(trace, tmp_path):
    assert decode(emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, loop=False))[2]["loop"] == 1


def test_no_time_is_lost_to_rounding(trace, tmp_path):
    options = {"seconds_per_step": 0.1234, "hold": 0.3336, "tween": 3}
    durations = decode(emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, **options))[1]
    _, seconds = schedule(range(5), 0.1234, 0.3336, 3)
    assert np.abs(np.cumsum(durations) - 1000 * np.cumsum(seconds)).max() <= 0.5


def test_frames_are_drawn_in_order_when_it_is_their_turn(trace, tmp_path, monkeypatch):
    frame, steps, drawn, alive = emviz.scenes.Scene.frame, [], [], []

    def watch(self, step):
        picture = frame(self, step)
        steps.append(step)
        drawn.append(weakref.ref(picture))
        alive.append(sum(one() is not None for one in drawn))
        return picture

    monkeypatch.setattr(emviz.scenes.Scene, "frame", watch)
    emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, tween=2)
    assert steps == schedule(range(5), 0.8, 2, 2)[0]
    assert max(alive) <= 3  # the new one, the one before, and the one that it is compared with


def test_only_what_changed_is_stored(trace, tmp_path, monkeypatch):
    pictures = np.full((3, 180, 320, 3), 200, np.uint8)
    pictures[1:, 101:140, 33:70] = np.random.default_rng(0).integers(0, 256, (39, 37, 3))
    pictures[2, 179, 319] = 7
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda _, step: pictures[int(step)])
    path = emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, steps=[0, 1, 2])
    np.testing.assert_array_equal(decode(path)[0], pictures)
    assert path.stat().st_size < 39 * 37 * 3 + 1000
