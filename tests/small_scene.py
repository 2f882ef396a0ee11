"""Scenes small enough to check by hand, with every kind of mark; for the tests of what paints scenes."""

from contextlib import contextmanager

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from matplotlib.path import Path

from emviz.scenes.view import Readings

SQUARE = Path([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]], closed=True)
TRIANGLE = Path([[-0.5, -0.5], [0.5, -0.5], [0.25, 0.2], [0.0, 0.5], [-0.5, -0.5]], closed=True)
GRID = np.zeros((2, 3, 4), np.uint8)
GRID[..., 3] = 255
GRID[0, 0, :3] = 255, 0, 0  # upper left
GRID[1, 2, :3] = 0, 0, 255  # lower right


class _Scene:
    """What emviz.marks and emviz.page ask of a scene."""

    caption_height = 40.0
    readings = ()
    fields = ()
    turning = ()

    def __len__(self) -> int:
        return len(self.kinds)

    def move(self, step: float) -> None:
        self.show(step)

    @contextmanager
    def without_movers(self):
        for artist in self.movers.values():
            artist.set_animated(True)
        yield
        for artist in self.movers.values():
            artist.set_animated(False)

    def frame(self, step: float) -> np.ndarray:
        self.show(step)
        self.figure.canvas.draw()
        return np.asarray(self.figure.canvas.buffer_rgba())[:, :, :3].copy()


class SmallScene(_Scene):
    """Six points that change color and shape, an ellipse that glides and turns, a label that follows it."""

    title = "Six points"
    kinds = ("start", "E", "M", "E")

    def __init__(self, n_points: int = 6) -> None:
        self.readings = (Readings("points", tuple(f"point {i}" for i in range(n_points)), ("red", "green"),
                                  self.percents),)
        self.figure = Figure(figsize=(4, 3), dpi=100)
        FigureCanvasAgg(self.figure)
        ax = self.ax = self.figure.add_axes((0.1, 0.1, 0.8, 0.7))
        ax.set(xlim=(0, 10), ylim=(0, 5))
        ax.plot([0, 10], [0, 5], color="#336699", linewidth=3, linestyle=(0, (4, 2)), dash_capstyle="round")
        self.points = ax.scatter(np.linspace(1, 9, n_points), np.linspace(4, 1, n_points) ** 1.1, s=80,
                                 linewidths=1.5, zorder=100)
        self.ellipse = Ellipse((2, 2), 3, 1, facecolor=(0, 0.5, 0, 0.5), edgecolor="black", linewidth=2, zorder=101)
        ax.add_patch(self.ellipse)
        self.label = ax.annotate("mean", (2, 2), (0, 20), textcoords="offset points", zorder=102)
        self.extra, = ax.plot([], [], color="red", zorder=103)
        self.image = ax.imshow(GRID, extent=(7, 10, 0, 2), aspect="auto", interpolation="none", zorder=104)
        ax.set(xlim=(0, 10), ylim=(0, 5))
        self.caption_artist = self.figure.text(0.05, 0.92, "", fontsize=12, zorder=105)
        self.movers = {"caption": self.caption_artist, "extra": self.extra, "image": self.image,
                       "points": self.points, "ellipse": self.ellipse, "label": self.label}
        self.show(0)

    def show(self, step: float) -> None:
        share = self.share(step)
        n = len(share)
        colors = np.column_stack([share, 1 - share, np.full(n, 0.25), np.ones(n)])
        self.points.set(facecolor=colors, edgecolor=["white", "black"])
        self.points.set_paths([SQUARE if i % 2 else TRIANGLE for i in range(n)] if step > 1 else [SQUARE])
        self.ellipse.set(center=(2 + step, 2), angle=30 * step)
        self.label.xy = 2 + step, 2
        self.extra.set_data([1, 2, 3], [step, 3, step])
        self.extra.set_visible(step == 2)
        self.caption_artist.set_text(self.caption(int(step)))

    def share(self, step: float) -> np.ndarray:
        """How red each point is, 0 to 1."""
        n = len(self.points.get_offsets())
        return (np.arange(n) / (n - 1) * (1 + step)) % 1

    def percents(self, step: int) -> np.ndarray | None:
        share = 100 * self.share(step)
        return np.rint(np.column_stack([share, 100 - share])).astype(np.uint8) if step else None

    def caption(self, step: int) -> str:
        return f"E, iteration {step}: <b>six</b> points & </script> \"ask\""

    def alt(self, step: int) -> str:
        return f"{self.caption(step)}. The ellipse is at {2 + step}."


class SpaceScene(_Scene):
    """In space three points, a bent wire, an upright post and a word; all of them move in the second state.

    A place is (right, up, near), in units of 20 pixels, before a turn by `yaw` degrees that brings what is near to
    the right, seen from `elevation` degrees above.
    """

    title = "Space"
    kinds = ("start", "E")
    turning = ("points", "wire", "post", "word")
    center = (200.0, 120.0)  # in the figure, y up

    PLACES = {
        "points": np.array([(3.0, 1, 2), (-2, 2, 3), (1, -3, -4)]),
        "wire": np.array([(0.0, 0, 0), (4, 1, -2), (2, -2, 5)]),
        "post": np.array([(-3.0, -2, 1), (-3, 3, 1)]),
        "word": np.array([(2.0, 3, -1)]),
    }

    def __init__(self, elevation: float, yaw: float = 0) -> None:
        self.elevation, self.yaw = elevation, yaw
        self.figure = Figure(figsize=(4, 3), dpi=100)
        FigureCanvasAgg(self.figure)
        ax = self.figure.add_axes((0, 0, 1, 1))
        ax.set(xlim=(0, 400), ylim=(0, 300))
        ax.axis("off")
        self.movers = {
            "points": ax.scatter([0, 0, 0], [0, 0, 0], zorder=100),
            "wire": ax.plot([0, 0, 0], [0, 0, 0], zorder=101)[0],
            "post": ax.plot([0, 0], [0, 0], zorder=102)[0],
            "word": ax.text(0, 0, "up", ha="center", va="center", zorder=103),
            "caption": self.figure.text(0.05, 0.92, "Space", zorder=104),
        }
        self.caption_artist = self.movers["caption"]
        self._from_the_side = False
        self.show(0)

    def seen(self, name: str, step: float) -> np.ndarray:
        """Where the places of a mover are on the page: float[n, 2], pixels, y up."""
        right, up, near = (self.PLACES[name] + np.array([0.5, 0.25, -1]) * step).T
        yaw, above = np.radians([self.yaw, self.elevation])
        across, behind = right * np.cos(yaw) + near * np.sin(yaw), right * np.sin(yaw) - near * np.cos(yaw)
        if self._from_the_side:  # a quarter turn about the upright axis of the page
            across = up * np.sin(above) - behind * np.cos(above)
        return self.center + 20 * np.column_stack([across, up * np.cos(above) + behind * np.sin(above)])

    def show(self, step: float) -> None:
        self.movers["points"].set_offsets(self.seen("points", step))
        for name in ("wire", "post"):
            self.movers[name].set_data(*self.seen(name, step).T)
        self.movers["word"].set_position(self.seen("word", step)[0])

    @contextmanager
    def from_the_side(self):
        self._from_the_side = True
        yield
        self._from_the_side = False

    def caption(self, step: int) -> str:
        return f"{self.kinds[step]}: in space"

    alt = caption


def in_picture(scene, artist_points: np.ndarray) -> np.ndarray:
    """Places in matplotlib's pixels (y up) as places in the recorded picture (y down, below the caption)."""
    return np.array([0, scene.figure.bbox.height - scene.caption_height]) + [1, -1] * np.asarray(artist_points)
