"""MP4 export: what a decoder reads back, and what is told when the encoder fails."""

import weakref
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import psutil
import pytest

import emviz
from emviz.export.film import schedule
from emviz.export.video import frame_rate, repeats

SIZE = (320, 180)
BRIGHTNESS = np.array([0.2126, 0.7152, 0.0722])  # of red, green, blue: BT.709


def decode(path: Path) -> tuple[np.ndarray, dict]:
    """Frames uint8[n, h, w, 3], and what the file says."""
    reader = imageio_ffmpeg.read_frames(path)
    about = next(reader)
    width, height = about["size"]
    return np.stack([np.frombuffer(frame, np.uint8).reshape(height, width, 3) for frame in reader]), about


def assert_same_picture(got: np.ndarray, wanted: np.ndarray) -> None:
    """At crf 18 brightness is off by about 1 of 255 levels (up to 3 in the first frames), beside letters by up to 20.

    Four pixels share one color, so thin lines are paler.
    """
    away = got.astype(float) - wanted
    brightness = np.abs(away @ BRIGHTNESS)
    assert np.sqrt(np.mean(brightness**2)) < 3 and np.quantile(brightness, 0.999) < 20
    assert np.abs(away).mean() < 3


def test_a_video_shows_the_run(trace, tmp_path):
    path = emviz.save_mp4(trace, tmp_path / "run.mp4", size=(480, 270))
    assert path == tmp_path / "run.mp4"
    frames, about = decode(path)
    assert about["codec"] == "h264" and about["fps"] == 10
    assert about["size"] == (480, 270)
    assert about["duration"] == pytest.approx(2 * 2 + 3 * 0.8) and len(frames) == 64
    scene = emviz.scene(trace, size=(480, 270))
    for at, step in ((0, 0), (19, 0), (20, 1), (35, 2), (36, 3), (43, 3), (44, 4), (63, 4)):
        assert_same_picture(frames[at], scene.frame(step))


@pytest.mark.parametrize(("seconds_per_step", "rate"), [(0.4, 25), (0.37, 30)])  # exactly, and nearly
def test_in_between_frames_come_in_order(trace, tmp_path, seconds_per_step, rate):
    options = {"seconds_per_step": seconds_per_step, "hold": 0.2, "tween": 3}
    frames, about = decode(emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE, steps=[0, 2, 4], **options))
    assert about["fps"] == rate
    at, seconds = schedule([0, 2, 4], seconds_per_step, 0.2, 3)
    scene = emviz.scene(trace, size=SIZE)
    pictures = np.stack([scene.frame(step) for step in at]).astype(float)
    nearest = [int(np.argmin(np.abs(pictures - frame).mean(axis=(1, 2, 3)))) for frame in frames]
    assert nearest == [place for place, times in enumerate(repeats(seconds, rate)) for _ in range(times)]
    assert set(nearest) == set(range(9))


@pytest.mark.parametrize(("seconds", "rate"), [
    ([2, 0.8, 0.8, 2], 10), ([0.25, 0.5], 12), ([1 / 3, 1 / 3], 12), ([0.2, 1 / 15], 15), ([0.05], 20), ([1 / 24], 24),
    ([2, 0.04, 0.76], 25), ([1 / 30], 30), ([0.02, 0.5], 50), ([1 / 60], 60),
    ([0.127, 0.2], 30), ([0.0213, 1], 60),  # none of them
])
def test_the_fewest_frames_a_second_that_keep_all_times(seconds, rate):
    assert frame_rate(seconds) == rate


@pytest.mark.parametrize("seconds_per_step", [0.02, 0.0213, 1 / 30, 0.1, 0.127, 1 / 3, 0.8, 2.718])
@pytest.mark.parametrize("tween", [0, 1, 7])
def test_no_frame_is_left_out_and_no_time_is_lost_to_rounding(seconds_per_step, tween):
    _, seconds = schedule(range(50), seconds_per_step, 0.777, tween)
    rate = frame_rate(seconds)
    times = repeats(seconds, rate)
    assert min(times) >= 1
    assert np.abs(np.cumsum(times) / rate - np.cumsum(seconds)).max() <= 0.5 / rate + 1e-9


def test_a_single_state_is_a_video_too(trace, tmp_path):
    frames, about = decode(emviz.save_mp4(trace, tmp_path / "one.mp4", steps=[4], hold=0.02, size=SIZE))
    assert len(frames) == 1
    assert_same_picture(frames[0], emviz.scene(trace, size=SIZE).frame(4))


@pytest.mark.parametrize(("size", "even"), [((321, 181), (322, 182)), ((321, 180), (322, 180)), ((96, 55), (96, 56))])
def test_an_odd_picture_gets_a_row_or_a_column_and_is_not_rescaled(trace, tmp_path, size, even):
    frames, about = decode(emviz.save_mp4(trace, tmp_path / "run.mp4", size=size, steps=[2], hold=0.1))
    assert about["size"] == even
    picture = emviz.scene(trace, size=size).frame(2)
    beyond = [(0, even[1] - size[1]), (0, even[0] - size[0]), (0, 0)]
    assert_same_picture(frames[0], np.pad(picture, beyond, "edge"))


def test_flat_areas_keep_their_color(trace, tmp_path, monkeypatch):
    """Rounding to 8 bits of brightness and color costs up to 2 of 255 levels, the encoder as much."""
    colors = np.random.default_rng(0).integers(0, 256, (9, 16, 3)).astype(np.uint8)
    colors[0, :8] = [[0, 0, 0], [255, 255, 255], [0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167],
                     [230, 159, 0], [86, 180, 233]]
    tiles = colors.repeat(20, axis=0).repeat(20, axis=1)
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda *_: tiles)
    frames, about = decode(emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE, hold=0.5))
    assert about["pix_fmt"] == "yuv420p(tv, bt709, progressive)"  # one name for matrix, primaries and transfer
    middle = frames[len(frames) // 2].reshape(9, 20, 16, 20, 3)[:, 6:14, :, 6:14].astype(int)
    assert np.abs(middle - colors[:, None, :, None]).max() <= 4


def test_playing_can_begin_before_all_is_loaded_and_no_version_is_told(trace, tmp_path):
    data = emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE, steps=[0, 1], hold=0.1).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"Lavf" not in data and b"threads=2" in data


def test_frames_are_forgotten_once_they_are_written(trace, tmp_path, monkeypatch):
    frame, drawn, alive = emviz.scenes.Scene.frame, [], []

    def watch(self, step):
        picture = frame(self, step)
        drawn.append(weakref.ref(picture))
        alive.append(sum(one() is not None for one in drawn))
        return picture

    monkeypatch.setattr(emviz.scenes.Scene, "frame", watch)
    emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE, tween=2)
    assert len(alive) == 13 and max(alive) <= 2


def test_any_name_that_a_file_can_have(trace, tmp_path):
    path = emviz.save_mp4(trace, tmp_path / "a: b %03d 'é'.MP4", size=SIZE, steps=[0], hold=0.1)
    assert len(decode(path)[0]) == 1


# An encoder that fails.

BROKEN = [
    ("echo '[vost @ 0x55] out of ink' >&2; echo 'Conversion failed!' >&2; exit 3", "out of ink"),
    ("cat > /dev/null; echo 'out of ink' >&2; exit 1", "out of ink"),
    ("kill -KILL $$", "Killed"),
    ("exit 0", "no reason given"),
    ("cat > /dev/null; exit 1", "no reason given"),
]


@pytest.mark.parametrize(("script", "reason"), BROKEN)
def test_a_failing_encoder_is_one_clear_error(trace, tmp_path, monkeypatch, capfd, script, reason):
    broken, path = tmp_path / "ffmpeg", tmp_path / "run.mp4"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    path.write_bytes(b"what was there")
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    with pytest.raises(OSError, match=rf"^'.*run\.mp4' was not written: the video encoder failed \({reason}\)$"):
        emviz.save_mp4(trace, path, size=SIZE)
    assert path.read_bytes() == b"what was there" and len(list(tmp_path.iterdir())) == 2
    assert "ink" not in capfd.readouterr().err


def test_an_encoder_that_is_missing(trace, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeError, match="needs the program ffmpeg .*nowhere.*: run `python -m pip install"):
        emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("accident", [RuntimeError("no ink"), BrokenPipeError("no bar"), KeyboardInterrupt("enough")])
def test_an_accident_ends_the_encoder(trace, tmp_path, monkeypatch, accident):
    before = psutil.Process().children()
    frame, during = emviz.scenes.Scene.frame, []

    def stumble(self, step):
        during[:] = psutil.Process().children()
        if step == 3:
            raise accident
        return frame(self, step)

    monkeypatch.setattr(emviz.scenes.Scene, "frame", stumble)
    with pytest.raises(type(accident), match=str(accident)):
        emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE)
    assert len(during) == len(before) + 1
    assert psutil.Process().children() == before and list(tmp_path.iterdir()) == []
