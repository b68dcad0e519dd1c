"""Small contracts compiled from text."""

import tempfile
from importlib.resources import files
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from contracts.protoc import PROTO

_HEAD = """\
syntax = "proto3";
package souk.shelf.v1;
import "google/api/annotations.proto";
import "google/api/httpbody.proto";
import "google/protobuf/timestamp.proto";
import "souk/money/v1/money.proto";
import "souk/options/v1/options.proto";
"""


def compiled(text: str) -> FileDescriptorSet:
    """A set of files in which `text` is the body of souk/shelf/v1/shelf.proto."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shelf.proto").write_text(_HEAD + text)
        google = Path(str(files("google.api").joinpath("http.proto"))).parents[2]
        well_known = files("grpc_tools").joinpath("_proto")
        paths = [f"-I{each}" for each in (folder, PROTO, google, well_known)]
        target = folder / "out.binpb"
        outputs = ["--include_imports", "--include_source_info", f"--descriptor_set_out={target}"]
        code = protoc.main(["protoc", *paths, *outputs, "shelf.proto"])
        assert code == 0
        return FileDescriptorSet.FromString(target.read_bytes())
