"""The history of EM as one picture: years to scale, and what was hidden in each problem."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emviz import style
from emviz.lessons.pictures.still import Still, drawn, sheet

_WIDTH, _HEIGHT = 960, 500           # pixels
_LEFT, _RIGHT, _LINE = 60, 916, 262  # the line of years: its ends, and its height from below
_FIRST, _LAST = 1880, 1980           # the years at its ends
_TOP, _BOTTOM, _TALL = 486, 176, 156  # of a note above the line and of one below it, and how tall it is


class Event(NamedTuple):
    """year: as a number.  shown: the year as the picture writes it.  who.  what: lines of words.  hidden: the missing
    piece.  left: where the note begins, in pixels.  above: whether it stands above the line of years.
    """

    year: float
    shown: str
    who: str
    what: str
    hidden: str
    left: int
    above: bool


# Newcomb as Butler (1986) reads him, in McLachlan & Peel, "Finite Mixture Models" (2000), chapter 1; McKendrick as Meng
# (1997) does, Statistical Methods in Medical Research 6; the others as Dempster, Laird & Rubin (1977) tell it.
# Newcomb's volume of the journal is dated 1886; it is also cited as 1887.
EVENTS = (
    Event(1886.5, "1886/87", "Newcomb",
          "averages measurements,\nsome good, some poor, and\nreweights them in turns",
          "hidden: how precise each is", 30, True),
    Event(1926, "1926", "McKendrick",
          "studies a cholera epidemic:\nhouses without a case look alike,\nexposed or not",
          "hidden: who was exposed", 300, False),
    Event(1958, "1958", "Hartley",
          "fills counts in, estimates\nfrom the filled table,\nand repeats",
          "hidden: parts of the counts", 400, True),
    Event(1970, "1970", "Baum, Petrie, Soules, Weiss",
          "fit hidden Markov models, and\nprove that the likelihood\nnever falls",
          "hidden: the states of the chain", 640, False),
    Event(1977, "1977", "Dempster, Laird, Rubin",
          "see one method in many\nspecial cases, work it out\nin general, and name it EM",
          "hidden: whatever is missing", 690, True),
)


def timeline() -> Still:
    """Five steps on the way to EM, from 1886 to 1977."""

    def paint(figure: Figure) -> str:
        ax = sheet(figure)
        ax.plot([_LEFT, _RIGHT], [_LINE, _LINE], color=style.SOFT_INK, linewidth=2)
        for year in range(_FIRST, _LAST + 1, 20):
            ax.plot([_at(year)] * 2, [_LINE - 6, _LINE + 6], color=style.SOFT_INK, linewidth=1.5)
            ax.text(_at(year), _LINE - 14, str(year), ha="center", va="top", fontsize=style.SMALL, color=style.SOFT_INK)
        for number, event in enumerate(EVENTS):
            _paint(ax, event, number)
        told = "; ".join(f"{event.shown} {event.who}" for event in EVENTS)
        return (f"A line of years from {_FIRST} to {_LAST} with five steps on the way to EM: {told}. "
                "Each had a hidden piece: precision, exposure, counts, states, anything missing.")

    return drawn(paint, (_WIDTH, _HEIGHT))


def _at(year: float) -> float:
    """Where a year is on the line, in pixels."""
    return _LEFT + (_RIGHT - _LEFT) * (year - _FIRST) / (_LAST - _FIRST)


def _paint(ax: Axes, event: Event, number: int) -> None:
    """The note of an event, its dot, and a line between them."""
    top = _TOP if event.above else _BOTTOM
    near, far = (top - _TALL, top) if event.above else (top, top - _TALL)  # the ends of the note's rule
    rule = event.left - 12
    x, knee = _at(event.year), _LINE if event.above else _LINE - 38  # past the years below the line
    ax.plot([x, x, rule, rule], [_LINE, knee, near, far], color=style.color(number), linewidth=2.5)
    ax.plot(x, _LINE, "o", markersize=15, color=style.color(number), markeredgecolor=style.PAPER,
            markeredgewidth=2)
    for text, down, look in ((event.shown, 0, {"fontsize": 19, "weight": "bold"}),
                             (event.who, 31, {"fontsize": 14, "weight": "bold"}),
                             (event.what, 59, {"fontsize": style.SMALL, "linespacing": 1.3}),
                             (event.hidden, 133, {"fontsize": style.SMALL, "style": "italic"})):
        ax.text(event.left, top - down, text, va="top", **look)
