"""The comments of the contracts by the full name of what they describe."""

from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from contracts.sources import comments_of

# Field numbers of the descriptor protos, of which a comment's path is made.
_FILE = {"message_type": 4, "enum_type": 5, "service": 6}
_MESSAGE = {"field": 2, "nested_type": 3, "enum_type": 4}
_ENUM = {"value": 2}
_SERVICE = {"method": 2}
_CHILDREN = {"message_type": _MESSAGE, "nested_type": _MESSAGE, "enum_type": _ENUM, "service": _SERVICE}


def read_comments(sources: FileDescriptorSet) -> dict[str, str]:
    """Every leading comment as flowing text, by full name. Enum values carry their enum's name before theirs."""
    return {name: comment for file in sources.file for name, comment in _of_file(file)}


def flowing(comment: str) -> str:
    """A comment with its hard line ends taken out; an empty line parts paragraphs."""
    paragraphs = comment.strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _of_file(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    comments = comments_of(file)
    for path, name in _names(file, (), file.package, _FILE):
        if path in comments:
            yield name, flowing(comments[path])


def _names(
    parent: Any, path: tuple[int, ...], prefix: str, kinds: dict[str, int]
) -> Iterable[tuple[tuple[int, ...], str]]:
    for kind, number in kinds.items():
        for index, child in enumerate(getattr(parent, kind)):
            here, name = (*path, number, index), f"{prefix}.{child.name}"
            yield here, name
            yield from _names(child, here, name, _CHILDREN.get(kind, {}))
