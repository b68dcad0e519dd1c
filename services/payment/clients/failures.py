"""What Stripe's library raises, as the two things that matter: nothing was done, or nobody knows."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import stripe

from mesh import crash, trace
from mesh.trace import SpanKind
from services.payment.domain.provider import OutcomeUnknown, Refused

_log = logging.getLogger(__name__)
_SERVER_ERROR = 500


def refusal_of(error: Any) -> str:
    """Why a card was refused, as precisely as Stripe says."""
    return getattr(error, "decline_code", None) or getattr(error, "code", None) or "declined"


@contextmanager
def failures_typed(operation: str) -> Iterator[None]:
    """Raise Refused or OutcomeUnknown instead of the library's errors."""
    with trace.span(f"stripe {operation}", SpanKind.CLIENT):
        try:
            crash.point("provider.before_call", operation)
            yield
            crash.point("provider.after_call", operation)
        except stripe.CardError as error:
            raise Refused(refusal_of(error.error)) from error
        except stripe.InvalidRequestError as error:
            wrong_method = error.param == "payment_method"
            raise Refused("payment_method_invalid" if wrong_method else error.code or "invalid_request") from error
        except stripe.IdempotencyError as error:
            # The key was used with another token before; what it made then was never confirmed.
            raise OutcomeUnknown(str(error), answered=True) from error
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            _log.exception("the provider refuses the API key")
            raise OutcomeUnknown("not authenticated") from error
        except stripe.StripeError as error:
            status = error.http_status or 0
            raise OutcomeUnknown(type(error).__name__, answered=status >= _SERVER_ERROR) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise OutcomeUnknown(type(error).__name__) from error
