"""Keys: where things lie, and names that cannot leave their folder."""

import pytest

from hubspot_assets.lake import LakeError
from hubspot_assets.lake.layout import Layout, data_file, data_file_number


@pytest.mark.parametrize(
    ("url", "bucket", "prefix"),
    [
        ("s3://my-bucket", "my-bucket", ""),
        ("s3://my-bucket/", "my-bucket", ""),
        ("s3://my.bucket/hubspot/export/", "my.bucket", "hubspot/export"),
        ("s3://My_Bucket/x", "My_Bucket", "x"),
        (" s3://my-bucket/Ünïcode folder ", "my-bucket", "Ünïcode folder"),
    ],
)
def test_a_url_is_a_bucket_and_a_prefix(url: str, bucket: str, prefix: str):
    assert Layout.of_url(url) == Layout(bucket, prefix)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "my-bucket",
        "s3:/my-bucket",
        "s3://",
        "s3://my bucket/x",
        "s3:///x",
        "https://my-bucket",
        "s3://b/../x",
        "s3://bkt//x/y",
    ],
)
def test_what_is_not_the_url_of_a_folder_in_s3_is_refused_in_one_sentence(url: str):
    with pytest.raises(
        LakeError,
        match=r"(set HUBSPOT_S3_URL to s3://<bucket>/<prefix>; a bucket's name has at least three letters, digits, "
        r"dots, hyphens or underscores|use plain folder names only)\.$",
    ):
        Layout.of_url(url)


def test_tables_lie_in_the_folder_of_their_day():
    layout = Layout("bucket", "hubspot")
    assert layout.table("OBJECTS_CONTACTS", "2026-11-22") == "hubspot/2026-11-22/OBJECTS_CONTACTS/"
    assert layout.manifest("OBJECT_PROPERTIES/CONTACTS", "2026-11-22") == (
        "hubspot/2026-11-22/OBJECT_PROPERTIES/CONTACTS/_manifest.json"
    )
    assert layout.success("2026-11-22") == "hubspot/2026-11-22/_SUCCESS.json"
    assert Layout("bucket").table("OWNERS", "2026-11-22") == "2026-11-22/OWNERS/"
    assert layout.url(layout.table("OWNERS", "2026-11-22")) == "s3://bucket/hubspot/2026-11-22/OWNERS/"


@pytest.mark.parametrize("table", ["", "..", "A/../B", "/A", "A/", "A//B", "a", "A B", "A\n", "Ä", "A\\B", "A?", "%2e"])
def test_a_table_name_that_could_leave_its_folder_is_refused(table: str):
    with pytest.raises(LakeError, match="is not a valid table name"):
        Layout("bucket").table(table, "2026-11-22")


@pytest.mark.parametrize("day", ["", "2026-11-31", "20261122", "2026-1-2", "..", "2026-11-22/..", "2026-W01-1"])
def test_what_is_not_a_day_is_refused(day: str):
    with pytest.raises(LakeError, match="is not a day: write YYYY-MM-DD"):
        Layout("bucket").day(day)


def test_data_files_are_numbered_with_five_digits_or_more():
    assert [data_file(0), data_file(42), data_file(123456)] == [
        *("data_00000.csv.gz", "data_00042.csv.gz", "data_123456.csv.gz"),
    ]
    assert [data_file_number(data_file(n)) for n in (0, 42, 123456)] == [0, 42, 123456]
    assert [data_file_number(name) for name in ("data_1.csv.gz", "_manifest.json", "data_00000.csv")] == [None] * 3
