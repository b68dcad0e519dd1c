"""Run the migrations of one service on the connection that `mesh.migrations` hands over."""

import warnings

from alembic import context

from mesh.migrations import belongs_to_service

attributes = context.config.attributes
service = attributes["service"]

context.configure(
    connection=attributes["connection"],
    target_metadata=attributes.get("metadata"),
    version_table_schema=service,
    include_schemas=True,
    include_name=belongs_to_service(service),
    include_object=lambda item, name, kind, reflected, compare_to: not item.info.get("mesh"),  # noqa: ARG005  # Alembic's names
)
with warnings.catch_warnings(), context.begin_transaction():
    # SQLAlchemy 2.1 hands the options of a reflected CHECK that is NOT VALID to a constructor that takes none.
    warnings.filterwarnings("ignore", "Can't validate argument 'dialect_options'")
    context.run_migrations()
