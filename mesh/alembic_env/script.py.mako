"""${message.capitalize()}."""

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}
% if down_revision is None:
from mesh.migrations import create_mesh_tables
% endif

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
% if down_revision is None:
    create_mesh_tables(op, "${config.attributes["service"]}")
% endif
    ${upgrades if upgrades else "pass"}
