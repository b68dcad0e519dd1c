"""`make gen`: writes everything under gen/ from proto/, offline, from installed wheels only."""

import shutil
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
GOOGLE = ROOT / ".cache" / "googleapis"
PYTHON = ROOT / "gen" / "python"
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
        source = files(package.replace("/", ".")).joinpath(file)
        target.write_bytes(source.read_bytes())


def proto_files() -> list[str]:
    """Every proto of ours, relative to proto/, sorted."""
    return sorted(str(path.relative_to(PROTO)) for path in PROTO.rglob("*.proto"))


def run_protoc(*arguments: str) -> None:
    """Run the bundled protoc over all our protos; stop with its message if it fails."""
    well_known = str(files("grpc_tools").joinpath("_proto"))
    code = protoc.main(["protoc", f"-I{PROTO}", f"-I{GOOGLE}", f"-I{well_known}", *arguments, *proto_files()])
    if code:
        sys.exit(code)


def generate_python() -> None:
    """Write the grpcio stubs and their .pyi."""
    shutil.rmtree(PYTHON / "souk", ignore_errors=True)
    PYTHON.mkdir(parents=True, exist_ok=True)
    run_protoc(f"--python_out={PYTHON}", f"--pyi_out={PYTHON}", f"--grpc_python_out={PYTHON}")


def main() -> None:
    """Write everything."""
    copy_google_protos()
    generate_python()


if __name__ == "__main__":
    main()
