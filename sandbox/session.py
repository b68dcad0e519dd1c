"""One request at work: the store, who asked, and the events that its changes raise."""

from typing import Any

from sandbox import shapes
from sandbox.errors import no_such
from sandbox.faults import Faults
from sandbox.shapes import Body
from sandbox.store import Store

API_VERSION = "2026-10-28.endive"


class Session:
    """What an endpoint works with; everything it does is committed at once, by its caller."""

    def __init__(self, store: Store, faults: Faults, request_id: str | None = None, key: str | None = None) -> None:
        self.store = store
        self._faults = faults
        self._request_id = request_id
        self._key = key

    def load(self, kind: str, object_id: str, param: str = "id") -> Body:
        """The object, or Stripe's `resource_missing`."""
        body = self.store.get(kind, object_id)
        if body is None:
            raise no_such(kind, object_id, param)
        return body

    def save(self, body: Body, *events: str, previous: Body | None = None) -> Body:
        """Keep the object and raise events that carry it as it is now."""
        self.store.put(body)
        for kind in events:
            event = shapes.event(kind, body, previous, self._request_id, self._key, API_VERSION)
            self.store.put(event)
            self._tell(event)
        return body

    def _tell(self, event: Body) -> None:
        for delay in self._faults.for_event(event):
            self.store.enqueue(event["id"], delay)
        for forgery in self._faults.forgeries(event):
            self.store.forge(event["id"], forgery)
        for consequence, delay in self._faults.consequences(event):
            self.store.postpone(event["data"]["object"]["id"], consequence, delay)

    def expand(self, body: Body, paths: list[str]) -> Body:
        """Replace ids by their objects along `expand[]` paths, as deep as the path goes."""
        for path in paths:
            self._expand(body, path.split("."))
        return body

    def _expand(self, node: Any, path: list[str]) -> None:
        if isinstance(node, list):
            for child in node:
                self._expand(child, path)
            return
        if not path or not isinstance(node, dict):
            return
        child = node.get(path[0])
        if isinstance(child, str):
            child = node[path[0]] = self.store.find(child) or child
        self._expand(child, path[1:])
