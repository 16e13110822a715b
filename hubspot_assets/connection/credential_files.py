"""Credentials of a profile's files that are renewed while an export runs.

Tools that log in for a person write a session of an hour into `~/.aws/credentials`, and write the next one in time;
boto3 reads the file once. An export takes longer than such a session lives. Not here: credentials that have a time at
which they expire, which boto3 renews itself.
"""

import threading
import time
from contextlib import suppress

import boto3
import botocore.exceptions as boto
from botocore.credentials import CredentialProvider, Credentials, ReadOnlyCredentials
from botocore.session import Session

_LOOKED_AT_AFTER = 5.0
"""Seconds. Each request asks for the credentials, and the file is read in less than a millisecond."""

_OF_FILES = ("shared-credentials-file", "config-file")


def renewing(session: boto3.Session) -> boto3.Session:
    """Return the session, which from now on takes credentials of files as the files have them at each moment."""
    core: Session = session._session
    resolver = core.get_component("credential_provider")
    for name in _OF_FILES:
        with suppress(boto.UnknownCredentialError):
            resolver.insert_before(name, _OfFile(resolver.get_provider(name)))
    return session


class _OfFile(CredentialProvider):
    """Finds what boto3's own provider finds, and again whenever it is asked for."""

    def __init__(self, provider: CredentialProvider) -> None:
        super().__init__()
        # Credentials say by it where they are from.
        self.METHOD = f"{provider.METHOD}, renewed"
        self._provider = provider

    def load(self) -> Credentials | None:
        found = self._provider.load()
        return None if found is None else _Current(found, self._provider)


class _Current(Credentials):
    """The credentials that a file has now."""

    def __init__(self, found: Credentials, provider: CredentialProvider) -> None:
        super().__init__(found.access_key, found.secret_key, found.token, found.method)
        self._now = found.get_frozen_credentials()
        self._provider = provider
        self._looked_at = time.monotonic()
        self._lock = threading.Lock()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        with self._lock:
            if time.monotonic() - self._looked_at > _LOOKED_AT_AFTER:
                self._looked_at = time.monotonic()
                # A file that is being written may be read half: what was there before still holds then.
                with suppress(boto.BotoCoreError, OSError):
                    found = self._provider.load()
                    self._now = self._now if found is None else found.get_frozen_credentials()
            return self._now
