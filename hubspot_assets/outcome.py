"""What an export did: the tables that are in, those that are empty and why, those that are not in and why.

Not here: the export (`export.py`), how this is printed (`progress.py`).
"""

from dataclasses import dataclass, field

from dagster_shared.error import SerializableErrorInfo

from hubspot_assets.catalog.object_types import Source
from hubspot_assets.catalog.table import Table
from hubspot_assets.lake import Manifest


@dataclass(frozen=True)
class ExportedTable:
    """A table that is in. `unavailable`: why it is empty, where HubSpot does not give it to this token or plan."""

    table: Table
    rows: int
    bytes: int
    files: int
    api_calls: int
    unavailable: str | None
    missing_scopes: tuple[str, ...] = ()
    """Where a scope is what it lacks: those of which the token needs one."""
    was_in: bool = False
    """Whether an export of the day that died or failed had written it already."""

    @classmethod
    def of(cls, table: Table, manifest: Manifest, *, was_in: bool) -> "ExportedTable":
        """What the manifest of a table says of it."""
        reason = manifest.unavailable
        return cls(
            table=table,
            rows=manifest.rows,
            bytes=manifest.bytes,
            files=len(manifest.files),
            api_calls=manifest.api_calls,
            unavailable=reason.message if reason else None,
            missing_scopes=reason.scopes if reason else (),
            was_in=was_in,
        )

    @property
    def has_public_api(self) -> bool:
        """Whether anybody can read it: a table without one is empty in every portal, and nothing to be mended."""
        return self.table.object_type is None or self.table.object_type.source is not Source.NONE_KNOWN


@dataclass
class DayExport:
    """What one run did, for the selected tables. `failed`: table name -> one sentence, for those that are not in."""

    day: str
    tables: dict[str, ExportedTable] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def unavailable(self) -> dict[str, str]:
        """Table name -> why, for tables that are empty and would not be with another scope or plan."""
        return {
            # Without the path and the correlation id of each call, one missing scope is one reason.
            name: f"Grant the token the scope {' or '.join(t.missing_scopes)}." if t.missing_scopes else t.unavailable
            for name, t in self.tables.items()
            if t.unavailable and t.has_public_api
        }

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for is in."""
        return not self.failed and not self.unavailable


@dataclass
class Failures:
    """Step to sentence, as they come, and what is said of a step that was not reached."""

    by_step: dict[str, str] = field(default_factory=dict)
    otherwise: str = "not reached, because a table it is made of failed"

    def of(self, step: str) -> str:
        """Why the tables of a step are not in."""
        return self.by_step.get(step, self.otherwise)


def sentence(error: SerializableErrorInfo | None) -> str:
    """What a person should read of an error that Dagster tells."""
    # Below Dagster's own errors is the one that was written to be read; below that, what a library said of it.
    while error is not None and error.cause is not None and (error.cls_name or "").startswith("Dagster"):
        error = error.cause
    if error is None:
        return "failed"
    message = error.message.strip()
    return message.split(": ", 1)[1] if ": " in message else message
