"""Who may call a method, and whose thing it names, compiled from the contract into one closure."""

from collections.abc import Callable
from typing import Any

from mesh.contract import ROW, MethodContract, Policy, Role, field_reader
from mesh.errors import InvalidArgument, NotFound, PermissionDenied, SoukError, Unauthenticated
from mesh.principal import Principal

Authorise = Callable[[Principal, Any], None]
Matches = Callable[[Principal], bool]
ANY = "*"


def compile_policy(contract: MethodContract) -> Authorise:
    """A function that raises what the caller is told unless one of the method's policies lets the call in."""
    let_in = [_matcher(policy) for policy in contract.policies]
    # Staff and services are let in by their own policy, whosever the thing is.
    beyond_owner = [_matcher(policy) for policy in contract.policies if policy.who in (Role.ADMIN, Role.SERVICE)]
    check_owner, internal = _compile_owner(contract), contract.is_internal

    def authorise(principal: Principal, request: Any) -> None:
        for matches in let_in:
            if matches(principal):
                break
        else:
            raise _refusal(principal, internal=internal)
        if check_owner is not None and not any(matches(principal) for matches in beyond_owner):
            check_owner(principal, request)

    return authorise


def _refusal(principal: Principal, *, internal: bool) -> SoukError:
    # A service that calls for nobody and is not let in itself gains nothing by a sign-in.
    if principal.is_anonymous and not (internal and principal.act):
        return Unauthenticated("SIGN_IN_REQUIRED", "Sign in first.")
    return PermissionDenied("PERMISSION_DENIED", "This account may not do that.")


def _matcher(policy: Policy) -> Matches:
    if policy.who is Role.PUBLIC:
        return lambda _: True
    if policy.who is Role.SERVICE:
        services = policy.services
        return lambda principal: bool(caller := principal.caller) and (caller in services or ANY in services)
    if policy.who is Role.CUSTOMER:
        return lambda principal: principal.is_person
    if policy.who is Role.SELLER:
        return lambda principal: principal.is_person and bool(principal.tenants or "SELLER" in principal.roles)
    permission = policy.permission
    if not permission:
        return lambda principal: principal.is_person and principal.is_admin
    return lambda principal: principal.is_person and principal.is_admin and permission in principal.scopes


def _compile_owner(contract: MethodContract) -> Authorise | None:
    if not contract.owner or contract.owner == ROW:
        return None
    path = contract.owner
    read = field_reader(contract.descriptor.input_type, path)

    def check_owner(principal: Principal, request: Any) -> None:
        owner = read(request)
        if not owner:
            raise InvalidArgument("INVALID_FIELDS", f"{path} is required.", fields={path: "is required"})
        if owner != principal.subject and owner not in principal.tenants:
            raise NotFound("NOT_FOUND", "There is no such thing.")

    return check_owner
