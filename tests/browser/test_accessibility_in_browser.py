"""axe-core finds no fault in an exported page, whatever is open."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

import emviz
from emviz.scenes.dial import from_hard_to_soft

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    data = emviz.datasets.blobs(60)
    space = emviz.datasets.blobs(40, centers=[[0, 0, 0], [4, 0, 1], [0, 4, 2]])
    dial = from_hard_to_soft(emviz.GaussianMixture(2), data, temperatures=[0, 1], max_iterations=2, rng=0)
    return {
        "plane": emviz.save_html(emviz.run(emviz.GaussianMixture(3), data, max_iterations=2, rng=0),
                                 folder / "plane.html"),
        "dial": emviz.save_html(dial, folder / "dial.html"),
        "space": emviz.save_html(emviz.scene(emviz.run(emviz.KMeans(3), space, rng=0), "space"), folder / "space.html"),
    }


def open_more(opened):
    opened.get_by_role("button", name="More").click()
    expect(opened.locator(".emviz-panel")).to_be_visible()


def show_card(opened):
    opened.get_by_label("Step", exact=True).fill("1")
    opened.get_by_label("Point", exact=True).focus()
    expect(opened.locator(".emviz-card")).to_be_visible()


def fill_screen(opened):
    opened.keyboard.press("f")
    expect(opened.locator(".emviz:fullscreen")).to_be_attached()


def go_to_end(opened):
    opened.get_by_role("button", name="To the end").click()
    expect(opened.get_by_role("button", name="To the end")).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("width", [360, 1300])
@pytest.mark.parametrize("name", ["plane", "dial", "space"])
def test_axe_finds_no_fault(visit, pages, name, width):
    opened, _ = visit(pages[name], width, 800)
    opened.locator(".emviz").wait_for()
    opened.evaluate(AXE)
    assert faults(opened) == []
    for change in (open_more, show_card, go_to_end, fill_screen):
        change(opened)
        assert faults(opened) == [], change.__name__


def test_axe_would_find_a_fault(visit, pages):
    opened, _ = visit(pages["plane"])
    opened.locator(".emviz").wait_for()
    opened.evaluate(AXE)
    opened.get_by_role("button", name="Play").evaluate(
        "(button) => ['aria-label', 'title'].forEach((name) => button.removeAttribute(name))")
    assert [rule for rule, _ in faults(opened)] == ["button-name"]


def faults(opened):
    """(rule, where), of any impact."""
    found = opened.evaluate("axe.run()")
    assert len(found["passes"]) > 10
    return [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
