"""The password hash function and the token keys."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import jwt
import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from mesh.settings import SettingsError
from mesh.stack.home import Home
from mesh.stack.keys import make_keys
from services.identity.clients import Argon2, TokenSigner
from services.identity.domain.sessions import Session


class TestArgon2:
    async def test_has_the_parameters_of_the_design(self) -> None:
        parameters = extract_parameters(await Argon2(1).hash("the loom sings"))
        assert (parameters.type, parameters.memory_cost) == (Type.ID, 19 * 1024)
        assert (parameters.time_cost, parameters.parallelism) == (2, 1)

    async def test_tells_the_right_password_from_a_wrong_one(self) -> None:
        argon2 = Argon2(1)
        password_hash = await argon2.hash("the loom sings")
        assert await argon2.verify("the loom sings", password_hash)
        assert not await argon2.verify("the loom sang", password_hash)
        assert not await argon2.verify("no password is this one", None)

    def test_knows_a_weaker_hash(self) -> None:
        weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("the loom sings")
        assert Argon2(1).is_outdated(weak)


class TestTokenSigner:
    def test_needs_a_key(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="no token key"):
            TokenSigner(tmp_path, timedelta(minutes=15))

    def test_names_the_key_as_the_public_set_does(self, tmp_path: Path) -> None:
        home = Home(tmp_path / "home")
        home.prepare()
        make_keys(home)
        signer = TokenSigner(home.keys / "token", timedelta(minutes=15))
        token = signer.sign(Session(UUID(int=1), UUID(int=2)), frozenset({"CUSTOMER"}), frozenset())
        header = jwt.get_unverified_header(token)
        assert header["typ"] == "at+jwt"
        assert f'"kid": "{header["kid"]}"' in (home.keys / "jwks.json").read_text()
