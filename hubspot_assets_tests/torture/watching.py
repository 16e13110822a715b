"""A reader that looks at a day again and again while it is exported, killed, and exported again.

It reads S3 as any program would, not through the lake: by manifest (every file that one names is there, with its hash
and its rows), and by glob when `_SUCCESS.json` is there (the data files are those of whole tables and nothing else).
What it may see is the old version of a table or the new one. It looks twice before it complains: between two of its
requests a table may have been replaced, and then the manifest, or `_SUCCESS.json`, is another one.
"""

import csv
import gzip
import hashlib
import io
import json
import threading
from typing import Any

import botocore.exceptions

MANIFEST, SUCCESS = "_manifest.json", "_SUCCESS.json"


class Watcher:
    """Watches `s3://<bucket>/<folder>` in a thread of its own. A context manager; its numbers say what it saw."""

    def __init__(self, client: Any, bucket: str, folder: str, pause: float = 0.2) -> None:
        self._client, self._bucket, self._folder, self._pause = client, bucket, folder, pause
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)
        self._rows: dict[tuple[str, str], tuple[int, str]] = {}
        self._good: set[tuple[str, str]] = set()
        self.polls = self.tables_by_manifest = self.tables_by_glob = self.versions = 0
        self.complaints: list[str] = []

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(self._pause):
            try:
                self.poll()
            except Exception as error:
                self.complaints.append(f"the reader itself failed: {error!r}")
                return

    def poll(self) -> None:
        """Look once."""
        before = self._head(SUCCESS)
        listed = self._listed()
        self.polls += 1
        for key, tag in listed.items():
            if key.endswith(f"/{MANIFEST}"):
                self._by_manifest(key, tag, listed)
        if before is not None:
            self._by_glob(before, listed)

    def _by_manifest(self, key: str, tag: str, listed: dict[str, str]) -> None:
        for _ in range(5):
            found = self._get(key)
            if found is None:
                self.complaints.append(f"{key} was there and is gone")
                return
            body, tag = found
            flaw = self._flaw(key, tag, body, listed)
            if flaw is None:
                self.tables_by_manifest += 1
                return
            again = self._get(key)
            if again is not None and again[1] == tag:
                break
            listed = self._listed()
        self.complaints.append(f"by manifest, {key}: {flaw}")

    def _flaw(self, key: str, tag: str, body: bytes, listed: dict[str, str]) -> str | None:
        folder = key[: -len(MANIFEST)]
        manifest = json.loads(body)
        if (key, tag) in self._good and all(folder + file["name"] in listed for file in manifest["files"]):
            return None
        for file in manifest["files"]:
            try:
                rows, sha256 = self._content(folder + file["name"], listed.get(folder + file["name"]))
            except _Missing:
                return f"{file['name']} is not there"
            if (rows, sha256) != (file["rows"], file["sha256"]):
                return f"{file['name']} has {rows} rows and SHA-256 {sha256}, not {file['rows']} and {file['sha256']}"
        if sum(file["rows"] for file in manifest["files"]) != manifest["rows"]:
            return "its rows are not the sum of its files'"
        self.versions += 1
        self._good.add((key, tag))
        return None

    def _by_glob(self, before: str, listed: dict[str, str]) -> None:
        found = self._get(self._folder + SUCCESS)
        counted: dict[str, int] = {}
        missing = False
        for key, tag in listed.items():
            if key.endswith(".csv.gz"):
                table = key[len(self._folder) :].rpartition("/")[0]
                try:
                    counted[table] = counted.get(table, 0) + self._content(key, tag)[0]
                except _Missing:
                    missing = True
        if found is None or self._head(SUCCESS) != before:
            return  # the day was opened meanwhile
        told = {name: table["rows"] for name, table in json.loads(found[0])["tables"].items()}
        self.tables_by_glob += len(counted)
        if missing or counted != told:
            wrong = {name: (counted.get(name), told.get(name)) for name in counted.keys() | told.keys()}
            wrong = {name: both for name, both in wrong.items() if both[0] != both[1]}
            self.complaints.append(f"by glob, rows found and rows told: {wrong}")

    def _content(self, key: str, tag: str | None) -> tuple[int, str]:
        """Rows and SHA-256 of a data file; known ones are not read again."""
        known = self._rows.get((key, tag or ""))
        if known is not None:
            return known
        found = self._get(key)
        if found is None:
            raise _Missing
        body, etag = found
        text = gzip.decompress(body).decode()
        rows = sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) - 1
        self._rows[key, etag] = known = (rows, hashlib.sha256(body).hexdigest())
        return known

    def _get(self, key: str) -> tuple[bytes, str] | None:
        # While the local S3 (rclone) replaces an object, it answers 404 or 500 for a moment, as S3 never does, and
        # botocore stumbles over such a 500. What stays away for a second is gone.
        for _ in range(10):
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                return answer["Body"].read(), answer["ETag"]
            except (AttributeError, botocore.exceptions.ClientError, botocore.exceptions.BotoCoreError):
                self._over.wait(0.1)
        return None

    def _head(self, name: str) -> str | None:
        """Which version of an object is there."""
        try:
            answer = self._client.head_object(Bucket=self._bucket, Key=self._folder + name)
        except botocore.exceptions.ClientError:
            return None
        return f"{answer['ETag']} {answer['LastModified']}"

    def _listed(self) -> dict[str, str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._folder)
        return {entry["Key"]: entry["ETag"] for page in pages for entry in page.get("Contents", ())}


class _Missing(Exception):
    """A file that was listed or named is not there."""
