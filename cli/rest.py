"""The market over REST, as any outside program uses it."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx

from mesh.stack.errors import StackError
from mesh.stack.home import Home
from mesh.stack.state import Status, read_state

_TIMEOUT_SECONDS = 60.0


class RestError(Exception):
    """An answer that is not 200, with the reason that the market gave."""

    def __init__(self, call: str, status: int, reason: str, message: str) -> None:
        super().__init__(f"{call} answered {status} {reason}: {message}")
        self.status = status
        self.reason = reason


def running_edge(home: Home) -> str:
    """The address of the market that runs here; StackError where none does."""
    state = read_state(home)
    if state.status is not Status.RUNNING:
        raise StackError("The market does not run here. Start it with `make up`, or name one with --url.")
    return state.edge


@dataclass
class Account:
    """Somebody who is signed in."""

    user_id: str
    email: str
    password: str
    token: str
    refresh_token: str


class Rest:
    """One connection to a market; calls under one trace, so that a whole story can be looked up by one id."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.trace_id = secrets.token_hex(16)
        self._http = httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS)

    def __enter__(self) -> "Rest":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        account: Account | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        **query: str | int,
    ) -> dict[str, Any]:
        """Make one call below /api/v1 (or at the root for a path that begins with "//"); RestError unless it is 200."""
        address = path[1:] if path.startswith("//") else f"/api/v1{path}"
        sent = {"traceparent": f"00-{self.trace_id}-{secrets.token_hex(8)}-01", **(headers or {})}
        if account is not None:
            sent["authorization"] = f"Bearer {account.token}"
        answer = self._http.request(
            method, address, params=query, json=body if content is None else None, content=content, headers=sent
        )
        if answer.status_code != httpx.codes.OK:
            raise _error(f"{method} {address}", answer)
        return dict(answer.json())

    def register(self, email: str, password: str, name: str) -> Account:
        """Make an account and sign it in."""
        body = {"email": email, "password": password, "displayName": name}
        return _account(self.call("POST", "/auth/register", body), email, password)

    def login(self, email: str, password: str) -> Account:
        """Sign in."""
        return _account(self.call("POST", "/auth/login", {"email": email, "password": password}), email, password)

    def refresh(self, account: Account) -> None:
        """Exchange the tokens for new ones, which carry the shops that the account has by now."""
        tokens = self.call("POST", "/auth/refresh", {"refreshToken": account.refresh_token})["tokens"]
        account.token, account.refresh_token = tokens["accessToken"], tokens["refreshToken"]

    def wait(self, path: str, done: Any, *, seconds: float, account: Account | None = None) -> dict[str, Any]:
        """Ask again until `done(answer)` holds, at most that long; give the last answer."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.call("GET", path, account=account)
            if done(answer) or time.monotonic() > deadline:
                return answer
            time.sleep(0.1)


def _account(answer: dict[str, Any], email: str, password: str) -> Account:
    tokens = answer["tokens"]
    return Account(answer["user"]["userId"], email, password, tokens["accessToken"], tokens["refreshToken"])


def _error(call: str, answer: httpx.Response) -> RestError:
    try:
        body = answer.json()
    except ValueError:
        return RestError(call, answer.status_code, "", answer.text[:200])
    reasons = [detail["reason"] for detail in body.get("details", ()) if "reason" in detail]
    faults = [
        f"{fault['field']}: {fault['description']}"
        for detail in body.get("details", ())
        for fault in detail.get("fieldViolations", ())
    ]
    message = "; ".join([str(body.get("message", "")), *faults])
    return RestError(call, answer.status_code, reasons[0] if reasons else "", message)
