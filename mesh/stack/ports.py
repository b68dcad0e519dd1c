"""Which port each part listens on: the usual one, a free one where that is taken."""

import random
import socket

from mesh.stack.errors import StackError

LOOPBACK = "127.0.0.1"
# Below the range that systems hand out to outgoing connections, so that none of those takes a port just chosen.
_FREE_RANGE = range(20_000, 30_000)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Ports:
    """Hands out ports, none of them twice."""

    def __init__(self, *, private: bool = False) -> None:
        """With `private` no usual port is used: several stacks then run side by side."""
        self._private = private
        self._taken: set[int] = set()

    def usual(self, port: int) -> int:
        """That port, or a free one where it is taken."""
        if self._private or port in self._taken or not is_free(port):
            return self._free()
        self._taken.add(port)
        return port

    def exactly(self, port: int) -> int:
        """That port and no other; raises StackError where it is taken."""
        if port in self._taken or not is_free(port):
            raise StackError(f"Port {port} is taken. Stop what listens there, or choose another with --port.")
        self._taken.add(port)
        return port

    def _free(self) -> int:
        for _ in range(1_000):
            port = random.choice(_FREE_RANGE)  # noqa: S311 - a port is no secret
            if port not in self._taken and is_free(port):
                self._taken.add(port)
                return port
        raise StackError(f"There is no free port from {_FREE_RANGE.start} to {_FREE_RANGE.stop}.")
