"""The exported page as a file: nothing from outside, nothing unescaped, nothing half written."""

import base64
import hashlib
import re
import zlib
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
    assert difference.mean() < 0.5  # of 255; it has 256 colors
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


def test_a_lecture_sized_page_stays_small(tmp_path):
    trace = emviz.run(emviz.GaussianMixture(4), emviz.datasets.blobs(500), max_iterations=20, tolerance=0, rng=0)
    assert len(trace) == 41
    assert emviz.save_html(trace, tmp_path / "run.html").stat().st_size < 180_000
