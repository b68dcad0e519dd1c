"""`python -m mesh.serve order payment --port 50051`: a process that hosts services until SIGTERM."""

import argparse
import asyncio
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import uvloop

from mesh import logs
from mesh.contract import ContractError
from mesh.node import Node
from mesh.rules import RuleError
from mesh.settings import SettingsError

if TYPE_CHECKING:
    from mesh.service import Service

PACKAGE = "services"


def all_services() -> list[str]:
    """The names of all services that are installed."""
    package = importlib.import_module(PACKAGE)
    return sorted(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)


def load_service(name: str) -> "Service":
    """The `SERVICE` of `services/<name>/service.py`. Raises SettingsError where there is none."""
    if name not in all_services():
        raise SettingsError(f"there is no service {name!r}; there are {', '.join(all_services())}")
    service: Service = importlib.import_module(f"{PACKAGE}.{name}.service").SERVICE
    return service


async def serve(names: Sequence[str], address: str) -> None:
    """Host the services until SIGTERM or SIGINT, then end gracefully."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    node = Node([load_service(name) for name in names])
    port = await node.start(address)
    logs.log("info", "serving", services=list(names), port=port, pid=os.getpid())
    await stopping.wait()
    logs.log("info", "stopping", services=list(names), pid=os.getpid())
    await node.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; a wrong setting, contract or port ends it with one line."""
    parser = argparse.ArgumentParser(prog="mesh.serve", description=__doc__)
    parser.add_argument("services", nargs="*", metavar="SERVICE")
    parser.add_argument("--all", action="store_true", help="host every service")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; 0 takes a free one")
    options = parser.parse_args(arguments)
    names = all_services() if options.all else options.services
    if not names:
        parser.error("name a service or give --all")
    logs.configure()
    try:
        uvloop.run(serve(names, f"{options.host}:{options.port}"))
    except (SettingsError, ContractError, RuleError, RuntimeError) as error:
        logs.log("critical", str(error))
        logs.flush()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
