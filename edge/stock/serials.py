"""A serial number is here, gone or unknown by the books, which say what documents made it so."""

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

import msgspec

from edge.books.reads import Reads
from edge.stock.lots import serial_state
from edge.stock.story import story_of
from sync.facts import decode_fact

MOVES_MAX = 20
_FACTS = (
    "SELECT journal.name, fact.body, serial.moved FROM serial JOIN node JOIN journal"
    " ON journal.name = node.store || '-n' || serial.generation"
    " JOIN fact ON fact.journal = journal.no AND fact.seq = serial.seq"
    " WHERE serial.sku = ? AND serial.serial = ?"
    " ORDER BY serial.generation DESC, serial.seq DESC LIMIT ?"
)


class SerialMove(msgspec.Struct, frozen=True):
    """A document that brought a piece in (`moved` above 0) or took it away (below 0).

    `text` and `partner` are told as of any movement.
    """

    id: UUID
    at_ms: int
    type: str
    actor: str
    moved: int
    text: str
    partner: str


class SerialView(msgspec.Struct, frozen=True):
    """A serial number by the books: `here`, `gone`, or `unknown` where no document told of it.

    `moves` are the last documents that did, newest first.
    """

    sku: str
    serial: str
    state: Literal["here", "gone", "unknown"]
    moves: list[SerialMove]


def serial_view(reads: Reads, sku: str, serial: str) -> SerialView:
    """Look a serial number up."""
    known = serial_state(reads, sku, serial)
    moves = []
    for name, body, moved in reads.connection.execute(_FACTS, (sku, serial, MOVES_MAX)):
        fact = decode_fact(body)
        story = story_of(fact.body, name, sku)
        kind = type(fact.body).__name__
        move = (fact.at_ms, kind, fact.actor, moved, story.text, story.partner)
        moves.append(SerialMove(UUID(bytes=fact.id), *move))
    state: Literal["here", "gone", "unknown"] = "unknown"
    if known.facts:
        state = "here" if known.here else "gone"
    return SerialView(sku, serial, state, moves)


def not_sold_here(reads: Reads, serials: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """List those of `(SKU, serial number)` that did not leave by a sale of this store."""
    views = ((one, serial_view(reads, *one).moves) for one in serials)
    return [one for one, moves in views if not moves or moves[0].type != "Sale"]
