"""What a day's manifests say to somebody who loads its tables: columns, files, and what is new since the day before.

Here: plain facts, the same for every warehouse. Not here: statements (`dialects`, `script.py`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hubspot_assets.lake.manifest import Manifest
from hubspot_assets.warehouse.days import WholeDays
from hubspot_assets.warehouse.kinds import Kind, kind_of
from hubspot_assets.warehouse.relations import Relations
from hubspot_assets.warehouse.wording import one_line


@dataclass(frozen=True)
class LoadColumn:
    """A column as the files name it, and what its cells are."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class LoadFile:
    """A data file: below `folder` of its table, and whole."""

    name: str
    url: str
    sha256: str


@dataclass(frozen=True)
class LoadTable:
    """A relation of a day. `folder` ends with a slash; `before`: the columns of the day before, None for a new one."""

    name: str
    columns: tuple[LoadColumn, ...]
    folder: str
    files: tuple[LoadFile, ...]
    rows: int
    before: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    typed: tuple[tuple[Manifest, str], ...] = ()
    """The parts that have no file of CSV, and the addresses of their typed ones."""

    @property
    def added(self) -> tuple[LoadColumn, ...]:
        """The columns that the day before did not have."""
        return tuple(column for column in self.columns if self.before is not None and column.name not in self.before)

    @property
    def known(self) -> tuple[LoadColumn, ...]:
        """The columns that the day before had, too."""
        return tuple(column for column in self.columns if column not in self.added)

    @property
    def is_reshaped(self) -> bool:
        """Whether the columns are not those of the day before, in their order."""
        return self.before is not None and self.before != tuple(column.name for column in self.columns)

    @property
    def appends(self) -> bool:
        """Whether the columns begin with all of the day before, so that readers by place read older days, too."""
        return self.before is None or self.before == tuple(column.name for column in self.columns[: len(self.before)])


def load_tables(days: WholeDays, day: str, relations: Relations) -> Iterator[LoadTable]:
    """These relations of a whole day, compared with the whole day before. Raises LakeError."""
    before = days.before(day)
    before_relations = days.relations(before) if before else {}
    wanted = [(day, part) for parts in relations.values() for part in parts]
    earlier = [(before, part) for name in relations for part in before_relations.get(name, ()) if before]
    days.manifests([*wanted, *earlier])
    for name in relations:
        manifests = days.manifests_of(day, name)
        old = columns_of(days.manifests_of(before, name).values()) if before and name in before_relations else None
        yield _load_table(days, day, name, manifests, old)


def columns_of(manifests: Iterable[Manifest]) -> tuple[LoadColumn, ...]:
    """The columns of all these manifests together, in order of appearance; of two kinds of one column, text."""
    kinds: dict[str, Kind] = {}
    for manifest in manifests:
        for column in manifest.columns:
            kind = kind_of(column.type)
            kinds[column.name] = kind if kinds.get(column.name, kind) is kind else Kind.TEXT
    return tuple(LoadColumn(name, kind) for name, kind in kinds.items())


def _load_table(
    days: WholeDays, day: str, name: str, manifests: Mapping[str, Manifest], old: tuple[LoadColumn, ...] | None
) -> LoadTable:
    layout = days.bucket.layout
    folder = layout.table(name, day)
    files = [
        LoadFile(
            f"{layout.table(part, day)}{file.name}".removeprefix(folder),
            layout.url(f"{layout.table(part, day)}{file.name}"),
            file.sha256,
        )
        for part, manifest in manifests.items()
        for file in manifest.files
    ]
    return LoadTable(
        name,
        columns_of(manifests.values()),
        layout.url(folder),
        tuple(files),
        sum(manifest.rows for manifest in manifests.values()),
        tuple(column.name for column in old) if old is not None else None,
        tuple(_notes(manifests)),
        tuple(
            (manifest, layout.url(layout.root + typed[1].name))
            for manifest in manifests.values()
            if (typed := manifest.instead_of_csv)
        ),
    )


def _notes(manifests: Mapping[str, Manifest]) -> Iterator[str]:
    for part, manifest in manifests.items():
        if manifest.unavailable:
            yield f"{part} is empty because HubSpot did not return it: {one_line(manifest.unavailable.message)}."
        for missing in manifest.parts_unavailable:
            yield f"{part} lacks {one_line(missing.part)}: {one_line(missing.message)}."
