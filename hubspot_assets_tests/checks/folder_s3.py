"""An S3 client whose objects are the files of a folder, without a server: for what is asked of a day, not of an S3.

What a real S3 does is tested in `lake`. Like rclone's, it has no conditional puts.
"""

import hashlib
import io
from datetime import datetime, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody


class FolderS3:
    """What a lake asks of a boto3 client. Buckets are the folders directly under `directory`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        file = self._directory / Bucket / Key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(Body)
        return {"ETag": _etag(Body)}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        body = self._read(Bucket, Key, "GetObject")
        stream = StreamingBody(io.BytesIO(body), len(body))
        return {"Body": stream, "ContentLength": len(body), "ETag": _etag(body)}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        body = self._read(Bucket, Key, "HeadObject")
        put = datetime.fromtimestamp((self._directory / Bucket / Key).stat().st_mtime, timezone.utc)
        now = {"date": format_datetime(datetime.now(timezone.utc), usegmt=True)}
        return {"ETag": _etag(body), "LastModified": put, "ResponseMetadata": {"HTTPHeaders": now}}

    def list_objects_v2(self, *, Bucket: str, Prefix: str, Delimiter: str = "") -> dict[str, Any]:  # noqa: N803
        bucket = self._directory / Bucket
        files = (file for file in bucket.rglob("*") if file.is_file())
        keys = sorted(key for file in files if (key := file.relative_to(bucket).as_posix()).startswith(Prefix))
        folders = {
            Prefix + key[len(Prefix) :].split("/")[0] + "/" for key in keys if Delimiter and "/" in key[len(Prefix) :]
        }
        shown = [key for key in keys if not any(key.startswith(folder) for folder in folders)]
        contents = [{"Key": key, "ETag": _etag((bucket / key).read_bytes())} for key in shown]
        common = [{"Prefix": folder} for folder in sorted(folders)]
        return {"KeyCount": len(contents) + len(common), "Contents": contents, "CommonPrefixes": common}

    def delete_objects(self, *, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        for one in Delete["Objects"]:
            (self._directory / Bucket / one["Key"]).unlink(missing_ok=True)
        return {}

    def _read(self, bucket: str, key: str, operation: str) -> bytes:
        try:
            return (self._directory / bucket / key).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, operation) from None


def _etag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
