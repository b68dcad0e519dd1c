"""gen/python: the grpcio stubs and their .pyi, which servers and the mesh use."""

from contracts.output import generated
from contracts.protoc import ROOT, run_protoc


def write() -> None:
    """Write the stubs of every proto."""
    with generated(ROOT / "gen" / "python" / "souk") as folder:
        run_protoc(f"--python_out={folder}", f"--pyi_out={folder}", f"--grpc_python_out={folder}")
        # protoc writes below the package's own folder, which is the target here.
        for path in (folder / "souk").iterdir():
            path.rename(folder / path.name)
        (folder / "souk").rmdir()
