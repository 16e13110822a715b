"""Two that write one table of a day at the same time: one wins whole, the other is refused.

On a store that honours conditional writes, as Amazon's does: moto's server. rclone's ignores them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest

from hubspot_assets.catalog.columns import Column
from hubspot_assets.lake import Lake, TableContent, TableReplaced
from hubspot_assets.lake.exporting import LeaseLost

DAY = "2026-11-22"


@pytest.fixture
def here(conditional_s3: Any, prefix: str) -> Lake:
    return Lake(conditional_s3, "conditional", prefix)


def export(text: str, meanwhile: Callable[[], object] = lambda: None) -> TableContent:
    def frames() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"ID": ["1"], "TEXT": [text]})
        meanwhile()
        yield pl.DataFrame({"ID": ["2"], "TEXT": [text]})

    return TableContent([Column("ID"), Column("TEXT")], frames())


def objects(client: Any, prefix: str) -> list[str]:
    listed = client.list_objects_v2(Bucket="conditional", Prefix=prefix)["Contents"]
    return [entry["Key"].rpartition("/")[2] for entry in listed]


@pytest.mark.parametrize("before", [[], ["old"]])
def test_of_two_processes_of_one_run_the_first_to_finish_stands_and_the_other_is_refused(
    conditional_s3: Any, prefix: str, here: Lake, before: list[str]
):
    for text in before:
        here.write("OWNERS", DAY, export(text))
    how: dict[str, Any] = {"run": "run", "lasting": True}
    with here.exporting(DAY, **how) as one, here.exporting(DAY, **how) as other:
        with pytest.raises(TableReplaced, match=f"Another process of this run exported OWNERS of {DAY}"):
            one.write("OWNERS", DAY, export("slow", meanwhile=lambda: other.write("OWNERS", DAY, export("quick"))))
        assert here.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["quick", "quick"]
        assert len(objects(conditional_s3, prefix)) == 3
        other.close_day(DAY)


def test_a_run_that_lost_its_day_while_it_wrote_a_table_leaves_that_of_the_other(
    conditional_s3: Any, prefix: str, here: Lake
):
    with here.exporting(DAY) as stopped:

        def meanwhile() -> None:
            with here.exporting(DAY, dead_after=-1) as other:
                other.write("OWNERS", DAY, export("other"))
                other.close_day(DAY)

        with pytest.raises(LeaseLost):
            stopped.write("OWNERS", DAY, export("stopped", meanwhile))
    assert here.read("OWNERS", DAY).collect()["TEXT"].to_list() == ["other", "other"]
    success = here.success(DAY)
    assert success
    assert success.lease == here.manifest("OWNERS", DAY).lease == 2


def test_a_put_whose_answer_was_lost_is_recognised_as_our_own(conditional_s3: Any, prefix: str):
    client = AnswersLost(conditional_s3)
    lake = Lake(client, "conditional", prefix)
    for text, number in (("a", 0), ("b", 1)):
        client.lost = [f"data_0000{number}.csv.gz", "_manifest.json"]
        lake.write("OWNERS", DAY, export(text))
        assert client.lost == []
        assert lake.read("OWNERS", DAY).collect()["TEXT"].to_list() == [text, text]
        assert [file.name for file in lake.manifest("OWNERS", DAY).files] == [f"data_0000{number}.csv.gz"]
        assert objects(conditional_s3, prefix) == ["_manifest.json", f"data_0000{number}.csv.gz"]
    lake.write("OWNERS", DAY, export("c"))
    assert lake.close_day(DAY).tables["OWNERS"].rows == 2


class AnswersLost:
    """Sends the puts of the objects named in `lost` twice, as boto3 does when an answer does not arrive."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.lost: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **arguments: Any) -> Any:
        name = arguments["Key"].rpartition("/")[2]
        if name in self.lost:
            self.lost.remove(name)
            self._client.put_object(**arguments)
        return self._client.put_object(**arguments)
