"""Film strips: what is in each cell, and what the files say."""

import base64
import io
import re
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import gallery
import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

import emviz
from emviz import style
from emviz.export import strip
from emviz.export.strip import telling_steps

SVG = "{http://www.w3.org/2000/svg}"
SIZE = (320, 240)


@pytest.fixture(scope="module")
def blobs() -> np.ndarray:
    return emviz.datasets.blobs(60).data


@pytest.fixture(scope="module")
def trace(blobs) -> emviz.Trace:
    model = emviz.KMeans(3)
    return emviz.run(model, blobs, model.start(blobs, means=[[-2, 4], [0, 4], [2, 4]]), max_iterations=3)


@pytest.fixture(scope="module")
def longer(blobs) -> emviz.Trace:
    model = emviz.GaussianMixture(3)
    start = model.start(blobs, means=[[-2, 4], [0, 13], [2, 4]])  # one of them outside the data
    return emviz.run(model, blobs, start, max_iterations=6)


@pytest.fixture
def figures(monkeypatch) -> list[Figure]:
    """The figures of the strips that are saved."""
    made, write = [], strip.write_figure

    def keep(figure, *rest, **more):
        write(figure, *rest, **more)
        made.append(figure)

    monkeypatch.setattr(strip, "write_figure", keep)
    return made


def cut(pixels: np.ndarray, ax) -> np.ndarray:
    """What is inside axes."""
    (left, bottom), (right, top) = np.rint(ax.bbox.get_points()).astype(int)
    height = len(pixels)
    return pixels[height - top + 2:height - bottom - 2, left + 2:right - 2]


def alone(trace: emviz.Trace, step: int, ax, **options) -> np.ndarray:
    """What is inside such axes if a scene draws in them, alone on a figure of its own."""
    with rc_context(style.RC):
        figure = Figure(figsize=ax.figure.get_size_inches(), dpi=ax.figure.dpi)
        canvas = FigureCanvasAgg(figure)
        other = figure.add_axes(ax.get_position())
        emviz.scene(trace, ax=other, step=step, caption=False, **options)
        canvas.draw()
        return cut(np.asarray(canvas.buffer_rgba())[..., :3], other)


def parse(path: Path) -> ET.Element:
    """With its comments, where matplotlib notes the text of outlines."""
    return ET.fromstring(path.read_bytes(), ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))


def texts(root: ET.Element) -> list[str]:
    return [element.text.strip() for element in root.iter() if element.tag is ET.Comment]


def told(root: ET.Element) -> str:
    """All that is written in a picture."""
    return " ".join(" ".join(texts(root)).split())


def assert_same_limits(axes) -> None:
    limits = np.array([ax.get_xlim() + ax.get_ylim() for ax in axes])
    np.testing.assert_allclose(limits, limits[:1].repeat(len(limits), axis=0), rtol=1e-12)


# What is in the cells.

def test_each_cell_is_its_state_and_no_other(trace, tmp_path, figures):
    steps = [3, 0, 2]
    path = emviz.save_strip(trace, tmp_path / "run.png", steps=steps, size=SIZE)
    pixels, axes = np.asarray(Image.open(path)), figures[0].axes
    assert pixels.ndim == 3 and pixels.shape[2] == 3 and len(axes) == 3
    assert [ax.get_position().x0 for ax in axes] == sorted(ax.get_position().x0 for ax in axes)
    for ax, own in zip(axes, steps):
        for step in range(4):
            same = np.array_equal(cut(pixels, ax), alone(trace, step, ax))
            assert same == (step == own), (own, step)


def test_the_options_of_a_scene_stay(longer, tmp_path, figures):
    scene = emviz.scene(longer, contours="lines", ellipses=(), beside=[longer])
    path = emviz.save_strip(scene, tmp_path / "run.png", steps=[4], size=SIZE)
    ax, = figures[0].axes
    np.testing.assert_array_equal(cut(np.asarray(Image.open(path)), ax),
                                  alone(longer, 4, ax, contours="lines", ellipses=()))


def test_a_comparison_has_a_row_for_each_run_and_those_that_ended_wait(trace, longer, tmp_path, figures):
    last = len(trace) - 1
    assert last + 2 < len(longer)
    both = emviz.compare(trace, longer, names=["near", "shared"])
    path = emviz.save_strip(both, tmp_path / "run.png", steps=[0, last, last + 2], size=SIZE)
    pixels, axes = np.asarray(Image.open(path)), figures[0].axes
    for ax, (run, step) in zip(axes, [(trace, 0), (trace, last), (trace, last),
                                      (longer, 0), (longer, last), (longer, last + 2)], strict=True):
        np.testing.assert_array_equal(cut(pixels, ax), alone(run, step, ax, beside=[trace, longer]))
    assert_same_limits(axes)
    bottoms = [round(ax.bbox.y0) for ax in axes]
    assert len(set(bottoms[:3])) == len(set(bottoms[3:])) == 1 and bottoms[0] > bottoms[3]
    written = [text.get_text() for text in figures[0].texts]
    assert written.count("near") == written.count("shared") == 1
    assert f"converged at {trace[-1].iteration}" in written or f"stopped at {trace[-1].iteration}" in written


def test_axes_are_named_at_the_left_and_below_only(trace, tmp_path, figures):
    emviz.save_strip(trace, tmp_path / "run.png", steps=[0, 1, 2, 3, 4, 5, 6], size=SIZE)  # three, three, one
    axes = figures[0].axes
    assert [bool(ax.get_ylabel()) for ax in axes] == [True, False, False, True, False, False, True]
    assert [bool(ax.get_xlabel()) for ax in axes] == [False, False, False, False, True, True, True]
    assert [ax.yaxis.get_tick_params()["labelleft"] for ax in axes] == [bool(ax.get_ylabel()) for ax in axes]
    assert [ax.xaxis.get_tick_params()["labelbottom"] for ax in axes] == [bool(ax.get_xlabel()) for ax in axes]
    assert_same_limits(axes)
    assert all(ax.get_visible() for ax in axes)


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (3, [3]), (5, [3, 2]), (6, [3, 3]),
                                              (8, [3, 3, 2]), (11, [3, 3, 3, 2])])
def test_rows_are_about_as_long_as_each_other(trace, tmp_path, figures, count, rows):
    emviz.save_strip(trace, tmp_path / "run.png", steps=[1] * count, size=(160, 120), caption=False)
    bottoms = [round(ax.bbox.y0) for ax in figures[0].axes]
    assert [bottoms.count(bottom) for bottom in sorted(set(bottoms), reverse=True)] == rows


@pytest.mark.parametrize(("what", "size"), [
    ("blobs, k-means", None), ("heights, mixture", (200, 160)), ("earthquakes", (320, 180)), ("coins", None),
    ("flowers in space", (640, 360)),
])
def test_words_do_not_overlap_and_none_is_cut(what, size, tmp_path, figures):
    text = "A text that needs several lines, however large or small its type is. " * 6
    emviz.save_strip(gallery.trace(what), tmp_path / "run.png", title="A title " * 40, caption=text, size=size)
    figure = figures[0]
    boxes = [text.get_window_extent() for text in figure.texts if text.get_text()]
    boxes += [ax.bbox for ax in figure.axes]
    for place, box in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
        assert not any(box.overlaps(other) for other in boxes[:place])
    for ax in figure.axes:
        tight = ax.get_tightbbox()
        assert tight.x0 >= 0 and tight.y0 >= 0 and tight.x1 <= figure.bbox.x1, tight


@pytest.mark.parametrize(("length", "count", "steps"), [
    (1, 6, (0,)), (2, 6, (0, 1)), (5, 6, (0, 1, 2, 4)), (9, 6, (0, 1, 2, 4, 6, 8)), (41, 6, (0, 1, 2, 6, 14, 40)),
    (42, 6, (0, 1, 2, 6, 14, 41)), (41, 5, (0, 1, 2, 8, 40)), (201, 4, (0, 1, 2, 200)),
])
def test_telling_steps(length, count, steps):
    assert telling_steps(length, count) == steps


# The words.

def test_captions_are_short_and_a_text_is_told_once(trace, tmp_path):
    written = told(parse(emviz.save_strip(trace, tmp_path / "run.svg", steps=[0, 1, 6], caption="One text",
                                          title="Three blobs")))
    assert written.count("One text") == written.count("Three blobs") == 1
    assert written.count("Start: 3 centers placed, no point has chosen yet") == 1
    assert written.count("E (assign), iteration 1: every point joins its nearest center") == 1
    assert written.count("M (update), iteration 3: each center moves to the mean of its points; ") == 1
    assert written.count("regions: nearer to this center than to any other") == 1  # not above each cell


def test_what_a_view_notes_around_its_axes_is_told_once(tmp_path, figures):
    points = np.random.default_rng(0).normal(size=(5001, 2))
    trace = emviz.run(emviz.KMeans(2), points, rng=0, max_iterations=1)
    emviz.save_strip(trace, tmp_path / "run.png", steps=[0, 1], size=SIZE)
    written = [text.get_text() for text in figures[0].texts]
    assert "regions: nearer to this center than to any other · 5,000 of 5,001 points shown" in written
    assert not any(text.get_visible() and "shown" in text.get_text() for ax in figures[0].axes for text in ax.texts)


def test_no_caption(trace, tmp_path):
    written = told(parse(emviz.save_strip(trace, tmp_path / "run.svg", steps=[0, 1], caption=False)))
    assert "Start" not in written and "iteration" not in written


def test_a_caption_of_ones_own(trace, longer, tmp_path):
    both = emviz.compare(trace, longer)
    path = emviz.save_strip(both, tmp_path / "run.svg", steps=[0, 2], caption=lambda step: f"No. {step}")
    written = texts(parse(path))
    assert written.count("No. 0") == written.count("No. 2") == 1


def test_the_frame_of_a_scene_stays(trace, tmp_path):
    scene = emviz.scene(trace, title="Its title", caption=lambda step: f"No. {step}")
    written = texts(parse(emviz.save_strip(scene, tmp_path / "run.svg", steps=[1])))
    assert "Its title" in written and "No. 1" in written


# The files.

def test_an_svg_is_lines_and_words_and_nothing_from_elsewhere(trace, tmp_path):
    title = "</title><script>alert(1)</script> & --> ]]> €"
    path = emviz.save_strip(trace, tmp_path / "run.svg", steps=[0, 1, 2], title=title, caption=title)
    root = parse(path)
    assert [root.find(f"{SVG}title").text, root.get("role")] == [title, "img"]
    scene = emviz.scene(trace)
    assert root.find(f"{SVG}desc").text.splitlines() == [f"Step {step}: {scene.alt(step)}" for step in (0, 1, 2)]
    named = {element.get("id") for element in root.iter()}
    assert set(root.get("aria-labelledby").split()) <= named
    assert sum(name is not None and name.startswith("axes_") for name in named) == 3
    tags = {element.tag for element in root.iter()}
    assert not tags & {f"{SVG}script", f"{SVG}image", f"{SVG}text", f"{SVG}foreignObject"}
    links = [value for element in root.iter() for name, value in element.items() if name.endswith("href")]
    assert links and all(link.startswith("#") for link in links)
    assert b"<!DOCTYPE" not in path.read_bytes() and b"url(http" not in path.read_bytes()


def objects(data: bytes) -> list[bytes]:
    """The objects of a PDF file, found by its own table."""
    begin = int(re.search(rb"startxref\n(\d+)\n%%EOF", data)[1])
    lines = data[begin:].splitlines()
    assert lines[0] == b"xref"
    count = int(lines[1].split()[1])
    places = [int(line.split()[0]) for line in lines[3:2 + count] if line.split()[2] == b"n"]
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj" % number)
    return [data[place:data.index(b"endobj", place)] for place in places]


def stream(found: bytes) -> bytes:
    return zlib.decompress(found.partition(b"stream\n")[2])


@pytest.mark.parametrize("dpi", [100, 300])
def test_a_pdf_is_lines_and_letters_of_its_own_fonts(trace, tmp_path, dpi, figures):
    path = emviz.save_strip(trace, tmp_path / "run.pdf", steps=[0, 1], size=SIZE, dpi=dpi, title="Blobs: 2 × 3")
    data = path.read_bytes()
    found = objects(data)
    assert data.startswith(b"%PDF-1.4") and "Blobs: 2 × 3".encode("utf-16-be") in data
    assert b"/FontFile2" in data and b"/Type3" not in data and b"CreationDate" not in data
    assert not any(b"/Subtype /Image" in one for one in found)
    page, = (one for one in found if b"/Type /Page " in one)
    box = [float(number) for number in re.search(rb"/MediaBox \[ 0 0 ([\d. ]+)\]", page)[1].split()]
    pixels = Image.open(emviz.save_strip(trace, tmp_path / "run.png", steps=[0, 1], size=SIZE, dpi=dpi,
                                         title="Blobs: 2 × 3")).size
    np.testing.assert_allclose(box, np.array(pixels) * 72 / dpi, atol=0.01)
    contents = int(re.search(rb"/Contents (\d+) 0 R", page)[1])
    drawing = stream(found[contents - 1])
    scale = float(re.search(rb"([\d.]+) 0 0 ([\d.]+) 0 0 cm", drawing)[1])
    width = float(re.search(rb"0 0 m\n([\d.]+) 0 l", drawing)[1])  # the paper, drawn first
    assert scale * width == pytest.approx(box[0], rel=1e-4)


def test_size_is_of_a_cell_and_dpi_is_the_size_on_paper(trace, tmp_path):
    def inches(name, **options):
        path = emviz.save_strip(trace, tmp_path / name, **options)
        if path.suffix == ".svg":
            return np.array([float(parse(path).get(side).removesuffix("in")) for side in ("width", "height")])
        picture = Image.open(path)
        return np.array(picture.size) / picture.info["dpi"]

    one, two = (Image.open(emviz.save_strip(trace, tmp_path / "run.png", steps=[1] * count, size=SIZE)).size
                for count in (1, 2))
    assert two[0] - one[0] == SIZE[0] and two[1] == one[1] > SIZE[1]
    plain = inches("run.png", steps=[1])
    np.testing.assert_allclose(inches("run.png", steps=[1], dpi=200), plain, rtol=2e-3)  # whole pixels
    np.testing.assert_allclose(inches("run.svg", steps=[1], dpi=200), plain, rtol=2e-3)
    large = inches("run.png", steps=[1], size=(800, 640))
    np.testing.assert_allclose(inches("run.png", steps=[1], size=(800, 640), dpi=200), large / 2, rtol=1e-3)
    np.testing.assert_allclose(inches("run.svg", steps=[1], size=(800, 640), dpi=200), large / 2, rtol=2e-3)


def test_a_png_tells_what_it_shows(trace, tmp_path):
    picture = Image.open(emviz.save_strip(trace, tmp_path / "run.png", steps=[0, 2], size=SIZE))
    scene = emviz.scene(trace)
    assert picture.text == {"Description": f"Step 0: {scene.alt(0)}\nStep 2: {scene.alt(2)}"}


def test_settings_of_the_reader_change_nothing(trace, tmp_path):
    for suffix in ("png", "svg", "pdf"):
        ours = emviz.save_strip(trace, tmp_path / f"ours.{suffix}", steps=[0, 2], size=SIZE).read_bytes()
        with rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none", "pdf.fonttype": 3,
                         "savefig.dpi": 7, "savefig.bbox": "tight", "savefig.transparent": True}):
            assert emviz.save_strip(trace, tmp_path / f"theirs.{suffix}", steps=[0, 2], size=SIZE).read_bytes() == ours


# Scenes of another kind: the pixels of their frames.

@pytest.fixture(scope="module")
def restarts(blobs) -> emviz.Restarts:
    return emviz.restarts(emviz.KMeans(3), blobs, 6)


def test_other_scenes_come_as_their_frames(restarts, tmp_path, figures):
    steps, size = [0, 1, 2], (480, 270)
    path = emviz.save_strip(restarts, tmp_path / "run.png", steps=steps, size=size, title="Six runs",
                            caption="One text")
    pixels, scene = np.asarray(Image.open(path)), emviz.scene(restarts, size=size)
    for ax, step in zip(figures[0].axes, steps, strict=True):
        left, top = round(ax.bbox.x0), len(pixels) - round(ax.bbox.y1)
        np.testing.assert_array_equal(pixels[top:top + size[1], left:left + size[0]], scene.frame(step))
    assert [text.get_text() for text in figures[0].texts] == ["Six runs", "One text"]


def test_frames_in_an_svg_keep_their_pixels(restarts, tmp_path):
    size = (480, 270)
    root = parse(emviz.save_strip(restarts, tmp_path / "run.svg", steps=[0, 2], size=size, dpi=200))
    images = [element for element in root.iter() if element.tag == f"{SVG}image"]
    scene = emviz.scene(restarts, size=size)
    for image, step in zip(images, [0, 2], strict=True):
        kind, _, coded = image.get("{http://www.w3.org/1999/xlink}href").partition(",")
        assert kind == "data:image/png;base64" and image.get("style") is None  # smooth in any size
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(coded))).convert("RGB"))
        upright = pixels[::-1] if "scale(1 -1)" in image.get("transform") else pixels
        np.testing.assert_array_equal(upright, scene.frame(step))


def test_a_strip_too_large_for_any_screen_is_refused_before_drawing(trace, tmp_path):
    with pytest.raises(ValueError, match=r"the strip would have 2\d{4} × 4\d{4} .* fewer steps, or a smaller size"):
        emviz.save_strip(trace, tmp_path / "run.png", steps=[0, 1, 2] * 7, size=(8000, 6400))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.filterwarnings("ignore:Glyph")
def test_characters_that_xml_cannot_hold_are_left_out(trace, tmp_path):
    root = parse(emviz.save_strip(trace, tmp_path / "run.svg", steps=[0], size=SIZE, title="\x07Blobs\x00"))
    assert root.find(f"{SVG}title").text == "Blobs"
