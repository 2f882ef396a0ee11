"""Draws assets/strip.png for the README: the heights of a class, and how two Gaussians find its two groups."""

from pathlib import Path

import emviz


def draw(path: Path) -> Path:
    heights = emviz.datasets.heights()
    model = emviz.GaussianMixture(2)
    start = model.start(heights, means=[[62.0], [65.0]])  # both in the same group
    trace = emviz.run(model, heights, start, tolerance=0.01)
    return emviz.save_strip(trace, path, steps=[0, 1, 2, 4, 8, len(trace) - 1])


if __name__ == "__main__":
    draw(Path(__file__).with_suffix(".png"))
