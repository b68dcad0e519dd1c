"""Payments, refunds and webhooks."""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from mesh.tables import time_column
from services.payment.tables.common import amount_column, due_columns, metadata

payments = Table(
    "payments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("provider", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("state", Text, nullable=False),
    amount_column("captured_amount"),
    amount_column("refunded_amount"),
    amount_column("refunding_amount"),
    Column("decline_reason", Text, nullable=False, server_default=text("''")),
    Column("provider_reference", Text),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    # Whether the provider could still take money for it: recovery looks at these alone.
    Column("chargeable", Boolean, nullable=False, server_default=text("true")),
    # The other payment of the same sale, where wallet and card pay together.
    Column("companion_id", Uuid),
    *due_columns(),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    UniqueConstraint("provider", "provider_reference"),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint(
        "refunded_amount >= 0 AND refunding_amount >= 0 AND refunded_amount + refunding_amount <= captured_amount",
        name="refunds_capped",
    ),
    CheckConstraint(
        "state IN ('PENDING', 'REQUIRES_ACTION', 'DECLINED', 'AUTHORIZED', 'CANCELLED', 'CAPTURED', "
        "'PARTIALLY_REFUNDED', 'REFUNDED', 'DISPUTED')",
        name="state_known",
    ),
    Index(None, "order_id"),
    Index(None, "companion_id", postgresql_where=text("companion_id IS NOT NULL")),
    Index("ix_payments_due", "check_time", postgresql_where=text("chargeable")),
    # Every state change touches the row: room on the page keeps the update off the other indexes.
    postgresql_with={"fillfactor": "80"},
)

payment_lines = Table(
    "payment_lines",
    metadata,
    Column("payment_id", Uuid, ForeignKey(payments.c.id), nullable=False),
    Column("line_id", Uuid, nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    amount_column("seller_amount"),
    amount_column("commission_amount"),
    amount_column("tax_amount"),
    amount_column("shipping_amount"),
    # What refunds took from it, those on their way included.
    amount_column("refunded_quantity"),
    amount_column("refunded_seller_amount"),
    amount_column("refunded_commission_amount"),
    amount_column("refunded_tax_amount"),
    amount_column("refunded_shipping_amount"),
    PrimaryKeyConstraint("payment_id", "line_id"),
    CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="quantity_capped"),
    CheckConstraint(
        "refunded_seller_amount BETWEEN 0 AND seller_amount AND refunded_commission_amount BETWEEN 0 AND "
        "commission_amount AND refunded_tax_amount BETWEEN 0 AND tax_amount AND refunded_shipping_amount BETWEEN 0 "
        "AND shipping_amount",
        name="refunds_capped",
    ),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("payment_id", Uuid, ForeignKey(payments.c.id), nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("user_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("failure_reason", Text, nullable=False, server_default=text("''")),
    # The refund that one wish gave back together with this one; NULL for the one that names it.
    Column("part_of_id", Uuid),
    # The caller and Idempotency-Key that asked for it: after a crash the same call finds the refund again.
    Column("request_key", Text, unique=True),
    Column("provider_reference", Text, unique=True),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    *due_columns(),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("state IN ('PENDING', 'SUCCEEDED', 'FAILED')", name="state_known"),
    Index(None, "payment_id"),
    Index(None, "order_id"),
    Index(None, "user_id", "id"),
    Index(None, "part_of_id", postgresql_where=text("part_of_id IS NOT NULL")),
    Index("ix_refunds_due", "check_time", postgresql_where=text("state = 'PENDING'")),
)

refund_lines = Table(
    "refund_lines",
    metadata,
    Column("refund_id", Uuid, ForeignKey(refunds.c.id), nullable=False),
    Column("line_id", Uuid, nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    amount_column("seller_amount"),
    amount_column("commission_amount"),
    amount_column("tax_amount"),
    amount_column("shipping_amount"),
    PrimaryKeyConstraint("refund_id", "line_id"),
    Index(None, "shop_id", "refund_id"),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("provider_event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    # The provider's id of what the event is about.
    Column("object_reference", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    *due_columns(),
    time_column("receive_time", default=True),
    UniqueConstraint("provider", "provider_event_id"),
    CheckConstraint("state IN ('RECEIVED', 'APPLIED', 'IGNORED')", name="state_known"),
    Index("ix_webhook_events_due", "check_time", postgresql_where=text("state = 'RECEIVED'")),
    Index(None, "receive_time", postgresql_using="brin"),
)
