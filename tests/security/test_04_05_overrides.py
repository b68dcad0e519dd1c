"""4, 5: neither a query nor a body says otherwise than the path, and nobody sets what is not theirs to set."""

from uuid import UUID

import httpx
import pytest

from cli.rest import Rest
from mesh.contract import HttpRule, MethodContract
from tests.goods import PASSWORD, a_mail_address
from tests.security.conftest import Town
from tests.security.wire import bearer, path_of, reason_of, routes

OTHER = str(UUID(int=9))
_ADMINS = {"SetUserRoles", "VerifyShop", "SuspendShop", "CreatePayouts", "CreditWallet"}
_BOUND = [(contract, rule) for contract, rule in routes() if rule.template.variables]


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


@pytest.mark.parametrize(("contract", "rule"), _BOUND, ids=lambda each: getattr(each, "path", None) or each.verb)
def test_a_query_never_stands_for_the_path(
    http: httpx.Client, town: Town, contract: MethodContract, rule: HttpRule
) -> None:
    """In both names of the field, and with its letters escaped, which a guard on names would miss."""
    name = rule.template.variables[0]
    body = {"json": {}} if rule.body == "*" else {}
    headers = bearer(town.admin.token if contract.path.rpartition("/")[2] in _ADMINS else town.goods.seller.token)
    path = path_of(rule).removeprefix("/api/v1")
    for key in (name, camel(name), f"%{ord(name[0]):02x}{name[1:]}"):
        answer = http.request(rule.verb, f"{path}?{key}={OTHER}", headers=headers, **body)
        assert answer.status_code in {400, 404, 415}, (key, answer.text)
        if answer.status_code == 404:
            # Nothing was looked up by the query: the caller's own id would have been found.
            assert OTHER not in answer.text


def test_the_path_decides_whose_profile_it_is(http: httpx.Client, town: Town) -> None:
    """The caller's own id in query or body does not open another's path, nor the other way round."""
    mine, own, others = bearer(town.stranger.token), town.stranger.user_id, town.buyer.user_id
    for place, id_ in ((others, own), (own, others)):
        for name in ("user_id", "userId"):
            answer = http.get(f"/users/{place}?{name}={id_}", headers=mine)
            assert answer.status_code in {400, 404}, answer.text
    for name in ("user_id", "userId"):
        body = {name: own, "displayName": "Owned"}
        assert http.patch(f"/users/{others}", json=body, headers=mine).status_code in {400, 404}
        http.patch(f"/users/{own}", json={name: others, "displayName": "Owned"}, headers=mine)
    assert http.get("/users/profile", headers=bearer(town.buyer.token)).json()["displayName"] != "Owned"


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("PATCH", "/users/profile", {"roles": ["ADMIN"]}),
        ("PATCH", "/users/profile", {"userId": OTHER}),
        ("PATCH", "/users/profile", {"emailVerified": True}),
        ("PATCH", "/users/profile", {"email": "other@example.com"}),
        ("POST", "/shops", {"name": "x", "country": "DE", "currency": "EUR", "state": "VERIFIED"}),
        ("POST", "/shops", {"name": "x", "country": "DE", "currency": "EUR", "commissionBps": 0}),
        ("POST", "/shops", {"name": "x", "country": "DE", "currency": "EUR", "ownerUserId": OTHER}),
        ("POST", "/users/addresses", {"userId": OTHER}),
        ("POST", "/cart/items", {"variantId": OTHER, "quantity": 1, "unitPrice": {"currency": "EUR", "amount": "1"}}),
        ("POST", "/orders", {"userId": OTHER}),
        ("POST", "/orders", {"status": "PAID"}),
    ],
)
def test_a_field_that_is_not_the_callers_to_set_is_refused(
    http: httpx.Client, town: Town, verb: str, path: str, body: object
) -> None:
    headers = bearer(town.stranger.token) | {"idempotency-key": "mass"}
    answer = http.request(verb, path, json=body, headers=headers)
    assert (answer.status_code, reason_of(answer)) == (400, "UNKNOWN_FIELD"), answer.text
    name = next(reversed(body))  # type: ignore[call-overload]  # a dict
    answer = http.request(verb, f"{path}?{name}=1", json={}, headers=headers)
    assert answer.status_code == 400, answer.text


def test_nobody_is_born_or_made_an_admin(http: httpx.Client, rest: Rest, town: Town) -> None:
    registration = {"email": a_mail_address(), "password": PASSWORD, "displayName": "x"}
    for extra in ({"roles": ["ADMIN"]}, {"user": {"roles": ["ADMIN"]}}):
        assert http.post("/auth/register", json=registration | extra).status_code == 400
    answer = http.post(
        f"/users/{town.stranger.user_id}/roles", json={"roles": ["ADMIN"]}, headers=bearer(town.stranger.token)
    )
    assert answer.status_code == 403
    assert rest.call("GET", "/users/profile", account=town.stranger)["roles"] == ["CUSTOMER"]
