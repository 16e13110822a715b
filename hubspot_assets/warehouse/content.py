"""A data file as it lies in the bucket, checked against its manifest. Not here: what is in it."""

import hashlib

from hubspot_assets.lake.errors import LakeError
from hubspot_assets.warehouse.days import Bucket


def checked_content(bucket: Bucket, day: str, name: str, sha256: str) -> bytes:
    """The file `name` of a day's folder. Raises LakeError when it is not what its manifest says, or gone."""
    key = f"{bucket.layout.day(day)}{name}"
    data, _ = bucket.store.get(key)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LakeError(
            f"{bucket.layout.url(key)} is damaged: its SHA-256 is not the one in its manifest. Export the table again."
        )
    return data
