"""The README is true: the tables, settings and commands it lists are those that there are."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from hubspot_assets import settings
from hubspot_assets.catalog.fixed_tables import FIXED_TABLES, MARKETING_EVENT_PARTICIPATIONS
from hubspot_assets.catalog.names import type_name
from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [*FIXED_TABLES, MARKETING_EVENT_PARTICIPATIONS], ids=lambda table: table.name)
def test_every_fixed_table_is_listed_with_the_api_it_comes_from(table) -> None:
    assert f"| `{table.name}` | {table.source} | {table.description} |" in README


@pytest.mark.parametrize("object_type", STANDARD_OBJECT_TYPES, ids=lambda t: t.object_type_id)
def test_every_object_type_is_listed_with_the_api_it_comes_from(object_type) -> None:
    line = f"| `{type_name(object_type)}` | {object_type.plural_label} {object_type.object_type_id} |"
    assert f"{line} {object_type.source.value} |" in README


def test_no_object_type_is_listed_that_there_is_not() -> None:
    listed = re.findall(r"^\| `(\w+)` \| .* (\d+-\d+) \|", README, flags=re.MULTILINE)
    assert listed == [(type_name(t), t.object_type_id) for t in STANDARD_OBJECT_TYPES]


@pytest.mark.parametrize("setting", settings.SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_listed(setting: settings.Setting) -> None:
    assert f"`{setting.name}`" in README


def test_no_setting_is_listed_that_there_is_not() -> None:
    assert set(re.findall(r"`(HUBSPOT_\w+)", README)) <= {setting.name for setting in settings.SETTINGS}


def test_every_command_is_listed_and_no_other() -> None:
    listed = set(re.findall(r"^\| `hubspot-assets (\w+)", README, flags=re.MULTILINE))
    assert listed == set(get_command(app).commands)


def test_every_command_of_connect_is_listed_and_no_other() -> None:
    connect = get_command(app).commands["connect"]
    (line,) = re.findall(r"^\| `hubspot-assets connect .*$", README, flags=re.MULTILINE)
    assert re.findall(r"`(?:hubspot-assets connect )?([\w-]+)`", line) == list(connect.commands)


def test_every_make_target_of_the_readme_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make (\w+)", README):
        if target != "make":
            assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
