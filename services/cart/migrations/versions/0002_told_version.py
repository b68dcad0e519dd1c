"""Which version of a cart was told last. Carts of before are told once more, with the version that they have."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "carts",
        sa.Column("told_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        schema="cart",
    )
    op.create_index(
        "ix_carts_untold",
        "carts",
        ["id"],
        unique=False,
        schema="cart",
        postgresql_where=sa.text("version > told_version"),
    )
