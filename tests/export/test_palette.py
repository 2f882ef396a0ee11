"""One palette for a run: what is kept exactly, how near the rest is."""

import numpy as np
import pytest

from emviz.export.palette import Palette, pack

RNG = np.random.default_rng(0)
VERMILLION = np.array([213, 94, 0], np.uint8)


def seen(frame: np.ndarray, palette: Palette) -> np.ndarray:
    return palette.colors[palette.indices(pack(frame))]


def test_packed_colors_are_told_apart():
    assert pack(np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1]]], np.uint8)).tolist() == [[1, 256, 65536]]


def test_flat_areas_keep_their_color_among_noise():
    flat = np.zeros((40, 400, 3), np.uint8) + VERMILLION
    noise = RNG.integers(0, 256, (40, 400, 3)).astype(np.uint8)
    palette = Palette.of([flat, noise])
    assert palette.colors.dtype == np.uint8 and len(palette.colors) <= 255
    np.testing.assert_array_equal(seen(flat, palette), flat)


def test_every_color_becomes_the_nearest_one():
    noise = RNG.integers(0, 256, (40, 400, 3)).astype(np.uint8)
    palette = Palette.of([noise])
    distances = ((noise[..., None, :].astype(int) - palette.colors) ** 2).sum(axis=-1)
    found = palette.indices(pack(noise))[..., None].astype(int)
    np.testing.assert_array_equal(np.take_along_axis(distances, found, axis=-1)[..., 0], distances.min(axis=-1))
    np.testing.assert_array_equal(palette.indices(pack(noise)), found[..., 0])  # from memory


@pytest.mark.parametrize("count", [1, 2, 127, 255])
def test_few_colors_are_all_exact(count):
    frame = RNG.permutation(256**3)[:count].astype("<u4").view(np.uint8).reshape(1, count, 4)[..., :3].repeat(3, axis=0)
    palette = Palette.of([frame])
    if count <= 127:
        assert len(palette.colors) == count
    np.testing.assert_array_equal(seen(frame, palette), frame)


def test_a_rare_hue_is_not_lost():
    """A thin blended line among many grays."""
    frame = RNG.integers(0, 256, (300, 400, 1)).astype(np.uint8).repeat(3, axis=2)
    frame[150] = np.linspace([255, 255, 255], [0, 114, 178], 400).astype(np.uint8)
    away = np.abs(seen(frame, Palette.of([frame]))[150].astype(int) - frame[150])
    assert away.max() < 24


def test_a_smooth_picture_takes_more_colors_than_a_chart():
    red, green = np.meshgrid(np.arange(256), np.arange(256))
    smooth = np.stack([red, green, (red + green) // 2], axis=-1).astype(np.uint8)
    chart = smooth.copy()
    chart[3:] = VERMILLION
    assert len(Palette.of([chart]).colors) <= 127 < len(Palette.of([smooth]).colors)
    assert np.abs(seen(smooth, Palette.of([smooth])).astype(int) - smooth).mean() < 6


def test_a_palette_is_the_same_every_time():
    noise = RNG.integers(0, 256, (40, 400, 3)).astype(np.uint8)
    np.testing.assert_array_equal(Palette.of([noise]).colors, Palette.of([noise]).colors)
