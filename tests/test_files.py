"""A file is written whole or not at all."""

import os

import pytest

from emviz.files import atomic_path


def test_the_file_appears_at_the_end_with_ordinary_permissions(tmp_path):
    target = tmp_path / "run.gif"
    with atomic_path(target, (".gif",)) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path and temporary.suffix == ".gif"
        assert not target.exists()
    assert target.read_text() == "new"
    assert os.listdir(tmp_path) == ["run.gif"]
    (tmp_path / "other").write_text("")
    assert target.stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("written", [False, True])
def test_a_failure_leaves_what_was_there(tmp_path, failure, written):
    target = tmp_path / "run.gif"
    target.write_text("old")
    with pytest.raises(failure), atomic_path(target, (".gif",)) as temporary:
        if written:
            temporary.write_text("half")
        raise failure
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["run.gif"]


def test_a_body_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "run.gif", (".gif",)):
        pass


@pytest.mark.parametrize(("path", "message"), [
    ("run.png", "ends in .gif or .webp"),
    ("run", "ends in .gif or .webp"),
    ("missing/run.gif", "there is no such folder"),
    ("folder.gif", "that is a folder"),
])
def test_a_wrong_path_is_refused_before_the_body_runs(tmp_path, path, message):
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(ValueError, match=message), atomic_path(tmp_path / path, (".gif", ".webp")):
        pytest.fail("the body ran")


def test_a_file_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    with pytest.raises(ValueError, match="cannot be written"), atomic_path(tmp_path / "run.gif", (".gif",)):
        pytest.fail("the body ran")


def test_capitals_in_the_suffix_are_fine(tmp_path):
    with atomic_path(tmp_path / "RUN.GIF", (".gif",)) as temporary:
        temporary.write_text("new")
    assert (tmp_path / "RUN.GIF").exists()
