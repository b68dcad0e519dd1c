"""Typed errors and their way over the wire."""

import pytest

from mesh.errors import (
    Aborted,
    Code,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    NotFound,
    SoukError,
    Unavailable,
    Violation,
    from_rpc,
    from_status,
    to_status,
)


class TestStatus:
    # Services may make errors of their own; the mesh gives back its own alone.
    @pytest.mark.parametrize("cls", [cls for cls in SoukError.__subclasses__() if cls.__module__ == "mesh.errors"])
    def test_gives_back_the_same_class(self, cls: type[SoukError]) -> None:
        error = from_status(to_status(cls("A_REASON", "A sentence.", orderId="7")))
        assert type(error) is cls
        assert (error.reason, error.message, error.metadata) == ("A_REASON", "A sentence.", {"orderId": "7"})

    def test_keeps_every_detail(self) -> None:
        raised = InvalidArgument(
            "R", "m", fields={"a.b": "wrong"}, violations=[Violation("T", "s", "d")], retry_after=0.25
        )
        error = from_status(to_status(raised))
        assert error.fields == {"a.b": "wrong"}
        assert error.violations == [("T", "s", "d")]
        assert error.retry_after == 0.25

    def test_keeps_the_code_of_an_error_with_a_class_of_its_own(self) -> None:
        error = SoukError("R", "m")
        error.code = Code.DATA_LOSS
        assert from_status(to_status(error)).code is Code.DATA_LOSS


class TestFromRpc:
    def test_reads_the_details(self) -> None:
        assert from_rpc(Code.NOT_FOUND, "m", to_status(NotFound("R", "m"))).reason == "R"

    def test_takes_the_code_where_there_are_none(self) -> None:
        error = from_rpc(Code.UNAVAILABLE, "connection refused", None)
        assert isinstance(error, Unavailable)
        assert error.reason == "UNREACHABLE"

    def test_takes_the_code_where_they_cannot_be_read(self) -> None:
        assert isinstance(from_rpc(Code.ABORTED, "m", b"\xff\xff"), Aborted)


class TestPermanent:
    def test_is_what_would_fail_again(self) -> None:
        assert FailedPrecondition("R").permanent
        assert InvalidArgument("R").permanent
        assert not Unavailable("R").permanent
        assert not Aborted("R").permanent
        assert not Internal("R").permanent
