"""The two pictures of one coin: what they draw and say is the likelihood, and every medium shows them."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import bernoulli, beta

import emviz
from emviz import draw
from emviz.lessons.pictures import likelihood, likelihood_so_far
from emviz.scenes import Scene

FLIPS = "HTTHTTTTHT"
LONGER = FLIPS + "TTHTTTTTTHTTTTTTHTHH"


@pytest.fixture(scope="module")
def over_p() -> Scene:
    return likelihood(FLIPS)


@pytest.fixture(scope="module")
def over_flips() -> Scene:
    return likelihood_so_far(LONGER)


def test_the_height_is_the_product_of_the_factors(over_p: Scene) -> None:
    faces = [int(flip == "H") for flip in FLIPS]
    for step in (0, 12, 30, 77, 100):
        over_p.show(step)
        (p, height), = over_p.movers["here"].get_offsets()
        assert p == step / 100
        assert height == pytest.approx(bernoulli.pmf(faces, p).prod(), rel=1e-9)
        factors = [draw.numeral(f"{factor:.2f}", "normal") for factor in bernoulli.pmf(faces, p)]
        for path, factor in zip(over_p.movers["factors"].get_paths(), factors, strict=True):
            np.testing.assert_array_equal(path.vertices, factor.vertices)
    assert "0.00222" in over_p.caption(30) and "this is the top" in over_p.caption(30)
    assert sum("top" in over_p.caption(step) for step in range(len(over_p))) == 1


def test_the_curves_are_beta_densities_scaled_to_one(over_flips: Scene) -> None:
    for step in (1, 3, 10, 30):
        over_flips.show(step)
        x, y = over_flips.movers["curve"].get_data()
        heads = LONGER[:step].count("H")
        density = beta.pdf(x, heads + 1, step - heads + 1)
        assert y * density.max() == pytest.approx(density, abs=0.01 * density.max())
        (top, one), = over_flips.movers["top"].get_offsets()
        assert (top, one) == (pytest.approx(heads / step), 1)


def test_the_band_narrows_and_is_where_the_curve_is_above_one_half(over_flips: Scene) -> None:
    widths = []
    for step in (4, 10, 20, 30):
        over_flips.show(step)
        x, y = over_flips.movers["curve"].get_data()
        band = over_flips.movers["band"].get_paths()[0].vertices[:, 0]
        assert np.interp([band.min() + 0.01, band.max() - 0.01], x, y).min() > 0.5
        widths.append(np.ptp(band))
    assert widths == sorted(widths, reverse=True)
    assert "above half its height from 0.15 to 0.48" in over_flips.caption(10)
    assert over_flips.caption(0).startswith("No flip yet")


def test_a_saved_notebook_shows_the_top(over_p: Scene, over_flips: Scene) -> None:
    assert (over_p.still, len(over_p)) == (30, 101)
    assert (over_flips.still, len(over_flips)) == (30, 31)
    player = emviz.show(over_p)
    metadata = player._repr_mimebundle_()[1]
    assert metadata["image/png"]["alt"] == over_p.alt(30)


def test_every_medium_shows_it(over_p: Scene, tmp_path: Path) -> None:
    emviz.save_gif(over_p, tmp_path / "coin.gif", steps=[0, 30, 100], size=(480, 270))
    emviz.save_html(over_p, tmp_path / "coin.html", steps=[0, 30, 100])
    emviz.save_strip(over_p, tmp_path / "coin.png", steps=[0, 30, 100], size=(320, 180))
    assert all((tmp_path / f"coin.{kind}").stat().st_size > 1000 for kind in ("gif", "html", "png"))


@pytest.mark.parametrize("flips", ["T", "HHH", "HTTHTTTTHTHHT", "HT" * 5, FLIPS * 6])
@pytest.mark.parametrize("projector", [False, True])
def test_other_flips_find_their_place(flips: str, projector: bool) -> None:
    for scene in (likelihood(flips, projector=projector), likelihood_so_far(flips, projector=projector)):
        scene.frame(scene.still)
        low, high = scene.figure.bbox.get_points()
        for text in [*scene.figure.texts, *(text for ax in scene.figure.axes
                                            for text in (*ax.texts, ax.xaxis.label, ax.yaxis.label))]:
            box = text.get_window_extent()
            assert (box.min >= low - 1).all() and (box.max <= high + 1).all(), text.get_text()
    over_p = likelihood(flips)
    at_top = "this is the top" if 100 * flips.count("H") % len(flips) == 0 else "the top is next to it"
    assert at_top in over_p.caption(over_p.still)


@pytest.mark.parametrize("flips", ["", "HTX", "h", 3, None, "HT" * 31])
@pytest.mark.parametrize("picture", [likelihood, likelihood_so_far])
def test_flips_that_are_none_are_named(picture, flips) -> None:
    with pytest.raises(ValueError, match="flips is .*such as 'HTTHTTTTHT'"):
        picture(flips)
