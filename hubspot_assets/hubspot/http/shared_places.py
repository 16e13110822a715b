"""What the processes of one machine tell each other of a rate limit that they share.

A file of this user's for each access token, in a folder among the temporary files: whoever holds its lock reads what
the others took, and writes what it takes itself. So several processes of a portal (steps in processes of their own,
workers, a command beside a schedule) are one to HubSpot; each with a limiter alone, four of them were refused one call
in four.

Nothing of it is needed: where there is no such lock, no such folder, or a process is stopped while it holds the lock,
every process keeps to the limit as far as HubSpot's answers tell it of the others. Hosts do not hear of each other.
Not here: what a place is, and when one is free (`limiter.py`).
"""

import os
import stat
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Protocol

try:
    import fcntl
except ImportError:  # pragma: no cover
    fcntl = None  # type: ignore[assignment]

_LOCKED_WITHIN = 5.0
_TRIED_EVERY = 0.002
_ALONE_FOR = 60.0
_FORGOTTEN_AFTER = 24 * 3600
_MOST_NUMBERS = 100_000


class Told(Protocol):
    """What is shared of a budget, as numbers."""

    def told(self) -> list[float]:
        """Return what others are to know."""

    def hear(self, numbers: Sequence[float]) -> None:
        """Take over what another process knew last."""


class SharedPlaces:
    """The file of one access token. Not thread-safe."""

    def __init__(self, access_token: str, api_url: str) -> None:
        # Times are counted from the machine's start: a file of before means nothing now.
        of = "\n".join((api_url.rstrip("/"), access_token, _boot()))
        self._name = sha256(of.encode()).hexdigest()[:32]
        self._file: int | None = None
        self._process = 0
        self._alone_until = 0.0

    @contextmanager
    def agreed(self, budgets: Sequence[Told]) -> Iterator[None]:
        """While the block runs, nobody else takes a place: budgets are as all know them, and then all know these."""
        file = self._locked()
        if file is None:
            yield
            return
        try:
            with suppress(OSError):
                _read(file, budgets)
            try:
                yield
            finally:
                with suppress(OSError):
                    _write(file, budgets)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _locked(self) -> int | None:
        """Return the file, locked; None where that cannot be had."""
        began = time.monotonic()
        if not fcntl or began < self._alone_until:
            return None
        try:
            file = self._opened()
            while time.monotonic() < began + _LOCKED_WITHIN:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(_TRIED_EVERY)
                else:
                    return file
        except OSError:
            pass
        # Whoever holds it was stopped: not to be waited for at each call.
        self._alone_until = time.monotonic() + _ALONE_FOR
        return None

    def _opened(self) -> int:
        """Return the open file. Raises OSError where there can be none."""
        # A lock is one with that of the process that this one was forked from; a file may have been tidied away.
        if self._file is not None and (self._process != os.getpid() or not os.fstat(self._file).st_nlink):
            os.close(self._file)
            self._file = None
        if self._file is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            self._file, self._process = os.open(_folder() / self._name, flags, 0o600), os.getpid()
        return self._file

    def __del__(self) -> None:
        if self._file is not None and self._process == os.getpid():
            with suppress(OSError):
                os.close(self._file)


def _folder() -> Path:
    """Return the folder, this user's alone. Raises OSError for one that others may write to."""
    folder = Path(gettempdir()) / f"hubspot-assets-rate-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise PermissionError(f"{folder} is not private to this user")
    for file in folder.iterdir():
        with suppress(OSError):
            if file.stat().st_mtime < time.time() - _FORGOTTEN_AFTER:
                file.unlink()
    return folder


def _read(file: int, budgets: Sequence[Told]) -> None:
    """Have the budgets hear what stands in the file; of a damaged one nothing. Raises OSError."""
    size = os.fstat(file).st_size // 8
    if not 0 < size <= _MOST_NUMBERS:
        return
    numbers = struct.unpack(f"{size}d", os.pread(file, size * 8, 0))
    heard, at = [], 0
    for _ in budgets:
        if at >= size or not 0 <= numbers[at] < size - at:
            return
        end = at + 1 + int(numbers[at])
        heard.append(numbers[at + 1 : end])
        at = end
    for budget, told in zip(budgets, heard, strict=True):
        budget.hear(told)


def _write(file: int, budgets: Sequence[Told]) -> None:
    every = [number for told in (budget.told() for budget in budgets) for number in (len(told), *told)]
    content = struct.pack(f"{len(every)}d", *every)
    os.pwrite(file, content, 0)
    os.ftruncate(file, len(content))


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
