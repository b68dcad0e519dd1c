"""Sending, with a queue, people and a mail server in memory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.notification.domain.delivery import MAX_ATTEMPTS, Attempt, Message, Outcome, put_off
from services.notification.domain.letters import welcome
from services.notification.domain.mail import Mail
from services.notification.handlers import BATCH, Contact, NotNow, Refused, send_all_due, send_due

ADA = UUID(int=1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make_message(number: int = 1, *, attempt_count: int = 0, erased: bool = False) -> Message:
    letter = None if erased else welcome(str(ADA))
    return Message(UUID(int=number), ADA, letter, "user.registered", NOW, attempt_count, fence=1)


class FakeStore:
    """A queue in memory."""

    def __init__(self, *messages: Message) -> None:
        self.waiting = list(messages)
        self.attempts: dict[UUID, Attempt] = {}

    async def claim(self, size: int, lease: timedelta) -> list[Message]:
        assert lease > timedelta()
        claimed, self.waiting = self.waiting[:size], self.waiting[size:]
        return claimed

    async def settle(self, tried: Sequence[tuple[Message, Attempt]]) -> None:
        self.attempts.update((message.message_id, attempt) for message, attempt in tried)


class FakeContacts:
    """People in memory."""

    def __init__(self, people: Mapping[UUID, Contact]) -> None:
        self.people = people

    async def of(self, user_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
        return {user_id: self.people[user_id] for user_id in user_ids if user_id in self.people}


class FakeMailer:
    """Keeps what it gets, or refuses it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[tuple[UUID, str, str]] = []

    async def send(self, message_id: UUID, create_time: datetime, address: str, mail: Mail) -> None:
        assert create_time == NOW
        if self.error is not None:
            raise self.error
        self.sent.append((message_id, address, mail.subject))


PEOPLE = FakeContacts({ADA: Contact("ada@example.com", "Ada")})


class TestSendDue:
    async def test_hands_a_message_over(self) -> None:
        store = FakeStore(make_message())
        mailer = FakeMailer()
        await send_due(store, PEOPLE, mailer)
        assert mailer.sent == [(UUID(int=1), "ada@example.com", "Welcome to Souk")]
        assert store.attempts[UUID(int=1)].outcome is Outcome.SENT

    async def test_gives_up_where_the_person_is_gone(self) -> None:
        for store, people in (
            (FakeStore(make_message()), FakeContacts({})),
            (FakeStore(make_message(erased=True)), PEOPLE),
        ):
            await send_due(store, people, FakeMailer())
            assert store.attempts[UUID(int=1)] == Attempt(Outcome.FAILED, "RECIPIENT_GONE")

    async def test_gives_up_what_is_refused_for_ever(self) -> None:
        store = FakeStore(make_message())
        await send_due(store, PEOPLE, FakeMailer(Refused("RECIPIENT_REFUSED")))
        assert store.attempts[UUID(int=1)] == Attempt(Outcome.FAILED, "RECIPIENT_REFUSED")

    async def test_puts_off_what_cannot_be_sent_now(self) -> None:
        store = FakeStore(make_message())
        await send_due(store, PEOPLE, FakeMailer(NotNow("SERVER_UNREACHABLE")))
        attempt = store.attempts[UUID(int=1)]
        assert (attempt.outcome, attempt.reason) == (Outcome.QUEUED, "SERVER_UNREACHABLE")
        assert attempt.pause > timedelta()

    async def test_goes_on_until_nothing_is_due(self) -> None:
        store = FakeStore(*(make_message(number) for number in range(BATCH * 2 + 1)))
        await send_all_due(store, PEOPLE, FakeMailer())
        assert len(store.attempts) == BATCH * 2 + 1


class TestPause:
    def test_doubles_up_to_an_hour(self) -> None:
        pauses = [put_off(make_message(attempt_count=count), "").pause for count in range(MAX_ATTEMPTS - 1)]
        assert pauses[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
        assert max(pauses) == timedelta(hours=1)

    def test_comes_to_an_end(self) -> None:
        assert put_off(make_message(attempt_count=MAX_ATTEMPTS - 1), "BUSY").outcome is Outcome.FAILED
