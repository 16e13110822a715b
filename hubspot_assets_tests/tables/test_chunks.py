"""Chunks: the rows of a table do not depend on where chunks or pages end."""

from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from hubspot_assets.hubspot.record_pages.history import History
from hubspot_assets.tables.chunks import filled
from hubspot_assets.tables.frame_files import FrameFiles
from hubspot_assets.tables.properties import Property

from .making import ANY_LOAD, READ_AT, KeptChunks, record, tables

PROPERTIES = [
    Property("amount", "number"),
    Property("closed", "datetime"),
    Property("day", "date"),
    Property("name", "string"),
]
TIMES = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.500Z", "2024-01-02T00:00:00Z", "1999-01-01T00:00:00.000Z"]
TEXTS = st.sampled_from(["", "a;b", "12", "2024-01-02", "2024-01-02T00:00:00Z", 'x"y\n']) | st.text(max_size=5)


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records with and without history, values and keys, as HubSpot has been seen to answer them."""
    names = st.sampled_from([p.name for p in PROPERTIES])
    versions = st.lists(st.tuples(TEXTS, st.sampled_from(TIMES)), max_size=4)
    made = []
    for number in range(draw(st.integers(0, 7))):
        properties = draw(st.dictionaries(names, st.none() | TEXTS))
        history = draw(st.none() | st.dictionaries(names, st.none() | versions))
        made.append(record(number, properties, history, draw(st.none() | st.sampled_from(TIMES))))
    return made


@given(records(), st.integers(1, 30), st.integers(1, 4))
@ANY_LOAD
def test_rows_do_not_depend_on_where_chunks_and_pages_end(records: list[dict[str, Any]], cells: int, page: int):
    assert tables(records, PROPERTIES, 2, page, cells_a_chunk=cells) == tables(records, PROPERTIES, 2)


@given(records(), st.randoms(use_true_random=False))
@ANY_LOAD
def test_rows_do_not_depend_on_the_order_of_hubspots_versions_and_keys(records: list[dict[str, Any]], random: Any):
    shuffled = []
    for one in records:
        values = list(one["properties"].items())
        random.shuffle(values)
        changed = {**one, "properties": dict(values)}
        if (told := one.get("propertiesWithHistory")) is not None:
            changed["propertiesWithHistory"] = History.of(
                {name: random.sample(of, len(of)) for name, of in told.items()}
            )
        shuffled.append(changed)

    assert tables(shuffled, PROPERTIES, 2) == tables(records, PROPERTIES, 2)


@given(records())
@ANY_LOAD
def test_each_table_says_the_same_about_a_record(records: list[dict[str, Any]]):
    made = tables(records, PROPERTIES)

    assert [row["OBJECTID"] for row in made.wide] == [one["id"] for one in records]
    assert [row["OBJECTID"] for row in made.ids] == [one["id"] for one in records]
    assert [row["OBJECTID"] for row in made.with_object_properties] == [one["id"] for one in records]
    current = {(row["OBJECTID"], row["NAME"]): row["VALUE"] for row in made.properties}
    assert len(current) == len(made.properties)
    for row in made.wide:
        for property_ in PROPERTIES:
            column = f"PROPERTY_{property_.name.upper()}"
            text = row[column] if row[column] is not None else row.get(f"PROPERTY_UNPARSED_{property_.name.upper()}")
            value = current.get((row["OBJECTID"], property_.name))
            assert (text is None) == (value is None or (property_.is_parsed and value == ""))
            if property_.type in ("number", "string") and text is not None:
                assert text == value


def test_without_records_there_are_no_chunks():
    chunks = KeptChunks(PROPERTIES)
    chunks.add([], READ_AT)

    assert list(chunks.chunks()) == []
    assert chunks.records == 0


def test_chunks_are_handed_on_as_they_end_and_forgotten_together():
    chunks = KeptChunks(PROPERTIES, cells_a_chunk=1)
    for number in range(5):
        chunks.add([record(number, {"name": "x"})], READ_AT)
        assert (chunks.last_id, chunks.chunk_count) == (str(number), number + 1)

    assert [chunk.values["OBJECTID"].to_list() for chunk in chunks.chunks()] == [[str(n)] for n in range(5)]
    assert chunks.records == 5
    chunks.clear()
    assert (chunks.records, chunks.chunk_count, list(chunks.chunks())) == (0, 0, [])


def test_many_versions_end_a_chunk_as_many_values_do():
    chunks = KeptChunks(PROPERTIES, cells_a_chunk=100)
    for number in range(4):
        chunks.add([record(number, {}, {"name": [("x", TIMES[0])] * 60})], READ_AT)

    assert [chunk.versions.height for chunk in chunks.chunks()] == [120, 120]


def test_a_type_without_properties_has_its_records_all_the_same():
    made = tables([record(1, {"name": "x"}, {"name": [("x", TIMES[0])]}), record(2)], [])

    assert [row["OBJECTID"] for row in made.wide] == ["1", "2"]
    assert set(made.wide[0]) == {"OBJECTTYPEID", "OBJECTID", "UPDATEDAT", "INGESTEDAT"}
    assert [row["PROPERTIES"] for row in made.with_object_properties] == ["{}", "{}"]
    assert made.properties == made.history == []


def test_frames_on_disk_come_back_in_order(tmp_path: Path):
    files = FrameFiles(tmp_path, "links")
    for number in range(3):
        files.add(pl.DataFrame({"n": [number]}))

    assert [frame.item() for frame in files] == [0, 1, 2]
    assert [read().item() for read in files.readers()] == [0, 1, 2]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_chunk_tells_which_properties_any_record_has():
    chunks = KeptChunks(PROPERTIES)
    chunks.add([record(1, {"amount": None, "name": "x"}), record(2, {"name": None})], READ_AT)
    chunks.add([record(3, {"closed": None}, {"closed": [(None, TIMES[0])], "amount": []})], READ_AT)
    (chunk,) = chunks.chunks()

    # Cleared is a value, too.
    assert [p.name for p in filled(chunk.values, PROPERTIES)] == ["closed", "name"]
    assert filled(chunk.values, PROPERTIES[:1]) == []
    assert filled(chunk.values, []) == []


def test_a_frame_on_disk_that_is_taken_is_gone_from_there(tmp_path: Path):
    files = FrameFiles(tmp_path, "waiting")
    files.add(pl.DataFrame({"n": [7]}))

    assert files.bytes(0) == next(tmp_path.iterdir()).stat().st_size
    assert files.taken(0).item() == 7
    assert list(tmp_path.iterdir()) == []
