"""A run as a file: an animation, numbered pictures, or a strip for paper."""

from emviz.export.frames import save_frames
from emviz.export.gif import save_gif
from emviz.export.strip import save_strip
from emviz.export.video import save_mp4
from emviz.export.webp import save_webp

__all__ = ["save_frames", "save_gif", "save_mp4", "save_strip", "save_webp"]
