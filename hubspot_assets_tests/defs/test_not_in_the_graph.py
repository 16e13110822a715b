"""An export of a portal that has more than its graph: what is not exported is named, and the exit code is 1."""

from pathlib import Path

import pytest

from hubspot_assets.demo.portal.settings import EVERY_FEATURE
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.reading.discovery import discover_to_file, load_portal
from hubspot_assets.settings import Settings
from hubspot_assets_tests.small_export import catalogue, command, small_export

TYPES = "OBJECT_AND_EVENT_TYPE_DEFINITIONS"


def test_an_export_from_another_directory_than_discover_says_what_it_lacks(
    s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with small_export(s3, tmp_path, catalogue("0-1"), compares=True) as small:
        monkeypatch.setenv("HUBSPOT_CATALOG", str(tmp_path / "found.json"))
        discover_to_file(Settings())
        known = load_portal(Settings().catalog)
        assert command("export", "--select", TYPES)[0] == 0
        assert small.manifest(TYPES).parts_unavailable == ()

        monkeypatch.delenv("HUBSPOT_CATALOG")
        monkeypatch.chdir(elsewhere)
        code, output = command("export", "--select", TYPES, "--again")
        assert code == 1
        assert "run `hubspot-assets discover`, or set HUBSPOT_CATALOG" in output
        lacking = {part.part for part in small.manifest(TYPES).parts_unavailable}
        custom = [t for t in known.object_types if t.is_custom]
        assert len(custom) == 2
        for one in custom:
            assert f"the tables of the object type {one.told}" in lacking
            assert one.told in output
        named = {part.removeprefix("the tables of the event type ") for part in lacking if "event type" in part}
        # Of marketing emails, HubSpot lists no events.
        assert named
        assert named <= {event.name for event in known.event_types}


def test_what_hubspot_refuses_to_tell_is_not_compared(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-1"), compares=True, features=EVERY_FEATURE - {"events"}) as small:
        small.export(TYPES)
        assert not any("event type" in part.part for part in small.manifest(TYPES).parts_unavailable)
