"""Big tables take turns: one is read and written, and the others wait, however many steps run at once.

What one step holds in memory is bounded; steps side by side would multiply it. Tables of a chunk or less need no turn.
The lock is the process's, and belongs to no run or portal: so is the memory that it keeps.
"""

import threading
from types import TracebackType

_TURN = threading.Lock()


class MemorySlot:
    """A big table's turn, taken when it turns out to be big; given back when the block ends, however it ends."""

    def __init__(self) -> None:
        self._is_held = False

    def __enter__(self) -> "MemorySlot":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.give_back()

    def take(self) -> None:
        """Wait until no other big table has its turn."""
        if not self._is_held:
            _TURN.acquire()
            self._is_held = True

    def give_back(self) -> None:
        """Let the next one have its turn."""
        if self._is_held:
            self._is_held = False
            _TURN.release()
