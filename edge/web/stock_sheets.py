"""One law: people count together on a sheet, and see of the books what their role lets them see."""

from functools import partial
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request, Response
from msgspec.json import Decoder

from edge.books.reads import Reads
from edge.people.access import Caller, Right
from edge.stock import counting
from edge.stock.lots import pieces_told
from edge.stock.sheets import (
    Entry,
    Sheet,
    SheetKind,
    Tally,
    entries_of,
    find_sheet,
    list_sheets,
    tallies,
    uncounted,
)
from edge.web import stock_shapes as shapes
from edge.web.auth import Reading, Stocking, node_of
from edge.web.body import read_body, reply
from edge.web.operation import operation
from edge.web.problems import NotAllowed, NotFound
from edge.web.products import Limit
from sync.values import line_amount_minor

router = APIRouter(tags=["stock"])
Mine = Annotated[bool, Query(description="Only what the caller counted.")]
_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4bb"
_ENTRY_ID = "0199a1c2-7b3e-7c4d-8e5f-60718293a4bc"
OPEN_EXAMPLE = {"id": _ID, "kind": "list", "title": "shelf 7", "scope": ["TEA-100"]}
ENTRY_EXAMPLE = {"entries": [{"id": _ENTRY_ID, "sku": "TEA-100", "counted": 21, "place": "7"}]}
_OPEN = Decoder(shapes.OpenSheet)
_ADD = Decoder(shapes.AddEntries)
_CLOSE = Decoder(shapes.CloseSheet)
_CANCEL = Decoder(shapes.CancelSheet)


@router.post(
    "/stock/sheets",
    **operation(shapes.SheetReply, status=201, body=shapes.OpenSheet, example=OPEN_EXAMPLE),
)
async def open_sheet(request: Request, caller: Stocking) -> Response:
    """Begin a count of everything, of categories, or of a list of SKUs."""
    asked, node = await read_body(request, _OPEN), node_of(request)
    command = counting.OpenSheet(
        id=asked.id.bytes,
        kind=SheetKind(asked.kind),
        title=asked.title,
        scope=asked.scope,
        blind=asked.blind,
        actor=caller.actor,
        at_ms=asked.at_ms,
    )
    sheet = await node.commit(command)
    return reply(await node.read(node.views.within, partial(_progress, sheet=sheet)), 201)


@router.get("/stock/sheets", **operation(shapes.SheetsReply))
async def get_sheets(request: Request, _caller: Reading, limit: Limit = 50) -> Response:
    """List sheets: open ones first, then the newest."""
    node = node_of(request)
    sheets = await node.read(node.views.within, partial(list_sheets, limit=limit))
    return reply(shapes.SheetsReply([_sheet_reply(sheet, [], 0) for sheet in sheets]))


@router.get("/stock/sheets/{sheet}", **operation(shapes.SheetReply))
async def get_sheet(request: Request, sheet: UUID, _caller: Reading) -> Response:
    """Show a sheet and how far it is."""
    node = node_of(request)
    return reply(await node.read(node.views.within, partial(_shown, sheet=sheet.bytes)))


@router.post(
    "/stock/sheets/{sheet}/entries",
    **operation(shapes.EntriesReply, status=201, body=shapes.AddEntries, example=ENTRY_EXAMPLE),
)
async def add_entries(request: Request, sheet: UUID, caller: Stocking) -> Response:
    """Write down what was counted, at once, with what the books say at that moment."""
    asked, node = await read_body(request, _ADD), node_of(request)
    lines = tuple(_entry_line(entry) for entry in asked.entries)
    command = counting.AddEntries(sheet=sheet.bytes, entries=lines, actor=caller.actor)
    entries = await node.commit(command)
    found = await node.read(node.views.within, partial(_find, sheet=sheet.bytes))
    return reply(_entries_reply(entries, hidden=_is_hidden(found, caller)), 201)


@router.get("/stock/sheets/{sheet}/entries", **operation(shapes.EntriesReply))
async def get_entries(
    request: Request, sheet: UUID, caller: Reading, mine: Mine = False
) -> Response:
    """List a sheet's entries, replaced ones too, in the order they were made."""
    node = node_of(request)

    def read(reads: Reads) -> tuple[Sheet, list[Entry]]:
        return _find(reads, sheet.bytes), entries_of(reads, sheet.bytes)

    found, entries = await node.read(node.views.within, read)
    wanted = [entry for entry in entries if not mine or entry.counted_by == caller.actor]
    return reply(_entries_reply(wanted, hidden=_is_hidden(found, caller)))


@router.get("/stock/sheets/{sheet}/review", **operation(shapes.ReviewReply))
async def review_sheet(request: Request, sheet: UUID, caller: Stocking) -> Response:
    """Show the differences with their value, and what the sheet covers and nobody counted."""
    node = node_of(request)
    found = await node.read(node.views.within, partial(_find, sheet=sheet.bytes))
    _check_eyes(found, caller)
    return reply(await node.read(node.views.within, partial(_review, sheet=found)))


@router.post(
    "/stock/sheets/{sheet}/close",
    **operation(
        shapes.SheetClosedReply,
        status=201,
        body=shapes.CloseSheet,
        example={"id": _ID, "uncounted": "skip"},
        repeat=True,
    ),
)
async def close_sheet(request: Request, sheet: UUID, caller: Stocking) -> Response:
    """Make facts of a sheet; only the difference to what the books said when counting moves."""
    asked, node = await read_body(request, _CLOSE), node_of(request)
    found = await node.read(node.views.within, partial(_find, sheet=sheet.bytes))
    _check_eyes(found, caller)
    command = counting.CloseSheet(
        id=asked.id.bytes,
        sheet=sheet.bytes,
        uncounted=asked.uncounted,
        uncertain=asked.uncertain,
        actor=caller.actor,
        at_ms=asked.at_ms,
    )
    done = await node.commit(command)
    documents = [UUID(bytes=document) for document in done.documents]
    closed = shapes.SheetClosedReply(documents, done.moved, done.skipped, done.repeated)
    return reply(closed, 200 if done.repeated else 201)


@router.post(
    "/stock/sheets/{sheet}/cancel",
    **operation(shapes.SheetReply, body=shapes.CancelSheet, example={"note": "fire drill"}),
)
async def cancel_sheet(request: Request, sheet: UUID, caller: Stocking) -> Response:
    """Throw a sheet away; nothing it says moves stock."""
    asked, node = await read_body(request, _CANCEL), node_of(request)
    command = counting.CancelSheet(sheet=sheet.bytes, note=asked.note, actor=caller.actor)
    await node.commit(command)
    return reply(await node.read(node.views.within, partial(_shown, sheet=sheet.bytes)))


# -- showing -------------------------------------------------------------------------------------


def _entry_line(entry: shapes.CountEntry) -> counting.EntryLine:
    fields = msgspec.structs.asdict(entry)
    replaces = entry.replaces.bytes if entry.replaces else b""
    pieces = tuple(counting.CountedSome(**msgspec.structs.asdict(x)) for x in entry.pieces)
    fields |= {"id": entry.id.bytes, "replaces": replaces, "pieces": pieces}
    return counting.EntryLine(**fields)


def _find(reads: Reads, sheet: bytes) -> Sheet:
    found = find_sheet(reads, sheet)
    if found is None:
        raise NotFound("sheet")
    return found


def _is_hidden(sheet: Sheet, caller: Caller) -> bool:
    return sheet.blind and not caller.rights & Right.AUDIT


def _check_eyes(sheet: Sheet, caller: Caller) -> None:
    if _is_hidden(sheet, caller):
        raise NotAllowed("blind-count")


def _shown(reads: Reads, sheet: bytes) -> shapes.SheetReply:
    return _progress(reads, _find(reads, sheet))


def _progress(reads: Reads, sheet: Sheet) -> shapes.SheetReply:
    entries = entries_of(reads, sheet.id)
    return _sheet_reply(sheet, entries, len(uncounted(reads, sheet)))


def _sheet_reply(sheet: Sheet, entries: list[Entry], missed: int) -> shapes.SheetReply:
    live = [entry for entry in entries if entry.replaced is None]
    return shapes.SheetReply(
        UUID(bytes=sheet.id),
        sheet.title,
        sheet.kind,
        list(sheet.scope),
        sheet.blind,
        sheet.state,
        sheet.opened_ms,
        sheet.opened_by,
        sheet.closed_ms,
        sheet.closed_by,
        UUID(bytes=sheet.document) if sheet.document else None,
        sheet.note,
        len(entries),
        len({entry.sku for entry in live}),
        missed,
        sorted({entry.counted_by for entry in entries}),
    )


def _entries_reply(entries: list[Entry], *, hidden: bool) -> shapes.EntriesReply:
    shown = [
        shapes.EntryReply(
            UUID(bytes=entry.id),
            entry.sku,
            entry.counted,
            None if hidden else entry.seen.on_hand,
            entry.place,
            entry.stockroom,
            entry.at_ms,
            entry.counted_by,
            entry.source,
            UUID(bytes=entry.replaced) if entry.replaced else None,
            [pieces_told(line) for line in entry.pieces],
        )
        for entry in entries
    ]
    return shapes.EntriesReply(shown)


def _review(reads: Reads, sheet: Sheet) -> shapes.ReviewReply:
    lines = [_review_line(reads, one) for one in tallies(reads, sheet)]
    missed = []
    for sku in uncounted(reads, sheet):
        held = reads.on_hand(sku)
        missed.append(shapes.UncountedLine(sku, *_after(reads, sku, held)))
    lines.sort(key=lambda line: (not line.uncertain, -abs(line.value_minor), line.sku))
    return shapes.ReviewReply(lines, missed, sum(line.value_minor for line in lines))


def _review_line(reads: Reads, one: Tally) -> shapes.ReviewLine:
    names, value = _valued(reads, one.sku, one.difference)
    line = (one.sku, names, one.counted, one.seen, one.difference, value, one.uncertain)
    told = one.pieces
    if told is None:
        return shapes.ReviewLine(*line, [], [], [], one.counted, one.counted)
    found, missing = (list(dict.fromkeys(x)) for x in (told.serials.found, told.serials.missing))
    differ = list(told.differences)
    return shapes.ReviewLine(*line, differ, found, missing, told.unlotted, told.unnumbered)


def _after(reads: Reads, sku: str, held: int) -> tuple[dict[str, str], int, int]:
    names, value = _valued(reads, sku, held)
    return names, held, value


def _valued(reads: Reads, sku: str, quantity: int) -> tuple[dict[str, str], int]:
    sql = "SELECT names, price_minor, price_quantity FROM product WHERE sku = ?"
    row = reads.connection.execute(sql, (sku,)).fetchone()
    if row is None:
        return {}, 0
    return msgspec.json.decode(row[0]), line_amount_minor(quantity, row[1], row[2])
