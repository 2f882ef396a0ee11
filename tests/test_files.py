"""Files are written whole or not at all."""

import os
from pathlib import Path

import pytest

import emviz
from emviz.files import atomic_path


def test_a_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "run.gif"
    target.write_text("old")
    with atomic_path(target, (".gif",)) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".gif"
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("written", [True, False])
def test_a_failure_leaves_what_was_there(tmp_path: Path, error: type[BaseException], written: bool) -> None:
    target = tmp_path / "run.gif"
    target.write_text("old")
    with pytest.raises(error), atomic_path(target) as temporary:
        if written:
            temporary.write_text("half of it")
        raise error
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_body_that_writes_nothing_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "run.gif"
    target.write_text("old")
    with pytest.raises(FileNotFoundError), atomic_path(target):
        pass
    assert target.read_text() == "old"


def test_a_failed_save_leaves_the_old_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = emviz.run(emviz.KMeans(1), [1.0, 2.0], rng=0)
    trace.save(tmp_path / "run.npz")
    before = (tmp_path / "run.npz").read_bytes()

    def full(file, **_):
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez_compressed", full)
    with pytest.raises(OSError, match="No space left"):
        trace.save(tmp_path / "run.npz")
    assert (tmp_path / "run.npz").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("name", "words"), [
    ("run.txt", ["run.txt", ".gif or .webp"]),
    ("run", ["run", ".gif or .webp"]),
    ("missing/run.gif", ["missing", "folder"]),
    ("folder.gif", ["folder.gif", "is a folder"]),
])
def test_a_wrong_target_is_refused_before_any_work(tmp_path: Path, name: str, words: list[str]) -> None:
    (tmp_path / "folder.gif").mkdir()
    with pytest.raises(ValueError) as caught, atomic_path(tmp_path / name, (".gif", ".webp")):
        pytest.fail("the body must not run")
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_suffixes_in_capitals_and_any_suffix(tmp_path: Path) -> None:
    for name, suffixes in (("RUN.GIF", (".gif",)), ("run", ()), ("run.v2", ())):
        with atomic_path(tmp_path / name, suffixes) as temporary:
            temporary.write_text("new")
        assert (tmp_path / name).read_text() == "new"


def test_a_place_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path or mode != os.W_OK)
    with pytest.raises(ValueError, match="cannot be written to"), atomic_path(tmp_path / "run.gif"):
        pytest.fail("the body must not run")
