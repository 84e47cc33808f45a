"""The schema only moves forward, a step at a time; every released step stays as it was.

Quantities are base units, money minor units, times UTC milliseconds. `journal.no`, `sku.number`
and `quantity` sources are this database's own numbers and mean nothing elsewhere.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from edge.books.stock_tables import lots, stock_work

migrations = Migrations("edge")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database up to this version; cheap where it already is."""
    steps = len(migrations._migrations)  # the library counts them nowhere else
    if connection.execute("PRAGMA user_version").fetchone()[0] == steps:
        return
    migrations.apply(Database(connection))
    connection.execute(f"PRAGMA user_version={steps}")


@migrations()
def node(db: Database) -> None:
    """Who this node is: one row, replaced only by a new life."""
    db.execute("""
        CREATE TABLE node (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            store TEXT NOT NULL, generation INTEGER NOT NULL, birth BLOB NOT NULL,
            previous INTEGER NOT NULL, created_ms INTEGER NOT NULL,
            headquarters TEXT NOT NULL DEFAULT '',
            headquarters_key BLOB NOT NULL DEFAULT x''
        )""")


@migrations()
def journals(db: Database) -> None:
    """Facts of every journal held, own lives' and headquarters', in the bytes of their authors.

    `kind` is the body's tag, 0 for bytes that could not be read. `request` is a digest of the
    command behind an own fact. `moved` adds up all base units moved by the journal so far; `acked`
    is how much of the own journal headquarters was last known to hold, for show only.

    A receipt's `series` is the generation of the node that numbered it, or, negative, the life of
    the till that did; `generation` and `seq` say where its fact stands.
    """
    db.execute("""
        CREATE TABLE journal (
            no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key BLOB NOT NULL DEFAULT x'',
            halted INTEGER NOT NULL DEFAULT 0, acked INTEGER NOT NULL DEFAULT 0
        )""")
    db.execute("""
        CREATE TABLE fact (
            journal INTEGER NOT NULL REFERENCES journal, seq INTEGER NOT NULL,
            id BLOB NOT NULL, kind INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            hash BLOB NOT NULL, request BLOB, moved INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (journal, seq)
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX fact_id ON fact (id)")
    db.execute("""
        CREATE INDEX fact_rare ON fact (kind, at_ms) WHERE kind NOT IN (2, 3, 13) AND kind < 40
        """)
    db.execute("""
        CREATE TABLE checkpoint (
            journal INTEGER NOT NULL REFERENCES journal, seq INTEGER NOT NULL,
            signature BLOB NOT NULL, PRIMARY KEY (journal, seq)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE receipt (
            till TEXT NOT NULL, series INTEGER NOT NULL, number INTEGER NOT NULL,
            generation INTEGER NOT NULL, seq INTEGER NOT NULL,
            PRIMARY KEY (till, series, number)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE undone (
            fact BLOB NOT NULL, item TEXT NOT NULL, quantity INTEGER NOT NULL,
            PRIMARY KEY (fact, item)
        ) WITHOUT ROWID""")


@migrations()
def quantities(db: Database) -> None:
    """Counter rows, each with the version of its last change and the peer it came from.

    `author` and `source` are journal numbers; source 0 means written here. `quantity_rights` makes
    it cheap to see that there are no rights (kinds 20 to 29), as in most stores.

    `changed` lists changes by version; an entry whose row has moved on since is void. Cheaper than
    an index of versions, from which every sale would have to delete at random places.
    """
    db.execute("""
        CREATE TABLE sku (
            number INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, born INTEGER NOT NULL
        )""")
    db.execute("CREATE UNIQUE INDEX sku_born ON sku (born)")
    db.execute("""
        CREATE TABLE quantity (
            sku INTEGER NOT NULL REFERENCES sku, kind INTEGER NOT NULL,
            author INTEGER NOT NULL REFERENCES journal,
            value INTEGER NOT NULL, version INTEGER NOT NULL, source INTEGER NOT NULL,
            PRIMARY KEY (sku, kind, author)
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX quantity_rights ON quantity (sku) WHERE kind >= 20 AND kind < 30")
    db.execute("""
        CREATE TABLE changed (
            version INTEGER PRIMARY KEY, sku INTEGER NOT NULL, kind INTEGER NOT NULL,
            author INTEGER NOT NULL
        )""")
    db.execute("""
        CREATE TABLE stream (
            peer INTEGER PRIMARY KEY REFERENCES journal, birth BLOB NOT NULL DEFAULT x'',
            quantities_have INTEGER NOT NULL DEFAULT 0, records_have INTEGER NOT NULL DEFAULT 0,
            as_of_ms INTEGER NOT NULL DEFAULT 0
        )""")
    db.execute("""
        CREATE TABLE peer_sku (
            peer INTEGER NOT NULL REFERENCES journal, number INTEGER NOT NULL,
            sku INTEGER NOT NULL REFERENCES sku, PRIMARY KEY (peer, number)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE coverage (
            author INTEGER PRIMARY KEY REFERENCES journal, seq INTEGER NOT NULL,
            complete INTEGER NOT NULL
        )""")


@migrations()
def catalogue(db: Database) -> None:
    """What headquarters said last about products, prices, taxes, staff and rules.

    `rank` orders what was said: see `catalogue.rank_of`. A product's price is the newest of those
    in its definition and in `price`. `product_words` has the search terms of names, SKU and GTINs.
    """
    db.execute("""
        CREATE TABLE product (
            number INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
            unit TEXT NOT NULL, tax_code TEXT NOT NULL, price_minor INTEGER NOT NULL,
            price_quantity INTEGER NOT NULL, tracked INTEGER NOT NULL, active INTEGER NOT NULL,
            category TEXT NOT NULL, variant_of TEXT NOT NULL, attributes TEXT NOT NULL,
            gtins TEXT NOT NULL, rank INTEGER NOT NULL
        )""")
    db.execute("CREATE INDEX product_variant ON product (variant_of) WHERE variant_of <> ''")
    db.execute("""
        CREATE TABLE price (
            sku TEXT PRIMARY KEY, price_minor INTEGER NOT NULL, price_quantity INTEGER NOT NULL,
            rank INTEGER NOT NULL
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE barcode (
            gtin TEXT NOT NULL, product INTEGER NOT NULL REFERENCES product,
            PRIMARY KEY (gtin, product)
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX barcode_product ON barcode (product)")
    db.execute("""
        CREATE VIRTUAL TABLE product_words USING fts5(
            words, detail=none, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
        )""")
    db.execute("""
        CREATE TABLE tax_rate (
            code TEXT PRIMARY KEY, rate_ppm INTEGER NOT NULL, included INTEGER NOT NULL,
            name TEXT NOT NULL, rank INTEGER NOT NULL
        )""")
    db.execute("""
        CREATE TABLE staff (
            staff TEXT PRIMARY KEY, name TEXT NOT NULL, roles TEXT NOT NULL,
            pin_hash TEXT NOT NULL, active INTEGER NOT NULL, rank INTEGER NOT NULL
        )""")
    db.execute("""
        CREATE TABLE rule (
            name TEXT NOT NULL, local INTEGER NOT NULL, value TEXT NOT NULL,
            rank INTEGER NOT NULL, PRIMARY KEY (name, local)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE profile (
            store TEXT PRIMARY KEY, name TEXT NOT NULL, region TEXT NOT NULL,
            currency TEXT NOT NULL, active INTEGER NOT NULL, rank INTEGER NOT NULL
        )""")


@migrations()
def access(db: Database) -> None:
    """Devices and people; only hashes of tokens are kept."""
    db.execute("""
        CREATE TABLE device (
            name TEXT PRIMARY KEY, role TEXT NOT NULL, token_hash BLOB NOT NULL UNIQUE,
            created_ms INTEGER NOT NULL, revoked_ms INTEGER
        )""")
    db.execute("""
        CREATE TABLE staff_session (
            token_hash BLOB PRIMARY KEY, staff TEXT NOT NULL, device TEXT NOT NULL,
            created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE lockout (
            staff TEXT NOT NULL, failed_ms INTEGER NOT NULL, device TEXT NOT NULL
        )""")
    db.execute("CREATE INDEX lockout_staff ON lockout (staff, failed_ms)")


@migrations()
def attention(db: Database) -> None:
    """What a person should look at: messages set aside, and work that sales left behind."""
    db.execute("""
        CREATE TABLE quarantine (
            number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, origin TEXT NOT NULL,
            lane TEXT NOT NULL, reason TEXT NOT NULL, payload BLOB NOT NULL,
            closed_ms INTEGER, closed_by TEXT, note TEXT
        )""")
    db.execute("""
        CREATE TABLE worklist (
            number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
            sku TEXT NOT NULL, fact BLOB NOT NULL, code TEXT NOT NULL, told TEXT NOT NULL,
            closed_ms INTEGER, closed_by TEXT, note TEXT
        )""")
    db.execute("CREATE INDEX worklist_open ON worklist (number) WHERE closed_ms IS NULL")


@migrations()
def records(db: Database) -> None:
    """Documents that people edit together; an empty state is one that headquarters is asked for.

    `record_change` numbers the newest change of a document by each source: a journal's number, 0
    for what was edited here. `member` is what the documents say, for reading and searching.
    """
    db.execute("""
        CREATE TABLE record (
            number INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, state BLOB NOT NULL,
            vector BLOB NOT NULL
        )""")
    db.execute("""
        CREATE TABLE record_change (
            version INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES record,
            source INTEGER NOT NULL, UNIQUE (record, source)
        )""")
    db.execute("CREATE INDEX record_change_source ON record_change (source, version)")
    db.execute("""
        CREATE TABLE member (
            record INTEGER PRIMARY KEY REFERENCES record, name TEXT NOT NULL, card BLOB NOT NULL
        )""")
    db.execute("CREATE INDEX member_name ON member (name COLLATE NOCASE, record)")
    db.execute("""
        CREATE VIRTUAL TABLE member_words USING fts5(
            words, detail=none, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
        )""")


@migrations()
def tills(db: Database) -> None:
    """What tills work with: products in the order they changed, lives, shifts, held baskets.

    `product.version` numbers changes; `before_*` is the price before the present one. A shift's and
    a `drawer_fact`'s `generation` and `seq` say where the fact stands; `closed_seq` is null while
    the shift is open. A held basket's `state` is held, taken or dropped; `hold` names the last
    putting aside.
    """
    db.execute("ALTER TABLE product ADD COLUMN version INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE product ADD COLUMN before_minor INTEGER")
    db.execute("ALTER TABLE product ADD COLUMN before_quantity INTEGER")
    db.execute("UPDATE product SET version = number")
    db.execute("CREATE INDEX product_version ON product (version)")
    db.execute("""
        CREATE TABLE till_life (
            till TEXT NOT NULL, life INTEGER NOT NULL, created_ms INTEGER NOT NULL,
            PRIMARY KEY (till, life)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE shift (
            drawer TEXT NOT NULL, number INTEGER NOT NULL,
            generation INTEGER NOT NULL, seq INTEGER NOT NULL,
            closed_generation INTEGER, closed_seq INTEGER, PRIMARY KEY (drawer, number)
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE drawer_fact (
            drawer TEXT NOT NULL, generation INTEGER NOT NULL, seq INTEGER NOT NULL,
            shift INTEGER NOT NULL, PRIMARY KEY (drawer, generation, seq)
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX drawer_fact_shift ON drawer_fact (drawer, shift)")
    db.execute("""
        CREATE TABLE held (
            id BLOB PRIMARY KEY, hold BLOB NOT NULL,
            label TEXT NOT NULL, total_minor INTEGER NOT NULL,
            lines INTEGER NOT NULL, basket TEXT NOT NULL, held_by TEXT NOT NULL,
            held_ms INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'held',
            changed_by TEXT NOT NULL DEFAULT '', changed_ms INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID""")


@migrations()
def hardware(db: Database) -> None:
    """What hardware must remember over a restart: print jobs, card payments, each terminal's doubt.

    A job's `digest` tells a repeat from another job under its id; its `document` is emptied when it
    is done. `terminal.doubt_*` is the payment whose result nobody knows, for asking the terminal.
    """
    db.execute("""
        CREATE TABLE print_job (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, till TEXT NOT NULL,
            device TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
            again INTEGER NOT NULL DEFAULT 0, digest BLOB NOT NULL, document BLOB NOT NULL,
            created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
        )""")
    db.execute("CREATE INDEX print_job_device ON print_job (device, state)")
    db.execute("""
        CREATE TABLE payment (
            id TEXT PRIMARY KEY, till TEXT NOT NULL, device TEXT NOT NULL, kind TEXT NOT NULL,
            amount_minor INTEGER NOT NULL, sale_id TEXT NOT NULL, reverses TEXT NOT NULL,
            state TEXT NOT NULL, message TEXT NOT NULL, charged_minor INTEGER NOT NULL DEFAULT 0,
            trace INTEGER, receipt INTEGER, card TEXT NOT NULL DEFAULT '',
            number TEXT NOT NULL DEFAULT '',
            settled_by TEXT NOT NULL DEFAULT '', task INTEGER,
            created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX payment_sale ON payment (sale_id)")
    db.execute("CREATE INDEX payment_reverses ON payment (reverses) WHERE reverses <> ''")
    db.execute("CREATE INDEX payment_receipt ON payment (device, receipt)")
    db.execute(
        "CREATE INDEX payment_open ON payment (device) WHERE state IN ('pending', 'unknown')"
    )
    db.execute("""
        CREATE TABLE terminal (
            device TEXT PRIMARY KEY, last_trace INTEGER, doubt_ref TEXT NOT NULL DEFAULT '',
            doubt_request INTEGER, doubt_amount_minor INTEGER, doubt_last_trace INTEGER,
            closed_ms INTEGER NOT NULL DEFAULT 0
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX product_plu ON product (json_extract(attributes, '$.plu'))")


@migrations()
def entitlements(db: Database) -> None:
    """What headquarters said of the rights of each life of this node; its facts add up to it.

    `allotted` is the sum handed to that life, the rest as headquarters saw it at `as_of_ms`: what
    others held, what ended lives held, and the number of the request it answered.
    """
    db.execute("""
        CREATE TABLE entitlement (
            key TEXT NOT NULL, generation INTEGER NOT NULL, allotted INTEGER NOT NULL,
            elsewhere INTEGER NOT NULL, blocked INTEGER NOT NULL, want INTEGER NOT NULL,
            as_of_ms INTEGER NOT NULL, PRIMARY KEY (key, generation)
        ) WITHOUT ROWID""")


migrations()(stock_work)


@migrations()
def prints(db: Database) -> None:
    """Which documents were printed, the how-manieth time and by which request; 1 is the original.

    Gift receipts are counted by themselves; `copy` says that the print was marked as one.
    """
    db.execute("""
        CREATE TABLE printed (
            document BLOB NOT NULL, gift INTEGER NOT NULL, number INTEGER NOT NULL,
            request BLOB NOT NULL UNIQUE, copy INTEGER NOT NULL, at_ms INTEGER NOT NULL,
            PRIMARY KEY (document, gift, number)
        ) WITHOUT ROWID""")


migrations()(lots)
