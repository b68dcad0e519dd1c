"""What contracts must say before a process starts."""

from types import ModuleType

import pytest
from google.protobuf import descriptor_pool

from mesh.contract import ContractError, Idempotency, Role, find_method, host_of, read_method, read_service
from mesh.rules import RuleError

pytestmark = pytest.mark.usefixtures("echo_modules")


class TestReadMethod:
    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("NoPolicy", "no policy"),
            ("NoRole", "names no role"),
            ("NoIdempotency", "no idempotency"),
            ("NoDeadline", "no deadline"),
            ("NoService", "names its services"),
            ("NoPath", "REST path"),
            ("NoOwnerField", "user_id"),
            ("NoPathField", "user_id"),
            ("PrivateCache", "may be cached"),
        ],
    )
    def test_refuses_what_is_incomplete(self, name: str, message: str) -> None:
        service = descriptor_pool.Default().FindServiceByName("souk.faulty.v1.FaultyService")
        with pytest.raises(ContractError, match=message):
            read_method(service.methods_by_name[name])

    def test_refuses_a_rule_that_does_not_fit(self) -> None:
        service = descriptor_pool.Default().FindServiceByName("souk.faulty.v1.FaultyService")
        with pytest.raises(RuleError, match="max_len does not fit"):
            read_method(service.methods_by_name["MisfitRule"])

    def test_reads_everything(self, echo_modules: tuple[ModuleType, ModuleType]) -> None:
        contract = read_service("souk.echo.v1.EchoService", descriptor_pool.Default())["/souk.echo.v1.EchoService/Say"]
        assert contract.host == "echo"
        assert contract.deadline == 2.0
        assert contract.idempotency is Idempotency.SAFE
        assert [policy.who for policy in contract.policies] == [Role.PUBLIC]
        assert (contract.cache_seconds, contract.cache_vary) == (30, ("accept-language",))
        assert [(rule.verb, rule.template.text) for rule in contract.http] == [
            ("GET", "/api/v1/echoes/{echo_id}"),
            ("GET", "/api/v1/sounds/{echo_id}:say"),
        ]
        assert contract.request_class is echo_modules[0].EchoRequest

    def test_tells_internal_methods_from_public_ones(self) -> None:
        inner, say = find_method("/souk.echo.v1.EchoService/Inner"), find_method("/souk.echo.v1.EchoService/Say")
        assert inner is not None
        assert say is not None
        assert (inner.is_internal, inner.is_public) == (True, False)
        assert (say.is_internal, say.is_public) == (False, True)


class TestFindMethod:
    def test_finds_nothing_for_an_unknown_path(self) -> None:
        assert find_method("/souk.nowhere.v1.NoService/No") is None
        assert find_method("/souk.echo.v1.EchoService/No") is None


class TestHostOf:
    def test_is_the_word_before_the_version(self) -> None:
        assert host_of("souk.order.v1.OrderService") == "order"
