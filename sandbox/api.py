"""Stripe's REST API over HTTP: authentication, routing, idempotency, errors."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox import connect, customers, disputes, forms, intents, lists, methods, params, refunds
from sandbox.errors import ApiError, internal, invalid
from sandbox.faults import Faults
from sandbox.forms import Value
from sandbox.idempotency import Keys, Stored, fingerprint
from sandbox.session import API_VERSION, Session
from sandbox.shapes import Body, new_id
from sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """One request as the endpoints see it."""

    method: str
    path: str
    form: dict[str, Value]
    key: str = ""
    origin: str = ""
    ids: tuple[str, ...] = ()
    request_id: str = field(default_factory=lambda: new_id("req"))


Endpoint = Callable[[Session, Call], Body]


def _retrieve(kind: str) -> Endpoint:
    return lambda session, call: session.load(kind, call.ids[0])


def _list(kind: str) -> Endpoint:
    return lambda session, call: lists.page(session, kind, call.path, call.form)


def _list_reversals(session: Session, call: Call) -> Body:
    return lists.page(session, "transfer_reversal", call.path, {**call.form, "transfer": call.ids[0]})


ENDPOINTS: Sequence[tuple[str, str, Endpoint]] = (
    ("POST", "/v1/payment_intents", lambda s, c: intents.create(s, c.form, c.origin)),
    ("GET", "/v1/payment_intents", _list("payment_intent")),
    ("GET", "/v1/payment_intents/{id}", lambda s, c: intents.load(s, c.ids[0])),
    ("POST", "/v1/payment_intents/{id}/confirm", lambda s, c: intents.confirm(s, c.ids[0], c.form, c.origin)),
    ("POST", "/v1/payment_intents/{id}/capture", lambda s, c: intents.capture(s, c.ids[0], c.form)),
    ("POST", "/v1/payment_intents/{id}/cancel", lambda s, c: intents.cancel(s, c.ids[0], c.form)),
    ("POST", "/v1/refunds", lambda s, c: refunds.create(s, c.form)),
    ("GET", "/v1/refunds", _list("refund")),
    ("GET", "/v1/refunds/{id}", _retrieve("refund")),
    ("POST", "/v1/payment_methods", lambda s, c: methods.create(s, c.form)),
    ("GET", "/v1/payment_methods/{id}", lambda s, c: methods.retrieve(s, c.ids[0])),
    ("POST", "/v1/payment_methods/{id}/attach", lambda s, c: customers.attach(s, c.ids[0], c.form)),
    ("POST", "/v1/payment_methods/{id}/detach", lambda s, c: customers.detach(s, c.ids[0], c.form)),
    ("POST", "/v1/customers", lambda s, c: customers.create(s, c.form)),
    ("GET", "/v1/customers/{id}", _retrieve("customer")),
    ("POST", "/v1/accounts", lambda s, c: connect.create_account(s, c.form)),
    ("GET", "/v1/accounts/{id}", _retrieve("account")),
    ("POST", "/v1/transfers", lambda s, c: connect.create_transfer(s, c.form)),
    ("GET", "/v1/transfers", _list("transfer")),
    ("GET", "/v1/transfers/{id}", _retrieve("transfer")),
    ("POST", "/v1/transfers/{id}/reversals", lambda s, c: connect.reverse(s, c.ids[0], c.form)),
    ("GET", "/v1/transfers/{id}/reversals", _list_reversals),
    ("POST", "/_sandbox/accounts/{id}/drain", lambda s, c: connect.drain(s, c.ids[0])),
    ("POST", "/_sandbox/accounts/{id}/restrict", lambda s, c: connect.restrict(s, c.ids[0], restricted=True)),
    ("POST", "/_sandbox/accounts/{id}/release", lambda s, c: connect.restrict(s, c.ids[0], restricted=False)),
    ("GET", "/v1/charges", _list("charge")),
    ("GET", "/v1/charges/{id}", _retrieve("charge")),
    ("GET", "/v1/balance_transactions", _list("balance_transaction")),
    ("GET", "/v1/balance_transactions/{id}", _retrieve("balance_transaction")),
    ("GET", "/v1/disputes", _list("dispute")),
    ("GET", "/v1/disputes/{id}", _retrieve("dispute")),
    ("POST", "/v1/disputes/{id}", lambda s, c: disputes.update(s, c.ids[0], c.form)),
    ("POST", "/v1/disputes/{id}/close", lambda s, c: disputes.close(s, c.ids[0])),
    ("GET", "/v1/events", _list("event")),
    ("GET", "/v1/events/{id}", _retrieve("event")),
)


class Api:
    """Answers Stripe's API from a store."""

    def __init__(self, store: Store, faults: Faults, raised: Callable[[], None]) -> None:
        self._store = store
        self._faults = faults
        self._keys = Keys(store)
        # Called after a commit that may have raised events.
        self._raised = raised

    def routes(self) -> list[web.RouteDef]:
        known = [web.route(method, path, self._handler(endpoint)) for method, path, endpoint in ENDPOINTS]
        authenticate = web.route("POST", "/authenticate/{secret}", self._authenticate)
        return [
            *known,
            authenticate,
            web.get("/authenticate/{secret}", _ask),
            web.route("*", "/v1/{tail:.*}", _unknown),
        ]

    def _handler(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                _check_key(request)
                call = await _read(request)
            except ApiError as error:
                return _render(Stored(new_id("req"), error.status, error.body))
            return await self._answer(endpoint, call)

        return handle

    async def _answer(self, endpoint: Endpoint, call: Call) -> web.Response:
        request = fingerprint(call.path, call.form)
        try:
            stored = self._keys.begin(call.key, request) if call.key else None
        except ApiError as error:
            return _render(Stored(call.request_id, error.status, error.body), call.key)
        if stored is not None:
            return _render(stored, call.key, replayed=True)
        try:
            return await self._perform(endpoint, call, request)
        finally:
            self._keys.end(call.key)

    async def _perform(self, endpoint: Endpoint, call: Call, request: str) -> web.Response:
        fault = self._faults.for_call(call.method, call.path, call.form)
        await asyncio.sleep(fault.delay)
        if fault.refuse is not None:
            return _render(Stored(call.request_id, fault.refuse.status, fault.refuse.body), call.key)
        with self._store.transaction():
            answer, saved = self._execute(_fail if fault.fail_before else endpoint, call)
            if fault.fail_after:
                answer = Stored(call.request_id, 500, internal().body)
            if call.key and saved:
                self._keys.save(call.key, request, answer)
        self._raised()
        if fault.withhold:
            # The request is done, and the same key gets its answer; only this connection waits.
            self._keys.end(call.key)
            await asyncio.sleep(fault.withhold)
        return _render(answer, call.key)

    def _execute(self, endpoint: Endpoint, call: Call) -> tuple[Stored, bool]:
        """Run the endpoint; a refusal such as a declined card is an answer too, with its effect."""
        session = Session(self._store, self._faults, call.request_id, call.key or None)
        try:
            body = endpoint(session, call)
            expand = params.sequence("expand", call.form.get("expand", []))
            return Stored(call.request_id, 200, session.expand(body, expand)), True
        except ApiError as error:
            return Stored(call.request_id, error.status, error.body), error.saved

    async def _authenticate(self, request: web.Request) -> web.Response:
        """Answer the bank's question for the buyer: `outcome=succeed` (the default) or `fail`."""
        form = await request.post()
        succeed = form.get("outcome", "succeed") == "succeed"

        def endpoint(session: Session, _call: Call) -> Body:
            return intents.authenticate(session, request.match_info["secret"], succeed=succeed)

        return await self._perform(endpoint, Call("POST", request.path, {}), "")


def _fail(_session: Session, _call: Call) -> Body:
    raise internal()


async def _ask(_request: web.Request) -> web.Response:
    page = (
        "<!doctype html><title>Authentication</title><h1>Your bank asks: is this you?</h1><form method=post>"
        "<button name=outcome value=succeed>Complete</button> <button name=outcome value=fail>Fail</button></form>"
    )
    return web.Response(text=page, content_type="text/html")


async def _unknown(request: web.Request) -> web.Response:
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return _render(Stored(new_id("req"), 404, ApiError(404, "invalid_request_error", message).body))


def _check_key(request: web.Request) -> None:
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        credentials = base64.b64decode(credentials + "==", validate=False).decode(errors="replace").partition(":")[0]
    if not credentials:
        raise ApiError(401, "invalid_request_error", "You did not provide an API key.")
    if not credentials.startswith("sk_test_"):
        raise ApiError(401, "invalid_request_error", f"Invalid API Key provided: {credentials[:8]}***")


async def _read(request: web.Request) -> Call:
    text = await request.text() if request.method == "POST" else request.query_string
    try:
        form = forms.decode(parse_qsl(text, keep_blank_values=True))
    except forms.MalformedFormError as error:
        raise invalid(f"Invalid request: the parameter {error} is malformed.") from error
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    origin = f"{request.scheme}://{request.host}"
    return Call(request.method, request.path, form, key, origin, tuple(request.match_info.values()))


def _render(answer: Stored, key: str = "", *, replayed: bool = False) -> web.Response:
    headers: dict[str, Any] = {"Request-Id": answer.request_id, "Stripe-Version": API_VERSION}
    if answer.status >= 500:  # noqa: PLR2004 a server error
        # The stored answer would come again; the SDK must not try.
        headers["Stripe-Should-Retry"] = "false"
    if key:
        headers["Idempotency-Key"] = key
    if replayed:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": answer.request_id}
    return web.json_response(answer.body, status=answer.status, headers=headers)
