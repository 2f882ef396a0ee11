"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_path(path: str | os.PathLike[str], suffixes: tuple[str, ...] = ()) -> Iterator[Path]:
    """Check the target, yield a temporary path beside it, and rename that to the target at the end.

    The check comes first, so a wrong folder or suffix costs no drawing. If the body fails or is interrupted,
    the temporary file goes and what was at `path` stays.
    """
    target = Path(path)
    wanted = " or ".join(suffixes)
    if suffixes and target.suffix.lower() not in suffixes:
        raise ValueError(f"path is {str(target)!r}: give it a name that ends in {wanted}")
    if not target.parent.is_dir():
        raise ValueError(f"path is {str(target)!r}: there is no such folder; make it first")
    if target.is_dir():
        raise ValueError(f"path is {str(target)!r}: that is a folder; give the name of a file")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise ValueError(f"path is {str(target)!r}: it cannot be written to; choose another place")
    temporary = target.with_name(f".{target.stem}-{secrets.token_hex(4)}{target.suffix}")
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())  # the contents must be on the disk before the name is
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
