"""What a day holds, so that two exports of the same portal can be compared row for row.

INGESTEDAT, the time of reading, is the only column in which two exports of an unchanged portal may differ.
"""

from collections import Counter
from dataclasses import dataclass

import polars as pl

from hubspot_assets.lake import Lake

_READ_AT = "INGESTEDAT"


@dataclass(frozen=True)
class Day:
    """Table -> its rows with how often each is there, and whether HubSpot gave the table."""

    tables: dict[str, Counter[tuple[object, ...]]]
    unavailable: frozenset[str]

    @property
    def rows(self) -> int:
        return sum(sum(rows.values()) for rows in self.tables.values())


def read_day(lake: Lake, day: str) -> Day:
    """Every row of every table of a day."""
    manifests = lake.manifests(day)
    return Day(
        {name: _rows(lake.read(name, day).collect()) for name in manifests},
        frozenset(name for name, manifest in manifests.items() if manifest.unavailable),
    )


def differences(found: Day, expected: Day) -> list[str]:
    """One sentence for each table that is not as expected."""
    said = [f"{name} is missing" for name in sorted(expected.tables.keys() - found.tables.keys())]
    said += [f"{name} should not be there" for name in sorted(found.tables.keys() - expected.tables.keys())]
    for name in sorted(expected.tables.keys() & found.tables.keys()):
        lost = expected.tables[name] - found.tables[name]
        more = found.tables[name] - expected.tables[name]
        doubled = sum(count for row, count in more.items() if row in expected.tables[name])
        if lost or more:
            said.append(
                f"{name}: {sum(lost.values())} rows lost, {doubled} doubled, {sum(more.values()) - doubled} invented, "
                f"such as {next(iter(lost or more))}"[:600]
            )
    if found.unavailable != expected.unavailable:
        said.append(f"unavailable is not the same: {sorted(found.unavailable ^ expected.unavailable)}")
    return said


def _rows(frame: pl.DataFrame) -> Counter[tuple[object, ...]]:
    return Counter(frame.drop(_READ_AT, strict=False).iter_rows())


def one_sided(lake: Lake, day: str) -> list[str]:
    """One sentence for each pair of object types of which the two directions do not tell the same associations."""
    tables = {name: found for name, found in lake.manifests(day).items() if name.startswith("ASSOCIATIONS_")}
    ends = {name: _ends(lake, name, day) for name in tables}
    said = []
    for name in sorted(tables):
        near, _, far = name.removeprefix("ASSOCIATIONS_").partition("_TO_")
        back = f"ASSOCIATIONS_{far}_TO_{near}"
        if (
            name < back
            and back in ends
            and ends[name] != (mirrored := Counter({(b, a): n for (a, b), n in ends[back].items()}))
        ):
            said.append(f"{name} and {back} differ by {len((ends[name] - mirrored) + (mirrored - ends[name]))} pairs")
    return said


def _ends(lake: Lake, table: str, day: str) -> Counter[tuple[object, ...]]:
    return Counter(lake.read(table, day).collect().select(pl.nth(0, 1)).iter_rows())
