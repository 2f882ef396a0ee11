"""CSV files: what is read, and which cell an error names."""

from pathlib import Path

import numpy as np
import pytest

from emviz.tables import parse_csv, read_csv


def write(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "height,mass\n170,60.5\n182,-7e1\n",
        "height,mass\r\n170,60.5\r\n182,-7e1",
        '"height";"mass"\n"170"; 60.5\n\n182;-7e1\n',
        "\ufeffheight\tmass\n170\t60.5\n182\t-7e1\n",
    ],
    ids=["plain", "Windows line ends", "semicolons, quotes, an empty line", "byte order mark, tabs"],
)
def test_a_table_is_read(tmp_path: Path, text: str) -> None:
    table = read_csv(write(tmp_path, text))
    np.testing.assert_array_equal(table.data, [[170, 60.5], [182, -70]])
    assert table.feature_names == ("height", "mass")
    assert table.title == "class"
    assert table.labels is None


def test_columns_are_chosen_by_name_in_the_order_asked(tmp_path: Path) -> None:
    path = write(tmp_path, "who,height,mass\nAnn,170,60\nBo,,80\n")
    table = read_csv(path, columns=["mass"])
    np.testing.assert_array_equal(table.data, [[60], [80]])
    assert read_csv(write(tmp_path, "a,b\n1,2\n"), columns=("b", "a")).feature_names == ("b", "a")


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("height\n170\nNA\n", None, ["line 3", "'height'", "missing"]),
        ("height,mass\n170,\n", None, ["line 2", "'mass'", "missing"]),
        ("sex,height\nM,170\n", None, ["line 2", "'sex'", "'M' is no number"]),
        ("height\n1,75\n", None, ["line 2", "2 cells"]),
        ("height;mass\n1,75;60\n", None, ["line 2", "'height'", "'1,75'", "point"]),
        ("height\ninf\n", None, ["line 2", "'height'", "finite"]),
        ("height\n170\n", ["mass"], ["no column 'mass'", "height"]),
        ("170,60\n182\n", None, ["line 2", "1 cells"]),
        ("a,a\n1,2\n", None, ["2 columns 'a'"]),
        (",height\n1,170\n", None, ["a column has no name"]),
        ("height\n", None, ["no data"]),
        ("", None, ["no data"]),
    ],
)
def test_an_error_names_the_place(tmp_path: Path, text: str, columns: list | None, words: list) -> None:
    with pytest.raises(ValueError) as error:
        read_csv(write(tmp_path, text), columns)
    assert "class.csv" in str(error.value)
    assert all(word in str(error.value) for word in words), str(error.value)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="UTF-8"):
        read_csv(write(tmp_path, "größe\n170\n", encoding="latin-1"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "nothing.csv")


def test_a_file_of_numbers_alone_needs_no_header(tmp_path: Path) -> None:
    data = read_csv(write(tmp_path, "170,60\n182,80\n"))
    assert data.feature_names == ("column 0", "column 1")
    assert data.data.tolist() == [[170, 60], [182, 80]]
    assert read_csv(write(tmp_path, "170,60\n"), ["column 1"]).data.tolist() == [[60]]


def test_contents_from_anywhere_are_read_alike(tmp_path: Path) -> None:
    text = "height\tmass\n170\t60\n182\t70\n"
    file, stream = read_csv(write(tmp_path, text)), parse_csv(text.encode(), "standard input")
    assert file.data.tolist() == stream.data.tolist() and file.feature_names == stream.feature_names
    with pytest.raises(ValueError, match="standard input, line 2, column 'height': the cell is missing"):
        parse_csv(b"height\nNA\n", "standard input")
