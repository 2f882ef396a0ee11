"""A matplotlib renderer that records instead of painting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase as Context
from matplotlib.backend_bases import RendererBase
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D, Transform
from PIL import Image

from emviz.marks.kinds import (
    RGBA,
    UNIT,
    Clips,
    Grid,
    ImageMark,
    Look,
    Mark,
    Outline,
    PathMark,
    Placed,
    PointsMark,
)

_FLIP = np.array([1, -1])
_FAR = 1e6  # pixels; a place further away is moved here
_CAPS = {"butt": "butt", "round": "round", "projecting": "square"}
_CODE = np.zeros(256, np.uint8)  # from matplotlib's codes to ours
_CODE[[Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE4, Path.CLOSEPOLY]] = range(5)


class MarksRenderer(RendererBase):
    """Keeps what artists draw as marks, in pixels from the left and from below a strip at the top, y down."""

    def __init__(self, width: float, height: float, dpi: float, strip: float = 0) -> None:
        super().__init__()
        self._size, self._dpi, self._bottom = (width, height), dpi, height - strip
        self._text2path = _RememberedText()
        self._marks: list[Mark] = []
        self._artists: list[str] = []
        self._rectangles: dict[bytes, Placed] = {}
        self._shapes: dict[Any, Outline] = {}
        self._outlines: dict[Outline, Outline] = {}  # by value: what comes again is the object that came first

    @contextmanager
    def drawing(self, artist: str) -> Iterator[list[Mark]]:
        """A new list that receives the marks drawn inside the block; errors name the artist."""
        self._marks, self._artists = [], [artist]
        yield self._marks

    def in_picture(self, place: tuple[float, float]) -> tuple[float, float]:
        """A place in the pixels of matplotlib (y up) in those of the marks (y down, from below the strip)."""
        return place[0], self._bottom - place[1]

    # What matplotlib calls.

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self._size

    def points_to_pixels(self, points: Any) -> Any:
        return points * self._dpi / 72

    def option_scale_image(self) -> bool:
        return True  # an image with interpolation="none" comes as its raw grid and a transform

    def option_image_nocomposite(self) -> bool:
        return True

    def open_group(self, s: str, gid: str | None = None) -> None:
        self._artists.append(gid or s)

    def close_group(self, s: str) -> None:
        self._artists.pop()

    def draw_path(self, gc: Context, path: Path, transform: Transform, rgbFace: Any = None) -> None:
        self._check(gc)
        look = self._look(gc, rgbFace)
        vertices, codes = _cleaned(path, transform)
        if len(vertices) and (look.fill or look.stroke):
            self._marks.append(PathMark(self._placed(vertices, codes), look, self._clips(gc)))

    def draw_markers(
        self, gc: Context, marker_path: Path, marker_trans: Transform, path: Path, trans: Transform,
        rgbFace: Any = None,
    ) -> None:
        if path.codes is not None or len(path) < 2 or gc.get_dashes()[1] is not None:
            return super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
        self._check(gc)
        look = self._look(gc, rgbFace)
        self._keep_points(
            gc, trans.transform(path.vertices), [marker_path], marker_trans, np.ones(1),
            _rows(look.fill or ()), _rows(look.stroke or ()), np.array([look.width]),
        )

    def draw_path_collection(
        self, gc: Context, master_transform: Transform, paths: Sequence[Path], all_transforms: Any,
        offsets: Any, offset_trans: Transform, facecolors: Any, edgecolors: Any, linewidths: Any,
        linestyles: Any, *rest: Any, **hatch: Any,
    ) -> None:
        if not len(paths):
            return
        self._check(gc)
        places = offset_trans.transform(offsets)
        fills, strokes = _rows(255 * np.asarray(facecolors)), _rows(255 * np.asarray(edgecolors))
        widths = self.points_to_pixels(np.asarray(linewidths, float))
        matrices = np.asarray(all_transforms, float).reshape(-1, 3, 3)
        if _are_points(paths, places, matrices, master_transform, linestyles):
            scales = matrices[:, 0, 0] if len(matrices) else np.ones(1)
            return self._keep_points(gc, places, paths, master_transform, scales, fills, strokes, widths)
        clips, cap, join = self._clips(gc), _CAPS[gc.get_capstyle()], gc.get_joinstyle()
        dashes = [self._dashes(*style) for style in linestyles] or [((), 0.0)]
        rounded = [round(float(width), 3) for width in widths]
        fill_of, stroke_of = _tuples(fills), _tuples(strokes)
        count = max(len(paths), len(places))  # whatever is shorter starts again
        matrices = np.resize(master_transform.get_matrix() @ (matrices if len(matrices) else np.eye(3)), (count, 3, 3))
        matrices[:, :2, 2] += np.resize(places, (count, 2))
        for i, shape in enumerate(self._all_placed(paths, matrices)):
            width = rounded[i % len(rounded)]
            fill, stroke = fill_of[i % len(fill_of)], stroke_of[i % len(stroke_of)] if width else None
            if shape and (fill or stroke):
                look = Look(fill, stroke, width, *dashes[i % len(dashes)], cap, join)
                self._marks.append(PathMark(shape, look, clips))

    def draw_image(self, gc: Context, x: float, y: float, im: Any, transform: Any = None) -> None:
        height, width = im.shape[:2]
        grid = Affine2D() if transform is None else Affine2D().scale(1 / width, 1 / height) + transform
        matrix = (grid + Affine2D().translate(x, y - self._bottom).scale(1, -1)).get_matrix()
        self._marks.append(ImageMark(
            Grid.of(np.frombuffer(_png(im), np.uint8), "u1"),
            width,
            height,
            matrix=tuple(matrix[:2].T.ravel().round(6).tolist()),
            opacity=1.0 if transform is None else gc.get_alpha(),
            smooth=transform is None,
            clips=self._clips(gc),
        ))

    # What has no equal in a browser.

    def draw_tex(self, *args: Any, **kwargs: Any) -> None:
        raise self._cannot("text set with usetex", "plain text or mathtext")

    def draw_gouraud_triangles(self, *args: Any, **kwargs: Any) -> None:
        raise self._cannot("Gouraud shading", "flat colors or contours")

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        if ismath == "TeX":  # asked before draw_tex, and would start LaTeX
            self.draw_tex()
        return super().get_text_width_height_descent(s, prop, ismath)

    def _check(self, gc: Context) -> None:
        if gc.get_hatch() is not None:
            raise self._cannot("a hatch", "a color")
        if gc.get_sketch_params() is not None:
            raise self._cannot("sketch parameters", "plain lines")

    def _cannot(self, what: str, instead: str) -> ValueError:
        # Not a TypeError: matplotlib's collections take that for a renderer with an old signature.
        artist = " / ".join(self._artists)
        return ValueError(f"{artist} has {what}, which a browser cannot show: use {instead}")

    # From matplotlib's values to ours.

    def _keep_points(
        self, gc: Context, places: np.ndarray, paths: Sequence[Path], transform: Transform,
        scales: np.ndarray, fills: np.ndarray, strokes: np.ndarray, widths: np.ndarray,
    ) -> None:
        largest = float(scales.max())
        to_pixels = Affine2D().scale(largest) + transform + Affine2D().scale(1, -1)
        distinct = {id(path): path for path in paths}
        number = {key: i for i, key in enumerate(distinct)}
        outlines = tuple(self._shape(path, to_pixels) for path in distinct.values())
        which = np.array([number[id(path)] for path in paths])
        rows = [which, scales / (largest or 1), fills, strokes, widths]
        shown = np.isfinite(places).all(axis=1)
        if not shown.all():
            rows = [np.resize(row, (len(shown), *row.shape[1:]))[shown] if len(row) else row for row in rows]
        if shown.any():
            which, scales, fills, strokes, widths = rows
            self._marks.append(PointsMark(
                Grid.of(_units(self._down(places[shown])), "i4"),
                outlines,
                Grid.of(which, "u1"),
                Grid.of(scales, "f4"),
                Grid.of(fills, "u1"),
                Grid.of(strokes, "u1"),
                Grid.of(widths, "f4"),
                gc.get_joinstyle(),
                self._clips(gc),
            ))

    def _look(self, gc: Context, face: Any) -> Look:
        width = round(self.points_to_pixels(gc.get_linewidth()), 3)
        stroke = _color(gc, gc.get_rgb()) if width else None
        dashes = self._dashes(*gc.get_dashes())
        return Look(_color(gc, face), stroke, width, *dashes, _CAPS[gc.get_capstyle()], gc.get_joinstyle())

    def _dashes(self, offset: float | None, lengths: Any) -> tuple[tuple[float, ...], float]:
        if lengths is None:
            return (), 0.0
        start, *pattern = (round(self.points_to_pixels(float(x)), 3) for x in (offset or 0, *lengths))
        return tuple(pattern), start

    def _clips(self, gc: Context) -> Clips:
        box = gc.get_clip_rectangle()
        path, transform = gc.get_clip_path()
        clips: Clips = () if box is None else (self._rectangle(np.asarray(box.extents).tobytes()),)
        if path is None:
            return clips
        vertices, codes = _cleaned(path, transform)
        return *clips, self._placed(vertices, codes)

    def _rectangle(self, extents: bytes) -> Placed:
        if extents not in self._rectangles:  # the axes, mostly, again and again
            x0, y0, x1, y1 = np.frombuffer(extents)
            vertices = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
            self._rectangles[extents] = self._placed(vertices, np.array([0, 1, 1, 1]))
        return self._rectangles[extents]

    def _placed(self, vertices: np.ndarray, codes: np.ndarray) -> Placed:
        """An outline about its first vertex."""
        return self._placed_alike(vertices[None], codes)[0]

    def _placed_alike(self, vertices: np.ndarray, codes: np.ndarray) -> list[Placed]:
        """The same for several with the same codes: float[m, n, 2], in one go."""
        down = self._down(vertices)
        places, outlines, letters = _units(down[:, 0]).tolist(), _units(down - down[:, :1]), Grid.of(codes, "u1")
        return [Placed((x, y), self._kept(Outline(Grid.of(outline, "i4"), letters)))
                for (x, y), outline in zip(places, outlines)]

    def _all_placed(self, paths: Sequence[Path], matrices: np.ndarray) -> list[Placed | None]:
        """Paths in turn, one for each matrix: float[n, 3, 3]; None where nothing is left of one."""
        shared, codes = paths[0].codes, _ours(paths[0])
        if len(codes) and all((shared is not None and path.codes is shared) or np.array_equal(_ours(path), codes)
                              for path in paths):
            vertices = np.resize([path.vertices for path in paths], (len(matrices), len(codes), 2))
            places = vertices @ matrices[:, :2, :2].swapaxes(1, 2) + matrices[:, None, :2, 2]
            if np.isfinite(places).all():
                _close(places, codes)
                return [*self._placed_alike(places, codes)]  # of the wider type
        cleaned = (_cleaned(path, Affine2D(matrix)) for path, matrix in zip(cycle(paths), matrices))
        return [self._placed(*outline) if len(outline[0]) and np.isfinite(matrix).all() else None
                for outline, matrix in zip(cleaned, matrices)]

    def _shape(self, path: Path, transform: Transform) -> Outline:
        """The outline of a marker about its own origin."""
        key = tuple(np.asarray(part).tobytes() for part in (path.vertices, _ours(path), transform.get_matrix()))
        if key not in self._shapes:  # the same markers, mostly, in every state
            vertices, codes = _cleaned(path, transform)
            self._shapes[key] = self._kept(Outline(Grid.of(_units(vertices), "i4"), Grid.of(codes, "u1")))
        return self._shapes[key]

    def _kept(self, outline: Outline) -> Outline:
        return self._outlines.setdefault(outline, outline)

    def _down(self, places: np.ndarray) -> np.ndarray:
        return places * _FLIP + (0, self._bottom)


class _RememberedText(TextToPath):
    """Outlines of text, each made once: making one costs about a millisecond, and words come again."""

    def get_text_path(self, prop: Any, s: str, ismath: Any = False, **look: Any) -> Any:
        return _text_path(prop.copy(), s, ismath, **look)


@lru_cache(maxsize=2048)
def _text_path(prop: Any, s: str, ismath: Any, **look: Any) -> Any:
    return TextToPath().get_text_path(prop, s, ismath, **look)


def _color(gc: Context, color: Any) -> RGBA | None:
    """A color with the opacity that matplotlib would give it; None if nothing of it shows."""
    if color is None:
        return None
    alpha = gc.get_alpha() if gc.get_forced_alpha() else (*color, 1.0)[3]
    red, green, blue, opacity = (round(255 * float(part)) for part in (*color[:3], alpha))
    return (red, green, blue, opacity) if opacity else None


def _rows(colors: Any) -> np.ndarray:
    """Colors 0 to 255 as uint8[m, 4]; no rows if nothing of them shows."""
    rows = np.rint(np.reshape(colors, (-1, 4))).astype(np.uint8)
    return rows if rows[:, 3].any() else rows[:0]


def _tuples(colors: np.ndarray) -> list[RGBA | None]:
    """Each color; None for what does not show, or if there is none."""
    return [(red, green, blue, alpha) if alpha else None for red, green, blue, alpha in colors.tolist()] or [None]


def _are_points(
    paths: Sequence[Path], places: np.ndarray, matrices: np.ndarray, transform: Transform, linestyles: Any
) -> bool:
    """Whether a collection is copies of a few solid outlines that differ in size only."""
    few = len(set(map(id, paths))) <= 256 and len(paths) <= len(places) > 1
    only_scaled = (matrices[:, :2] == matrices[:, :1, :1] * np.eye(2, 3)).all()
    about_origin = not transform.get_matrix()[:2, 2].any()
    return few and bool(only_scaled) and about_origin and all(dashes is None for _, dashes in linestyles)


def _png(pixels: np.ndarray) -> bytes:
    """A PNG file of uint8[h, w, 4]: up to 256 colors as a palette, which takes half the bytes."""
    colors, which = np.unique(np.ascontiguousarray(pixels).view("<u4"), return_inverse=True)
    picture, file = Image.fromarray(pixels), BytesIO()
    if len(colors) <= 256:
        red_green_blue_alpha = colors[:, None].view(np.uint8)
        picture = Image.fromarray(which.reshape(pixels.shape[:2]).astype(np.uint8))
        picture.putpalette(red_green_blue_alpha.tobytes(), "RGBA")
    picture.save(file, format="png")
    return file.getvalue()


def _cleaned(path: Any, transform: Any) -> tuple[np.ndarray, np.ndarray]:
    """Vertices float[n, 2] after the transform, without NaN, and our codes uint8[n]."""
    clean: Any = path.cleaned(transform, remove_nans=True, curves=True)
    vertices, codes = clean.vertices[:-1], clean.codes[:-1]  # the last says that the path stops
    codes = _CODE[codes]
    _close(vertices, codes)
    return vertices, codes


def _ours(path: Path) -> np.ndarray:
    """The codes of a path, uint8[n]."""
    return np.arange(len(path)).clip(max=1).astype(np.uint8) if path.codes is None else _CODE[np.asarray(path.codes)]


def _close(vertices: np.ndarray, codes: np.ndarray) -> None:
    """Vertices float[..., n, 2] where a path closes are the ones before; matplotlib ignores what stands there."""
    closing = np.flatnonzero(codes == _CODE[Path.CLOSEPOLY])
    vertices[..., closing, :] = vertices[..., closing - 1, :]


def _units(pixels: np.ndarray) -> np.ndarray:
    return np.rint(pixels.clip(-_FAR, _FAR) / UNIT).astype(np.int32)
