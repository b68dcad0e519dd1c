"""How many calls at once the edge sends to the workers of a service."""

import pytest

from edge.clusters import service_cluster
from edge.placement import Endpoint


@pytest.mark.parametrize(
    ("hosts", "most"), [(("127.0.0.1",), 128), (("10.0.0.1", "10.0.0.2"), 256), (("order.souk.local",), 100_000)]
)
def test_is_what_its_workers_take_unless_nobody_knows_how_many_there_are(hosts: tuple[str, ...], most: int) -> None:
    cluster = service_cluster("order", [Endpoint(host, 50051) for host in hosts], "souk.order.v1.OrderService")
    (limits,) = cluster.circuit_breakers.thresholds
    assert limits.max_requests == most
