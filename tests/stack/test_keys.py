import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mesh.stack.home import Home
from mesh.stack.keys import make_keys


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    make_keys(home)
    return home


def contents(home: Home) -> dict[str, bytes]:
    return {str(path.relative_to(home.keys)): path.read_bytes() for path in home.keys.rglob("*") if path.is_file()}


class TestMakeKeys:
    def test_makes_each_key_once(self, home: Home) -> None:
        before = contents(home)
        make_keys(home)
        assert contents(home) == before

    def test_publishes_the_public_half_of_the_token_key_under_its_thumbprint(self, home: Home) -> None:
        [key] = json.loads((home.keys / "jwks.json").read_text())["keys"]
        [private] = (home.keys / "token").iterdir()
        assert private.stem == key["kid"]
        assert key["kty"] == "OKP"
        assert "d" not in key

    def test_private_files_are_read_by_their_owner_only(self, home: Home) -> None:
        for path in (home.keys / "node.pem", home.keys / "root.key", *(home.keys / "token").iterdir()):
            assert path.stat().st_mode & 0o077 == 0

    def test_the_nodes_key_signs(self, home: Home) -> None:
        key = load_pem_private_key((home.keys / "node.pem").read_bytes(), password=None)
        assert len(key.sign(b"text")) == 64

    def test_a_second_token_key_is_published_too(self, home: Home) -> None:
        [first] = (home.keys / "token").iterdir()
        (home.keys / "token" / "second.pem").write_bytes(first.read_bytes())
        make_keys(home)
        assert len(json.loads((home.keys / "jwks.json").read_text())["keys"]) == 2
