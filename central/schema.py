"""Every table of headquarters, and what makes its upserts commute: one key, one writer or a sum.

Times are UTC milliseconds, quantities base units, money minor units. A quantity row keeps both
sides of a double entry: `value` came as a counter, `folded` is the sum of the facts held. A record
is a document that people edit together; `record_interest` says which stores hold it, with the
version of the newest change that a store may lack.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
SHIFT_SUMS = (
    *("opens", "closes", "sales", "returns", "voids", "net_minor", "tax_minor", "said_sales"),
    *("said_returns", "said_voids", "said_net_minor", "said_tax_minor", "grand_total_minor"),
    *("float_minor", "counted_minor", "expected_minor", "paid_in_minor", "paid_out_minor"),
    *("dropped_minor", "no_sales", "overrides", "reprints"),
)
# SQLite counts rows only in an INTEGER key.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=True)


def _key(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _number(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text(str(default)))


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _store() -> Column[int]:
    return Column("store_id", _Id, ForeignKey("store.id"), nullable=False)


incarnation = Table(
    "incarnation",
    metadata,
    _key("generation", BigInteger),
    _bytes("birth"),
    _bytes("public_key"),
    _text("reason"),
    _number("started_ms"),
    _text("pooled"),
)

store = Table(
    "store",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    _text("title"),
    _text("region"),
    _text("currency"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    _number("quantity_version"),
    _number("as_of_ms"),
    _number("adopted"),
    Column("inherited", Boolean, nullable=False, server_default=text("false")),
    _number("kept"),
)

journal = Table(
    "journal",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("store_id", _Id, ForeignKey("store.id"), index=True),
    _bytes("key"),
    _number("head_seq"),
    _bytes("head_hash"),
    _number("announced"),
    _number("covers"),
)

life = Table(
    "life",
    metadata,
    _key("store_id", _Id),
    _key("generation", BigInteger),
    Column("journal_id", _Id, ForeignKey("journal.id"), nullable=False),
    _bytes("birth"),
    _text("status", "live"),
    _text("software"),
    _text("note"),
    _number("first_ms"),
    _number("last_ms"),
    _number("quantities_have"),
    _number("records_have"),
    Column("complete", Boolean, nullable=False, server_default=text("false")),
)

fact = Table(
    "fact",
    metadata,
    _key("journal_id", _Id),
    _key("seq", BigInteger),
    Column("id", LargeBinary, index=True),
    _number("kind"),
    _number("at_ms"),
    _bytes("body"),
    Index(
        "ix_fact_notable",
        "kind",
        sqlite_where=text("kind IN (0, 9, 10, 13)"),
        postgresql_where=text("kind IN (0, 9, 10, 13)"),
    ),
    sqlite_with_rowid=False,
)

checkpoint = Table(
    "checkpoint",
    metadata,
    _key("journal_id", _Id),
    _key("seq", BigInteger),
    _bytes("hash"),
    _bytes("signature"),
    sqlite_with_rowid=False,
)

sku = Table(
    "sku",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=True),
    Column("sku", Text, nullable=False, unique=True),
)

quantity = Table(
    "quantity",
    metadata,
    _key("store_id", _Id),
    _key("sku_no", _Id),
    _key("journal_id", _Id),
    _key("kind", Integer),
    _number("value"),
    _number("folded"),
    _number("version"),
    _number("source"),
    Index("ix_quantity_sku_no", "sku_no"),
    Index(
        "ix_quantity_version",
        "store_id",
        "version",
        sqlite_where=text("version > 0"),
        postgresql_where=text("version > 0"),
    ),
    Index(
        "ix_quantity_differing",
        "store_id",
        sqlite_where=text("value <> folded"),
        postgresql_where=text("value <> folded"),
    ),
    sqlite_with_rowid=False,
)

peer_sku = Table(
    "peer_sku",
    metadata,
    _key("journal_id", _Id),
    _key("number", BigInteger),
    Column("sku_no", _Id, nullable=False),
    sqlite_with_rowid=False,
)

sales_total = Table(
    "sales_total",
    metadata,
    _key("store_id", _Id),
    _key("business_day", BigInteger),
    _key("currency", Text),
    _number("sales"),
    _number("returns"),
    _number("voids"),
    _number("gross_minor"),
    _number("discount_minor"),
    _number("tax_minor"),
    _number("returned_minor"),
    _number("voided_minor"),
    _number("net_minor"),
)

shift = Table(
    "shift",
    metadata,
    _key("store_id", _Id),
    _key("drawer", Text),
    _key("number", BigInteger),
    _text("currency"),
    _number("business_day"),
    _number("opened_ms"),
    _number("closed_ms"),
    *(_number(name) for name in SHIFT_SUMS),
    Index("ix_shift_business_day", "business_day"),
)

link = Table(
    "link",
    metadata,
    _key("store_id", _Id),
    _text("state", "cut"),
    _number("since_ms"),
    _number("heard_ms"),
    _text("reason"),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    _store(),
    _text("lane"),
    _text("reason"),
    _bytes("digest"),
    _bytes("payload"),
    _number("size_bytes"),
    _number("count", 1),
    _number("first_ms"),
    _number("last_ms"),
    _number("resolved_ms"),
    _text("resolved_by"),
    _text("note"),
    Index("uq_quarantine_entry", "store_id", "digest", unique=True),
)

worklist = Table(
    "worklist",
    metadata,
    _id(),
    _store(),
    _text("kind"),
    _text("subject"),
    _text("detail"),
    _number("first_ms"),
    _number("resolved_ms"),
    _text("resolved_by"),
    _text("note"),
    Index("uq_worklist_entry", "store_id", "kind", "subject", unique=True),
)

definition = Table(
    "definition",
    metadata,
    _key("kind", Integer),
    _key("scope", Text),
    _key("name", Text),
    _number("generation"),
    _number("seq"),
    _bytes("body"),
)

promised = Table(
    "promised",
    metadata,
    _key("store_id", _Id),
    _key("order_id", Text),
    _key("sku", Text),
    _number("quantity"),
)

entitlement = Table(
    "entitlement",
    metadata,
    _key("key", Text),
    _key("store_id", _Id),
    _key("generation", BigInteger),
    _number("allotted"),
    _number("recalled"),
    _number("answered"),
    _number("reclaimed"),
    _number("told"),
    _number("want"),
    _number("total"),
    _number("wanted_ms"),
    Index("ix_entitlement_wanted_ms", "wanted_ms"),
    Index("ix_entitlement_store_id_generation", "store_id", "generation"),
    sqlite_with_rowid=False,
)

api_token = Table(
    "api_token",
    metadata,
    _key("name", Text),
    _text("role"),
    Column("digest", LargeBinary, nullable=False, unique=True),
    _number("created_ms"),
    _number("revoked_ms"),
)

idempotency = Table(
    "idempotency",
    metadata,
    _key("token", Text),
    _key("key", Text),
    _bytes("digest"),
    _number("status"),
    _bytes("reply"),
    Column("at_ms", BigInteger, nullable=False, server_default=text("0"), index=True),
)

worker = Table(
    "worker",
    metadata,
    _key("owner", Text),
    _number("seen_ms"),
)

partition_lease = Table(
    "partition_lease",
    metadata,
    _key("partition", Integer),
    _text("owner"),
    _number("expires_ms"),
)

record = Table(
    "record",
    metadata,
    _id(),
    Column("doc_id", Text, nullable=False, unique=True),
    _bytes("state"),
    _bytes("vector"),
    _text("name"),
    _text("words"),
    _bytes("card"),
    Index("ix_record_name", "name", "id"),
)

record_interest = Table(
    "record_interest",
    metadata,
    _key("store_id", _Id),
    _key("record_id", _Id),
    _number("version"),
    Index("ix_record_interest_version", "store_id", "version"),
    Index("ix_record_interest_record_id", "record_id"),
    sqlite_with_rowid=False,
)

record_level = Table(
    "record_level",
    metadata,
    _key("store_id", _Id),
    _number("generation"),
)

record_clock = Table(
    "record_clock",
    metadata,
    _key("only", Integer),
    _number("version"),
)
