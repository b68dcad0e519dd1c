"""Stripe's test payment methods and what each of them does."""

from dataclasses import dataclass

# How soon the consequences of a test card come.
CARD_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Card:
    """How a test card behaves when it is charged."""

    brand: str = "visa"
    last4: str = "4242"
    funding: str = "credit"
    country: str = "US"
    code: str = ""
    decline_code: str = ""
    message: str = ""
    authenticates: bool = False
    # What comes of its refund, by itself some time later.
    refund_consequence: str = ""
    disputed: bool = False


def _declined(decline_code: str, last4: str, message: str = "Your card was declined.") -> Card:
    return Card(last4=last4, code="card_declined", decline_code=decline_code, message=message)


_GENERIC = _declined("generic_decline", "0002")
_FUNDS = _declined("insufficient_funds", "9995", "Your card has insufficient funds.")
_EXPIRED = Card(last4="0069", code="expired_card", decline_code="expired_card", message="Your card has expired.")
_CVC = Card(
    last4="0127", code="incorrect_cvc", decline_code="incorrect_cvc", message="Your card's security code is incorrect."
)
_PROCESSING = Card(
    last4="0119",
    code="processing_error",
    decline_code="processing_error",
    message="An error occurred while processing your card. Try again in a little bit.",
)
_LOST = _declined("lost_card", "9987")
_STOLEN = _declined("stolen_card", "9979")
_FRAUD = _declined("fraudulent", "0019")

# https://docs.stripe.com/testing; the declining ones go by two names, an older and a newer.
CARDS = {
    "pm_card_visa": Card(),
    "pm_card_visa_debit": Card(last4="5556", funding="debit"),
    "pm_card_mastercard": Card(brand="mastercard", last4="4444"),
    "pm_card_mastercard_debit": Card(brand="mastercard", last4="3222", funding="debit"),
    "pm_card_amex": Card(brand="amex", last4="8431"),
    "pm_card_discover": Card(brand="discover", last4="1117"),
    "pm_card_de": Card(last4="0016", country="DE"),
    "pm_card_fr": Card(last4="0003", country="FR"),
    "pm_card_gb": Card(last4="0000", country="GB"),
    "pm_card_jp": Card(last4="0005", country="JP"),
    "pm_card_authenticationRequired": Card(last4="3184", authenticates=True),
    "pm_card_threeDSecure2Required": Card(last4="3220", authenticates=True),
    "pm_card_threeDSecureRequired": Card(last4="3063", authenticates=True),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": Card(
        last4="8269",
        code="card_declined",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
        authenticates=True,
    ),
    "pm_card_createDispute": Card(last4="0259", disputed=True),
    "pm_card_refundFail": Card(last4="5126", refund_consequence="refund_failure"),
    "pm_card_chargeDeclined": _GENERIC,
    "pm_card_visa_chargeDeclined": _GENERIC,
    "pm_card_chargeDeclinedInsufficientFunds": _FUNDS,
    "pm_card_visa_chargeDeclinedInsufficientFunds": _FUNDS,
    "pm_card_chargeDeclinedLostCard": _LOST,
    "pm_card_visa_chargeDeclinedLostCard": _LOST,
    "pm_card_chargeDeclinedStolenCard": _STOLEN,
    "pm_card_visa_chargeDeclinedStolenCard": _STOLEN,
    "pm_card_chargeDeclinedFraudulent": _FRAUD,
    "pm_card_visa_chargeDeclinedFraudulent": _FRAUD,
    "pm_card_chargeDeclinedExpiredCard": _EXPIRED,
    "pm_card_chargeDeclinedIncorrectCvc": _CVC,
    "pm_card_chargeDeclinedProcessingError": _PROCESSING,
}
TOKENS = {f"tok_{name.removeprefix('pm_card_')}": name for name in CARDS}
