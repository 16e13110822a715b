"""What came, changed and went between two whole days, and what is not known."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from typer.testing import CliRunner

from hubspot_assets.catalog.columns import ColumnType
from hubspot_assets.cli.app import app
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, PartUnavailable, TableContent
from hubspot_assets_tests.warehouse.awkward import BEFORE, DAY, READ, REFUSED, awkward_days, content

WIDE: dict[str, ColumnType] = {
    "OBJECTTYPEID": "string",
    "OBJECTID": "string",
    "PROPERTY_EMAIL": "string",
    "PROPERTY_AMOUNT": "number",
    "UPDATEDAT": "datetime",
    "INGESTEDAT": "datetime",
}
PROPERTIES: dict[str, ColumnType] = {
    "OBJECTTYPEID": "string",
    "OBJECTID": "string",
    "NAME": "string",
    "VALUE": "string",
    "INGESTEDAT": "datetime",
}
MEMBERSHIPS: dict[str, ColumnType] = {"LISTID": "string", "OBJECTID": "string", "INGESTEDAT": "datetime"}
LATER = READ.replace(day=24)


def record(
    number: str, email: str | None = "a", amount: str | None = "1", at: Any = READ, **more: Any
) -> dict[str, Any]:
    return {
        "OBJECTTYPEID": "0-1",
        "OBJECTID": number,
        "PROPERTY_EMAIL": email,
        "PROPERTY_AMOUNT": amount,
        "UPDATEDAT": READ,
        "INGESTEDAT": at,
        **more,
    }


def version(number: str, value: str | None, at: Any = READ) -> dict[str, Any]:
    return {"OBJECTTYPEID": "0-1", "OBJECTID": number, "NAME": "email", "VALUE": value, "INGESTEDAT": at}


def members(*pairs: tuple[str, str]) -> TableContent:
    return content(MEMBERSHIPS, [{"LISTID": a, "OBJECTID": b, "INGESTEDAT": READ} for a, b in pairs])


def lacking(part: str, made: TableContent) -> TableContent:
    return replace(made, parts_unavailable=[PartUnavailable(part=part, status=403, message="no scope", mendable=True)])


@dataclass(frozen=True)
class Days:
    lake: Lake

    def write(self, table: str, before: TableContent | None, after: TableContent | None) -> None:
        """A table of both days."""
        for day, made in ((BEFORE, before), (DAY, after)):
            if made is not None:
                self.lake.write(table, day, made)
                self.lake.close_day(day)


@pytest.fixture(scope="module")
def days(s3: DemoS3) -> Iterator[Days]:
    with awkward_days(s3, "changes") as awkward:
        days = Days(awkward.lake)
        days.write(
            "OBJECTS_CONTACTS",
            content(WIDE, [record("1"), record("2"), record("3", None), record("4", ""), record("5"), record("6")]),
            content(
                {**WIDE, "PROPERTY_NEW": "string"},
                [
                    record("1", at=LATER, PROPERTY_NEW=None),
                    record("2", "b", "2", PROPERTY_NEW=None),
                    record("3", "", PROPERTY_NEW=None),
                    record("4", None, PROPERTY_NEW=None),
                    record("6", PROPERTY_NEW="x"),
                    record("7", "[red]é\n", "007", PROPERTY_NEW=None),
                ],
            ),
        )
        days.write(
            "OBJECT_PROPERTIES_HISTORY/CONTACTS",
            content(PROPERTIES, [version("1", "a"), version("1", "a"), version("2", "b"), version("3", None)]),
            content(PROPERTIES, [version("1", "a", LATER), version("2", "b"), version("3", ""), version("4", "d")]),
        )
        days.write(
            "LIST_MEMBERSHIPS", members(("1", "1"), ("2", "1")), lacking("members of B (2)", members(("1", "2")))
        )
        days.write("OWNER_TEAM", lacking("the teams", members()), members(("1", "2")))
        days.write("EVENTS_VISITED_PAGE", members(("1", "1")), members(("2", "2")))
        days.write("OBJECTS_DEALS", content(WIDE, [record("1")]), content(WIDE, [], REFUSED))
        days.write("OBJECTS_CARS", None, content(WIDE, [record("1")]))
        yield days


def changes(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["changes", "--from", BEFORE, "--to", DAY, *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def rows(*arguments: str) -> list[Mapping[str, Any]]:
    code, output, errors = changes(*arguments, "--json")
    assert code == 0, errors
    found: list[Mapping[str, Any]] = json.loads(output)
    return found


@pytest.mark.usefixtures("days")
def test_records_that_came_changed_and_went_are_told_with_what_changed() -> None:
    found = {row["OBJECTID"]: row for row in rows("OBJECTS_CONTACTS")}
    assert {number: (row["CHANGE"], row["CHANGED_COLUMNS"]) for number, row in found.items()} == {
        "2": ("updated", ["PROPERTY_EMAIL", "PROPERTY_AMOUNT"]),
        "3": ("updated", ["PROPERTY_EMAIL"]),
        "4": ("updated", ["PROPERTY_EMAIL"]),
        "5": ("deleted", None),
        "6": ("updated", ["PROPERTY_NEW"]),
        "7": ("inserted", None),
    }
    assert found["5"]["PROPERTY_EMAIL"] == "a", "a row that went is shown as it was"
    assert found["2"]["PROPERTY_EMAIL"] == "b", "a row that changed is shown as it is"
    assert found["7"]["PROPERTY_AMOUNT"] == 7
    assert (found["3"]["PROPERTY_EMAIL"], found["4"]["PROPERTY_EMAIL"]) == ("", None)


@pytest.mark.usefixtures("days")
def test_when_a_row_was_read_is_no_change() -> None:
    assert "1" not in {row["OBJECTID"] for row in rows("OBJECTS_CONTACTS")}


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize("name", ["OBJECT_PROPERTIES_HISTORY", "object_properties_history/contacts"])
def test_versions_come_and_go_and_each_counts(name: str) -> None:
    found = sorted((row["CHANGE"], row["OBJECTID"], str(row["VALUE"])) for row in rows(name))
    assert found == [("deleted", "1", "a"), ("deleted", "3", "None"), ("inserted", "3", ""), ("inserted", "4", "d")]


@pytest.mark.usefixtures("days")
def test_a_table_that_was_unavailable_is_not_deleted_and_it_is_said() -> None:
    code, output, errors = changes("OBJECTS_DEALS")
    assert (code, output) == (1, "")
    assert (
        f"OBJECTS_DEALS is not compared: it was unavailable on {DAY}: HubSpot answered 403. Grant ads.read." in errors
    )
    assert "it was not exported on" in changes("OBJECTS_CARS")[2]


@pytest.mark.usefixtures("days")
def test_where_a_part_was_refused_what_is_missing_is_not_told_as_deleted() -> None:
    code, output, errors = changes("LIST_MEMBERSHIPS", "--csv")
    assert code == 0
    assert [line.split(",")[0] for line in output.splitlines()] == ["CHANGE", "inserted"]
    assert f"lacks members of B (2) on {DAY}: what is missing on that day is not counted as deleted." in errors
    assert changes("OWNER_TEAM", "--csv")[1].count("\n") == 1, "what was hidden before is not told as inserted"


@pytest.mark.usefixtures("days")
def test_events_belong_to_their_day() -> None:
    assert "it holds the events of its own day" in changes("EVENTS_VISITED_PAGE")[2]


@pytest.mark.usefixtures("days")
def test_without_a_table_every_one_is_counted() -> None:
    counted = {row["TABLE"]: (row["INSERTED"], row["UPDATED"], row["DELETED"]) for row in rows()}
    assert counted == {
        "EVENTS_VISITED_PAGE": (None, None, None),
        "LIST_MEMBERSHIPS": (1, 0, None),
        "OBJECTS_ADS": (None, None, None),
        "OBJECTS_CARS": (None, None, None),
        "OBJECTS_CONTACTS": (1, 4, 1),
        "OBJECTS_DEALS": (None, None, None),
        "OBJECT_PROPERTIES": (0, 0, 0),
        "OBJECT_PROPERTIES_HISTORY": (2, 0, 2),
        "OWNERS": (0, 0, 0),
        "OWNER_TEAM": (None, 0, 0),
    }
    code, output, errors = changes()
    assert code == 0
    assert "OWNERS" not in output
    assert "NULL" not in next(line for line in output.splitlines() if "CONTACTS" in line)
    assert "OBJECTS_CARS" not in output
    assert any(line.split() == ["OBJECTS_CONTACTS", "1", "4", "1"] for line in output.splitlines())
    assert "Nothing changed in 2 tables." in errors
    assert "OBJECTS_ADS, OBJECT_PROPERTIES/ADS are not compared" in " ".join(errors.split())


@pytest.mark.usefixtures("days")
def test_the_schema_changes_has_what_the_last_whole_day_changed() -> None:
    statement = "SELECT CHANGE, count(*) AS n FROM CHANGES.OBJECTS_CONTACTS GROUP BY 1 ORDER BY 1"
    result = CliRunner().invoke(app, ["query", statement, "--csv"])
    assert result.stdout == "CHANGE,n\ndeleted,1\ninserted,1\nupdated,4\n"


@pytest.mark.usefixtures("days")
@pytest.mark.parametrize(("arguments", "told"), [
    (["--from", DAY, "--to", BEFORE], f"{DAY} is not before {BEFORE}"),
    (["--from", "2026-11-21", "--to", DAY], "The day 2026-11-21 does not exist"),
    (["--from", BEFORE, "--to", DAY, "OBJECTS_CONTACT"], "did you mean OBJECTS_CONTACTS"),
    (["--from", BEFORE, "--to", DAY, "--csv", "--json"], "either --csv or --json, not both"),
    (["--from", BEFORE], "--to"),
])  # fmt: skip
def test_wrong_usage_is_told(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["changes", *arguments])
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())


def test_with_one_day_only_there_is_nothing_to_compare(s3: DemoS3) -> None:
    with awkward_days(s3, "one") as awkward:
        awkward.lake.reopen_day(BEFORE)
        result = CliRunner().invoke(app, ["query", "FROM CHANGES.OWNERS"])
        assert result.exit_code == 2
        assert f"there is only one complete day, {DAY}" in result.stderr
