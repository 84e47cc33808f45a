"""One law: the node tells its state as it is, and what it set aside is there for people to see."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from edge.books.attention import Close, Closed, List
from edge.node import Node
from edge.people.access import Caller
from edge.views.values import JournalEntry
from edge.web import requests
from edge.web.auth import Auditing, Editing, Reading, node_of
from edge.web.body import read_body, reply
from edge.web.decoding import CLOSE
from edge.web.operation import operation
from edge.web.products import Limit
from edge.web.replies import HealthReply, QuarantineReply, StatusReply, WorklistReply
from sync.values import COUNT_MAX

router = APIRouter(tags=["the node"])

PAGE = 500
SEEN = {"note": "counted the shelf: two pieces were there"}
JournalName = Annotated[
    str, Query(max_length=64, description="A journal held here, such as hq-n1; empty: the own.")
]
After = Annotated[int, Query(ge=0, le=COUNT_MAX, description="From the fact after this `seq`.")]
Number = Annotated[int, Path(ge=1, le=COUNT_MAX, description="Number of an entry of the list.")]
_encode = msgspec.json.Encoder().encode


@router.get("/health", **operation(HealthReply), openapi_extra={"security": []})
async def health() -> Response:
    """Tell that the node answers; the only endpoint without a token."""
    return reply(HealthReply("ok"))


@router.get("/status", **operation(StatusReply))
async def status(request: Request, _caller: Reading) -> Response:
    """Show the node's books in numbers and its link to headquarters."""
    node = node_of(request)
    view = await node.read(node.views.status)
    link, settings = node.link, node.settings
    return reply(
        StatusReply(
            **msgspec.structs.asdict(view),
            link=link.link,
            link_since_ms=link.since_ms,
            link_detail=link.detail,
            unsynced=link.unsynced,
            as_of_ms=link.as_of_ms,
            halted=link.halted,
            currency=settings.currency,
            exponent=settings.places,
            timezone=settings.timezone,
            now_ms=node.clock(),
            started_ms=node.started_ms,
            version=node.version,
        )
    )


@router.get("/worklist", **operation(WorklistReply))
async def worklist(request: Request, _caller: Reading, limit: Limit = 200) -> Response:
    """List what a person should look at, such as sales below zero or unmatched transfers."""
    node = node_of(request)
    return reply(WorklistReply(await node.read(node.views.worklist, limit)))


@router.get("/quarantine", **operation(QuarantineReply))
async def quarantine(request: Request, _caller: Auditing, limit: Limit = 200) -> Response:
    """List messages that were set aside because they could not be accepted, and why."""
    node = node_of(request)
    return reply(QuarantineReply(await node.read(node.views.quarantine, limit)))


@router.post("/worklist/{number}/close", **operation(Closed, body=requests.Close, example=SEEN))
async def close_work(request: Request, caller: Editing, number: Number) -> Response:
    """Take an entry off the worklist, with a note of what was done."""
    return await _close(request, caller, List.WORKLIST, number)


@router.post("/quarantine/{number}/close", **operation(Closed, body=requests.Close, example=SEEN))
async def close_quarantine(request: Request, caller: Auditing, number: Number) -> Response:
    """Take a message off the quarantine list, with a note of what was found."""
    return await _close(request, caller, List.QUARANTINE, number)


async def _close(request: Request, caller: Caller, which: List, number: Number) -> Response:
    asked = await read_body(request, CLOSE)
    command = Close(which, number, asked.note, caller.actor)
    return reply(await node_of(request).commit(command))


@router.get("/journal", **operation(JournalEntry, media_type="application/jsonl"))
async def export_journal(
    request: Request, _caller: Auditing, name: JournalName = "", after: After = 0
) -> StreamingResponse:
    """Export a journal as JSON lines, fact by fact with the hash of the chain after each."""
    node = node_of(request)
    return StreamingResponse(_export(node, name, after), media_type="application/jsonl")


async def _export(node: Node, name: str, after: int) -> AsyncIterator[bytes]:
    while page := await node.read(node.views.journal, name, after, PAGE):
        yield b"".join(_encode(entry) + b"\n" for entry in page)
        after = page[-1].seq
