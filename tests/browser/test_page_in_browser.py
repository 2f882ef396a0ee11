"""The exported page in a real Chromium: the picture is the scene, every control works, nothing leaves the page."""

import time
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from painted import assert_painted, movers_of
from PIL import Image
from playwright.sync_api import expect
from small_scene import SmallScene

import emviz
from emviz.marks import record
from emviz.page import page, still

pytestmark = pytest.mark.browser

RUNS = {
    "heights": lambda: emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=4, rng=0),
    "blobs": lambda: emviz.run(emviz.GaussianMixture(3), emviz.datasets.blobs(80), max_iterations=4, rng=1),
    "k-means": lambda: emviz.run(emviz.KMeans(3), emviz.datasets.blobs(80), max_iterations=2, rng=1),
    "coins": lambda: emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], max_iterations=3, rng=0),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A page for each run, by name."""
    folder = tmp_path_factory.mktemp("pages")
    return {name: emviz.save_html(run(), folder / f"{name}.html") for name, run in RUNS.items()}


def player(page):
    return page.locator(".emviz")


def slider(page):
    return page.get_by_label("Step", exact=True)


def step(page):
    return int(slider(page).input_value())


@pytest.mark.parametrize("name", RUNS)
def test_every_state_on_the_page_is_the_state_of_the_scene(visit, files, name):
    scene = emviz.scene(RUNS[name]())
    opened, trouble = visit(files[name])
    for i in [*range(len(scene)), *reversed(range(len(scene) - 1))]:
        slider(opened).fill(str(i))
        assert assert_painted(player(opened), scene, i) > 10
        assert opened.get_by_role("img").first.get_attribute("aria-label") == scene.alt(i)
        assert opened.locator("[aria-live=polite]").inner_text() == scene.caption(i)
        assert opened.locator(".emviz-step output").inner_text() == f"{i} of {len(scene) - 1}"
    assert trouble.requests == [] and trouble.errors == []


def test_a_part_of_the_run_keeps_the_numbers_of_its_steps(visit, tmp_path):
    scene = emviz.scene(RUNS["heights"]())
    opened, _ = visit(emviz.save_html(scene, tmp_path / "part.html", steps=[0, 4, 8]))
    slider(opened).fill("1")
    assert slider(opened).get_attribute("max") == "2"
    assert opened.locator(".emviz-step output").inner_text() == "4 of 8"
    assert_painted(player(opened), scene, 4)


def test_one_state_needs_no_controls(visit, tmp_path):
    scene = emviz.scene(RUNS["heights"]())
    opened, _ = visit(emviz.save_html(scene, tmp_path / "one.html", steps=[3]))
    assert_painted(player(opened), scene, 3)
    assert not slider(opened).is_visible()


def test_the_keys_step_from_anywhere_in_the_player(visit, files):
    opened, _ = visit(files["heights"])
    last = 8
    opened.locator(".emviz-picture").click()
    for focus in (lambda: None, slider(opened).focus, opened.get_by_role("button", name="Play").focus):
        focus()
        for key, expected in [("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", last),
                              ("ArrowRight", last), ("Home", 0), ("ArrowLeft", 0)]:
            opened.keyboard.press(key)
            assert step(opened) == expected


def test_the_keys_step_before_anything_has_the_focus(visit, files):
    opened, _ = visit(files["heights"])
    player(opened).wait_for()
    for key, expected in [("ArrowRight", 1), ("ArrowRight", 2), ("End", 8), ("Home", 0)]:
        opened.keyboard.press(key)
        assert step(opened) == expected


def test_the_buttons_step_and_say_when_they_cannot(visit, files):
    opened, _ = visit(files["heights"])
    start, back, forward, end = (opened.get_by_role("button", name=name) for name in (
        "To the start", "Back one step", "Forward one step", "To the end"))
    for button in (start, back):
        assert button.get_attribute("aria-disabled") == "true"
    forward.click(), forward.click(), back.click()
    assert step(opened) == 1
    assert back.get_attribute("aria-disabled") == start.get_attribute("aria-disabled") == "false"
    end.click()
    for button in (forward, end):
        assert button.get_attribute("aria-disabled") == "true"
        button.click(force=True)  # Playwright does not click what says that it is disabled
    assert step(opened) == 8
    start.click()
    assert step(opened) == 0


@pytest.mark.parametrize(("kind", "stops"), [("E only", [0, 1, 3, 5, 7, 8]), ("M only", [0, 2, 4, 6, 8])])
def test_one_kind_of_steps_with_the_start_and_the_end(visit, files, kind, stops):
    """By keys, buttons and slider; every other state is skipped."""
    opened, _ = visit(files["heights"])
    scene = emviz.scene(RUNS["heights"]())
    opened.get_by_role("button", name="More").click()
    opened.get_by_label(kind).check()
    for way, press in [(1, "ArrowRight"), (-1, "ArrowLeft")]:
        slider(opened).focus()
        for stop in stops[::way][1:]:
            opened.keyboard.press(press)
            assert step(opened) == stop
            assert_painted(player(opened), scene, stop)
    for stop in stops[1:]:
        opened.get_by_role("button", name="Forward one step").click()
        assert step(opened) == stop
    for key, back in [("ArrowUp", 1), ("ArrowDown", -1)]:  # the slider's own keys, and what a screen reader sends
        slider(opened).focus()
        opened.keyboard.press("Home" if back == 1 else "End")
        for stop in stops[::back][1:]:
            opened.keyboard.press(key)
            assert step(opened) == stop
    opened.get_by_label("E and M").check()
    opened.keyboard.press("Home")  # which belongs to the choice
    slider(opened).fill("4")
    assert step(opened) == 4


def test_a_choice_of_steps_leaves_a_state_of_the_other_kind(visit, files):
    opened, _ = visit(files["heights"])
    slider(opened).fill("3")
    opened.get_by_role("button", name="More").click()
    opened.get_by_label("M only").check()
    assert step(opened) == 4
    opened.get_by_label("E only").check()
    assert step(opened) == 5


def test_a_drag_of_the_slider_shows_the_nearest_of_the_chosen_steps(visit, files):
    opened, _ = visit(files["heights"])
    opened.get_by_role("button", name="More").click()
    opened.get_by_label("E only").check()
    box = slider(opened).bounding_box()
    y = box["y"] + box["height"] / 2
    place = lambda value: box["x"] + 12 + (box["width"] - 24) * value / 8  # noqa: E731
    opened.mouse.move(place(0), y)
    opened.mouse.down()
    seen = []
    for value in np.arange(0, 8.01, 0.25):
        opened.mouse.move(place(value), y)
        seen.append(step(opened))
    assert seen == sorted(seen) and set(seen) == {0, 1, 3, 5, 7, 8}
    opened.mouse.up()
    opened.keyboard.press("ArrowLeft")
    assert step(opened) == 7


# Keeps what the slider shows, and when in milliseconds.
WATCH = """(range) => {
    window.seen = [];
    const watch = () => seen.push([range.valueAsNumber, performance.now()]);
    new MutationObserver(watch).observe(range, {attributeFilter: ["aria-valuetext"]});
}"""


def test_playing_stops_at_the_chosen_steps(visit, files):
    opened, _ = visit(files["heights"], reduced_motion="reduce")
    opened.get_by_role("button", name="More").click()
    opened.get_by_label("M only").check()
    opened.keyboard.press("9")
    slider(opened).evaluate(WATCH)
    opened.get_by_role("button", name="Play").click()
    expect(slider(opened)).to_have_value("8")
    assert [step for step, _ in opened.evaluate("seen")] == [2, 4, 6, 8]


def test_digits_set_the_speed(visit, files):
    opened, _ = visit(files["heights"])
    opened.get_by_role("button", name="More").click()
    speed = opened.get_by_label("Speed", exact=True)
    expect(speed).to_have_value("5")
    for key, said in [("1", "6.0 s a step"), ("9", "0.4 s a step"), ("5", "1.5 s a step")]:
        opened.keyboard.press(key)
        expect(speed).to_have_value(key)
        assert speed.get_attribute("aria-valuetext") == said
    opened.keyboard.press("0")
    expect(speed).to_have_value("5")


def test_the_speed_is_that_of_the_playing_and_can_change_while_it_plays(visit, files):
    opened, _ = visit(files["heights"], reduced_motion="reduce")
    player(opened).wait_for()
    opened.keyboard.press("7")
    slider(opened).evaluate(WATCH)
    opened.keyboard.press("Space")
    expect(slider(opened)).to_have_value("4")
    opened.keyboard.press("1")  # 6 seconds a step: nothing more is to be seen
    opened.wait_for_timeout(1500)
    steps, times = np.array(opened.evaluate("seen")).T
    assert list(steps) == [1, 2, 3, 4]
    assert (np.diff(times) >= 740).all()  # milliseconds: a timer may be late, never early


def test_nothing_moves_until_the_reader_does(visit, files):
    opened, _ = visit(files["heights"])
    player(opened).wait_for()
    opened.wait_for_timeout(2500)
    assert step(opened) == 0


# Follows a point that moves, once a frame, until the player stands still.
FOLLOW = """() => new Promise((done) => {
    const seen = [];
    const watch = () => {
        const point = document.querySelector('[data-mover="means"] path');
        const place = point.transform.baseVal.consolidate().matrix.e;
        if (seen.at(-1) !== place) seen.push(place);
        if (document.querySelector('[aria-label="Pause"]')) requestAnimationFrame(watch);
        else done(seen);
    };
    watch();
})"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_playing_glides_unless_the_reader_wants_less_motion(visit, files, motion):
    scene = emviz.scene(RUNS["k-means"]())
    places = []
    for i in range(len(scene)):
        scene.show(i)
        means = scene.movers["means"]
        places.append(means.get_offset_transform().transform(means.get_offsets())[0, 0])
    opened, _ = visit(files["k-means"], reduced_motion=motion)
    opened.get_by_role("button", name="Play").focus()
    opened.keyboard.press("Space")
    seen = np.array(opened.evaluate(FOLLOW))
    assert step(opened) == len(scene) - 1
    assert opened.get_by_role("button", name="Play").is_visible()
    stands = np.abs(seen[:, None] - places).min(axis=1) < 0.1
    assert stands[-1]
    if motion == "reduce":
        assert stands.all()
    else:
        assert not stands.all()
        assert min(places) - 0.1 <= seen.min() and seen.max() <= max(places) + 0.1
    assert_painted(player(opened), scene, len(scene) - 1)


def test_playing_stops_where_the_reader_takes_over(visit, files):
    opened, _ = visit(files["heights"])
    opened.get_by_role("button", name="Play").click()
    expect(slider(opened)).to_have_value("2")
    opened.keyboard.press("ArrowLeft")
    stopped = step(opened)
    assert stopped in (1, 2)
    assert_painted(player(opened), emviz.scene(RUNS["heights"]()), stopped)
    opened.wait_for_timeout(2500)
    assert step(opened) == stopped


def test_play_at_the_end_begins_again(visit, files):
    opened, _ = visit(files["heights"])
    opened.locator(".emviz-picture").click()
    opened.keyboard.press("End")
    opened.keyboard.press("Space")
    assert step(opened) == 0
    assert opened.get_by_role("button", name="Pause").is_visible()
    opened.keyboard.press("Space")
    assert opened.get_by_role("button", name="Play").is_visible()


@pytest.mark.parametrize("width", [360, 1000, 1920])
def test_the_page_fits_its_window(visit, files, width):
    opened, _ = visit(files["heights"], width, 1080)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert opened.evaluate("document.documentElement.scrollHeight <= innerHeight")
    picture = opened.locator(".emviz-picture").bounding_box()
    assert picture["width"] > 0.8 * min(width, 1500)
    assert abs(picture["width"] / picture["height"] - 960 / 474) < 0.01
    opened.get_by_role("button", name="More").click()
    for control in opened.locator(".emviz button:visible, .emviz input:visible").all():
        box = control.bounding_box()
        assert box["width"] >= 24 and box["height"] >= 24 and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_the_picture_does_not_jump_when_captions_get_longer(visit, files):
    opened, _ = visit(files["heights"], 360, 640)
    tops = set()
    for i in range(9):
        slider(opened).fill(str(i))
        tops.add(opened.locator(".emviz-picture").bounding_box()["y"])
    assert len(tops) == 1


def test_the_picture_does_not_jump_where_a_caption_is_wider_than_one_with_more_letters(visit, tmp_path):
    """Its head is bold, and letters differ in width."""
    scene = SmallScene()
    captions = ["iiiiiiiiii: " + "ill " * 15, "MMMMMMMMMM: " + "MM " * 15, "E: few"]
    recording = replace(record(scene, range(3)), captions=tuple(captions))
    file = tmp_path / "wide.html"
    file.write_text(page([recording], still(scene, 2), scene.title), encoding="utf-8")
    opened, _ = visit(file, 640, 640)
    tops = set()
    for i in range(3):
        slider(opened).fill(str(i))
        tops.add(opened.locator(".emviz-picture").bounding_box()["y"])
    assert len(tops) == 1


@pytest.mark.parametrize(("width", "height"), [(640, 400), (740, 360), (1000, 400)])
def test_a_low_window_does_not_make_the_picture_too_small_to_read(visit, files, width, height):
    opened, _ = visit(files["heights"], width, height)
    assert player(opened).bounding_box()["width"] > 0.9 * 640
    rows = {button.bounding_box()["y"] for button in opened.get_by_role("button").all()}
    assert len(rows) == 1


def test_a_printed_page_is_the_picture_its_words_and_nothing_to_press(visit, files):
    opened, _ = visit(files["heights"])
    opened.get_by_role("button", name="More").click()
    slider(opened).fill("3")
    opened.emulate_media(media="print")
    assert player(opened).locator("button:visible, input:visible, kbd:visible").count() == 0
    assert opened.locator("[aria-live=polite]").is_visible()
    assert_painted(player(opened), emviz.scene(RUNS["heights"]()), 3)


def test_the_keyboard_shows_where_it_is(visit, files):
    opened, _ = visit(files["heights"])
    player(opened).wait_for()
    for _ in range(5):
        opened.keyboard.press("Tab")
        style = opened.evaluate("(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])"
                                "(getComputedStyle(document.activeElement))")
        assert style == ["solid", "3px"]
    opened.keyboard.press("Tab")
    before = slider(opened).screenshot()
    opened.evaluate("document.activeElement.blur()")
    assert slider(opened).screenshot() != before


def test_without_scripts_there_is_a_still(visit, files):
    opened, _ = visit(files["heights"], java_script_enabled=False)
    assert opened.locator("img").evaluate("(image) => image.naturalWidth") == 960
    assert opened.locator("img").is_visible()


def test_a_browser_that_cannot_unpack_shows_the_still(visit, files, tmp_path):
    broken = tmp_path / "broken.html"
    text = files["heights"].read_text(encoding="utf-8")
    start = text.index('type="text/plain">') + len('type="text/plain">')
    broken.write_text(text[:start] + "AAAA" + text[start:], encoding="utf-8")
    opened, trouble = visit(broken)
    opened.locator(".player img").wait_for()
    assert len(trouble.errors) == 1


def test_hostile_words_stay_words(visit, tmp_path):
    scene = SmallScene()
    title = "</script><img src=x onerror=alert(1)> & \"title\""
    path = tmp_path / "hostile.html"
    path.write_text(page([record(scene)], still(scene, 3), title), encoding="utf-8")
    opened, trouble = visit(path)
    assert opened.locator("h1").inner_text() == title and opened.title() == title
    assert opened.locator("[aria-live=polite]").inner_text() == scene.caption(0)
    assert opened.locator("img, b b").count() == 0
    assert trouble.requests == [] and trouble.errors == []


def test_every_kind_of_mark_is_painted(visit, tmp_path):
    scene = SmallScene()
    path = tmp_path / "small.html"
    path.write_text(page([record(scene)], still(scene, 3), scene.title), encoding="utf-8")
    opened, _ = visit(path)
    for i in range(len(scene)):
        slider(opened).fill(str(i))
        assert len(movers_of(player(opened))["extra"]) == (i == 2)
        on_page = Image.open(BytesIO(opened.locator(".emviz-picture").screenshot())).convert("RGB")
        drawn = Image.fromarray(scene.frame(i)[int(scene.caption_height):])
        difference = np.abs(np.asarray(on_page.resize(drawn.size), int) - np.asarray(drawn))
        assert np.median(difference) == 0
        assert difference.mean() < 4  # of 255: edges differ a little, a missing mark much


def test_many_points_go_on_a_canvas_in_their_colors(visit, tmp_path):
    scene = SmallScene(n_points=4000)
    path = tmp_path / "many.html"
    path.write_text(page([record(scene)], still(scene, 3), scene.title), encoding="utf-8")
    opened, _ = visit(path)
    for i in (0, 3):
        slider(opened).fill(str(i))
        scene.show(i)
        place = scene.ax.transData.transform(scene.points.get_offsets()[-1])  # nothing lies on the last point
        x, y = place[0], 300 - scene.caption_height - place[1]
        color = opened.locator("canvas").evaluate(
            "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData("
            "x * canvas.width / 400, y * canvas.height / 260, 1, 1).data]", [x, y])
        np.testing.assert_allclose(color, 255 * scene.points.get_facecolor()[-1], atol=1)
    assert opened.locator("[data-mover=points] path").count() == 0
    layers = opened.locator(".emviz-picture > :not(div)")
    order = layers.evaluate_all("(layers) => layers.map((layer) => layer.tagName)")
    assert order == ["svg", "CANVAS", "svg"]


def test_a_step_is_painted_at_once(visit, files):
    opened, _ = visit(files["blobs"])
    opened.locator(".emviz-picture").click()
    start = time.perf_counter()
    for key in ["ArrowRight"] * 8 + ["ArrowLeft"] * 8:
        opened.keyboard.press(key)
    assert (time.perf_counter() - start) / 16 < 0.25  # seconds; about 0.01 on an idle machine
