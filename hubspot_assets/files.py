"""What lies where a setting names a file. Not here: what is in such a file (`catalog/portal.py`, `portals.py`)."""

import stat
from pathlib import Path

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def instead_of_file(path: Path) -> str | None:
    """Return what is there that is no file, such as `a directory`; None for a file, and where nothing is.

    To read a pipe is to wait for whoever writes it, and some devices have no end.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    return next((name for is_one, name in _KINDS if is_one(mode)), None)
