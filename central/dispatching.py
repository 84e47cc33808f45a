"""Headquarters passes on what one store did that another must know: goods sent, and what came.

Whom to tell follows from what is durable, and that somebody was told is part of the same commit:
after a crash, or a restore, whoever was not told is told then, and a repeat changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from central.authoring import Author
from central.schema import fact
from central.schema_expected import transit, transit_line
from central.store import Store
from sync.bodies import TransferOut
from sync.body import LotLine, StockLine
from sync.facts import LINES_MAX, decode_fact
from sync.journal import FACT_MAX_BYTES
from sync.orders import Arrived, InTransit, Received

AT_ONCE = 200
_ROOM_BYTES = 256
_ACTOR = "headquarters"
_UNTOLD = text(
    "SELECT t.out, t.to_store AS store FROM transit AS t JOIN store AS s ON s.name = t.to_store"
    " WHERE t.told = 0 AND t.sent_ms > 0 ORDER BY t.sent_ms, t.out LIMIT :limit"
)
_UNREPORTED = text(
    "SELECT t.out, t.from_store AS store FROM transit AS t"
    " JOIN store AS s ON s.name = t.from_store"
    " WHERE t.reported = 0 AND t.closed_ms > 0 ORDER BY t.closed_ms, t.out LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class InTransitLine:
    """Goods one store sent and another has not yet posted in, base units; on nobody's shelf."""

    from_store: str
    to_store: str
    transfer: str
    sku: str
    quantity: int


class Dispatch:
    """Tells stores of what other stores sent them, and senders of what came."""

    def __init__(self, store: Store, author: Author) -> None:
        self._store = store
        self._author = author

    def tell(self, names: Collection[str]) -> list[str]:
        """Tell those of some stores that have something to hear; return who was told."""
        with self._store.read() as connection:
            sent = connection.execute(_UNTOLD, {"limit": AT_ONCE}).all()
            came = connection.execute(_UNREPORTED, {"limit": AT_ONCE}).all()
        told = [
            row.store
            for rows, tell in ((sent, self._announce), (came, self._report))
            for row in rows
            if row.store in names and tell(bytes(row.out), row.store)
        ]
        return sorted(set(told))

    def _announce(self, out: bytes, store: str) -> bool:
        def news(connection: Connection) -> Sequence[InTransit]:
            known = connection.execute(select(transit).where(transit.c.out == out)).one()
            if known.told:
                return []
            rows = connection.execute(
                select(transit_line)
                .where(transit_line.c.out == out, transit_line.c.sent > 0)
                .order_by(transit_line.c.sku)
            )
            lines = [StockLine(line.sku, line.sent) for line in rows][:LINES_MAX]
            return [InTransit(out, known.from_store, known.sent_ms, lines, _lots(connection, out))]

        with self._store.write() as connection:
            return self._author.tell(connection, store, news, _ACTOR) is not None

    def _report(self, out: bytes, store: str) -> bool:
        def news(connection: Connection) -> Sequence[Arrived]:
            known = connection.execute(select(transit).where(transit.c.out == out)).one()
            closing = decode_fact(bytes(known.closing)).body
            if known.reported or not isinstance(closing, Received):
                return []
            return [Arrived(out, known.to_store, closing.reason, closing.lines)]

        with self._store.write() as connection:
            return self._author.tell(connection, store, news, _ACTOR) is not None


def _lots(connection: Connection, out: bytes) -> tuple[LotLine, ...]:
    """Lots and serials that the sender told of; none where they would not fit beside the rest."""
    sql = select(fact.c.body).where(fact.c.id == out).order_by(fact.c.journal_id, fact.c.seq)
    for (data,) in connection.execute(sql):
        body = decode_fact(bytes(data)).body
        if isinstance(body, TransferOut) and len(data) < FACT_MAX_BYTES - _ROOM_BYTES:
            return body.lots
    return ()


def in_transit(connection: Connection) -> list[InTransitLine]:
    """Return what was sent from store to store, is not posted in and not given up either."""
    rows = connection.execute(
        select(
            transit.c.out,
            transit.c.from_store,
            transit.c.to_store,
            transit_line.c.sku,
            transit_line.c.sent,
            transit_line.c.received,
        )
        .join(transit_line, transit_line.c.out == transit.c.out)
        .where(transit.c.closed_ms == 0, transit.c.sent_ms > 0)
        .where(transit_line.c.sent > transit_line.c.received)
        .order_by(transit.c.sent_ms, transit.c.out, transit_line.c.sku)
    )
    return [
        InTransitLine(
            row.from_store, row.to_store, bytes(row.out).hex(), row.sku, row.sent - row.received
        )
        for row in rows
    ]
