"""27: what is secret or personal and was sent to the market stands in none of its files."""

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from cli.rest import Rest
from tests.security.conftest import Town
from tests.security.wire import bearer
from tests.stack_process import Stack

# The stand-ins for third parties have a mailbox to be read; keys and secrets are the market's own.
_NOT_OURS = {"sandbox", "keys", "secrets"}
_CHUNK = 1 << 22


def files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _NOT_OURS & set(path.relative_to(root).parts):
            yield path


def holds(path: Path, words: dict[str, bytes]) -> set[str]:
    """Which of the words are in a file; read piece by piece, with an overlap."""
    found, tail = set(), b""
    longest = max(map(len, words.values()))
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK):
                data = tail + piece
                found |= {name for name, word in words.items() if word in data}
                tail = data[-longest:]
    except OSError:  # a file of the database that is gone by now
        pass
    return found


def test_no_secret_and_no_address_is_in_a_log_a_trace_a_stream_or_a_table(
    stack: Stack, rest: Rest, http: httpx.Client, town: Town
) -> None:
    """Logs, traces, NATS' streams, Redis' dump and PostgreSQL's tables with its journal, byte by byte."""
    mark = secrets.token_hex(6)
    email, password = f"canary-{mark}@example.com", f"pass phrase {mark} canary"
    account = rest.register(email, password, f"Name-{mark}-canary")
    json_type = {"content-type": "application/json"}
    sampled = {"traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"}
    for body in ({"email": email, "password": password}, {"email": email, "password": f"wrong {mark} canary"}):
        http.post("/auth/login", json=body, headers=sampled)
    address = {
        "name": f"Name-{mark}-canary",
        "line1": f"Street-{mark}",
        "city": "C",
        "postalCode": "1",
        "country": "DE",
    }
    rest.call("POST", "/users/addresses", {"address": address}, account=account)
    rest.call("GET", "/users", account=town.admin, email=email)
    http.get("/users/profile", headers=bearer(account.token + "x") | sampled)
    http.get(f"/users/profile?access_token={account.token}", headers=sampled)
    http.get("/orders", headers=bearer(account.token) | sampled | {"x-cart-token": f"cart-token-{mark}"})
    http.post("/auth/refresh", json={"refreshToken": f"refresh-{mark}"}, headers=sampled)
    http.post(
        "/auth/login",
        content=f'{{"email": "{email}", "password": '.encode(),
        headers=json_type,
    )
    guest = http.post("/cart/items", json={"variantId": town.goods.variant_id, "quantity": 1}, headers=sampled).json()
    rest.refresh(account)
    time.sleep(1.5)
    words = {
        "address": email.encode(),
        "password": password.encode(),
        "wrong password": f"wrong {mark}".encode(),
        "name": f"Name-{mark}".encode(),
        "street": f"Street-{mark}".encode(),
        "access token": account.token.rpartition(".")[0].encode(),
        "signature": account.token.rpartition(".")[2].encode(),
        "refresh token": account.refresh_token.encode(),
        "foreign refresh token": f"refresh-{mark}".encode(),
        "cart token": guest["cartToken"].encode(),
        "foreign cart token": f"cart-token-{mark}".encode(),
    }
    found = {str(path.relative_to(stack.home.root)): holds(path, words) for path in files(stack.home.root)}
    leaks = {name: leaked for name, leaked in found.items() if leaked}
    assert leaks == {}
