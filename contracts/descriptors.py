"""The descriptors of all contracts, taken from the pool of the imported stubs: nothing here needs protoc."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import souk
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor, ServiceDescriptor
from google.rpc import error_details_pb2


def load_files() -> list[FileDescriptor]:
    """Import every generated stub; the file descriptors in the order of their names."""
    names = sorted(
        "souk." + str(path.relative_to(root).with_suffix("")).replace("/", ".")
        for root in souk.__path__
        for path in Path(root).rglob("*_pb2.py")
    )
    return [import_module(name).DESCRIPTOR for name in names]


def load_services() -> list[ServiceDescriptor]:
    """Every service of the contracts, in the order of its full name."""
    services = (service for file in load_files() for service in file.services_by_name.values())
    return sorted(services, key=lambda service: service.full_name)


def descriptor_set(files: Iterable[FileDescriptor]) -> bytes:
    """The serialised FileDescriptorSet of `files` and all that they import, what is imported first.

    `google/rpc/error_details.proto` is always in it: without it the edge drops the details of errors.
    """
    seen: dict[str, FileDescriptor] = {}
    for file in (*files, error_details_pb2.DESCRIPTOR):
        seen.update((each.name, each) for each in _with_imports(file, seen))
    descriptors = descriptor_pb2.FileDescriptorSet()
    for file in seen.values():
        file.CopyToProto(descriptors.file.add())
    return descriptors.SerializeToString(deterministic=True)


def _with_imports(file: FileDescriptor, seen: dict[str, FileDescriptor]) -> Iterator[FileDescriptor]:
    if file.name in seen:
        return
    for dependency in file.dependencies:
        yield from _with_imports(dependency, seen)
    yield file
