"""Writing a file so that an error, an interrupt or a full disk leaves what was there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def check_target(path: str | os.PathLike[str], suffixes: Sequence[str] = ()) -> Path:
    """Refuse a path that cannot be written, before any work is done for it."""
    target = Path(path)
    if suffixes and target.suffix.lower() not in suffixes:
        raise ValueError(f"path={os.fspath(path)!r} must end in {' or '.join(suffixes)}")
    if not target.parent.is_dir():
        raise ValueError(f"path={os.fspath(path)!r}: the folder {str(target.parent)!r} does not exist; make it first")
    if target.is_dir():
        raise ValueError(f"path={os.fspath(path)!r} is a folder: give it a file name")
    return target


@contextmanager
def atomic_path(path: str | os.PathLike[str], suffixes: Sequence[str] = ()) -> Iterator[Path]:
    """Check `path`, then yield a temporary path beside it, which takes its place when the block succeeds.

    Whatever the block raises, the old file stays as it was and the temporary one is removed.
    """
    target = check_target(path, suffixes)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix=target.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.chmod(temporary, target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
