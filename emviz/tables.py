"""Reads a table of numbers from a CSV or TSV file, or says which cell is none."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emviz.datasets import Dataset

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
SEPARATORS = ",;\t"


def read_csv(path: str | Path, columns: Sequence[str] | None = None) -> Dataset:
    """Read a CSV file. Its first line names the columns, unless it is all numbers: then they are numbered from 0.

    columns: the names of those to keep, in this order; None keeps all. The separator is the comma, semicolon
    or tab that the first line has most of.

    Returns a Dataset with data: float[n, d] and no labels. Raises OSError if there is no such file, and
    ValueError that names the file, the line and the column of the first cell that is no finite number.
    """
    return parse_csv(Path(path).read_bytes(), str(path), columns)


def parse_csv(contents: bytes, source: str, columns: Sequence[str] | None = None) -> Dataset:
    """The same for the contents of a file; `source` says in errors where they are from."""
    try:
        text = contents.decode("utf-8-sig")  # spreadsheets write a byte order mark
    except UnicodeDecodeError:
        raise ValueError(f"{source} is not a text file in UTF-8: save it as 'CSV UTF-8'") from None
    header, lines = _split(text, source)
    positions = [_position(name, header, source) for name in (header if columns is None else columns)]
    names = tuple(header[position] for position in positions)

    data = np.empty((len(lines), len(names)))
    for row, (line, cells) in enumerate(lines):
        if len(cells) != len(header):
            raise ValueError(f"{source}, line {line}: {len(cells)} cells, but {len(header)} columns have names")
        for column, position in enumerate(positions):
            data[row, column] = _number(cells[position], f"{source}, line {line}, column '{header[position]}'")
    return Dataset(data=data, labels=None, feature_names=names, title=Path(source).stem, source=source, license="")


def _split(text: str, source: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and every line of cells with its number; empty lines are no rows."""
    first = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=max(SEPARATORS, key=first.count))
    lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]
    if lines and all(_is_number(cell) for cell in lines[0][1]):
        return [f"column {number}" for number in range(len(lines[0][1]))], lines
    if len(lines) < 2:
        raise ValueError(f"{source} has no data: it needs a line of column names, and a line for each row")
    header = lines[0][1]
    for name in header:
        if name and header.count(name) > 1:
            raise ValueError(f"{source} has {header.count(name)} columns '{name}': give each its own name")
    return header, lines[1:]


def _position(name: str, header: Sequence[str], source: str) -> int:
    if not name:
        raise ValueError(f"{source}: a column has no name: name it in the first line, or choose others")
    if name not in header:
        raise ValueError(f"{source} has no column '{name}': it has {', '.join(header)}")
    return header.index(name)


def _number(cell: str, place: str) -> float:
    if cell.lower() in MISSING:
        raise ValueError(f"{place}: the cell is missing: fill it, or delete the line")
    if not _is_number(cell):
        raise ValueError(f"{place}: '{cell}' is no number: choose columns of numbers, with a decimal point")
    if not math.isfinite(value := float(cell)):
        raise ValueError(f"{place}: '{cell}' is not a finite number")
    return value


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
