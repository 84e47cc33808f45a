"""One law: a listener misses nothing; it names the last change it saw and gets all that follow.

Server-sent events. An event's id is `JOURNAL:SEQ`; after a restored node began a new journal, a
listener of the old one is told to start over.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from edge.node import Node
from edge.store import Committed
from edge.views import Change
from edge.web.auth import Reading, is_known, node_of
from edge.web.operation import operation
from edge.web.problems import Invalid, TooManyListeners
from edge.web.replies import ChangeEvent, RestartEvent

router = APIRouter(tags=["changes"])

LISTENERS_MAX = 64
PAGE = 200
QUIET_S = 15.0
_encode = msgspec.json.Encoder().encode

LastEventId = Annotated[
    str, Header(max_length=80, description="Id of the last event seen, as browsers send it.")
]
After = Annotated[
    str, Query(max_length=80, description="The same for who can't set headers; empty: from now.")
]


class Bell:
    """Wakes the listeners of an event loop after commits; threads may ring it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: set[asyncio.Event] = set()
        self._rung = False
        self.closed = False

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._waiting)

    def join(self) -> asyncio.Event:
        """Listen; the event is set whenever something may have changed."""
        event = asyncio.Event()
        self._waiting.add(event)
        return event

    def leave(self, event: asyncio.Event) -> None:
        """Listen no more."""
        self._waiting.discard(event)

    def committed(self, _committed: Committed) -> None:
        """Ring, from the writing thread, once for all commits until the loop gets to it."""
        if self._waiting and not self._rung:
            self._rung = True
            with suppress(RuntimeError):  # the loop has closed meanwhile: nobody listens any more
                self._loop.call_soon_threadsafe(self._ring)

    def close(self) -> None:
        """End every stream."""
        self.closed = True
        self._ring()

    def _ring(self) -> None:
        self._rung = False
        for event in self._waiting:
            event.set()


@router.get("/events", **operation(ChangeEvent, media_type="text/event-stream"))
async def stream_changes(
    request: Request, _caller: Reading, last_event_id: LastEventId = "", after: After = ""
) -> StreamingResponse:
    """Stream what this store posts as server-sent events, from a change on or from now.

    The event's name is the kind of fact, its data a ChangeEvent. `restart` (data: RestartEvent):
    the node began a new journal, read products and stock afresh. A comment comes every 15 seconds
    when nothing happens.
    """
    node = node_of(request)
    bell: Bell = request.app.state.bell
    if bell.listeners >= LISTENERS_MAX:
        raise TooManyListeners(f"{LISTENERS_MAX} listen already: close a stream that is not used.")
    status = await node.read(node.views.status)
    seq, restart = _place(last_event_id or after, status.journal, status.seq)
    stream = _events(request, node, bell, seq, status.journal if restart else "")
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _place(last: str, journal: str, head: int) -> tuple[int, bool]:
    """Find where to go on, and whether the listener has to start over."""
    if not last:
        return head, False
    name, _, seq = last.partition(":")
    if not (seq.isascii() and seq.isdigit() and len(seq) < 16):
        raise Invalid(
            f"{last!r} is no id of an event such as {journal}:{head}: leave it out to start now.",
            field="Last-Event-ID",
        )
    if name != journal or int(seq) > head:
        return head, True
    return int(seq), False


async def _events(
    request: Request, node: Node, bell: Bell, seq: int, restart: str
) -> AsyncIterator[bytes]:
    journal = node.journal
    event = bell.join()
    try:
        if restart:
            yield _frame(f"{restart}:{seq}", "restart", _encode(RestartEvent(restart, seq)))
        yield b": listening\n\n"
        # The token is looked at again each time: revoked, it ends the stream.
        while not bell.closed and is_known(request):
            event.clear()
            changes = await node.read(node.views.changes, seq, PAGE)
            for change in changes:
                seq = change.seq
                yield _change(journal, change)
            if not changes:
                try:
                    await asyncio.wait_for(event.wait(), QUIET_S)
                except TimeoutError:
                    yield b": quiet\n\n"
    finally:
        bell.leave(event)


def _change(journal: str, change: Change) -> bytes:
    data = msgspec.convert(change, ChangeEvent, from_attributes=True)
    return _frame(f"{journal}:{change.seq}", change.type, _encode(data))


def _frame(identity: str, name: str, data: bytes) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (identity.encode(), name.encode(), data)
