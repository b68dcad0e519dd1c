"""The use cases of notification."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from mesh.ids import new_id
from services.notification.domain.delivery import SENT, Attempt, Message, put_off, refused
from services.notification.domain.letters import Addressed, Letter
from services.notification.domain.mail import Mail, write_mail

# How many messages a sender takes at once, and for how long they are its own.
BATCH = 20
LEASE = timedelta(minutes=2)
# In seconds.
_LONGEST_UNSETTLED = 5.0


class Notifications(Protocol):
    """What is shown in the apps."""

    async def add(self, letters: Sequence[Addressed]) -> None: ...


class Queue(Protocol):
    """What waits to be sent."""

    async def queue(self, letters: Sequence[Addressed]) -> None: ...


class Store(Protocol):
    """What waits to be sent, to who sends it; each call is a commit."""

    async def claim(self, size: int, lease: timedelta) -> list[Message]: ...
    async def settle(self, tried: Sequence[tuple[Message, Attempt]]) -> None: ...


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a person is reached and what they are called."""

    email: str
    display_name: str


class Contacts(Protocol):
    """The people, whom another service knows."""

    async def of(self, user_ids: Iterable[UUID]) -> Mapping[UUID, Contact]: ...


class Refused(Exception):
    """The mail server will not take the message, now or later; the argument is a word for programs."""


class NotNow(Exception):
    """The mail server cannot take the message now; the argument is a word for programs."""


class Mailer(Protocol):
    """The mail server."""

    async def send(self, message_id: UUID, create_time: datetime, address: str, mail: Mail) -> None:
        """Hand a mail over. Raises Refused or NotNow."""


async def tell(shown: Notifications, queue: Queue | None, told: Iterable[tuple[UUID, Letter]]) -> list[Addressed]:
    """Tell people something in the apps and, where there is a queue, by e-mail."""
    letters = [Addressed(new_id(), user_id, letter) for user_id, letter in told]
    if letters:
        await shown.add(letters)
    if letters and queue is not None:
        await queue.queue(letters)
    return letters


async def send_due(store: Store, contacts: Contacts, mailer: Mailer) -> int:
    """Send what is due, at most BATCH, and return how many were tried. Nothing is sent inside a transaction.

    What became of several is one commit: who dies before it has them sent again, each known by its Message-ID.
    """
    messages = await store.claim(BATCH, LEASE)
    people = await contacts.of({message.user_id for message in messages}) if messages else {}
    tried, began = list[tuple[Message, Attempt]](), time.monotonic()
    for message in messages:
        tried.append((message, await _attempt(message, people.get(message.user_id), mailer)))
        # A slow server must not outlast the lease: then nothing would be known of what was tried.
        if message is messages[-1] or time.monotonic() - began > _LONGEST_UNSETTLED:
            await store.settle(tried)
            tried, began = [], time.monotonic()
    return len(messages)


async def send_all_due(store: Store, contacts: Contacts, mailer: Mailer) -> None:
    """Send until nothing is due."""
    while await send_due(store, contacts, mailer) == BATCH:
        pass


async def _attempt(message: Message, contact: Contact | None, mailer: Mailer) -> Attempt:
    if contact is None or message.letter is None:
        return refused("RECIPIENT_GONE")
    mail = write_mail(message.letter, contact.display_name)
    try:
        await mailer.send(message.message_id, message.create_time, contact.email, mail)
    except Refused as error:
        return refused(str(error))
    except NotNow as error:
        return put_off(message, str(error))
    return SENT
