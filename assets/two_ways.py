"""Draws assets/two_ways.gif for the README: k-means and a Gaussian mixture from one start, on stretched blobs."""

from pathlib import Path

import emviz


def draw(path: Path) -> Path:
    points = emviz.datasets.stretched_blobs(300)
    hard, mixture = emviz.KMeans(3), emviz.GaussianMixture(3)
    start = hard.start(points, "k-means++", rng=1)
    k_means = emviz.run(hard, points, start)
    soft = emviz.run(mixture, points, mixture.start(points, means=start.means))
    pair = emviz.side_by_side(k_means, soft, names=("k-means", "Gaussian mixture"), size=(880, 519))
    return emviz.save_gif(pair, path, seconds_per_step=0.7, hold=2.5, tween=1)


if __name__ == "__main__":
    draw(Path(__file__).with_suffix(".gif"))
