"""The pictures of the README: each has a script that draws it, the same every time, and shows what it draws today."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
SHOWN = sorted(re.findall(r'src="(assets/[\w.]+)"', (ROOT / "README.md").read_text(encoding="utf-8")))


def drawn_by(script: Path, path: Path) -> Path:
    """What the script draws, at a path."""
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.draw(path)


def ends(path: Path) -> list[np.ndarray]:
    """The first and the last frame: int[h, w, 3]."""
    with Image.open(path) as picture:
        frames = []
        for at in (0, getattr(picture, "n_frames", 1) - 1):
            picture.seek(at)
            frames.append(np.asarray(picture.convert("RGB"), dtype=int))
    return frames


def test_the_readme_shows_pictures_and_says_in_words_what_is_in_them():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert SHOWN and len(re.findall(r'<img src="assets/[^>]*\balt="[^"]{40,}"', readme)) == len(SHOWN)


@pytest.mark.parametrize("picture", SHOWN)
def test_a_script_draws_it_the_same_every_time(tmp_path, picture):
    kept = ROOT / picture
    one, two = (drawn_by(kept.with_suffix(".py"), tmp_path / f"{number}{kept.suffix}") for number in (1, 2))
    assert one.read_bytes() == two.read_bytes()
    for now, then in zip(ends(one), ends(kept)):  # other versions of matplotlib may round edges otherwise
        assert now.shape == then.shape
        assert np.abs(now - then).mean() < 1.0
    assert kept.stat().st_size < 2.5e6  # of a page that people open on a phone
