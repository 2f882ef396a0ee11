"""The exported page as a file: nothing from outside, nothing unescaped, nothing half written."""

import base64
import hashlib
import re
import zlib
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from small_scene import SmallScene

import emviz
from emviz.marks import record
from emviz.marks.payload import to_bytes
from emviz.page import page, still

HOSTILE = "</script><img src=x onerror=alert(1)> \"quoted\" 'quoted' $title & \u2028 \u05d0"


@pytest.fixture(scope="module")
def trace():
    return emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=3, rng=0)


class Document(HTMLParser):
    """Tags with their attributes, and the text inside each kind of tag."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside, self._open = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        if self._open:
            self.inside.setdefault(self._open[-1], []).append(data)


def unpacked(text):
    return zlib.decompress(base64.b64decode(text))


def hashed(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'"


def test_the_policy_allows_the_page_and_nothing_else(trace, tmp_path):
    path = emviz.save_html(trace, tmp_path / "run.html")
    document = Document(path.read_text(encoding="utf-8"))
    policy = next(attributes["content"] for tag, attributes in document.tags
                  if attributes.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    *_, program, script = document.inside["script"]
    scripts = f"{hashed(script.encode())} {hashed(unpacked(program))}"
    assert rules == {"default-src": "'none'", "script-src": scripts,
                     "style-src": hashed(document.inside["style"][0].encode()),
                     "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_the_page_refers_to_nothing_outside(trace, tmp_path):
    document = Document(emviz.save_html(trace, tmp_path / "run.html").read_text(encoding="utf-8"))
    references = [value for _, attributes in document.tags for name, value in attributes.items()
                  if name in ("src", "href")]
    assert references and all(value.startswith("data:") for value in references)
    assert "url(" not in document.inside["style"][0]
    *_, program, script = document.inside["script"]
    for text in (unpacked(program).decode(), script):
        assert not re.search(r"\b(import|fetch|XMLHttpRequest|WebSocket)\b\s*[(\"']", text)


def test_titles_and_captions_are_text(trace, tmp_path):
    text = emviz.save_html(trace, tmp_path / "run.html", title=HOSTILE).read_text(encoding="utf-8")
    document = Document(text)
    assert "".join(document.inside["title"]) == "".join(document.inside["h1"]) == HOSTILE
    assert [tag for tag, _ in document.tags].count("img") == 1

    scene = SmallScene()
    recording = record(scene)
    document = Document(page([recording], still(scene, 3), scene.title))
    (image,) = (attributes for tag, attributes in document.tags if tag == "img")
    assert image["alt"] == scene.alt(3)
    assert [tag for tag, _ in document.tags].count("script") == 3


def test_the_page_carries_the_recording(trace, tmp_path):
    scene = emviz.scene(trace)
    document = Document(emviz.save_html(scene, tmp_path / "run.html").read_text(encoding="utf-8"))
    assert unpacked(document.inside["script"][0]) == to_bytes([record(scene)])


def test_without_scripts_the_last_state_is_a_still(trace, tmp_path):
    document = Document(emviz.save_html(trace, tmp_path / "run.html", steps=[0, 3]).read_text(encoding="utf-8"))
    (image,) = (attributes for tag, attributes in document.tags if tag == "img")
    scene = emviz.scene(trace)
    still = Image.open(BytesIO(base64.b64decode(image["src"].partition(",")[2]))).convert("RGB")
    difference = np.abs(np.asarray(still, int) - scene.frame(3))
    assert difference.mean() < 1.5 and difference.max() < 64  # of 255; it has 256 colors
    assert image["alt"] == scene.alt(3)


def test_a_page_is_the_same_every_time(trace, tmp_path):
    first, second = (emviz.save_html(trace, tmp_path / f"{name}.html").read_bytes() for name in "ab")
    assert first == second


def test_a_failure_leaves_the_old_page(trace, tmp_path, monkeypatch):
    target = tmp_path / "run.html"
    target.write_text("old")
    scene = emviz.scene(trace)
    monkeypatch.setattr(scene, "frame", lambda step: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        emviz.save_html(scene, target)
    assert target.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("path", "options", "error", "message"), [
    ("run.gif", {}, ValueError, "ends in .html or .htm"),
    ("no/run.html", {}, ValueError, "there is no such folder"),
    ("run.html", {"steps": [99]}, ValueError, r"steps\[0\] is 99"),
    ("run.html", {"steps": []}, ValueError, "steps is empty"),
    ("run.html", {"size": (10, 10)}, ValueError, "size is 10 × 10"),
    ("run.html", {"title": 3}, TypeError, "title"),
    ("run.html", {"dpi": 0}, ValueError, "dpi is 0"),
    ("run.html", {"steps": 3}, TypeError, "steps is 3"),
    ("run.html", {"seconds_per_step": -1}, ValueError, "seconds_per_step is -1"),
    ("run.html", {"hold": "long"}, TypeError, "hold is 'long'"),
    ("run.html", {"tween": 0.5}, TypeError, "tween"),
    ("run.html", {"loop": 1}, TypeError, "loop is 1"),
    ("run.html", {"caption": 3}, TypeError, "caption is 3"),
])
def test_wrong_arguments_are_named(trace, tmp_path, path, options, error, message):
    with pytest.raises(error, match=message):
        emviz.save_html(trace, tmp_path / path, **options)
    assert not list(tmp_path.iterdir())


def test_only_what_can_be_shown_becomes_a_page(tmp_path):
    with pytest.raises(TypeError, match="trace_or_scene is a list"):
        emviz.save_html([1, 2], tmp_path / "run.html")


def test_a_page_may_have_several_players_and_texts(trace, tmp_path):
    path = emviz.save_page(["# Two *ways*", trace, "Then …", emviz.scene(trace)], str(tmp_path / "lesson.html"))
    document = Document(path.read_text(encoding="utf-8"))
    assert "".join(document.inside["title"]) == "Two ways"
    tags = [tag for tag, _ in document.tags]
    assert tags.count("script") == 4 and tags.count("style") == 1 and tags.count("h1") == 1
    first, second, *_ = document.inside["script"]
    recording = record(emviz.scene(trace))
    for number, packed in enumerate((first, second), 1):
        named = replace(recording, title=f"Picture {number} of 2: {recording.title}")
        assert unpacked(packed) == to_bytes([named])


@pytest.mark.parametrize(("texts", "title", "called", "headings"), [
    (["# One", "# Two"], None, "One", ["h1", "h1"]),
    (["# One", "## Two"], "Zero", "Zero", ["h1", "h2", "h3"]),
    (["## Two"], None, "Gaussian mixture, 2 Gaussians", ["h1", "h2"]),
    (["", "words"], None, "Gaussian mixture, 2 Gaussians", ["h1"]),
])
def test_a_page_has_a_title(trace, tmp_path, texts, title, called, headings):
    document = Document(emviz.save_page([*texts, trace], tmp_path / "lesson.html", title=title).read_text("utf-8"))
    assert "".join(document.inside["title"]) == called
    assert [tag for tag, _ in document.tags if re.fullmatch("h[1-6]", tag)] == headings


def test_options_are_for_every_player(trace, tmp_path):
    path = emviz.save_page([trace, trace], tmp_path / "lesson.html", steps=iter([0, 2]), size=(320, 180), hold=2,
                           seconds_per_step=0.5, tween=0, caption=False, loop=True)
    scene = emviz.scene(trace, size=(320, 180), caption=False)
    recording = record(scene, [0, 2])
    wanted = [to_bytes([replace(recording, title=f"Picture {number} of 2: {scene.title}")],
                       playing={"pace": 0.5, "hold": 2, "glide": False, "loop": True, "told": False})
              for number in (1, 2)]
    assert [unpacked(text) for text in Document(path.read_text("utf-8")).inside["script"][:2]] == wanted


def test_dots_per_inch_make_a_picture_larger(trace, tmp_path):
    document = Document(emviz.save_html(trace, tmp_path / "run.html", steps=[0], dpi=50).read_text("utf-8"))
    (image,) = (attributes for tag, attributes in document.tags if tag == "img")
    assert Image.open(BytesIO(base64.b64decode(image["src"].partition(",")[2]))).size == (480, 270)


@pytest.mark.parametrize(("parts", "error", "message"), [
    ([], ValueError, "parts is empty: give a run"),
    (["# Only", "words"], ValueError, "parts has only texts: give a run"),
    ("# Only words", TypeError, "parts is a str: give a list of texts and runs"),
    (["# One", "RUN", 3], TypeError, r"parts\[2\] is a int: give what"),
    (["RUN", None], TypeError, r"parts\[1\] is a NoneType"),
    (["RUN", ["RUN"]], TypeError, r"parts\[1\] is a list"),
    (["RUN", b"text"], TypeError, r"parts\[1\] is a bytes"),
    (["RUN", "words", "![cat](cat.png)"], ValueError, r"parts\[2\]: an image is wanted from 'cat.png'"),
    (["[x](javascript:alert(1))", "RUN"], ValueError, r"parts\[0\]: a link leads to 'javascript:alert\(1\)'"),
])
def test_parts_that_make_no_page_are_named(trace, tmp_path, monkeypatch, parts, error, message):
    monkeypatch.setattr("emviz.page.record_dial", lambda *_: pytest.fail("something was drawn"))
    if isinstance(parts, list):
        parts = [trace if part == "RUN" else part for part in parts]
    with pytest.raises(error, match=message):
        emviz.save_page(parts, tmp_path / "lesson.html")
    assert not list(tmp_path.iterdir())


def test_a_run_without_the_steps_is_named_before_anything_is_drawn(trace, tmp_path, monkeypatch):
    monkeypatch.setattr("emviz.page.record_dial", lambda *_: pytest.fail("something was drawn"))
    short = emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=1, rng=0)
    with pytest.raises(ValueError, match=r"parts\[1\]: steps\[1\] is 6: this run has the steps 0 to 2"):
        emviz.save_page([trace, short], tmp_path / "lesson.html", steps=[0, 6])
    with pytest.raises(TypeError, match="parts is a Trace: give a list"):
        emviz.save_page(trace, tmp_path / "lesson.html")


def test_a_failure_leaves_the_old_lesson(trace, tmp_path, monkeypatch):
    target = tmp_path / "lesson.html"
    target.write_text("old")
    scene = emviz.scene(trace)
    monkeypatch.setattr(scene, "frame", lambda step: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        emviz.save_page([trace, scene], target)
    assert target.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_a_lecture_sized_page_stays_small(tmp_path):
    trace = emviz.run(emviz.GaussianMixture(4), emviz.datasets.blobs(500), max_iterations=20, tolerance=0, rng=0)
    assert len(trace) == 41
    assert emviz.save_html(trace, tmp_path / "run.html").stat().st_size < 180_000
