"""Reading from a page what the player painted there."""

import re

import numpy as np
from matplotlib.collections import Collection, PathCollection

READ = """(root) => Object.fromEntries([...root.querySelectorAll('[data-mover]')].map((group) => [
    group.dataset.mover,
    [...group.querySelectorAll('path')].map((path) => {
        const {e, f} = path.transform.baseVal.consolidate().matrix;
        const {fill, stroke} = getComputedStyle(path);
        return {x: e, y: f, d: path.getAttribute('d'), fill, stroke};
    }),
]))"""


def movers_of(player) -> dict[str, list[dict]]:
    """By mover, its paths: `place` and `vertices` in pixels of the picture, `fill` and `stroke` as RGBA 0 to 255."""
    return {name: [_numbers(path) for path in paths] for name, paths in player.evaluate(READ).items()}


def _numbers(path: dict) -> dict:
    place = np.array([path["x"], path["y"]])
    numbers = np.array(re.findall(r"-?[\d.]+", path["d"]), float).reshape(-1, 2)
    return {"place": place, "vertices": place + numbers, "fill": _rgba(path["fill"]), "stroke": _rgba(path["stroke"])}


def _rgba(css: str) -> np.ndarray:
    """All zeros where nothing of it shows."""
    if css == "none":
        return np.zeros(4)
    red, green, blue, *alpha = map(float, re.findall(r"[\d.]+", css))
    rgba = np.array([red, green, blue, 255 * (alpha[0] if alpha else 1)])
    return rgba * (rgba[3] > 0)


def assert_painted(player, scene, step: int) -> int:
    """Every collection of the scene is on the page as the artist has it; returns how many paths were compared.

    Places to 0.1 pixels, colors to 1/255.
    """
    scene.show(step)
    movers = movers_of(player)
    compared = 0
    for name, artist in scene.movers.items():
        if isinstance(artist, Collection):
            wanted = _wanted(artist, scene)
            assert len(movers[name]) == len(wanted), name
            for got, (vertices, fill, stroke) in zip(movers[name], wanted):
                on_page = got["place"] if isinstance(artist, PathCollection) else got["vertices"]
                np.testing.assert_allclose(on_page, vertices, atol=0.1, err_msg=name)
                np.testing.assert_allclose(got["fill"], 255 * fill, atol=1, err_msg=name)
                np.testing.assert_allclose(got["stroke"], 255 * stroke, atol=1, err_msg=name)
            compared += len(wanted)
    return compared


def _wanted(artist: Collection, scene) -> list[tuple]:
    """Of each thing in a collection that can be seen: its place or its vertices, in pixels, its fill, its stroke."""
    down = np.array([0, scene.figure.bbox.height - scene.caption_height])
    if isinstance(artist, PathCollection):
        places = list(down + [1, -1] * artist.get_offset_transform().transform(artist.get_offsets()))
    else:
        closed = [path.codes is not None and path.codes[-1] == path.CLOSEPOLY for path in artist.get_paths()]
        places = [down + [1, -1] * artist.get_transform().transform(path.vertices[:-1] if shut else path.vertices)
                  for path, shut in zip(artist.get_paths(), closed)]
    look = [np.resize(colors, (len(places), 4)) if len(colors) else np.zeros((len(places), 4))
            for colors in (artist.get_facecolor(), artist.get_edgecolor())]
    look[1][np.resize(artist.get_linewidth(), len(places)) == 0] = 0
    for colors in look:
        colors[np.rint(255 * colors[:, 3]) == 0] = 0
    return [wanted for wanted in zip(places, *look)
            if len(wanted[0]) and (isinstance(artist, PathCollection) or wanted[1][3] or wanted[2][3])]
