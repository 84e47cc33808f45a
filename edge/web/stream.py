"""One law: a listener misses nothing; it names the last change it saw and gets all that follow.

Server-sent events. An event's id is `JOURNAL:SEQ`, with `.VERSION` of the members' cards once there
are any; after a restored node began a new journal, a
listener of the old one is told to start over.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from edge.books.store import Committed
from edge.node import Node
from edge.views.values import Change
from edge.web.auth import Reading, is_known, node_of
from edge.web.cards import MemberEvent
from edge.web.operation import operation
from edge.web.problems import Invalid, TooManyListeners
from edge.web.replies import RestartEvent

router = APIRouter(tags=["changes"])

LISTENERS_MAX = 64
PAGE = 200
QUIET_S = 15.0
_EVENT_ID = re.compile(r"(?P<journal>[^:]+):(?P<seq>[0-9]{1,15})(\.(?P<version>[0-9]{1,15}))?")
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


@router.get("/events", **operation(Change, media_type="text/event-stream"))
async def stream_changes(
    request: Request, _caller: Reading, last_event_id: LastEventId = "", after: After = ""
) -> StreamingResponse:
    """Stream what this store posts as server-sent events, from a change on or from now.

    The event's name is the kind of fact, its data a Change. `member` (data: MemberEvent): a
    member's card changed. `restart` (data: RestartEvent): the node began a new journal, read
    everything afresh. A comment comes every 15 seconds when nothing happens.
    """
    node = node_of(request)
    bell: Bell = request.app.state.bell
    if bell.listeners >= LISTENERS_MAX:
        raise TooManyListeners("stream", most=LISTENERS_MAX)
    status = await node.read(node.views.status)
    newest = Place(status.journal, status.seq, await node.read(node.views.member_version))
    place = _place(last_event_id or after, newest)
    stream = _events(request, node, bell, place or newest, restart=place is None)
    headers = {"Cache-Control": "no-store"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


class Place(NamedTuple):
    """How far a listener has heard a journal and the changes of members' cards."""

    journal: str
    seq: int
    version: int

    def __str__(self) -> str:
        """Write it as an event's id."""
        return f"{self.journal}:{self.seq}" + (f".{self.version}" if self.version else "")


def _place(last: str, newest: Place) -> Place | None:
    """Find where to go on; None if the listener has to start over."""
    if not last:
        return newest
    found = _EVENT_ID.fullmatch(last)
    if not found:
        raise Invalid("event", "Last-Event-ID", given=last, newest=str(newest))
    place = Place(found["journal"], int(found["seq"]), int(found["version"] or 0))
    is_past = place.seq <= newest.seq and place.version <= newest.version
    return place if place.journal == newest.journal and is_past else None


async def _events(
    request: Request, node: Node, bell: Bell, place: Place, *, restart: bool
) -> AsyncIterator[bytes]:
    event = bell.join()
    try:
        if restart:
            yield _frame(place, "restart", RestartEvent(place.journal, place.seq))
        yield b": listening\n\n"
        # The token is looked at again each time: revoked, it ends the stream.
        while not bell.closed and is_known(request):
            event.clear()
            before = place
            for change in await node.read(node.views.changes, place.seq, PAGE):
                place = place._replace(seq=change.seq)
                yield _frame(place, change.type, change)
            for card in await node.read(node.views.member_changes, place.version, PAGE):
                place = place._replace(version=card.version)
                yield _frame(place, "member", MemberEvent(card.id, card.version))
            if place == before:
                try:
                    await asyncio.wait_for(event.wait(), QUIET_S)
                except TimeoutError:
                    yield b": quiet\n\n"
    finally:
        bell.leave(event)


def _frame(place: Place, name: str, data: object) -> bytes:
    identity = str(place).encode()
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (identity, name.encode(), _encode(data))
