"""HubSpot refuses a part: the rest is exported, every table that lacks it says so, and the day says what to do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hubspot_assets.catalog.object_types import ENGAGEMENT_KINDS, ObjectType
from hubspot_assets.catalog.portal import EventType, Portal
from hubspot_assets.catalog.portal_tables import PortalTables
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import LakeError, Manifest, PartUnavailable
from hubspot_assets.lake.closing import UnderLease, why_not_whole
from hubspot_assets.reading.refusals import NAMED
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.hurried import hurried
from hubspot_assets_tests.refusing import (
    Refusal,
    bad_request,
    missing,
    not_found,
    not_in_the_plan,
    not_permitted,
    refusing,
    unknown_type,
)
from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.small_export import STANDARD, SmallExport, catalogue, command, small_export

DAY = str(YESTERDAY)
CAR = ObjectType("2-111", "cars", "Car", "Cars", ("crm.objects.custom.read",))
CLICKED = EventType("pe62515_clicked_pricing", "6-1")
VISITED = EventType("e_visited_page", "e_visited_page")
SUBMISSIONS = "/form-integrations/v1/submissions/forms/"
MEMBERSHIPS = "/crm/lists/2026-09/{}/memberships"

MENDABLE = {
    "a missing scope": (missing("a.scope.read"), ("a.scope.read",)),
    "a user without permission": (not_permitted(), ()),
}
FINAL = {
    "a plan without it": not_in_the_plan(),
    "a plan that is not paid": not_in_the_plan(402),
    "a bad request": bad_request(),
    "nothing there": not_found(),
}


def parts(manifest: Manifest) -> dict[str, PartUnavailable]:
    return {part.part: part for part in manifest.parts_unavailable}


def five(portal_tables: PortalTables, type_id: str) -> list[str]:
    return [table.name for table in portal_tables.objects[type_id]]


@contextmanager
def export_with(
    s3: DemoS3, directory: Path, known: Portal, refusals: dict[str, Refusal], **settings: object
) -> Iterator[SmallExport]:
    with small_export(s3, directory, known, **settings) as small, refusing(refusals):
        yield small


# ---------------------------------------------------------------------------------------------- children of parents


@pytest.mark.parametrize("refusal", FINAL.values(), ids=FINAL.keys())
def test_a_form_whose_submissions_are_refused_costs_its_own_and_no_failure(
    refusal: Refusal, s3: DemoS3, tmp_path: Path
) -> None:
    with small_export(s3, tmp_path, catalogue("0-15", "0-28"), counts={"0-28": 6, "0-15": 60}) as small:
        world = small.portal.world.forms
        # Of those of blog comments HubSpot gives nothing to anybody.
        given = world.listed(False, {"hubspot", "captured", "flow"})
        forms = [form for form in given if world.submission_count(form)]
        lost = forms[0]
        with refusing({f"{SUBMISSIONS}{lost.guid}": refusal}):
            result = small.export(*five(small.portal_tables, "0-15"), *five(small.portal_tables, "0-28"))
        assert result.is_complete
        assert not result.failed
        rows = sum(world.submission_count(form) for form in forms if form is not lost)
        assert small.manifest("OBJECTS/FORM_SUBMISSIONS").rows == rows
        for table in five(small.portal_tables, "0-15"):
            (part,) = (p for p in small.manifest(table).parts_unavailable if p.about == (lost.guid,))
            assert part.part.startswith("submissions of the form ")
            assert part.status == refusal.status
            assert not part.mendable
            assert small.manifest(table).left_out[f"{part.part}: {part.message}"] == 1
        assert not small.manifest("OBJECTS/FORMS").parts_unavailable


def test_where_no_form_gives_its_submissions_the_table_does_not_pass_as_empty(s3: DemoS3, tmp_path: Path) -> None:
    with export_with(s3, tmp_path, catalogue("0-15"), {SUBMISSIONS: bad_request()}) as small:
        result = small.export(*five(small.portal_tables, "0-15"))
        assert result.is_complete
        for table in five(small.portal_tables, "0-15"):
            reason = small.manifest(table).unavailable
            assert reason is not None
            assert reason.status == 400
            assert not reason.mendable


def test_a_refused_list_costs_its_own_members_and_is_named(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-1"), lists=6) as small:
        assert small.export("LISTS").is_complete
        everyone = small.portal.world.lists
        lists = {row["LISTID"]: " ".join(row["NAME"].split()) for row in small.frame("LISTS").rows(named=True)}
        one, other, third = sorted(lists)[:3]
        refusals = {
            MEMBERSHIPS.format(one): bad_request("INVALID_OBJECT_TYPE_FOR_LIST"),
            MEMBERSHIPS.format(other): not_found(),
            MEMBERSHIPS.format(third): missing("crm.objects.custom.read"),
        }
        with refusing(refusals):
            result = small.export("LIST_MEMBERSHIPS")
        told = parts(small.manifest("LIST_MEMBERSHIPS"))
        assert told.keys() == {f"members of the list {lists[list_id]} ({list_id})" for list_id in (one, other, third)}
        assert {part.about: (part.status, part.mendable) for part in told.values()} == {
            (one,): (400, False),
            (other,): (404, False),
            (third,): (403, True),
        }
        rest = {list_id for list_id in lists if list_id not in (one, other, third)}
        filled = {one for one in rest if (found := everyone.find(one)) and everyone.members(found)}
        assert set(small.frame("LIST_MEMBERSHIPS")["LISTID"]) == filled
        assert not result.is_complete, "a scope would mend one of them"
        assert "crm.objects.custom.read" in result.causes[0].sentence


@pytest.mark.parametrize(
    ("refusal", "is_complete"), [(bad_request(), True), (not_in_the_plan(), True), (missing("crm.lists.read"), False)]
)
def test_where_no_list_gives_its_members_the_table_does_not_pass_as_empty(
    refusal: Refusal, is_complete: bool, s3: DemoS3, tmp_path: Path
) -> None:
    with export_with(s3, tmp_path, catalogue("0-1"), {MEMBERSHIPS.format("[0-9]+"): refusal}) as small:
        result = small.export("LISTS", "LIST_MEMBERSHIPS")
        assert not result.failed
        assert small.manifest("LISTS").unavailable is None
        assert small.manifest("LIST_MEMBERSHIPS").unavailable is not None
        assert result.is_complete == is_complete


def test_a_list_that_says_it_is_empty_is_read(s3: DemoS3, tmp_path: Path) -> None:
    # The demo portal's sizes are right, so that a list of 10 members that says 0 is made by the lag.
    with small_export(s3, tmp_path, catalogue("0-1"), lists=6, list_totals_lag=10**6) as small:
        assert small.export("LISTS", "LIST_MEMBERSHIPS").is_complete
        assert set(small.frame("LISTS")["SIZE"]) == {"0"}
        world = small.portal.world.lists
        filled = {one for one in small.frame("LISTS")["LISTID"] if (found := world.find(one)) and world.members(found)}
        assert filled
        assert set(small.frame("LIST_MEMBERSHIPS")["LISTID"]) == filled


@pytest.mark.parametrize(
    "flawed", [Refusal(200, {"status": "error", "message": "no"}), Refusal(500, {}), Refusal(423, {})], ids=str
)
def test_a_list_that_hubspot_can_not_answer_is_named_and_the_day_is_not_closed_until_it_is(
    s3: DemoS3, tmp_path: Path, flawed: Refusal
) -> None:
    with small_export(s3, tmp_path, catalogue("0-1"), lists=4) as small:
        small.export("LISTS")
        first, *others = sorted(small.frame("LISTS")["LISTID"])
        with hurried(), refusing({MEMBERSHIPS.format(first): flawed}):
            result = small.export("LIST_MEMBERSHIPS")
        (part,) = small.manifest("LIST_MEMBERSHIPS").parts_unavailable
        assert part.about == (first,)
        assert part.unanswered
        assert set(small.frame("LIST_MEMBERSHIPS")["LISTID"]) <= set(others)
        assert not result.is_complete
        assert f"lacks what HubSpot did not answer: {part.part}. " in str(_why_not_whole(small, "LIST_MEMBERSHIPS"))
        assert small.export("LIST_MEMBERSHIPS").is_complete
        assert _why_not_whole(small, "LIST_MEMBERSHIPS") is None


def _why_not_whole(small: SmallExport, table: str) -> LakeError | None:
    manifests = {table: small.manifest(table)}
    return why_not_whole(UnderLease(DAY, "s3://b/p", max(one.lease for one in manifests.values()), None), manifests, ())


def test_of_very_many_refused_lists_some_are_named_and_all_are_counted(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-1"), lists=NAMED + 31) as small:
        small.export("LISTS")
        lists = sorted(small.frame("LISTS")["LISTID"])
        gone = {MEMBERSHIPS.format(one): not_found() for one in lists[1:-2]}
        scope = {MEMBERSHIPS.format(one): missing("x.read") for one in lists[-2:]}
        with refusing({**gone, **scope}):
            result = small.export("LIST_MEMBERSHIPS")
        manifest = small.manifest("LIST_MEMBERSHIPS")
        assert len(manifest.parts_unavailable) <= NAMED + 2
        assert sum(manifest.left_out.values()) == len(lists) - 1
        assert any(part.mendable for part in manifest.parts_unavailable)
        assert not result.is_complete
        unnamed = [part for part in manifest.parts_unavailable if not part.about]
        assert sum(int(part.part.split()[0]) for part in unnamed) == len(lists) - 1 - NAMED
        # Names of lists hold line ends, and what is said of a list is one line.
        assert not [reason for reason in manifest.left_out if "\n" in reason or "\r" in reason]


@pytest.mark.parametrize(
    "refusal", sampled([*FINAL.values(), not_permitted()], 2), ids=[*FINAL.keys(), "not permitted"]
)
def test_a_user_whose_sequences_are_refused_is_told_and_is_no_failure(
    refusal: Refusal, s3: DemoS3, tmp_path: Path
) -> None:
    with small_export(s3, tmp_path, catalogue("0-58")) as small:
        assert small.export("OBJECTS/SEQUENCES").is_complete
        asked = [request.query.get("userId") for request in small.portal.requests]
        users = sorted({"".join(one) for one in asked if one})
        with refusing({rf"/automation/sequences/2026-09\?userId={users[0]}\b": refusal}):
            result = small.export("OBJECTS/SEQUENCES")
        assert parts(small.manifest("OBJECTS/SEQUENCES")).keys() == {f"sequences of the user {users[0]}"}
        assert result.is_complete
        with refusing({"/automation/sequences": refusal}):
            result = small.export("OBJECTS/SEQUENCES")
        reason = small.manifest("OBJECTS/SEQUENCES").unavailable
        assert reason is not None, "with no user answered it is unknown whether there are any"
        assert result.is_complete != reason.mendable


def test_a_deal_whose_splits_are_refused_costs_its_own(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-3", "0-72"), deal_splits_maximum=1) as small:
        small.export("OBJECTS/DEALS")
        with refusing({"/deal-splits": bad_request()}):
            assert small.export("OBJECTS/DEAL_SPLITS").is_complete
        assert small.manifest("OBJECTS/DEAL_SPLITS").unavailable is not None


def test_a_campaign_property_that_is_not_readable_is_told(s3: DemoS3, tmp_path: Path) -> None:
    with export_with(s3, tmp_path, catalogue("0-35"), {}, campaign_properties_are_checked=True) as small:
        result = small.export(*five(small.portal_tables, "0-35"))
        assert result.is_complete
        told = parts(small.manifest("OBJECTS_CAMPAIGNS"))
        assert all(re.fullmatch(r"property hs_\w+ of campaigns", part) for part in told)
        assert bool(told) == any("hs_" in one for one in small.manifest("OBJECTS_CAMPAIGNS").left_out)


def test_archived_owners_and_the_parents_of_teams_are_told_where_they_are_refused(s3: DemoS3, tmp_path: Path) -> None:
    refusals = {r"/crm/owners/2026-09\?archived=true": not_in_the_plan(), "/settings/teams/": missing("teams.read")}
    with export_with(s3, tmp_path, catalogue("0-1"), refusals) as small:
        result = small.export("OWNERS", "OWNER_TEAM", "TEAMS")
        assert parts(small.manifest("OWNERS")).keys() == {"archived owners"}
        assert parts(small.manifest("OWNER_TEAM")).keys() == {"archived owners"}
        assert small.manifest("OWNERS").rows
        assert parts(small.manifest("TEAMS")).keys() == {"parents of the teams"}
        assert small.manifest("TEAMS").rows
        assert [cause.sentence for cause in result.causes if cause.is_mendable] == [
            "Grant the token the scope teams.read."
        ]


# ------------------------------------------------------------------------------------------------------ definitions


@pytest.mark.parametrize(("refusal", "scopes"), MENDABLE.values(), ids=MENDABLE.keys())
def test_a_type_whose_properties_are_refused_has_its_fixed_columns_and_says_so_in_all_its_tables(
    refusal: Refusal, scopes: tuple[str, ...], s3: DemoS3, tmp_path: Path
) -> None:
    known = catalogue("0-2", custom=[CAR])
    with export_with(s3, tmp_path, known, {r"/crm/properties/2026-09/2-111\?": refusal}) as small:
        result = small.export()
        assert not result.failed
        assert not result.is_complete
        for name in ("PROPERTY_DEFINITIONS", *five(small.portal_tables, "2-111")):
            part = parts(small.manifest(name))["properties of Cars (2-111)"]
            assert (part.status, part.scopes, part.mendable, part.about) == (403, scopes, True, ("2-111",))
        assert small.frame("OBJECTS_CARS").columns == [
            c.name for c in small.portal_tables.objects["2-111"].wide.columns
        ]
        assert small.manifest("OBJECTS_CARS").rows == small.portal.world.count("2-111")
        assert small.manifest("OBJECT_PROPERTIES_HISTORY/CARS").rows == 0
        others = [table for table in five(small.portal_tables, "0-2") if small.manifest(table).parts_unavailable]
        assert not others
        assert small.lake.success(DAY) is not None
        (cause,) = [cause for cause in result.causes if cause.is_mendable]
        assert cause.tables == {"PROPERTY_DEFINITIONS", *five(small.portal_tables, "2-111")}


@pytest.mark.parametrize("refusal", FINAL.values(), ids=FINAL.keys())
def test_properties_that_the_plan_does_not_have_are_told_and_no_failure(
    refusal: Refusal, s3: DemoS3, tmp_path: Path
) -> None:
    known = catalogue("0-2", custom=[CAR])
    with export_with(s3, tmp_path, known, {r"/crm/properties/2026-09/2-111\?": refusal}) as small:
        result = small.export(*five(small.portal_tables, "2-111"))
        assert result.is_complete
        assert "properties of Cars (2-111)" in parts(small.manifest("OBJECTS_CARS"))


@pytest.mark.parametrize("refusal", FINAL.values(), ids=FINAL.keys())
def test_properties_that_every_portal_has_are_a_failure_however_they_are_refused(
    refusal: Refusal, s3: DemoS3, tmp_path: Path
) -> None:
    known = catalogue("0-2", custom=[CAR])
    with export_with(s3, tmp_path, known, {r"/crm/properties/2026-09/0-2\?": refusal}) as small:
        result = small.export(*five(small.portal_tables, "0-2"))
        assert not result.failed
        assert not result.is_complete


def test_the_day_after_history_is_read_whole_where_the_properties_were_refused(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, catalogue("0-2"), companies=80) as small:
        assert small.export(*five(small.portal_tables, "0-2")).is_complete
        before = small.frame("OBJECT_PROPERTIES_HISTORY/COMPANIES")
        with refusing({r"/crm/properties/2026-09/0-2\?": missing("x.read")}):
            small.export("PROPERTY_DEFINITIONS", *five(small.portal_tables, "0-2"))
        assert small.manifest("OBJECT_PROPERTIES_HISTORY/COMPANIES").carried is None
        small.export("PROPERTY_DEFINITIONS", *five(small.portal_tables, "0-2"))
        assert small.manifest("OBJECT_PROPERTIES_HISTORY/COMPANIES").rows == before.height


def test_lists_of_archived_and_of_sensitive_properties_are_told_where_they_are_refused(
    s3: DemoS3, tmp_path: Path
) -> None:
    path = r"/crm/properties/2026-09/{}\?archived={}&dataSensitivity={}"
    refusals = {
        path.format("0-2", "true", "non_sensitive"): missing("archived.read"),
        path.format(".*", "false", "sensitive"): missing("crm.objects.contacts.sensitive.read"),
    }
    with export_with(s3, tmp_path, catalogue("0-1", "0-2"), refusals) as small:
        result = small.export("PROPERTY_DEFINITIONS", "OBJECTS_COMPANIES")
        told = parts(small.manifest("PROPERTY_DEFINITIONS"))
        # The two types and the portal's custom objects.
        told_once = "definitions of sensitive properties of 4 object types"
        assert told.keys() == {
            "archived properties of Companies (0-2)",
            told_once,
        }
        sensitive = told[told_once]
        assert not sensitive.mendable, "nobody is asked to open what is never exported"
        assert "grant the token" not in sensitive.message
        assert small.manifest("OBJECTS_COMPANIES").parts_unavailable == (), "archived properties are not exported"
        assert small.manifest("PROPERTY_DEFINITIONS").rows
        assert [cause.sentence for cause in result.causes if cause.is_mendable] == [
            "Grant the token the scope archived.read."
        ]


def test_pipelines_of_deals_that_are_refused_fail_the_day_and_types_without_any_do_not(
    s3: DemoS3, tmp_path: Path
) -> None:
    refusals = {
        "/crm/pipelines/2026-09/0-3": missing(),
        "/crm/pipelines/2026-09/0-1": not_found(),
        "/crm/pipelines/2026-09/0-2": bad_request("0-2 does not support pipelines"),
    }
    with export_with(s3, tmp_path, catalogue("0-1", "0-2", "0-3", "0-5"), refusals) as small:
        result = small.export("PIPELINES", "PIPELINE_STAGES")
        for table in ("PIPELINES", "PIPELINE_STAGES"):
            told = parts(small.manifest(table))
            assert told.keys() == {"pipelines of Deals (0-3)"}
            assert told["pipelines of Deals (0-3)"].scopes == ("crm.objects.deals.read",), "HubSpot did not name it"
            assert set(small.frame(table)["OBJECTTYPEID"]) == {"0-5"}
        assert not result.is_complete
        assert [cause.sentence for cause in result.causes] == ["Grant the token the scope crm.objects.deals.read."]


@pytest.mark.parametrize("refusal", [not_found(), bad_request()], ids=["nothing there", "a bad request"])
def test_that_deals_have_no_pipelines_is_not_believed(refusal: Refusal, s3: DemoS3, tmp_path: Path) -> None:
    with export_with(s3, tmp_path, catalogue("0-3"), {"/crm/pipelines": refusal}) as small:
        assert not small.export("PIPELINES").is_complete
        assert "pipelines of Deals (0-3)" in parts(small.manifest("PIPELINES"))


def test_association_types_that_are_refused_are_told_by_the_associations_too(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-2", pairs=[("0-1", "0-2"), ("0-1", "0-1")])
    refusals = {"/crm/associations/2026-09/0-1/0-2/labels": missing("some.read")}
    with export_with(s3, tmp_path, known, refusals) as small:
        result = small.export()
        assert not result.failed
        assert not result.is_complete
        told = "association types of Contacts (0-1) to Companies (0-2)"
        with_it = {name for name in result.tables if told in parts(small.manifest(name))}
        assert with_it == {
            "ASSOCIATION_DEFINITIONS",
            "ASSOCIATIONS_CONTACTS_TO_COMPANIES",
            "ASSOCIATIONS/CONTACTS_TO_COMPANIES",
        }
        rows = small.manifest("ASSOCIATIONS/CONTACTS_TO_COMPANIES").rows
        assert rows == small.manifest("ASSOCIATIONS/COMPANIES_TO_CONTACTS").rows > 0
        assert small.manifest("ASSOCIATIONS/COMPANIES_TO_CONTACTS").parts_unavailable == ()


def test_names_of_association_types_that_are_refused_are_told_once(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-2", pairs=[("0-1", "0-2")])
    with export_with(s3, tmp_path, known, {"/crm/v3/associations/": not_found()}) as small:
        assert small.export("ASSOCIATION_DEFINITIONS").is_complete
        assert parts(small.manifest("ASSOCIATION_DEFINITIONS")).keys() == {
            "internal names of the association types of 2 pairs"
        }
        assert small.manifest("ASSOCIATION_DEFINITIONS").rows


def test_a_pair_that_hubspot_does_not_know_is_empty_explained_and_no_failure(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-2", pairs=[("0-1", "0-2")])
    refusals = {"/crm/associations/2026-09/": bad_request("types cannot be associated")}
    with export_with(s3, tmp_path, known, refusals) as small:
        result = small.export()
        assert result.is_complete, result.failed
        for name in ("ASSOCIATIONS/CONTACTS_TO_COMPANIES", "ASSOCIATIONS_COMPANIES_TO_CONTACTS"):
            assert small.manifest(name).unavailable is not None
        assert small.lake.success(DAY) is not None


def test_a_pair_that_is_defined_and_not_accepted_is_for_a_person_to_look_at(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-2", pairs=[("0-1", "0-2")])
    refusals = {"/crm/associations/2026-09/.*/batch/read": bad_request()}
    with export_with(s3, tmp_path, known, refusals) as small:
        result = small.export()
        assert not result.failed
        assert not result.is_complete
        assert "ASSOCIATIONS/CONTACTS_TO_COMPANIES" in result.unavailable


@pytest.mark.parametrize(
    ("refusal", "is_complete"),
    [(bad_request("no such event type"), False), (not_found(), False), (not_in_the_plan(), True)],
)
def test_one_event_type_that_is_refused_costs_itself_alone(
    refusal: Refusal, is_complete: bool, s3: DemoS3, tmp_path: Path
) -> None:
    refusals = {rf"/events/event-occurrences/2026-09\?eventType={CLICKED.name}": refusal}
    with export_with(s3, tmp_path, catalogue("0-2", events=[CLICKED, VISITED]), refusals) as small:
        result = small.export()
        assert not result.failed
        assert result.unavailable.keys() == {"EVENTS_CLICKED_PRICING"}
        assert result.is_complete == is_complete
        assert small.manifest("EVENTS_VISITED_PAGE").rows
        assert small.lake.success(DAY) is not None


def test_that_a_type_without_a_public_api_wants_a_scope_is_nothing_to_be_mended(s3: DemoS3, tmp_path: Path) -> None:
    with export_with(s3, tmp_path, catalogue("0-2", "0-30"), {"/crm/[a-z]+/2026-09/0-30": missing("ads")}) as small:
        assert small.export().is_complete
        assert "properties of Ad accounts (0-30)" in parts(small.manifest("PROPERTY_DEFINITIONS"))
        reason = small.manifest("OBJECTS_AD_ACCOUNTS").unavailable
        assert reason is not None
        assert not reason.mendable


def test_denied_event_definitions_are_told_by_every_table_they_touch_and_once_on_the_screen(
    s3: DemoS3, tmp_path: Path
) -> None:
    scope = "behavioral_events.event_definitions.read_write"
    known = catalogue("0-2", events=[CLICKED, VISITED])
    with small_export(s3, tmp_path, known, without_scopes=frozenset({scope})) as small:
        code, output = command("export")
        assert code == 1
        assert output.count(scope) == 1
        assert "without definitions of custom events: " in output
        told = {
            name
            for name in small.lake.manifests(DAY)
            if any(part.scopes == (scope,) for part in small.manifest(name).parts_unavailable)
        }
        assert told == {"OBJECT_AND_EVENT_TYPE_DEFINITIONS", "PROPERTY_DEFINITIONS", "EVENTS_CLICKED_PRICING"}


def test_custom_objects_that_are_refused_are_told_by_the_definitions_of_properties_too(
    s3: DemoS3, tmp_path: Path
) -> None:
    known = catalogue("0-2", custom=[CAR])
    with export_with(s3, tmp_path, known, {"/crm-object-schemas/": missing()}) as small:
        result = small.export("OBJECT_AND_EVENT_TYPE_DEFINITIONS", "PROPERTY_DEFINITIONS", "OBJECTS_CARS")
        told = {name for name in result.tables if "custom objects" in parts(small.manifest(name))}
        assert told == {"OBJECT_AND_EVENT_TYPE_DEFINITIONS", "PROPERTY_DEFINITIONS"}
        assert "2-111" in set(small.frame("OBJECT_AND_EVENT_TYPE_DEFINITIONS")["OBJECTTYPEID"])
        assert small.manifest("OBJECTS_CARS").rows
        assert not result.is_complete


def test_a_refused_kind_of_engagements_is_a_part_of_them_and_what_a_kind_lacks_they_lack(
    s3: DemoS3, tmp_path: Path
) -> None:
    refusals = {
        "/crm/objects/2026-09/0-48": not_permitted(),
        r"/crm/properties/2026-09/0-27\?": missing("tasks.read"),
    }
    with export_with(s3, tmp_path, catalogue("0-4", *ENGAGEMENT_KINDS), refusals) as small:
        result = small.export(*five(small.portal_tables, "0-4"))
        assert not result.failed
        assert not result.is_complete
        for table in five(small.portal_tables, "0-4"):
            told = parts(small.manifest(table))
            assert told.keys() == {"Calls (0-48)", "properties of Tasks (0-27)"}
            assert all(part.mendable for part in told.values())
            assert small.manifest(table).unavailable is None
        kinds = [small.portal_tables.objects[kind].ids.name for kind in ENGAGEMENT_KINDS if kind != "0-48"]
        assert small.manifest("OBJECTS/ENGAGEMENTS").rows == sum(small.manifest(kind).rows for kind in kinds)


# --------------------------------------------------------------------------------------------- whole tables, the day


def test_a_portal_that_lacks_types_is_complete_and_says_so_in_a_word(s3: DemoS3, tmp_path: Path) -> None:
    lacking = ("0-136", "0-162", "0-410", "0-420", "0-421", "0-970")
    known = catalogue("0-2", *lacking, pairs=[("0-2", "0-162")])
    refusals = {
        **{rf"/crm/(objects|properties|pipelines)/2026-09/{one}\b": unknown_type(one) for one in lacking},
        "/crm/associations/2026-09/(0-2/0-162|0-162/0-2)/": unknown_type("0-162"),
    }
    with export_with(s3, tmp_path, known, refusals) as small:
        code, output = command("export")
        assert code == 0, output
        assert output.count("Unable to infer object type") == 1
        assert "this portal or its plan does not have (no failure)" in output
        assert "Courses (0-410) in 6 tables" in output
        assert small.lake.success(DAY) is not None
        reasons = {name: small.manifest(name).unavailable for name in five(small.portal_tables, "0-410")}
        assert all(reason and not reason.mendable for reason in reasons.values())
        code, output = command("connect", "check", "--no-s3")
        assert code == 0, output


def test_a_missing_scope_that_hubspot_does_not_name_is_named_from_the_contract(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-2", "0-3", "0-7", pairs=[("0-2", "0-3")])
    refusals = {
        "/crm/objects/2026-09/0-7": missing(),
        "/crm/associations/2026-09/.*/batch/read": missing(),
        "/crm/owners": missing(),
    }
    with export_with(s3, tmp_path, known, refusals) as small:
        result = small.export()
        assert {name: sentence for name, sentence in result.unavailable.items() if "/" not in name} == {
            "OBJECTS_PRODUCTS": "Grant the token the scope crm.objects.products.read, or also e-commerce.",
            "OWNERS": "Grant the token the scope crm.objects.owners.read.",
            "OWNER_TEAM": "Grant the token the scope crm.objects.owners.read.",
            "ASSOCIATIONS_COMPANIES_TO_DEALS": (
                "Grant the token the scope crm.objects.companies.read and crm.objects.deals.read."
            ),
            "ASSOCIATIONS_DEALS_TO_COMPANIES": (
                "Grant the token the scope crm.objects.companies.read and crm.objects.deals.read."
            ),
        }
        reason = small.manifest("OBJECTS_PRODUCTS").unavailable
        assert reason is not None
        assert reason.scopes == ("crm.objects.products.read", "e-commerce")


@pytest.mark.parametrize("refusal", [not_in_the_plan(), not_permitted()], ids=["forbidden", "not permitted"])
def test_what_every_portal_has_is_a_failure_however_it_is_refused(refusal: Refusal, s3: DemoS3, tmp_path: Path) -> None:
    refusals = {"/crm/objects/2026-09/0-1": refusal, "/crm/lists/2026-09/search": refusal}
    with export_with(s3, tmp_path, catalogue("0-1"), refusals) as small:
        result = small.export()
        assert not result.failed
        assert result.unavailable.keys() == {*five(small.portal_tables, "0-1"), "LISTS", "LIST_MEMBERSHIPS"}
        assert not result.is_complete


def test_a_wrong_api_url_does_not_make_a_green_day_of_empty_tables(s3: DemoS3, tmp_path: Path) -> None:
    known = catalogue("0-1", "0-28", "0-58", custom=[CAR], events=[VISITED], pairs=[("0-1", "0-1")])
    with export_with(s3, tmp_path, known, {"/": not_found()}) as small:
        code, output = command("export")
        assert code == 1
        assert "check the id and the API URL" in output
        assert small.lake.success(DAY) is None
        assert "OBJECTS/CONTACTS" not in small.lake.manifests(DAY)
        assert command("connect", "check", "--no-s3")[0] == 1


def test_an_api_that_is_no_more_is_a_failure_and_the_day_is_closed(s3: DemoS3, tmp_path: Path) -> None:
    with export_with(s3, tmp_path, catalogue("0-2", "0-28"), {"/marketing/v3/forms": not_found()}) as small:
        result = small.export()
        assert not result.failed
        assert result.unavailable.keys() == set(five(small.portal_tables, "0-28"))
        assert not result.is_complete
        assert small.lake.success(DAY) is not None


def test_a_pair_that_is_refused_half_way_fails(s3: DemoS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hubspot_assets.defs.assets import associations

    monkeypatch.setattr(associations, "_LINKS_A_FRAME", 1)
    monkeypatch.setattr("hubspot_assets.hubspot.associations.INPUTS", 3)
    known = catalogue("0-1", "0-2", pairs=[("0-1", "0-2")])
    with small_export(s3, tmp_path, known) as small:
        small.export("OBJECTS/CONTACTS", "OBJECTS/COMPANIES", "ASSOCIATION_DEFINITIONS")
        read = associations.api.read

        def read_some(*asked: object) -> Iterator[object]:
            yield next(read(*asked))
            with refusing({"/crm/associations/": missing("x.read")}):
                yield from read(*asked)

        monkeypatch.setattr(associations.api, "read", read_some)
        result = small.export("ASSOCIATIONS/CONTACTS_TO_COMPANIES")
        assert result.failed.keys() == {"ASSOCIATIONS/CONTACTS_TO_COMPANIES"}


def test_tables_lists_what_a_table_lacks(s3: DemoS3, tmp_path: Path) -> None:
    refusals = {r"/crm/properties/2026-09/0-2\?": missing("companies.schema")}
    with export_with(s3, tmp_path, catalogue("0-2"), refusals) as small:
        small.export("OBJECTS_COMPANIES")
        listed = command("tables")[1]
        assert f"{small.manifest('OBJECTS_COMPANIES').rows} rows, without properties of Companies (0-2): " in listed


def test_what_a_person_has_mended_is_read_again_by_an_export_that_goes_on(s3: DemoS3, tmp_path: Path) -> None:
    refusals = {r"/crm/properties/2026-09/0-2\?": missing("companies.schema"), "/crm/owners": Refusal(418, {})}
    with small_export(s3, tmp_path, catalogue("0-2", "0-5")) as small:
        with refusing(refusals):
            assert small.export().failed.keys() == {"OWNERS", "OWNER_TEAM"}
        tickets = small.manifest("OBJECTS_TICKETS")
        result = small.export()
        assert result.is_complete
        assert small.manifest("OBJECTS_COMPANIES").parts_unavailable == ()
        assert small.manifest("OBJECTS_TICKETS") == tickets, "what was whole is not read again"


def test_standard_types_that_refuse_in_silence_have_scopes_to_name() -> None:
    without = [t.told for t in STANDARD.values() if not t.needs and t.in_crm_objects_api]
    assert not without
