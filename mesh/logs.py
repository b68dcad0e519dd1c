"""Structured logs: one JSON line for each call and each fault, with the trace id and without personal data.

Lines are gathered and written together, since a write for each call costs more than many a call.
"""

import asyncio
import json
import logging
import sys
import time
from typing import Any, TextIO

_FLUSH_SECONDS = 0.2
_FLUSH_LINES = 200


class Writer:
    """Gathers lines and writes them to a stream a few times a second."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._scheduled = False

    def write(self, line: str) -> None:
        """Take one line without its end."""
        self._lines.append(line)
        if len(self._lines) >= _FLUSH_LINES:
            self.flush()
        elif not self._scheduled:
            self._schedule()

    def flush(self) -> None:
        """Write what has gathered."""
        lines, self._lines, self._scheduled = self._lines, [], False
        if lines:
            self._stream.write("\n".join(lines) + "\n")
            self._stream.flush()

    def _schedule(self) -> None:
        try:
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        except RuntimeError:  # no loop runs: at start-up and at the end
            self.flush()
        else:
            self._scheduled = True


_writer = Writer(sys.stderr)


class _Clock:
    """Writes times; the text of a second is made once."""

    __slots__ = ("_second", "_text")

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def now(self) -> str:
        moment = time.time()
        second = int(moment)
        if second != self._second:
            self._second, self._text = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._text}.{int((moment - second) * 1000):03}Z"


_clock = _Clock()


def now() -> str:
    """The present time in RFC 3339 with milliseconds."""
    return _clock.now()


def log(level: str, message: str, **fields: Any) -> None:
    """Write one line. The fields hold ids, codes and figures, never personal data."""
    _writer.write(json.dumps({"time": now(), "level": level, "message": message, **fields}, default=str))


def log_call(path: str, code: str, reason: str, seconds: float, subject: str, caller: str, trace_id: str) -> None:
    """Write the line of one call; everything in it is made by us, so that nothing needs escaping."""
    _writer.write(
        f'{{"time": "{now()}", "level": "info", "message": "call", "method": "{path}", "code": "{code}", '
        f'"reason": "{reason}", "ms": {seconds * 1000:.2f}, "subject": "{subject}", '
        f'"caller": "{caller}", "trace_id": "{trace_id}"}}'
    )


def flush() -> None:
    """Write what has gathered, before the process ends."""
    _writer.flush()


class _Handler(logging.Handler):
    """Brings the lines of libraries into the same shape. Their messages may hold input, so warnings and above alone."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = {"exception": record.exc_info[0].__name__} if record.exc_info and record.exc_info[0] else {}
        log(record.levelname.lower(), record.getMessage(), logger=record.name, **fields)


def configure(stream: TextIO = sys.stderr) -> None:
    """Send everything that is logged in this process through one writer."""
    global _writer  # noqa: PLW0603 - one process has one log
    _writer = Writer(stream)
    logging.basicConfig(level=logging.WARNING, handlers=[_Handler()], force=True)
