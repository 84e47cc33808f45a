"""Shifts of drawers: what their facts add up to, and what their Z reports said."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NUMBERS = (
    *("business_day", "opened_ms", "closed_ms"),
    *("opens", "closes", "sales", "returns", "voids", "net_minor", "tax_minor", "said_sales"),
    *("said_returns", "said_voids", "said_net_minor", "said_tax_minor", "grand_total_minor"),
    *("float_minor", "counted_minor", "expected_minor", "paid_in_minor", "paid_out_minor"),
    *("dropped_minor", "no_sales", "overrides", "reprints"),
)


def upgrade() -> None:
    """Bring the database to this revision."""
    op.create_table(
        "shift",
        sa.Column("store_id", _ID, autoincrement=False, nullable=False),
        sa.Column("drawer", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
            for name in _NUMBERS
        ),
        sa.PrimaryKeyConstraint("store_id", "drawer", "number", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_business_day"), "shift", ["business_day"], unique=False)
