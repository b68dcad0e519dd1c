"""Faults of ours: the caller gets an error id, the log and the trace get what happened."""

import os
import traceback
from uuid import uuid4

from mesh import logs
from mesh.errors import Internal
from mesh.trace import current_span

# The message of an exception may hold input, and so a person's data: it is written on a developer's machine alone.
SHOWS_MESSAGES = bool(os.environ.get("SOUK_DEBUG"))


def report_fault(where: str, error: BaseException) -> Internal:
    """Log an unexpected exception and return the error that takes its place."""
    error_id = uuid4().hex
    span = current_span()
    if span is not None:
        span.set(error_id=error_id, exception_type=type(error).__name__)
    logs.log(
        "error",
        "fault",
        where=where,
        error_id=error_id,
        exception=type(error).__name__,
        detail=str(error) if SHOWS_MESSAGES else "",
        stack=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)],
        trace_id=span.trace_id_text if span is not None else "",
    )
    return Internal("INTERNAL", "Something went wrong here; the error id tells us what.", errorId=error_id)
