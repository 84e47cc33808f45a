"""Rights over gift cards, points and coupons, and when headquarters may hand out its own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SUMS = ("allotted", "recalled", "answered", "reclaimed", "told", "want", "total", "wanted_ms")


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "entitlement",
        sa.Column("key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
            for name in _SUMS
        ),
        sa.PrimaryKeyConstraint("key", "store_id", "generation", name=op.f("pk_entitlement")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_entitlement_wanted_ms"), "entitlement", ["wanted_ms"], unique=False)
    op.create_index(
        op.f("ix_entitlement_store_id_generation"),
        "entitlement",
        ["store_id", "generation"],
        unique=False,
    )
    op.add_column("incarnation", sa.Column("pooled", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "store", sa.Column("kept", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
