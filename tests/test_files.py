"""Files are written whole or not at all."""

import os
from pathlib import Path

import pytest

import emviz
from emviz.files import atomic_folder, atomic_path


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


# A folder.

FRAME = r"frame_\d{3,}\.png"


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    """A folder of an earlier export."""
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(3):
        (folder / f"frame_{number:03}.png").write_text(f"old {number}")
    return folder


def test_a_new_folder_takes_the_place_of_the_old_one_as_a_whole(frames: Path) -> None:
    before = contents(frames)
    frames.chmod(0o750)
    with atomic_folder(frames, FRAME) as temporary:
        assert temporary.parent == frames.parent and list(temporary.iterdir()) == []
        (temporary / "frame_000.png").write_text("new")
        assert contents(frames) == before
    assert contents(frames.parent) == {"frames/frame_000.png": "new"}
    assert os.listdir(frames.parent) == ["frames"]
    assert frames.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("there", [True, False])
def test_an_empty_folder_or_none_is_filled(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "frames").mkdir()
    with atomic_folder(tmp_path / "frames", FRAME) as temporary:
        (temporary / "anything").write_text("new")
    assert contents(tmp_path) == {"frames/anything": "new"}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, MemoryError])
def test_a_failure_leaves_the_old_folder(frames: Path, error: type[BaseException]) -> None:
    before = contents(frames)
    with pytest.raises(error), atomic_folder(frames, FRAME) as temporary:
        (temporary / "frame_000.png").write_text("half of it")
        raise error
    assert contents(frames) == before
    assert os.listdir(frames.parent) == ["frames"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("at", [1, 2])  # the old folder goes out of the way, the new one takes its name
def test_a_failure_while_names_change_leaves_the_old_folder(frames: Path, monkeypatch: pytest.MonkeyPatch, at: int,
                                                            error: BaseException) -> None:
    before, rename, calls = contents(frames), os.rename, []

    def fail(source, target):
        calls.append(source)
        if len(calls) == at:
            raise error
        rename(source, target)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(type(error)), atomic_folder(frames, FRAME) as temporary:
        (temporary / "frame_000.png").write_text("new")
    assert contents(frames) == before
    assert os.listdir(frames.parent) == ["frames"]


def test_a_folder_with_anything_else_is_refused(frames: Path) -> None:
    (frames / "thesis.tex").write_text("years of work")
    before = contents(frames)
    with pytest.raises(ValueError, match=r"holds 'thesis.tex'.*choose"), atomic_folder(frames, FRAME):
        pytest.fail("the body must not run")
    assert contents(frames) == before


def test_a_folder_with_the_name_of_a_frame_is_not_a_frame(frames: Path) -> None:
    (frames / "frame_999.png").mkdir()
    with pytest.raises(ValueError, match=r"holds 'frame_999\.png'"), atomic_folder(frames, FRAME):
        pytest.fail("the body must not run")


def test_what_somebody_puts_there_meanwhile_is_safe(frames: Path) -> None:
    with pytest.raises(ValueError, match=r"holds 'notes.txt'"), atomic_folder(frames, FRAME) as temporary:
        (temporary / "frame_000.png").write_text("new")
        (frames / "notes.txt").write_text("mine")
        before = contents(frames)
    assert contents(frames) == before and len(before) == 4
    assert os.listdir(frames.parent) == ["frames"]


def test_a_link_stays_a_link(frames: Path) -> None:
    link = frames.parent / "link"
    link.symlink_to(frames)
    with atomic_folder(link, FRAME) as temporary:
        (temporary / "frame_000.png").write_text("new")
    assert link.is_symlink() and contents(frames) == {"frame_000.png": "new"}


@pytest.mark.parametrize(("name", "words"), [
    ("frames.png", ["frames.png", "the name of a file"]),
    ("missing/frames", ["missing", "no such folder"]),
    ("file", ["file", "that is a file"]),
    ("file/frames", ["file", "no such folder"]),
    (".", ["where this program runs"]),
])
def test_a_wrong_folder_is_refused_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str,
                                                   words: list[str]) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="^folder is '") as caught, atomic_folder(name, FRAME):
        pytest.fail("the body must not run")
    assert all(word in str(caught.value) for word in words), str(caught.value)
    assert contents(tmp_path) == {"file": "mine"}


@pytest.mark.parametrize("locked", ["frames", ""])
def test_a_folder_without_permission(frames: Path, monkeypatch: pytest.MonkeyPatch, locked: str) -> None:
    place = frames.parent / locked
    monkeypatch.setattr(os, "access", lambda path, mode: path != place or mode != os.W_OK)
    with pytest.raises(ValueError, match="^folder is .*cannot be written to"), atomic_folder(frames, FRAME):
        pytest.fail("the body must not run")


def test_a_dot_in_the_name_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "run.old").mkdir()
    for name in ("run.old", "T=0.5"):
        with atomic_folder(tmp_path / name, FRAME) as temporary:
            (temporary / "frame_000.png").write_text("new")
        assert contents(tmp_path / name) == {"frame_000.png": "new"}


def test_a_link_to_a_file_stays_and_its_file_is_new(tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "shelf" / "real.txt")
    with atomic_path(tmp_path / "link.txt") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "shelf" / "real.txt").read_text() == "new"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gif")
    (tmp_path / "null.gif").symlink_to("/dev/null")
    (tmp_path / "circle.gif").symlink_to(tmp_path / "circle.gif")
    for name in ("pipe.gif", "null.gif", "circle.gif", "a\0b.gif"):
        with pytest.raises(ValueError, match="^path is '"), atomic_path(tmp_path / name):
            pass
    assert sorted(os.listdir(tmp_path)) == ["circle.gif", "null.gif", "pipe.gif"]


def test_the_longest_names_work(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 251 + ".gif")
    with atomic_path(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"


def test_a_full_disk_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full.*em.gif"), atomic_path(tmp_path / "em.gif") as temporary:
        temporary.write_text("half")
        raise OSError(28, "the disk is full")
