"""What HubSpot did not give to the export, or does not give now: never "no differences", and told once."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.catalog.portal import EventType
from hubspot_assets.cli.terminal import Terminal
from hubspot_assets.cli.verify_report import print_reports
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.hubspot.errors import BadRequest, MissingScopes
from hubspot_assets.lake import PartUnavailable, TableContent, Unavailable
from hubspot_assets.verify.day import verify_day
from hubspot_assets.verify.report import COLUMNS, WHOLE_TABLE, TableReport
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import SmallExport, catalogue, command, small_export

DAY = str(YESTERDAY)
KNOWN = catalogue(
    *("0-1", "0-2", "0-3", "0-5", "0-15", "0-28", "0-46", "0-4"),
    events=[EventType("e_visited_page", "e_visited_page"), EventType("pe62515_clicked_pricing", "6-4000100")],
    pairs=[("0-1", "0-2")],
)
CLICKED = "EVENTS_CLICKED_PRICING"


class Refusing(HubSpotClient):
    """A client that HubSpot refuses some paths to."""

    refused = re.compile("$^")
    error: type[Any] = MissingScopes

    def get(self, path: str, *more: Any, **others: Any) -> dict[str, Any]:
        self._refuse("GET", path)
        return super().get(path, *more, **others)

    def post(self, path: str, *more: Any, **others: Any) -> dict[str, Any]:
        self._refuse("POST", path)
        return super().post(path, *more, **others)

    def _refuse(self, method: str, path: str) -> None:
        if self.refused.search(path):
            raise self.error("not for you", method=method, path=path, status=403)


@pytest.fixture(scope="module")
def small(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path_factory.mktemp("compared"), KNOWN, counts={"0-46": 6}) as export:
        assert export.export().failed == {}
        yield export


def verified(
    small: SmallExport, *names: str, refused: str = "$^", error: type[Any] = MissingScopes, sample: int | None = None
) -> list[TableReport]:
    """The reports of these tables in their order, where HubSpot refuses the paths that match now."""
    tables = [table for table in small.portal_tables if table.name in names]
    assert len(tables) == len(names)
    with Refusing(small.portal.token, small.portal.url) as client:
        client.refused, client.error = re.compile(refused), error
        reports = {r.table: r for r in verify_day(client, small.lake, small.portal_tables, DAY, tables, sample=sample)}
    return [reports[name] for name in names]


class Rewritten:
    """A table with other content while the block runs."""

    def __init__(self, small: SmallExport, name: str, frame: pl.DataFrame | None = None, **told: Any) -> None:
        self._small, self._name, self._told = small, name, told
        self._before = small.frame(name)
        self._manifest = small.manifest(name)
        self._frame = self._before if frame is None else frame

    def __enter__(self) -> None:
        self._write(self._frame, **self._told)

    def __exit__(self, *raised: Any) -> None:
        self._write(self._before, parts_unavailable=[*self._manifest.parts_unavailable])

    def _write(self, frame: pl.DataFrame, **told: Any) -> None:
        types = {column.name: column.type for column in self._manifest.columns}
        columns = [Column(name, types.get(name, "string")) for name in frame.columns]
        captured = self._manifest.captured
        content = TableContent(columns, frame, captured_from=captured.from_, captured_to=captured.to, **told)
        self._small.lake.write(self._name, DAY, content)


def part(name: str, *about: str) -> PartUnavailable:
    return PartUnavailable(part=name, about=about, status=403, message="no scope", scopes=("some.read",), mendable=True)


def printed(*reports: TableReport) -> str:
    written = io.StringIO()
    print_reports(Terminal(width=250, file=written), reports)
    return " ".join(written.getvalue().split())


# --- whole tables ----------------------------------------------------------------------------------------------------

PATHS = {
    "OWNERS": "/owners/",
    "TEAMS": "/teams",
    "LISTS": "/lists/",
    "LIST_MEMBERSHIPS": "/lists/",
    "OBJECTS_CONTACTS": "/objects/2026-09/0-1$",
    "OBJECT_PROPERTIES_HISTORY/CONTACTS": "/objects/2026-09/0-1$",
    "OBJECTS_FORMS": "/marketing/v3/forms",
    "OBJECT_PROPERTIES/FORM_SUBMISSIONS": "/marketing/v3/forms",
    "ASSOCIATIONS_CONTACTS_TO_COMPANIES": "/associations/.*/batch/read",
    "ASSOCIATIONS/COMPANIES_TO_CONTACTS": "/associations/.*/batch/read",
    "EVENTS_VISITED_PAGE": "/event-occurrences/2026-09$",
}


@pytest.mark.parametrize("table", sampled(PATHS, 6))
def test_a_table_that_hubspot_does_not_give_now_is_not_compared_and_not_proven(small: SmallExport, table: str) -> None:
    (report,) = verified(small, table, refused=PATHS[table])

    assert "not for you" in (report.not_compared or "")
    assert report.different == 0
    assert report.is_open
    assert not report.is_proven
    text = printed(report)
    assert "No table was compared, 1 table not compared, 1 of which with rows." in text
    assert "no difference" not in text
    assert text.count("not for you") == 2, "once beside the table, once as a reason"


@pytest.mark.parametrize("table", sampled(PATHS, 6))
def test_a_table_that_hubspot_did_not_give_and_does_not_give_now_is_as_it_says(small: SmallExport, table: str) -> None:
    nothing = small.frame(table).clear()
    with Rewritten(small, table, nothing, unavailable=Unavailable(status=403, message="no scope")):
        (refused,) = verified(small, table, refused=PATHS[table])
        (given,) = verified(small, table)

    assert refused.not_compared
    assert refused.is_proven
    assert "No table was compared, 1 table not compared." in printed(refused)
    assert [(d.column, d.exported, d.portal) for d in given.differences] == [
        (WHOLE_TABLE, "no scope", "HubSpot now returns it")
    ]


def test_the_command_says_how_many_tables_it_did_not_compare_and_why(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-1", "0-30")) as small:
        small.export("OWNERS", "OBJECTS_AD_ACCOUNTS")

        code, output = command("verify", "--day", DAY, "--select", "OWNERS", "--select", "OBJECTS_AD_ACCOUNTS")
        assert code == 0, "no API gives ad accounts, as the export says"
        assert "1 table, " in output
        assert "no differences, 1 table not compared." in output

        portal = small.portal.portal
        portal.settings = replace(portal.settings, without_scopes=frozenset({"crm.objects.owners.read"}))
        code, output = command("verify", "--day", DAY, "--select", "OWNERS")
        assert code == 1
        assert "crm.objects.owners.read" in output
        assert "No table was compared, 1 table not compared, 1 of which with rows." in output


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1969-12-31"])
def test_a_day_that_no_export_can_be_of_is_refused(day: str) -> None:
    code, output = command("verify", "--day", day)
    assert code == 2
    assert f"{day} cannot be compared: choose a day from 1970-01-01 to " in " ".join(output.replace("│", " ").split())


def test_a_table_whose_records_are_not_in_the_day_is_not_compared(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-2", pairs=[("0-1", "0-2")])
    with small_export(s3, tmp_path, known) as small:
        small.export("ASSOCIATIONS/CONTACTS_TO_COMPANIES")
        ids = small.portal_tables.objects["0-1"].ids.name
        gone = small.frame(ids).clear()
        unavailable = Unavailable(status=403, message="no scope")
        with Rewritten(small, ids, gone, unavailable=unavailable):
            (report,) = verified(small, "ASSOCIATIONS/CONTACTS_TO_COMPANIES")
        assert "OBJECTS/CONTACTS" in (report.not_compared or "")
        assert not report.is_proven


def test_rows_of_engagements_whose_kind_hubspot_does_not_give_now_are_told(small: SmallExport) -> None:
    notes, engagements = verified(small, "OBJECTS/NOTES", "OBJECTS/ENGAGEMENTS", refused="/objects/2026-09/0-46$")

    assert notes.not_compared
    assert list(engagements.parts_not_compared) == ["rows of OBJECTS_NOTES"]
    assert not engagements.is_proven


# --- parts of tables --------------------------------------------------------------------------------------------------

#: Table -> the path that is refused, a part of the rest, whose rows are of that part, and what the manifest calls it.
PARTS: dict[str, tuple[str, str, pl.Expr, PartUnavailable]] = {
    "PIPELINES": (
        "/pipelines/2026-09/0-3",
        "pipelines of 0-3",
        pl.col("OBJECTTYPEID") == "0-3",
        part("pipelines of Deals (0-3)", "0-3"),
    ),
    "PIPELINE_STAGES": (
        "/pipelines/2026-09/0-3",
        "pipelines of 0-3",
        pl.col("OBJECTTYPEID") == "0-3",
        part("pipelines of Deals (0-3)", "0-3"),
    ),
    "PROPERTY_DEFINITIONS": (
        "/properties/2026-09/0-2",
        "properties of 0-2",
        pl.col("OBJECTTYPEID") == "0-2",
        part("properties of Companies (0-2)", "0-2"),
    ),
    "ASSOCIATION_DEFINITIONS": (
        "/associations/2026-09/0-1/0-2/labels",
        "association types of 0-1 to 0-2",
        (pl.col("FROMOBJECTTYPEID") == "0-1") & (pl.col("TOOBJECTTYPEID") == "0-2"),
        part("association types of Contacts (0-1) to Companies (0-2)", "0-1", "0-2"),
    ),
}


@pytest.mark.parametrize("table", PARTS)
def test_a_part_that_hubspot_does_not_give_now_is_told_and_the_rest_compared(small: SmallExport, table: str) -> None:
    path, name, _, _ = PARTS[table]

    (report,) = verified(small, table, refused=path)

    assert list(report.parts_not_compared) == [name]
    assert report.different == 0
    assert report.rows_compared > 0
    assert not report.is_proven
    assert "no differences, 1 table compared only in part." in printed(report)


@pytest.mark.parametrize("table", PARTS)
def test_a_part_that_the_export_tells_as_refused_is_as_it_says_or_is_one_difference(
    small: SmallExport, table: str
) -> None:
    path, name, of_part, told = PARTS[table]
    rest = small.frame(table).filter(~of_part)
    with Rewritten(small, table, rest, parts_unavailable=[told]):
        (refused,) = verified(small, table, refused=path)
        (given,) = verified(small, table)
        (otherwise,) = verified(small, table, refused=path, error=BadRequest)
    with Rewritten(small, table, rest):
        (untold,) = verified(small, table, refused=path)

    assert refused.is_proven
    assert refused.notes
    assert otherwise.is_proven
    assert [(d.column, d.exported, d.portal) for d in given.differences] == [
        (name, "no scope", "HubSpot now returns it")
    ]
    assert list(untold.parts_not_compared) == [name], "a missing scope that the export does not tell is no proof"


def test_types_that_have_no_pipelines_are_none_that_were_not_compared(small: SmallExport) -> None:
    (report,) = verified(small, "PIPELINES", refused="/pipelines/2026-09/0-1", error=BadRequest)

    assert report.is_proven
    assert report.parts_not_compared == {}
    assert report.notes == []


def test_a_refused_list_leaves_the_others_to_be_compared(small: SmallExport) -> None:
    members = small.frame("LIST_MEMBERSHIPS")
    list_id = members["LISTID"][0]
    path = f"/lists/2026-09/{list_id}/memberships"
    told = [part(f"members of the list Customers ({list_id})", list_id)]

    (now,) = verified(small, "LIST_MEMBERSHIPS", refused=path, error=BadRequest)
    with Rewritten(small, "LIST_MEMBERSHIPS", members.filter(pl.col("LISTID") != list_id), parts_unavailable=told):
        (then, both) = (verified(small, "LIST_MEMBERSHIPS", refused=one)[0] for one in ("$^", path))

    assert list(now.parts_not_compared) == [f"members of the list {list_id}"]
    assert now.different == 0
    assert now.rows_compared == members.filter(pl.col("LISTID") != list_id).height
    assert [d.column for d in then.differences] == [f"members of the list {list_id}"]
    assert both.is_proven
    assert both.notes


@pytest.mark.parametrize("table", ["OBJECTS_FORM_SUBMISSIONS", "OBJECT_PROPERTIES/FORM_SUBMISSIONS"])
def test_a_form_that_refuses_its_submissions_leaves_the_others_to_be_compared(small: SmallExport, table: str) -> None:
    wide = small.frame("OBJECTS_FORM_SUBMISSIONS")
    form_id = wide["PROPERTY_FORMID"][0]
    ids = wide.filter(pl.col("PROPERTY_FORMID") == form_id)["OBJECTID"]
    path = f"/submissions/forms/{form_id}"
    rest = small.frame(table).filter(~pl.col("OBJECTID").is_in(ids.implode()))
    assert 0 < rest.height < small.frame(table).height

    (now,) = verified(small, table, refused=path, error=BadRequest)
    with (
        Rewritten(small, "OBJECTS_FORM_SUBMISSIONS", wide.filter(pl.col("PROPERTY_FORMID") != form_id)),
        Rewritten(small, table, rest, parts_unavailable=[part(f"submissions of the form Blog ({form_id})", form_id)]),
    ):
        (then, both) = (verified(small, table, refused=one)[0] for one in ("$^", path))

    assert list(now.parts_not_compared) == [f"submissions of the form {form_id}"]
    assert now.different == 0
    assert now.rows_compared == rest.height
    assert [d.column for d in then.differences] == [f"submissions of the form {form_id}"]
    assert both.is_proven


def test_records_are_compared_where_only_the_definitions_of_their_properties_are_refused(small: SmallExport) -> None:
    names = ("OBJECTS_COMPANIES", "OBJECTS/COMPANIES", "OBJECT_PROPERTIES/COMPANIES")

    reports = verified(small, *names, refused="/properties/2026-09/0-2")

    for report in reports:
        assert list(report.parts_not_compared) == ["properties of 0-2"]
        assert report.different == 0
        assert report.rows_compared == report.rows > 0


def test_records_are_compared_where_only_the_pipelines_of_their_type_are_refused(small: SmallExport) -> None:
    deals, path = "OBJECTS_DEALS", "/pipelines/2026-09/0-3"
    told = part("properties of the pipeline stages of Deals (0-3) that HubSpot does not define (hs_v2_...)", "0-3")
    lacking = part("properties of Deals (0-3)", "0-3")

    (now,) = verified(small, deals, refused=path)
    with Rewritten(small, deals, parts_unavailable=[told]):
        (given,) = verified(small, deals)
    with Rewritten(small, deals, parts_unavailable=[lacking]):
        (of_all,) = verified(small, deals)

    assert list(now.parts_not_compared) == ["properties of the pipeline stages of 0-3"]
    assert now.different == 0
    assert now.rows_compared == now.rows > 0
    assert [d.column for d in given.differences] == ["properties of the pipeline stages of 0-3"]
    assert [d.column for d in of_all.differences] == ["properties of 0-3"], "one refusal is not taken for the other"


def test_custom_events_of_which_the_definitions_are_refused(s3: DemoS3, tmp_path: Path) -> None:
    scope = frozenset({"behavioral_events.event_definitions.read_write"})
    names = ("OBJECT_AND_EVENT_TYPE_DEFINITIONS", "PROPERTY_DEFINITIONS", CLICKED, "EVENTS_VISITED_PAGE")
    known = catalogue("0-1", events=KNOWN.event_types)
    with small_export(s3, tmp_path, known, without_scopes=scope) as small:
        small.export(*names)
        for report in verified(small, *names):
            assert report.different == 0, report.differences
            assert report.is_proven, report.parts_not_compared

        small.portal.portal.settings = replace(small.portal.settings, without_scopes=frozenset())
        types, properties, clicked, visited = verified(small, *names)
        assert [d.column for d in types.differences] == ["event types"]
        assert {d.portal for d in properties.differences} == {"HubSpot now returns it"}
        assert [d.column for d in clicked.differences] == ["properties of pe62515_clicked_pricing"]
        assert visited.is_proven

        small.export(*names)
        small.portal.portal.settings = replace(small.portal.settings, without_scopes=scope)
        types, properties, clicked, visited = verified(small, *names)
        assert list(types.parts_not_compared) == ["event types"]
        assert list(properties.parts_not_compared) == ["properties of pe62515_clicked_pricing"]
        assert clicked.is_proven, "by the day's own definitions"
        assert visited.is_proven


# --- columns ----------------------------------------------------------------------------------------------------------

TABLES = (
    *("OWNERS", "PROPERTY_DEFINITIONS", "PIPELINES", "LISTS", "LIST_MEMBERSHIPS", "ASSOCIATIONS/CONTACTS_TO_COMPANIES"),
    *("ASSOCIATIONS_COMPANIES_TO_CONTACTS", "OBJECTS_CONTACTS", "OBJECTS/CONTACTS", "OBJECT_PROPERTIES/CONTACTS"),
    *("OBJECTS_FORMS", "OBJECT_WITH_OBJECT_PROPERTIES/FORMS", "OBJECTS_FORM_SUBMISSIONS", "OBJECTS_ENGAGEMENTS"),
    *("OBJECTS/ENGAGEMENTS", "EVENTS_VISITED_PAGE", CLICKED),
)


@pytest.mark.parametrize("sample", sampled([2, None], 1))
@pytest.mark.parametrize("table", sampled(TABLES, 6))
def test_a_column_that_should_not_be_there_is_found_in_any_table(
    small: SmallExport, table: str, sample: int | None
) -> None:
    name = "PROPERTY_SHOULD_NOT_BE_THERE"
    with Rewritten(small, table, small.frame(table).with_columns(pl.lit(None, pl.String).alias(name))):
        (report,) = verified(small, table, sample=sample)

    if sample is not None and table == "EVENTS_VISITED_PAGE":
        # Which columns events have that HubSpot defines nowhere, only all events of the day can say.
        assert report.is_proven
    else:
        assert [(d.column, d.exported) for d in report.differences] == [(f"{COLUMNS} {name}", "string")]


@pytest.mark.parametrize("table", sampled(TABLES, 6))
def test_a_column_that_is_missing_is_found_in_any_table(small: SmallExport, table: str) -> None:
    before = small.frame(table)
    name = before.columns[-2]
    with Rewritten(small, table, before.drop(name)):
        (report,) = verified(small, table)

    assert f"{COLUMNS} {name}" in {d.column for d in report.differences}
