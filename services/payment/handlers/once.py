"""A keyed command of several commits: claimed before, answered in the commit that ends it."""

from collections.abc import Awaitable, Callable
from typing import Final

from google.protobuf.message import Message

from mesh.call import Call
from mesh.errors import SoukError
from mesh.idempotency import CallKey, Running, Stored, await_answer, claim, finish, release

# What a claim outlives the call's deadline by, and what a waiting duplicate keeps of its own, in seconds.
_SLACK: Final = 5.0
_MARGIN: Final = 0.5


async def once(call: Call, request: Message, work: Callable[[CallKey], Awaitable[Message]]) -> bytes:
    """Do the work unless the key's call was done before; `work` itself keeps its answer with the key.

    A lasting error is kept, a passing one frees the key. A duplicate waits for the answer of the first.
    """
    key = CallKey.of(call, request)
    async with call.db.write() as uow:
        claimed = await claim(uow, key, call.remaining() + _SLACK)
    if isinstance(claimed, Stored):
        return claimed.answer()
    if isinstance(claimed, Running):
        return await await_answer(call.db, key, call.deadline - _MARGIN)
    try:
        return (await work(key)).SerializeToString()
    except SoukError as error:
        async with call.db.write() as uow:
            await (finish(uow, key, error) if error.permanent else release(uow, key))
        raise
