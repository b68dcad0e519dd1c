"""Which amounts Stripe takes: https://docs.stripe.com/currencies."""

from sandbox.errors import invalid

_LARGEST = 99_999_999
_MINIMUM = {
    "usd": 50,
    "eur": 50,
    "gbp": 30,
    "chf": 50,
    "cad": 50,
    "aud": 50,
    "jpy": 50,
    "sek": 300,
    "nok": 300,
    "dkk": 250,
}
# Three-decimal currencies whose last digit must be zero.
_THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_CURRENCIES = frozenset(
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf "
    "chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf "
    "idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop "
    "mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd "
    "scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xof "
    "xpf yer zar zmw".split()
)


def check_currency(currency: str) -> str:
    """The currency in lower case, or Stripe's refusal."""
    if currency.lower() not in _CURRENCIES:
        raise invalid(f"Invalid currency: {currency.lower()}.", param="currency")
    return currency.lower()


def check_charge(amount: int, currency: str) -> None:
    """Refuse what is below the least charge, above eight digits, or finer than the currency allows."""
    check_amount(amount, currency)
    if amount < _MINIMUM.get(currency, 1):
        raise invalid("Amount must be at least the minimum charge amount.", code="amount_too_small", param="amount")


def check_amount(amount: int, currency: str) -> None:
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param="amount"
        )
    if amount > _LARGEST:
        raise invalid("Amount must be no more than 99999999.", code="amount_too_large", param="amount")
    if currency in _THREE_DECIMALS and amount % 10:
        raise invalid(f"Amounts in {currency} must end in 0.", code="invalid_charge_amount", param="amount")
