"""What an export did: the tables that are in, what they lack and why, and what is not in at all.

A day is complete where nothing failed and nothing is missing that you could get. What HubSpot does not
have for this portal or its plan is told, and is no failure. Not here: the export (`defs/run.py`), how this is printed
(`cli/export.py`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hubspot_assets.catalog.table import Table
from hubspot_assets.lake import Manifest, PartUnavailable, Unavailable


@dataclass(frozen=True)
class ExportedTable:
    """A table that is in. `unavailable`: why it is empty, where HubSpot does not give it; `parts`: what it lacks."""

    table: Table
    rows: int
    bytes: int
    files: int
    api_calls: int
    unavailable: Unavailable | None = None
    parts: tuple[PartUnavailable, ...] = ()
    was_in: bool = False
    """Whether an export of the day that died or failed had written it already."""

    @classmethod
    def of(cls, table: Table, manifest: Manifest, *, was_in: bool) -> "ExportedTable":
        """Return what the manifest of a table says of it."""
        return cls(
            table=table,
            rows=manifest.rows,
            bytes=manifest.bytes,
            files=len(manifest.files) + len(manifest.formats),
            api_calls=manifest.api_calls,
            unavailable=manifest.unavailable,
            parts=manifest.parts_unavailable,
            was_in=was_in,
        )

    @property
    def has_public_api(self) -> bool:
        """Whether anybody can read it: a table without one is empty in every portal, and nothing to be mended."""
        return self.table.object_type is None or self.table.object_type.has_public_api

    @property
    def reasons(self) -> Iterator[tuple[str | None, Unavailable]]:
        """What is missing and why: a part by its name, the whole table without one."""
        if self.unavailable and self.has_public_api:
            yield None, self.unavailable
        yield from ((part.part, part) for part in self.parts)


@dataclass
class Cause:
    """One refusal of HubSpot's, and all that is missing for it. `parts`: name of a part -> the tables that lack it."""

    sentence: str
    is_mendable: bool
    empty: list[Table] = field(default_factory=list)
    parts: dict[str, list[Table]] = field(default_factory=dict)

    def add(self, table: Table, part: str | None) -> None:
        """Name the table, or the part of it that is missing."""
        (self.empty if part is None else self.parts.setdefault(part, [])).append(table)

    @property
    def tables(self) -> set[str]:
        """The names of the tables that are not whole for it."""
        return {table.name for tables in (self.empty, *self.parts.values()) for table in tables}


def _key(reason: Unavailable) -> tuple[bool, int | None, str]:
    """Return what is the same for one cause.

    A scope, whatever lacks it, or else an answer of HubSpot's and what to do.
    """
    if reason.scopes:
        return reason.mendable, None, _sentence(reason)
    return reason.mendable, reason.status, _advice(reason)


def _sentence(reason: Unavailable) -> str:
    """Return what a person reads: what to grant, or of several answers that want the same the first one."""
    if not reason.scopes:
        return reason.message
    advice = _advice(reason)
    return (
        f"G{advice[1:]}" if advice.startswith("grant ") else f"Grant the token the scope {' or '.join(reason.scopes)}."
    )


def _advice(reason: Unavailable) -> str:
    """Return the end of the sentence: what to do."""
    return reason.message.rpartition("; ")[2]


@dataclass
class DayExport:
    """What one run did, for the selected tables. `failed`: table name -> one sentence, for those that are not in."""

    day: str
    tables: dict[str, ExportedTable] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    """What failed although the tables are in, such as the closing of the day, in one sentence."""

    @property
    def causes(self) -> list[Cause]:
        """Why something is missing in the tables that are in, each cause once; first those that you can fix."""
        causes: dict[tuple[bool, int | None, str], Cause] = {}
        for _, exported in sorted(self.tables.items()):
            for part, reason in exported.reasons:
                cause = causes.setdefault(_key(reason), Cause(_sentence(reason), reason.mendable))
                cause.add(exported.table, part)
        return sorted(causes.values(), key=lambda cause: not cause.is_mendable)

    @property
    def unavailable(self) -> dict[str, str]:
        """Table name -> why, for tables that are empty because HubSpot does not give them, though others get them."""
        return {table.name: cause.sentence for cause in self.causes for table in cause.empty}

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for is in, as far as this portal has it."""
        return not self.failed and not self.trouble and not any(cause.is_mendable for cause in self.causes)
