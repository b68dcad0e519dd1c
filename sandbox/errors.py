"""Stripe's error objects."""

from typing import Any


class ApiError(Exception):
    """An answer of Stripe's that is not 200, in the body that Stripe documents."""

    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", param: str = "", saved: bool = True, **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        # Whether an idempotency key keeps the answer: Stripe keeps none for a request that was never begun.
        self.saved = saved
        self.body = {"error": {"type": kind, "message": message, **more}}
        if code:
            self.body["error"] |= {
                "code": code,
                "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
            }
        if param:
            self.body["error"]["param"] = param


def invalid(message: str, *, code: str = "", param: str = "") -> ApiError:
    """A request that fails validation, before any endpoint begins to work on it."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, saved=False)


def missing_param(param: str) -> ApiError:
    return invalid(f"Missing required param: {param}.", code="parameter_missing", param=param)


def no_such(kind: str, object_id: str, param: str = "id") -> ApiError:
    message = f"No such {kind}: '{object_id}'"
    return ApiError(404, "invalid_request_error", message, code="resource_missing", param=param)


def conflict(message: str, code: str, **more: Any) -> ApiError:
    """A request that the object's present state does not allow."""
    return ApiError(400, "invalid_request_error", message, code=code, **more)


def internal() -> ApiError:
    return ApiError(500, "api_error", "An unknown error occurred")
