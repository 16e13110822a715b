"""Big tables take turns: while one is written the next is read, and a third waits, however many steps run at once.

What one step holds in memory is bounded; steps side by side would multiply it. Tables of a chunk or less need no turn.
The two locks are the process's, and belong to no run or portal: so is the memory that they keep.
"""

import threading
from types import TracebackType

_READING = threading.Lock()
_WRITING = threading.Lock()


class MemorySlot:
    """A big table's turns, taken when it turns out to be big; given back when the block ends, however it ends."""

    def __init__(self) -> None:
        self._held: threading.Lock | None = None

    def __enter__(self) -> "MemorySlot":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._give_back()

    def to_read(self) -> None:
        """Wait until no other big table is being read."""
        self._take(_READING)

    def to_write(self) -> None:
        """Let others read, and wait until no other big table is being written."""
        self._take(_WRITING)

    def _take(self, lock: threading.Lock) -> None:
        if self._held is lock:
            return
        # Never both: whoever writes needs no turn to read, so that nobody waits in a circle.
        self._give_back()
        lock.acquire()
        self._held = lock

    def _give_back(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.release()
