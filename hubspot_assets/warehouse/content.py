"""A data file as it lies in the bucket, checked against its manifest. Not here: what is in it."""

import hashlib
from pathlib import Path

from hubspot_assets.lake.errors import LakeError
from hubspot_assets.warehouse.days import Bucket


def checked_content(bucket: Bucket, key: str, sha256: str) -> bytes:
    """The file under a key. Raises LakeError when it is not what its manifest says, or gone."""
    data, _ = bucket.store.get(key)
    _check(bucket, key, hashlib.sha256(data).hexdigest(), sha256)
    return data


def fetch_checked(bucket: Bucket, key: str, sha256: str, path: Path) -> None:
    """Write the file under a key, which may be too large for the memory, to `path`. Raises as `checked_content`."""
    _check(bucket, key, bucket.store.fetch(key, path), sha256)


def _check(bucket: Bucket, key: str, found: str, sha256: str) -> None:
    if found != sha256:
        raise LakeError(
            f"{bucket.layout.url(key)} is damaged: its SHA-256 differs from the one in the manifest. Export the "
            "table again."
        )
