"""Temporary directories that do not outlive a process that is killed: whoever makes the next one removes them.

A directory is locked for as long as its process lives, however that ends; one that is not locked is nobody's. This
holds across containers that share a directory of temporary files, where a process id would tell nothing. Where the
system has no such locks (Windows), nothing is removed but by its own process.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]

_PREFIX = "hubspot-assets-scratch-"


class _Directory(TemporaryDirectory[str]):
    """One that is removed without a warning where the step that made it is given up in the middle of its block."""

    @classmethod
    def _cleanup(cls, name: str, *_: object, **__: object) -> None:
        shutil.rmtree(name, ignore_errors=True)


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """A new temporary directory while the block runs; those that killed processes left are removed first."""
    _remove_left_ones()
    with ExitStack() as stack:
        directory = None
        while directory is None:
            directory = _locked(Path(stack.enter_context(_Directory(prefix=_PREFIX))), stack)
        yield directory


def _locked(made: Path, stack: ExitStack) -> Path | None:
    """Return a new directory, locked; None where another process has removed it before it was."""
    if not fcntl:
        return made
    try:
        directory = os.open(made, os.O_RDONLY)
    except FileNotFoundError:
        return None
    stack.callback(os.close, directory)
    # Where a file system has no such locks, nobody gets one to remove it, either.
    with suppress(OSError):
        fcntl.flock(directory, fcntl.LOCK_EX)
    return made if made.exists() else None


def _remove_left_ones() -> None:
    for directory in Path(gettempdir()).glob(f"{_PREFIX}*") if fcntl else ():
        with suppress(OSError):  # in use, no directory, or just removed
            _remove_if_left(directory)


def _remove_if_left(path: Path) -> None:
    """Remove a directory of ours whose process is gone. Raises OSError where it is locked.

    Everybody may write into a directory of temporary files: what stands there under such a name may be a link that
    leads elsewhere, a pipe that whoever opens it waits at, or another user's.
    """
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if os.fstat(directory).st_uid == os.getuid():
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(directory)
