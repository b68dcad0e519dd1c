"""Where the trail comes from."""

import json
from datetime import UTC, datetime
from uuid import UUID

from souk.mesh.v1.envelope_pb2 import AuditRecord, Envelope

from mesh.serve import all_services
from services.audit.consumers import CONSUMERS, SOURCES, to_entry

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class TestSources:
    def test_are_all_services_but_this_one(self) -> None:
        assert set(SOURCES) == set(all_services()) - {"audit"}

    def test_have_a_durable_each(self) -> None:
        assert len({consumer.name for consumer in CONSUMERS}) == len(SOURCES)


class TestEntry:
    def test_is_named_by_its_event(self) -> None:
        envelope = Envelope(event_id=str(UUID(int=7)), correlation_id="story")
        envelope.occur_time.FromDatetime(NOW)
        record = AuditRecord(method="/m", actor="ada", resource_id="loom", after_json=json.dumps({"state": "VERIFIED"}))
        entry = to_entry("seller", record, envelope)
        assert (entry.id, entry.service, entry.occur_time) == (UUID(int=7), "seller", NOW)
        assert (entry.correlation_id, entry.after_json) == ("story", '{"state": "VERIFIED"}')
