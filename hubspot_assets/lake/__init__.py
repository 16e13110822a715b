"""Day folders in S3: tables in, tables out, whole or not at all.

    lake = Lake.from_url("s3://bucket/prefix", boto3.client("s3"))
    lake.write("OWNERS", "2026-11-22", TableContent(columns, frames))
    lake.read("OWNERS", "2026-11-22").select("OWNERID").collect()

The Dagster side is apart, in `lake.resource` and `lake.io_manager`, so that a script pays for none of it.
"""

from hubspot_assets.lake.content import TableContent
from hubspot_assets.lake.errors import LakeError, SchemaMismatch, TableMissing, TableReplaced
from hubspot_assets.lake.lake import Lake
from hubspot_assets.lake.manifest import Manifest, PartUnavailable, Success, Unavailable

__all__ = [
    "Lake",
    "LakeError",
    "Manifest",
    "PartUnavailable",
    "SchemaMismatch",
    "Success",
    "TableContent",
    "TableMissing",
    "TableReplaced",
    "Unavailable",
]
