"""Pictures of the lessons that are no run of EM: stills with alt text, and scenes under a control."""

from emviz.lessons.pictures.bells import bells
from emviz.lessons.pictures.course_map import course_map
from emviz.lessons.pictures.curves import curves
from emviz.lessons.pictures.groups import Group, groups
from emviz.lessons.pictures.missing_pieces import missing_pieces
from emviz.lessons.pictures.mixture_curve import mixture_curve
from emviz.lessons.pictures.one_coin import likelihood, likelihood_so_far
from emviz.lessons.pictures.still import Still, drawn
from emviz.lessons.pictures.timeline import timeline

__all__ = [
    "Group", "Still", "bells", "course_map", "curves", "drawn", "groups", "likelihood", "likelihood_so_far",
    "missing_pieces", "mixture_curve", "timeline",
]
