"""Two directions that were read one after another hold the same pairs, whatever came and went between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.hubspot import HubSpotClient
from hubspot_assets.reading.pair_reconciliation import ONE_SIDED, Direction, reconcile_pairs
from hubspot_assets.reading.reading import Reading
from hubspot_assets.tables.frame_files import FrameFiles
from hubspot_assets_tests.small_export import SmallExport, catalogue, small_export
from hubspot_assets_tests.tables.making import ANY_LOAD, READ_AT

CONTACTS, COMPANIES = "0-1", "0-2"
Pair = tuple[str, str]
PAIRS = st.sets(st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")))


def frame(pairs: set[Pair], kinds: tuple[str, ...] = ("1", "279")) -> pl.DataFrame:
    """Links of these pairs, each of two types."""
    rows = [(*pair, "HUBSPOT_DEFINED", kind, READ_AT.replace(tzinfo=None)) for pair in sorted(pairs) for kind in kinds]
    columns = ("FROMOBJECTID", "TOOBJECTID", "ASSOCIATIONCATEGORY", "ASSOCIATIONTYPEID")
    return pl.DataFrame(rows, {**dict.fromkeys(columns, pl.String), "INGESTEDAT": pl.Datetime("ms")}, orient="row")


def turned(pairs: set[Pair]) -> set[Pair]:
    return {(b, a) for a, b in pairs}


class Portal:
    """What each direction tells: at first, and whenever it is asked again (the last of them for ever)."""

    def __init__(self, folder: Path, name: str, *told: set[Pair]) -> None:
        self.asked: list[list[str]] = []
        self._again = list(told[1:]) or [told[0]]
        self.links = FrameFiles(folder, name)
        for pair in sorted(told[0]):
            self.links.add(frame({pair}))
        self.reading = Reading(HubSpotClient("of-nobody"))
        self.direction = Direction(name, self.reading, self.links, self._ask)

    def _ask(self, ids: pl.Series) -> pl.DataFrame:
        told = self._again[min(len(self.asked), len(self._again) - 1)]
        self.asked.append(ids.to_list())
        return frame({pair for pair in told if pair[0] in set(ids)})


def held(links: FrameFiles) -> set[Pair]:
    return {(row[0], row[1]) for one in links for row in one.iter_rows()}


def test_nothing_is_asked_again_where_both_hold_the_same(tmp_path: Path) -> None:
    pairs = {("a", "x"), ("b", "x"), ("b", "y")}
    there, back = Portal(tmp_path, "there", pairs), Portal(tmp_path, "back", turned(pairs))

    found, found_back = reconcile_pairs(there.direction, back.direction, tmp_path)

    assert (found, found_back) == (there.links, back.links)
    assert there.asked == back.asked == []


def test_only_the_records_of_pairs_that_one_has_alone_are_asked_again(tmp_path: Path) -> None:
    before, after = {("a", "x"), ("b", "y"), ("c", "z")}, {("a", "x"), ("b", "z"), ("c", "z"), ("c", "w")}
    there, back = Portal(tmp_path, "there", before, after), Portal(tmp_path, "back", turned(after))

    found, found_back = reconcile_pairs(there.direction, back.direction, tmp_path)

    assert held(found) == after
    assert held(found_back) == turned(after)
    assert [sorted(ids) for ids in there.asked] == [["b", "c"]]
    assert [sorted(ids) for ids in back.asked] == [["w", "y", "z"]]
    assert [sum(one.height for one in links) for links in (found, found_back)] == [8, 8], "each type of each pair"
    assert there.reading.left_out == back.reading.left_out == {}


def test_an_association_that_hubspot_tells_from_one_side_alone_is_kept_and_counted_where_it_is_missing(
    tmp_path: Path,
) -> None:
    both = {("a", "x")}
    there, back = Portal(tmp_path, "there", {*both, ("b", "y")}), Portal(tmp_path, "back", turned(both))

    found, found_back = reconcile_pairs(there.direction, back.direction, tmp_path)

    assert held(found) == {*both, ("b", "y")}
    assert held(found_back) == turned(both)
    assert there.reading.left_out == {}
    assert back.reading.left_out == {ONE_SIDED: 1}
    assert len(there.asked) == 1, "asking again does not help"


def test_what_changes_while_it_is_asked_again_is_asked_once_more(tmp_path: Path) -> None:
    first, second, third = {("a", "w"), ("b", "x")}, {("c", "y"), ("b", "x")}, {("c", "y"), ("a", "w")}
    there = Portal(tmp_path, "there", first, third, third)
    back = Portal(tmp_path, "back", turned(second), turned({("c", "y")}), turned(third))

    found, found_back = reconcile_pairs(there.direction, back.direction, tmp_path)

    assert held(found) == third | {("b", "x")}
    assert held(found) == turned(held(found_back))
    assert len(there.asked) == 2


@given(PAIRS, PAIRS, PAIRS, PAIRS)
@ANY_LOAD
def test_whatever_both_tell_at_whatever_time_they_end_with_what_both_tell_at_last(
    tmp_path_factory: pytest.TempPathFactory, first: set[Pair], second: set[Pair], third: set[Pair], fourth: set[Pair]
) -> None:
    folder = tmp_path_factory.mktemp("pairs")
    there, back = Portal(folder, "there", first, third), Portal(folder, "back", turned(second), turned(fourth))

    found, found_back = reconcile_pairs(there.direction, back.direction, folder)

    # Of pairs that both told nothing is asked again; of others, what each tells at last counts.
    doubtful = first ^ second
    assert held(found) == (first & second) | (third & doubtful)
    assert turned(held(found_back)) == (first & second) | (fourth & doubtful)
    assert there.reading.left_out.get(ONE_SIDED, 0) == len((fourth - third) & doubtful)
    assert back.reading.left_out.get(ONE_SIDED, 0) == len((third - fourth) & doubtful)


@pytest.fixture
def small(s3: DemoS3, tmp_path: Path) -> Iterator[SmallExport]:
    with small_export(s3, tmp_path, catalogue(CONTACTS, COMPANIES, pairs=[(CONTACTS, COMPANIES)])) as export:
        yield export


def test_associations_that_come_and_go_between_the_two_readings_are_in_both_directions_or_in_none(
    small: SmallExport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Companies are read first. Then each second association of them is gone, and those of one contact are new."""
    associations = small.portal.world.associations
    told = associations.of
    was_read: set[str] = set()

    def is_told(contact: int, company: int) -> bool:
        return company % 2 == 0 if contact % 3 else True

    def of(from_type: str, number: int, to_type: str) -> list[tuple[int, Any]]:
        found = told(from_type, number, to_type)
        if {from_type, to_type} != {CONTACTS, COMPANIES} or from_type == to_type:
            return found
        was_read.add(from_type)
        late = CONTACTS in was_read
        ends = [(number, one) if from_type == CONTACTS else (one, number) for one, _ in found]
        return [one for one, (contact, company) in zip(found, ends, strict=True) if is_told(contact, company) == late]

    monkeypatch.setattr(associations, "of", of)
    tables = [table.name for both in small.portal_tables.associations.values() for table in both]
    assert small.export(*tables).is_complete

    there = small.frame("ASSOCIATIONS/CONTACTS_TO_COMPANIES").select("FROMOBJECTID", "TOOBJECTID").rows()
    back = small.frame("ASSOCIATIONS/COMPANIES_TO_CONTACTS").select("TOOBJECTID", "FROMOBJECTID").rows()
    world = small.portal.world
    right = {
        (contact.id, company)
        for contact in world.records(CONTACTS)
        for company, _ in world.associations_of(CONTACTS, contact.id, COMPANIES)
        if world.is_there(COMPANIES, company)
    }
    assert set(there) == set(back) == right
    assert right
    named = small.frame("ASSOCIATIONS_CONTACTS_TO_COMPANIES")
    assert named.height == len(there)
