"""`python -m tests.bench.nothing --port N --answers FILE`: a gRPC server that does nothing but answer stored bytes."""

import argparse
import asyncio
import itertools
import json
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import grpc
import uvloop

_HEALTH = "/grpc.health.v1.Health/Check"
_SERVING = b"\x08\x01"


class Nothing(grpc.GenericRpcHandler):
    """Answers each method with its stored answers in turn."""

    def __init__(self, answers: Mapping[str, list[bytes]]) -> None:
        self._handlers = {path: _handler(each) for path, each in {**answers, _HEALTH: [_SERVING]}.items()}

    def service(self, handler_call_details: Any) -> Any:
        return self._handlers.get(handler_call_details.method)


def _handler(answers: list[bytes]) -> Any:
    turn = itertools.cycle(answers)

    async def answer(request: bytes, context: Any) -> bytes:
        del request, context
        return next(turn)

    return grpc.unary_unary_rpc_method_handler(answer)


async def serve(port: int, answers: Mapping[str, list[bytes]]) -> None:
    """Answer until the process is ended."""
    server = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((Nothing(answers),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answers", type=Path, required=True)
    options = parser.parse_args()
    stored = json.loads(options.answers.read_text())
    uvloop.run(serve(options.port, {path: [b64decode(each) for each in of] for path, of in stored.items()}))
