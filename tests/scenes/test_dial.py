"""The dial from hard to soft: every temperature is a run of its own, from one start."""

import numpy as np
import pytest

import emviz
from emviz.scenes.dial import from_hard_to_soft

DATA = emviz.datasets.blobs(90)


@pytest.fixture(scope="module")
def dial() -> emviz.Dial:
    return from_hard_to_soft(emviz.KMeans(3), DATA, DATA.data[:3], temperatures=(0, 0.5, 40), max_iterations=30)


def test_every_scene_is_the_run_at_its_temperature(dial):
    for scene, temperature in zip(dial, (0, 0.5, 40)):
        alone = emviz.run(emviz.KMeans(3, temperature=temperature), DATA, DATA.data[:3], max_iterations=30)
        assert len(alone) == len(scene.trace)
        np.testing.assert_array_equal(alone.final.means, scene.trace.final.means)
    assert dial.name == "temperature" and dial.labels == ("0 (k-means)", "0.5", "40")


def test_it_begins_with_k_means_and_ends_with_one_center(dial):
    hard, _, hot = (scene.trace.responsibilities(len(scene) - 1) for scene in dial)
    assert set(np.unique(hard)) == {0.0, 1.0}
    np.testing.assert_allclose(hot, 1 / 3, atol=0.05)
    np.testing.assert_allclose(dial[2].trace.final.means, np.tile(DATA.data.mean(axis=0), (3, 1)), atol=0.2)


def test_the_pictures_differ_in_nothing_else(dial):
    assert len({(scene.panel.get_xlim(), scene.panel.get_ylim()) for scene in dial}) == 1


def test_by_itself_it_reaches_beyond_the_last_split():
    # Above T = the largest variance in any direction, one center is all there is (Rose, Gurewitz & Fox 1990).
    own = from_hard_to_soft(emviz.KMeans(2), DATA, rng=0, max_iterations=60)
    temperatures = [scene.trace.model.temperature for scene in own]
    assert temperatures[0] == 0 and temperatures == sorted(temperatures)
    largest = np.linalg.eigvalsh(np.cov(DATA.data.T, bias=True))[-1]
    assert temperatures[-1] > largest > temperatures[-2]
    apart = [np.hypot(*(scene.trace.final.means[1] - scene.trace.final.means[0])) for scene in own]
    assert apart[-1] < 0.1 * apart[0]


def test_a_mixture_passes_em_on_the_way():
    own = from_hard_to_soft(emviz.GaussianMixture(2), DATA, rng=0, max_iterations=3)
    assert own.labels[0] == "0 (hard EM)" and "1 (EM)" in own.labels
    plain = emviz.run(emviz.GaussianMixture(2), DATA, rng=0, max_iterations=3)
    np.testing.assert_array_equal(own[own.labels.index("1 (EM)")].trace.final.means, plain.final.means)


def test_wrong_arguments_are_named():
    with pytest.raises(ValueError, match=r"temperatures\[1\]"):
        from_hard_to_soft(emviz.KMeans(2), DATA, temperatures=(0, -1))
    with pytest.raises(ValueError, match="temperatures is empty"):
        from_hard_to_soft(emviz.KMeans(2), DATA, temperatures=())
    with pytest.raises(ValueError, match="labels are 2 and scenes 1"):
        emviz.Dial([emviz.scene(emviz.run(emviz.KMeans(2), DATA, rng=0))], "k", ("1", "2"))
    with pytest.raises(ValueError, match="scenes is empty"):
        emviz.Dial([])


def test_scenes_of_one_dial_have_one_size():
    trace = emviz.run(emviz.KMeans(2), DATA, rng=0)
    with pytest.raises(ValueError, match="different sizes"):
        emviz.Dial([emviz.scene(trace), emviz.scene(trace, size=(480, 270))], "size", ("large", "small"))


def test_a_dial_is_a_player_and_a_page_and_one_of_its_scenes_a_gif(dial, tmp_path):
    player = emviz.melt(emviz.KMeans(2), DATA, temperatures=(0, 1), rng=0, max_iterations=3)
    assert player.dial.labels == ("0 (k-means)", "1")
    assert emviz.save_html(dial, tmp_path / "dial.html").stat().st_size < 300_000
    with pytest.raises(ValueError, match="this has 3 scenes, one for each temperature: give one of them"):
        emviz.save_gif(dial, tmp_path / "dial.gif")
    assert not (tmp_path / "dial.gif").exists()
    assert emviz.save_gif(dial[1], tmp_path / "dial.gif", steps=[0, 1]).exists()


def test_wrong_kinds_are_named(dial):
    trace = dial[0].trace
    for scenes, told in ([trace], r"scenes\[0\] is a Trace"), (dial[0], "scenes is one TraceScene: give a list"):
        with pytest.raises(TypeError, match=told):
            emviz.Dial(scenes)
    with pytest.raises(TypeError, match="model is a Trace, not a model with a temperature"):
        from_hard_to_soft(trace, DATA)
    with pytest.raises(TypeError, match="temperatures is 3: give several"):
        from_hard_to_soft(emviz.KMeans(2), DATA, temperatures=3)
