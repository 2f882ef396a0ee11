"""The dial: a second slider that swaps the recording, at once and without a kernel."""

import time

import pytest
from painted import assert_painted
from playwright.sync_api import expect

import emviz
from emviz.scenes.dial import Dial, from_hard_to_soft

pytestmark = pytest.mark.browser


def melting():
    return from_hard_to_soft(emviz.GaussianMixture(3), emviz.datasets.blobs(60), temperatures=[0, 0.5, 1, 2],
                             max_iterations=4, tolerance=0, rng=0)


@pytest.fixture(scope="module")
def melt(tmp_path_factory):
    return emviz.save_html(melting(), tmp_path_factory.mktemp("pages") / "melt.html")


def sliders(opened):
    return opened.get_by_label("Step", exact=True), opened.get_by_label("Temperature", exact=True)


def test_every_scene_of_the_dial_is_shown_at_the_same_step(visit, melt):
    scenes = melting()
    opened, trouble = visit(melt)
    step, dial = sliders(opened)
    assert dial.get_attribute("max") == "3"
    for at in (3, 4):
        step.fill(str(at))
        for turned_to in (1, 2, 3, 0):
            dial.fill(str(turned_to))
            shown = min(at, len(scenes[turned_to]) - 1)
            assert step.input_value() == str(shown)
            assert dial.get_attribute("aria-valuetext") == scenes.labels[turned_to]
            assert opened.locator(".emviz-dial output").inner_text() == scenes.labels[turned_to]
            assert_painted(opened.locator(".emviz"), scenes[turned_to], shown)
            assert opened.locator("[aria-live=polite]").inner_text() == scenes[turned_to].caption(shown)
            step.fill(str(at))
    assert trouble.requests == [] and trouble.errors == []


def test_a_shorter_run_shows_its_end(visit, tmp_path):
    data, model = emviz.datasets.heights(), emviz.GaussianMixture(2)
    runs = [emviz.run(model, data, max_iterations=iterations, tolerance=0, rng=0) for iterations in (4, 1, 3)]
    dial = Dial(map(emviz.scene, runs), "iterations", ["4", "1", "3"])
    opened, _ = visit(emviz.save_html(dial, tmp_path / "dial.html"))
    step, turn = opened.get_by_label("Step", exact=True), opened.get_by_label("Iterations", exact=True)
    step.fill("7")
    for turned_to, last, shown in [("1", "2", "2"), ("2", "6", "2"), ("0", "8", "2")]:
        turn.fill(turned_to)
        assert (step.get_attribute("max"), step.input_value()) == (last, shown)
    opened.keyboard.press("End")
    assert turn.input_value() == "2"  # the arrows, Home and End of the dial are its own
    step.focus()
    opened.keyboard.press("End")
    assert_painted(opened.locator(".emviz"), dial[2], 6)


def test_arrows_turn_the_dial_that_has_the_focus_and_space_plays(visit, melt):
    opened, _ = visit(melt)
    step, dial = sliders(opened)
    dial.focus()
    for key, value in [("ArrowRight", "1"), ("ArrowRight", "2"), ("ArrowLeft", "1"), ("Home", "0"), ("End", "3")]:
        opened.keyboard.press(key)
        assert (dial.input_value(), step.input_value()) == (value, "0")
    opened.keyboard.press("Space")
    expect(step).to_have_value("1")
    dial.fill("1")  # turning goes on playing
    expect(step).to_have_value("2")
    expect(opened.get_by_role("button", name="Pause")).to_be_visible()


def test_a_chosen_point_stays_chosen(visit, melt):
    scenes = melting()
    opened, _ = visit(melt)
    step, dial = sliders(opened)
    step.fill("3")
    opened.get_by_role("button", name="More").click()
    opened.get_by_label("Point", exact=True).focus()
    name = opened.locator(".emviz-card b").inner_text()
    row = scenes[0].readings[0].names.index(name)
    for turned_to in range(4):
        dial.fill(str(turned_to))
        assert opened.locator(".emviz-card b").inner_text() == name
        percents = scenes[turned_to].readings[0].percents(3)[row]
        assert opened.locator(".emviz-card span:nth-of-type(3n)").all_inner_texts() == [f"{n} %" for n in percents]


def test_turning_is_instant(visit, melt):
    opened, _ = visit(melt)
    _, dial = sliders(opened)
    dial.focus()
    start = time.perf_counter()
    for key in ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowLeft"] * 2:
        opened.keyboard.press(key)
    assert (time.perf_counter() - start) / 12 < 0.25  # seconds; about 0.02 on an idle machine


def test_a_single_scene_has_no_dial(visit, tmp_path):
    opened, _ = visit(emviz.save_html(melting()[0], tmp_path / "one.html"))
    opened.locator(".emviz").wait_for()
    assert not opened.locator(".emviz-dial").is_visible()


@pytest.mark.parametrize(("name", "shown"), [("iterations", "Iterations"), ("σ", "σ"), ("k", "k"), ("K", "K")])
def test_a_word_begins_with_a_capital_and_a_sign_stays_as_it_is(visit, tmp_path, name, shown):
    runs = [emviz.run(emviz.KMeans(2), emviz.datasets.heights(), rng=0, max_iterations=n) for n in (1, 2)]
    opened, _ = visit(emviz.save_html(Dial(map(emviz.scene, runs), name, ["1", "2"]), tmp_path / "dial.html"))
    expect(opened.locator(".emviz-dial")).to_contain_text(shown)
