"""Tables of the documents that people edit together."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the database to this revision."""
    _record()
    _record_interest()
    op.create_table(
        "record_level",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_record_level")),
    )
    op.create_table(
        "record_clock",
        sa.Column("only", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("only", name=op.f("pk_record_clock")),
    )


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("doc_id", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
        sa.UniqueConstraint("doc_id", name=op.f("uq_record_doc_id")),
    )
    op.create_index("ix_record_name", "record", ["name", "id"], unique=False)


def _record_interest() -> None:
    op.create_table(
        "record_interest",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("record_id", _ID, autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "record_id", name=op.f("pk_record_interest")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_record_interest_version", "record_interest", ["store_id", "version"], unique=False
    )
    op.create_index("ix_record_interest_record_id", "record_interest", ["record_id"], unique=False)
