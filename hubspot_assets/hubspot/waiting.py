"""A page whose turn has not come: decoded when its turn is near, and as JSON in a temporary file when it is not.

Not here: how many pages may wait, and for what (`ranges`).
"""

import tempfile

from . import decoding
from .objects import Page


class WaitingPage:
    """A page put aside. `size`: the bytes of its records as JSON; `text`: that JSON, to wait on disk."""

    def __init__(self, page: Page, size: int, text: bytes | None) -> None:
        self.size = size
        self._page = page if text is None else page._replace(records=[])
        self._file = None
        if text is not None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this call
            self._file.write(text)

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def unpacked(self) -> Page:
        """The page; ask once."""
        if self._file is None:
            return self._page
        with self._file as file:
            file.seek(0)
            return self._page._replace(records=decoding.loads(file.read()))
