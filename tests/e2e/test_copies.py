"""docs/data.md against the durables that really run."""

import nats

from tests.docs.test_data import events_of_the_table
from tests.stack_process import Stack

# These act on events and keep no copy of the fact.
_ACTORS = ("notification-", "audit-")


async def _consumed(url: str) -> set[str]:
    """The events that the durables of the market take, without those that only act on them."""
    client = await nats.connect(url)
    try:
        jetstream = client.jetstream()
        found = set()
        for stream in await jetstream.streams_info():
            for durable in await jetstream.consumers_info(stream.config.name or ""):
                if durable.name.startswith(_ACTORS):
                    continue
                config = durable.config
                filters = config.filter_subjects or [config.filter_subject or ""]
                found |= {subject.removesuffix(".>").removeprefix("souk.").replace(".v1.", ".") for subject in filters}
        return found
    finally:
        await client.close()


class TestTableOfCopies:
    async def test_names_every_event_that_a_copy_is_made_from(self, stack: Stack) -> None:
        consumed = await _consumed(stack.urls["nats"])
        assert "order.order.paid" in consumed
        assert consumed <= events_of_the_table()
