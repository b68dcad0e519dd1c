"""The queue of e-mails on a real store."""

from datetime import timedelta
from uuid import UUID

from mesh.ids import new_id
from services.notification.domain.delivery import SENT, Attempt, Message, Outcome, refused
from services.notification.domain.letters import Addressed, welcome
from services.notification.repository.messages import Messages, QueueStore
from tests.services.market import Market

ADA = UUID(int=1)
EXPIRED, HELD = timedelta(seconds=-1), timedelta(minutes=1)


async def queue_one(market: Market) -> None:
    async with market.unit("notification") as unit:
        await Messages(unit, market.node.keyring).queue([Addressed(new_id(), ADA, welcome(str(ADA)))])


def store(market: Market) -> QueueStore:
    return QueueStore(market.node.nodes["notification"].db, market.node.keyring)


async def claim(market: Market, lease: timedelta) -> list[Message]:
    return await store(market).claim(10, lease)


async def settle(market: Market, message: Message, attempt: Attempt) -> None:
    await store(market).settle([(message, attempt)])


async def states(market: Market) -> list[str]:
    return [row["state"] for row in await market.rows("SELECT state FROM notification.messages")]


class TestQueue:
    """These run without a mail server, so that nobody else takes the messages."""

    async def test_gives_a_message_to_one_sender(self, quiet_market: Market) -> None:
        await queue_one(quiet_market)
        (message,) = await claim(quiet_market, HELD)
        assert message.letter == welcome(str(ADA))
        assert await claim(quiet_market, HELD) == []

    async def test_lets_a_sender_that_lost_its_lease_write_nothing(self, quiet_market: Market) -> None:
        await queue_one(quiet_market)
        (slow,) = await claim(quiet_market, EXPIRED)
        (quick,) = await claim(quiet_market, HELD)
        await settle(quiet_market, slow, refused("MESSAGE_REFUSED"))
        assert await states(quiet_market) == ["QUEUED"]
        await settle(quiet_market, quick, SENT)
        await settle(quiet_market, quick, refused("MESSAGE_REFUSED"))
        assert await states(quiet_market) == ["SENT"]
        assert await quiet_market.events("notification") == ["MessageSent"]

    async def test_holds_a_message_back_during_its_pause(self, quiet_market: Market) -> None:
        await queue_one(quiet_market)
        (message,) = await claim(quiet_market, HELD)
        await settle(quiet_market, message, Attempt(Outcome.QUEUED, "BUSY", timedelta(hours=1)))
        assert await claim(quiet_market, HELD) == []
        assert await quiet_market.events("notification") == []

    async def test_keeps_what_is_said_sealed(self, quiet_market: Market) -> None:
        await queue_one(quiet_market)
        (row,) = await quiet_market.rows("SELECT messages::text AS row FROM notification.messages")
        assert b"Welcome".hex() not in row["row"]
