"""Tables by day: written whole or not at all, whatever fails when; read back typed, by their manifest."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, LakeError, TableContent, TableMissing, TableReplaced
from hubspot_assets_tests.lake.faulty import Faulty
from hubspot_assets_tests.sampled import sampled

DAY = "2026-11-22"


def table_of(*texts: str) -> TableContent:
    frames = [pl.DataFrame({"ID": [str(n)], "TEXT": [text]}) for n, text in enumerate(texts)]
    return TableContent([Column("ID", "number"), Column("TEXT")], frames)


def texts_in(lake: Lake, table: str = "OWNERS") -> list[str]:
    return lake.read(table, DAY).collect()["TEXT"].to_list()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def incompressible(rows: int, row_bytes: int) -> list[pl.DataFrame]:
    """Text that gzip makes hardly smaller, so that a small table needs several files. Half of it stays."""
    seeds = (hashlib.shake_256(str(n).encode()).hexdigest(row_bytes // 2) for n in range(rows))
    return [pl.DataFrame({"ID": [str(n)], "TEXT": [seed]}) for n, seed in enumerate(seeds)]


@pytest.fixture
def lake(s3: Any, prefix: str) -> Lake:
    """A lake with files of up to 1.2 MB, so that a table of several files is written quickly."""
    return Lake(s3, "lake", prefix, file_bytes=1_200_000)


@pytest.fixture(scope="module")
def large() -> list[pl.DataFrame]:
    """A table of five such files: nine slices, each half a megabyte as gzip."""
    return incompressible(160, 50_000)


def test_a_table_is_read_back_as_it_was_written(lake: Lake):
    lake.write("OWNERS", DAY, table_of("a", "", "ü\r\n😀"))
    assert texts_in(lake) == ["a", "", "ü\r\n😀"]


def test_a_table_without_rows_is_one_file_with_only_its_header(lake: Lake, folder: Path):
    manifest = lake.write("OWNERS", DAY, table_of())
    assert gzip.decompress((folder / DAY / "OWNERS" / "data_00000.csv.gz").read_bytes()) == b"ID,TEXT\n"
    assert (manifest.rows, [file.rows for file in manifest.files]) == (0, [0])
    assert lake.read("OWNERS", DAY).collect().schema == {"ID": pl.String(), "TEXT": pl.String()}


def test_a_large_table_is_cut_into_files_of_up_to_15_mb_each_with_its_header(s3: Any, prefix: str, folder: Path):
    large = incompressible(80, 500_000)
    lake = Lake(s3, "lake", prefix)
    manifest = lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], large))
    paths = sorted((folder / DAY / "OWNERS").glob("data_*"))
    assert [path.name for path in paths] == ["data_00000.csv.gz", "data_00001.csv.gz"]
    assert [path.name for path in paths] == [file.name for file in manifest.files]
    for path, file in zip(paths, manifest.files, strict=True):
        data = path.read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (file.bytes, file.sha256)
        rows = gzip.decompress(data).decode().splitlines()
        assert (rows[0], len(rows) - 1) == ("ID,TEXT", file.rows)
    # A slice is up to 1 MB of text: one more would not have fitted.
    assert 14_000_000 < manifest.files[0].bytes <= 15_000_000
    assert lake.read("OWNERS", DAY).collect().equals(pl.concat(large))
    assert pl.scan_csv(f"{folder}/**/*.csv.gz", infer_schema=False).collect().equals(pl.concat(large))


def test_only_the_columns_rows_and_files_that_are_asked_for_are_read(
    s3: Any, prefix: str, lake: Lake, large: list[pl.DataFrame]
):
    lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], large))
    client = Faulty(s3)
    scan = Lake(client, "lake", prefix).read("OWNERS", DAY)
    assert scan.filter(pl.col("ID") == "159").select("TEXT").collect().rows() == large[-1].select("TEXT").rows()
    assert scan.select(pl.len()).collect().item() == 160
    client.requests.clear()
    assert scan.head(3).collect()["ID"].to_list() == ["0", "1", "2"]
    assert {request.rpartition("/")[2] for request in client.requests} <= {"data_00000.csv.gz", "data_00001.csv.gz"}
    assert scan.filter(pl.col("ID").str.len_chars() == 3).head(2).collect()["ID"].to_list() == ["100", "101"]


def test_a_row_larger_than_a_file_stands_alone(lake: Lake):
    frames = [*incompressible(1, 1_000), *incompressible(1, 3_000_000), *incompressible(1, 1_000)]
    manifest = lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], frames))
    assert [file.rows for file in manifest.files] == [1, 1, 1]
    assert manifest.files[1].bytes > 1_200_000
    assert lake.read("OWNERS", DAY).collect().equals(pl.concat(frames))


def test_a_table_that_was_never_written_is_missing_with_what_to_do(lake: Lake, prefix: str):
    with pytest.raises(TableMissing) as missing:
        lake.read("OWNERS", DAY)
    assert str(missing.value) == f"OWNERS of {DAY} is not in s3://lake/{prefix}/{DAY}/: export that table for that day."


def test_a_second_export_replaces_the_first_and_leaves_nothing_of_it(
    lake: Lake, folder: Path, large: list[pl.DataFrame]
):
    lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], large))
    lake.write("OWNERS", DAY, table_of("new"))
    assert texts_in(lake) == ["new"]
    assert names_in(folder / DAY / "OWNERS") == ["_manifest.json", "data_00005.csv.gz"]


def test_the_parts_of_a_combined_table_do_not_disturb_a_table_in_the_folder_above(lake: Lake, folder: Path):
    lake.write("OBJECTS/CONTACTS", DAY, table_of("c"))
    lake.write("OBJECTS", DAY, table_of("o"))
    lake.write("OBJECTS", DAY, table_of("o2"))
    assert (texts_in(lake, "OBJECTS"), texts_in(lake, "OBJECTS/CONTACTS")) == (["o2"], ["c"])
    assert list(lake.manifests(DAY)) == ["OBJECTS", "OBJECTS/CONTACTS"]


def test_files_are_not_overwritten_while_a_manifest_names_them(s3: Any, prefix: str, lake: Lake):
    lake.write("OWNERS", DAY, table_of("old"))
    client = Faulty(s3)
    Lake(client, "lake", prefix).write("OWNERS", DAY, table_of("new"))
    assert [request.rpartition("/")[2] for request in client.requests if request.startswith("put")] == [
        *("_EXPORTING.json", "data_00001.csv.gz", "_manifest.json"),
    ]


def test_when_the_frames_fail_the_old_table_stands_and_nothing_else_is_left(lake: Lake, folder: Path, large):
    lake.write("OWNERS", DAY, table_of("old"))

    def frames():
        yield from large
        raise ConnectionError("HubSpot hung up.")

    with pytest.raises(ConnectionError, match="HubSpot hung up"):
        lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], frames()))
    assert texts_in(lake) == ["old"]
    assert names_in(folder / DAY / "OWNERS") == ["_manifest.json", "data_00000.csv.gz"]


def test_what_an_attempt_that_died_left_behind_is_swept_up_by_the_next(s3: Any, prefix: str, lake: Lake, folder: Path):
    lake.write("OWNERS", DAY, table_of("old"))
    for stray in ("data_00003.csv.gz", "data_00007.csv.gz"):
        s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/OWNERS/{stray}", Body=b"half a file")
    lake.write("OWNERS", DAY, table_of("new"))
    assert texts_in(lake) == ["new"]
    assert names_in(folder / DAY / "OWNERS") == ["_manifest.json", "data_00008.csv.gz"]


@pytest.mark.parametrize("how", sampled(["dead", "before", "after"], 1))
def test_whatever_request_fails_a_reader_finds_the_old_table_or_the_new_one(s3: Any, prefix: str, how: str):
    def write_with_a_fault(at: int | None, day_prefix: str) -> Faulty:
        lake = Lake(s3, "lake", day_prefix)
        lake.write("OWNERS", DAY, table_of("old"))
        lake.close_day(DAY)
        client = Faulty(s3, at, how)
        failed = False
        try:
            Lake(client, "lake", day_prefix).write("OWNERS", DAY, table_of("new", "too"))
        except LakeError as error:
            failed = True
            assert "S3 cannot be reached (ConnectionClosedError)" in str(error)  # noqa: PT017
        # A put whose answer was lost is looked for, and found.
        lost_put = at is not None and how == "after" and client.requests[at].startswith("put_object")
        assert not (failed and (at is None or lost_put))
        assert texts_in(lake) in ([["old"], ["new", "too"]] if failed else [["new", "too"]])
        assert lake.success(DAY) is None or texts_in(lake) == ["old"]
        # The next attempt is not hindered by what this one left, and sweeps it up.
        with lake.exporting(DAY, dead_after=-1) as held:
            held.write("OWNERS", DAY, table_of("newest"))
            assert texts_in(lake) == ["newest"]
            assert held.close_day(DAY).tables["OWNERS"].rows == 1
        return client

    undisturbed = write_with_a_fault(None, f"{prefix}/undisturbed")
    written = [request.split("/")[-1] for request in undisturbed.requests if not request.startswith(("get", "list"))]
    assert written[:1] + written[-2:] == ["_EXPORTING.json", "_SUCCESS.json", "_EXPORTING.json"], (
        "the lease is around it, and tells that the day was closed"
    )
    assert len(written) == 9
    for at in range(len(undisturbed.requests)):
        write_with_a_fault(at, f"{prefix}/{at}")


def test_a_reader_goes_on_with_the_new_table_when_a_rerun_finished_before_it_read_a_row(lake: Lake):
    lake.write("OWNERS", DAY, table_of("old"))
    scan = lake.read("OWNERS", DAY)
    lake.write("OWNERS", DAY, table_of("new"))
    assert scan.collect()["TEXT"].to_list() == ["new"]


def test_a_reader_never_mixes_two_exports(lake: Lake, large: list[pl.DataFrame]):
    lake.write("OWNERS", DAY, TableContent([Column("ID"), Column("TEXT")], large))

    def replace_it_after_its_first_rows() -> None:
        for number, _ in enumerate(lake.read("OWNERS", DAY).collect_batches(chunk_size=1)):
            if number == 0:
                lake.write("OWNERS", DAY, table_of("new"))

    with pytest.raises(
        TableReplaced, match=f"OWNERS of {DAY} was exported again while it was being read: read it again"
    ):
        replace_it_after_its_first_rows()


def test_a_reader_says_so_when_the_new_table_has_other_columns(lake: Lake):
    lake.write("OWNERS", DAY, table_of("old"))
    scan = lake.read("OWNERS", DAY)
    lake.write("OWNERS", DAY, TableContent.of_frame(pl.DataFrame({"ID": ["1"], "OTHER": ["x"]})))
    with pytest.raises(TableReplaced):
        scan.collect()


def test_a_damaged_file_is_never_read_as_if_it_were_whole(s3: Any, prefix: str, lake: Lake):
    lake.write("OWNERS", DAY, table_of("a", "b"))
    shorter = gzip.compress(b"ID,TEXT\n0,a\n")
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/OWNERS/data_00000.csv.gz", Body=shorter)
    with pytest.raises(
        LakeError, match=r"data_00000.csv.gz is damaged: its SHA-256 differs from the one in the manifest"
    ):
        lake.read("OWNERS", DAY).collect()


def test_a_file_that_is_gone_is_never_read_as_if_it_had_no_rows(s3: Any, prefix: str, lake: Lake):
    lake.write("OWNERS", DAY, table_of("a", "b"))
    s3.delete_object(Bucket="lake", Key=f"{prefix}/{DAY}/OWNERS/data_00000.csv.gz")
    with pytest.raises(LakeError, match=f"OWNERS of {DAY} is damaged: a file named in its manifest is gone"):
        lake.read("OWNERS", DAY).collect()


def test_a_day_is_closed_once_all_its_tables_are_in_and_open_again_when_one_is_written(lake: Lake):
    lake.write("OWNERS", DAY, table_of("a", "b"))
    with pytest.raises(TableMissing, match=f"{DAY} cannot be closed: PIPELINES, TEAMS are missing from s3://lake/"):
        lake.close_day(DAY, ["TEAMS", "OWNERS", "PIPELINES"])
    assert lake.success(DAY) is None
    lake.write("TEAMS", DAY, table_of())
    success = lake.close_day(DAY, ["OWNERS", "TEAMS"])
    assert {name: table.rows for name, table in success.tables.items()} == {"OWNERS": 2, "TEAMS": 0}
    assert lake.success(DAY) == success
    lake.write("TEAMS", DAY, table_of())
    assert lake.success(DAY) is None
    lake.close_day(DAY)
    lake.reopen_day(DAY)
    assert lake.success(DAY) is None


def test_days_do_not_know_of_each_other(lake: Lake):
    lake.write("OWNERS", DAY, table_of("a"))
    lake.close_day(DAY)
    lake.write("OWNERS", "2026-11-23", table_of("b"))
    assert (texts_in(lake), lake.success(DAY) is not None) == (["a"], True)
    assert lake.manifests("2026-11-24") == {}
