"""A planted violation of each invariant is found."""

import pytest

from tests.services.payment.conftest import Till


async def plant(till: Till, query: str) -> None:
    """Change the ledger behind its guards, which only its owner can switch off."""
    for guards in ("DISABLE", "ENABLE"):
        await till.market.rows(f"ALTER TABLE payment.ledger_postings {guards} TRIGGER USER")
        if guards == "DISABLE":
            await till.market.rows(query)


class TestInvariants:
    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (
                "INSERT INTO payment.ledger_postings (transaction_id, account, amount, currency) "
                "SELECT id, 'rounding', 7, 'EUR' FROM payment.ledger_transactions",
                {"I1"},
            ),
            ("UPDATE payment.payments SET amount = 2600, captured_amount = 2600", {"I3", "I8"}),
            (
                "UPDATE payment.payments SET provider_reference = 'pi_elsewhere'",
                {"I3", "I4"},
            ),
            (
                "UPDATE payment.payments SET state = 'REQUIRES_ACTION', chargeable = true, captured_amount = 0, "
                "create_time = now() - interval '1 day'",
                {"I3", "I4", "I8"},
            ),
            ("UPDATE payment.payments SET refunded_amount = 100", {"I7", "I8"}),
            ("UPDATE payment.ledger_postings SET amount = amount - 1 WHERE account = 'tax_payable'", {"I1", "I8"}),
        ],
    )
    async def test_finds_what_was_planted(self, till: Till, query: str, expected: set[str]) -> None:
        await till.paid()
        assert await till.violations() == {}
        await plant(till, query)
        await plant(till, "UPDATE payment.payments SET update_time = now() - interval '1 minute'")
        assert set(await till.violations()) == expected
