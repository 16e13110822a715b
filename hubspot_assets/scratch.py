"""Temporary directories that do not outlive a process that is killed: whoever makes the next one removes them.

A directory holds a lock for as long as its process lives, however that ends; one whose lock is free is nobody's. This
holds across containers that share a directory of temporary files, where a process id would tell nothing. Where the
system has no such locks (Windows), nothing is removed but by its own process.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]

_PREFIX = "hubspot-assets-"
_LOCK = ".lock"


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """A new temporary directory while the block runs; those that killed processes left are removed first."""
    _remove_left_ones()
    with TemporaryDirectory(prefix=_PREFIX) as made:
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
        try:
            with lock.open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # in use, another user's, or just removed
        shutil.rmtree(lock.parent, ignore_errors=True)
