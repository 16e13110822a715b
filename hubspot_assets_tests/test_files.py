"""What lies where a setting names a file: a pipe is not waited for, a device not read without end."""

import os
from pathlib import Path

import pytest

from hubspot_assets.catalog.portal import Portal, PortalCatalogueError
from hubspot_assets.errors import SettingError
from hubspot_assets.files import instead_of_file
from hubspot_assets.portals import every_portal
from hubspot_assets.settings import Settings


def test_what_is_no_file_is_named_and_a_file_is_not(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    file = tmp_path / "file"
    file.touch()
    assert instead_of_file(tmp_path) == "a directory"
    assert instead_of_file(tmp_path / "link") == instead_of_file(tmp_path / "pipe") == "a named pipe"
    assert instead_of_file(Path("/dev/zero")) == "a device"
    assert instead_of_file(file) is instead_of_file(tmp_path / "none") is instead_of_file(file / "below") is None


def test_a_catalogue_that_is_no_file_is_refused_at_once_and_not_replaced(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for other, what in ((pipe, "a named pipe"), (tmp_path, "a directory"), (Path("/dev/zero"), "a device")):
        told = f"The portal catalogue {other} is {what} and not a file: set HUBSPOT_CATALOG to the file"
        with pytest.raises(PortalCatalogueError, match=told):
            Portal.load(other)
        with pytest.raises(PortalCatalogueError, match=told):
            Portal.standard().save(other)
    assert pipe.is_fifo()


def test_a_portals_file_that_is_no_file_is_refused_at_once(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(
        SettingError, match=f"{pipe}, the portals file, is a named pipe and not a file: set HUBSPOT_PORTALS"
    ):
        every_portal(Settings(portals=pipe))
