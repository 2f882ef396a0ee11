"""emviz: watch expectation–maximization think, one half-step at a time."""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# Where each public name lives. A name is loaded when it is first used, so that `import emviz` is quick.
_HOMES = {
    "Collapse": "em", "Expectation": "em", "LatentModel": "em", "Step": "em", "Update": "em", "em_steps": "em",
    "until_converged": "em",
    "Params": "params",
    "Trace": "trace", "load_trace": "trace", "run": "trace",
    "BinomialMixture": "models", "BinomialParams": "models", "GaussianMixture": "models", "GaussianParams": "models",
    "GaussianPrior": "models", "KMeans": "models", "KMeansParams": "models", "PoissonMixture": "models",
    "PoissonParams": "models",
    "accuracy": "metrics", "adjusted_rand": "metrics", "aic": "metrics", "bic": "metrics", "match_labels": "metrics",
    "log_likelihood": "metrics", "responsibilities": "metrics",
    "from_sklearn": "convert", "to_sklearn": "convert",
    "Restarts": "restart", "restarts": "restart",
    "Basins": "basin", "basins": "basin",
    "Dataset": "datasets",
    "Dial": "scenes.dial", "scene": "scenes", "side_by_side": "scenes",
    "save_frames": "export", "save_gif": "export", "save_mp4": "export", "save_strip": "export", "save_webp": "export",
    "save_html": "page", "save_page": "page",
    "Explorer": "explorer", "explore": "explorer",
    "compare": "player", "melt": "player", "show": "notebook",
}
_ROOMS = ("ascent", "basin", "basin_player", "convert", "datasets", "draw", "em", "explorer", "export", "lessons",
          "markdown", "marks", "metrics", "models", "notebook", "page", "player", "progress", "restart", "scenes",
          "starts", "style", "tables", "trace", "validate")

__all__ = sorted([*_HOMES, "datasets", "lessons", "metrics", "models"])


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"emviz.{_HOMES[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"emviz.{name}")
    raise AttributeError(f"module 'emviz' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
