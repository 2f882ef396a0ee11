"""Pictures of the lessons that are scenes but no runs keep the laws of pictures."""

from collections.abc import Callable

import numpy as np
import pytest

from emviz.lessons.pictures import bells, likelihood, likelihood_so_far
from emviz.marks import record
from emviz.scenes import Scene

DISTANCE = np.arange(6, 31)
SCENES = {
    "likelihood": lambda: likelihood("HTTHTTTTHT"),
    "likelihood so far": lambda: likelihood_so_far("HTTHTTTTHTTTHTTTTTTH"),
    "humps": lambda: bells(np.column_stack([170 - DISTANCE / 2, 170 + DISTANCE / 2]), (7, 7), first=14),
    "shares": lambda: bells((64, 70), (2, 4), [(share / 10, 1 - share / 10) for share in range(1, 10)], shares=True),
}


@pytest.mark.parametrize("make", SCENES.values(), ids=SCENES)
def test_it_keeps_the_laws_of_pictures(make: Callable[[], Scene]) -> None:
    scene = make()
    first = scene.frame(0)
    artists = dict(scene.movers)
    for step in (1, 4.5, len(scene) - 1):
        assert (scene.frame(step) != first).any()
        assert scene.movers == artists
    np.testing.assert_array_equal(scene.frame(0), first)
    assert all(20 <= len(scene.alt(step)) < 300 for step in range(len(scene)))
    recording = record(scene, [0, 4, len(scene) - 1])
    assert set(recording.kinds) == {""}  # so the player offers no stops at E or M
    wide = scene.again(size=(640, 360), title="A lesson", projector=True)
    assert wide.frame(3).shape == (360, 640, 3) and wide.kinds == scene.kinds
