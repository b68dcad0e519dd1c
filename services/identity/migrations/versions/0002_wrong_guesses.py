"""Wrong guesses."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_guesses",
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("guess_count", sa.Integer(), nullable=False),
        sa.Column("guess_time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("email_hash", name=op.f("pk_wrong_guesses")),
        schema="identity",
    )
    op.create_index(
        op.f("ix_wrong_guesses_guess_time"), "wrong_guesses", ["guess_time"], unique=False, schema="identity"
    )
