"""Writing a file, or a folder of files, whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def atomic_path(path: str | os.PathLike[str], suffixes: tuple[str, ...] = ()) -> Iterator[Path]:
    """Check the target, yield a temporary path beside it, and rename that to the target at the end.

    The check comes first, so a wrong folder or suffix costs no drawing. If the body fails or is interrupted,
    the temporary file goes and what was at `path` stays.
    """
    target = checked_file(path, suffixes)
    temporary = _beside(target)
    try:
        with _named(target):
            yield temporary
        _flush(temporary)
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(folder: str | os.PathLike[str], ours: str) -> Iterator[Path]:
    """Check the target, yield an empty folder beside it, and put that in the place of the target at the end.

    ours: a regular expression; a folder that holds only files with such names, or none, may be replaced as a whole.
    The check comes first, and again at the end. If the body fails or is interrupted, the new folder goes and the old
    one stays.
    """
    target = checked_folder(folder, ours)
    temporary, old = _beside(target), _beside(target)
    try:
        temporary.mkdir()
        with _named(target):
            yield temporary
        for file in temporary.iterdir():
            _flush(file)
        if target.exists():
            _check_replaceable(target, ours)  # somebody may have put something there meanwhile
            shutil.copymode(target, temporary)
            os.rename(target, old)
        os.rename(temporary, target)
    except BaseException:
        if old.exists() and not target.exists():
            os.rename(old, target)
        raise
    finally:
        for done in (temporary, old):
            shutil.rmtree(done, ignore_errors=True)


@contextmanager
def _named(target: Path) -> Iterator[None]:
    """An OSError, such as that of a full disk, tells which file was not written."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(target)
        raise


def checked_file(path: str | os.PathLike[str], suffixes: tuple[str, ...] = ()) -> Path:
    """A path that can be written to; a ValueError names `path`."""
    target = _as_path(path, "path")
    wanted = " or ".join(suffixes)
    if suffixes and target.suffix.lower() not in suffixes:
        raise ValueError(f"path is {str(target)!r}: give it a name that ends in {wanted}")
    _check_parent(target, "path")
    if target.is_dir():
        raise ValueError(f"path is {str(target)!r}: that is a folder; give the name of a file")
    if target.exists() and not target.is_file():
        raise ValueError(f"path is {str(target)!r}: that is no file but a device or a pipe; give the name of a file")
    _check_writable(target if target.exists() else target.parent, target, "path")
    return target


def checked_folder(folder: str | os.PathLike[str], ours: str) -> Path:
    """A folder that can be made or replaced, see `atomic_folder`; a ValueError names `folder`."""
    target = _as_path(folder, "folder").resolve()  # "." is not a name
    if target.suffix[1:2].isalpha() and not target.is_dir():
        raise ValueError(f"folder is {str(folder)!r}, the name of a file: give that of a folder, without "
                         f"{target.suffix}")
    _check_parent(target, "folder")
    _check_writable(target.parent, target, "folder")
    _check_replaceable(target, ours)
    return target


def _as_path(path: Any, argument: str) -> Path:
    if not isinstance(path, str | os.PathLike):
        kind = type(path).__name__
        raise TypeError(f"{argument} is of the type {kind}: give what is saved first, then the name of a file or "
                        "folder, as a text or a pathlib.Path")
    try:
        target = Path(path)
        if "\0" in str(target):
            raise ValueError
        return target.resolve() if target.is_symlink() else target  # where a link leads, so that the link stays
    except (OSError, RuntimeError, TypeError, ValueError):  # links in a circle, bytes, a zero byte
        raise ValueError(f"{argument} is {os.fspath(path)!r}: that cannot be the name of a file or folder") from None


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.stem[:40]}-{secrets.token_hex(4)}{target.suffix}")


def _flush(file: Path) -> None:
    """The contents must be on the disk before the name is."""
    with open(file, "rb+") as opened:
        os.fsync(opened.fileno())


def _check_parent(target: Path, argument: str) -> None:
    if not target.parent.is_dir():
        raise ValueError(f"{argument} is {str(target)!r}: there is no such folder as {str(target.parent)!r}; make it "
                         "first")


def _check_writable(place: Path, target: Path, argument: str) -> None:
    if not os.access(place, os.W_OK):
        raise ValueError(f"{argument} is {str(target)!r}: it cannot be written to; choose another place")


def _check_replaceable(target: Path, ours: str) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise ValueError(f"folder is {str(target)!r}: that is a file; give the name of a folder")
    if target == Path.cwd():
        raise ValueError(f"folder is {str(target)!r}, where this program runs: give the name of a folder in it")
    _check_writable(target, target, "folder")
    for entry in sorted(target.iterdir()):
        if not re.fullmatch(ours, entry.name) or not entry.is_file():
            raise ValueError(f"folder is {str(target)!r}, which holds {entry.name!r}: it would be lost, because the "
                             "folder is replaced as a whole; choose a new or an empty folder, or move that away")
