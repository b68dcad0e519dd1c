"""gen/clients/typescript: messages and service descriptors for Connect's gRPC-web transport."""


def write() -> None:
    """Write them (npm packages of the lock file, installed beside the sources)."""
