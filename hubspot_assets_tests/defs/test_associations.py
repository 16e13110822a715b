"""ASSOCIATIONS_<X>_TO_<Y>, both directions of a pair: what is read, what is derived, and what is left out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.portal import Portal
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import TableContent, Unavailable
from hubspot_assets_tests.exported import YESTERDAY
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export

CONTACTS, COMPANIES, DEALS, TICKETS, NOTES = "0-1", "0-2", "0-3", "0-5", "0-46"
Link = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def small(s3: DemoS3, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallExport]:
    """Pairs with custom labels, with HubSpot's own types only, of a type with itself; a company of 1,762 deals."""
    known = catalogue(
        *(CONTACTS, COMPANIES, DEALS, TICKETS, NOTES),
        pairs=[(CONTACTS, COMPANIES), (COMPANIES, DEALS), (CONTACTS, NOTES), (COMPANIES, COMPANIES), (DEALS, TICKETS)],
    )
    settings: dict[str, Any] = {"contacts": 60, "companies": 25, "deals": 2000, "tickets": 40, "counts": {NOTES: 30}}
    with small_export(s3, tmp_path_factory.mktemp("associations"), known, **settings, changed_share=0.2) as export:
        both = [table.name for pair in export.portal_tables.associations.values() for table in pair]
        result = export.export(*both)
        assert result.is_complete, result.failed
        yield export


def held(small: SmallExport, from_type: str, to_type: str, *, archived_too: bool = False) -> set[Link]:
    """What the portal holds of one direction."""
    world = small.portal.world
    return {
        (record.id, to_id, kind.category, str(kind.type_id))
        for record in world.records(from_type)
        for to_id, kinds in world.associations_of(from_type, record.id, to_type)
        for kind in kinds
        if archived_too or world.is_there(to_type, to_id)
    }


def written(small: SmallExport, from_type: str, to_type: str) -> list[Link]:
    tables = small.portal_tables.associations[from_type, to_type]
    combined, named = small.frame(tables.combined.name), small.frame(tables.named.name)
    links = combined.select("FROMOBJECTID", "TOOBJECTID", "ASSOCIATIONCATEGORY", "ASSOCIATIONTYPEID").rows()
    ends = [column.name for column in tables.named.columns[:2]]
    assert named.select(*ends, "ASSOCIATIONCATEGORY", "ASSOCIATIONTYPEID").rows() == links
    return links


def batch_reads(small: SmallExport) -> list[tuple[str, str]]:
    """Which directions were read, in order, each once."""
    asked = (request.path.split("/") for request in small.portal.requests if request.path.endswith("/batch/read"))
    return list(dict.fromkeys((parts[-4], parts[-3]) for parts in asked if "associations" in parts))


@pytest.mark.parametrize(
    "pair", [(CONTACTS, COMPANIES), (COMPANIES, DEALS), (CONTACTS, NOTES), (COMPANIES, COMPANIES), (DEALS, TICKETS)]
)
def test_both_directions_have_each_association_of_the_portal_once(small: SmallExport, pair: tuple[str, str]) -> None:
    for ends in dict.fromkeys((pair, pair[::-1])):
        links = written(small, *ends)
        assert len(links) == len(set(links)) > 0
        assert set(links) == held(small, *ends)


def test_a_pair_is_read_from_its_smaller_side_and_only_from_there_where_the_inverse_is_certain(
    small: SmallExport,
) -> None:
    directions = batch_reads(small)
    assert [ends for ends in directions if set(ends) == {COMPANIES, DEALS}] == [(COMPANIES, DEALS)]
    assert [ends for ends in directions if set(ends) == {CONTACTS, NOTES}] == [(NOTES, CONTACTS)]
    assert [ends for ends in directions if set(ends) == {DEALS, TICKETS}] == [(TICKETS, DEALS)]
    assert directions.count((COMPANIES, COMPANIES)) == 1


def test_both_directions_are_read_where_labels_are_custom(small: SmallExport) -> None:
    assert [ends for ends in batch_reads(small) if set(ends) == {CONTACTS, COMPANIES}] == [
        (COMPANIES, CONTACTS),
        (CONTACTS, COMPANIES),
    ]
    for ends in ((CONTACTS, COMPANIES), (COMPANIES, CONTACTS)):
        assert {category for _, _, category, _ in written(small, *ends)} == {"HUBSPOT_DEFINED", "USER_DEFINED"}


def test_a_company_with_1762_deals_has_them_all(small: SmallExport) -> None:
    links = written(small, COMPANIES, DEALS)
    most = max({link[0] for link in links}, key=lambda company: sum(link[0] == company for link in links))
    world = small.portal.world
    told = world.associations_of(COMPANIES, most, DEALS)
    assert len(told) > 1700
    alive = {deal for deal, _ in told if world.is_there(DEALS, deal)}
    assert {deal for company, deal, *_ in links if company == most} == alive
    path = f"/{COMPANIES}/{DEALS}/batch/read"
    pages = [request.json["inputs"] for request in small.portal.requests if request.path.endswith(path)]
    assert sum(any(one.get("after") for one in inputs) for inputs in pages) >= 3, "500 associations a page"


def test_parents_and_children_among_companies_are_told_from_both_ends(small: SmallExport) -> None:
    kinds: dict[str, set[tuple[str, str]]] = {}
    for from_id, to_id, _, type_id in written(small, COMPANIES, COMPANIES):
        kinds.setdefault(type_id, set()).add((from_id, to_id))
    assert kinds["13"] == {(child, parent) for parent, child in kinds["14"]}
    assert kinds["13"]


def test_an_end_that_is_archived_is_left_out_and_counted(small: SmallExport) -> None:
    counted = 0
    for ends in ((COMPANIES, DEALS), (TICKETS, DEALS), (NOTES, CONTACTS), (COMPANIES, CONTACTS), (CONTACTS, COMPANIES)):
        gone = held(small, *ends, archived_too=True) - held(small, *ends)
        left_out = small.manifest(small.portal_tables.associations[ends].combined.name).left_out
        assert sum(left_out.values()) == len(gone), ends
        assert all("that the day does not have" in reason for reason in left_out)
        counted += len(gone)
    assert counted, "the portal tells associations to archived records"


def test_where_the_other_type_could_not_be_read_every_association_is_kept(s3: DemoS3, tmp_path: Path) -> None:
    with small_export(s3, tmp_path, _tickets_and_notes(), changed_share=0.3) as small:
        notes = small.portal_tables.objects[NOTES].ids
        small.export(notes.name, small.portal_tables.objects[TICKETS].ids.name)
        refused = Unavailable(status=403, message="HubSpot answered 403: no.", scopes=("notes.read",))
        gone = TableContent(notes.columns, pl.DataFrame(schema=small.frame(notes.name).schema), unavailable=refused)
        small.lake.write(notes.name, str(YESTERDAY), gone)
        both = [table.name for pair in small.portal_tables.associations.values() for table in pair]
        assert not small.export(*both).failed
        assert batch_reads(small) == [(TICKETS, NOTES)]
        assert set(written(small, TICKETS, NOTES)) == held(small, TICKETS, NOTES, archived_too=True)
        assert small.manifest(small.portal_tables.associations[TICKETS, NOTES].combined.name).left_out == {}
        turned = {(b, a) for a, b, *_ in written(small, NOTES, TICKETS)}
        assert turned == {(a, b) for a, b, *_ in written(small, TICKETS, NOTES)}


def test_where_custom_labels_need_the_ids_of_a_type_that_could_not_be_read_the_direction_says_so(
    s3: DemoS3, tmp_path: Path
) -> None:
    known = catalogue(CONTACTS, COMPANIES, pairs=[(CONTACTS, COMPANIES)])
    with small_export(s3, tmp_path, known) as small:
        contacts = small.portal_tables.objects[CONTACTS].ids
        small.export(contacts.name, small.portal_tables.objects[COMPANIES].ids.name)
        refused = Unavailable(status=403, message="HubSpot answered 403: no.", scopes=("crm.objects.contacts.read",))
        gone = TableContent(
            contacts.columns, pl.DataFrame(schema=small.frame(contacts.name).schema), unavailable=refused
        )
        small.lake.write(contacts.name, str(YESTERDAY), gone)
        result = small.export("ASSOCIATIONS/CONTACTS_TO_COMPANIES", "ASSOCIATIONS/COMPANIES_TO_CONTACTS")
        assert result.unavailable == {
            "ASSOCIATIONS/CONTACTS_TO_COMPANIES": "Grant the token the scope crm.objects.contacts.read."
        }
        assert small.frame("ASSOCIATIONS/COMPANIES_TO_CONTACTS").height == len(
            held(small, COMPANIES, CONTACTS, archived_too=True)
        )


def _tickets_and_notes() -> Portal:
    return catalogue(TICKETS, NOTES, pairs=[(TICKETS, NOTES)])
