"""What services publish and what they listen to fit together."""

import importlib
from collections.abc import Iterator

import pytest
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor
from souk.mesh.v1 import envelope_pb2
from souk.options.v1 import options_pb2

from mesh.node import Node
from mesh.outbox import UnknownEvent, subject_of
from mesh.serve import all_services, load_service
from mesh.stack.home import Home
from mesh.stack.keys import make_keys


def _events() -> Iterator[Descriptor]:
    pool = descriptor_pool.Default()
    for service in all_services():
        try:
            importlib.import_module(f"souk.{service}.v1.{service}_events_pb2")
        except ImportError:
            continue
        yield from pool.FindFileByName(f"souk/{service}/v1/{service}_events.proto").message_types_by_name.values()


def _published() -> dict[str, Descriptor]:
    record = envelope_pb2.AuditRecord.DESCRIPTOR
    subjects = {subject_of(record, service): record for service in all_services()}
    for event in _events():
        try:
            subjects[subject_of(event, "")] = event
        except UnknownEvent:
            continue  # a part of an event
    return subjects


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    home = Home(tmp_path_factory.mktemp("keys") / "home")
    home.prepare()
    make_keys(home)
    node = Node([load_service(name) for name in all_services()], {"SOUK_HOME": str(home.root)})
    node.build()
    return node


class TestConsumers:
    async def test_every_subject_is_published_by_somebody(self, node: Node) -> None:
        published = _published()
        unknown = {
            (consumer.name, subject)
            for parts in node.parts.values()
            for consumer in parts.consumers
            for subject in consumer.subjects
            if subject not in published
        }
        assert unknown == set()

    async def test_a_durable_is_called_after_its_service_and_nobody_else_has_its_name(self, node: Node) -> None:
        names = [(service, consumer.name) for service, parts in node.parts.items() for consumer in parts.consumers]
        assert all(name.startswith(f"{service}-") for service, name in names)
        assert len({name for _, name in names}) == len(names)

    async def test_no_two_jobs_have_one_name(self, node: Node) -> None:
        names = [job.name for parts in node.parts.values() for job in parts.jobs]
        assert len(set(names)) == len(names)


class TestEvents:
    def test_the_key_of_an_event_is_one_of_its_fields(self) -> None:
        for event in _published().values():
            assert _key(event) in event.fields_by_name, event.full_name

    def test_no_two_events_share_a_subject(self) -> None:
        subjects = [subject_of(event, "") for event in _events() if _key(event)]
        assert len(set(subjects)) == len(subjects)


def _key(event: Descriptor) -> str:
    return event.GetOptions().Extensions[options_pb2.event].key
