"""The two JSON documents: exactly the keys that the contract names, there and back."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, LakeError, Manifest, Success, TableContent, Unavailable
from hubspot_assets.lake.manifest import OneReading, parse

DAY = "2026-11-22"


def content(**said) -> TableContent:
    columns = [Column("OWNERID", "number", "Of whom?", "Owner"), Column("INGESTEDAT", "datetime")]
    return TableContent(columns, [], **said)


def test_a_manifest_has_exactly_the_keys_of_the_contract(lake: Lake, folder):
    began = datetime(2026, 11, 23, 0, 5, 1, 2_000, tzinfo=timezone.utc)
    lake.write(
        "OWNERS",
        DAY,
        content(
            unavailable=Unavailable(status=403, message="Not allowed.", scopes=("crm.objects.owners.read",)),
            left_out={"archived while read": 2},
            notes=["Named after its id."],
            api_calls=lambda: 7,
            captured_from=began,
            captured_to=lambda: (began + timedelta(seconds=61)).astimezone(timezone(timedelta(hours=5))),
        ),
    )
    table = folder / DAY / "OWNERS"
    data = (table / "data_00000.csv.gz").read_bytes()
    written = json.loads((table / "_manifest.json").read_bytes())
    assert len(written["files"][0].pop("sha256")) == 64
    assert written == {
        "table": "OWNERS",
        "day": DAY,
        "columns": [
            {"name": "OWNERID", "type": "number", "label": "Owner", "description": "Of whom?"},
            {"name": "INGESTEDAT", "type": "datetime", "label": "", "description": ""},
        ],
        "rows": 0,
        "files": [{"name": "data_00000.csv.gz", "rows": 0, "bytes": len(data)}],
        "captured": {"from": "2026-11-23T00:05:01.002Z", "to": "2026-11-23T00:06:02.002Z"},
        "api_calls": 7,
        "left_out": {"archived while read": 2},
        "notes": ["Named after its id."],
        "unavailable": {
            "status": 403,
            "message": "Not allowed.",
            "scopes": ["crm.objects.owners.read"],
            "mendable": False,
        },
        "lease": 1,
    }


def test_what_is_not_known_is_null_in_the_manifest(lake: Lake):
    written = json.loads(lake.write("OWNERS", DAY, content()).to_json())
    assert (written["captured"], written["unavailable"]) == ({"from": None, "to": None}, None)


def test_a_success_document_has_exactly_the_keys_of_the_contract(lake: Lake, folder):
    refused = Unavailable(status=None, message="Not on this plan.")
    written = [lake.write("OWNERS", DAY, content()), lake.write("TEAMS", DAY, content(unavailable=refused))]
    lake.close_day(DAY)
    assert json.loads((folder / DAY / "_SUCCESS.json").read_bytes()) == {
        "day": DAY,
        "tables": {
            "OWNERS": {"rows": 0, "bytes": written[0].bytes, "unavailable": None},
            "TEAMS": {
                "rows": 0,
                "bytes": written[1].bytes,
                "unavailable": {"status": None, "message": "Not on this plan.", "scopes": [], "mendable": False},
            },
        },
        "lease": 3,
    }


def test_documents_survive_their_json(lake: Lake):
    captured = datetime(2026, 11, 23, 0, 5, 1, 2_000)
    reading = OneReading(id="run/step/0", tables=("OWNERS", "OWNER_TEAM"))
    manifest = lake.write("OWNERS", DAY, content(captured_from=captured, reading=reading))
    assert parse(Manifest, manifest.to_json(), "s3://x") == manifest == lake.manifest("OWNERS", DAY)
    success = lake.close_day(DAY)
    assert parse(Success, success.to_json(), "s3://x") == success == lake.success(DAY)


_CARRIED = {"day": DAY, "records": 1, "read_whole": DAY}


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"rows": "many"},
        {"columns": [{"name": "A", "type": "float"}]},
        {"files": None},
        {"captured": {"from": 5, "to": None}},
        {"captured": {"from": None, "to": []}},
        {"captured": {"from": "0001-01-01T00:00:00+14:00", "to": None}},
        {"carried": {**_CARRIED, "read_whole": "last week"}},
        {"carried": {**_CARRIED, "day": "2026-02-30"}},
    ],
)
def test_a_manifest_that_is_not_one_is_refused_and_can_be_replaced(
    s3, prefix: str, lake: Lake, change: dict[str, object]
):
    good = json.loads(lake.write("OWNERS", DAY, content()).to_json())
    key = f"{prefix}/{DAY}/OWNERS/_manifest.json"
    s3.put_object(Bucket="lake", Key=key, Body=json.dumps(good | change).encode())
    with pytest.raises(
        LakeError, match=rf"OWNERS/_manifest.json is not a valid manifest \({next(iter(change))}.*\): export"
    ):
        lake.manifest("OWNERS", DAY)
    lake.write("OWNERS", DAY, content())
    assert lake.manifest("OWNERS", DAY).rows == 0


_DEEP = b"[" * 200_000


@pytest.mark.parametrize("table", ["OWNERS", "OF_NO_EXPORT"])
def test_a_manifest_that_is_nested_without_end_keeps_no_day_open(s3, prefix: str, lake: Lake, table: str):
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/{table}/_manifest.json", Body=_DEEP)
    with lake.exporting(DAY, whole=True) as held:
        assert held.finished(DAY) == {}
        held.write("OWNERS", DAY, content())
        assert list(held.close_day(DAY, ["OWNERS"]).tables) == ["OWNERS"]


def test_a_closing_that_is_nested_without_end_is_no_closing(s3, prefix: str, lake: Lake):
    lake.write("OWNERS", DAY, content())
    s3.put_object(Bucket="lake", Key=f"{prefix}/{DAY}/_SUCCESS.json", Body=_DEEP)
    with pytest.raises(LakeError, match=r"_SUCCESS.json is not a valid success \(the document: Invalid JSON"):
        lake.success(DAY)
    assert lake.close_day(DAY, ["OWNERS"]).lease == 2
