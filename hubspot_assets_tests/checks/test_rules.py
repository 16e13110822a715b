"""Each rule, on a day that is right and on days that are wrong in one thing."""

import gzip
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.checks.finding import Finding
from hubspot_assets.checks.rules import RULES, Rule
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.lake import Lake, PartUnavailable, Unavailable
from hubspot_assets.lake.manifest import OneReading
from hubspot_assets_tests.checks.folder_s3 import FolderS3
from hubspot_assets_tests.checks.small_portal import (
    COMPANIES,
    CONTACTS,
    DAY,
    NOTES,
    SmallDay,
    looked_at,
    property_definition,
    table_of,
    totals,
)
from hubspot_assets_tests.hubspot.canned import Answer, canned

MISSING_SCOPE = {"status": "error", "message": "no", "category": "MISSING_SCOPES"}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(FolderS3(tmp_path), "lake", "export")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the objects of this test's lake lie on disk."""
    return tmp_path / "lake" / "export"


def rule(name: str) -> Rule:
    return next(rule for rule in RULES if rule.name == name)


def found(name: str, lake: Lake, client: HubSpotClient | None = None, **limits: float) -> list[Finding]:
    return sorted(rule(name).find(looked_at(lake, client=client, **limits)))


def tables(findings: Iterable[Finding]) -> list[str]:
    return [finding.table for finding in findings]


def test_a_day_that_is_right_breaks_no_rule(lake: Lake, day_before: SmallDay, day: SmallDay) -> None:
    day.write(lake)
    assert broken(lake) == {}, "the first day of an export"
    day_before.write(lake)
    assert broken(lake) == {}


def broken(lake: Lake) -> dict[str, list[Finding]]:
    """What each rule finds, of those that find something."""
    looked = looked_at(lake)
    return {rule.name: findings for rule in RULES if (findings := list(rule.find(looked)))}


def test_a_table_without_a_manifest_is_found(lake: Lake, day: SmallDay) -> None:
    day.write(lake, leave_out=["OWNERS"])
    assert tables(found("manifests_hold", lake)) == ["OWNERS"]


def test_a_file_whose_hash_is_not_the_manifests_is_found(lake: Lake, day: SmallDay, folder: Path) -> None:
    day.write(lake)
    file = folder / DAY / "OBJECTS" / "CONTACTS" / "data_00000.csv.gz"
    file.write_bytes(file.read_bytes() + gzip.compress(b"1,2,3,4\n"))
    (finding,) = found("manifests_hold", lake)
    assert finding.table == "OBJECTS/CONTACTS"
    assert "SHA-256" in finding.what


def test_an_empty_tables_file_is_looked_at_too(lake: Lake, day: SmallDay, folder: Path) -> None:
    day.write(lake)
    (folder / DAY / "TEAMS" / "data_00000.csv.gz").write_bytes(gzip.compress(b"something\n"))
    assert tables(found("manifests_hold", lake)) == ["TEAMS"]


def test_a_table_of_another_reading_than_one_that_belongs_to_it_is_found(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    looked = looked_at(lake)
    for name, reading in (("TEAMS", "one"), ("OWNERS", "another")):
        told = {"reading": OneReading(id=reading, tables=("OWNERS", "TEAMS"))}
        looked.manifests[name] = looked.manifests[name].model_copy(update=told)
    assert tables(rule("one_reading").find(looked)) == ["OWNERS"]


def test_a_table_that_came_after_the_day_was_closed_is_found(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    looked = looked_at(lake)
    looked.manifests["TEAMS"] = looked.manifests["TEAMS"].model_copy(update={"lease": 10_000})
    assert tables(rule("one_reading").find(looked)) == ["TEAMS"]


def test_a_day_that_was_opened_again_is_found(lake: Lake, day: SmallDay) -> None:
    day.write(lake, close=False)
    assert tables(found("manifests_hold", lake)) == ["_SUCCESS.json"]


def test_a_table_of_another_size_than_the_closed_day_says_is_found(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    looked = looked_at(lake)
    looked.manifests["OBJECTS_CONTACTS"] = looked.manifests["OBJECTS_CONTACTS"].model_copy(update={"rows": 99})
    assert "OBJECTS_CONTACTS" in tables(rule("manifests_hold").find(looked))


@pytest.mark.parametrize(
    "table",
    [
        "OBJECTS_CONTACTS",
        "OBJECTS/CONTACTS",
        "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS",
        "OBJECT_PROPERTIES/CONTACTS",
        "ASSOCIATIONS_CONTACTS_TO_COMPANIES",
        "ASSOCIATIONS/CONTACTS_TO_COMPANIES",
        "PROPERTY_DEFINITIONS",
        "ASSOCIATION_DEFINITIONS",
        "EVENTS_OPENED",
    ],
)
def test_a_row_that_is_there_twice_is_found_in_every_kind_of_table(table: str, lake: Lake, day: SmallDay) -> None:
    day.rows[table].append(day.rows[table][0])
    day.write(lake)
    (finding,) = found("keys_unique", lake)
    assert finding.table == table
    assert "2 times" in finding.what


def test_a_key_that_is_null_is_found(lake: Lake, day: SmallDay) -> None:
    day.rows["EVENTS_OPENED"][0]["ID"] = None
    day.write(lake)
    assert found("keys_unique", lake) == [Finding("EVENTS_OPENED", "1 rows have NULL in their key")]


def test_as_many_versions_as_hubspot_keeps_are_right_and_one_more_is_found(lake: Lake, day: SmallDay) -> None:
    version = day.rows["OBJECT_PROPERTIES_HISTORY/NOTES"][0]
    day.rows["OBJECT_PROPERTIES_HISTORY/NOTES"] = [version] * 20
    day.rows["OBJECT_PROPERTIES_HISTORY/CONTACTS"] = [version] * 45
    day.write(lake)
    assert found("keys_unique", lake) == []
    day.rows["OBJECT_PROPERTIES_HISTORY/NOTES"] = [version] * 21
    day.write(lake)
    assert tables(found("keys_unique", lake)) == ["OBJECT_PROPERTIES_HISTORY/NOTES"]


def test_an_association_type_of_another_pair_is_found(lake: Lake, day: SmallDay) -> None:
    day.rows["ASSOCIATIONS_CONTACTS_TO_COMPANIES"][0]["COMBINEDASSOCIATIONTYPEID"] = "0-2"
    day.rows["ASSOCIATIONS/CONTACTS_TO_COMPANIES"][-1]["COMBINEDASSOCIATIONTYPEID"] = "0-2"
    day.write(lake)
    findings = found("association_types_defined", lake)
    assert tables(findings) == ["ASSOCIATIONS/CONTACTS_TO_COMPANIES", "ASSOCIATIONS_CONTACTS_TO_COMPANIES"]
    assert findings[0].what == "undefined association types: 0-2"


def test_a_column_without_a_definition_is_found(lake: Lake, day: SmallDay) -> None:
    day.columns["OBJECTS_CONTACTS"].insert(3, Column("PROPERTY_SECRET"))
    day.write(lake)
    what = "undefined columns: PROPERTY_SECRET"
    assert found("properties_defined", lake) == [Finding("OBJECTS_CONTACTS", what)]


def test_a_value_of_a_property_that_is_held_back_is_found(lake: Lake, day: SmallDay) -> None:
    day.rows["PROPERTY_DEFINITIONS"].append(property_definition(CONTACTS, "illness", EXPORTED=False))
    for table in ("OBJECT_PROPERTIES/CONTACTS", "OBJECT_PROPERTIES_HISTORY/CONTACTS"):
        day.rows[table].append({**day.rows[table][0], "NAME": "illness"})
    day.write(lake)
    findings = found("properties_defined", lake)
    assert tables(findings) == ["OBJECT_PROPERTIES/CONTACTS", "OBJECT_PROPERTIES_HISTORY/CONTACTS"]


def test_a_property_without_its_column_is_found_for_objects_engagements_and_events(lake: Lake, day: SmallDay) -> None:
    day.rows["PROPERTY_DEFINITIONS"] += [property_definition(type_id, "more") for type_id in (CONTACTS, NOTES, "6-1")]
    day.write(lake)
    expected = ["EVENTS_OPENED", "OBJECTS_CONTACTS", "OBJECTS_ENGAGEMENTS", "OBJECTS_NOTES"]
    assert tables(found("properties_defined", lake)) == expected


def test_what_an_event_type_without_definitions_carries_breaks_no_rule(
    lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    for one in (day_before, day):
        one.rows["PROPERTY_DEFINITIONS"] = [r for r in one.rows["PROPERTY_DEFINITIONS"] if r["OBJECTTYPEID"] != "6-1"]
    day.columns["EVENTS_OPENED"].insert(5, Column("PROPERTY_BROWSER"))
    day_before.write(lake)
    day.write(lake)
    assert found("properties_defined", lake) == []
    assert found("schema_unchanged", lake) == []


@pytest.mark.parametrize("table", ["OBJECTS/CONTACTS", "OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS"])
def test_a_combined_table_with_a_record_less_is_found(table: str, lake: Lake, day: SmallDay) -> None:
    day.rows[table].pop()
    day.write(lake)
    (finding,) = found("combined_tables_agree", lake)
    assert finding.table == table
    assert finding.what.startswith("99 records, but 100 in OBJECTS_CONTACTS")


def test_a_combined_table_with_other_records_is_found(lake: Lake, day: SmallDay) -> None:
    day.rows["OBJECTS/CONTACTS"][0]["OBJECTID"] = "999"
    day.write(lake)
    assert tables(found("combined_tables_agree", lake)) == ["OBJECTS/CONTACTS"]


def test_combined_associations_with_other_ends_are_found(lake: Lake, day: SmallDay) -> None:
    day.rows["ASSOCIATIONS/CONTACTS_TO_COMPANIES"][0]["TOOBJECTID"] = "999"
    day.write(lake)
    assert tables(found("combined_tables_agree", lake)) == ["ASSOCIATIONS/CONTACTS_TO_COMPANIES"]


def test_engagements_have_their_type_beside_what_their_kinds_have(lake: Lake, day: SmallDay) -> None:
    for table in ("OBJECT_PROPERTIES", "OBJECT_PROPERTIES_HISTORY", "OBJECT_PROPERTIES_HISTORY_SOURCES"):
        rows = day.rows[f"{table}/ENGAGEMENTS"]
        rows += [{**row, "NAME": "hs_engagement_type"} for row in rows[::3]]
    day.write(lake)

    assert found("combined_tables_agree", lake) == []
    assert found("properties_defined", lake) == []


def test_versions_without_what_set_them_are_found(lake: Lake, day: SmallDay) -> None:
    day.rows["OBJECT_PROPERTIES_HISTORY_SOURCES/CONTACTS"].pop()
    day.write(lake)

    assert tables(found("combined_tables_agree", lake)) == ["OBJECT_PROPERTIES_HISTORY_SOURCES/CONTACTS"]


def test_engagements_that_are_not_the_sum_of_their_kinds_are_found(lake: Lake, day: SmallDay) -> None:
    day.without_objects(NOTES, keep=29)
    day.write(lake)
    assert [name for name in tables(found("combined_tables_agree", lake)) if "ENGAGEMENTS" not in name] == []
    assert len(found("combined_tables_agree", lake)) == 6


def test_a_combined_table_with_columns_of_its_own_is_found(lake: Lake, day: SmallDay) -> None:
    day.columns["OBJECTS/NOTES"].insert(2, Column("MORE"))
    day.write(lake)
    assert tables(found("combined_tables_agree", lake)) == ["OBJECTS/NOTES"]


def test_fewer_records_than_hubspot_counts_are_told(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    client = canned(totals(contacts=150)).client()
    assert found("row_counts_near_portal", lake, client) == [
        Finding("OBJECTS_CONTACTS", "100 records, but HubSpot counts 150")
    ]


def test_all_object_types_are_counted_with_one_call(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    hubspot = canned(totals())
    found("row_counts_near_portal", lake, hubspot.client())
    assert len(hubspot.seen) == 1


def test_a_count_within_the_tolerance_is_not_told_and_the_tolerance_is_a_setting(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    client = canned(totals(contacts=130)).client()
    assert found("row_counts_near_portal", lake, client, count_tolerance=50) == []
    assert tables(found("row_counts_near_portal", lake, client, count_tolerance=10)) == ["OBJECTS_CONTACTS"]


def test_a_day_read_long_ago_is_not_compared_with_the_counts_of_now(lake: Lake, day: SmallDay) -> None:
    day.captured_to -= timedelta(days=3)
    day.write(lake)
    hubspot = canned(totals(contacts=5000))
    assert found("row_counts_near_portal", lake, hubspot.client()) == []
    assert hubspot.seen == []


def test_a_portal_that_does_not_tell_its_counts_is_not_compared(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    client = canned(Answer(MISSING_SCOPE, 403)).client()
    assert found("row_counts_near_portal", lake, client) == []


def test_counts_that_could_not_be_asked_for_are_told(lake: Lake, day: SmallDay) -> None:
    day.write(lake)
    client = canned(Answer({"status": "error", "message": "expired"}, 401)).client()
    (finding,) = found("row_counts_near_portal", lake, client)
    assert "could not be compared" in finding.what


def test_a_table_that_shrank_beyond_the_limit_is_told_and_the_limit_is_a_setting(
    lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    day.without_objects(CONTACTS, keep=60)
    day_before.write(lake)
    day.write(lake)
    findings = found("row_counts_near_last_day", lake)
    assert Finding("OBJECTS_CONTACTS", "60 rows, down from 100 on 2026-11-21") in findings
    assert len(findings) == 6
    assert found("row_counts_near_last_day", lake, row_fall_limit=50) == []


def test_a_small_table_that_became_empty_is_told(lake: Lake, day_before: SmallDay, day: SmallDay) -> None:
    day_before.rows["TEAMS"] = [{"TEAMID": "1"}, {"TEAMID": "2"}]
    day_before.write(lake)
    day.write(lake)
    assert tables(found("row_counts_near_last_day", lake)) == ["TEAMS"]


def test_a_quiet_day_of_events_is_not_told(lake: Lake, day_before: SmallDay, day: SmallDay) -> None:
    day.rows["EVENTS_OPENED"] = []
    day_before.write(lake)
    day.write(lake)
    assert found("row_counts_near_last_day", lake) == []


def test_a_table_that_can_not_be_read_any_more_is_told(lake: Lake, day_before: SmallDay, day: SmallDay) -> None:
    day.unavailable["TEAMS"] = Unavailable(status=403, message="grant settings.users.teams.read")
    day_before.write(lake)
    day.write(lake)
    (finding,) = found("row_counts_near_last_day", lake)
    assert finding.what == "could be read on 2026-11-21 but no longer can: grant settings.users.teams.read"


def test_columns_that_were_added_have_gone_and_were_retyped_are_told(
    lake: Lake, day_before: SmallDay, day: SmallDay
) -> None:
    day_before.columns["OBJECTS_CONTACTS"][2:2] = [Column("PROPERTY_OLD"), Column("PROPERTY_SINCE")]
    day.columns["OBJECTS_CONTACTS"][2:2] = [Column("PROPERTY_NEW", "number"), Column("PROPERTY_SINCE", "date")]
    day_before.write(lake)
    day.write(lake)
    assert found("schema_unchanged", lake) == [
        Finding("OBJECTS_CONTACTS", "added PROPERTY_NEW (number)"),
        Finding("OBJECTS_CONTACTS", "removed PROPERTY_OLD (string)"),
        Finding("OBJECTS_CONTACTS", "retyped PROPERTY_SINCE from string to date"),
    ]


def test_the_day_compared_with_is_the_last_whole_one(lake: Lake, day: SmallDay) -> None:
    SmallDay("2026-11-18").write(lake)
    SmallDay("2026-11-20").write(lake, close=False)
    day.write(lake)
    assert looked_at(lake).day_before == "2026-11-18"


def refused(part: str, *about: str, mendable: bool = True) -> PartUnavailable:
    message = "HubSpot answered 403 to GET /x: no; grant the token the scope some.read."
    return PartUnavailable(
        status=403, message=message, scopes=("some.read",), mendable=mendable, part=part, about=about
    )


def test_what_a_person_can_mend_is_found_once_for_each_cause(lake: Lake, day: SmallDay) -> None:
    for table in ("OBJECTS_CONTACTS", "OBJECTS/CONTACTS", "PROPERTY_DEFINITIONS"):
        day.parts[table] = [refused("properties of Contacts (0-1)", CONTACTS)]
    scope = "HubSpot answered 403 to GET /teams: no; grant the token the scope settings.users.teams.read."
    day.unavailable["TEAMS"] = Unavailable(
        status=403, message=scope, scopes=("settings.users.teams.read",), mendable=True
    )
    day.unavailable["EVENTS_OPENED"] = Unavailable(status=403, message="not in the plan", mendable=False)
    day.write(lake)
    assert found("nothing_refused", lake) == [
        Finding(
            "OBJECTS/CONTACTS",
            "without properties of Contacts (0-1): Grant the token the scope some.read. Also affected: "
            "OBJECTS_CONTACTS, PROPERTY_DEFINITIONS.",
        ),
        Finding("TEAMS", "Grant the token the scope settings.users.teams.read."),
    ]


def test_what_the_portal_does_not_have_is_not_found(lake: Lake, day: SmallDay) -> None:
    day.parts["LIST_MEMBERSHIPS"] = [refused("members of the list A (1)", "1", mendable=False)]
    day.unavailable["TEAMS"] = Unavailable(status=403, message="not in the plan", mendable=False)
    day.write(lake)
    assert found("nothing_refused", lake) == []


def test_association_types_of_a_pair_whose_definitions_are_refused_need_not_be_defined(
    lake: Lake, day: SmallDay
) -> None:
    day.rows["ASSOCIATION_DEFINITIONS"] = []
    day.parts["ASSOCIATION_DEFINITIONS"] = [refused("association types", CONTACTS, COMPANIES)]
    day.write(lake)
    assert tables(found("association_types_defined", lake)) == [
        "ASSOCIATIONS/COMPANIES_TO_CONTACTS",
        "ASSOCIATIONS_COMPANIES_TO_CONTACTS",
    ]


def test_columns_whose_definitions_are_refused_have_not_gone(lake: Lake, day_before: SmallDay, day: SmallDay) -> None:
    del day.columns["OBJECTS_CONTACTS"][2]
    day.rows["OBJECTS_CONTACTS"] = [{"OBJECTID": row["OBJECTID"]} for row in day.rows["OBJECTS_CONTACTS"]]
    day.parts["OBJECTS_CONTACTS"] = [refused("properties of Contacts (0-1)", CONTACTS)]
    day_before.write(lake)
    day.write(lake)
    assert found("schema_unchanged", lake) == []


def test_a_value_that_is_not_of_its_columns_type_is_found(lake: Lake, day: SmallDay) -> None:
    pipeline = {"OBJECTTYPEID": "0-3", "PIPELINEID": "default"}
    day.rows["PIPELINES"] = [{**pipeline, "DISPLAYORDER": "-1"}, {**pipeline, "PIPELINEID": "p", "DISPLAYORDER": "1,5"}]
    day.rows["OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS"][3]["PROPERTIES"] = '{"name":"x'
    wide = table_of(CONTACTS).name
    day.columns[wide].insert(3, Column("PROPERTY_AMOUNT", "number"))
    day.rows[wide][-1]["PROPERTY_AMOUNT"] = "a;b"
    day.write(lake)

    assert found("values_fit", lake) == [
        ("OBJECTS_CONTACTS", "PROPERTY_AMOUNT is a number but holds 'a;b'"),
        ("OBJECT_WITH_OBJECT_PROPERTIES/CONTACTS", 'PROPERTIES is a json but holds \'{"name":"x\''),
        ("PIPELINES", "DISPLAYORDER is a number but holds '1,5'"),
    ]


def test_numbers_of_every_form_and_ids_that_are_none_fit(lake: Lake, day: SmallDay) -> None:
    numbers = [None, "0", "-1", "00123", "1e3", "9007199254740993", "123456789012345678901234567890.5"]
    day.rows["PIPELINES"] = [
        {"OBJECTTYPEID": "0-3", "PIPELINEID": str(n), "DISPLAYORDER": number} for n, number in enumerate(numbers)
    ]
    day.rows["OWNERS"] = [{"OWNERID": "b7c1e2d4-0000-4000-8000-000000000000"}]
    day.write(lake)

    assert found("values_fit", lake) == []
