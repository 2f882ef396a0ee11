"""A scene: one Figure made once and then only updated, able to show any state of a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from numbers import Real
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emviz import draw, style
from emviz.scenes import words
from emviz.scenes.curve import Curve
from emviz.scenes.field import Field
from emviz.scenes.stage import DESIGN, Stage, checked_caption, checked_size, checked_title
from emviz.scenes.view import Readings, View
from emviz.trace import Trace

# Whether the words of each state are drawn; or a text below all of them; or a function: step -> its words.
Caption = bool | str | Callable[[int], str]
_LINE = 21  # pixels of the design, of such a text


class Scene(ABC):
    """One Figure made once and then only updated, able to show any state of a run.

    figure: a matplotlib Figure on an Agg canvas, `size` pixels, 100 dots per inch at 960 × 540; or the
        reader's own, that `ax` belongs to.
    movers: name -> artist, everything that changes from state to state, in painting order and
        above everything that does not.
    caption_artist: the mover "caption".  caption_height: pixels of the strip at the top that holds it, and the title.
    kinds: of each state, "start", "E" or "M"; "" where there is no run.  step: the state that is shown.

    A subclass says what is in the figure (`_build`), what moves (`_move`), and what the words are.
    """

    kinds: tuple[str, ...]
    step: float

    def __init__(self, *, title: str, shown_title: str | None = None, size: Any = None, step: float = 0,
                 ax: Axes | None = None, projector: bool = False, caption: Caption = True):
        self.title = title
        self._frame = {"title": checked_title(shown_title), "size": size, "projector": projector,
                       "caption": checked_caption(caption)}
        self._is_readers = ax is not None
        self.movers = draw.Movers()
        self._told: list[str] = []
        self._background: Any = None
        readers = None if ax is None else self._place_caption_above(ax, size, projector)
        with rc_context(style.RC):
            if readers is None:
                design = self.default_size()
                stage = Stage.new(checked_size(design if size is None else size), projector, design)
                stage = self._place_note(self._place_caption(stage, shown_title))
            else:
                stage = readers
            self.figure: Figure = stage.figure
            self.scale = stage.scale
            self._build(stage)
            self.show(step)
        if readers is None:
            for artist in self.movers.values():
                artist.stale_callback = None  # nobody waits for news of each change, which cost a tenth of a picture

    # What a subclass fills in.

    @abstractmethod
    def _build(self, stage: Stage) -> None:
        """Draw on the stage what never moves; fix limits and ticks."""

    @abstractmethod
    def _move(self, step: float) -> None:
        """Put everything that moves into `self.movers`, in painting order."""

    @abstractmethod
    def _sentences(self, step: int) -> list[str]:
        """What happened in a state; the first sentence, then the rest."""

    @abstractmethod
    def alt(self, step: int) -> str:
        """The caption and the numbers of a state, in under 300 characters."""

    @abstractmethod
    def _again(self, frame: dict[str, Any]) -> Scene:
        """The same in another frame: title, size, projector, caption."""

    @property
    @abstractmethod
    def readings(self) -> tuple[Readings, ...]:
        """What the marks tell a pointer."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What places tell a pointer, panel by panel."""
        return ()

    @property
    def turning(self) -> tuple[str, ...]:
        """The movers of a scene in space, which a browser can turn."""
        return ()

    @property
    def center(self) -> tuple[float, float]:
        """What a scene in space turns about, in pixels of the figure."""
        raise NotImplementedError

    @property
    def elevation(self) -> float:
        """From how far above a scene in space is seen, in degrees."""
        return 0.0

    def from_the_side(self) -> AbstractContextManager[None]:
        """A scene in space as it looks after a quarter turn about the upright axis, inside a `with` block."""
        raise NotImplementedError

    def default_size(self) -> tuple[int, int]:
        """Width and height in pixels, where nobody asks for others."""
        return DESIGN

    @property
    def still(self) -> int:
        """The state that a saved notebook shows."""
        return len(self) - 1

    # What everyone uses.

    def __len__(self) -> int:
        return len(self.kinds)

    def show(self, step: float) -> None:
        """Put the movers in the state `step`; a fraction is on the way from one state to the next."""
        self.move(step)
        told = self._tell(int(np.ceil(step)))
        if told != self._told and self.has_caption:
            with self._drawing():
                words.fit(self.caption_artist, told, self._caption_width)
            self._told = told
        self.movers.setdefault("caption", self.caption_artist)

    def move(self, step: float) -> None:
        """The same, but the caption keeps its words, which take time to fit."""
        self.step = self._checked(step)
        self._move(self.step)

    @property
    def has_caption(self) -> bool:
        """Whether the words of each state are in the picture."""
        return self._frame["caption"] is not False

    def caption(self, step: int) -> str:
        """What happened in a state, in words."""
        return words.caption(self._tell(self._whole(step)))

    def again(self, **frame: Any) -> Scene:
        """A new scene of the same in another frame; what is not given stays.

        frame: size, title, projector and caption, as for `emviz.scene`.
        """
        if self._is_readers:
            raise ValueError(f"{next(iter(frame), 'size')} is given, but this scene is in axes of your own figure: "
                             "give the run itself, or a scene without ax")
        return self._again({**self._frame, **frame})

    @property
    def asked(self) -> dict[str, Any]:
        """The frame as it was asked for: size, title, projector and caption."""
        return dict(self._frame)

    def frame(self, step: float) -> np.ndarray:
        """The picture of a state as pixels: uint8[height, width, 3].

        What stands still is drawn once and restored; only the movers are drawn again.
        """
        canvas: Any = self.figure.canvas
        if not hasattr(canvas, "copy_from_bbox"):
            raise TypeError(f"the figure of this scene is on a {type(canvas).__name__}, which has no pixels to read: "
                            "give axes of a figure on an Agg canvas, or no ax")
        with self._drawing():
            self.show(step)
            if self._background is None:
                self._background = self._draw_background(canvas)
            canvas.restore_region(self._background)
            renderer = canvas.get_renderer()
            for artist in self.movers.values():
                artist.draw(renderer)
        rgba = np.asarray(canvas.buffer_rgba())
        rgb = np.empty((*rgba.shape[:2], 3), dtype=np.uint8)
        for channel in range(3):  # five times as fast as copying rgba[..., :3]
            rgb[..., channel] = rgba[..., channel]
        return rgb

    def _tell(self, step: int) -> list[str]:
        """The caption of a state, in sentences."""
        own = self._frame["caption"]
        if not callable(own):
            return self._sentences(step)
        try:
            told = own(step)
        except Exception as error:
            raise ValueError(f"caption({step}) failed with {type(error).__name__}: {error}. The function must give a "
                             "text for every step") from error
        if not isinstance(told, str):
            raise TypeError(f"caption({step}) gives {told!r}: the function must give a text for every step")
        return [told]

    def _drawing(self) -> AbstractContextManager[None]:
        return nullcontext() if self._is_readers else style.drawing()  # a reader's own figure has their style

    def _draw_background(self, canvas: Any) -> Any:
        with rc_context({} if self._is_readers else style.RC), self.without_movers():
            canvas.draw()
            return canvas.copy_from_bbox(self.figure.bbox)

    @contextmanager
    def without_movers(self) -> Iterator[None]:
        """Draws of the figure leave out what moves, inside a `with` block; layout engines still make room for it."""
        try:
            for artist in self.movers.values():
                artist.set_animated(True)
            yield
        finally:
            for artist in self.movers.values():
                artist.set_animated(False)

    def _checked(self, step: float) -> float:
        last = len(self) - 1
        if isinstance(step, bool) or not isinstance(step, Real):
            raise TypeError(f"step is {step!r}: give a number from 0 to {last}")
        if not 0 <= step <= last:  # also refuses NaN
            raise ValueError(f"step is {step}: this scene has the steps 0 to {last}")
        return float(step)

    def _whole(self, step: int) -> int:
        return int(self._checked(step))

    # Layout.

    def _place_caption(self, stage: Stage, shown_title: str | None) -> Stage:
        """A strip for the caption, and on request for a title above it; returns what remains below."""
        across, up, figure = stage.width, stage.height, stage.figure
        strip = (66 if self.has_caption else 16) + (26 if shown_title else 0)
        self.caption_height = strip * stage.scale
        self._caption_width = (across - 48) * stage.scale
        if shown_title:
            line = figure.text(24 / across, 1 - 12 / up, shown_title, va="top", fontsize=13.5)
            line.set_color(style.SOFT_INK)
            words.squeeze(line, self._caption_width)
        self.caption_artist = figure.text(24 / across, 1 - (36 if shown_title else 10) / up, "", va="top",
                                          fontsize=style.CAPTION, fontweight="bold", linespacing=1.1, zorder=1000)
        return stage.part(0, 0, across, up - strip)

    def _place_note(self, stage: Stage) -> Stage:
        """A text that is the same in all states, below the picture; returns what remains above."""
        note = self._frame["caption"]
        if not isinstance(note, str) or not note.strip():
            return stage
        lines = words.wrapped(stage.figure, " ".join(note.split()), (stage.width - 48) * stage.scale)
        strip = _LINE * len(lines) + 14
        stage.figure.text(*stage.place(24, strip), "\n".join(lines), va="top", fontsize=style.SMALL,
                          color=style.SOFT_INK, linespacing=1.25)
        return stage.part(0, strip, stage.width, stage.height)

    def _place_caption_above(self, ax: Any, size: Any, projector: bool) -> Stage:
        """The caption as the title of a reader's own axes."""
        if not isinstance(ax, Axes):
            raise TypeError(f"ax is a {type(ax).__name__}: give one matplotlib Axes, such as plt.subplots()[1]")
        if (ax.name, ax.get_xscale(), ax.get_yscale()) != ("rectilinear", "linear", "linear"):
            kind = "log or other scales" if ax.name == "rectilinear" else f"the projection {ax.name!r}"
            raise ValueError(f"ax has {kind}: give plain axes, such as plt.subplots()[1]")
        if size is not None:
            raise ValueError(f"size is {size!r}, but the axes are in a figure that has its size: give one of the two")
        if isinstance(self._frame["caption"], str):
            raise ValueError("caption is a text, but the figure of ax is yours: write it there with figure.text, and "
                             "leave caption out")
        with rc_context(style.RC):
            for beside in ("center", "right"):
                ax.set_title("", loc=beside)
            self.caption_artist = ax.set_title("", loc="left", fontsize=style.CAPTION, fontweight="bold", y=1, pad=26,
                                               linespacing=1.1, zorder=1000)
            # As tall as any caption, so that a layout engine keeps the same room for all of them.
            tallest = "\n" if self.has_caption else ""
            room = ax.set_title(tallest, fontsize=style.CAPTION, y=1, pad=26, linespacing=1.5)
        stage = Stage.inside(ax, projector)
        lacking = room.get_window_extent().y1 - ax.figure.bbox.y1
        if lacking > 0:  # no layout engine
            box = ax.get_position(original=True)
            height = max(box.height - lacking / ax.figure.bbox.height, box.height / 3)
            ax.set_position((box.x0, box.y0, box.width, height))
            ax.set_in_layout(True)
            stage = Stage.inside(ax, projector)  # lower now
        self.caption_height = 0.0
        self._caption_width = ax.bbox.width
        return stage


class TraceScene(Scene):
    """One trace: a view of it, the caption above, the curve beside it."""

    def __init__(self, trace: Trace, view: type[View], options: dict[str, Any], *, title: str | None = None,
                 beside: Sequence[Trace] = (), **frame: Any):
        self.trace, self._beside = trace, beside
        self.kinds = tuple(step.kind for step in trace)
        self._view_type, self._options = view, options
        self._of_view: tuple[str, ...] = ()  # movers
        super().__init__(title=words.title(trace) if title is None else title, shown_title=title, **frame)

    def default_size(self) -> tuple[int, int]:
        return self._view_type.SIZE

    def _again(self, frame: dict[str, Any]) -> TraceScene:
        return TraceScene(self.trace, self._view_type, self._options, beside=self._beside, **frame)

    def in_axes(self, ax: Axes, step: float) -> TraceScene:
        """A new scene of the same view in axes of another figure, without curve and caption."""
        return TraceScene(self.trace, self._view_type, self._options, beside=self._beside, ax=ax, step=step,
                          caption=False)

    def _build(self, stage: Stage) -> None:
        box, curve_box = self._view_type.boxes(stage.width, stage.height)
        whole = self._is_readers
        self.view = self._view_type(self.trace, stage if whole else stage.part(*box), self.movers, self._beside,
                                    **self._options)
        self.curve = None if whole or curve_box is None else Curve(stage.axes(*curve_box), self.trace)

    @property
    def readings(self) -> tuple[Readings, ...]:
        return self.view.readings("")

    @property
    def fields(self) -> tuple[Field, ...]:
        field = self.view.field("")
        return () if field is None else (field,)

    @property
    def turning(self) -> tuple[str, ...]:
        return self.view.turning

    @property
    def center(self) -> tuple[float, float]:
        return self.view.center

    @property
    def elevation(self) -> float:
        return self.view.elevation

    def from_the_side(self) -> AbstractContextManager[None]:
        return self.view.from_the_side()

    @property
    def panel(self) -> Axes:
        """The axes of the data."""
        return self.view.panel

    def _move(self, step: float) -> None:
        self.view.move(step)
        if self.curve:
            self._of_view = self._of_view or tuple(self.movers)
            self.curve.move(step, self.movers)

    def foresee(self, trace: Trace) -> dict[str, bool]:
        """Show where another run of the model begins and where it goes. Of each mover, whether it belongs to that:
        the curve and the caption still tell of the run before.
        """
        self.trace = trace
        self.kinds = tuple(step.kind for step in trace)
        self.view.follow(trace)
        self.view.foresee()
        return {name: name in self._of_view for name in self.movers if name != "caption"}

    def _sentences(self, step: int) -> list[str]:
        return words.sentences(self.trace, step, self.view.switched(step))

    def alt(self, step: int) -> str:
        step = self._whole(step)
        return words.alt(self.trace, step, [*self._sentences(step), *self.view.beside_the_run(step)])
