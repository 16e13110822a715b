"""Objects that do not fit into memory: files of the local disk to S3, and back, a part at a time.

Here: a put in parts, which takes effect whole or not at all when its last request does, and a read into a file. Not
here: small objects (`store`), what the files hold.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from hubspot_assets.lake.errors import LakeError, may_have_taken_effect, s3_errors

PART_BYTES = 32_000_000
"""S3 takes 10,000 parts of an object, so one of 320 GB."""

_SHA256 = "sha256"


def put_in_parts(
    client: Any,
    bucket: str,
    key: str,
    path: Path,
    sha256: str,
    content_type: str,
    condition: dict[str, str],
    before_it_takes_effect: Callable[[], None],
) -> None:
    """Put a file. Raises `PreconditionFailed` where the condition does not hold, and LakeError.

    `before_it_takes_effect` is called when all parts are there, and raises where the file must not come in any more.
    """
    place, url = {"Bucket": bucket, "Key": key}, f"s3://{bucket}/{key}"
    with s3_errors("write", url):
        begun = client.create_multipart_upload(**place, ContentType=content_type, Metadata={_SHA256: sha256})
        upload = {**place, "UploadId": begun["UploadId"]}
    try:
        with s3_errors("write", url):
            parts = [
                {"PartNumber": number, "ETag": client.upload_part(**upload, PartNumber=number, Body=part)["ETag"]}
                for number, part in enumerate(_parts(path), 1)
            ]
            before_it_takes_effect()
            client.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}, **condition)
    except BaseException as error:
        # When only the answer was lost, a repetition meets an upload that is over.
        if isinstance(error, LakeError) and may_have_taken_effect(error) and _is_there(client, place, sha256):
            return
        # What stays of it costs and is not seen.
        with suppress(LakeError), s3_errors("write", url):
            client.abort_multipart_upload(**upload)
        raise


def fetch(client: Any, bucket: str, key: str, path: Path) -> str:
    """Write an object into a file, and give its SHA-256. Raises `ObjectMissing`, and LakeError."""
    digest = hashlib.sha256()
    with s3_errors("read", f"s3://{bucket}/{key}"), path.open("wb") as file:
        for part in client.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1_000_000):
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    for part in _parts(path):
        digest.update(part)
    return digest.hexdigest()


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(PART_BYTES):
            yield part


def _is_there(client: Any, place: dict[str, str], sha256: str) -> bool:
    try:
        return bool(client.head_object(**place)["Metadata"].get(_SHA256) == sha256)
    except client.exceptions.ClientError:
        return False
