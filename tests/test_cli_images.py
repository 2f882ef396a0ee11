"""Pictures as data: any file becomes the colors that a viewer shows."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz import cli
from emviz.cli import data, images, picture
from emviz.cli.words import Failure
from emviz.datasets.pictures import PIXEL_PHOTOS

# Left half orange, right half blue, a green corner: no symmetry that would hide a turn.
COLORS = np.zeros((8, 12, 3), dtype=np.uint8)
COLORS[:, :6], COLORS[:, 6:], COLORS[:3, :4] = (230, 160, 0), (0, 110, 180), (0, 160, 110)
GRAY = (COLORS @ [0.299, 0.587, 0.114]).round().astype(np.uint8)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(picture: Image.Image, name: str = "a.png", **options) -> np.ndarray:
    picture.save(name, **options)
    return images.read(name)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.bmp", "a.tiff", "a.PNG", "a.ppm"])
def test_formats(name: str) -> None:
    options = {"lossless": True} if name == "a.webp" else {}
    assert images.is_picture(name)
    np.testing.assert_array_equal(read(Image.fromarray(COLORS), name, **options), COLORS)


def test_a_jpeg_and_its_four_inks() -> None:
    for photo in (Image.fromarray(COLORS), Image.fromarray(COLORS).convert("CMYK")):
        found = read(photo.resize((120, 80), Image.Resampling.NEAREST), "a.jpg", quality=95)
        assert np.abs(found[5::10, 5::10].astype(int) - COLORS).max() < 12


@pytest.mark.parametrize(("orientation", "turn"), [(3, lambda a: a[::-1, ::-1]), (6, lambda a: np.rot90(a, -1)),
                                                   (8, np.rot90), (2, lambda a: a[:, ::-1])])
def test_it_is_turned_as_the_camera_says(orientation: int, turn) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    np.testing.assert_array_equal(read(Image.fromarray(COLORS), exif=exif), turn(COLORS))


def test_gray_levels_are_colors_too() -> None:
    expected = GRAY[..., None].repeat(3, axis=2)
    np.testing.assert_array_equal(read(Image.fromarray(GRAY)), expected)
    np.testing.assert_array_equal(read(Image.fromarray(GRAY.astype(np.uint16) * 257)), expected)  # 16 bits
    np.testing.assert_array_equal(read(Image.fromarray(GRAY.astype(np.float32)), "a.tiff"), expected)
    black_and_white = read(Image.fromarray(GRAY > 128))
    np.testing.assert_array_equal(black_and_white, np.where(GRAY > 128, 255, 0)[..., None].repeat(3, axis=2))


def test_a_palette() -> None:
    picture = Image.fromarray(COLORS).quantize(8)
    np.testing.assert_array_equal(read(picture, "a.gif"), np.asarray(picture.convert("RGB")))


def test_what_is_transparent_is_white() -> None:
    alpha = np.full((8, 12, 1), 255, dtype=np.uint8)
    alpha[4:], alpha[7:] = 128, 0
    found = read(Image.fromarray(np.concatenate([COLORS, alpha], axis=2)))
    np.testing.assert_array_equal(found[:4], COLORS[:4])
    np.testing.assert_allclose(found[4:7], 255 - (255.0 - COLORS[4:7]) * 128 / 255, atol=1)
    assert (found[7:] == 255).all()
    palette = Image.fromarray(COLORS).quantize(8)
    see_through = palette.getpixel((0, 0))
    assert (read(palette, "a.gif", transparency=see_through)[0, 0] == 255).all()


@pytest.mark.parametrize(("contents", "words"), [
    (b"hello", "nothing in it looks like a picture"), (b"", "nothing in it looks like a picture"),
])
def test_what_is_no_picture(here: Path, contents: bytes, words: str) -> None:
    (here / "a.png").write_bytes(contents)
    with pytest.raises(ValueError, match=f"^a.png cannot be read as a picture: {words}"):
        images.read("a.png")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif", "a.bmp", "a.tiff"])
def test_a_picture_that_ends_too_early(here: Path, name: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    Image.fromarray(noise).save(name)
    whole = (here / name).read_bytes()
    (here / name).write_bytes(whole[:len(whole) // 2])
    with pytest.raises(ValueError, match=f"^{name} cannot be read as a picture: "):
        images.read(name)


def test_a_bomb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    Image.fromarray(COLORS).save("a.png")
    for most in (90, 40):  # Pillow warns of the one and refuses the other
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        assert cli.main(["gif", "a.png"]) == 1
        assert capsys.readouterr().err == "emviz: a.png has more than 0 million pixels: make it smaller first\n"


# ------------------------------------------------------------------ what EM runs on


def test_a_small_picture_is_taken_as_it_is() -> None:
    Image.fromarray(COLORS).save("a.png")
    given = data.read("a.png", None)
    assert (given.shape, given.note, given.rows.title) == ((8, 12), "", "a")
    np.testing.assert_array_equal(given.rows.data, COLORS.reshape(-1, 3) / 255)
    assert given.rows.feature_names == ("red", "green", "blue")


@pytest.mark.parametrize(("height", "width"), [(600, 800), (3000, 20), (1, 100_000)])
def test_a_large_picture_becomes_means_and_says_so(height: int, width: int) -> None:
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    pixels[:, width // 2:] = 200
    Image.fromarray(pixels).save("a.png")
    given = data.read("a.png", None)
    rows, columns = given.shape
    assert 0.8 * images.PIXELS < rows * columns <= images.PIXELS
    assert given.note == (f"a.png has {width} x {height} pixels: EM ran on {columns} x {rows}, each the mean of its "
                          "neighbors")
    assert given.rows.data.mean() == pytest.approx(pixels.mean() / 255, rel=0.01)


@pytest.mark.parametrize("name", PIXEL_PHOTOS)
def test_photographs_of_emviz(name: str) -> None:
    given = data.read(name, None)
    photo = emviz.datasets.pixel_photo(name)
    assert given.rows.source == name and given.shape == photo.data.shape[:2]
    np.testing.assert_array_equal(given.rows.data, photo.data.reshape(-1, 3) / 255)


@pytest.mark.parametrize(("options", "view"), [([], "image"), (["--view", "colors"], "colors"),
                                               (["--model", "gaussian", "--covariance", "diag"], "image")])
def test_the_run_is_shown_as_a_picture(monkeypatch: pytest.MonkeyPatch, options: list, view: str) -> None:
    Image.fromarray(COLORS).save("photo.png")
    shown = []
    monkeypatch.setitem(picture.MEDIA, "gif", (lambda scene, *_, **__: shown.append(scene), (".gif",)))
    assert cli.main(["gif", "photo.png", "-k", "3", *options]) == 0
    scene = shown[0]
    assert type(scene.view).NAME == view
    found = {tuple(color) for color in np.rint(255 * scene.trace.final.means).astype(int)}
    assert found == {(230, 160, 0), (0, 110, 180), (0, 160, 110)}


def test_a_picture_of_one_color_has_nothing_to_tell_apart(capsys: pytest.CaptureFixture) -> None:
    Image.new("RGB", (9, 9), "red").save("red.png")
    assert cli.main(["gif", "red.png"]) == 1
    assert capsys.readouterr().err == ("emviz: red.png: all rows are equal, so there is nothing to tell apart; "
                                       "use -k 1\n")


def test_what_is_no_data() -> None:
    with pytest.raises(Failure, match=r"flowr is neither a data set nor a file: did you mean flower\?"):
        data.check("flowr")
