"""Purchase orders and goods in transit: what stores are to expect, and what came."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEXES = {
    "ix_transit_open": ("sent_ms", "closed_ms = 0"),
    "ix_transit_untold": ("sent_ms", "told = 0"),
    "ix_transit_unreported": ("closed_ms", "reported = 0 AND closed_ms > 0"),
}


def upgrade() -> None:
    """Bring the database to this revision."""
    order = [_key("store_id", _ID), _key("order_id", sa.Text())]
    more = [*_numbers("generation", "seq"), _bytes("body"), *_numbers("status", "closed_ms")]
    _table("purchase_order", order, [*more, _bytes("closing")])
    order = [_key("store_id", _ID), _key("order_id", sa.Text()), _key("sku", sa.Text())]
    _table("order_line", order, _numbers("received", "damaged"))
    _table(
        "transit",
        [_key("out", sa.LargeBinary())],
        [
            *_texts("from_store", "to_store"),
            *_numbers("sent_ms", "told", "closed_ms"),
            _bytes("closing"),
            *_numbers("reported"),
        ],
    )
    for name, (column, where) in _INDEXES.items():
        condition = sa.text(where)
        op.create_index(
            op.f(name), "transit", [column], sqlite_where=condition, postgresql_where=condition
        )
    out = [_key("out", sa.LargeBinary()), _key("sku", sa.Text())]
    _table("transit_line", out, _numbers("sent", "received", "damaged"))


def _table(name: str, keys: list[sa.Column[Any]], columns: Iterable[sa.Column[Any]]) -> None:
    key = sa.PrimaryKeyConstraint(*(column.name for column in keys), name=op.f(f"pk_{name}"))
    op.create_table(name, *keys, *columns, key, sqlite_with_rowid=False)


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _numbers(*names: str) -> list[sa.Column[Any]]:
    return [
        sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
        for name in names
    ]


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text(), server_default="", nullable=False) for name in names]


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)
