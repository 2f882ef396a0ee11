"""The MP4 and the WebP in a real Chromium: they play, as long and as large as they should, in the right colors."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import emviz

pytestmark = pytest.mark.browser

SIZE = (480, 270)
STEP = 3

PLAY = """async (video) => {
    const once = (name) => new Promise((done) => video.addEventListener(name, done, {once: true}));
    if (video.readyState < 2) await once("loadeddata");
    video.muted = true;
    video.playbackRate = 8;
    const ended = once("ended");
    await video.play();
    await ended;
    const {duration, videoWidth, videoHeight, error} = video;
    const quality = video.getVideoPlaybackQuality();
    return {duration, videoWidth, videoHeight, error, shown: quality.totalVideoFrames};
}"""

SEEK = """async (video, seconds) => {
    const there = new Promise((done) => video.addEventListener("seeked", done, {once: true}));
    video.currentTime = seconds;
    await there;
}"""

# What is painted, as a PNG: a list of numbers would take seconds.
PIXELS = """async (picture) => {
    await picture.decode?.();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.videoWidth ?? picture.naturalWidth,
                                     picture.videoHeight ?? picture.naturalHeight];
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/png").split(",")[1];
}"""


@pytest.fixture(scope="module")
def trace() -> emviz.Trace:
    return emviz.run(emviz.KMeans(3), emviz.datasets.blobs(60), max_iterations=2, rng=0)


@pytest.fixture
def place(visit, tmp_path):
    """place(tag, file) -> the element of a page that shows the file."""

    def show(tag: str, name: str):
        (tmp_path / "page.html").write_text(f'<!doctype html><input type="file"><{tag}></{tag}>')
        page, _ = visit(tmp_path / "page.html")
        page.set_input_files("input", tmp_path / name)  # a page may not read the pixels of another file by its address
        page.evaluate("""(tag) => {
            const [file] = document.querySelector("input").files;
            document.querySelector(tag).src = URL.createObjectURL(file);
        }""", tag)
        return page.locator(tag)

    return show


def pixels(element) -> np.ndarray:
    """int[h, w, 3]"""
    with Image.open(BytesIO(b64decode(element.evaluate(PIXELS)))) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_the_video_plays(place, trace, tmp_path):
    emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE, hold=0.4)
    video = place("video", "run.mp4")
    played = video.evaluate(PLAY)
    seconds = 2 * 0.4 + (len(trace) - 2) * 0.8
    assert played.pop("shown") > 0
    assert played == {"duration": pytest.approx(seconds), "videoWidth": SIZE[0], "videoHeight": SIZE[1], "error": None}
    video.evaluate(SEEK, 0.4 + (STEP - 0.5) * 0.8)
    scene = emviz.scene(trace, size=SIZE)
    distances = [np.abs(pixels(video) - scene.frame(step)).mean() for step in range(len(trace))]
    assert np.argmin(distances) == STEP and distances[STEP] < 3


def test_colors_of_the_video(place, trace, tmp_path, monkeypatch):
    """Flat areas within 8 of 255 levels: Chromium rounds more coarsely than ffmpeg, most where a channel is 0.

    Without all of its color tags the same video is up to 19 levels off there.
    """
    colors = np.array([[0, 0, 0], [255, 255, 255], [0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167]])
    stripes = np.broadcast_to(colors.astype(np.uint8).repeat(80, axis=0), (SIZE[1], SIZE[0], 3)).copy()
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda *_: stripes)
    emviz.save_mp4(trace, tmp_path / "run.mp4", size=SIZE, hold=0.4)
    video = place("video", "run.mp4")
    video.evaluate(PLAY)
    found = pixels(video)[135].reshape(6, 80, 3)[:, 20:60]
    assert np.abs(found - colors[:, None]).max() <= 8


def test_the_webp_is_what_was_drawn(place, trace, tmp_path):
    emviz.save_webp(trace, tmp_path / "run.webp", size=SIZE, hold=0.4)
    np.testing.assert_array_equal(pixels(place("img", "run.webp")), emviz.scene(trace, size=SIZE).frame(0))
    decoded = place("img", "run.webp").evaluate("""async (picture) => {
        const data = await (await fetch(picture.src)).arrayBuffer();
        const decoder = new ImageDecoder({data, type: "image/webp"});
        await decoder.tracks.ready;
        const {frameCount, repetitionCount} = decoder.tracks.selectedTrack;
        let microseconds = 0;
        for (let frameIndex = 0; frameIndex < frameCount; frameIndex++)
            microseconds += (await decoder.decode({frameIndex})).image.duration;
        return {frameCount, forever: repetitionCount === Infinity, seconds: microseconds / 1e6};
    }""")
    assert decoded == {"frameCount": len(trace), "forever": True,
                       "seconds": pytest.approx(2 * 0.4 + (len(trace) - 2) * 0.8)}
