"""The bundled protoc, pointed at our protos and at Google's from the installed wheels."""

import os
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
GOOGLE = ROOT / ".cache" / "googleapis"
# What the contracts import of Google's, and what the edge needs in its descriptor set.
GOOGLE_FILES = (
    "google/api/annotations.proto",
    "google/api/http.proto",
    "google/api/httpbody.proto",
    "google/rpc/code.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
)


def copy_google_protos() -> None:
    """Copy Google's protos out of the wheel into the ignored folder that buf reads as a second module."""
    for name in GOOGLE_FILES:
        target = GOOGLE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        package, _, file = name.rpartition("/")
        target.write_bytes(files(package.replace("/", ".")).joinpath(file).read_bytes())


def proto_files() -> list[str]:
    """Every proto of ours, relative to proto/, sorted."""
    return sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))


def run_protoc(*arguments: str) -> None:
    """Run protoc over all our protos; stop the process with its message if it fails."""
    copy_google_protos()
    well_known = str(files("grpc_tools").joinpath("_proto"))
    _main(f"-I{PROTO}", f"-I{GOOGLE}", f"-I{well_known}", *arguments, *proto_files())


def run_plugin(descriptors: Path, *arguments: str) -> None:
    """Run a plugin of protoc over our protos and Google's, as a descriptor set holds them; stop where it fails."""
    # protoc looks for its plugins on PATH; those of this environment lie beside the interpreter.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    _main(f"--descriptor_set_in={descriptors}", *arguments, *GOOGLE_FILES, *proto_files())


def _main(*arguments: str) -> None:
    code = protoc.main(["protoc", *arguments])
    if code:
        sys.exit(code)
