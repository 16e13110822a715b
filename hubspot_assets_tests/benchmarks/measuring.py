"""Wall, CPU and memory of a command and all processes that it starts.

CPU is what the kernel charged (user and system), memory is resident pages as /proc tells them, a few times a second.
Linux only: nowhere else does the kernel tell both without help. Not here: what is measured (`contestants`).
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_EVERY_SECONDS = 0.1
_LOOK_FOR_NEW_EVERY = 5
_LOOK_AT_DISK_EVERY = 20


class CommandFailed(Exception):
    """A measured command did not do what it was asked; the text has the end of what it said."""


@dataclass(frozen=True)
class Cost:
    """What a command cost. `memory`: (seconds since the start, MiB of all its processes together), in order.

    `disk_mib`: what it had in its directory at most, temporary files among it.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    disk_mib: float
    memory: tuple[tuple[float, float], ...]


def measured(
    command: Sequence[str | Path], directory: Path, environment: Mapping[str, str], at_most_seconds: float = 600
) -> Cost:
    """Run a command in `directory` to its end, and say what it cost; it writes to `stdout` and `stderr` there.

    Raises CommandFailed when it ends with another code than 0, or does not end in time.
    """
    if not Path("/proc/self/status").exists():
        raise CommandFailed("Benchmarks read memory from /proc, which this system does not have: run them on Linux.")
    with (directory / "stdout").open("wb") as stdout, (directory / "stderr").open("wb") as stderr:
        began = time.perf_counter()
        # A session of its own: that is how whatever it starts is found.
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        watch = _Watch(process.pid, directory, began)
        too_late = threading.Timer(at_most_seconds, _end, [process])
        too_late.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            too_late.cancel()
            watch.stop()
            if process.returncode is None:
                _end(process)
                process.wait()
    if process.returncode:
        said = "\n".join(_end_of(directory / name) for name in ("stdout", "stderr"))
        raise CommandFailed(f"{Path(command[0]).name} ended with {process.returncode} after {seconds:.0f} s:\n{said}")
    return Cost(seconds, used.ru_utime + used.ru_stime, watch.peak_mib, watch.disk_mib, tuple(watch.samples))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it and all that it started: they are one process group."""
    os.killpg(process.pid, signal.SIGKILL)


def _end_of(path: Path, characters: int = 2000) -> str:
    return path.read_text(errors="replace")[-characters:].strip()


class _Watch:
    """Looks at the processes of a session, and at their directory, until it is stopped."""

    def __init__(self, session: int, directory: Path, began: float) -> None:
        self.samples: list[tuple[float, float]] = []
        self.peak_mib = 0.0
        self.disk_mib = 0.0
        self._session = session
        self._directory = directory
        self._began = began
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        times, known = 0, [self._session]
        while True:
            if times % _LOOK_FOR_NEW_EVERY == 0:
                known = _processes_of(self._session) or known
            if times % _LOOK_AT_DISK_EVERY == 0:
                self.disk_mib = max(self.disk_mib, _bytes_below(self._directory) / MIB)
            together = sum(map(_resident_bytes, known)) / MIB
            if together:
                self.samples.append((time.perf_counter() - self._began, together))
            # The kernel remembers the highest of each process, which samples can miss.
            self.peak_mib = max(self.peak_mib, together, *(_highest_bytes(pid) / MIB for pid in known))
            times += 1
            if self._stopped.wait(_EVERY_SECONDS):
                return


def _bytes_below(directory: Path) -> int:
    found = 0
    for folder, _, files in os.walk(directory):
        for file in files:
            # It may have gone since it was listed.
            with suppress(OSError):
                found += os.stat(f"{folder}/{file}").st_size
    return found


def _processes_of(session: int) -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _is_of(entry, session)]


def _is_of(process: Path, session: int) -> bool:
    try:
        # After the name, which may hold anything: state, parent, group, session.
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[3]) == session
    except (OSError, IndexError, ValueError):  # it has just ended
        return False


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0


def _highest_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
