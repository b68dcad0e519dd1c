"""The one way that a call takes to its handler, whatever the transport: compiled from the contract into a closure.

Order: error mapping, deadline, trace, authenticate, policy and owner, path binding, validation, idempotency, handler.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from mesh import logs, metrics
from mesh.auditing import Audited, set_audited
from mesh.call import Call, set_call
from mesh.cause import Cause, set_cause
from mesh.contract import MethodContract
from mesh.deadlines import within
from mesh.errors import Code, DeadlineExceeded, InvalidArgument, ResourceExhausted, SoukError
from mesh.faults import report_fault
from mesh.idempotency import is_told_apart
from mesh.keyed import check_key, invoke_keyed
from mesh.pathcheck import HEADER as ORIGINAL_PATH
from mesh.pathcheck import compile_path_check
from mesh.policy import compile_policy
from mesh.principal import set_principal
from mesh.reasons import check_reason
from mesh.trace import set_span

if TYPE_CHECKING:
    from mesh.service import ServiceNode

# The servicer's method: a decoded request in, a message or its serialised bytes out.
Handler = Callable[[Any, Call], Any]
# Serves one call: bytes in, bytes out; raises SoukError or CancelledError and nothing else.
Unary = Callable[[Call, bytes], Coroutine[Any, Any, bytes]]
Stream = Callable[[Call, bytes], AsyncIterator[bytes]]
Admit = Callable[[Call, bytes], Awaitable[Any]]
Invoke = Callable[[Any, Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method as a node serves it: `stream` where its answer is streamed, else `unary`."""

    contract: MethodContract
    node: "ServiceNode"
    unary: Unary | None
    stream: Stream | None


def compile_endpoint(contract: MethodContract, handler: Handler, node: "ServiceNode") -> Endpoint:
    """Make the endpoint of one servicer method."""
    if contract.request_streaming:
        raise TypeError(f"{contract.path}: streamed requests are not served")
    admit = compile_admission(contract)
    if contract.response_streaming:
        return Endpoint(contract, node, None, _compile_stream(contract, admit, handler))
    return Endpoint(contract, node, _compile_unary(contract, admit, _compile_invoke(contract, handler)), None)


def compile_admission(contract: MethodContract) -> Admit:
    """Everything that comes before the handler: raises what the caller is told, or returns the decoded request."""
    authorise = compile_policy(contract)
    check_path = compile_path_check(contract) if contract.http else None
    parse, validate = contract.request_class.FromString, contract.validate
    most_bytes, safe, audit = contract.max_request_bytes, contract.is_safe, contract.audit

    async def admit(call: Call, data: bytes) -> Any:
        if not call.trusted:
            call.principal = await call.node.authenticate(call.headers)
        principal = call.principal
        set_principal(principal)
        if len(data) > most_bytes:
            raise ResourceExhausted("REQUEST_TOO_LARGE", f"A request has at most {most_bytes} bytes.")
        try:
            request = parse(data)
        except DecodeError:
            raise InvalidArgument("MALFORMED_REQUEST", "The request cannot be decoded.") from None
        authorise(principal, request)
        if check_path is not None and (path := call.headers.get(ORIGINAL_PATH)) is not None:
            check_path(path, request)
        validate(request)
        if not safe:
            check_key(contract, call)
        if audit or not safe:
            set_cause(Cause(f"{call.span.span_id:016x}", call.span.trace_id_text))
        if audit:
            set_audited(Audited(contract.path, request))
        return request

    return admit


def _compile_unary(contract: MethodContract, admit: Admit, invoke: Invoke) -> Unary:
    async def serve(call: Call, data: bytes) -> bytes:
        set_call(call)
        set_span(call.span)
        started = time.monotonic()
        code, reason = "OK", ""
        try:
            with within(call.deadline):
                response = await invoke(await admit(call, data), call)
            return response if type(response) is bytes else response.SerializeToString()
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        except Exception as error:  # noqa: BLE001 - nothing else may leave, see errors.py
            told = tell(call, error)
            code, reason = told.code.name, told.reason
            raise told from None
        finally:
            finish(contract, call, code, reason, time.monotonic() - started)

    return serve


def _compile_stream(contract: MethodContract, admit: Admit, handler: Handler) -> Stream:
    async def serve(call: Call, data: bytes) -> AsyncIterator[bytes]:
        set_call(call)
        set_span(call.span)
        started = time.monotonic()
        code, reason = "OK", ""
        try:
            with within(call.deadline):
                request = await admit(call, data)
                async for response in handler(request, call):
                    yield response if type(response) is bytes else response.SerializeToString()
        except (asyncio.CancelledError, GeneratorExit):
            code = "CANCELLED"
            raise
        except Exception as error:  # noqa: BLE001 - nothing else may leave, see errors.py
            told = tell(call, error)
            code, reason = told.code.name, told.reason
            raise told from None
        finally:
            finish(contract, call, code, reason, time.monotonic() - started)

    return serve


def tell(call: Call, error: Exception) -> SoukError:
    """What the caller is told of an exception."""
    if isinstance(error, SoukError):
        check_reason(call.method, error)
        return error
    if isinstance(error, TimeoutError) and call.remaining() <= 0:
        return DeadlineExceeded("DEADLINE_EXCEEDED", "The time for the call is over.")
    return report_fault(call.method.path, error)


def finish(contract: MethodContract, call: Call, code: str, reason: str, seconds: float) -> None:
    """Count, log and trace a call that has ended."""
    number = Code[code].value
    metrics.record(contract.service, contract.name, number, seconds)
    principal, span = call.principal, call.span
    logs.log_call(contract.path, code, reason, seconds, principal.subject, principal.caller, span.trace_id_text)
    if span.sampled:
        attributes = span.attributes
        attributes["rpc.system"], attributes["rpc.service"], attributes["rpc.method"] = (
            "grpc",
            contract.service,
            contract.name,
        )
        attributes["rpc.grpc.status_code"] = number
        if code != "OK":
            span.error = reason or code
        span.end()


def _with_record(handler: Handler) -> Invoke:
    """A privileged look, kept in the audit trail by a unit of work of its own."""

    async def invoke(request: Any, call: Call) -> Any:
        response = await handler(request, call)
        async with call.db.write() as unit:
            unit.audit("", None, None)
        return response

    return invoke


def _compile_invoke(contract: MethodContract, handler: Handler) -> Invoke:
    """The handler within its unit of work, by which the answer and the effect are one."""
    if contract.is_safe and contract.audit:
        return _with_record(handler)
    if contract.is_safe or contract.saga:
        return handler

    async def invoke(request: Any, call: Call) -> Any:
        if call.idempotency_key is not None and is_told_apart(call):
            return await invoke_keyed(contract, handler, request, call)
        try:
            response = await handler(request, call)
            await call.commit()
        except BaseException:
            await call.rollback()
            raise
        return response

    return invoke
