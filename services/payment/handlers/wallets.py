"""Store credit: given by the market, held and spent by orders, and given back. All in the caller's unit of work."""

from datetime import timedelta

from mesh.database import UnitOfWork
from mesh.errors import Internal
from mesh.ids import new_id
from services.payment import events
from services.payment.domain.ledger import capture_entry, refund_entry
from services.payment.domain.lines import PaymentLine
from services.payment.domain.payment import Payment, PaymentState
from services.payment.domain.refund import Refund, RefundState
from services.payment.domain.wallet import TOO_LOW, Credit, WalletEntry, WalletEntryKind, credit_entry
from services.payment.repository import balances, ledger, payments, refunds, wallets
from services.payment.repository.lines import lines_of


async def give_credit(uow: UnitOfWork, credit: Credit) -> WalletEntry:
    """The market gives a buyer store credit."""
    balance = await wallets.add(uow, credit.user_id, credit.amount)
    await ledger.post(uow, credit_entry(credit))
    before = {"balance": balance - credit.amount.amount, "currency": credit.amount.currency}
    after = {"balance": balance, "currency": credit.amount.currency, "reason": credit.reason}
    uow.audit(credit.user_id, before, after)
    return await wallets.insert_entry(
        uow,
        WalletEntry(
            id=credit.id,
            user_id=credit.user_id,
            kind=WalletEntryKind.CREDIT,
            amount=credit.amount,
            balance=balance,
            reference_id=credit.id,
            order_id=None,
            reason=credit.reason,
        ),
    )


async def pay_alone(uow: UnitOfWork, payment: Payment) -> None:
    """A new payment that the wallet makes by itself: taken in this commit, or refused."""
    balance = await wallets.spend(uow, payment.user_id, payment.amount)
    if balance is None:
        payment.refuse(TOO_LOW)
    else:
        await _taken(uow, payment, balance)
    await payments.save(uow, payment)
    uow.publish(events.payment_moved(payment), payment.order_id)


async def hold_beside(uow: UnitOfWork, card: Payment, wallet: Payment, lines: list[PaymentLine]) -> None:
    """Set the wallet's part aside before anything is charged; where there is too little the whole sale is refused."""
    if await wallets.hold(uow, wallet.user_id, wallet.amount):
        wallet.state = PaymentState.AUTHORIZED
    else:
        wallet.give_up()
        card.refuse(TOO_LOW)
        await payments.save(uow, card)
        uow.publish(events.payment_moved(card), card.order_id)
    await payments.insert_new(uow.fetch, wallet, lines, timedelta(0))


async def follow(uow: UnitOfWork, card: Payment) -> None:
    """The wallet's part goes the way of the card: taken with it, or free again once nobody can charge it any more."""
    if card.companion_id is None:
        return
    wallet = await payments.lock(uow, card.companion_id)
    if card.captured and not wallet.captured:
        await _take_beside(uow, wallet)
    elif card.is_over_without_money and wallet.state is PaymentState.AUTHORIZED:
        await wallets.release(uow, wallet.user_id, wallet.amount)
        wallet.give_up()
        await payments.save(uow, wallet)


async def _take_beside(uow: UnitOfWork, wallet: Payment) -> None:
    balance: int | None
    if wallet.state is PaymentState.AUTHORIZED:
        balance = await wallets.spend_held(uow, wallet.user_id, wallet.amount)
    else:
        balance = await wallets.spend(uow, wallet.user_id, wallet.amount)
    if balance is None:
        # A closed charge came back to life at the provider, and the credit beside it is spent elsewhere.
        raise Internal("WALLET_SPENT", f"The wallet's part {wallet.id} of a charge is gone.")
    await _taken(uow, wallet, balance)
    await payments.save(uow, wallet)
    uow.publish(events.payment_moved(wallet), wallet.order_id)


async def _taken(uow: UnitOfWork, payment: Payment, balance: int) -> None:
    payment.take_credit()
    await post_capture(uow, payment)
    entry = WalletEntry(
        id=new_id(),
        user_id=payment.user_id,
        kind=WalletEntryKind.PAYMENT,
        amount=payment.amount * -1,
        balance=balance,
        reference_id=payment.id,
        order_id=payment.order_id,
        reason="",
    )
    await wallets.insert_entry(uow, entry)


async def post_capture(uow: UnitOfWork, payment: Payment) -> None:
    """Post what a payment took, line by line."""
    shares = [(line.shop_id, line.paid) for line in await lines_of(uow, payment.id)]
    await ledger.post(uow, capture_entry(payment.id, payment.order_id, shares, payment.amount, payment.wallet_of))


async def give_back(uow: UnitOfWork, payment: Payment, refund: Refund) -> None:
    """What was set aside of a wallet's payment is in the wallet again, at once. The refund is written already."""
    payment.give_back(refund.amount.amount)
    refund.state = RefundState.SUCCEEDED
    balance = await wallets.add(uow, payment.user_id, refund.amount)
    shares = [(line.shop_id, line.shares) for line in refund.lines]
    await balances.note_debt(uow, [line.shop_id for line in refund.lines])
    await ledger.post(uow, refund_entry(refund.id, refund.order_id, shares, refund.amount, payment.wallet_of))
    entry = WalletEntry(
        id=new_id(),
        user_id=payment.user_id,
        kind=WalletEntryKind.REFUND,
        amount=refund.amount,
        balance=balance,
        reference_id=refund.id,
        order_id=refund.order_id,
        reason=refund.reason,
    )
    await wallets.insert_entry(uow, entry)
    await payments.save(uow, payment)
    await refunds.save(uow, refund)
    uow.publish(events.refund_moved(refund, payment), refund.order_id)
