import json
from pathlib import Path
from typing import Any

import pytest

from edge.placement import Endpoint, Placement, PlacementError

LEAST: dict[str, Any] = {
    "listen": {"host": "127.0.0.1", "port": 8080},
    "services": {"order": [["10.0.0.1", 50051]]},
    "jwks_file": "/keys/jwks.json",
}


class TestPlacement:
    def test_is_read_from_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "placement.json"
        file.write_text(json.dumps(LEAST | {"sandbox": ["127.0.0.1", 9000], "admin_path": None}))
        placement = Placement.read(file)
        assert placement.listen == Endpoint("127.0.0.1", 8080)
        assert placement.services == {"order": (Endpoint("10.0.0.1", 50051),)}
        assert placement.sandbox == Endpoint("127.0.0.1", 9000)
        assert placement.jwks_file == Path("/keys/jwks.json")
        assert placement.admin_path is None

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            ({"lisen": []}, "lisen: there is no such entry"),
            ({"rate_factor": 0}, "rate_factor"),
            ({"trace_ratio": 2}, "trace_ratio"),
            ({"cors_origins": ["*"]}, "cors_origins"),
            ({"tls_key": "/k.pem"}, "come together"),
            ({"listen": ["127.0.0.1"]}, "cannot be read"),
        ],
    )
    def test_what_is_wrong_is_named(self, change: dict[str, Any], what: str) -> None:
        with pytest.raises(PlacementError, match=what):
            Placement.from_json(LEAST | change)

    def test_what_is_missing_is_named(self) -> None:
        with pytest.raises(PlacementError, match="jwks_file: is missing"):
            Placement.from_json({name: value for name, value in LEAST.items() if name != "jwks_file"})

    def test_a_file_that_is_no_json_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "p.json").write_text("{")
        with pytest.raises(PlacementError, match="p.json"):
            Placement.read(tmp_path / "p.json")
