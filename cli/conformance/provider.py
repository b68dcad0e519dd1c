"""The control of the sandbox that stands in for the payment provider, where one is at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from cli.conformance.client import UnexpectedError

_TIMEOUT_SECONDS = 30.0
_OK = 200


class Provider:
    """Makes webhooks go wrong, and answers the bank's questions for buyers."""

    def __init__(self, url: str) -> None:
        """Nothing is connected before the first call."""
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def authenticate(self, client_secret: str) -> None:
        """The buyer says yes to the bank: the money is taken, and a webhook tells it."""
        answer = await self._http.post(f"/authenticate/{client_secret}")
        if answer.status_code != _OK:
            raise UnexpectedError(f"the sandbox answered {answer.status_code} to an authentication")

    async def forgeries(self) -> dict[str, int]:
        """How many false webhooks were sent, taken and refused."""
        return dict((await self._control("GET"))["forgeries"])

    @asynccontextmanager
    async def wrecked(self, seed: int, *rules: dict[str, Any]) -> AsyncIterator[None]:
        """These faults, for as long as the block lasts."""
        await self._control("POST", {"seed": seed, "rules": list(rules)})
        try:
            yield
        finally:
            await self._control("DELETE")

    async def _control(self, method: str, body: object = None) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, "/_sandbox/faults", json=body)
        except httpx.HTTPError as error:
            raise UnexpectedError(f"the sandbox does not answer: {type(error).__name__}") from error
        if answer.status_code != _OK:
            raise UnexpectedError(f"the sandbox answered {answer.status_code}: {answer.text[:200]}")
        return dict(answer.json())
