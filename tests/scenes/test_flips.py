"""The table of flips: its numbers are those of Do & Batzoglou (2008), and follow from each other."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

import emviz
from emviz import draw, style

HEADS = np.array([5, 9, 8, 4, 7])
FLIPS = ("HTTTHHTHTH", "HHHHTHHHHH", "HTHHHHHTHH", "HTHTTTHHTT", "THHHTHHHTH")
GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))["coins_do_batzoglou_2008"]


def coins(k: int = 2, n_trials=10, heads=HEADS, **options) -> emviz.Trace:
    model = emviz.BinomialMixture(k, n_trials, **options)
    start = model.start(heads, probabilities=[0.6, 0.5, 0.3, 0.8][:k])
    return emviz.run(model, heads, start, max_iterations=5)


@pytest.fixture(scope="module")
def table():
    return emviz.scene(coins(fixed=("weights",)), "flips", flips=FLIPS)


def text(scene, name: str) -> str:
    return scene.movers[name].get_text()


def number(scene, name: str) -> float:
    return float(text(scene, name).lstrip("= "))


def test_the_first_e_is_the_published_one(table):
    table.show(1)
    first = GOLDEN["first_e_step"]
    assert [text(table, f"% {row} 0") for row in range(5)] == ["45", "80", "73", "35", "65"]
    np.testing.assert_allclose([number(table, f"heads {row} 0") for row in range(5)], first["heads_A"], atol=0.05)
    np.testing.assert_allclose([number(table, f"tails {row} 0") for row in range(5)], first["tails_A"], atol=0.05)
    assert [text(table, f"heads {row} 0") for row in range(5)] == ["2.2", "7.2", "5.9", "1.4", "4.5"]
    assert [text(table, f"tails {row} 0") for row in range(5)] == ["2.2", "0.8", "1.5", "2.1", "1.9"]
    totals = [text(table, f"total {side} {j}") for j in range(2) for side in ("heads", "tails")]
    assert totals == ["21.3", "8.6", "11.7", "8.4"]


def test_the_first_m_is_the_published_one(table):
    table.show(2)
    assert [text(table, f"formula {j}") for j in range(2)] == ["21.3 / (21.3 + 8.6)", "11.7 / (11.7 + 8.4)"]
    assert [text(table, f"new chance {j}") for j in range(2)] == ["= 0.71", "= 0.58"]
    assert [text(table, f"chance {j}") for j in range(2)] == ["0.71", "0.58"]
    np.testing.assert_allclose([number(table, f"chance {j}") for j in range(2)], GOLDEN["trace"][1], atol=0.005)


@pytest.mark.parametrize(("k", "fixed"), [(1, ()), (2, ()), (3, ("weights",)), (4, ())])
def test_every_number_follows_from_the_chances(k, fixed):
    trace = coins(k, n_trials=(10, 12, 9, 20, 7), fixed=fixed)
    scene = emviz.scene(trace, "flips")
    flips = np.array([10, 12, 9, 20, 7])
    for step, state in enumerate(trace):
        scene.show(step)
        assert [text(scene, f"chance {j}") for j in range(k)] == [f"{p:.2f}" for p in state.params.probabilities]
        if step == 0:
            continue
        joint = state.q_params.weights * binom.pmf(HEADS[:, None], flips[:, None], state.q_params.probabilities)
        shares = joint / joint.sum(axis=1, keepdims=True)
        for row, j in np.ndindex(shares.shape):
            assert number(scene, f"% {row} {j}") == pytest.approx(100 * shares[row, j], abs=0.501)
            assert number(scene, f"heads {row} {j}") == pytest.approx(shares[row, j] * HEADS[row], abs=0.0501)
            assert number(scene, f"tails {row} {j}") == pytest.approx(shares[row, j] * (flips - HEADS)[row], abs=0.0501)
        heads, tails = shares.T @ HEADS, shares.T @ (flips - HEADS)
        for j in range(k):
            assert text(scene, f"total heads {j}") == f"{heads[j]:.1f}"
            if state.kind == "M":
                assert text(scene, f"formula {j}") == f"{heads[j]:.1f} / ({heads[j]:.1f} + {tails[j]:.1f})"
                assert text(scene, f"new chance {j}") == f"= {heads[j] / (heads[j] + tails[j]):.2f}"
                if not fixed:
                    sets = shares[:, j].sum()
                    assert text(scene, f"new weight {j}") == f"{sets:.1f} / 5 = {sets / 5:.2f}"
                    assert text(scene, f"weight {j}") == f"{state.params.weights[j]:.2f}"
                    assert text(scene, f"total % {j}") == f"{sets:.1f}"
        assert ("new weight 0" in scene.movers) == ("total % 0" in scene.movers) == (not fixed)


def test_before_the_first_e_the_cells_are_empty(table):
    table.show(0)
    cells = [artist.get_text() for name, artist in table.movers.items()
             if name.split()[0] in ("%", "heads", "tails", "total", "new")]
    assert len(cells) == 2 * (5 * 3 + 2 + 1) and set(cells) == {"–"}
    assert not table.movers["cells"].get_facecolor()[:, 3].any()
    assert (table.movers["points"].get_facecolor()[:, :3] == draw.rgba([style.UNKNOWN])[:, :3]).all()


def test_an_e_lights_the_cells_and_an_m_the_totals(table):
    lit = []
    for step in (1, 2):
        table.show(step)
        lit.append((table.movers["cells"].get_facecolor()[:, 3].max(),
                    table.movers["lit totals"].get_facecolor()[:, 3].max()))
    (cells_in_e, totals_in_e), (cells_in_m, totals_in_m) = lit
    assert cells_in_e > 1.5 * cells_in_m and totals_in_e == 0 and totals_in_m == 1
    assert text(table, "new chance 0") != "–"
    table.show(3)
    assert text(table, "new chance 0") == "–" and text(table, "formula 0") == ""


def test_a_color_is_as_strong_as_its_number(table):
    table.show(1)
    alphas = table.movers["cells"].get_facecolor()[:, 3].reshape(5, 2, 3)
    shares = table.trace.responsibilities(1)
    np.testing.assert_allclose(alphas[..., 0] / alphas[0, 0, 0], shares / shares[0, 0])
    np.testing.assert_allclose(alphas[..., 1] / alphas[0, 0, 1], shares * HEADS[:, None] / (shares[0, 0] * 5))


def test_every_flip_is_a_disc_with_its_letter(table):
    standing = [artist for artist in table.panel.collections if artist not in table.movers.values()]
    letters = {letter: artist.get_offsets() for artist in standing for letter in "HT"
               if artist.get_paths()[0] is draw.numeral(letter)}
    rows = table.movers["points"].get_offsets()[:, 1]
    for row, at in enumerate(rows):
        found = sorted((x, letter) for letter, places in letters.items() for x, y in places if y == at)
        assert "".join(letter for _, letter in found) == FLIPS[row]


def test_without_the_order_heads_and_tails_are_one_bar():
    scene = emviz.scene(coins(n_trials=(10, 12, 9, 20, 7)), "flips")
    standing = [artist for artist in scene.panel.collections if artist not in scene.movers.values()]
    bars = [[np.ptp(path.vertices[:, 0]) for path in artist.get_paths()] for artist in standing
            if len(artist.get_paths()) == 5]
    heads, tails = np.array(bars)
    np.testing.assert_allclose(heads / heads[0], HEADS / HEADS[0])
    np.testing.assert_allclose(heads / (heads + tails), HEADS / [10, 12, 9, 20, 7])


def test_what_an_m_leaves_alone_is_kept():
    trace = coins(fixed=("probabilities",))
    scene = emviz.scene(trace, "flips", step=2)
    assert [text(scene, f"{name} 0") for name in ("formula", "new chance")] == ["kept at", "0.60"]
    model = emviz.BinomialMixture(2, 10, temperature=0.0)
    empty = emviz.run(model, [9, 8, 9], model.start([9, 8, 9], probabilities=[0.9, 0.1]), max_iterations=1)
    scene = emviz.scene(empty, "flips", step=2)
    assert [text(scene, f"{name} 1") for name in ("formula", "new chance")] == ["kept at", "0.10"]
    assert text(scene, "new weight 1") == "0.0 / 3 = 0.00"


def test_halfway_is_halfway(table):
    table.show(2.5)
    before, after = table.trace.responsibilities(2), table.trace.responsibilities(3)
    assert number(table, "% 1 0") == pytest.approx(50 * (before + after)[1, 0], abs=0.51)
    assert text(table, "new chance 0") == "= 0.71" and 0 < table.movers["new chance 0"].get_alpha() < 1


def test_a_pointer_reads_the_set(table):
    table.show(3)
    reading, = table.readings
    assert reading.names[1] == "set 1: 9 of 10 heads" and reading.components == ("coin 0", "coin 1")
    np.testing.assert_array_equal(reading.percents(3), np.rint(100 * table.trace.responsibilities(3)))
    assert len(table.movers["points"].get_offsets()) == 5


@pytest.mark.parametrize("frame", [{}, {"size": (640, 360)}, {"projector": True}, {"size": (600, 900)}])
@pytest.mark.parametrize(("trace", "flips"), [
    (coins(), None), (coins(), FLIPS), (coins(2, 1000, [999, 1000, 0]), None),
    (coins(4, 100, [50, 33, 80, 92, 14, 40]), None), (coins(3, 10, [5, 9, 8, 4, 7, 3, 2, 6, 9, 8, 1, 5]), None)])
def test_no_text_touches_another(trace, flips, frame):
    scene = emviz.scene(trace, "flips", step=2, flips=flips, **frame)
    scene.figure.canvas.draw()
    boxes = [(artist.get_text(), artist.get_window_extent()) for artist in scene.panel.texts if artist.get_text()]
    width, height = scene.figure.bbox.size
    for at, (name, box) in enumerate(boxes):
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height - scene.caption_height, name
        for other, beside in boxes[at + 1:]:
            overlap = (min(box.x1, beside.x1) - max(box.x0, beside.x0), min(box.y1, beside.y1) - max(box.y0, beside.y0))
            assert min(overlap[0], overlap[1] - 0.3 * min(box.height, beside.height)) < 1, (name, other)
    badge = scene.panel.transData.transform(scene.movers["badges"].get_offsets())[0] - 14 * scene.scale
    left = min(box.x0 for _, box in boxes)
    assert all(box.x1 < badge[0] for _, box in boxes if box.x0 < left + 1)


@pytest.mark.parametrize(("flips", "error", "message"), [
    ("HTTTHHTHTH", TypeError, "flips is 'HTTTHHTHTH': give one text for each set"),
    (5, TypeError, "flips is 5: give one text"),
    (FLIPS[:4], ValueError, "flips has 4 texts for 5 sets"),
    ((*FLIPS[:4], "THHHTHHHTX"), ValueError, r"flips\[4\] is 'THHHTHHHTX': write a set with the letters H and T"),
    ((*FLIPS[:4], 7), ValueError, r"flips\[4\] is 7: write a set"),
    ((*FLIPS[:4], "HHHHHHHHHH"), ValueError, r"flips\[4\] has 10 heads of 10 flips, but set 4 of the data has 7 of 10"),
])
def test_wrong_flips_are_named(flips, error, message):
    with pytest.raises(error, match=message):
        emviz.scene(coins(), "flips", flips=flips)


def test_small_letters_are_flips_too_and_too_many_are_refused():
    assert emviz.scene(coins(), "flips", flips=[flips.lower() for flips in FLIPS])
    model = emviz.BinomialMixture(1, 50)
    trace = emviz.run(model, [25, 30], rng=0, max_iterations=1)
    with pytest.raises(ValueError, match="flips has sets of more than 40 flips, .*leave flips out"):
        emviz.scene(trace, "flips", flips=["HT" * 25, "H" * 30 + "T" * 20])


def test_what_has_no_room_gets_the_way_out():
    many = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8] * 5, rng=0, max_iterations=1)
    with pytest.raises(ValueError, match="a table of 15 sets has no room, 12 have: take the view 'coins'"):
        emviz.scene(many, "flips")
    five = emviz.run(emviz.BinomialMixture(5, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=1)
    with pytest.raises(ValueError, match="a table of 5 coins has no room, 4 have: take the view 'coins'"):
        emviz.scene(five, "flips")
    with pytest.raises(ValueError, match="does not fit this trace: it shows BinomialMixture"):
        emviz.scene(emviz.run(emviz.KMeans(2), [1.0, 2, 5], rng=0), "flips")
    assert emviz.scene(many).view.NAME == "coins" == emviz.scene(coins()).view.NAME
