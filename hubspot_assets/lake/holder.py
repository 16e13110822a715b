"""Which process holds a day or runs a run, so that another can tell whether it is still alive.

A process id says little: two containers of one host name both have a process 1, and ids are given out again. A process
is known by the boot of its machine, its pid namespace, its id there and the moment it started. Where the system tells
less (a `/proc` of another namespace), nothing is known, and only the age of its last sign of life tells. Where there
are no pid namespaces (macOS), the machine is known by its network card instead of its boot. Not here: what is done with
that (`lease`, `defs/dead_runs.py`).
"""

import os
import socket
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

from hubspot_assets.lake.manifest import Document

_PROC = Path("/proc")
_THIS = uuid.uuid4().hex


class Process(Document):
    """A process on a host. `boot`, `namespace`, `started` are None where the system does not tell them.

    `id`: a random one.
    """

    host: str
    pid: int
    boot: str | None = None
    namespace: str | None = None
    started: int | None = None
    id: str | None = None


def this_process() -> Process:
    """Return who runs this."""
    host, pid = socket.gethostname(), os.getpid()
    with suppress(OSError, ValueError, IndexError):
        # With the /proc of another namespace, the numbers there are not those that this process sees.
        if _line_of(_PROC / "self" / "status", "NSpid:").split() == [str(pid)]:
            return Process(
                host=host,
                pid=pid,
                boot=(_PROC / "sys/kernel/random/boot_id").read_text().strip(),
                namespace=str((_PROC / "self/ns/pid").readlink()),
                started=_started("self"),
                id=_THIS,
            )
    # Where there is no card to be read, the number is another one in each process: nothing is known then.
    boot = f"card {uuid.getnode():x}" if os.name == "posix" and sys.platform != "linux" else None
    return Process(host=host, pid=pid, boot=boot, id=_THIS)


def is_known_dead(process: Process, here: Process) -> bool:
    """Return whether a process has ended for certain, as far as the process `here` can see."""
    if process.boot is None or (process.boot, process.namespace) != (here.boot, here.namespace):
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    with suppress(OSError, ValueError, IndexError):
        # One that was killed stays as a zombie where its parent asks nobody how it ended, as in many containers.
        return _started(str(process.pid)) != process.started or _stat(str(process.pid))[0] in "ZX"
    return False


def seconds() -> float:
    """Return a clock that goes on while the process is stopped or the machine sleeps, and that nobody sets."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def _started(pid: str) -> int:
    """When a process started, in ticks since the boot."""
    return int(_stat(pid)[19])


def _stat(pid: str) -> list[str]:
    """What the system tells of a process, from its state on; a process that is over has no line there."""
    # The command's name may hold blanks and brackets: what is behind the last of them is told.
    return (_PROC / pid / "stat").read_text(errors="replace").rpartition(")")[2].split()


def _line_of(file: Path, begin: str) -> str:
    return next(line.removeprefix(begin) for line in file.read_text().splitlines() if line.startswith(begin))
