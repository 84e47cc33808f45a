"""Tables of what stores are to expect and what came; see `central.expected` for what they add up.

`transit.told` and `reported` say whether receiver and sender have heard; `closing` is the bytes of
the fact that closed an order or a transfer. Quantities are base units, times UTC milliseconds.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from central.schema import metadata

ID = BigInteger().with_variant(Integer, "sqlite")


def key(name: str, kind: Any) -> Column[Any]:
    """Make a column of a primary key."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def text_column(name: str) -> Column[str]:
    """Make a column of text, empty by default."""
    return Column(name, Text, nullable=False, server_default="")


def number(name: str) -> Column[int]:
    """Make a column of integers, 0 by default."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def octets(name: str) -> Column[bytes]:
    """Make a column of bytes."""
    return Column(name, LargeBinary, nullable=False)


purchase_order = Table(
    "purchase_order",
    metadata,
    key("store_id", ID),
    key("order_id", Text),
    number("generation"),
    number("seq"),
    octets("body"),
    number("status"),
    number("closed_ms"),
    octets("closing"),
    sqlite_with_rowid=False,
)

order_line = Table(
    "order_line",
    metadata,
    key("store_id", ID),
    key("order_id", Text),
    key("sku", Text),
    number("received"),
    number("damaged"),
    sqlite_with_rowid=False,
)

transit = Table(
    "transit",
    metadata,
    key("out", LargeBinary),
    text_column("from_store"),
    text_column("to_store"),
    number("sent_ms"),
    number("told"),
    number("closed_ms"),
    octets("closing"),
    number("reported"),
    Index(
        "ix_transit_open",
        "sent_ms",
        sqlite_where=text("closed_ms = 0"),
        postgresql_where=text("closed_ms = 0"),
    ),
    Index(
        "ix_transit_untold",
        "sent_ms",
        sqlite_where=text("told = 0"),
        postgresql_where=text("told = 0"),
    ),
    Index(
        "ix_transit_unreported",
        "closed_ms",
        sqlite_where=text("reported = 0 AND closed_ms > 0"),
        postgresql_where=text("reported = 0 AND closed_ms > 0"),
    ),
    sqlite_with_rowid=False,
)

transit_line = Table(
    "transit_line",
    metadata,
    key("out", LargeBinary),
    key("sku", Text),
    number("sent"),
    number("received"),
    number("damaged"),
    sqlite_with_rowid=False,
)
