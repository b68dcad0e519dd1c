"""A market as many customers at once see it: every answer is kept, none is an exception."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

_TIMEOUT_SECONDS = 60.0
_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.2
_CONNECTIONS = 256
_OK, _UNAUTHENTICATED = 200, 401
# Codes of google.rpc: the call may be made again, with the same key, until its outcome is known.
_ABORTED, _NOT_NOW = 10, {4, 8, 10, 14}


class UnexpectedError(Exception):
    """An answer that keeps a case from being tried at all."""


@dataclass
class Account:
    """Somebody who is signed in."""

    email: str
    password: str
    token: str
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; status 0 where none came."""

    status: int
    code: int
    reason: str
    body: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the call did what it says."""
        return self.status == _OK

    @property
    def aborted(self) -> bool:
        """Whether another call was in the way and this one may come again."""
        return self.code == _ABORTED

    @property
    def unsettled(self) -> bool:
        """Whether the outcome is not known, or it was not begun for now."""
        return self.status == 0 or self.code in _NOT_NOW

    @property
    def said(self) -> str:
        """In one word: the status of the order or part in the answer, else the reason of the refusal."""
        return str(self.body.get("status", "done")) if self.ok else self.reason or f"HTTP {self.status}"


class Client:
    """Calls a market over REST."""

    def __init__(self, url: str) -> None:
        """Nothing is connected before the first call."""
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_SECONDS, limits=limits)
        self._renewing = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        who: Account | None = None,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> Reply:
        """One call below /api/v1."""
        token = who.token if who else ""
        reply = await self._send(method, path, body, token, headers or {}, query)
        if reply.status == _UNAUTHENTICATED and who is not None:
            await self._renew(who, token)
            reply = await self._send(method, path, body, who.token, headers or {}, query)
        return reply

    async def settle(self, method: str, path: str, body: object = None, *, who: Account, key: str) -> Reply:
        """The same call with the same key until its outcome is known."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            reply = await self.ask(method, path, body, who=who, headers={"idempotency-key": key})
            if not reply.unsettled or time.monotonic() > deadline:
                return reply
            await asyncio.sleep(_PAUSE_SECONDS)

    async def get(self, path: str, *, who: Account | None = None, **query: str) -> dict[str, Any]:
        """What is there; UnexpectedError where it cannot be read."""
        return await self.must("GET", path, who=who, **query)

    async def must(
        self, method: str, path: str, body: object = None, *, who: Account | None = None, **query: str
    ) -> dict[str, Any]:
        """One call that is only preparation; UnexpectedError unless it succeeds."""
        reply = await self.ask(method, path, body, who=who, headers={"idempotency-key": new_key()}, **query)
        if not reply.ok:
            message = str(reply.body.get("message", ""))[:200]
            raise UnexpectedError(f"{method} {path} answered {reply.status} {reply.reason}: {message}")
        return reply.body

    async def sign_up(self, name: str) -> Account:
        """A new account, signed in."""
        email, password = f"{name}-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(15)
        body = {"email": email, "password": password, "displayName": name.capitalize()}
        tokens = (await self.must("POST", "/auth/register", body))["tokens"]
        return Account(email, password, tokens["accessToken"], tokens["refreshToken"])

    async def sign_in(self, email: str, password: str) -> Account:
        """An account that exists."""
        answer = await self.must("POST", "/auth/login", {"email": email, "password": password})
        return Account(email, password, answer["tokens"]["accessToken"], answer["tokens"]["refreshToken"])

    async def renew(self, who: Account) -> None:
        """New tokens, which carry the shops that the account has by now."""
        await self._renew(who, who.token)

    async def _renew(self, who: Account, spent: str) -> None:
        async with self._renewing:
            if who.token != spent:
                return
            answer = await self._send("POST", "/auth/refresh", {"refreshToken": who.refresh_token}, "", {}, {})
            if answer.ok:
                who.token = answer.body["tokens"]["accessToken"]
                who.refresh_token = answer.body["tokens"]["refreshToken"]

    async def _send(
        self, method: str, path: str, body: object, token: str, headers: dict[str, str], query: dict[str, str]
    ) -> Reply:
        if token:
            headers = {**headers, "authorization": f"Bearer {token}"}
        try:
            answer = await self._http.request(method, f"/api/v1{path}", params=query, json=body, headers=headers)
        except httpx.HTTPError as error:
            return Reply(0, 0, type(error).__name__, {})
        return _reply(answer)


def new_key() -> str:
    """An idempotency key that nobody has used."""
    return secrets.token_hex(16)


def _reply(answer: httpx.Response) -> Reply:
    try:
        body = answer.json()
    except ValueError:
        return Reply(answer.status_code, 0, "", {"message": answer.text[:200]})
    if answer.status_code == _OK:
        return Reply(_OK, 0, "", body)
    reasons = [detail["reason"] for detail in body.get("details", ()) if "reason" in detail]
    return Reply(answer.status_code, int(body.get("code", 0)), reasons[0] if reasons else "", body)
