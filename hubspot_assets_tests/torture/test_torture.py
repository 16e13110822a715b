"""The torture in short: a few kills, so that the proof itself is known to work, and to find what it looks for."""

import gzip
from collections import Counter
from collections.abc import Iterator

import polars as pl
import pytest

from hubspot_assets.lake import TableContent
from hubspot_assets_tests.exported import BUCKET
from hubspot_assets_tests.sampled import SWEEP
from hubspot_assets_tests.small_export import catalogue
from hubspot_assets_tests.torture.__main__ import Torture
from hubspot_assets_tests.torture.arena import DAY, Arena, arena
from hubspot_assets_tests.torture.days import Day, differences, one_sided, read_day
from hubspot_assets_tests.torture.soak import Sample, leaks, rubbish
from hubspot_assets_tests.torture.watching import MANIFEST, SUCCESS, Watcher

KINDS = ["500", "truncated_json", "page_short"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    with arena(tmp_path_factory.mktemp("arena"), known=catalogue("0-2"), companies=8, contacts=8) as made:
        yield made


@pytest.fixture(scope="module")
def torture(place: Arena) -> Torture:
    """After a few kills."""
    made = Torture(4, KINDS)
    made.kill(place, 2, made.undisturbed(place, 1, verified=False))
    return made


@SWEEP
def test_killed_exports_lose_and_invent_nothing(torture: Torture) -> None:
    figures = torture.figures
    assert figures.complaints == []
    assert figures.kills == 2
    assert figures.kinds <= set(KINDS)
    assert figures.rows_compared > 0
    assert figures.tables_by_manifest > 0


@SWEEP
def test_the_reader_and_the_comparison_find_what_is_wrong(torture: Torture, place: Arena) -> None:
    place.prefix = "killed"
    good = read_day(place.lake, DAY)
    watcher = Watcher(place.client, BUCKET, place.folder)
    watcher.poll()
    assert watcher.complaints == []
    assert watcher.tables_by_glob > 0
    assert rubbish(place.lake, [f"{place.folder}{SUCCESS}"]) == []

    teams = f"{place.folder}TEAMS/{place.lake.manifest('TEAMS', DAY).files[0].name}"
    stray = f"{place.folder}OWNERS/data_00099.csv.gz"
    content = place.client.get_object(Bucket=BUCKET, Key=teams)["Body"].read()
    place.client.put_object(Bucket=BUCKET, Key=stray, Body=content)
    watcher.poll()
    assert "by glob" in watcher.complaints[-1]
    assert rubbish(place.lake, [stray]) == [stray]

    place.client.put_object(Bucket=BUCKET, Key=teams, Body=gzip.compress(gzip.decompress(content) + b"7,invented,,\n"))
    Watcher.poll(other := Watcher(place.client, BUCKET, place.folder))
    assert any(f"TEAMS/{MANIFEST}" in complaint for complaint in other.complaints)

    row = next(iter(good.tables["OWNERS"]))
    doubled = Day({**good.tables, "OWNERS": good.tables["OWNERS"] + Counter([row])}, good.unavailable)
    assert differences(doubled, good) == [f"OWNERS: 0 rows lost, 1 doubled, 0 invented, such as {row}"[:600]]
    assert differences(good, doubled)[0].startswith("OWNERS: 1 rows lost, 0 doubled, 0 invented")


def test_a_pair_of_which_one_direction_lacks_an_association_is_told(place: Arena) -> None:
    place.prefix = "pairs"
    both = {"ASSOCIATIONS_A_TO_B": [("1", "2"), ("1", "3")], "ASSOCIATIONS_B_TO_A": [("2", "1"), ("3", "1")]}
    for table, ends in both.items():
        place.lake.write(table, DAY, TableContent.of_frame(pl.DataFrame(ends, ["NEAR", "FAR"], orient="row")))
    assert one_sided(place.lake, DAY) == []
    place.lake.write("ASSOCIATIONS_B_TO_A", DAY, TableContent.of_frame(pl.DataFrame({"NEAR": ["2"], "FAR": ["1"]})))
    assert one_sided(place.lake, DAY) == ["ASSOCIATIONS_A_TO_B and ASSOCIATIONS_B_TO_A differ by 1 pairs"]


def test_what_piles_up_is_told() -> None:
    flat = [Sample(300 + n % 3, 3, 20, 0) for n in range(100)]
    assert leaks(flat) == []
    growing = [Sample(300 + n, 3 + n // 20, 20 + n, n // 10) for n in range(100)]
    assert [said.split(" ")[0:5] for said in leaks(growing)] == [
        ["The", "process", "has", "grown", "by"],
        ["7", "threads", "are", "left", "at"],
        ["114", "open", "files", "are", "left"],
        ["9", "temporary", "files", "are", "left"],
    ]
