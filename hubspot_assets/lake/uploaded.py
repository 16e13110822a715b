"""What lies between the rows of a table and the table: they are uploaded, and no manifest names them yet.

Not here: how rows are uploaded (`formats`, `writer`), how they become the table (`lake`).
"""

from dataclasses import dataclass

from hubspot_assets.lake.content import TableContent
from hubspot_assets.lake.exported import HeldDay
from hubspot_assets.lake.formats import TableAttempt, Written
from hubspot_assets.lake.manifest import Manifest, ManifestColumn


@dataclass
class UploadedTable:
    """Rows of a table that are uploaded, and that no reader sees yet. `content`: what is said about them, and columns.

    `held`: the day, as whoever uploaded them holds it; `over`: the ETag of the manifest that theirs will replace;
    `replaced`: the data files that it will.
    """

    table: str
    day: str
    content: TableContent
    written: Written
    attempt: TableAttempt
    held: HeldDay
    over: str | None
    replaced: frozenset[str]

    def manifest(self) -> Manifest:
        """Return their manifest."""
        content, written = self.content, self.written
        return Manifest(
            table=self.table,
            day=self.day,
            columns=tuple(
                ManifestColumn(name=one.name, type=one.type, label=one.label, description=one.description)
                for one in content.columns
            ),
            rows=written.rows,
            files=written.files,
            formats=written.formats,
            captured=content.captured(),
            api_calls=content.calls(),
            left_out=dict(content.left_out),
            notes=tuple(content.notes),
            unavailable=content.unavailable,
            carried=content.carried,
            parts_unavailable=tuple(content.parts_unavailable),
            lease=self.held.lease.number,
            reading=content.reading,
        )
