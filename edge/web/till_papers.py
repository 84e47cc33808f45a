"""One law: every document of the store can be found again, also one that nobody could read."""

import datetime
import re
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from msgspec.json import Decoder

from edge.books.attention import Strand
from edge.views.documents import Wanted, documents_of
from edge.web import till_requests as asked
from edge.web.auth import Reading, Selling, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.problems import Invalid
from edge.web.till_replies import DocumentsReply, StrandedReply

router = APIRouter(tags=["the till"])

STRANDED_MAX_BYTES = 1024 * 1024
STRANDED_EXAMPLE = {
    "id": "0199a1c2-7b3e-7c4d-8e5f-60718293a4e1",
    "document": '{"life": 0}',
    "problem": "life: expected an integer of 1 or more",
}
_STRANDED = Decoder(asked.Stranded)
_PLACE = re.compile(r"(?P<generation>[0-9]{1,12})\.(?P<seq>[0-9]{1,12})")

Kind = Literal["", "sale", "return", "void", "cash", "audit", "shift"]
Day = Annotated[datetime.date | None, Query(description="Business day; left out: any.")]
Till = Annotated[str, Query(max_length=64, description="Till or drawer; empty: any.")]
KindAsked = Annotated[Kind, Query(description="Kind of document; empty: any.")]
Text = Annotated[
    str, Query(max_length=80, description="Part of a receipt's number, SKU, person, reason ...")
]
Before = Annotated[str, Query(max_length=30, description="`before` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200, description="At most this many.")]


@router.get("/till/documents", **operation(DocumentsReply))
async def list_documents(
    request: Request,
    _caller: Reading,
    *,
    day: Day = None,
    till: Till = "",
    kind: KindAsked = "",
    text: Text = "",
    before: Before = "",
    limit: Limit = 50,
) -> Response:
    """List documents of the store: sales, returns, voids, cash, shifts, audit; newest first."""
    node = node_of(request)
    place = _PLACE.fullmatch(before)
    if before and place is None:
        raise Invalid("page", "before")
    read = partial(
        documents_of,
        wanted=Wanted(day, till, kind, text),
        before=(int(place["generation"]), int(place["seq"])) if place else (0, 0),
        limit=limit,
    )
    page = await node.read(node.views.within, read)
    generation, seq = page.before
    cursor = f"{generation}.{seq}" if generation else ""
    return reply(DocumentsReply(page.documents, cursor))


@router.post(
    "/till/stranded",
    **operation(
        StrandedReply, status=201, body=asked.Stranded, example=STRANDED_EXAMPLE, repeat=True
    ),
)
async def keep_stranded(request: Request, caller: Selling) -> Response:
    """Keep a finished document that was refused as malformed, so that nothing is lost."""
    stranded = await read_body(request, _STRANDED, STRANDED_MAX_BYTES)
    command = Strand(stranded.id.bytes, caller.device, stranded.document, stranded.problem)
    kept = await node_of(request).commit(command)
    return reply(StrandedReply(kept.number, kept.repeated), 200 if kept.repeated else 201)
