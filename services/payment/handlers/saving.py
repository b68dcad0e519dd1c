"""Saving means of payment for the next purchase."""

import logging
import uuid
from collections.abc import Awaitable, Callable

from mesh import crash
from mesh.database import Database, UnitOfWork
from mesh.errors import FailedPrecondition, Unavailable
from mesh.ids import new_id
from services.payment.domain.method import MOST_METHODS, Details, Means, SavedMethod, not_found, require_room
from services.payment.domain.payment import Payment
from services.payment.domain.provider import OutcomeUnknown, Refused
from services.payment.handlers.ports import Keeper
from services.payment.repository import methods
from services.payment.repository.methods import Methods

_log = logging.getLogger(__name__)
# Done in the commit that saves: keeps the caller's answer.
AtEnd = Callable[[UnitOfWork, SavedMethod], Awaitable[None]]


class Saving:
    """Saves, lists and forgets means of payment; each is its owner's alone."""

    def __init__(self, db: Database, keeper: Keeper, saved: Methods) -> None:
        self._db = db
        self._keeper = keeper
        self._saved = saved

    async def save(self, user_id: uuid.UUID, token: str, request_key: str, at_end: AtEnd) -> SavedMethod:
        """Have the provider keep it, and keep what the provider calls it. The same key keeps it once."""
        async with self._db.read() as unit:
            require_room(await methods.count(unit, user_id))
        customer = await self._customer(user_id)
        details = await self._kept(token, customer, request_key)
        async with self._db.write() as uow:
            method = await self._saved.insert_new(uow, new_id(), user_id, details)
            await at_end(uow, method)
        return method

    async def _customer(self, user_id: uuid.UUID) -> str:
        async with self._db.read() as unit:
            known = await methods.find_customer(unit, user_id)
        if known is not None:
            return known
        try:
            made = await self._keeper.open_customer(user_id)
        except (OutcomeUnknown, Refused) as unknown:
            raise _unavailable() from unknown
        async with self._db.write() as uow:
            await methods.insert_customer(uow, user_id, made)
        return made

    async def _kept(self, token: str, customer: str, request_key: str) -> Details:
        try:
            return await self._keeper.keep(token, customer, request_key)
        except Refused as refused:
            message = f"The provider does not keep this means of payment: {refused.reason}."
            raise FailedPrecondition("PAYMENT_METHOD_REFUSED", message) from refused
        except OutcomeUnknown as unknown:
            raise _unavailable() from unknown

    async def to_keep(self, user_id: uuid.UUID, token: str) -> Means:
        """What a payment is made with that is to be saved once it has paid."""
        return Means(token, await self._customer(user_id), keep=True)

    async def keep_used(self, payment: Payment) -> None:
        """Save what a payment was made with, once. The payment counts more: what cannot be saved now is not."""
        if payment.reference is None:
            return
        try:
            details = await self._keeper.used(payment.reference)
        except (OutcomeUnknown, Refused) as unknown:
            _log.info("what payment %s was made with is not saved: %s", payment.id, unknown)
            return
        if details is None:
            return
        async with self._db.write() as uow:
            if await methods.count(uow, payment.user_id) < MOST_METHODS:
                # The payment's own id: however often it is asked for, it is saved once.
                await self._saved.insert_new(uow, payment.id, payment.user_id, details)
            crash.point("payment.keep_used.before_commit")
        crash.point("payment.keep_used.after_commit")

    async def of_user(self, user_id: uuid.UUID) -> list[SavedMethod]:
        """What a user has saved, newest first."""
        async with self._db.read() as unit:
            return await self._saved.of_user(unit, user_id)

    async def forget(self, user_id: uuid.UUID, method_id: uuid.UUID) -> None:
        """The provider forgets it first: what is gone here is gone there."""
        async with self._db.read() as unit:
            method = await self._saved.find(unit, user_id, method_id)
        if method is None:
            raise not_found(method_id)
        try:
            await self._keeper.forget(method.details.reference)
        except OutcomeUnknown as unknown:
            raise _unavailable() from unknown
        async with self._db.write() as uow:
            await methods.remove(uow, user_id, method_id)

    async def means(self, user_id: uuid.UUID, method_id: uuid.UUID) -> Means:
        """What a payment with a saved method is made with. Raises NotFound for another's."""
        async with self._db.read() as unit:
            method = await self._saved.find(unit, user_id, method_id)
            customer = await methods.find_customer(unit, user_id)
        if method is None:
            raise not_found(method_id)
        return Means(method.details.reference, customer or "")


def _unavailable() -> Unavailable:
    return Unavailable("PROVIDER_UNAVAILABLE", "The payment provider does not answer; call again with the same key.")
