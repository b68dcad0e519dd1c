"""12 to 16: sessions end when they should, refresh tokens are secrets, passwords are hashed as they should be."""

import re
import time

import asyncpg
import httpx
import jwt

from cli.rest import Account, Rest
from tests.goods import PASSWORD, a_mail_address
from tests.security.conftest import Town
from tests.security.wire import bearer, reason_of
from tests.stack_process import Stack

_LIMIT_SECONDS = 30


def dies(http: httpx.Client, token: str) -> bool:
    """Whether the access token is refused within the limit."""
    deadline = time.monotonic() + _LIMIT_SECONDS
    while http.get("/users/profile", headers=bearer(token)).status_code != 401:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.25)
    return True


def test_logout_and_a_role_that_is_taken_away_end_access_tokens(http: httpx.Client, rest: Rest, town: Town) -> None:
    """Both at once, since each may take as long as a session is believed."""
    leaver, fallen = (rest.register(a_mail_address(), PASSWORD, "x") for _ in range(2))
    roles = f"/users/{fallen.user_id}/roles"
    rest.call("POST", roles, {"roles": ["ADMIN"]}, account=town.admin)
    rest.refresh(fallen)
    rest.call("GET", "/users", account=fallen)
    rest.call("GET", "/users/profile", account=leaver)
    rest.call("POST", roles, {"roles": ["CUSTOMER"]}, account=town.admin)
    rest.call("POST", "/auth/logout", {"refreshToken": leaver.refresh_token})
    assert dies(http, leaver.token)
    assert dies(http, fallen.token)
    assert http.post("/auth/refresh", json={"refreshToken": leaver.refresh_token}).status_code == 401
    rest.refresh(fallen)
    assert rest.call("GET", "/users/profile", account=fallen)["roles"] == ["CUSTOMER"]


def test_a_login_begins_a_session_of_its_own(rest: Rest) -> None:
    account = rest.register(a_mail_address(), PASSWORD, "x")
    again = rest.login(account.email, PASSWORD)
    ids = {jwt.decode(each.token, options={"verify_signature": False})["sid"] for each in (account, again)}
    assert len(ids) == 2
    rest.call("POST", "/auth/logout", {"refreshToken": again.refresh_token})
    rest.refresh(account)


def test_a_spent_refresh_token_ends_its_family(http: httpx.Client, rest: Rest) -> None:
    account = rest.register(a_mail_address(), PASSWORD, "x")
    spent = account.refresh_token
    rest.refresh(account)
    reused = http.post("/auth/refresh", json={"refreshToken": spent})
    assert (reused.status_code, reason_of(reused)) == (401, "REFRESH_TOKEN_REUSED")
    assert http.post("/auth/refresh", json={"refreshToken": account.refresh_token}).status_code == 401


def test_refresh_tokens_hold_256_bits(town: Town) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", town.stranger.refresh_token)


async def test_the_store_holds_hashes_alone(stack: Stack, town: Town) -> None:
    connection = await asyncpg.connect(stack.urls["postgres"])
    try:
        hashes = [row["password_hash"] for row in await connection.fetch("SELECT password_hash FROM identity.users")]
        tokens = [row["token_hash"] for row in await connection.fetch("SELECT token_hash FROM identity.refresh_tokens")]
    finally:
        await connection.close()
    for stored in hashes:
        found = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$", stored)
        assert found is not None
        assert (int(found[1]) >= 19 * 1024, int(found[2]) >= 2, int(found[3]) >= 1) == (True, True, True)
    assert len(set(hashes)) == len(hashes) > 0
    assert {len(token) for token in tokens} == {32}
    assert isinstance(town.stranger, Account)
