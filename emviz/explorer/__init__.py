"""The explorer: a player whose data, model and start can be changed by hand."""

from emviz.explorer.widget import Explorer, explore

__all__ = ["Explorer", "explore"]
