"""Scenes: pictures that can show any state of a trace."""

from __future__ import annotations

from emviz.models import BinomialMixture, GaussianMixture, KMeans, PoissonMixture
from emviz.scenes.coins import CoinsScene
from emviz.scenes.counts import CountsScene
from emviz.scenes.line import LineScene
from emviz.scenes.plane import PlaneScene
from emviz.scenes.scene import DESIGN, Scene
from emviz.trace import Trace

__all__ = ["Scene", "scene"]


def scene(trace: Trace, *, size: tuple[int, int] = DESIGN, title: str | None = None, step: float = 0) -> Scene:
    """The picture for a run, chosen by its model and its data.

    size: (width, height) in pixels.  title: drawn above the caption; None draws none.
    step: the state to show first.  Data of more than two features are a ValueError that says what to do.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace is a {type(trace).__name__}: a scene shows what emviz.run(model, points) returns")
    return _scene_class(trace)(trace, size=size, title=title, step=step)


def _scene_class(trace: Trace) -> type[Scene]:
    model = trace.model
    if isinstance(model, BinomialMixture):
        return CoinsScene
    if isinstance(model, PoissonMixture):
        return CountsScene
    if not isinstance(model, KMeans | GaussianMixture):
        raise TypeError(f"trace is a run of {type(model).__name__}: there are scenes for KMeans, GaussianMixture, "
                        "BinomialMixture and PoissonMixture")
    n_features = trace.data.shape[1]
    if n_features > 2:
        raise ValueError(f"the data have {n_features} features and a picture has two: run the model on two columns, "
                         "such as points[:, :2], or on two principal components")
    return LineScene if n_features == 1 else PlaneScene
