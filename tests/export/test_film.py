"""How a run is cut into frames."""

import numpy as np
import pytest

import emviz
from emviz.export.film import Film, schedule
from emviz.export.options import Options


def test_in_between_frames_start_and_end_slowly():
    at, seconds = schedule([0, 1, 2], 1.0, 2.0, 4)
    assert at[:6] == pytest.approx([0, 0.104, 0.352, 0.648, 0.896, 1])
    assert seconds == pytest.approx([2, 0.04, 0.04, 0.04, 0.04, 0.84, 0.04, 0.04, 0.04, 0.04, 2])


def test_glides_leave_a_state_its_time():
    _, seconds = schedule([0, 1, 2], 0.5, 1.0, 20)
    glides = seconds[1:16]  # 15 of the 20: more would be shorter than a browser shows
    assert glides == pytest.approx([0.02] * 15) and seconds[16] == pytest.approx(0.2)
    assert sum(seconds[1:17]) == pytest.approx(0.5)


@pytest.mark.parametrize("seconds_per_step", [0.02, 0.034, 0.04, 0.05, 0.1])
@pytest.mark.parametrize("tween", [1, 7])
def test_no_frame_is_too_short_for_a_browser(seconds_per_step, tween):
    _, seconds = schedule([0, 1, 2], seconds_per_step, 1.0, tween)
    assert min(seconds) >= 0.02 - 1e-9
    assert sum(seconds) == pytest.approx(2 + seconds_per_step + (len(seconds) - 3) / 2 * seconds[1])


def test_frames_that_are_drawn_already_are_not_drawn_again(monkeypatch):
    trace = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=2)
    film = Film.of(trace, Options(size=(320, 180)))
    frames = list(film.frames())
    sample = film.sample(3)
    assert list(sample) == [0, 2, 4]
    frame, drawn = emviz.scenes.Scene.frame, []
    monkeypatch.setattr(emviz.scenes.Scene, "frame", lambda self, step: drawn.append(step) or frame(self, step))
    np.testing.assert_array_equal(list(film.frames(sample)), frames)
    assert drawn == [1, 3] and not sample


def test_a_short_film_is_sampled_whole():
    trace = emviz.run(emviz.BinomialMixture(2, 10), [5, 9, 8, 4, 7], rng=0, max_iterations=0)
    assert list(Film.of(trace, Options(size=(320, 180))).sample(12)) == [0]
