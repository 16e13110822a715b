"""Temporary directories: gone with their block, and gone with their process, sooner or later."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from hubspot_assets.scratch import scratch_directory

_HOLD = """
import time
from hubspot_assets.scratch import scratch_directory
with scratch_directory() as directory:
    (directory / "spool").mkdir()
    (directory / "spool" / "rows").write_bytes(b"x")
    print(directory, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def test_a_directory_is_gone_after_its_block(tmp_path: Path) -> None:
    with scratch_directory() as directory:
        (directory / "rows").write_bytes(b"x")
        assert directory.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    holders = [
        subprocess.Popen(
            [sys.executable, "-c", _HOLD], stdout=subprocess.PIPE, cwd=Path(__file__).parents[1], text=True
        )
        for _ in range(2)
    ]
    try:
        dead, alive = (Path(holder.stdout.readline().strip()) for holder in holders if holder.stdout)
        holders[0].kill()
        holders[0].wait()
        assert dead.is_dir()
        with scratch_directory() as mine, scratch_directory() as another:
            assert not dead.exists()
            assert (alive / "spool" / "rows").is_file()
            assert mine.is_dir()
            assert another.is_dir()
    finally:
        for holder in holders:
            holder.kill()
            holder.wait()
            if holder.stdout:
                holder.stdout.close()


def test_a_directory_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    for name in ("hubspot-assets-of-mine", "else"):
        (tmp_path / name).mkdir()
    with scratch_directory():
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["else", "hubspot-assets-of-mine"]


def planted(tmp_path: Path, name: str = "x") -> Path:
    directory = tmp_path / f"hubspot-assets-{name}"
    directory.mkdir()
    return directory


def test_a_pipe_in_place_of_a_lock_is_not_waited_at(tmp_path: Path) -> None:
    os.mkfifo(planted(tmp_path) / ".lock")
    # In a process of its own: one that waits could not be stopped otherwise.
    begin = "from hubspot_assets.scratch import scratch_directory\nwith scratch_directory(): pass"
    subprocess.run([sys.executable, "-c", begin], check=True, timeout=60, cwd=Path(__file__).parents[1])
    assert (tmp_path / "hubspot-assets-x" / ".lock").is_fifo()


def test_links_lead_nowhere(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / ".lock").write_bytes(b"")
    (tmp_path / "hubspot-assets-link").symlink_to(precious)
    (planted(tmp_path) / ".lock").symlink_to(precious / ".lock")
    with scratch_directory():
        pass
    assert (precious / ".lock").is_file()
    assert (tmp_path / "hubspot-assets-link").is_symlink()
    assert (tmp_path / "hubspot-assets-x" / ".lock").is_symlink()


@pytest.mark.parametrize("part", ["directory", "lock"])
def test_what_another_user_put_there_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    directory = planted(tmp_path)
    (directory / ".lock").write_bytes(b"")
    other = os.getuid() + 1
    if os.getuid() == 0:
        os.chown(directory if part == "directory" else directory / ".lock", other, -1)
    else:
        monkeypatch.setattr(os, "getuid", lambda: other)
    with scratch_directory():
        pass
    assert (directory / ".lock").is_file()
