"""Getting in and out, through the mesh on a real store."""

import asyncio
import json
from typing import Any
from uuid import UUID

import jwt
import pytest
from souk.identity.v1 import auth_service_pb2 as pb
from souk.identity.v1.auth_service_pb2_grpc import AuthServiceStub
from souk.identity.v1.user_pb2 import Role
from souk.mesh.v1.session_service_pb2 import GetSessionRequest
from souk.mesh.v1.session_service_pb2_grpc import SessionServiceStub
from souk.seller.v1.seller_service_pb2 import CreateShopRequest
from souk.seller.v1.seller_service_pb2_grpc import SellerServiceStub
from sqlalchemy import text

from mesh.errors import AlreadyExists, InvalidArgument, SoukError, Unauthenticated
from mesh.ids import hash_secret
from mesh.principal import Principal, acting_as
from mesh.statement import statement
from services.identity.handlers.auth import forget_expired
from services.identity.repository.store import Store
from tests.services.market import Market

EMAIL, PASSWORD = "Ada@Example.com", "the loom sings at dawn"


@pytest.fixture
def auth(market: Market) -> Any:
    return market.stub(AuthServiceStub)


async def register(auth: Any, email: str = EMAIL) -> pb.RegisterResponse:
    request = pb.RegisterRequest(email=email, password=PASSWORD, display_name="Ada")
    answer: pb.RegisterResponse = await auth.Register(request)
    return answer


def claims_of(market: Market, access_token: str) -> dict[str, Any]:
    """What an access token says, verified as every process does."""
    keys = json.loads((market.node.settings.keys / "jwks.json").read_text())["keys"]
    header = jwt.get_unverified_header(access_token)
    key = next(jwt.PyJWK(key, algorithm="EdDSA") for key in keys if key["kid"] == header["kid"])
    claims: dict[str, Any] = jwt.decode(access_token, key, algorithms=["EdDSA"], audience="souk", issuer="souk")
    return {**claims, "typ": header["typ"]}


class TestRegister:
    async def test_opens_an_account_and_a_session(self, market: Market, auth: Any) -> None:
        answer = await register(auth)
        claims = claims_of(market, answer.tokens.access_token)
        assert answer.user.email == "ada@example.com"
        assert list(answer.user.roles) == [Role.CUSTOMER]
        assert claims["sub"] == answer.user.user_id
        assert (claims["typ"], claims["epo"], claims["roles"], claims["shops"]) == ("at+jwt", 1, ["CUSTOMER"], [])
        assert claims["exp"] - claims["iat"] == answer.tokens.expires_in == 900
        assert await market.events("identity") == ["UserRegistered"]

    async def test_refuses_an_address_that_is_taken_in_other_letters(self, auth: Any) -> None:
        await register(auth)
        with pytest.raises(AlreadyExists, match="EMAIL_TAKEN"):
            await register(auth, "ADA@example.COM")

    @pytest.mark.parametrize("password", ["password123", "qwertyuiop", "aaaaaaaaaa"])
    async def test_refuses_a_password_that_is_tried_first(self, auth: Any, password: str) -> None:
        with pytest.raises(InvalidArgument, match="PASSWORD_TOO_COMMON"):
            await auth.Register(pb.RegisterRequest(email=EMAIL, password=password))

    @pytest.mark.parametrize("password", ["seven77", "x" * 129])
    async def test_refuses_a_password_of_the_wrong_length(self, auth: Any, password: str) -> None:
        with pytest.raises(InvalidArgument) as refused:
            await auth.Register(pb.RegisterRequest(email=EMAIL, password=password))
        assert list(refused.value.fields) == ["password"]


class TestLogin:
    async def test_opens_a_session_of_its_own(self, market: Market, auth: Any) -> None:
        registered = await register(auth)
        answer = await auth.Login(pb.LoginRequest(email="ada@example.com", password=PASSWORD))
        first = claims_of(market, registered.tokens.access_token)
        assert claims_of(market, answer.tokens.access_token)["sid"] != first["sid"]

    async def test_says_the_same_of_an_unknown_address_and_a_wrong_password(self, auth: Any) -> None:
        await register(auth)
        refusals = []
        for email in ("ada@example.com", "nobody@example.com"):
            with pytest.raises(Unauthenticated) as refused:
                await auth.Login(pb.LoginRequest(email=email, password="not the password"))
            refusals.append((refused.value.reason, refused.value.message, refused.value.metadata))
        assert refusals[0] == refusals[1]
        assert refusals[0][0] == "INVALID_CREDENTIALS"


class TestRefresh:
    async def test_trades_the_token_for_one_that_carries_a_new_shop(self, market: Market, auth: Any) -> None:
        registered = await register(auth)
        with acting_as(Principal(subject=registered.user.user_id, roles=frozenset({"CUSTOMER"}))):
            request = CreateShopRequest(name="Loom", country="DE", currency="EUR")
            shop = await market.stub(SellerServiceStub).CreateShop(request)  # type: ignore[no-untyped-call]
        answer = await auth.RefreshTokens(pb.RefreshTokensRequest(refresh_token=registered.tokens.refresh_token))
        claims = claims_of(market, answer.tokens.access_token)
        assert claims["shops"] == [shop.shop_id]
        assert claims["roles"] == ["CUSTOMER", "SELLER"]

    async def test_ends_the_family_when_a_spent_token_comes_again(self, auth: Any) -> None:
        first = (await register(auth)).tokens.refresh_token
        second = (await auth.RefreshTokens(pb.RefreshTokensRequest(refresh_token=first))).tokens.refresh_token
        assert await self.refusal(auth, first) == "REFRESH_TOKEN_REUSED"
        assert await self.refusal(auth, second) == "REFRESH_TOKEN_INVALID"

    async def test_has_one_winner_among_uses_in_flight_and_the_family_lives(self, auth: Any) -> None:
        request = pb.RefreshTokensRequest(refresh_token=(await register(auth)).tokens.refresh_token)
        outcomes = await asyncio.gather(*(self.use(auth, request) for _ in range(8)))
        winners = [outcome for outcome in outcomes if isinstance(outcome, pb.RefreshTokensResponse)]
        assert len(winners) == 1
        assert {outcome for outcome in outcomes if isinstance(outcome, str)} == {"REFRESH_TOKEN_SPENT"}
        await auth.RefreshTokens(pb.RefreshTokensRequest(refresh_token=winners[0].tokens.refresh_token))

    async def test_refuses_a_token_that_is_none(self, auth: Any) -> None:
        assert await self.refusal(auth, "none") == "REFRESH_TOKEN_INVALID"

    async def use(self, auth: Any, request: pb.RefreshTokensRequest) -> pb.RefreshTokensResponse | str:
        try:
            answer: pb.RefreshTokensResponse = await auth.RefreshTokens(request)
        except SoukError as error:
            return error.reason
        return answer

    async def refusal(self, auth: Any, token: str) -> str:
        with pytest.raises(Unauthenticated) as refused:
            await auth.RefreshTokens(pb.RefreshTokensRequest(refresh_token=token))
        return refused.value.reason


class TestLogout:
    async def test_ends_the_session_for_every_process(self, market: Market, auth: Any) -> None:
        tokens = (await register(auth)).tokens
        session = GetSessionRequest(session_id=claims_of(market, tokens.access_token)["sid"])
        sessions: Any = market.stub(SessionServiceStub)
        assert (await sessions.GetSession(session)).epoch == 1
        await auth.Logout(pb.LogoutRequest(refresh_token=tokens.refresh_token))
        with pytest.raises(SoukError, match="SESSION_ENDED"):
            await sessions.GetSession(session)
        with pytest.raises(Unauthenticated, match="REFRESH_TOKEN_INVALID"):
            await auth.RefreshTokens(pb.RefreshTokensRequest(refresh_token=tokens.refresh_token))

    async def test_is_content_with_a_token_that_is_none(self, auth: Any) -> None:
        assert await auth.Logout(pb.LogoutRequest(refresh_token="none")) == pb.LogoutResponse()


class TestForgetting:
    async def test_deletes_what_has_expired_with_its_session_and_keeps_the_rest(
        self, market: Market, auth: Any
    ) -> None:
        old, new = await register(auth), await register(auth, "bob@example.com")
        async with market.unit("identity") as unit:
            expire = text(
                "UPDATE identity.refresh_tokens SET expire_time = now() - interval '1 s' WHERE token_hash = :hash"
            )
            await unit.execute(statement(expire), hash=hash_secret(old.tokens.refresh_token))
        await forget_expired(Store(market.node.nodes["identity"].db, market.node.keyring))
        assert [row["user_id"] for row in await market.rows("SELECT user_id FROM identity.sessions")] == [
            UUID(new.user.user_id)
        ]
