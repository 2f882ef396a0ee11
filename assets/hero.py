"""Draws assets/hero.gif, the picture at the top of the README."""

from pathlib import Path

import numpy as np

import emviz


def draw(path: Path) -> Path:
    eruptions = emviz.datasets.faithful()
    model = emviz.GaussianMixture(2)
    start = model.start(eruptions, means=np.array([[2.5, 85.0], [4.0, 50.0]]),  # both far from any cluster
                        covariances=[np.diag(eruptions.data.var(axis=0) / 4)] * 2)
    trace = emviz.run(model, eruptions, start, tolerance=0.1)
    return emviz.save_gif(trace, path, seconds_per_step=0.9, hold=2.5, tween=4)


if __name__ == "__main__":
    draw(Path(__file__).with_suffix(".gif"))
