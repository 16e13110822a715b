"""Two small whole days of everything that is awkward to load, in a real S3: what the tests of this room look at."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import boto3
import polars as pl

from hubspot_assets.catalog.columns import Column, ColumnType
from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import Lake, TableContent, Unavailable
from hubspot_assets.lake.store import Store
from hubspot_assets.warehouse.days import Bucket, WholeDays
from hubspot_assets.warehouse.loading import LoadTable, load_tables
from hubspot_assets_tests.exported import BUCKET, environment

BEFORE, DAY = "2026-11-20", "2026-11-22"
Rows = list[tuple[Any, ...]]

TEXTS = [
    *(None, "", " ", " x ", "\t", "\r", "\n", "\r\n", "a\rb", "a\nb", "a\r\nb", "\n\n", ",", "a,b", '"', '""', '"x"'),
    *("\\", "a\\", '\\"', "\\N", "\\n", "\\,", "NULL", "null", "None", "NA", "NaN", "true", "0012", "1e5", "=1+1"),
    *("#c", "'", "''", "'a'", "-", "{a}", "😀", "é", "\u202eright to left", "\ufeffbom", "\x1a", "\x0b\x0c\x85\u2028"),
    *("中" * 100, "0123456789abcdef" * 4096, "a,\n" * 2000, "a;b", "$1", "%s", "--", "; drop", "\x01x"),
]
LONG_TEXTS = [str(number) * 30_000 for number in range(10, 60)]
"""More than fits into one file of this lake."""
NUMBERS = ["9007199254740993", "0012", "-0.5", "1e3", "3.14", "123456789012345678901234567890123456789", "0.1234567899"]
MOMENTS = [datetime(2026, 3, 29, 1, 30, 0, 500_000), datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_000)]
DATES = [date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]
LONG = "PROPERTY_HS_ANALYTICS_A_VERY_LONG_NAME_THAT_SOMEBODY_GAVE_TO_A_PROPERTY"
ODD = "PROPERTY_ODD-NAME.OF X"
READ = datetime(2026, 11, 23, 0, 30)

_WIDE: dict[str, ColumnType] = {
    "OBJECTTYPEID": "string",
    "OBJECTID": "string",
    "PROPERTY_AMOUNT": "number",
    "PROPERTY_CLOSEDATE": "datetime",
    "PROPERTY_DAY": "date",
    "PROPERTY_EMAIL": "string",
    ODD: "string",
    f"{LONG}_1": "string",
    f"{LONG}_2": "string",
    "PROPERTY_UNPARSED_AMOUNT": "string",
    "UPDATEDAT": "datetime",
    "INGESTEDAT": "datetime",
}


def _each(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]


def contacts(*, with_new: bool) -> TableContent:
    """OBJECTS_CONTACTS; `with_new` puts a column into its middle."""
    types = dict(_WIDE)
    rows: list[dict[str, Any]] = []
    for number, text in enumerate(TEXTS):
        amount = _each([None, *NUMBERS], number)
        rows.append(
            {
                "OBJECTTYPEID": "0-1",
                "OBJECTID": str(10**16 + number),
                "PROPERTY_AMOUNT": amount,
                "PROPERTY_CLOSEDATE": _each([None, *MOMENTS], number),
                "PROPERTY_DAY": _each([None, *DATES], number),
                "PROPERTY_EMAIL": text,
                ODD: TEXTS[number // 2],
                f"{LONG}_1": TEXTS[-number],
                f"{LONG}_2": str(number),
                "PROPERTY_FRESH": "new",
                "PROPERTY_UNPARSED_AMOUNT": amount,
                "UPDATEDAT": MOMENTS[0],
                "INGESTEDAT": READ,
            }
        )
    if with_new:
        items = list(types.items())
        types = dict([*items[:6], ("PROPERTY_FRESH", "string"), *items[6:]])
    return content(types, [{name: row[name] for name in types} for row in rows])


def content(
    types: dict[str, ColumnType], rows: Sequence[dict[str, Any]], unavailable: Unavailable | None = None
) -> TableContent:
    """A table of these columns and rows."""
    columns = [Column(name, kind) for name, kind in types.items()]
    frame = pl.DataFrame(
        {column.name: pl.Series([row[column.name] for row in rows], dtype=column.dtype) for column in columns}
    )
    return TableContent(columns, frame, unavailable)


_PROPERTIES: dict[str, ColumnType] = {
    "OBJECTTYPEID": "string",
    "OBJECTID": "string",
    "NAME": "string",
    "VALUE": "string",
    "UPDATEDAT": "datetime",
    "INGESTEDAT": "datetime",
}


def properties(type_id: str, values: Sequence[str | None]) -> TableContent:
    """A part of OBJECT_PROPERTIES."""
    rows = [
        {
            "OBJECTTYPEID": type_id,
            "OBJECTID": str(number),
            "NAME": "p",
            "VALUE": value,
            "UPDATEDAT": MOMENTS[0],
            "INGESTEDAT": READ,
        }
        for number, value in enumerate(values)
    ]
    return content(_PROPERTIES, rows)


def owners(*names: str) -> TableContent:
    """OWNERS, which has columns whose names are words of SQL."""
    types: dict[str, ColumnType] = {"OWNERID": "string", "TYPE": "string", "ARCHIVED": "boolean", "ORDER": "number"}
    rows = [{"OWNERID": f"0{n}", "TYPE": name, "ARCHIVED": n % 2 == 1, "ORDER": str(n)} for n, name in enumerate(names)]
    return content({**types, "INGESTEDAT": "datetime"}, [{**row, "INGESTEDAT": READ} for row in rows])


REFUSED = Unavailable(status=403, message="HubSpot answered 403.\nGrant ads.read.", scopes=("ads.read",), mendable=True)


def write_days(lake: Lake) -> None:
    """Two whole days; the later one has a column more."""
    for day in (BEFORE, DAY):
        lake.write("OBJECTS_CONTACTS", day, contacts(with_new=day == DAY))
        lake.write("OWNERS", day, owners("PERSON", "QUEUE"))
        lake.write("OBJECT_PROPERTIES/CONTACTS", day, properties("0-1", [*TEXTS, *LONG_TEXTS]))
        lake.write("OBJECT_PROPERTIES/DEALS", day, properties("0-3", ["", None, "x"]))
        lake.write("OBJECT_PROPERTIES/ADS", day, content(_PROPERTIES, [], REFUSED))
        lake.write("OBJECTS_ADS", day, content(_WIDE, [], REFUSED))
        lake.close_day(day)


@dataclass(frozen=True)
class Awkward:
    """The days, where they are on disk, and the environment that leads to them."""

    days: WholeDays
    folder: Path
    environment: dict[str, str]
    s3: DemoS3

    @property
    def lake(self) -> Lake:
        return self.days.bucket.lake

    def tables(self, *names: str, day: str = DAY) -> list[LoadTable]:
        """What there is to load of a day."""
        relations = self.days.relations(day)
        return list(load_tables(self.days, day, {name: relations[name] for name in names or relations}))

    def texts(self, table: LoadTable, day: str = DAY) -> Rows:
        """The rows of a relation as texts, in the order of its columns, by the lake's own reader."""
        names = [column.name for column in table.columns]
        frames = [self.lake.read(part, day).collect() for part in self.days.relations(day)[table.name]]
        whole = pl.concat(frames).select(
            pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S%.3f"), pl.exclude(pl.Datetime).cast(pl.String)
        )
        return whole.select(names).rows()


@contextmanager
def awkward_days(s3: DemoS3, prefix: str, file_bytes: int = 1, formats: Sequence[str] = ("csv",)) -> Iterator[Awkward]:
    """A lake with these days, in files so small that a table has several; the environment leads to it."""
    variables = {
        **s3.environment,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HUBSPOT_S3_URL": f"s3://{BUCKET}/{prefix}",
    }
    with environment(variables):
        client = boto3.Session().client("s3")
        lake = Lake(client, BUCKET, prefix, file_bytes, formats)
        write_days(lake)
        bucket = Bucket(lake, Store(client, BUCKET))
        yield Awkward(WholeDays(bucket), s3.directory / BUCKET / prefix, variables, s3)
