"""`make gen`: writes everything under gen/ from proto/, offline, from installed packages only."""

import sys
from collections.abc import Callable

from contracts import catalogue, clients, protoc, python_stubs, typescript
from contracts.openapi import files as openapi

# What is written, in order; each alone by `python -m contracts.generate <name>`.
OUTPUTS: dict[str, Callable[[], None]] = {
    "google": protoc.copy_google_protos,
    "stubs": python_stubs.write,
    "clients": clients.write,
    "typescript": typescript.write,
    "openapi": openapi.write,
    "events": catalogue.write,
}


def main(names: list[str]) -> None:
    """Write the outputs that are named, or all of them."""
    unknown = set(names) - set(OUTPUTS)
    if unknown:
        sys.exit(
            f"contracts.generate: no output is called {', '.join(sorted(unknown))}; there are {', '.join(OUTPUTS)}"
        )
    for name, write in OUTPUTS.items():
        if not names or name in names:
            write()


if __name__ == "__main__":
    main(sys.argv[1:])
