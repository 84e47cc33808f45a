"""One law: a till hears every scan of its devices, in order, also after it hung up for a moment.

Server-sent events. An event's id is `LIFE:NUMBER` of the node's run; a till that comes back with
the last one it saw gets what followed, unless that is older than a customer's patience.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from edge.hardware.hub import ScanNews
from edge.hardware.news import News
from edge.node import Node
from edge.web.auth import Reading, is_known, node_of
from edge.web.device_shapes import CatalogueNews, MissedNews, SyncNews
from edge.web.operation import operation
from edge.web.problems import Invalid, TooManyListeners

router = APIRouter(tags=["devices of a till"])

LISTENERS_MAX = 64
QUIET_S = 15.0
LOOK_S = 1.0
# A rank grows with what headquarters says; a store's own, from 2**62 on, is above the chain's.
_DEFINED = """
    SELECT max(version) FROM product
    UNION ALL SELECT max(rank) FROM rule
    UNION ALL SELECT max(rank) FROM rule WHERE rank < 1 << 62
    UNION ALL SELECT max(rank) FROM tax_rate
    UNION ALL SELECT max(rank) FROM tax_rate WHERE rank < 1 << 62
    UNION ALL SELECT max(rank) FROM staff
    UNION ALL SELECT max(rank) FROM staff WHERE rank < 1 << 62
    UNION ALL SELECT max(rank) FROM profile
    UNION ALL SELECT max(rank) FROM profile WHERE rank < 1 << 62
"""
_EVENT_ID = re.compile(r"(?P<life>[0-9a-f]{1,16}):(?P<number>[0-9]{1,15})")
_encode = msgspec.json.Encoder().encode

LastEventId = Annotated[
    str, Header(max_length=40, description="Id of the last event seen, as browsers send it.")
]
After = Annotated[
    str, Query(max_length=40, description="The same for who can't set headers; empty: from now.")
]


@router.get("/till/events", **operation(ScanNews, media_type="text/event-stream"))
async def stream_till_events(
    request: Request, caller: Reading, last_event_id: LastEventId = "", after: After = ""
) -> StreamingResponse:
    """Stream what this till's devices say, and what every till should know, as server-sent events.

    `scan` (ScanNews), `weight` (WeightNews), `device` (DeviceNews; all devices at the beginning),
    `payment` (PaymentNews), `print` (PrintNews), `sync` (SyncNews, at the beginning and when it
    changed), `catalogue` (CatalogueNews), `missed` (MissedNews). What a till missed in the last 30
    seconds follows its last event's id. A comment comes every 15 seconds when nothing happens.
    """
    node = node_of(request)
    news = node.hardware.news
    if news.listeners >= LISTENERS_MAX:
        raise TooManyListeners("stream", most=LISTENERS_MAX)
    place = _place(last_event_id or after, news)
    stream = _events(request, node, caller.device, place)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _place(last: str, news: News) -> int:
    """Find the number to go on after; who comes from an earlier run gets what is recent."""
    if not last:
        return news.newest
    found = _EVENT_ID.fullmatch(last)
    if not found:
        raise Invalid("event", "Last-Event-ID", given=last, newest=f"{news.life}:17")
    return min(int(found["number"]), news.newest) if found["life"] == news.life else 0


async def _events(request: Request, node: Node, till: str, place: int) -> AsyncIterator[bytes]:
    news = node.hardware.news
    event = news.join(till)
    shared = _Shared(node)
    quiet_s = 0.0
    try:
        place, lost = news.resume(place, till)
        if lost:
            yield _frame(b"missed", _encode(MissedNews(lost)))
        for unit in node.hardware.of_till(till):
            yield _frame(b"device", _encode(node.hardware.describe(unit)))
        # The token is looked at again each time: revoked, it ends the stream.
        while not news.closed and is_known(request):
            event.clear()
            if missed := news.missed(place):
                place += missed
                yield _frame(b"missed", _encode(MissedNews(missed)))
            fresh = news.after(place, till)
            for one in fresh:
                place = one.number
                yield _frame(one.name.encode(), one.data, b"id: %s:%d\n" % (_life(news), place))
            changed = shared.changes()
            for frame in changed:
                yield frame
            quiet_s = 0.0 if fresh or changed else quiet_s
            if await _rings(event):
                continue
            quiet_s += LOOK_S
            if quiet_s >= QUIET_S:
                quiet_s = 0.0
                yield b": quiet\n\n"
    finally:
        news.leave(event)


class _Shared:
    """What every till should know: the link to headquarters, and what headquarters defined."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._looked_s = 0.0
        self._sync: SyncNews | None = None
        self._defined: list[int | None] = []

    def changes(self) -> list[bytes]:
        """Look, at most once a second; return the frames of what changed."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._looked_s < LOOK_S:
            return []
        self._looked_s = now_s
        frames = []
        link = self._node.link
        sync = SyncNews(link.unsynced, link.link)
        if sync != self._sync:
            self._sync = sync
            frames.append(_frame(b"sync", _encode(sync)))
        defined = [newest for (newest,) in self._node.gate.execute(_DEFINED)]
        if defined != self._defined:
            if self._defined:
                cursor = f"{self._node.journal}:{defined[0] or 0}"
                frames.append(_frame(b"catalogue", _encode(CatalogueNews(cursor))))
            self._defined = defined
        return frames


async def _rings(event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(LOOK_S):  # unlike wait_for, it costs the loop no extra turns
            await event.wait()
    except TimeoutError:
        return False
    return True


def _life(news: News) -> bytes:
    return news.life.encode()


def _frame(name: bytes, data: bytes, identity: bytes = b"") -> bytes:
    return b"%sevent: %s\ndata: %s\n\n" % (identity, name, data)
