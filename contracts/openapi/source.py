"""What the document is made of: contracts of methods in a pool of their own, and comments by full name."""

from dataclasses import dataclass
from typing import Self

from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

from contracts.comments import read_comments
from contracts.sources import load_sources
from mesh.contract import MethodContract, read_descriptor


@dataclass(frozen=True, slots=True)
class Source:
    """The services with their methods for callers from outside, and the comments on everything."""

    methods: dict[str, tuple[MethodContract, ...]]
    comments: dict[str, str]

    @classmethod
    def load(cls) -> Self:
        """Compile the protos of this checkout."""
        return cls.of(load_sources())

    @classmethod
    def of(cls, files: FileDescriptorSet) -> Self:
        """The source that a compiled set of protos is."""
        pool = DescriptorPool()
        for file in files.file:
            pool.Add(file)
        names = sorted(
            f"{file.package}.{service.name}"
            for file in files.file
            for service in file.service
            if not file.package.startswith("souk.mesh.")
        )
        methods = {name: _outside(pool.FindServiceByName(name)) for name in names}
        return cls({name: found for name, found in methods.items() if found}, read_comments(files))

    def comment(self, name: str) -> str:
        """The comment on a full name; empty where there is none."""
        return self.comments.get(name, "")


def _outside(service: ServiceDescriptor) -> tuple[MethodContract, ...]:
    return tuple(each for each in read_descriptor(service).values() if not each.is_internal)
