"""What an order is paid with: the wallet first, then the card."""

from collections.abc import Sequence
from uuid import UUID

from mesh.money import Money
from services.order.domain.attempt import Attempt
from services.order.domain.request import PaymentSource, asks_wallet, plan_attempts
from services.order.handlers.outside import Payments


async def plan_payment(
    payments: Payments, user_id: UUID, sources: Sequence[PaymentSource], total: Money, key: str
) -> list[Attempt]:
    """The attempts to pay `total`. The wallet is asked only where it is to pay."""
    in_wallet = Money(total.currency, 0)
    if total and asks_wallet(sources):
        in_wallet = await payments.plan_wallet(user_id, total)
    return plan_attempts(sources, total, key, in_wallet)
