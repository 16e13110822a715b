"""Temporary directories that do not outlive a process that is killed: whoever makes the next one removes them.

A directory holds a lock for as long as its process lives, however that ends; one whose lock is free is nobody's. This
holds across containers that share a directory of temporary files, where a process id would tell nothing. Where the
system has no such locks (Windows), nothing is removed but by its own process.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]

_PREFIX = "hubspot-assets-"
_LOCK = ".lock"


class _Directory(TemporaryDirectory[str]):
    """One that is removed without a warning where the step that made it is given up in the middle of its block."""

    @classmethod
    def _cleanup(cls, name: str, *_: object, **__: object) -> None:
        shutil.rmtree(name, ignore_errors=True)


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """A new temporary directory while the block runs; those that killed processes left are removed first."""
    _remove_left_ones()
    with _Directory(prefix=_PREFIX) as made:
        directory = Path(made)
        # Named only when it is held: a lock that is seen and free is that of a process that died.
        unnamed = directory / f"{_LOCK}.new"
        with unnamed.open("wb") as lock:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX)
            unnamed.rename(directory / _LOCK)
            yield directory


def _remove_left_ones() -> None:
    for lock in Path(gettempdir()).glob(f"{_PREFIX}*/{_LOCK}") if fcntl else ():
        with suppress(OSError):  # in use, or just removed
            if _is_left(lock):
                shutil.rmtree(lock.parent, ignore_errors=True)


def _is_left(lock: Path) -> bool:
    """Whether the directory of a lock is one of ours whose process is gone. Raises OSError where it is held.

    Everybody may write into a directory of temporary files: what stands there under such a name may be a link that
    leads elsewhere, a pipe that whoever opens it waits at, or another user's.
    """
    if not _is_mine(lock.parent.lstat(), stat.S_ISDIR):
        return False
    file = os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not _is_mine(os.fstat(file), stat.S_ISREG):
            return False
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    finally:
        os.close(file)


def _is_mine(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    return is_kind(found.st_mode) and found.st_uid == os.getuid()
