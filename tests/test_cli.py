"""The command line: what it writes, what it says, and how it fails."""

import io
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz import cli, progress
from emviz.cli.kinds import Steps
from emviz.cli.parser import COMMANDS, EXAMPLES, PICTURES, split_lab
from emviz.cli.words import in_shell_words
from emviz.datasets.pictures import PIXEL_PHOTOS

SHORT = ("--max-iterations", "1")  # enough to see that a picture is made
SMALL = ("--size", "320x180")
PYTHON_NAMES = re.compile(r"\w+_\w+=|\b\w+=\S|\bn_\w+|trace_or_scene|\w+_per_step|max_iterations|Error|Traceback")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fails(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    """Run a command that fails; returns its one line on stderr."""
    assert cli.main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("emviz: ") and said.err.count("\n") == 1
    assert not PYTHON_NAMES.search(said.err), said.err
    return said.err


def refused(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    """Run a command with wrong usage; returns its one line on stderr."""
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1 and said.err.endswith("--help)\n")
    assert not PYTHON_NAMES.search(said.err), said.err
    return said.err


def shell(*arguments: str, **options) -> subprocess.CompletedProcess:
    """The command in a process of its own."""
    return subprocess.run([sys.executable, "-m", "emviz", *arguments], capture_output=True, text=True, timeout=60,
                          **options)


# ------------------------------------------------------------------ what it writes


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("heights", ["--model", "gaussian", "-k", "2"]),
        ("blobs", ["--model", "kmeans", "-k", "4", "--start", "random", "--seed", "3"]),
        ("stretched_blobs", ["-k", "3", "--covariance", "tied", "--temperature", "0.5", "--min-variance", "0.01"]),
        ("coin_flips", ["--start", "responsibilities"]),
        ("earthquakes", ["--model", "poisson", "-k", "3"]),
    ],
)
def test_a_gif_shows_every_step(here: Path, capsys: pytest.CaptureFixture, data: str, options: list) -> None:
    assert cli.main(["gif", data, *options, *SHORT, *SMALL, "-o", "run.gif"]) == 0
    assert capsys.readouterr().out.startswith("wrote run.gif: 3 steps, reached --max-iterations 1\n")
    with Image.open(here / "run.gif") as picture:
        assert picture.n_frames == 3  # start, E, M


@pytest.mark.parametrize(("command", "name", "begin"), [
    ("gif", "heights.gif", b"GIF89a"), ("mp4", "heights.mp4", b"ftyp"), ("webp", "heights.webp", b"WEBP"),
    ("strip", "heights.png", b"PNG"), ("html", "heights.html", b"<!doctype html>"),
])
def test_every_medium_has_the_name_of_the_data(here: Path, command: str, name: str, begin: bytes) -> None:
    assert cli.main([command, "heights", *SHORT, *SMALL]) == 0
    assert os.listdir(here) == [name]
    assert begin in (here / name).read_bytes()[:16]


def test_frames_are_a_folder(here: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["frames", "heights", "--steps", "0,1,last", *SMALL]) == 0
    assert re.fullmatch(r"wrote heights-frames: 3 of \d+ steps, .*\n", capsys.readouterr().out)
    assert [*map(Image.open, sorted((here / "heights-frames").iterdir()))][0].size == (320, 180)
    assert len(os.listdir(here / "heights-frames")) == 3


@pytest.mark.parametrize("name", ["strip.svg", "strip.pdf"])
def test_a_strip_is_for_paper(here: Path, name: str, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["strip", "heights", "--steps", "0-1", "--size", "640x180", "-o", name]) == 0
    assert (here / name).exists()
    capsys.readouterr()
    assert cli.main(["strip", "heights"]) == 0  # which steps is up to the strip
    assert capsys.readouterr().out.startswith("wrote heights.png: some of 47 steps, ")


def test_what_was_there_is_replaced(here: Path) -> None:
    (here / "heights.gif").write_text("old")
    assert cli.main(["gif", "heights", *SHORT]) == 0
    assert (here / "heights.gif").read_bytes().startswith(b"GIF89a")


def test_the_options_of_a_picture_go_to_what_saves_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from emviz.cli import picture

    saved = []
    monkeypatch.setitem(picture.MEDIA, "gif", (lambda *given, **options: saved.append((given, options)), (".gif",)))
    assert cli.main(["gif", "faithful", "--steps", "0-4:2", "--size", "640x360", "--dpi", "150", "--tween", "3",
                     "--seconds-per-step", "0.5", "--hold", "1", "--title", "A title", "--no-caption", "--once"]) == 0
    (trace, path), options = saved[0]
    assert (path, len(trace.data)) == (Path("faithful.gif"), 272)
    assert options == {"steps": [0, 2, 4], "size": (640, 360), "dpi": 150, "tween": 3, "seconds_per_step": 0.5,
                       "hold": 1, "title": "A title", "caption": False, "loop": False}
    assert cli.main(["gif", "faithful", "--caption", "below", *SHORT]) == 0
    assert saved[1][1] == {"steps": None, "caption": "below"}


def test_the_options_of_a_run_make_the_same_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from emviz.cli import picture

    saved = []
    monkeypatch.setitem(picture.MEDIA, "gif", (lambda trace, *_, **__: saved.append(trace), (".gif",)))
    cli.main(["gif", "faithful", "-k", "3", "--covariance", "diag", "--start", "random", "--seed", "7",
              "--tolerance", "0.5", "--temperature", "1.5"])
    expected = emviz.run(emviz.GaussianMixture(3, "diag", temperature=1.5), emviz.datasets.faithful(), "random", rng=7,
                         tolerance=0.5)
    assert saved[0].final == expected.final and len(saved[0]) == len(expected)


@pytest.mark.parametrize(("view", "size"), [("free energy", (800, 450)), ("free-energy", (800, 450)),
                                            ("table", (800, 450))])
def test_a_view_by_name_is_as_wide_as_other_films(here: Path, view: str, size: tuple) -> None:
    assert cli.main(["gif", "heights", "--view", view, *SHORT]) == 0
    with Image.open(here / "heights.gif") as picture:
        assert picture.size == size


@pytest.mark.parametrize("data", ["digits_2_6", "photo_colors", "iris", "times_deaths"])
@pytest.mark.parametrize("view", ["tiles", "colors", "plane", "counts", "table", "free energy", "curve"])
def test_a_view_is_shown_or_refused_in_a_line(here: Path, capsys: pytest.CaptureFixture, data: str, view: str) -> None:
    options = ["gif", data, "--view", view, "--model", "poisson" if data == "times_deaths" else "kmeans",
               "--steps", "last", *SHORT, *SMALL]
    try:
        assert cli.main(options) == 0
    except SystemExit as end:
        assert end.code == 2
        said = capsys.readouterr().err
        assert said.startswith(f"emviz gif: --view is {view}, which ") and said.count("\n") == 1
        assert not PYTHON_NAMES.search(said)


def test_it_tells_what_happened_in_the_run(here: Path, capsys: pytest.CaptureFixture) -> None:
    (here / "few.csv").write_text("x\n0\n0\n0\n5\n6\n8\n", encoding="utf-8")
    assert cli.main(["gif", "few.csv", "-o", "few.gif", "--seed", "1"]) == 0
    said = capsys.readouterr().out
    assert "reached --min-variance" in said and not PYTHON_NAMES.search(said)


def test_a_start_that_cannot_be_told_apart_is_an_event_and_no_warning(here: Path, capsys) -> None:
    (here / "two.csv").write_text("x\n1\n1\n1\n2\n", encoding="utf-8")
    assert cli.main(["gif", "two.csv", "--model", "kmeans", "-k", "3", *SMALL]) == 0
    said = capsys.readouterr()
    assert "start, iteration 0: " in said.out and said.err == ""


# ------------------------------------------------------------------ data


def test_a_csv_file_is_data_too(here: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(20, 2))
    lines = [f"{x},{y},blue" for x, y in rows]
    (here / "mine.csv").write_text("\n".join(["width,height,color", *lines]))
    assert cli.main(["gif", "mine.csv", "--columns", "width, height", *SHORT]) == 0
    assert (here / "mine.gif").exists()


def test_a_table_with_tabs(here: Path) -> None:
    (here / "mine.tsv").write_text("a\tb\n1\t2\n3\t1\n2\t5\n4\t4\n")
    assert cli.main(["html", "mine.tsv", *SHORT]) == 0
    assert (here / "mine.html").exists()


def test_standard_input_is_data(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    given = io.TextIOWrapper(io.BytesIO(b"height;mass\n170;60\n182;70\n160;55\n"))
    monkeypatch.setattr(sys, "stdin", given)
    assert cli.main(["gif", "-", "--columns", "mass", *SHORT]) == 0
    assert os.listdir(here) == ["data.gif"]
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"height\n1\n1\n1\n")))
    assert fails(capsys, "gif", "-").startswith("emviz: standard input: all rows are equal")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"height\nfoo\n")))
    assert "standard input, line 2, column 'height': 'foo' is no number" in fails(capsys, "gif", "-")


def test_standard_input_that_is_a_keyboard(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert "nothing is piped into it" in fails(capsys, "gif", "-")


def test_columns_of_a_data_set(here: Path, capsys: pytest.CaptureFixture) -> None:
    columns = "petal length (cm),petal width (cm)"
    assert cli.main(["gif", "iris", "--columns", columns, "-k", "3", *SHORT, *SMALL, "-o", "iris.gif"]) == 0
    assert (here / "iris.gif").exists()
    capsys.readouterr()
    assert "there is no 'petal'; the columns are sepal length (cm)" in refused(
        capsys, "gif", "iris", "--columns", "petal", "-o", "iris.gif")


def test_a_column_with_a_comma_in_its_name(here: Path) -> None:
    (here / "mine.csv").write_text('"height, cm",mass\n170,60\n182,70\n160,55\n')
    assert cli.main(["gif", "mine.csv", "--columns", '"height, cm",mass', *SHORT]) == 0


def test_coins_from_a_file_need_the_number_of_flips(here: Path, capsys: pytest.CaptureFixture) -> None:
    (here / "heads.csv").write_text("heads\n5\n9\n8\n4\n7\n")
    assert "--flips" in refused(capsys, "gif", "heads.csv", "--model", "coins")
    assert cli.main(["gif", "heads.csv", "--model", "coins", "--flips", "10", *SHORT]) == 0


def test_every_data_set_and_photograph_is_listed_with_a_sentence(capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["datasets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert tuple(line.split()[0] for line in lines) == (*emviz.datasets.names(), *PIXEL_PHOTOS)
    assert all(len(line.split()) > 3 for line in lines)


# ------------------------------------------------------------------ steps


@pytest.mark.parametrize(("text", "steps"), [
    ("0", [0]), ("0,1,2,4", [0, 1, 2, 4]), ("0-3", [0, 1, 2, 3]), ("0-9:4", [0, 4, 8]), ("last", [10]),
    ("0-last:5", [0, 5, 10]), ("8-last", [8, 9, 10]), ("0, 3-4, last", [0, 3, 4, 10]), ("4,4,0", [4, 4, 0]),
])
def test_steps_as_a_shell_names_them(text: str, steps: list) -> None:
    assert Steps.parse(text).of(11) == steps


@pytest.mark.parametrize("text", ["", "a", "1,", "1--2", "-1", "3-1", "last-3", "0-8:0", "0:2", "1.5", "0-8:", "²"])
def test_steps_that_are_none(text: str, capsys: pytest.CaptureFixture) -> None:
    assert f"--steps is {shlex.quote(text)}: " in refused(capsys, "gif", "heights", f"--steps={text}")


def test_steps_that_the_run_has_not(here: Path, capsys: pytest.CaptureFixture) -> None:
    said = refused(capsys, "gif", "heights", "--steps", "0-8", *SHORT)
    assert "--steps asks for step 8, and this run has the steps 0 to 2" in said
    assert os.listdir(here) == []


# ------------------------------------------------------------------ what is wrong


def test_an_error_is_one_line_that_names_the_place(here: Path, capsys: pytest.CaptureFixture) -> None:
    (here / "class.csv").write_text("sex,height\nM,170\nF,\n")
    (here / "folder").mkdir()
    assert "'sex'" in fails(capsys, "gif", "class.csv")
    assert "line 3, column 'height'" in fails(capsys, "gif", "class.csv", "--columns", "height")
    assert "did you mean heights?" in fails(capsys, "gif", "heigths")
    assert "neither a data set nor a file" in fails(capsys, "gif", "mine.csv")
    assert "folder is a folder" in fails(capsys, "gif", "folder")
    assert sorted(path.name for path in here.iterdir()) == ["class.csv", "folder"]


def test_a_file_that_cannot_be_read(here: Path, capsys: pytest.CaptureFixture, monkeypatch) -> None:
    (here / "mine.csv").write_text("x\n1\n")
    monkeypatch.setattr(Path, "read_bytes", lambda path: (_ for _ in ()).throw(
        PermissionError(13, "Permission denied", str(path))))
    assert fails(capsys, "gif", "mine.csv") == "emviz: mine.csv: Permission denied\n"


@pytest.mark.parametrize(("options", "words"), [
    ("-k 0", "-k is 0: give a whole number from 1 up"),
    ("-k two", "-k is two: give a whole number"),
    ("-k 99", "-k is 99, but heights has only 21 rows: choose -k from 1 to 21"),
    ("-k", "-k expected one argument"),
    ("--model banana", "--model is banana: choose gaussian, kmeans, coins or poisson"),
    ("--model kmean", "--model is kmean: did you mean kmeans?"),
    ("--covariance round", "--covariance is round: choose full"),
    ("--start nowhere", "--start is nowhere: choose k-means++"),
    ("--seed -1", "--seed is -1: "),
    ("--max-iterations -1", "--max-iterations is -1: "),
    ("--temperature hot", "--temperature is hot: give a number from 0 up"),
    ("--tolerance nan", "--tolerance is nan: "),
    ("--min-variance -1", "--min-variance is -1: "),
    ("--size 8x", "--size is 8x: give the width and the height in pixels, such as 800x450"),
    ("--size 8x4", "--size is 8 × 4 pixels: choose from"),
    ("--dpi 0", "--dpi is 0: give from 10 to 1200"),
    ("--seconds-per-step 0", "--seconds-per-step is 0: give from 0.02 to 600 seconds"),
    ("--hold 1e9", "--hold is 1000000000: give from"),
    ("--tween 1.5", "--tween is 1.5: "),
    ("--columns ,", "--columns is ,: give the names"),
    ("--view banana", "--view is banana: choose coins"),
    ("--view tabel", "--view is tabel: did you mean table?"),
    ("--view tiles", "--view is tiles, which does not fit this run: "),
    ("--view image", "--view is image, which needs a picture"),
    ("--caption a --no-caption", "--no-caption not allowed with argument --caption"),
    ("-o heights.png", "-o is 'heights.png': give it a name that ends in .gif"),
    ("-o nowhere/heights.gif", "-o is 'nowhere/heights.gif': there is no such folder"),
    ("--model kmeans --covariance full", "--covariance belongs to --model gaussian, not to kmeans"),
    ("--model kmeans --tolerance 1", "--tolerance has no use for kmeans"),
    ("--model poisson --min-variance 1", "--min-variance belongs to --model gaussian"),
    ("--flips 10", "--flips belongs to --model coins, not to gaussian"),
    ("--modle kmeans", "--modle is unknown: did you mean --model?"),
    ("--max-iter 3", "--max-iter is unknown"),
    ("blobs", "blobs is one word too many"),
])
def test_what_is_wrong_is_said_in_the_words_of_the_shell(
        here: Path, capsys: pytest.CaptureFixture, options: str, words: str) -> None:
    assert refused(capsys, "gif", "heights", *options.split()).startswith(f"emviz gif: {words}")
    assert os.listdir(here) == []


@pytest.mark.parametrize("options", ["--size 8x4", "--dpi 0", "--view banana", "-o x.png", "-o no/x.gif",
                                     "--seconds-per-step 0", "--hold 0", "--tween x", "--columns height"])
def test_it_is_said_before_the_run(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, options) -> None:
    from emviz.cli import picture

    monkeypatch.setattr(picture, "run", lambda *_, **__: pytest.fail("it ran"))
    refused(capsys, "gif", "heights", *options.split())


@pytest.mark.parametrize(("command", "option"), [
    (command, option) for command, options in {
        "strip": ["--tween 2", "--hold 1", "--seconds-per-step 1", "--once"], "mp4": ["--once"], "html": ["--once"],
        "frames": ["--hold 1", "--seconds-per-step 1", "--once"], "gif": ["--without-solutions"],
    }.items() for option in options
])
def test_an_option_of_other_commands_is_refused(capsys: pytest.CaptureFixture, command: str, option: str) -> None:
    said = refused(capsys, command, "heights", *option.split())
    assert f"{option.split()[0]} belongs to " in said and f", not to {command}" in said


@pytest.mark.parametrize(("data", "model"), [("iris", "poisson"), ("flower", "coins"), ("heights", "coins")])
def test_counts_are_whole_numbers_in_one_column(capsys: pytest.CaptureFixture, data: str, model: str) -> None:
    assert f"--model {model} " in refused(capsys, "gif", data, "--model", model)


def test_the_data_are_not_overwritten(here: Path, capsys: pytest.CaptureFixture) -> None:
    Image.new("RGB", (9, 9), "red").save(here / "mine.webp")
    before = (here / "mine.webp").read_bytes()
    assert "-o is mine.webp: that is the data" in refused(capsys, "webp", "mine.webp")
    assert (here / "mine.webp").read_bytes() == before


def test_a_word_that_is_no_command(capsys: pytest.CaptureFixture) -> None:
    assert "gfi is no command: did you mean gif? Choose gif, mp4," in refused(capsys, "gfi", "heights")
    assert "DATA" in refused(capsys, "gif")


def test_emviz_alone_says_what_to_do(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([])
    assert end.value.code == 2
    commands = re.findall(r"^  emviz (\S+)", capsys.readouterr().err, flags=re.MULTILINE)
    assert commands == ["lab", "gif", "--help"]


@pytest.mark.parametrize(("python", "words"), [
    ("n_clusters=9, but points has only 3 rows: choose n_clusters from 1 to 3",
     "-k is 9, but mine.csv has only 3 rows: choose -k from 1 to 3"),
    ('points: a and b are collinear: leave a column out, use covariance_type="diag", or raise min_variance',
     "mine.csv: a and b are collinear: leave a column out, use --covariance diag, or raise --min-variance"),
    ("component 1 has no points", "component 1 has no points"),
    ("points, column 0 ('max_iterations') is constant", "mine.csv, column 0 ('max_iterations') is constant"),
    ("view is 'coins', which does not fit this trace: it shows BinomialMixture",
     "--view is coins, which does not fit this run: it shows coins"),
    ("--tolerance is 1", "--tolerance is 1"),
])
def test_sentences_of_the_library_in_the_words_of_the_shell(python: str, words: str) -> None:
    assert in_shell_words(python, "mine.csv") == words


# ------------------------------------------------------------------ help


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_tells_how(command: str, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as end:
        cli.main([*command.split(), "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: emviz {command}".strip())
    assert all(name in said for name in COMMANDS) or command
    assert max(map(len, said.splitlines())) <= 100


def pasted(text: str) -> list[list[str]]:
    """The commands in a text, each as a shell hands it over; what stands apart to the right is a comment."""
    lines = re.findall(r"^\s*emviz (.*?)(?:   +.*)?$", text, flags=re.MULTILINE)
    return [shlex.split(line) for line in lines]


README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8").partition("## The command line\n")[2]
SHOWN = {tuple(command): None for text in (*EXAMPLES.values(), README.split("\n## ")[0]) for command in pasted(text)}


@pytest.mark.parametrize("command", SHOWN, ids=" ".join)
def test_what_help_and_readme_show_can_be_pasted(
        command: tuple, here: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "lab", lambda *_: None)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (20, 30, 3)).astype(np.uint8)).save(here / "photo.jpg")
    (here / "mine.csv").write_text("width,height\n" + "".join(f"{x},{x * x % 7}\n" for x in range(12)))
    if "--help" in command:
        with pytest.raises(SystemExit):
            cli.main(command)
        return
    if command[0] in PICTURES:  # quicker: fewer and smaller frames
        command += (() if "--steps" in command else SHORT) + (() if "--size" in command else SMALL)
    assert cli.main(command) == 0
    if command[0] in PICTURES:
        wrote = re.match(r"wrote (\S+): ", capsys.readouterr().out)
        assert wrote and (here / wrote[1]).exists()


def test_examples_are_of_every_command() -> None:
    assert {command[0] for command in SHOWN} == set(COMMANDS)


# ------------------------------------------------------------------ lab and notebooks


@pytest.mark.parametrize(
    ("argv", "ours", "jupyters"),
    [
        (["lab"], ["lab"], []),
        (["lab", "mine"], ["lab", "mine"], []),
        (["lab", "--port", "9999"], ["lab"], ["--port", "9999"]),
        (["lab", "mine", "--port", "9999"], ["lab", "mine"], ["--port", "9999"]),
        (["lab", "mine", "heights", "--no-browser", "x"], ["lab", "mine", "heights"], ["--no-browser", "x"]),
        (["lab", "--help"], ["lab", "--help"], []),
        (["gif", "heights", "-k", "2"], ["gif", "heights", "-k", "2"], []),
    ],
)
def test_lab_takes_its_words_and_leaves_the_rest_to_jupyter(argv: list, ours: list, jupyters: list) -> None:
    assert split_lab(argv) == (ours, jupyters)


def test_lab_hands_its_arguments_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(cli, "lab", lambda *arguments: calls.append(arguments))
    assert cli.main(["lab", "mine", "--port", "9999", "--no-browser"]) == 0
    assert cli.main(["lab"]) == 0
    assert cli.main(["lab", "mine", "heights"]) == 0
    default = Path("emviz-notebooks")
    assert calls == [(Path("mine"), None, ["--port", "9999", "--no-browser"]), (default, None, []),
                     (Path("mine"), "01_heights.ipynb", [])]


def test_a_notebook_that_lab_does_not_know(capsys: pytest.CaptureFixture) -> None:
    told = refused(capsys, "lab", "a", "banana")
    assert "there is no notebook banana: give a folder, and then 00_start_here, 01_heights" in told


def test_notebooks_are_copied_and_never_overwritten(here: Path, capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["notebooks", "class", "--without-solutions"]) == 0
    assert capsys.readouterr().out.startswith("Copied into class: 00_start_here.ipynb, 01_heights.ipynb")
    handed_out = (here / "class" / "01_heights.ipynb").read_bytes()
    assert b"_solution(" not in handed_out
    assert cli.main(["notebooks", "class"]) == 0
    assert capsys.readouterr().out.startswith("Yours, left as they are, in class: 00_start_here.ipynb, 01")
    assert (here / "class" / "01_heights.ipynb").read_bytes() == handed_out
    assert cli.main(["notebooks", "mine"]) == 0
    assert b"_solution(" in (here / "mine" / "01_heights.ipynb").read_bytes()
    capsys.readouterr()
    (here / "file").write_text("")
    assert "file is a file" in fails(capsys, "notebooks", "file")


# ------------------------------------------------------------------ in a shell


def test_the_version_is_the_package_s_and_help_loads_nothing_heavy() -> None:
    assert shell("--version").stdout == f"emviz {emviz.__version__}\n"
    code = ("import sys; from emviz.cli import make_parser; make_parser().format_help(); "
            "print([name for name in ('numpy', 'scipy', 'matplotlib', 'jupyterlab', 'PIL') if name in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_terminal_without_all_letters() -> None:
    done = shell("datasets", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


def test_a_gif_from_a_shell(here: Path) -> None:
    done = shell("gif", "coin_flips", "--steps", "0-2", "--size", "320x180")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"wrote coin_flips.gif: 3 of \d+ steps, iteration \d+ gained no more than 0.0001 nats\n",
                        done.stdout)
    assert os.listdir(here) == ["coin_flips.gif"]


@pytest.mark.parametrize("looked_at", [True, False])
def test_a_bar_shows_where_somebody_looks(monkeypatch, capsys: pytest.CaptureFixture, looked_at: bool) -> None:
    monkeypatch.setattr(progress, "SOON", 0.0)
    monkeypatch.setattr(progress, "LONG", 0.0)
    monkeypatch.setattr(progress, "FEW", 0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: looked_at)
    assert cli.main(["gif", "heights", *SHORT, *SMALL]) == 0
    assert ("/3" in capsys.readouterr().err) == looked_at
    assert progress.LONG == 0


@pytest.mark.parametrize(("arguments", "status"), [(["gif", "nosuch.csv"], 1), (["gif", "heights", "-k", "0"], 2),
                                                   (["banana"], 2), ([], 2), (["datasets"], 0)])
def test_what_a_shell_is_told(arguments: list, status: int) -> None:
    done = shell(*arguments)
    assert done.returncode == status
    assert "Traceback" not in done.stderr and bool(done.stderr) == bool(status)


@pytest.mark.skipif(not hasattr(signal, "SIGPIPE"), reason="pipes of Unix")
@pytest.mark.parametrize("arguments", [["datasets"], ["--help"], ["gif", "--help"], ["--version"]])
def test_a_closed_pipe_ends_quietly(arguments: list) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # as `head -0` does
    try:
        done = subprocess.run([sys.executable, "-m", "emviz", *arguments], stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
def test_control_c_leaves_what_was_there(here: Path) -> None:
    (here / "faithful.gif").write_bytes(b"what was there")
    running = subprocess.Popen([sys.executable, "-m", "emviz", "gif", "faithful", "-k", "4", "--tween", "30"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while len(os.listdir(here)) == 1 and running.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    assert len(os.listdir(here)) == 2  # it has begun to write, beside
    running.send_signal(signal.SIGINT)
    said, told = running.communicate(timeout=30)
    assert (running.returncode, said, told) == (130, "", "emviz: stopped\n")
    assert {path.name: path.read_bytes() for path in here.iterdir()} == {"faithful.gif": b"what was there"}


def test_an_interrupt_before_the_file_is_begun(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    from emviz.cli import picture

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(picture, "run", interrupted)
    assert cli.main(["gif", "heights"]) == 130
    assert capsys.readouterr().err == "emviz: stopped\n"


def test_a_full_disk_is_a_failure_in_one_line(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    from emviz.cli import picture

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(picture.MEDIA, "gif", (full, (".gif",)))
    assert fails(capsys, "gif", "heights", *SHORT) == "emviz: No space left on device\n"
