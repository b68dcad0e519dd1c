"""One table of semantics: a call means the same whether its service runs here or behind a socket."""

import asyncio
import time
import uuid
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import grpc
import pytest

from mesh import database, read_unit
from mesh.call import Call, current_call
from mesh.errors import (
    Code,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Violation,
)
from mesh.principal import Principal, acting_as, current_principal
from mesh.trace import SpanKind, Tracer, set_span
from tests.mesh.echo import Spans, World

USER, OTHER = str(uuid.uuid4()), str(uuid.uuid4())
SHOP = str(uuid.uuid4())
LEAKED: ContextVar[str] = ContextVar("leaked", default="")


def customer(subject: str = USER, **more: Any) -> Principal:
    return Principal(subject=subject, roles=frozenset({"CUSTOMER"}), session_id=str(uuid.uuid4()), **more)


class TestPolicy:
    async def test_lets_anybody_call_a_public_method(self, world: World) -> None:
        assert (await world.stub.Say(world.request(text="hi"))).text == "hi"

    async def test_names_the_immediate_caller(self, world: World) -> None:
        await world.stub.Inner(world.request())
        assert world.echo.calls[0].principal.caller == "caller"

    async def test_keeps_the_person_on_the_way(self, world: World) -> None:
        with acting_as(customer(tenants=frozenset({SHOP}), scopes=frozenset({"a"}), session_epoch=3)) as principal:
            await world.stub.Inner(world.request())
        assert world.echo.calls[0].principal == principal.through("caller")

    async def test_refuses_the_wrong_role(self, world: World) -> None:
        with acting_as(customer()), pytest.raises(PermissionDenied) as refused:
            await world.stub.Sell(world.request())
        assert refused.value.reason == "PERMISSION_DENIED"
        assert not world.echo.calls

    async def test_lets_a_member_of_a_shop_sell(self, world: World) -> None:
        with acting_as(customer(tenants=frozenset({SHOP}))):
            await world.stub.Sell(world.request())

    async def test_shows_the_callee_who_calls(self, world: World) -> None:
        async def behave(_request: Any, _call: Call) -> Any:
            return world.reply(text=current_principal().subject)

        world.echo.behave = behave
        with acting_as(customer()):
            assert (await world.stub.Say(world.request())).text == USER


class TestOwner:
    @pytest.fixture(autouse=True)
    def _as_another_service(self, world: World) -> None:
        # The service "caller" is let in whosever the thing is; one of another name is not.
        channel = world.caller._channel
        for placed in (channel._local, *channel._remote.values()):
            placed.service = "other"

    async def test_lets_the_owner_in(self, world: World) -> None:
        with acting_as(customer()):
            await world.stub.Own(world.request(user_id=USER))

    async def test_hides_the_thing_from_others(self, world: World) -> None:
        with acting_as(customer()), pytest.raises(NotFound):
            await world.stub.Own(world.request(user_id=OTHER))

    async def test_lets_staff_in(self, world: World) -> None:
        with acting_as(Principal(subject=USER, roles=frozenset({"ADMIN"}))):
            await world.stub.Own(world.request(user_id=OTHER))


class TestValidation:
    async def test_names_the_field(self, world: World) -> None:
        with pytest.raises(InvalidArgument) as refused:
            await world.stub.Say(world.request(user_id="nobody"))
        assert refused.value.fields == {"userId": "is not a UUID in canonical text"}
        assert not world.echo.calls


class TestDeadline:
    async def test_ends_a_call_that_takes_too_long(self, world: World) -> None:
        cancelled = asyncio.Event()

        async def behave(_request: Any, _call: Call) -> Any:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                cancelled.set()
                raise

        world.echo.behave = behave
        with pytest.raises(DeadlineExceeded):
            await world.stub.Say(world.request(), timeout=0.1)
        await asyncio.wait_for(cancelled.wait(), 1)

    async def test_gives_the_callee_no_more_than_the_caller_has(self, world: World) -> None:
        await world.stub.Say(world.request(), timeout=0.5)
        assert world.echo.calls[0].deadline <= time.monotonic() + 0.5

    async def test_limits_what_the_callee_calls_in_turn(self, world: World) -> None:
        async def behave(_request: Any, call: Call) -> Any:
            if call.method.name == "Say":
                await world.stub.Inner(world.request())
            return world.reply()

        world.echo.behave = behave
        await world.stub.Say(world.request(), timeout=0.5)
        outer, inner = world.echo.calls
        # A socket carries the time that is left, to which the way adds its own.
        assert inner.deadline < outer.deadline + 0.2

    async def test_is_never_more_than_the_contract_says(self, world: World) -> None:
        await world.stub.Inner(world.request(), timeout=60)
        assert world.echo.calls[0].deadline <= time.monotonic() + 1


class TestCancellation:
    async def test_reaches_the_callee(self, world: World) -> None:
        began, cancelled = asyncio.Event(), asyncio.Event()

        async def behave(_request: Any, _call: Call) -> Any:
            began.set()
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                cancelled.set()
                raise

        async def ask() -> None:
            await world.stub.Say(world.request())

        world.echo.behave = behave
        asking = asyncio.create_task(ask())
        await asyncio.wait_for(began.wait(), 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.wait_for(cancelled.wait(), 1)

    async def test_lets_a_commit_finish(self, world: World) -> None:
        committing, committed = asyncio.Event(), asyncio.Event()

        class Unit(database.UnitOfWork):
            async def commit(self) -> None:
                async def write() -> None:
                    committing.set()
                    await asyncio.sleep(0.05)
                    committed.set()

                await asyncio.shield(write())

        async def behave(_request: Any, call: Call) -> Any:
            call.begin_with(Unit(call.db))
            return world.reply()

        world.echo.behave = behave
        asking = world.stub.Own(world.request(user_id=USER))
        await asyncio.wait_for(committing.wait(), 1)
        asking.cancel()
        await asyncio.wait_for(committed.wait(), 1)


class TestMetadata:
    async def test_passes_both_ways(self, world: World) -> None:
        async def behave(_request: Any, call: Call) -> Any:
            call.set_header("x-answer", call.headers["x-question"] + "!")
            return world.reply()

        world.echo.behave = behave
        call = world.stub.Say(world.request(), metadata=(("x-question", "well"),))
        await call
        assert ("x-answer", "well!") in {(key, value) for key, value in await call.initial_metadata()}
        assert await call.code() is grpc.StatusCode.OK

    async def test_carries_the_idempotency_key(self, world: World) -> None:
        await world.stub.Say(world.request(), metadata=(("idempotency-key", "abc"),))
        assert world.echo.calls[0].idempotency_key == "abc"


class TestIsolation:
    async def test_keeps_the_callee_out_of_the_request(self, world: World) -> None:
        async def behave(request: Any, _call: Call) -> Any:
            request.text = "changed"
            return world.reply()

        world.echo.behave = behave
        request = world.request(text="mine")
        await world.stub.Say(request)
        assert request.text == "mine"

    async def test_keeps_the_caller_out_of_the_answer(self, world: World) -> None:
        kept = world.reply(text="mine")

        async def behave(_request: Any, _call: Call) -> Any:
            return kept

        world.echo.behave = behave
        answer = await world.stub.Say(world.request())
        answer.text = "changed"
        assert kept.text == "mine"

    async def test_gives_the_callee_a_context_of_its_own(self, world: World) -> None:
        seen: list[Any] = []

        async def behave(_request: Any, call: Call) -> Any:
            seen.extend((LEAKED.get(), current_call() is call))
            return world.reply()

        world.echo.behave = behave
        LEAKED.set("leaked")
        await world.stub.Say(world.request())
        assert seen == ["", True]

    async def test_refuses_to_call_while_a_connection_is_held(self, world: World) -> None:
        token = read_unit._current.set(SimpleNamespace(holds_connection=True))  # type: ignore[arg-type]
        try:
            with pytest.raises(RuntimeError, match="holds a connection"):
                await world.stub.Say(world.request())
        finally:
            read_unit._current.reset(token)


class TestLimits:
    async def test_refuses_a_request_that_is_too_large(self, world: World) -> None:
        with pytest.raises(ResourceExhausted) as refused:
            await world.stub.Own(world.request(user_id=USER, text="x" * 5000))
        assert refused.value.reason == "REQUEST_TOO_LARGE"

    async def test_sheds_what_is_too_much_at_once(self, world: World) -> None:
        going_on = asyncio.Event()

        async def behave(_request: Any, _call: Call) -> Any:
            await going_on.wait()
            return world.reply()

        world.echo.behave = behave
        first = [asyncio.ensure_future(ask(world)) for _ in range(4)]
        while len(world.echo.calls) < 4:
            await asyncio.sleep(0.01)
        with pytest.raises(ResourceExhausted) as refused:
            await ask(world)
        assert refused.value.reason == "OVERLOADED"
        going_on.set()
        await asyncio.gather(*first)


async def ask(world: World) -> Any:
    return await world.stub.Say(world.request())


class TestErrors:
    async def test_arrive_as_they_were_raised(self, world: World) -> None:
        raised = FailedPrecondition(
            "OUT_OF_STOCK",
            "Not enough is left.",
            fields={"lines[0].quantity": "is too much"},
            violations=[Violation("OUT_OF_STOCK", "v1", "2 asked, 1 left")],
            retry_after=1.5,
            variantId="v1",
        )

        async def behave(_request: Any, _call: Call) -> Any:
            raise raised

        world.echo.behave = behave
        with pytest.raises(FailedPrecondition) as caught:
            await world.stub.Say(world.request())
        names = ("reason", "message", "code", "metadata", "fields", "violations", "retry_after")
        assert [getattr(caught.value, name) for name in names] == [getattr(raised, name) for name in names]

    async def test_tell_nothing_of_our_own_faults(self, world: World) -> None:
        async def behave(_request: Any, _call: Call) -> Any:
            raise ValueError("secret")

        world.echo.behave = behave
        with pytest.raises(Internal) as caught:
            await world.stub.Say(world.request())
        assert "secret" not in str(caught.value)
        assert caught.value.metadata.keys() == {"errorId"}

    async def test_say_what_is_not_served(self, world: World) -> None:
        stub = world.caller._channel.unary_unary("/souk.echo.v1.EchoService/Nothing", bytes, bytes)
        with pytest.raises(Exception) as caught:  # noqa: PT011 - its code is checked
            await stub(b"")
        assert caught.value.code is Code.UNIMPLEMENTED  # type: ignore[attr-defined]


class TestTrace:
    async def test_is_one_span_below_the_callers(self, world: World) -> None:
        tracer = Tracer("test", Spans(), ratio=1.0)
        parent = tracer.start("test", None, SpanKind.INTERNAL)
        set_span(parent)
        try:
            await world.stub.Say(world.request())
        finally:
            set_span(None)
        (span,) = world.spans.ended
        assert span.name == "souk.echo.v1.EchoService/Say"
        assert span.parent is not None
        assert (span.parent.trace_id, span.parent.span_id) == (parent.trace_id, parent.span_id)

    async def test_exports_nothing_that_is_not_sampled(self, world: World) -> None:
        await world.stub.Say(world.request())
        assert not world.spans.ended


class TestStreams:
    async def test_give_every_message_in_order(self, world: World) -> None:
        numbers = [reply.number async for reply in world.stub.Count(world.request(number=50))]
        assert numbers == list(range(50))

    async def test_end_with_end_of_file(self, world: World) -> None:
        call = world.stub.Count(world.request(number=1))
        assert (await call.read()).number == 0
        assert await call.read() is grpc.aio.EOF

    async def test_wait_for_a_slow_reader(self, world: World) -> None:
        call = world.stub.Count(world.request(number=100_000))
        await call.read()
        await asyncio.sleep(0.2)
        assert world.echo.sent < 90_000
        call.cancel()

    async def test_end_with_a_typed_error(self, world: World) -> None:
        with pytest.raises(Internal):
            [reply async for reply in world.stub.Count(world.request(number=3, text="fail"))]


class TestPathBinding:
    async def test_refuses_a_field_that_is_not_what_the_path_said(self, world: World) -> None:
        with pytest.raises(InvalidArgument) as refused:
            await world.stub.Say(world.request(echo_id="9"), metadata=(("x-envoy-original-path", "/api/v1/echoes/7"),))
        assert refused.value.reason == "PATH_MISMATCH"

    @pytest.mark.parametrize("path", ["/api/v1/echoes/7?text=a", "/api/v1/sounds/7:say", "/api/v1/echoes/%37"])
    async def test_takes_every_form_of_the_path(self, world: World, path: str) -> None:
        await world.stub.Say(world.request(echo_id="7"), metadata=(("x-envoy-original-path", path),))


class TestAnonymous:
    async def test_must_sign_in(self, world: World) -> None:
        with pytest.raises(Unauthenticated):
            await world.stub.Sell(world.request())
