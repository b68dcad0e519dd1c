"""Payments, refunds, the provider's webhooks and the ledger.

Retention: payments, refunds and the ledger ten years, as bookkeeping demands; webhook events 30 days. Nothing here
names a person but by id, and no card data and no token is kept.
"""

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from mesh.tables import service_metadata, time_column

metadata = service_metadata("payment")


def _amount(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _due() -> list[Column[object]]:
    """When the recovery looks at the row next, and how often it has."""
    return [
        Column("check_time", DateTime(timezone=True), server_default=func.now(), nullable=False),
        Column("check_count", Integer, server_default=text("0"), nullable=False),
    ]


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
    _amount("captured_amount"),
    _amount("refunded_amount"),
    _amount("refunding_amount"),
    Column("decline_reason", Text, nullable=False, server_default=text("''")),
    Column("provider_reference", Text),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    # Whether the provider could still take money for it: recovery looks at these alone.
    Column("chargeable", Boolean, nullable=False, server_default=text("true")),
    *_due(),
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
    _amount("seller_amount"),
    _amount("commission_amount"),
    _amount("tax_amount"),
    _amount("shipping_amount"),
    # What refunds took from it, those on their way included.
    _amount("refunded_quantity"),
    _amount("refunded_seller_amount"),
    _amount("refunded_commission_amount"),
    _amount("refunded_tax_amount"),
    _amount("refunded_shipping_amount"),
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
    # The caller and Idempotency-Key that asked for it: after a crash the same call finds the refund again.
    Column("request_key", Text, unique=True),
    Column("provider_reference", Text, unique=True),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    *_due(),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    CheckConstraint("amount > 0", name="amount_positive"),
    CheckConstraint("state IN ('PENDING', 'SUCCEEDED', 'FAILED')", name="state_known"),
    Index(None, "payment_id"),
    Index(None, "order_id"),
    Index(None, "user_id", "id"),
    Index("ix_refunds_due", "check_time", postgresql_where=text("state = 'PENDING'")),
)

refund_lines = Table(
    "refund_lines",
    metadata,
    Column("refund_id", Uuid, ForeignKey(refunds.c.id), nullable=False),
    Column("line_id", Uuid, nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    _amount("seller_amount"),
    _amount("commission_amount"),
    _amount("tax_amount"),
    _amount("shipping_amount"),
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
    *_due(),
    time_column("receive_time", default=True),
    UniqueConstraint("provider", "provider_event_id"),
    CheckConstraint("state IN ('RECEIVED', 'APPLIED', 'IGNORED')", name="state_known"),
    Index("ix_webhook_events_due", "check_time", postgresql_where=text("state = 'RECEIVED'")),
    Index(None, "receive_time", postgresql_using="brin"),
)

ledger_transactions = Table(
    "ledger_transactions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("reference_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    time_column("post_time", default=True),
    # Whatever races, a capture or a refund is posted once.
    UniqueConstraint("kind", "reference_id"),
    Index(None, "order_id"),
)

ledger_postings = Table(
    "ledger_postings",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("transaction_id", Uuid, ForeignKey(ledger_transactions.c.id), nullable=False),
    Column("account", Text, nullable=False),
    Column("shop_id", Uuid),
    Column("amount", BigInteger, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    CheckConstraint("amount <> 0", name="amount_not_zero"),
    CheckConstraint(
        "account IN ('provider_clearing', 'provider_fees', 'seller_payable', 'commission_earned', 'tax_payable', "
        "'shipping_payable', 'discount', 'refund_clearing', 'dispute_hold', 'dispute_loss', 'wallet_liability', "
        "'payout_in_transit', 'rounding')",
        name="account_known",
    ),
    CheckConstraint("account <> 'seller_payable' OR shop_id IS NOT NULL", name="shop_of_seller"),
    Index(None, "transaction_id"),
    Index(None, "shop_id", postgresql_where=text("shop_id IS NOT NULL")),
)
