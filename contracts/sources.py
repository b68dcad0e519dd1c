"""The contracts as descriptors with their comments: what every text generator reads."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
    SourceCodeInfo,
)

from contracts.protoc import GOOGLE_FILES, run_plugin, run_protoc

# Field numbers of the descriptor protos, of which a comment's path is made.
_SERVICE, _METHOD = 6, 2


def load_sources() -> FileDescriptorSet:
    """Compile every proto of ours, with its imports and comments, into one descriptor set."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "souk.binpb"
        run_protoc("--include_imports", "--include_source_info", f"--descriptor_set_out={target}", *GOOGLE_FILES)
        return FileDescriptorSet.FromString(target.read_bytes())


def generate(*arguments: str) -> None:
    """Run a plugin of protoc over our protos and what they import, for a language that has no package of Google's.

    Google's comments are left out, so that the generated text holds no prose but ours.
    """
    sources = load_sources()
    for file in sources.file:
        if file.name.startswith("google/"):
            # The compiler of the Python client wants the field to be there, empty or not.
            file.source_code_info.CopyFrom(SourceCodeInfo())
    with tempfile.TemporaryDirectory() as folder:
        descriptors = Path(folder) / "souk.binpb"
        descriptors.write_bytes(sources.SerializeToString())
        run_plugin(descriptors, *arguments)


@dataclass(frozen=True, slots=True)
class SourceService:
    """One service of the contracts with the comments of its methods."""

    file: FileDescriptorProto
    service: ServiceDescriptorProto
    comment: str
    method_comments: dict[str, str]


def services(sources: FileDescriptorSet) -> Iterator[SourceService]:
    """Every service of ours, in the order of its file's name."""
    for file in sorted(sources.file, key=lambda file: file.name):
        if not file.name.startswith("souk/"):
            continue
        comments = comments_of(file)
        for index, service in enumerate(file.service):
            methods = {
                method.name: comments.get((_SERVICE, index, _METHOD, position), "")
                for position, method in enumerate(service.method)
            }
            yield SourceService(file, service, comments.get((_SERVICE, index), ""), methods)


def comments_of(file: FileDescriptorProto) -> dict[tuple[int, ...], str]:
    """The leading comments of one file, by the path of what they stand before."""
    return {
        tuple(location.path): "\n".join(line.strip() for line in location.leading_comments.strip().splitlines())
        for location in file.source_code_info.location
        if location.leading_comments
    }
