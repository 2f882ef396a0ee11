"""A page with several players and text, and how exported players play, in a real Chromium."""

from pathlib import Path

import pytest
from painted import assert_painted
from playwright.sync_api import expect

import emviz
from emviz.marks import record
from emviz.page import page
from emviz.page import still as still_of
from emviz.scenes.dial import Dial

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
HOSTILE = "</script><img src=x onerror=alert(1)><!-- \"quoted\" 'quoted' $title & \u2028 \u05d0"
TEXT = """# Two ways to see a class

First **k-means**, in a line of code, `emviz.KMeans(2)`, and on [the web](https://example.org/).

- one
- two

| method  | a point belongs to | what rises in each and every half-step |
|:--------|:------------------:|---------------------------------------:|
| k-means | one center         | −inertia                               |
| mixture | all, in shares     | the lower bound                        |

```python
trace = emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), start="k-means++", max_iterations=100)
```
"""
SIZE = (480, 270)


def runs():
    return {
        "k-means": emviz.run(emviz.KMeans(2), emviz.datasets.blobs(30), max_iterations=2, rng=1),
        "heights": emviz.run(emviz.GaussianMixture(2), emviz.datasets.heights(), max_iterations=2, rng=0),
    }


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    first, second = runs().values()
    parts = [TEXT, first, "\n\n".join(["Then *heights*, after a long story."] * 40), second]
    return emviz.save_page(parts, tmp_path_factory.mktemp("lesson") / "lesson.html", size=SIZE)


def players(opened):
    found = opened.locator(".emviz")
    expect(found).to_have_count(2)
    return found.nth(0), found.nth(1)


def slider(player):
    return player.get_by_label("Step", exact=True)


def step(player):
    return int(slider(player).input_value())


def assert_scrolls(opened, key, condition):
    """That a key brings it about; while the page still scrolls for another key, it may go unheard."""
    for _ in range(20):
        opened.keyboard.press(key)
        for _ in range(10):
            if opened.evaluate(condition):
                return
            opened.wait_for_timeout(50)
    raise AssertionError(f"{key} does not make {condition}")


def test_every_player_shows_its_own_run_and_steps_alone(visit, lesson):
    opened, trouble = visit(lesson, offline=True)
    shown = list(zip(players(opened), (emviz.scene(run, size=SIZE) for run in runs().values())))
    for number, (player, scene) in enumerate(shown):
        (other, other_scene), = shown[:number] + shown[number + 1:]
        stays = step(other)
        for i in range(len(scene)):
            slider(player).fill(str(i))
            assert assert_painted(player, scene, i) > 5
            assert player.locator("[aria-live=polite]").inner_text() == scene.caption(i)
            assert step(other) == stays
        assert_painted(other, other_scene, stays)
    assert trouble.requests == [] and trouble.errors == []


def test_every_player_has_a_name_of_its_own(visit, lesson):
    opened, _ = visit(lesson)
    for number, player in enumerate(players(opened), 1):
        assert player.get_attribute("aria-label").startswith(f"Picture {number} of 2: ")


def test_keys_go_to_the_player_that_was_clicked(visit, lesson):
    opened, _ = visit(lesson)
    first, second = players(opened)
    for clicked, other in [(second, first), (first, second)]:
        stays = step(other)
        clicked.locator(".emviz-picture").click()
        for key, expected in [("End", 4), ("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)]:
            opened.keyboard.press(key)
            assert (step(clicked), step(other)) == (expected, stays)
        opened.keyboard.press("Space")
        assert clicked.get_by_role("button", name="Pause").is_visible()
        assert other.get_by_role("button", name="Play").is_visible()
        opened.keyboard.press("Space")
        opened.keyboard.press("Home")


def test_before_that_the_arrows_step_the_player_in_view_and_other_keys_scroll(visit, lesson):
    opened, _ = visit(lesson)
    first, second = players(opened)
    opened.keyboard.press("ArrowRight")
    assert (step(first), step(second)) == (0, 0)  # of both, little is to be seen
    for player, other, expected in [(second, first, (1, 0)), (first, second, (1, 1))]:
        player.locator(".emviz-stage").evaluate("(stage) => stage.scrollIntoView({block: 'center'})")
        opened.keyboard.press("ArrowRight")
        assert (step(player), step(other)) == expected
        opened.keyboard.press("ArrowRight")
        opened.keyboard.press("ArrowLeft")
        assert (step(player), step(other)) == expected
    assert_scrolls(opened, "End", "scrollY >= document.documentElement.scrollHeight - innerHeight - 1")
    assert_scrolls(opened, "Home", "scrollY === 0")
    assert_scrolls(opened, "Space", "scrollY > 100")
    assert (step(first), step(second)) == (1, 1)


def test_a_player_fills_the_screen_alone(visit, lesson):
    opened, _ = visit(lesson)
    _, second = players(opened)
    second.get_by_role("button", name="Projector mode").click()
    expect(opened.locator(".emviz:fullscreen")).to_have_attribute("aria-label", second.get_attribute("aria-label"))
    opened.keyboard.press("ArrowRight")
    assert [step(player) for player in players(opened)] == [0, 1]


@pytest.mark.parametrize("width", [360, 800, 1300])
def test_a_page_fits_its_window_and_axe_finds_no_fault(visit, lesson, width):
    opened, _ = visit(lesson, width, 800)
    players(opened)
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.evaluate(AXE)
    found = opened.evaluate("axe.run()")
    assert len(found["passes"]) > 10
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]] == []


def test_a_line_of_text_is_short_enough_to_read_and_players_are_wider(visit, lesson):
    opened, _ = visit(lesson, 1600, 1000)
    first, _ = players(opened)
    text = opened.locator(".text p").first
    letters = text.evaluate("(p) => p.clientWidth / parseFloat(getComputedStyle(p).fontSize)") / 0.5  # of half an em
    assert 60 <= letters <= 75
    assert first.bounding_box()["width"] > 1.4 * text.bounding_box()["width"]


def test_a_printed_page_has_the_texts_and_the_pictures(visit, lesson):
    opened, _ = visit(lesson)
    for i, player in zip((3, 1), players(opened)):
        slider(player).fill(str(i))
    opened.emulate_media(media="print")
    assert opened.locator(".emviz button:visible, .emviz input:visible").count() == 0
    for i, player, run in zip((3, 1), players(opened), runs().values()):
        assert_painted(player, emviz.scene(run, size=SIZE), i)
        assert player.locator(".emviz-picture").is_visible() and player.locator("[aria-live]").is_visible()
        assert player.evaluate("(root) => getComputedStyle(root).breakInside") == "avoid"
    assert opened.locator("h1").is_visible()
    code = opened.locator("pre")
    assert code.evaluate("(pre) => pre.scrollWidth <= pre.clientWidth")  # paper does not scroll


def test_without_scripts_every_player_is_a_still(visit, lesson):
    opened, trouble = visit(lesson, java_script_enabled=False)
    stills = opened.locator(".player img")
    for still, run in zip(stills.all(), runs().values(), strict=True):
        scene = emviz.scene(run, size=SIZE)
        assert still.is_visible() and still.get_attribute("alt") == scene.alt(len(scene) - 1)
        assert still.evaluate("(image) => image.naturalWidth") == 480
    assert trouble.requests == []


def test_a_player_that_cannot_be_unpacked_is_a_still_and_the_others_play(visit, lesson, tmp_path):
    mark = '<script type="text/plain">'
    whole = lesson.read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(whole.replace(mark, f"{mark}AAAA", 1), encoding="utf-8")
    opened, trouble = visit(broken)
    expect(opened.locator(".player img")).to_have_count(1)
    expect(opened.locator(".emviz")).to_have_count(1)
    slider(opened.locator(".emviz")).fill("2")
    assert_painted(opened.locator(".emviz"), emviz.scene(runs()["heights"], size=SIZE), 2)
    assert len(trouble.errors) == 1


# ---------------------------------------------------------------- hostile words


def test_hostile_words_stay_words_wherever_they_come_in(visit, tmp_path):
    data = emviz.datasets.blobs(30)
    trace = emviz.run(emviz.KMeans(2), data, max_iterations=1, rng=0)
    scenes = [emviz.scene(trace, size=SIZE, title=HOSTILE, caption=lambda step: HOSTILE) for _ in range(2)]
    dial = Dial(scenes, HOSTILE, [HOSTILE, HOSTILE])
    compared = emviz.side_by_side(trace, trace, names=[HOSTILE, HOSTILE + "2"], size=SIZE)
    path = emviz.save_page([HOSTILE, dial, f"- {HOSTILE}\n\n`{HOSTILE}`", compared], tmp_path / "hostile.html",
                           title=HOSTILE)
    opened, trouble = visit(path)
    first, _ = players(opened)
    said = " ".join(HOSTILE.split())
    assert " ".join(opened.title().split()) == said
    for place in (opened.locator("h1"), opened.locator(".text p").first, opened.locator("li"),
                  opened.locator(".text code"), first.locator("[aria-live=polite]")):
        assert " ".join(place.text_content().split()) == said
    assert opened.locator("img, script[src], iframe, .text script").count() == 0
    slider(first).fill("1")
    assert trouble.requests == [] and trouble.errors == []


def test_hostile_names_of_columns_stay_words(visit, tmp_path):
    pandas = pytest.importorskip("pandas")
    points = pandas.DataFrame(emviz.datasets.blobs(30).data, columns=[HOSTILE, "other"])
    trace = emviz.run(emviz.GaussianMixture(2), points, max_iterations=1, rng=0)
    opened, trouble = visit(emviz.save_html(trace, tmp_path / "columns.html", size=SIZE))
    opened.get_by_role("button", name="More").click()
    opened.get_by_label("Place", exact=False).first.focus()
    expect(opened.locator(".emviz-card")).to_be_visible()
    assert opened.locator("img").count() == 0
    assert trouble.requests == [] and trouble.errors == []


# ---------------------------------------------------------------- playing


def playing(visit, path, **options):
    """A page whose clock stands still, with the player that has just been told to play."""
    trace = emviz.run(emviz.KMeans(2), emviz.datasets.blobs(30), max_iterations=2, tolerance=0, rng=1)
    opened, _ = visit(emviz.save_html(trace, path / "run.html", size=SIZE, **options))
    player = opened.locator(".emviz")
    player.wait_for()
    opened.clock.install(time=0)
    opened.clock.pause_at(1000)
    player.get_by_role("button", name="Play").focus()
    opened.keyboard.press("Space")
    return opened, player


def steps_after(opened, player, *milliseconds):
    """The step after each of these times, one after the other."""
    seen = []
    for time in milliseconds:
        opened.clock.run_for(time)
        seen.append(step(player))
    return seen


def test_pace_and_rests_are_those_that_were_asked_for(visit, tmp_path):
    opened, player = playing(visit, tmp_path, seconds_per_step=0.5, hold=2, tween=0)
    assert steps_after(opened, player, 1990, 20, 480, 20, 480, 20, 480, 20) == [0, 1, 1, 2, 2, 3, 3, 4]
    pause = player.get_by_role("button", name="Pause")
    opened.clock.run_for(1950)
    assert pause.is_visible()
    opened.clock.run_for(100)
    assert not pause.is_visible() and step(player) == 4


def test_speeds_are_around_the_pace(visit, tmp_path):
    opened, player = playing(visit, tmp_path, seconds_per_step=0.5, hold=2)
    opened.keyboard.press("9")  # four times as fast
    assert steps_after(opened, player, 490, 20, 105, 25) == [0, 1, 1, 2]
    opened.keyboard.press("1")  # a fourth
    assert steps_after(opened, player, 1900, 150) == [2, 3]
    player.get_by_role("button", name="More").click()
    assert player.get_by_label("Speed", exact=True).get_attribute("aria-valuetext") == "2.0 s a step"


def test_without_a_pace_it_is_that_of_a_notebook(visit, tmp_path):
    opened, player = playing(visit, tmp_path)
    assert steps_after(opened, player, 740, 20, 1470, 40) == [0, 1, 1, 2]


def test_a_loop_begins_again_until_the_reader_pauses(visit, tmp_path):
    opened, player = playing(visit, tmp_path, seconds_per_step=0.4, hold=1, tween=0, loop=True)
    assert steps_after(opened, player, 1010, 400, 400, 400, 980, 20, 980, 20) == [1, 2, 3, 4, 4, 0, 0, 1]
    opened.keyboard.press("Space")
    assert steps_after(opened, player, 5000) == [1]


@pytest.mark.parametrize(("options", "motion", "glides"), [
    ({"tween": 0}, "no-preference", False),
    ({"tween": 3}, "no-preference", True),
    ({}, "no-preference", True),
    ({"tween": 3, "loop": True}, "reduce", False),
])
def test_playing_glides_or_jumps_as_was_asked_for(visit, tmp_path, options, motion, glides):
    opened, player = playing(visit, tmp_path, seconds_per_step=1, **options)
    opened.emulate_media(reduced_motion=motion)
    opened.clock.run_for(1510)  # into the glide to the second step, an M
    places = "(root) => [...root.querySelectorAll('[data-mover=means] path')].map((p) => p.getAttribute('transform'))"
    on_the_way = player.evaluate(places)
    opened.clock.run_for(300)
    assert step(player) == 2
    assert (player.evaluate(places) != on_the_way) is glides


# ---------------------------------------------------------------- captions


def test_hidden_captions_are_announced(visit, tmp_path):
    trace = runs()["heights"]
    opened, _ = visit(emviz.save_html(trace, tmp_path / "quiet.html", size=SIZE, caption=False))
    player, said = opened.locator(".emviz"), opened.locator("[aria-live=polite]")
    slider(player).fill("2")
    assert said.inner_text() == emviz.scene(trace).caption(2)
    assert said.evaluate("(p) => getComputedStyle(p).visibility") == "visible"
    box = opened.locator(".emviz-caption").bounding_box()
    assert box["width"] <= 1 and box["height"] <= 1
    assert opened.locator(".emviz-picture").bounding_box()["y"] - player.bounding_box()["y"] < 20
    assert_painted(player, emviz.scene(trace, size=SIZE, caption=False), 2)


def test_captions_of_ones_own_and_a_text_below(visit, tmp_path):
    trace = runs()["heights"]
    own = emviz.save_html(trace, tmp_path / "own.html", size=SIZE, caption=lambda step: f"State {step}: look!")
    opened, _ = visit(own)
    slider(opened).fill("3")
    assert opened.locator("[aria-live=polite]").inner_text() == "State 3: look!"
    below = emviz.save_html(trace, tmp_path / "below.html", size=SIZE, caption="Heights of a class.")
    opened, _ = visit(below)
    slider(opened).fill("3")
    assert opened.locator("[aria-live=polite]").inner_text() == emviz.scene(trace).caption(3)
    assert_painted(opened.locator(".emviz"), emviz.scene(trace, size=SIZE, caption="Heights of a class."), 3)


def test_a_title_in_the_player_stands_above_the_caption_as_plain_text(visit, tmp_path):
    scene = emviz.scene(runs()["heights"], size=SIZE)
    (tmp_path / "titled.html").write_text(page([record(scene)], still_of(scene, 2), playing={"heading": HOSTILE}))
    opened, trouble = visit(tmp_path / "titled.html")
    heading, caption = opened.locator(".emviz-heading"), opened.locator(".emviz-caption")
    assert heading.text_content() == HOSTILE
    assert heading.bounding_box()["y"] < caption.bounding_box()["y"]
    assert trouble.requests == [] and trouble.errors == []
