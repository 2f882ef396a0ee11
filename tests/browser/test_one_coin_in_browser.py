"""A scene of no run in the player: the slider moves it, and nothing offers the E and M that it does not have."""

import numpy as np
import pytest
from painted import movers_of
from playwright.sync_api import expect
from small_scene import in_picture

import emviz
from emviz.lessons.pictures import likelihood

pytestmark = pytest.mark.browser


def test_the_slider_is_the_chance_of_heads(visit, tmp_path):
    scene = likelihood("HTTHTTTTHT")
    opened, trouble = visit(emviz.save_html(scene, tmp_path / "coin.html"))
    player = opened.locator(".emviz")
    for step in (30, 77):
        player.get_by_label("Step", exact=True).fill(str(step))
        expect(player.locator(".emviz-caption p[aria-live]")).to_contain_text(f"p = 0.{step}: heads have the factor")
        vertices = movers_of(player)["here"][0]["vertices"]
        scene.show(step)
        (here,) = scene.panel.transData.transform(scene.movers["here"].get_offsets())
        middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2
        np.testing.assert_allclose(middle, in_picture(scene, here), atol=0.2)
    assert trouble.errors == []


def test_there_is_no_stop_at_e_or_m_without_a_run(visit, tmp_path):
    run = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], max_iterations=2, rng=0)
    for shown, offered in [(likelihood("HT"), False), (run, True)]:
        opened, _ = visit(emviz.save_html(shown, tmp_path / "page.html"))
        opened.get_by_role("button", name="More").click()
        expect(opened.get_by_label("Speed", exact=True)).to_be_visible()
        expect(opened.get_by_role("group", name="Stop at")).to_be_visible(visible=offered)
