"""What a hand in the browser wants, as a new setup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from emviz.explorer.picture import Picture
from emviz.explorer.setup import Setup


def by_hand(message: Mapping[str, Any], picture: Picture) -> Setup:
    """The setup of the picture, changed as a message of explorer.js says; places in it are pixels of the picture."""
    setup, rows = picture.setup, picture.setup.rows
    row: Any = message.get("row")
    x: Any = message.get("x")
    y: Any = message.get("y")
    match message["do"], message.get("what"):
        case "move", "center":
            return setup.moved(row, picture.center_at(row, x, y))
        case "place", _:
            return setup.placed(picture.center_at(None, x, y))
        case "remove", "center":
            return setup.without_center(row)
        case "axis", _:
            center = picture.place(*picture.centers()[row])
            return setup.stretched(row, message["axis"], picture.place(x, y) - center)
        case "move", "point":
            return setup.with_rows(rows.moved(row, picture.row_at(x, y)))
        case "add", _:
            return setup.with_rows(rows.added([picture.row_at(x, y)], message.get("group", 0)))
        case "paint", _:
            return setup.with_rows(rows.added([picture.row_at(*place) for place in message["places"]],
                                             message.get("group", 0)))
        case "erase", _:
            return setup.with_rows(rows.without(message["rows"]))
        case "remove", "point":
            return setup.with_rows(rows.without([row]))
        case "number", what:
            return _by_number(setup, str(what), row, message["column"], message["value"])
    raise ValueError(f"the browser asks for {message['do']!r}, which is unknown here: run the cell again")


def _by_number(setup: Setup, what: str, row: int, column: int, value: float) -> Setup:
    """The setup with a number that somebody typed."""
    match what:
        case "center":
            place = np.array(setup.places[row], ndmin=1)
            place[column] = value
            return setup.moved(row, place if setup.places.ndim == 2 else place[0])
        case "weight":
            return setup.weighted(row, value)
        case "spread":
            long, short, degrees = (value if at == column else old for at, old in enumerate(setup.spread_of(row)))
            return setup.spread(row, long, short, degrees)
        case "point":
            values = np.array(setup.rows.values[row], dtype=float, ndmin=1)
            values[column] = value
            return setup.with_rows(setup.rows.moved(row, values))
    raise ValueError(f"there are no numbers of {what!r}")
