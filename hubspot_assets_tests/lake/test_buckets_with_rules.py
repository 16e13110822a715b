"""Buckets with rules of their own: that keep versions, lock objects, let them expire or abort uploads in parts.

What an export may assume of them is told in `docs/connect_your_bucket.md`. On moto's S3, which has all of these.
"""

from typing import Any

import polars as pl
import pytest

from hubspot_assets.lake import Lake, LakeError, TableContent, TableMissing

EARLIER, DAY = "2026-11-21", "2026-11-22"
FOR_A_DAY = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}


def table(text: str) -> TableContent:
    return TableContent.of_frame(pl.DataFrame({"ID": ["1"], "TEXT": [text]}))


@pytest.fixture(params=["versions", "locked"])
def bucket(request: pytest.FixtureRequest, conditional_s3: Any) -> str:
    """A bucket that keeps versions; one in which no version can be deleted for a day."""
    name: str = request.param
    conditional_s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=name == "locked")
    if name == "locked":
        conditional_s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=FOR_A_DAY)
    else:
        conditional_s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_where_nothing_is_really_deleted_readers_find_the_present_tables_alone(conditional_s3: Any, bucket: str):
    lake = Lake(conditional_s3, bucket, "export")
    for text in ("old", "new"):
        with lake.exporting(DAY, whole=True) as held:
            held.checkpoints("OWNERS", DAY, "abc").put(0, {"values": b"x"})
            held.write("OWNERS", DAY, table(text))
            held.close_day(DAY, ["OWNERS"])
    assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["new"]
    assert lake.manifest("OWNERS", DAY).lease == 2
    listed = conditional_s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [one["Key"].removeprefix(f"export/{DAY}/") for one in listed] == [
        "OWNERS/_manifest.json",
        "OWNERS/data_00001.csv.gz",
        "_SUCCESS.json",
    ]
    kept = conditional_s3.list_object_versions(Bucket=bucket, Prefix=f"export/{DAY}/OWNERS/data_00000")["Versions"]
    assert len(kept) == 1, "of what was replaced a version stays"


@pytest.mark.parametrize("expired", ["_manifest.json", "data_00000.csv.gz"])
def test_an_earlier_day_that_expires_takes_nothing_from_a_later_one(conditional_s3: Any, prefix: str, expired: str):
    lake = Lake(conditional_s3, "conditional", prefix)
    for day in (EARLIER, DAY):
        lake.write("OWNERS", day, table(day))
        lake.close_day(day, ["OWNERS"])
    conditional_s3.delete_object(Bucket="conditional", Key=f"{prefix}/{EARLIER}/OWNERS/{expired}")
    with pytest.raises(TableMissing if expired == "_manifest.json" else LakeError, match=EARLIER):
        lake.read("OWNERS", EARLIER).collect()
    with lake.exporting(DAY, whole=True, again=True) as held:
        content = table("again")
        content.keeps_columns = True
        held.write("OWNERS", DAY, content)
        held.close_day(DAY, ["OWNERS"])
    assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["again"]
