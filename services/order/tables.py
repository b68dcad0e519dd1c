"""The tables of order.

Retention: orders with all that belongs to them for good, as tax law asks, their sealed addresses until the person is
erased; quotes a week; sagas as long as their orders.
"""

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
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from mesh.tables import service_metadata, time_column
from services.order.domain.saga import Goal, SagaState
from services.order.domain.status import AttemptState, FulfilmentState, OrderState, OrderStatus, PaymentState

metadata = service_metadata("order")


def _one_of(column: str, values: type) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]  # every caller passes an enum
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _sums() -> list[Column[int]]:
    names = ("subtotal_amount", "discount_amount", "shipping_amount", "tax_amount", "total_amount")
    return [Column(name, BigInteger, nullable=False) for name in names]


_ADDS_UP = "total_amount = subtotal_amount - discount_amount + shipping_amount + tax_amount AND total_amount >= 0"

orders = Table(
    "orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_number", Text, nullable=False, unique=True),
    Column("user_id", Uuid, nullable=False),
    Column("cart_id", Uuid, nullable=False),
    Column("cart_version", BigInteger, nullable=False),
    # The Idempotency-Key of the call that placed it: one key, one order, also after the key's lease.
    Column("place_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("payment_state", Text, nullable=False),
    Column("fulfilment_state", Text, nullable=False),
    # A function of the three above, kept for the filters of lists.
    Column("status", Text, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    *_sums(),
    Column("item_count", Integer, nullable=False),
    Column("refunded_amount", BigInteger, nullable=False, server_default=text("0")),
    Column("shipping_address_sealed", LargeBinary, nullable=False),
    Column("billing_address_sealed", LargeBinary, nullable=False),
    # The changes of the status, oldest first: [status, time, reason].
    Column("history", JSONB, nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("superseded_by_id", Uuid),
    time_column("hold_expire_time", nullable=True),
    time_column("pay_time", nullable=True),
    # When inventory is asked to commit what its event should have told it long before; NULL once that is sure.
    time_column("stock_due_time", nullable=True),
    time_column("deliver_time", nullable=True),
    Column("version", BigInteger, nullable=False),
    time_column("place_time"),
    time_column("update_time", default=True),
    UniqueConstraint("user_id", "place_key"),
    _one_of("state", OrderState),
    _one_of("payment_state", PaymentState),
    _one_of("fulfilment_state", FulfilmentState),
    _one_of("status", OrderStatus),
    CheckConstraint(_ADDS_UP, name="total"),
    Index("uq_orders_open_cart", "cart_id", unique=True, postgresql_where=text("state = 'OPEN'")),
    Index(None, "cart_id", "cart_version"),
    Index(None, "user_id", "id"),
    Index(None, "status", "id"),
    Index("ix_orders_stock_due", "stock_due_time", postgresql_where=text("stock_due_time IS NOT NULL")),
    Index(
        "ix_orders_delivered",
        "deliver_time",
        postgresql_where=text("state = 'CONFIRMED' AND fulfilment_state = 'DELIVERED'"),
    ),
)

seller_orders = Table(
    "seller_orders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.id), nullable=False),
    Column("shop_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("fulfilment_state", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    *_sums(),
    # When the order was paid: from then on the seller sees the part.
    time_column("confirm_time", nullable=True),
    UniqueConstraint("order_id", "shop_id"),
    _one_of("fulfilment_state", FulfilmentState),
    _one_of("status", OrderStatus),
    CheckConstraint(_ADDS_UP, name="total"),
    Index(None, "shop_id", "id", postgresql_where=text("confirm_time IS NOT NULL")),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.id), nullable=False, index=True),
    Column("seller_order_id", Uuid, ForeignKey(seller_orders.c.id), nullable=False, index=True),
    Column("shop_id", Uuid, nullable=False),
    Column("variant_id", Uuid, nullable=False),
    Column("product_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("image_url", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("shipped_quantity", Integer, nullable=False, server_default=text("0")),
    Column("currency", CHAR(3), nullable=False),
    Column("unit_amount", BigInteger, nullable=False),
    Column("discount_amount", BigInteger, nullable=False),
    Column("shipping_amount", BigInteger, nullable=False),
    Column("tax_amount", BigInteger, nullable=False),
    Column("commission_bps", Integer, nullable=False),
    Column("commission_amount", BigInteger, nullable=False),
    CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
    CheckConstraint("shipped_quantity BETWEEN 0 AND quantity", name="shipped_quantity"),
)

shipments = Table(
    "shipments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seller_order_id", Uuid, ForeignKey(seller_orders.c.id), nullable=False, index=True),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    # How many of each line are in it, by the line's id.
    Column("quantities", JSONB, nullable=False),
    time_column("ship_time"),
    time_column("deliver_time", nullable=True),
)

order_payments = Table(
    "order_payments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("order_id", Uuid, ForeignKey(orders.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    # The provider's token, for as long as the payment may still have to be begun.
    Column("token_sealed", LargeBinary),
    Column("currency", CHAR(3), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("decline_reason", Text, nullable=False, server_default=text("''")),
    # The Idempotency-Key of the call that made the attempt.
    Column("key", Text, nullable=False),
    # Whether the buyer wants the card saved once it has paid.
    Column("save_method", Boolean, nullable=False, server_default=text("false")),
    # The card's attempt that the wallet pays beside.
    Column("beside_id", Uuid),
    Column("refunded_amount", BigInteger, nullable=False, server_default=text("0")),
    time_column("create_time", default=True),
    time_column("update_time", default=True),
    UniqueConstraint("order_id", "position"),
    Index("uq_order_payments_key", "order_id", "key", unique=True, postgresql_where=text("beside_id IS NULL")),
    _one_of("state", AttemptState),
    CheckConstraint("amount > 0", name="amount"),
)

order_sagas = Table(
    "order_sagas",
    metadata,
    Column("order_id", Uuid, ForeignKey(orders.c.id), primary_key=True),
    Column("goal", Text, nullable=False),
    Column("state", Text, nullable=False),
    # RUNNING: when the recovery may try next; WAITING: until when the buyer has time.
    time_column("due_time"),
    # Raised by each lease: what an earlier holder still does has no effect.
    Column("fence", BigInteger, nullable=False),
    time_column("lease_until", nullable=True),
    # Since when it has been RUNNING.
    time_column("run_time"),
    Column("attempt_count", Integer, nullable=False, server_default=text("0")),
    Column("cancel_reason", Text, nullable=False, server_default=text("''")),
    Column("refund_id", Uuid),
    Column("supersedes_id", Uuid),
    # The keyed call that waits for the answer.
    Column("call_method", Text),
    Column("call_caller", Text),
    Column("call_key", Text),
    Column("call_hash", LargeBinary),
    _one_of("goal", Goal),
    _one_of("state", SagaState),
    Index("ix_order_sagas_due", "due_time", postgresql_where=text("state <> 'DONE'")),
)

quotes = Table(
    "quotes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("cart_id", Uuid, nullable=False),
    Column("currency", CHAR(3), nullable=False),
    Column("total_amount", BigInteger, nullable=False),
    # What was seen of each variant: {variant id: [quantity, unit amount]}.
    Column("seen", JSONB, nullable=False),
    time_column("expire_time"),
    Index(None, "expire_time"),
)
