"""Temporary directories: gone with their block, and gone with their process, sooner or later."""

import fcntl
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


def planted(tmp_path: Path) -> Path:
    """Where something stands under the name of such a directory."""
    return tmp_path / "hubspot-assets-scratch-x"


def test_one_whose_process_was_killed_before_it_was_locked_is_removed(tmp_path: Path) -> None:
    planted(tmp_path).mkdir()
    with scratch_directory():
        assert not planted(tmp_path).exists()


def test_another_is_made_where_one_is_removed_before_it_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, removed = fcntl.flock, list[str]()

    def too_late(directory: int, how: int) -> None:
        if not removed:
            removed.append(os.readlink(f"/proc/self/fd/{directory}"))
            os.rmdir(removed[0])
        lock(directory, how)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with scratch_directory() as directory:
        assert directory.is_dir()
        assert [str(directory)] != removed


def test_a_pipe_of_such_a_name_is_not_waited_at(tmp_path: Path) -> None:
    os.mkfifo(planted(tmp_path))
    # In a process of its own: one that waits could not be stopped otherwise.
    begin = "from hubspot_assets.scratch import scratch_directory\nwith scratch_directory(): pass"
    subprocess.run([sys.executable, "-c", begin], check=True, timeout=60, cwd=Path(__file__).parents[1])
    assert planted(tmp_path).is_fifo()


def test_links_lead_nowhere(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "rows").write_bytes(b"x")
    planted(tmp_path).symlink_to(precious)
    with scratch_directory():
        pass
    assert (precious / "rows").is_file()
    assert planted(tmp_path).is_symlink()


def test_what_another_user_put_there_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(tmp_path).mkdir()
    other = os.getuid() + 1
    if os.getuid() == 0:
        os.chown(planted(tmp_path), other, -1)
    else:
        monkeypatch.setattr(os, "getuid", lambda: other)
    with scratch_directory():
        pass
    assert planted(tmp_path).is_dir()
