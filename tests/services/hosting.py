"""One service on a real PostgreSQL, with the services that it stands on in memory."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from mesh.migrations import upgrade_all
from mesh.node import Node
from mesh.service import Parts, Service
from mesh.stack.keys import make_keys
from tests.services.market import _empty, _prepared
from tests.stores import Stores


@asynccontextmanager
async def hosting(
    stores: Stores, home: Path, service: Service, fakes: Mapping[str, Any], **settings: str
) -> AsyncIterator[Node]:
    """Host `service` on its schema, emptied, beside `fakes` (servicers, one or several, by the name of their service).

    Nothing runs by itself: jobs and consumers are run by the test.
    """
    await upgrade_all(stores.postgres_url, [service.name])
    await _empty(stores.postgres_url, [service.name])
    make_keys(_prepared(home))
    environ = {"SOUK_POSTGRES_URL": stores.postgres_url, "SOUK_HOME": str(home), **settings}
    node = Node([service, *(_fake(name, servicer) for name, servicer in fakes.items())], environ)
    node.background.start = lambda: None  # type: ignore[method-assign]  # see above
    await node.start(None)
    try:
        yield node
    finally:
        await node.stop()


def _fake(name: str, servicer: Any) -> Service:
    servicers = servicer if isinstance(servicer, tuple) else (servicer,)
    return Service(name, None, lambda _: Parts(servicers=servicers))
