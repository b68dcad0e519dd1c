"""What the stack must know of this market: which services there are, and what they read from the environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from mesh.stack.home import Home
from mesh.stack.layout import Urls, Wish

ADMIN_EMAIL = "admin@example.com"
_SEED = (sys.executable, "-m", "cli.main", "seed")
_WEBHOOK_PATH = "/api/v1/webhooks/stripe"
# What an endpoint at Stripe would subscribe to: what our own calls do not already answer.
_WEBHOOK_EVENTS = (
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "refund.updated",
    "refund.failed",
    "charge.refund.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)


def service_names() -> tuple[str, ...]:
    """Every service of the market, by the folders of `services/`."""
    # Found, not imported: the command line loads no service.
    spec = find_spec("services")
    folders = (Path(place) for place in (spec.submodule_search_locations or () if spec else ()))
    return tuple(sorted(path.parent.name for folder in folders for path in folder.glob("*/service.py")))


def market_wish(home: Home) -> Wish:
    """The whole market in that home, with the usual options."""

    def service_env(urls: Urls) -> Mapping[str, str]:
        return _service_env(home, urls)

    wish = Wish(home, service_names(), service_env=service_env, seed=_SEED)
    return replace(wish, webhook_path=_WEBHOOK_PATH, webhook_events=_WEBHOOK_EVENTS)


def admin_password(home: Home) -> str:
    """The first administrator's password, made with the store."""
    return home.secret("admin-password")


def _service_env(home: Home, urls: Urls) -> Mapping[str, str]:
    admin_password(home)
    env = {
        "SOUK_IDENTITY_ADMIN_EMAIL": ADMIN_EMAIL,
        "SOUK_IDENTITY_ADMIN_PASSWORD_FILE": str(home.secrets / "admin-password"),
        "SOUK_AUTO_VERIFY_SHOPS": "true",
    }
    if "sandbox" in urls:
        env |= {
            "STRIPE_API_KEY": "sk_test_" + quote(home.secret("sandbox-key"), safe=""),
            "STRIPE_API_BASE": urls["sandbox"],
            "SOUK_PAYMENT_WEBHOOK_SECRETS": urls["webhook_secret"],
            "SOUK_NOTIFICATION_SMTP_URL": urls["smtp"],
        }
    return {name: os.environ.get(name) or value for name, value in env.items()}
