"""Who is let in, by policy and by owner."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from mesh.contract import Policy, Role
from mesh.errors import PermissionDenied, SoukError, Unauthenticated
from mesh.policy import compile_policy
from mesh.principal import ANONYMOUS, Principal, service_principal

CUSTOMER = Principal(subject="u1", roles=frozenset({"CUSTOMER"}))
SELLER = Principal(subject="u2", roles=frozenset({"CUSTOMER"}), tenants=frozenset({"s1"}))
ADMIN = Principal(subject="u3", roles=frozenset({"ADMIN"}))
CLERK = Principal(subject="u4", roles=frozenset({"ADMIN"}), scopes=frozenset({"refunds"}))
ORDER = service_principal("order")


def policy(who: Role, *services: str, permission: str = "") -> Policy:
    return Policy(who, frozenset(services), permission, "")


def outcome(policies: Sequence[Policy], principal: Principal) -> type[SoukError] | None:
    contract: Any = SimpleNamespace(
        policies=policies, owner="", is_internal=all(each.who is Role.SERVICE for each in policies)
    )
    try:
        compile_policy(contract)(principal, None)
    except SoukError as error:
        return type(error)
    return None


class TestPolicy:
    @pytest.mark.parametrize(
        ("who", "let_in"),
        [
            (policy(Role.PUBLIC), [ANONYMOUS, CUSTOMER, SELLER, ADMIN, CLERK, ORDER]),
            (policy(Role.CUSTOMER), [CUSTOMER, SELLER, ADMIN, CLERK]),
            (policy(Role.SELLER), [SELLER]),
            (policy(Role.ADMIN), [ADMIN, CLERK]),
            (policy(Role.ADMIN, permission="refunds"), [CLERK]),
            (policy(Role.SERVICE, "order"), [ORDER]),
            (policy(Role.SERVICE, "cart"), []),
            (policy(Role.SERVICE, "*"), [ORDER]),
        ],
    )
    def test_lets_in_its_callers_alone(self, who: Policy, let_in: list[Principal]) -> None:
        for principal in (ANONYMOUS, CUSTOMER, SELLER, ADMIN, CLERK, ORDER):
            expected = (
                None if principal in let_in else (Unauthenticated if principal is ANONYMOUS else PermissionDenied)
            )
            assert outcome([who], principal) is expected, principal

    def test_lets_in_by_any_of_several(self) -> None:
        both = [policy(Role.ADMIN), policy(Role.SERVICE, "order")]
        assert outcome(both, ORDER) is None
        assert outcome(both, ADMIN) is None
        assert outcome(both, CUSTOMER) is PermissionDenied

    def test_knows_the_service_that_calls_for_somebody(self) -> None:
        who = [policy(Role.SERVICE, "order")]
        assert outcome(who, CUSTOMER.through("order")) is None
        assert outcome(who, CUSTOMER.through("order").through("cart")) is PermissionDenied

    def test_denies_a_service_that_calls_for_nobody(self) -> None:
        assert outcome([policy(Role.SERVICE, "order")], ANONYMOUS.through("cart")) is PermissionDenied
        assert outcome([policy(Role.CUSTOMER)], ANONYMOUS.through("cart")) is Unauthenticated
