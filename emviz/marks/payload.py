"""A recording as bytes for player.js: a JSON header, then one block of little-endian numbers."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from emviz.marks import Marks, Reading, Recording
from emviz.marks.fields import shares
from emviz.marks.kinds import UNIT, Clips, Grid, ImageMark, Look, Mark, Outline, PathMark, Placed, PointsMark

_KINDS = {PathMark: 0, PointsMark: 1, ImageMark: 2}


def to_bytes(recordings: Sequence[Recording], dial: str = "", labels: Sequence[str] = ("",),
             playing: Mapping[str, Any] | None = None) -> bytes:
    """The header's length (uint32), the header (UTF-8), the numbers.

    dial: what the recordings differ in, such as "temperature".  labels: the value of each.
    playing: what player.js should do in another way than it usually does: pace, hold, glide, loop, told,
    and the heading above the caption.

    The header has tables, and refers to their rows by number, so that what is equal is there once. A row
    has the fields of its kind in `emviz.marks.kinds`, in their order. A slot is a list of marks; a state has
    a slot for each mover. The numbers are the grids one after the other, each column after column; those of one kind
    are together, which packs better.
    """
    tables = _Tables()
    scenes = [_scene(recording, tables) for recording in recordings]
    header = {"unit": UNIT, "dial": dial, "labels": list(labels), "scenes": scenes} | tables.rows
    if playing:
        header["playing"] = dict(playing)
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join([struct.pack("<I", len(text)), text, *tables.numbers_by_kind()])


def _scene(recording: Recording, tables: _Tables) -> dict[str, Any]:
    turn = recording.turn
    return {
        "width": recording.width,
        "height": recording.height,
        "title": recording.title,
        "steps": recording.steps,
        "kinds": recording.kinds,
        "captions": recording.captions,
        "alts": recording.alts,
        "movers": list(recording.states[0]),
        "static": tables.slot(recording.static),
        "states": [[tables.slot(marks) for marks in state.values()] for state in recording.states],
        "readings": [_reading(reading, recording, tables) for reading in recording.readings],
        "fields": [{
            "box": field.box,
            "axes": [vars(axis) for axis in field.axes],
            "components": field.components,
            "colors": field.colors,
            "hard": field.hard,
            "drawn": field.drawn,
            "scores": [None if grid is None else tables.grid(grid) for grid in field.scores],
            "note": field.note,
        } for field in recording.fields],
        "turn": None if turn is None else {
            "center": turn.center,
            "elevation": turn.elevation,
            "movers": list(turn.sides[0]),
            "sides": [[tables.slot(marks) for marks in side.values()] for side in turn.sides],
        },
    }


def _reading(reading: Reading, recording: Recording, tables: _Tables) -> dict[str, Any]:
    percents, field = _beside_a_field(reading, recording)
    return {
        "mover": reading.mover,
        "names": tables.names(reading.names),
        "components": reading.components,
        "percents": [None if grid is None else tables.grid(grid) for grid in percents],
        "field": field,
    }


def _beside_a_field(reading: Reading, recording: Recording) -> tuple[Sequence[Grid | None], int | None]:
    """Percents as what to add, modulo 256, to those of a field at the places of the points: nearly always nothing.

    Returns them with the number of the field; if no field says the same, as they are, with None.
    """
    points = [state[reading.mover] for state in recording.states]
    for number, field in enumerate(recording.fields):
        if field.components == reading.components:
            changes = [_changes(*told, field.hard) for told in zip(reading.percents, field.scores, points)]
            if all(change is None or np.isin(change.array, (0, 1, 255)).all() for change in changes):
                return changes, number
    return reading.percents, None


def _changes(percents: Grid | None, scores: Grid | None, marks: Marks, hard: bool) -> Grid | None:
    if percents is None or scores is None:
        return percents
    places = np.concatenate([mark.positions for mark in marks if isinstance(mark, PointsMark)] or [np.empty((0, 2))])
    if len(places) != len(percents.array):
        return percents
    return Grid.of(percents.array - np.floor(100 * shares(scores, places, hard) + 0.5).astype(np.uint8), "u1")


class _Tables:
    def __init__(self) -> None:
        names = ("grids", "outlines", "clips", "looks", "marks", "slots", "names")
        self.rows: dict[str, list[Any]] = {name: [] for name in names}
        self.numbers: list[bytes] = []
        self._colors: dict[tuple[int, ...], list[tuple[int, np.ndarray]]] = {}
        self._known: dict[Any, int] = {}

    def _number(self, table: str, value: Any, row: Callable[[Any], Any]) -> int:
        """The number of the row of a value, which is added if it is new."""
        key = table, value
        number = self._known.get(key)  # once: the hash of a deep tuple takes its time
        if number is None:
            made = row(value)
            number = self._known[key] = len(self.rows[table])
            self.rows[table].append(made)
        return number

    def numbers_by_kind(self) -> list[bytes]:
        kinds = [f"{dtype} {columns} {rows}" for dtype, rows, columns, _ in self.rows["grids"]]
        return [numbers for _, numbers in sorted(zip(kinds, self.numbers), key=lambda pair: pair[0])]

    def slot(self, marks: Marks) -> int:
        return self._number("slots", marks, lambda marks: [self._mark(mark) for mark in marks])

    def names(self, names: tuple[str, ...]) -> int:
        return self._number("names", names, list)

    def _mark(self, mark: Mark) -> int:
        return self._number("marks", mark, self._mark_row)

    def _mark_row(self, mark: Mark) -> list[Any]:
        *fields, clips = mark
        return [_KINDS[type(mark)], *map(self._field, fields), self._number("clips", clips, self._clips_row)]

    def _field(self, value: Any) -> Any:
        if isinstance(value, Grid):
            return self.grid(value)
        if isinstance(value, Placed):
            return [*value.place, self._outline(value.outline)]
        if isinstance(value, Look):
            return self._number("looks", value, list)
        if isinstance(value, tuple) and value and isinstance(value[0], Outline):
            return [self._outline(outline) for outline in value]
        return value

    def _clips_row(self, clips: Clips) -> list[Any]:
        return [self._field(clip) for clip in clips]

    def _outline(self, outline: Outline) -> int:
        return self._number("outlines", outline, self._outline_row)

    def _outline_row(self, outline: Outline) -> list[int]:
        """The vertices as differences of differences: the smoother a curve, the higher the order that is smallest."""
        ways, changes = {}, outline.vertices.array
        for order in (1, 2, 3):
            changes = changes.copy()
            changes[1:] -= changes[:-1].copy()
            ways[order] = changes
        order = min(ways, key=lambda order: np.abs(ways[order]).sum())
        return [self.grid(Grid.of(ways[order], "i4")), order, self.grid(outline.codes)]

    def grid(self, grid: Grid) -> int:
        return self._number("grids", grid, self._grid_row)

    def _grid_row(self, grid: Grid) -> list[Any]:
        array, base = grid.array, None
        if grid.dtype == "i4":
            small = (array.astype(dtype) for dtype in ("<i1", "<i2", "<i4"))
            array = next(smaller for smaller in small if np.array_equal(smaller, array))
        elif grid.dtype == "u1" and array.ndim == 2:
            array, base = self._changed_colors(array)
        rows, columns = (*array.shape, 1)[:2]
        self.numbers.append(array.astype(array.dtype.newbyteorder("<")).tobytes(order="F"))
        return [array.dtype.str[1:], rows, columns, base]

    def _changed_colors(self, colors: np.ndarray) -> tuple[np.ndarray, int | None]:
        """Colors as what to add, modulo 256, to those of an earlier grid, where that packs better."""
        earlier = self._colors.setdefault(colors.shape, [])
        ways = [(colors, None), *((colors - before, number) for number, before in earlier[-2:])]
        earlier.append((len(self.rows["grids"]), colors))
        return min(ways, key=lambda way: len(zlib.compress(way[0].tobytes(order="F"), 1)))
