"""A PostgreSQL server of a test's own, from this machine's binaries; and the command line of AWS, as a stand-in."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# A server refuses to run as root; this user exists wherever root does.
_SOMEBODY = "nobody"


def server_binaries() -> Path | None:
    """The folder of initdb and pg_ctl, if there is one."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and shutil.which("psql")), None)


@dataclass(frozen=True)
class Postgres:
    """A running server, which listens on a socket in a folder of its own and on no port."""

    socket: Path
    user: str
    tools: Path

    def run(self, script: str) -> str:
        """What psql prints of a script's last answer. Raises CalledProcessError."""
        environment = {**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}", "PGHOST": str(self.socket)}
        command = ["psql", "-X", "-q", "-A", "-t", "-U", self.user, "-d", "postgres", "-f", "-"]
        # Not as text, which would make one character of CR and LF.
        done = subprocess.run(command, input=script.encode(), env=environment, capture_output=True, check=False)
        if done.returncode or b"ERROR" in done.stderr:
            raise subprocess.CalledProcessError(done.returncode, "psql", done.stdout, done.stderr)
        return done.stdout.decode()


@contextmanager
def postgres(binaries: Path, objects: Path) -> Iterator[Postgres]:
    """A server while the block runs; `aws s3 cp` reads objects from a folder that holds buckets."""
    # Not where pytest keeps its files: another user must be able to get there.
    with tempfile.TemporaryDirectory(prefix="pg-") as made:
        home = Path(made)
        home.chmod(0o755)
        tools = home / "tools"
        tools.mkdir()
        (tools / "aws").write_text(f'#!/bin/sh\nexec cat "{objects}/${{4#s3://}}"\n')
        (tools / "aws").chmod(0o755)
        data = home / "data"
        data.mkdir()
        is_root = os.geteuid() == 0
        if is_root:
            shutil.chown(data, _SOMEBODY)
        user = _SOMEBODY if is_root else getpass.getuser()

        def run(*command: str) -> None:
            as_user = {"user": _SOMEBODY} if is_root else {}
            subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, **as_user)  # type: ignore[call-overload]

        run(str(binaries / "initdb"), "-D", str(data), "-E", "UTF8", "--locale=C", "-U", user, "-A", "trust", "-N")
        options = f"-k {data} -c listen_addresses='' -c fsync=off"
        run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-l", str(data / "log"), "-o", options, "start")
        try:
            yield Postgres(data, user, tools)
        finally:
            run(str(binaries / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop")
