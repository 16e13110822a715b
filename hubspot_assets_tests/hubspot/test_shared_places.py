"""Processes that read one portal at once take HubSpot's places together, and none of them waits for what is broken."""

import fcntl
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hubspot_assets.hubspot.http import shared_places
from hubspot_assets.hubspot.http.limiter import Limiter, Window
from hubspot_assets.hubspot.http.shared_places import SharedPlaces

PROCESSES, CALLS = 4, 60
TAKES = """
import sys
from hubspot_assets.hubspot.http.limiter import Limiter
from hubspot_assets.hubspot.http.shared_places import SharedPlaces

limiter = Limiter(shared=SharedPlaces("pat-1", "https://api.hubapi.com"))
print("ready", flush=True)
sys.stdin.readline()
print(*(limiter.acquire("general") for _ in range(int(sys.argv[1]))))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path / f"hubspot-assets-rate-{os.getuid()}"


def limiter(
    token: str = "pat-1",  # noqa: S107
    url: str = "https://api.hubapi.com",
) -> Limiter:
    """One as a process has it, at a moment that does not pass."""
    return Limiter(shared=SharedPlaces(token, url), clock=lambda: 100.0)


def test_four_processes_keep_to_one_limit() -> None:
    """Each alone would take its 60 places at once, which are 50 more than there are."""
    command = [sys.executable, "-c", TAKES, str(CALLS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(PROCESSES)]  # type: ignore[call-overload]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    taken = sorted(float(at) for process in processes for at in process.communicate()[0].split())
    assert len(taken) == PROCESSES * CALLS
    limit = Window(190, 10.0).limit
    assert all(later - one >= 10.0 for one, later in zip(taken, taken[limit:], strict=False))


def test_what_one_takes_the_other_knows() -> None:
    one, other = limiter(), limiter(url="https://api.hubapi.com/")
    for _ in range(95):
        one.acquire("general")
    assert other.share_used("general") == 0.5
    assert limiter("pat-2").share_used("general") == 0.0
    assert limiter(url="https://elsewhere.example").share_used("general") == 0.0


def test_what_hubspot_grants_and_refuses_one_the_other_knows() -> None:
    one, other = limiter(), limiter()
    one.heard("general", {"X-HubSpot-RateLimit-Max": "100", "X-HubSpot-RateLimit-Remaining": "50"}, 100.0)
    assert other.share_used("general") == 0.5
    one.refused("general", 7.0, 100.0)
    other.share_used("general")
    assert other._windows["general"].wait(100.0) == 7.0


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 800, b"\x00" * 800, os.urandom(4000)])
def test_a_damaged_file_is_as_none(folder: Path, content: bytes) -> None:
    limiter().acquire("general")
    (file,) = folder.iterdir()
    file.write_bytes(content)
    assert limiter().acquire("general") == 100.0
    assert 0.0 < limiter().share_used("general") < 0.02


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert limiter().acquire("general") == 100.0
    assert list(folder.iterdir()) == []


def test_a_process_that_is_stopped_while_it_holds_the_lock_is_waited_for_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_places, "_LOCKED_WITHIN", 0.01)
    one = limiter()
    one.acquire("general")
    (file,) = folder.iterdir()
    with file.open("rb") as stopped:
        fcntl.flock(stopped, fcntl.LOCK_EX)
        one.acquire("general")
        monkeypatch.setattr(shared_places, "_LOCKED_WITHIN", 3600.0)  # a second wait would not end
        one.acquire("general")
    assert limiter().share_used("general") == 1 / 190, "what was taken alone is known to nobody"


def test_a_file_that_was_tidied_away_is_made_anew(folder: Path) -> None:
    one = limiter()
    one.acquire("general")
    (file,) = folder.iterdir()
    file.unlink()
    one.acquire("general")
    assert limiter().share_used("general") == 2 / 190


def test_no_token_stands_in_it(folder: Path) -> None:
    limiter("pat-secret").acquire("general")
    (file,) = folder.iterdir()
    assert "secret" not in file.name
    assert b"secret" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
