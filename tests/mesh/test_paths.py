"""REST path templates."""

import pytest

from mesh.paths import PathTemplate


class TestPathTemplate:
    @pytest.mark.parametrize(
        ("template", "path", "variables"),
        [
            ("/api/v1/orders", "/api/v1/orders", {}),
            ("/api/v1/orders/{order_id}", "/api/v1/orders/7", {"order_id": "7"}),
            ("/api/v1/orders/{order_id}", "/api/v1/orders/a%20b", {"order_id": "a b"}),
            ("/api/v1/orders/{order_id}:cancel", "/api/v1/orders/7:cancel", {"order_id": "7"}),
            ("/a/{x}/b/{y.z}", "/a/1/b/2", {"x": "1", "y.z": "2"}),
            ("/files/{name=**}", "/files/a/b/c", {"name": "a/b/c"}),
            ("/{name=shops/*}", "/shops/1", {"name": "shops/1"}),
        ],
    )
    def test_finds_its_variables(self, template: str, path: str, variables: dict[str, str]) -> None:
        assert PathTemplate(template).match(path) == variables

    @pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/orders/", "/api/v1/orders/7/x", "/api/v2/orders/7"])
    def test_does_not_match_another_shape(self, path: str) -> None:
        assert PathTemplate("/api/v1/orders/{order_id}").match(path) is None
