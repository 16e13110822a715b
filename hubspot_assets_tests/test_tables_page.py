"""docs/tables.md says what the catalogue and the manifests say."""

import re

import pytest
from pydantic import BaseModel

from hubspot_assets.catalog.object_types import STANDARD_OBJECT_TYPES
from hubspot_assets.lake import manifest
from hubspot_assets_tests.tables_page import PAGE, written

TEXT = PAGE.read_text(encoding="utf-8")
DOCUMENTS = (
    manifest.Manifest,
    manifest.ManifestColumn,
    manifest.DataFile,
    manifest.TypedFile,
    manifest.Captured,
    manifest.Carried,
    manifest.Unavailable,
    manifest.PartUnavailable,
    manifest.Success,
    manifest.TableSummary,
)


def test_the_generated_parts_are_those_of_the_catalogue() -> None:
    assert written(TEXT) == TEXT, "write them anew: python -m hubspot_assets_tests.tables_page"


def test_every_part_has_columns() -> None:
    parts = re.findall(r"<!-- generated: (\w+) -->(.*?)<!-- end -->", TEXT, re.DOTALL)

    assert [name for name, _ in parts] == ["fixed", "objects", "associations", "events"]
    assert all(part.count("| `") > 5 for _, part in parts)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.__name__)
def test_every_field_of_a_manifest_is_told(document: type[BaseModel]) -> None:
    fields = {field.alias or name for name, field in document.model_fields.items()}
    section = TEXT.partition("## Manifests")[2]

    assert {name for name in fields if f"`{name}`" not in section} == set()


def test_nothing_is_told_of_a_manifest_that_it_does_not_have() -> None:
    section = TEXT.partition("## Manifests")[2]
    told = set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
    fields = {field.alias or name for document in DOCUMENTS for name, field in document.model_fields.items()}

    assert told == fields


def test_the_rules_name_the_types_they_are_about() -> None:
    ids = {t.object_type_id for t in STANDARD_OBJECT_TYPES}

    assert set(re.findall(r"\((0-\d+)\)", TEXT)) <= ids
