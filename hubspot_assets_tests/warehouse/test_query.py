"""What the schemas of `query` hold, what is fetched for a statement, and that nothing is written."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hubspot_assets.demo.s3 import DemoS3
from hubspot_assets.lake import LakeError
from hubspot_assets.settings import Settings
from hubspot_assets.warehouse.days import Bucket
from hubspot_assets.warehouse.errors import WarehouseError
from hubspot_assets.warehouse.query.session import Session, open_session
from hubspot_assets_tests.warehouse.awkward import (
    BEFORE,
    DAY,
    TEXTS,
    Awkward,
    awkward_days,
    content,
    owners,
    properties,
)


@pytest.fixture
def session(awkward: Awkward) -> Iterator[Session]:
    assert awkward.days.all == [BEFORE, DAY]
    with open_session(Settings()) as opened:
        yield opened


def rows(session: Session, statement: str) -> list[tuple[Any, ...]]:
    answer = session.run(statement)
    return answer.rows() if answer else []


def test_every_cell_of_every_table_is_as_the_lake_reads_it(awkward: Awkward, session: Session) -> None:
    for table in awkward.tables():
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        found = rows(session, f"SELECT {names} FROM V2_LIVE.{table.name}")
        expected = awkward.texts(table)
        assert len(found) == len(expected)
        for cells, texts in zip(
            sorted(found, key=repr), sorted(_typed(expected, table.columns), key=repr), strict=True
        ):
            assert cells == texts, table.name


def _typed(texts: list[tuple[Any, ...]], columns: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(None if t is None else _cell(t, column.kind.value) for t, column in zip(row, columns, strict=True))
        for row in texts
    ]


def _cell(text: str, kind: str) -> Any:
    if kind == "number":
        number = Decimal(text)
        return None if abs(number) >= 10**29 else number.quantize(Decimal("1.000000000"), rounding="ROUND_HALF_UP")
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    if kind == "date":
        return date.fromisoformat(text)
    return text == "true" if kind == "boolean" else text


def test_an_id_beyond_what_a_float_holds_is_exact_and_compares_with_a_number(session: Session) -> None:
    assert rows(session, "SELECT PROPERTY_AMOUNT FROM OBJECTS_CONTACTS WHERE PROPERTY_AMOUNT > 9007199254740992") == [
        (Decimal("9007199254740993"),)
    ] * len(rows(session, "FROM OBJECTS_CONTACTS WHERE PROPERTY_UNPARSED_AMOUNT = '9007199254740993'"))
    assert rows(session, "SELECT OBJECTID FROM objects_contacts WHERE objectid = 10000000000000001") == [
        ("10000000000000001",)
    ]
    assert len(rows(session, "FROM objects_contacts WHERE objectid > 10000000000000050")) == len(TEXTS) - 51


def test_what_is_too_large_for_a_decimal_is_null_and_its_text_stands_beside(session: Session) -> None:
    (found,) = rows(
        session,
        "SELECT DISTINCT PROPERTY_AMOUNT, PROPERTY_UNPARSED_AMOUNT FROM OBJECTS_CONTACTS "
        "WHERE length(PROPERTY_UNPARSED_AMOUNT) > 30",
    )
    assert found == (None, "123456789012345678901234567890123456789")


def test_a_cast_is_made_of_the_rows_that_are_asked_for_and_of_no_others(session: Session) -> None:
    statement = "SELECT CAST(VALUE AS INTEGER) FROM OBJECT_PROPERTIES WHERE OBJECTTYPEID = '0-1' AND VALUE = '0012'"
    assert rows(session, statement) == [(12,)]


def test_null_and_an_empty_text_are_two(session: Session) -> None:
    counted = "SELECT count(*) FILTER (VALUE IS NULL), count(*) FILTER (VALUE = '') FROM OBJECT_PROPERTIES"
    assert rows(session, counted) == [(2, 2)]


def test_a_combined_table_has_the_rows_of_all_its_parts(session: Session) -> None:
    assert rows(session, "SELECT OBJECTTYPEID, count(*) FROM object_properties GROUP BY 1 ORDER BY 1") == [
        ("0-1", len(TEXTS) + 50),
        ("0-3", 3),
    ]


def test_v2_daily_has_every_whole_day_and_null_for_a_column_that_a_day_lacks(session: Session) -> None:
    counted = "SELECT DAY, count(*), count(PROPERTY_FRESH) FROM v2_daily.objects_contacts GROUP BY 1 ORDER BY 1"
    assert rows(session, counted) == [
        (date.fromisoformat(BEFORE), len(TEXTS), 0),
        (date.fromisoformat(DAY), len(TEXTS), len(TEXTS)),
    ]
    answer = session.run("FROM V2_DAILY.OBJECTS_CONTACTS")
    assert answer is not None
    assert answer.columns[:3] == ["DAY", "OBJECTTYPEID", "OBJECTID"]


def test_use_makes_another_schema_the_one_of_bare_names(session: Session) -> None:
    session.run("USE V2_DAILY")
    assert rows(session, "SELECT count(DISTINCT DAY) FROM owners") == [(2,)]


@pytest.mark.parametrize(
    "name", ["owners", "OWNERS", "V2_LIVE.OWNERS", "hub_1.v2_live.owners", '"My Hub".V2_LIVE.OWNERS']
)
def test_names_are_as_in_the_share_whatever_the_database_is_called(session: Session, name: str) -> None:
    assert rows(session, f"SELECT OWNERID, ARCHIVED FROM {name} ORDER BY 1") == [("00", False), ("01", True)]


def test_the_tables_and_their_columns_can_be_listed(session: Session) -> None:
    assert rows(session, "SHOW TABLES") == [
        ("OBJECTS_ADS",),
        ("OBJECTS_CONTACTS",),
        ("OBJECT_PROPERTIES",),
        ("OWNERS",),
    ]
    kinds = rows(session, "SELECT column_name, column_type FROM (DESCRIBE owners)")
    assert dict(kinds) == {
        "OWNERID": "VARCHAR",
        "TYPE": "VARCHAR",
        "ARCHIVED": "BOOLEAN",
        "ORDER": "DECIMAL(38,9)",
        "INGESTEDAT": "TIMESTAMP",
    }


class Counting:
    """A store that notes which data files were fetched."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.fetched: list[str] = []

    def get(self, key: str) -> tuple[bytes, str]:
        self.fetched.append(key)
        return self._store.get(key)


def test_only_files_that_a_statement_comes_to_are_fetched(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = session.days.bucket
    counting = Counting(bucket.store)
    monkeypatch.setattr(session._files, "_bucket", Bucket(bucket.lake, counting))  # type: ignore[arg-type]
    session.run("DESCRIBE V2_DAILY.OWNERS")
    session.run("SHOW TABLES")
    assert counting.fetched == []
    assert rows(session, f"SELECT count(*) FROM V2_DAILY.OWNERS WHERE DAY = '{BEFORE}'") == [(2,)]
    assert counting.fetched == [f"awkward/{BEFORE}/OWNERS/data_00000.csv.gz"]
    session.run(f"SELECT OWNERID FROM V2_DAILY.OWNERS WHERE DAY = '{BEFORE}'")
    assert len(counting.fetched) == 1, "what was fetched is kept"


def test_a_day_that_is_not_whole_is_not_shown(s3: DemoS3) -> None:
    with awkward_days(s3, "open") as days:
        days.lake.write("OWNERS", "2026-11-24", owners("NOBODY"))
        with open_session(Settings()) as session:
            assert rows(session, "SELECT max(TYPE) FROM OWNERS") == [("QUEUE",)]
            assert rows(session, "SELECT count(DISTINCT DAY) FROM V2_DAILY.OWNERS") == [(2,)]
            days.lake.close_day("2026-11-24")
            session.refresh()
            assert rows(session, "SELECT max(TYPE) FROM OWNERS") == [("NOBODY",)]


def test_a_table_that_is_exported_again_meanwhile_is_read_again(s3: DemoS3) -> None:
    with awkward_days(s3, "again") as days, open_session(Settings()) as session:
        session.run("DESCRIBE OWNERS")
        days.lake.write("OWNERS", DAY, owners("A", "B", "C"))
        days.lake.close_day(DAY)
        assert rows(session, "SELECT count(*) FROM OWNERS") == [(3,)]


def test_a_column_of_two_types_in_two_days_is_text(s3: DemoS3) -> None:
    with awkward_days(s3, "types") as days:
        for day, kind in ((BEFORE, "number"), (DAY, "string")):
            cells = {"OBJECTID": "1", "PROPERTY_N": "0012", "INGESTEDAT": None}
            types = {"OBJECTID": "string", "PROPERTY_N": kind, "INGESTEDAT": "datetime"}
            days.lake.write("OBJECTS_X", day, content(types, [cells]))  # type: ignore[arg-type]
            days.lake.close_day(day)
        with open_session(Settings()) as session:
            assert rows(session, "SELECT DISTINCT PROPERTY_N FROM V2_DAILY.OBJECTS_X") == [("0012",)]


def test_a_row_of_many_megabytes_is_read(s3: DemoS3) -> None:
    with awkward_days(s3, "long") as days:
        days.lake.write("OBJECT_PROPERTIES/DEALS", DAY, properties("0-3", ["x" * 30_000_000, "", None]))
        days.lake.close_day(DAY)
        with open_session(Settings()) as session:
            counted = "SELECT count(*), max(length(VALUE)) FROM OBJECT_PROPERTIES WHERE OBJECTTYPEID = '0-3'"
            assert rows(session, counted) == [(3, 30_000_000)]


def test_a_damaged_file_is_told_and_never_read(s3: DemoS3) -> None:
    with awkward_days(s3, "damaged") as days:
        (days.folder / DAY / "OWNERS" / "data_00000.csv.gz").write_bytes(b"something else")
        with (
            open_session(Settings()) as session,
            pytest.raises(LakeError, match=r"OWNERS/data_00000\.csv\.gz is damaged"),
        ):
            rows(session, "FROM OWNERS")


def test_nothing_is_written_into_the_bucket(session: Session, awkward: Awkward, tmp_path: Any) -> None:
    before = sorted(path.relative_to(awkward.folder) for path in awkward.folder.rglob("*"))
    for statement in ("DELETE FROM OWNERS", "COPY (FROM OWNERS) TO 'hubspot://DAY=2026-11-22/OWNERS/x.csv'"):
        with pytest.raises((WarehouseError, LakeError)):
            session.run(statement)
    session.run(f"COPY (FROM OWNERS) TO '{tmp_path}/owners.csv'")
    assert (tmp_path / "owners.csv").read_text().count("\n") == 3
    assert sorted(path.relative_to(awkward.folder) for path in awkward.folder.rglob("*")) == before


class Interrupted:
    """What DuckDB makes of Ctrl-C while a statement runs."""

    def execute(self, _: str) -> None:
        raise RuntimeError("Query interrupted")


def test_an_interrupt_is_an_interrupt_and_no_error(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_connection", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        session.run_as_it_is("SELECT 1")
