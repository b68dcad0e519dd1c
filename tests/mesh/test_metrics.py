"""Metrics of calls, as a collector gets them."""

from types import ModuleType

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from mesh import metrics
from mesh.errors import NotFound
from tests.mesh.echo import World


class TestRecord:
    async def test_counts_each_call_by_method_and_code(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        reader = InMemoryMetricReader()
        meter = MeterProvider([reader]).get_meter("test")
        monkeypatch.setattr(metrics, "_duration", meter.create_histogram("rpc.server.duration"))

        async def fail(_request: ModuleType, _call: object) -> None:
            raise NotFound("NOT_FOUND")

        await world.stub.Say(world.request())
        world.echo.behave = fail
        with pytest.raises(NotFound):
            await world.stub.Say(world.request())
        data = reader.get_metrics_data()
        assert data is not None
        points = data.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points
        counted = {(point.attributes["rpc.method"], point.attributes["rpc.grpc.status_code"]) for point in points}  # type: ignore[index]
        assert counted == {("Say", 0), ("Say", 5)}
