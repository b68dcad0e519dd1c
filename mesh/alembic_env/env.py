"""Run the migrations of one service on the connection that `mesh.migrations` hands over."""

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
with context.begin_transaction():
    context.run_migrations()
