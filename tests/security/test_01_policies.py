"""1: every RPC of every descriptor says who may call it, and whose thing it names."""

import pytest

from mesh.contract import MethodContract, Role
from tests.security.wire import methods

# What nobody needs to sign in for. A method that joins them joins this list, on purpose and in review.
PUBLIC = {
    "AuthService/Login",
    "AuthService/Logout",
    "AuthService/RefreshTokens",
    "AuthService/Register",
    "CartService/AddCartItem",
    "CartService/ClearCart",
    "CartService/GetCart",
    "CartService/RemoveCartItem",
    "CartService/UpdateCartItem",
    "CatalogService/GetProduct",
    "CatalogService/ListCategories",
    "CatalogService/ListProducts",
    "PaymentService/ReceiveStripeWebhook",
    "SellerService/GetShop",
}


@pytest.mark.parametrize("contract", methods(), ids=lambda contract: contract.path)
def test_every_method_has_a_policy(contract: MethodContract) -> None:
    """A proto without one does not load; what is loaded names at least one role."""
    assert contract.policies
    assert contract.is_internal == all(policy.who is Role.SERVICE for policy in contract.policies)


def test_the_methods_that_need_no_token_are_these() -> None:
    assert {contract.path.rpartition(".")[2] for contract in methods() if contract.is_public} == PUBLIC


def test_what_changes_something_for_a_shop_names_its_owner() -> None:
    """A seller's method either names the shop in the request or leaves it to the row that is loaded."""
    for contract in methods():
        if any(policy.who is Role.SELLER for policy in contract.policies):
            assert contract.owner, contract.path
