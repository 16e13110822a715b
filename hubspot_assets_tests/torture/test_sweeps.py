"""A few of the kills of a whole Dagster run that `make torture` tries all of, and that a sweep finds what is wrong."""

from collections.abc import Iterator

import pytest

from hubspot_assets_tests.sampled import sampled
from hubspot_assets_tests.torture import sweeps
from hubspot_assets_tests.torture.sweeps import DAY, Place


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with sweeps.place(tmp_path_factory.mktemp("sweep") / "place") as made:
        yield made


@pytest.mark.parametrize("share", sampled([0.4, 0.9], 1))
def test_wherever_an_export_is_killed_the_next_one_makes_the_day_what_it_would_have_been(
    there: Place, share: float
) -> None:
    assert sweeps.whole_export_killed(there, round(share * (there.changes - 1))) == []


def test_wherever_a_run_over_one_type_is_killed_the_day_is_closed_again_or_told_to_be_of_two_readings(
    there: Place,
) -> None:
    # The put of the lease, the opening of the day, then a file, a manifest and a deletion for each of six tables.
    assert sweeps.single_table_killed(there, 5) == []


def test_what_a_kill_leaves_is_found(there: Place) -> None:
    there.as_before()
    killed = there.run(*sweeps.WHOLE, dies_at=there.changes // 2)
    found = " ".join(sweeps.flaws(there, killed, "now"))
    for told in ("now: ended with -9", "now: the day is not closed", "_EXPORTING.json", "STARTED"):
        assert told in found, found
    assert there.lake.success(DAY) is None
