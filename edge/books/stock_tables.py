"""One law: what is to come, what is counted, and lots and serial numbers have tables of their own.

Steps of the schema, in `edge.books.migrations`.
"""

from sqlite_utils import Database

from edge.books.postings import post_lots
from sync.facts import decode_fact


def stock_work(db: Database) -> None:
    """What is to come from suppliers and other stores, and sheets on which people count.

    `key` is where `undone` adds up what came, under item '' that it is closed. A sheet belongs to
    this node alone until it is closed and becomes facts; an entry keeps what the books said when it
    was counted: `sold` and `delivered` are the parts that customers and deliveries move, `other`
    the rest; `generation` and `seq` name the last own fact by then. `pieces` are the lots and
    serial numbers that were told, as an array of `LotLine`. `replaced` names the entry that took
    its place.
    """
    db.execute("""
        CREATE TABLE purchase_order (
            order_id TEXT PRIMARY KEY, key BLOB NOT NULL, supplier TEXT NOT NULL,
            due_day INTEGER NOT NULL, note TEXT NOT NULL, lines TEXT NOT NULL,
            status INTEGER NOT NULL, rank INTEGER NOT NULL
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE transit (
            out BLOB PRIMARY KEY, key BLOB NOT NULL, from_store TEXT NOT NULL,
            sent_ms INTEGER NOT NULL, lines TEXT NOT NULL
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE sheet (
            id BLOB PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, scope TEXT NOT NULL,
            blind INTEGER NOT NULL, request BLOB NOT NULL, state TEXT NOT NULL,
            opened_ms INTEGER NOT NULL, opened_by TEXT NOT NULL,
            generation INTEGER NOT NULL, seq INTEGER NOT NULL,
            closed_ms INTEGER, closed_by TEXT, document BLOB, note TEXT NOT NULL DEFAULT ''
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE sheet_entry (
            number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
            sheet BLOB NOT NULL REFERENCES sheet, request BLOB NOT NULL, sku TEXT NOT NULL,
            place TEXT NOT NULL, stockroom INTEGER NOT NULL, counted INTEGER NOT NULL,
            sold INTEGER NOT NULL, delivered INTEGER NOT NULL, other INTEGER NOT NULL,
            generation INTEGER NOT NULL, seq INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            counted_by TEXT NOT NULL, source TEXT NOT NULL, pieces BLOB NOT NULL, replaced BLOB
        )""")
    db.execute("CREATE INDEX sheet_entry_sku ON sheet_entry (sheet, sku)")


def lots(db: Database) -> None:
    """What the store's facts say of lots and serial numbers, added up.

    A lot is what its SKU, its number and its day of expiry name (days since 1970, 0: none). A
    serial number has a row for each fact that brought it in (1) or took it away (-1).
    """
    db.execute("""
        CREATE TABLE lot (
            sku TEXT NOT NULL, lot TEXT NOT NULL, expiry_day INTEGER NOT NULL,
            quantity INTEGER NOT NULL, PRIMARY KEY (sku, lot, expiry_day)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE serial (
            sku TEXT NOT NULL, serial TEXT NOT NULL, generation INTEGER NOT NULL,
            seq INTEGER NOT NULL, moved INTEGER NOT NULL,
            PRIMARY KEY (sku, serial, generation, seq)
        ) WITHOUT ROWID""")
    db.execute("ALTER TABLE transit ADD COLUMN lots TEXT NOT NULL DEFAULT '[]'")
    sql = (
        "SELECT substr(name, length(store) + 3), seq, body FROM fact JOIN journal ON no = journal"
        " JOIN node WHERE name GLOB store || '-n[1-9]*' AND name NOT GLOB store || '-n*[^0-9]*'"
        " AND kind BETWEEN 2 AND 11"
    )
    for generation, seq, body in db.execute(sql).fetchall():
        post_lots(db.conn, int(generation), seq, decode_fact(body).body)
