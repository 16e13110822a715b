"""The connections below the requests, which some faults have to break."""

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.auto import AutoHTTPProtocol


class Transports:
    """The open connections of a server, by the client's address."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[asyncio.Protocol]:
        """uvicorn's HTTP protocol, which tells its connections to this."""
        known = self._open

        class Protocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
            def connection_made(self, transport: Any) -> None:
                known[tuple(transport.get_extra_info("peername")[:2])] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                known.pop(tuple(self.transport.get_extra_info("peername")[:2]), None)
                super().connection_lost(exc)

        return Protocol

    async def reset(self, scope: Scope) -> None:
        """Break a request's connection so that the client sees a reset."""
        transport = self._open.get(tuple(scope["client"]))
        if transport is None:
            return
        at_once = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        transport.abort()
        await self._gone(transport)

    async def close(self, scope: Scope) -> None:
        """Close a request's connection after what was sent already."""
        transport = self._open.get(tuple(scope["client"]))
        if transport is None:
            return
        transport.close()
        await self._gone(transport)

    async def _gone(self, transport: asyncio.Transport) -> None:
        # uvicorn must have noticed before the application returns, or it would answer in its own words.
        for _ in range(1000):
            if transport not in self._open.values():
                return
            await asyncio.sleep(0.001)
