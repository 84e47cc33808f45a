"""Headquarters' first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this revision."""
    _api_token()
    _checkpoint()
    _definition()
    _fact()
    _idempotency()
    _incarnation()
    _link()
    _partition_lease()
    _peer_sku()
    _promised()
    _quantity()
    _sales_total()
    _sku()
    _store()
    _worker()
    _journal()
    _quarantine()
    _worklist()
    _life()


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )


def _checkpoint() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("journal_id", _ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("journal_id", "seq", name=op.f("pk_checkpoint")),
        sqlite_with_rowid=False,
    )


def _definition() -> None:
    op.create_table(
        "definition",
        sa.Column("kind", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "scope", "name", name=op.f("pk_definition")),
    )


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("journal_id", _ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("journal_id", "seq", name=op.f("pk_fact")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_fact_id"), "fact", ["id"], unique=False)
    op.create_index(
        "ix_fact_notable",
        "fact",
        ["kind"],
        unique=False,
        sqlite_where=sa.text("kind IN (0, 9, 10, 13)"),
        postgresql_where=sa.text("kind IN (0, 9, 10, 13)"),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("token", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reply", sa.LargeBinary(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("token", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_at_ms"), "idempotency", ["at_ms"], unique=False)


def _incarnation() -> None:
    op.create_table(
        "incarnation",
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("birth", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("started_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_incarnation")),
    )


def _link() -> None:
    op.create_table(
        "link",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default="cut", nullable=False),
        sa.Column("since_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("heard_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_link")),
    )


def _partition_lease() -> None:
    op.create_table(
        "partition_lease",
        sa.Column("partition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("partition", name=op.f("pk_partition_lease")),
    )


def _peer_sku() -> None:
    op.create_table(
        "peer_sku",
        sa.Column("journal_id", _ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku_no", _ID, nullable=False),
        sa.PrimaryKeyConstraint("journal_id", "number", name=op.f("pk_peer_sku")),
        sqlite_with_rowid=False,
    )


def _promised() -> None:
    op.create_table(
        "promised",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("order_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "order_id", "sku", name=op.f("pk_promised")),
    )


def _quantity() -> None:
    op.create_table(
        "quantity",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("sku_no", _ID, autoincrement=False, nullable=False),
        sa.Column("journal_id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("folded", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id", "sku_no", "journal_id", "kind", name=op.f("pk_quantity")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_quantity_sku_no", "quantity", ["sku_no"], unique=False)
    op.create_index(
        "ix_quantity_version",
        "quantity",
        ["store_id", "version"],
        unique=False,
        sqlite_where=sa.text("version > 0"),
        postgresql_where=sa.text("version > 0"),
    )
    op.create_index(
        "ix_quantity_differing",
        "quantity",
        ["store_id"],
        unique=False,
        sqlite_where=sa.text("value <> folded"),
        postgresql_where=sa.text("value <> folded"),
    )


def _sales_total() -> None:
    op.create_table(
        "sales_total",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("business_day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("sales", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("returns", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("voids", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("returned_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("voided_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint(
            "store_id", "business_day", "currency", name=op.f("pk_sales_total")
        ),
    )


def _sku() -> None:
    op.create_table(
        "sku",
        sa.Column("number", _ID, autoincrement=True, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sku")),
        sa.UniqueConstraint("sku", name=op.f("uq_sku_sku")),
    )


def _store() -> None:
    op.create_table(
        "store",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("quantity_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("as_of_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("adopted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("inherited", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
        sa.UniqueConstraint("name", name=op.f("uq_store_name")),
    )


def _worker() -> None:
    op.create_table(
        "worker",
        sa.Column("owner", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_worker")),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("store_id", _ID, nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("announced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("covers", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_journal_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("name", name=op.f("uq_journal_name")),
    )
    op.create_index(op.f("ix_journal_store_id"), "journal", ["store_id"], unique=False)


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("store_id", _ID, nullable=False),
        sa.Column("lane", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("resolved_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("resolved_by", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_quarantine_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_index("uq_quarantine_entry", "quarantine", ["store_id", "digest"], unique=True)


def _worklist() -> None:
    op.create_table(
        "worklist",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("store_id", _ID, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("resolved_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("resolved_by", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("fk_worklist_store_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worklist")),
    )
    op.create_index("uq_worklist_entry", "worklist", ["store_id", "kind", "subject"], unique=True)


def _life() -> None:
    op.create_table(
        "life",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("journal_id", _ID, nullable=False),
        sa.Column("birth", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), server_default="live", nullable=False),
        sa.Column("software", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("first_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("quantities_have", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("records_have", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("complete", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.ForeignKeyConstraint(["journal_id"], ["journal.id"], name=op.f("fk_life_journal_id")),
        sa.PrimaryKeyConstraint("store_id", "generation", name=op.f("pk_life")),
    )
