import socket
from collections.abc import Iterator

import pytest

from mesh.stack.errors import StackError
from mesh.stack.ports import Ports, is_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


class TestPorts:
    def test_gives_a_free_port_where_the_usual_one_is_taken(self, taken: int) -> None:
        port = Ports().usual(taken)
        assert port != taken
        assert is_free(port)

    def test_never_gives_a_port_twice(self) -> None:
        ports = Ports()
        first = ports.usual(29_999)
        assert ports.usual(first) != first

    def test_private_ports_are_never_the_usual_ones(self) -> None:
        assert Ports(private=True).usual(29_998) != 29_998

    def test_refuses_the_port_that_was_asked_for_and_is_taken(self, taken: int) -> None:
        with pytest.raises(StackError, match=f"Port {taken} is taken"):
            Ports().exactly(taken)
