"""The project around the package: what is installed, what the README promises, and how the code is written."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

import emviz

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def section(title: str) -> str:
    """The text below a heading of the README, to the next heading of its level."""
    return re.split(rf"^## {title}$", README, flags=re.MULTILINE)[1].split("\n## ")[0]


def run(*command: str, cwd: Path = ROOT) -> str:
    """Run Python with these arguments; returns what it printed, and fails with it if it failed."""
    result = subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# ------------------------------------------------------------------ how the code is written


def test_ruff_is_content() -> None:
    run("-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")


def test_mypy_is_content(tmp_path: Path) -> None:
    run("-m", "mypy", "--cache-dir", str(tmp_path))


# ------------------------------------------------------------------ what is installed


def test_conda_installs_what_pip_installs() -> None:
    on_conda = {"imageio[ffmpeg]": ("imageio", "imageio-ffmpeg", "psutil")}  # conda has no extras
    expected = {f"python{PYPROJECT['project']['requires-python']}", "pip"}
    for requirement in PYPROJECT["project"]["dependencies"]:
        name, bounds = re.fullmatch(r"([\w-]+(?:\[\w+\])?)(.*)", requirement).groups()
        first, *others = on_conda.get(name, (name,))
        expected |= {first + bounds, *others}
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert {entry for entry in listed if isinstance(entry, str)} == expected
    assert [entry for entry in listed if not isinstance(entry, str)] == [{"pip": ["-e ."]}]  # emviz itself


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, unpacked as `source`, and the wheel that was built from it, unpacked as `wheel`."""
    folder = tmp_path_factory.mktemp("built")
    run("-m", "hatchling", "build", "-t", "sdist", "-d", str(folder))
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        sdist.extractall(folder, filter="data")
    shutil.move(folder / f"emviz-{emviz.__version__}", folder / "source")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=folder / "source")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "wheel")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """The contents of every file below a folder that a checkout has, too: no caches."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts}


def test_the_wheel_has_all_code_data_and_notebooks(built: Path) -> None:
    notebooks = {f"notebooks/{path.name}": path.read_bytes() for path in (ROOT / "notebooks").glob("*.ipynb")}
    expected = files(ROOT / "emviz") | notebooks
    assert files(built / "wheel" / "emviz") == expected
    assert "notebooks/01_heights.ipynb" in expected
    metadata = (built / "wheel" / f"emviz-{emviz.__version__}.dist-info" / "METADATA").read_text(encoding="utf-8")
    assert f"Version: {emviz.__version__}\n" in metadata
    assert "License-Expression: BSD-3-Clause\n" in metadata


def test_an_installed_emviz_finds_its_notebooks_and_data(built: Path) -> None:
    code = ("from emviz.lab import notebooks_source; import emviz; "
            "print(notebooks_source()); print(len(emviz.datasets.faithful().data))")
    found, rows = run("-c", code, cwd=built / "wheel").splitlines()
    assert Path(found) == built / "wheel" / "emviz" / "notebooks"
    assert rows == "272"


def test_the_sdist_can_be_tested(built: Path) -> None:
    assert {"README.md", "LICENSE", "CHANGELOG.md", "environment.yml", "tests/test_project.py"} <= set(
        files(built / "source"))


# ------------------------------------------------------------------ what the README promises

SNIPPETS = re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
COMMANDS = ["python -m pip install -e . && emviz lab", 'python -m pip install -e ".[test]" && python -m pytest']


def test_there_are_two_commands_of_one_line_and_the_tests_are_run_by_the_second() -> None:
    for command in COMMANDS:
        assert f"```\n{command}\n```" in README
    assert COMMANDS[1] in (ROOT / ".ci" / "run").read_text().splitlines()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_snippets_run_one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    for snippet in SNIPPETS:
        exec(compile(snippet, "README.md", "exec"), names)
    assert len(SNIPPETS) >= 2
    assert (tmp_path / "heights.gif").stat().st_size > 0


def test_every_name_in_the_table_exists_and_every_public_name_is_there() -> None:
    named = set(re.findall(r"`emviz\.([a-zA-Z0-9_.]+)", section("The API on one page")))
    for name in named:
        found = emviz
        for part in name.split("."):
            found = getattr(found, part)
    assert set(emviz.__all__) <= {part for name in named for part in (name, name.partition(".")[0])}


def test_every_command_exists() -> None:
    from emviz.cli import make_parser

    parser = make_parser()
    commands = re.findall(r"^emviz ((?:gif|html|datasets|lab)\b.*?)(?:  .*)?$", section("The command line"),
                          flags=re.MULTILINE)
    assert {command.split()[0] for command in commands} == {"lab", "gif", "html", "datasets"}
    for command in commands:
        parser.parse_args(command.split(" --port")[0].split())


def test_every_notebook_is_on_the_map() -> None:
    linked = re.findall(r"\(notebooks/(\w+\.ipynb)\)", section("The notebooks"))
    assert linked == [path.name for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_into_the_project_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)|src=\"([^\"]+)\"", text)
    for target in filter(None, (a or b for a, b in targets)):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_changelog_knows_this_version() -> None:
    assert f"\n## {emviz.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
