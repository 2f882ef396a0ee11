"""A view: one way to see a trace, in a part of a figure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.field import Field, Scores
from emviz.scenes.stage import DESIGN, Stage
from emviz.trace import Trace

SHOWN = 5000  # with more points than this, a sample of them is drawn

# How strongly each thing shows, by kind of state: an E is about the colors of the points,
# an M about the movement of the components.
EMPHASIS = {
    "points": {"start": 0.8, "E": 1.0, "M": 0.5},
    "components": {"start": 0.8, "E": 0.4, "M": 1.0},
    "regions": {"start": 0.0, "E": 1.0, "M": 0.45},
    "movement": {"start": 0.0, "E": 0.0, "M": 1.0},
}

Box = tuple[float, float, float, float]  # left, bottom, right, top, in pixels of the design


@dataclass(frozen=True)
class Readings:
    """What hovering over a mark tells: whose it is, by percent."""

    mover: str                    # the name of the mover whose marks are read
    names: tuple[str, ...]        # of each mark: "row 17: 5.1, 3.5"
    components: tuple[str, ...]   # "Gaussian 0"
    percents: Callable[[int], np.ndarray | None]  # of a state: uint8[marks, k], 0 to 100; None before the first E


class View(ABC):
    """One way to see a trace, on a stage; it can show any state.

    A subclass says which traces it fits (`misfit`), reads its options (`_choose`), makes its axes (`_lay_out`),
    draws what stands still (`_set`) and puts what moves (`move`).
    """

    NAME: ClassVar[str]
    MODELS: ClassVar[tuple[type, ...]] = ()  # that it shows; () is all of them
    READ: ClassVar[str] = "points"  # the mover that has a mark for each row of the data, for the pointer
    GRAB: ClassVar[str] = ""  # the parameter whose places on the axes a hand can move; "" is none
    SIZE: ClassVar[tuple[int, int]] = DESIGN  # of a whole figure, where nobody asks for another one

    def __init__(self, trace: Trace, stage: Stage, movers: draw.Movers, beside: Sequence[Trace] = (), **options: Any):
        """beside: other runs on the same data that the limits should have room for."""
        self.movers, self.scale = movers, stage.scale
        self._compared = (trace, *(other for other in beside if _are_alike(trace, other)))
        self._shown = _sample(len(trace.data))
        self._read(trace)
        self._choose(**options)
        self._take()
        self._in_readers_axes = stage.is_readers
        self._lay_out(stage)
        self._set()

    def _read(self, trace: Trace) -> None:
        self.trace = trace
        self._emphasis = {what: np.array([strength[state.kind] for state in trace])
                          for what, strength in EMPHASIS.items()}
        self._shares = lru_cache(maxsize=64)(self._shares_of_iteration)

    # What a subclass fills in.

    @classmethod
    def misfit(cls, trace: Trace) -> str | None:
        """Why this view cannot show a trace, and what to do instead; None if it can."""
        if cls.MODELS and not isinstance(trace.model, cls.MODELS):
            *others, last = (model.__name__ for model in cls.MODELS)
            return f"it shows {', '.join(others)} and {last}" if others else f"it shows {last}"
        return cls.misfit_of_data(trace)

    @classmethod
    def misfit_of_data(cls, trace: Trace) -> str | None:
        """The same for a trace of one of the MODELS: what its data or its options lack."""
        return None

    @classmethod
    def suits(cls, trace: Trace) -> bool:
        """Whether a scene takes this view by itself, for a trace that fits."""
        return True

    @classmethod
    def boxes(cls, width: float, height: float) -> tuple[Box, Box | None]:
        """Where in a box of this size the view stands, and where the frame of the curve; None is no curve."""
        split = width - 340.8  # the curve and its readings need that much
        return (0, 0, split, height), (split + 92, 62, width - 24, height - 116)

    def _choose(self) -> None:  # noqa: B027 (most views have no options)
        """Check and keep the options; the keywords of a subclass are the options of `emviz.scene`."""

    def _lay_out(self, stage: Stage) -> None:
        self.panel = stage.panel()

    @abstractmethod
    def _set(self) -> None:
        """Draw on `self.panel` what never moves; fix limits and ticks."""

    @abstractmethod
    def move(self, step: float) -> None:
        """Put everything that moves, in painting order, with `self.movers.put`.

        A fraction is on the way from one state to the next.
        """

    def _take(self) -> None:  # noqa: B027 (a view without GRAB follows nothing)
        """Keep what `move` needs of the trace, once more when the view follows another one."""

    def foresee(self) -> None:
        """Put the first E, and the way that each component goes from there."""
        self.move(min(1, len(self.trace) - 1))

    def beside_the_run(self, step: int) -> list[str]:
        """What the picture of a state tells beside the run, in sentences for its alt text."""
        return []

    def _name_of(self, row: int) -> str:
        """A row of the data in words, for the pointer."""
        values = np.atleast_1d(self.trace.data[row])
        shown = ", ".join(words.number(float(value), 3) for value in values[:4])
        return f"row {row}: {shown}{', …' if len(values) > 4 else ''}"

    # What a scene asks for.

    def follow(self, trace: Trace) -> None:
        """Show another run of the same model on as many rows from now on; what stands still stays as it is."""
        self._read(trace)
        self._take()

    @property
    def turning(self) -> tuple[str, ...]:
        """The movers of a view of space, which a browser can turn."""
        return ()

    @property
    def center(self) -> tuple[float, float]:
        """What a view of space turns about, in pixels of the figure."""
        raise NotImplementedError

    elevation: float = 0.0  # degrees from above that a view of space is seen from

    def from_the_side(self) -> AbstractContextManager[None]:
        """A view of space as it looks after a quarter turn about the upright axis of the page, in a `with` block.

        What was on the right is then away from the reader, so the place on the horizontal axis is the depth before.
        """
        raise NotImplementedError

    def readings(self, prefix: str) -> tuple[Readings, ...]:
        """What the marks tell a pointer; `prefix` stands before the name of the mover."""
        if self.READ not in self.movers:
            return ()
        return (Readings(prefix + self.READ, tuple(self._name_of(int(row)) for row in self._shown),
                         self._component_names(), self._percents),)

    def field(self, prefix: str) -> Field | None:
        """What a place tells a pointer; None where a place says nothing. `prefix` stands before names of movers."""
        return None

    def _field(self, prefix: str, *names: str, scores: Callable[[int], Scores], **more: Any) -> Field:
        """names: of the axes.  scores: by the θ of a step.  more: what differs from most fields."""
        def of_state(step: int) -> Scores | None:
            return scores(2 * self.trace[step].iteration - 2) if step else None

        usual = {"temperature": self.trace.model.temperature, "across": self.panel.get_xlim(), "is_drawn": False}
        return Field(self.panel, names, self._component_names(), f"{prefix}means", scores=of_state, **usual | more)

    def _component_names(self) -> tuple[str, ...]:
        story = words.story_of(self.trace)
        return tuple(f"{story.component} {j}" for j in self._components)

    def _percents(self, step: int) -> np.ndarray | None:
        if step == 0:
            return None
        return np.rint(100 * self._shares((step + 1) // 2)).astype(np.uint8)

    # Points, colored by responsibility.

    def _put_points(self, step: float, places: np.ndarray, diameter: float) -> None:
        """One collection: places float[n, 2], diameter in points."""
        self.movers.put("points", draw.markers, self.panel, places, self._shapes(step), diameter, self._colors(step),
                        edges=self._rings(step), widths=min(0.9, diameter / 9))

    def _colors(self, step: float) -> np.ndarray:
        """rgba float[n, 4] of the points that are drawn."""
        colors = self._between(step, self._colors_at)
        colors[:, 3] = self._strength("points", step)
        return colors

    def _rings(self, step: float) -> np.ndarray:
        """rgba float[n, 4] of the outlines: dark where an E-step changed the color of a point."""
        change = self._between(step, self._change_at)[:, None]
        paper, ink = draw.rgba([style.PAPER, style.INK])
        rings = paper + (ink - paper) * change
        rings[:, 3] = self._strength("points", step)
        return rings

    def _shapes(self, step: float) -> list[Any]:
        """The marker of each point's most responsible component; discs before the first E."""
        if step <= 0:
            return [style.DISC] * len(self._shown)
        shapes = [style.shape(j) for j in range(self.trace.model.n_components)]
        return [shapes[j] for j in self._shares((int(np.ceil(step)) + 1) // 2).argmax(axis=1)]

    def _colors_at(self, index: int) -> np.ndarray:
        if index == 0:
            return draw.rgba([style.UNKNOWN]).repeat(len(self._shown), axis=0)
        return style.blend(self._shares((index + 1) // 2))

    def _change_at(self, index: int) -> np.ndarray:
        """How clearly an E-step changed each point, 0 to 1: a tenth of a point is slight, a third is clear."""
        iteration = self.trace[index].iteration
        if self.trace[index].kind != "E" or iteration == 1:  # the first E colors every point: that is plain enough
            return np.zeros(len(self._shown))
        change = np.abs(self._shares(iteration) - self._shares(iteration - 1)).max(axis=1)
        return np.clip(5 * change - 0.5, 0, 1)

    def switched(self, step: int) -> int | None:
        """How many points changed their component in an E-step; None where that is not known."""
        state = self.trace[step]
        if state.kind != "E" or state.iteration == 1 or len(self._shown) < len(self.trace.data):
            return None
        now, before = (self._shares(iteration).argmax(axis=1) for iteration in (state.iteration, state.iteration - 1))
        return int((now != before).sum())

    def _shares_of_iteration(self, iteration: int) -> np.ndarray:
        """Responsibilities float[n, k] of the points that are drawn, after the E-step of an iteration."""
        step = 2 * iteration - 1
        if len(self._shown) == len(self.trace.data):
            return self.trace.responsibilities(step)
        return self.trace.model.responsibilities(self.trace[step].q_params, self.trace.data[self._shown])

    # Components.

    def _colored(self, alpha: float | np.ndarray = 1.0) -> np.ndarray:
        """rgba float[k, 4], the colors of the components for areas."""
        return draw.rgba([style.color(j) for j in self._components], alpha)

    def _stroked(self, alpha: float | np.ndarray = 1.0) -> np.ndarray:
        """rgba float[k, 4], the colors of the components for lines."""
        return draw.rgba([style.stroke(j) for j in self._components], alpha)

    def _put_badges(self, anchors: np.ndarray, places: np.ndarray, tracks: np.ndarray, diameter: float) -> None:
        """A numbered shape for each component at its place, tied by a track (float[v, 2]) to a dot at its anchor."""
        put, ax = self.movers.put, self.panel
        contrast = [style.contrast(j) for j in self._components]
        shapes = [style.shape(j) for j in self._components]
        numerals = [draw.numeral(str(j)) for j in self._components]
        put("leaders", draw.lines, ax, tracks, self._stroked(), widths=1.8)
        put("means", draw.markers, ax, anchors, [style.DISC], 8.5, self._colored(), edges=contrast, widths=1.0)
        put("badges", draw.markers, ax, places, shapes, diameter, self._colored(), edges=contrast, widths=1.6)
        put("numbers", draw.markers, ax, places, numerals, 0.66 * diameter, contrast)

    def _put_moves(self, step: float, old: np.ndarray, new: np.ndarray, panel: Axes | None = None,
                   prefix: str = "") -> None:
        """In an M: a tail from where each component was (float[k, 2]) to where it is; nothing where it stayed.

        prefix: of the names of the movers, for a panel that is one of several.
        """
        put, ax = self.movers.put, panel or self.panel
        pixels = np.hypot(*(ax.transData.transform(new) - ax.transData.transform(old)).T)
        strength = self._strength("movement", step) * np.clip(pixels / self.scale / 8, 0, 1)
        put(f"{prefix}moves", draw.comets, ax, old, new, self._colored(0.85 * strength))
        put(f"{prefix}old means", draw.markers, ax, old, [style.shape(j) for j in self._components], 12,
            draw.rgba([style.PAPER] * len(old), strength), edges=self._stroked(strength), widths=2.2)

    def _put_regions(self, step: float, centers: np.ndarray) -> None:
        """Where a new point would go, by the centers (float[s, k, 2]) that the colors come from."""
        before, after = (centers[max(0, 2 * self.trace[i].iteration - 2)] for i in (int(step), int(np.ceil(step))))
        strength = self._strength("regions", step)
        self.movers.put("regions", draw.regions, self.panel, before + (step - int(step)) * (after - before),
                        self._colored(0.16 * strength), edges=draw.rgba([style.INK] * len(before), 0.5 * strength),
                        widths=1.4)

    @property
    def _components(self) -> range:
        return range(self.trace.model.n_components)

    # In-between states.

    def _strength(self, what: str, step: float) -> float:
        return float(draw.interpolate(self._emphasis[what], step))

    def _between(self, step: float, table: Callable[[int], np.ndarray]) -> np.ndarray:
        before = int(step)
        if before == step:
            return table(before)
        return (1 - (step - before)) * table(before) + (step - before) * table(before + 1)

    def _origin(self, step: float) -> int:
        """The state that the last M-step started from."""
        towards = int(np.ceil(step))
        return max(0, towards - 1 if self.trace[towards].kind == "M" else towards - 2)

    def _everywhere(self, parameter: str) -> np.ndarray:
        """A parameter in all states of this run and of those beside it: float[s, k, ...]; k may differ, rows repeat."""
        most = max(trace.model.n_components for trace in self._compared)
        tables = [np.stack([getattr(step.params, parameter) for step in trace]) for trace in self._compared]
        return np.concatenate([table[:, np.arange(most) % table.shape[1]] for table in tables])

    # Words and ticks.

    def _note(self, text: str, above: float = 8) -> Text:
        """A small line above the panel that says what the marks mean."""
        note = draw.label(self.panel, (0, 1), text, offset=(0, above), coords="axes fraction", fontsize=style.SMALL,
                          color=style.SOFT_INK)
        words.narrow(note, self.panel.bbox.width)
        return note

    def _note_sample(self, below: float = 38) -> None:
        """In the lower corner: how many of the points are drawn, if not all."""
        shown, n = len(self._shown), len(self.trace.data)
        if shown < n:
            self.panel.set_xlabel(self.panel.get_xlabel(), loc="left")  # makes room
            draw.label(self.panel, (1, 0), f"{shown:,} of {n:,} points shown", offset=(0, -below),
                       coords="axes fraction", ha="right", fontsize=style.SMALL, color=style.SOFT_INK)

    def _name_axes(self, x: str, y: str, x_ticks: int = 6, y_ticks: int = 5, **limits: Any) -> None:
        """Labels and ticks; `limits` are where the ticks of the upward axis may be."""
        ax = self.panel
        ax.ticklabel_format(axis="y", scilimits=(-3, 4))  # longer numbers would reach the label
        left_out_x, left_out_y = draw.few_ticks(ax.xaxis, x_ticks), draw.few_ticks(ax.yaxis, y_ticks, **limits)
        words.squeeze(ax.set_xlabel(f"{x} ({left_out_x})" if left_out_x else x), ax.bbox.width)
        words.squeeze(ax.set_ylabel(f"{y} ({left_out_y})" if left_out_y else y), ax.bbox.height, "height")
        if not self._in_readers_axes:
            ax.yaxis.label.set_verticalalignment("top")
            ax.yaxis.set_label_coords(-95 * self.scale / ax.bbox.width, 0.5)


def _are_alike(trace: Trace, other: Trace) -> bool:
    """Whether two runs have the same data and parameters of the same names."""
    return (np.array_equal(trace.data, other.data) and trace.data.ndim == other.data.ndim
            and vars(trace[0].params).keys() <= vars(other[0].params).keys())


def _sample(n: int) -> np.ndarray:
    """The rows that are drawn: all of them, or SHOWN of them, the same ones every time."""
    if n <= SHOWN:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, SHOWN, replace=False))
