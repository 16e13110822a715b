"""An export of three tables dies at each of its requests in turn; the next makes the day what it would have been."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import polars as pl
import pytest

from hubspot_assets.lake import Lake, LakeError, TableContent
from hubspot_assets.lake.manifest import OneReading
from hubspot_assets_tests.lake.faulty import Faulty
from hubspot_assets_tests.lake.odd_s3 import BUCKET, OddS3, serve_odd_s3

DAY = "2026-11-22"
ALONE, TOGETHER = "OWNERS", ("OBJECTS_X", "OBJECTS/X")


@pytest.fixture(scope="module")
def server() -> Iterator[OddS3]:
    with serve_odd_s3() as s3:
        yield s3


@pytest.fixture(scope="module")
def client(server: OddS3) -> Any:
    return server.client(1)


def export(lake: Lake, state: str) -> None:
    """What an export does: go on with what is in, read the rest, close. Tables of one step are read together."""
    with lake.exporting(DAY, whole=True, dead_after=-1) as held:
        finished = held.finished(DAY).keys()
        for step in ((ALONE,), TOGETHER):
            if not finished >= set(step):
                for table in step:
                    content = TableContent.of_frame(pl.DataFrame({"ID": ["1", "2"], "STATE": [state, state]}))
                    content.reading = OneReading(id=state, tables=step) if len(step) > 1 else None
                    held.write(table, DAY, content)
        held.checkpoints(ALONE, DAY, "abc").put(0, {"values": b"x"})
        held.close_day(DAY, [ALONE, *TOGETHER])


def states(lake: Lake) -> dict[str, set[str]]:
    """What each table of the day holds, as a reader finds it by its manifest."""
    return {name: set(lake.read(name, DAY).collect()["STATE"]) for name in lake.manifests(DAY)}


def test_whatever_request_an_export_dies_at_the_next_one_makes_the_day_what_it_would_have_been(
    server: OddS3, client: Any
) -> None:
    lake = Lake(client, BUCKET, "export")
    server.objects.clear()
    export(lake, "old")
    old = dict(server.objects)

    def died(at: int | None) -> list[str]:
        """Export the day over the old one and die at a request; gives the requests there were."""
        server.objects.clear()
        server.objects.update(old)
        faulty = Faulty(client, at, "dead")
        with suppress(LakeError):
            export(Lake(faulty, BUCKET, "export"), "new")
        there = states(lake)
        assert there.keys() == {ALONE, *TOGETHER}
        assert all(len(found) == 1 for found in there.values()), "a table is of one export"
        if lake.success(DAY):
            assert len({*map(str, there.values())}) == 1, "a day that is closed is of one export"
        export(lake, "new")
        assert set(map(str, states(lake).values())) == {"{'new'}"}
        # Nothing stays but what belongs to the day: no stray, no lease, nothing put aside.
        kinds = sorted(key.rpartition("/")[2].partition("_0")[0] for key in server.objects)
        assert kinds == sorted(["_SUCCESS.json", *["_manifest.json", "data"] * 3])
        return faulty.requests

    # Who dies while asking leaves what one leaves that dies at the next change.
    changes = [at for at, request in enumerate(died(None)) if request.startswith(("put", "delete"))]
    assert len(changes) > 10
    for at in changes:
        died(at)
