"""The movements of a variant are summed from the index of their key, which holds what is summed."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE inventory.movements DROP CONSTRAINT pk_movements, ADD CONSTRAINT pk_movements "
        "PRIMARY KEY (variant_id, location, version) INCLUDE (on_hand_delta, reserved_delta)"
    )
