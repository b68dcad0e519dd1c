"""The sellers whom `souk seed` and `souk import` made, so that later commands can act for them."""

import json
import secrets
from dataclasses import asdict, dataclass

from cli.rest import Account, Rest, RestError
from mesh.stack.home import Home, write_private


@dataclass(frozen=True, slots=True)
class Seller:
    """One seller with a shop of their own."""

    email: str
    password: str
    shop_id: str
    shop_name: str
    # How the shop came to be: "seed" or "import".
    origin: str


def read_sellers(home: Home) -> list[Seller]:
    """Every seller made here, in the order made."""
    path = home.secrets / "sellers.json"
    return [Seller(**each) for each in json.loads(path.read_text())] if path.exists() else []


def remember_sellers(home: Home, sellers: list[Seller]) -> None:
    """Add sellers to the file that only its owner reads."""
    known = [*read_sellers(home), *sellers]
    write_private(home.secrets / "sellers.json", json.dumps([asdict(each) for each in known], indent=1))


def open_shop(
    rest: Rest, *, name: str, description: str, country: str, currency: str, owner: str = ""
) -> tuple[Account, str]:
    """Register a seller with a shop that may sell; give the account, whose token carries the shop, and its id."""
    email = f"seller-{secrets.token_hex(5)}@example.com"
    account = rest.register(email, secrets.token_urlsafe(15), owner or name)
    body = {"name": name, "description": description, "country": country, "currency": currency}
    shop = rest.call("POST", "/shops", body, account=account)
    if shop["state"] != "VERIFIED":
        raise RestError("POST /api/v1/shops", 200, shop["state"], "the shop waits for an administrator to verify it")
    rest.refresh(account)
    return account, shop["shopId"]
