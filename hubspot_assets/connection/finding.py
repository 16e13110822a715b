"""What one step of a check found, for S3 and HubSpot alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Finding:
    """`name` of what was tried; `ok` None when it does not apply or could not be tried; `sentence` says what is so.

    `add`: the IAM statement (or trust policy) to add, where that is what helps.
    """

    name: str
    ok: bool | None
    sentence: str
    add: Mapping[str, Any] | None = None
