"""The command line: what it writes, what it says, and how it fails."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import emviz
from emviz import cli

SHORT = ("--max-iterations", "1")  # enough to see that a picture is made


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
    return said.err


def refused(capsys: pytest.CaptureFixture, *arguments: str) -> str:
    """Run a command with wrong usage; returns its one line on stderr."""
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--help" in said
    return said


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("heights", ["--model", "gaussian", "-k", "2"]),
        ("blobs", ["--model", "kmeans", "-k", "4", "--start", "random", "--seed", "3"]),
        ("stretched_blobs", ["-k", "3", "--covariance", "tied", "--temperature", "0.5"]),
        ("coin_flips", ["--model", "coins"]),
        ("earthquakes", ["--model", "poisson", "-k", "3"]),
    ],
)
def test_a_gif_shows_every_step(here: Path, capsys: pytest.CaptureFixture, data: str, options: list) -> None:
    assert cli.main(["gif", data, *options, *SHORT, "-o", "run.gif"]) == 0
    assert capsys.readouterr().out.startswith("wrote run.gif: 3 steps, reached max_iterations=1\n")
    with Image.open(here / "run.gif") as picture:
        assert picture.n_frames == 3  # start, E, M


def test_a_page_is_written_under_the_name_of_the_data(here: Path) -> None:
    assert cli.main(["html", "heights", *SHORT]) == 0
    assert (here / "heights.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_a_csv_file_is_data_too(here: Path) -> None:
    rows = np.random.default_rng(0).normal(size=(20, 2))
    lines = [f"{x},{y},blue" for x, y in rows]
    (here / "mine.csv").write_text("\n".join(["width,height,color", *lines]))
    assert cli.main(["gif", "mine.csv", "--columns", "width, height", *SHORT]) == 0
    assert (here / "mine.gif").exists()


def test_coins_from_a_file_need_the_number_of_flips(here: Path, capsys: pytest.CaptureFixture) -> None:
    (here / "heads.csv").write_text("heads\n5\n9\n8\n4\n7\n")
    assert "--flips" in fails(capsys, "gif", "heads.csv", "--model", "coins")
    assert cli.main(["gif", "heads.csv", "--model", "coins", "--flips", "10", *SHORT]) == 0


def test_an_error_is_one_line_that_names_the_place(here: Path, capsys: pytest.CaptureFixture) -> None:
    (here / "class.csv").write_text("sex,height\nM,170\nF,\n")
    assert "'sex'" in fails(capsys, "gif", "class.csv")
    assert "line 3, column 'height'" in fails(capsys, "gif", "class.csv", "--columns", "height")
    assert "neither a data set nor a file" in fails(capsys, "gif", "heigths")
    assert "--columns" in fails(capsys, "gif", "heights", "--columns", "height")
    assert "n_components" in fails(capsys, "gif", "heights", "-k", "0")
    assert ".gif" in fails(capsys, "gif", "heights", *SHORT, "-o", "heights.png")
    assert "folder" in fails(capsys, "gif", "heights", *SHORT, "-o", "nowhere/heights.gif")
    assert sorted(path.name for path in here.iterdir()) == ["class.csv"]


def test_wrong_usage_is_one_line(capsys: pytest.CaptureFixture) -> None:
    assert "COMMAND" in refused(capsys)
    assert "gaussian" in refused(capsys, "gif", "heights", "--model", "banana")
    assert "-k" in refused(capsys, "gif", "heights", "-k", "two")
    assert "--covariance belongs to --model gaussian" in refused(
        capsys, "gif", "blobs", "--model", "kmeans", "--covariance", "full")


def test_every_data_set_is_listed_with_a_sentence(capsys: pytest.CaptureFixture) -> None:
    assert cli.main(["datasets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert tuple(line.split()[0] for line in lines) == emviz.datasets.names()
    assert all(len(line.split()) > 3 for line in lines)


@pytest.mark.parametrize(
    ("argv", "ours", "jupyters"),
    [
        (["lab"], ["lab"], []),
        (["lab", "mine"], ["lab", "mine"], []),
        (["lab", "--port", "9999"], ["lab"], ["--port", "9999"]),
        (["lab", "mine", "--port", "9999"], ["lab", "mine"], ["--port", "9999"]),
        (["lab", "--help"], ["lab", "--help"], []),
        (["gif", "heights", "-k", "2"], ["gif", "heights", "-k", "2"], []),
    ],
)
def test_lab_takes_a_folder_and_leaves_the_rest_to_jupyter(argv: list, ours: list, jupyters: list) -> None:
    assert cli.split_lab(argv) == (ours, jupyters)


def test_lab_hands_its_arguments_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(cli, "lab", lambda *arguments: calls.append(arguments))
    assert cli.main(["lab", "mine", "--port", "9999", "--no-browser"]) == 0
    assert cli.main(["lab"]) == 0
    assert calls == [(Path("mine"), ["--port", "9999", "--no-browser"]), (Path("emviz-notebooks"), [])]


@pytest.mark.parametrize("command", [[], ["lab"], ["gif"], ["html"], ["datasets"]])
def test_help_tells_how(command: list, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main([*command, "--help"])
    assert end.value.code == 0
    assert f"usage: emviz {' '.join(command)}".strip() in capsys.readouterr().out


def test_the_version_is_the_package_s_and_help_loads_nothing_heavy() -> None:
    version = subprocess.run([sys.executable, "-m", "emviz", "--version"], capture_output=True, text=True)
    assert version.stdout == f"emviz {emviz.__version__}\n"
    code = ("import sys; from emviz.cli import make_parser; make_parser().format_help(); "
            "print([name for name in ('numpy', 'scipy', 'matplotlib', 'jupyterlab') if name in sys.modules])")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_an_interrupt_ends_without_a_traceback(monkeypatch, capsys: pytest.CaptureFixture) -> None:
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "picture", interrupted)
    assert cli.main(["gif", "heights"]) == 130
    assert capsys.readouterr().err == "emviz: stopped\n"


def test_columns_of_a_data_set(here: Path, capsys: pytest.CaptureFixture) -> None:
    columns = "petal length (cm),petal width (cm)"
    assert cli.main(["gif", "iris", "--columns", columns, "-k", "3", *SHORT, "-o", "iris.gif"]) == 0
    assert (here / "iris.gif").exists()
    assert cli.main(["gif", "iris", "--columns", "petal", "-o", "iris.gif"]) == 1
    assert "there is no 'petal'; the columns are sepal length (cm)" in capsys.readouterr().err


def test_it_tells_what_happened_in_the_run(here: Path, capsys: pytest.CaptureFixture) -> None:
    (here / "few.csv").write_text("x\n0\n0\n0\n5\n6\n8\n", encoding="utf-8")
    assert cli.main(["gif", "few.csv", "-o", "few.gif", "--seed", "1"]) == 0
    assert "reached min_variance" in capsys.readouterr().out
