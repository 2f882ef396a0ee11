"""How a run is cut into frames."""

import pytest

from emviz.export.film import schedule


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
