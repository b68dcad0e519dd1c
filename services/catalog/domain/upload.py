"""A file as it comes in: readable as a whole or refused, and cut into pieces of whole products."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from mesh.errors import InvalidArgument
from services.catalog.domain.shopify import HANDLE, REQUIRED

MAX_BYTES = 64 * 1024 * 1024
# A piece is closed at the end of a product once it has this many rows, and in any case at ten times as many.
ROWS_IN_PIECE = 500


class Piece(NamedTuple):
    """Rows of whole products: the text as it came, without the header."""

    first_line: int
    row_count: int
    text: str


class Upload(NamedTuple):
    columns: list[str]
    pieces: Iterator[Piece]


def read_upload(data: bytes) -> Upload:
    """Check the header and begin to cut.

    Raises IMPORT_EMPTY, IMPORT_TOO_LARGE, IMPORT_ENCODING_INVALID, IMPORT_HEADER_INVALID, IMPORT_CSV_INVALID, also
    while the pieces are taken: nothing of the file counts before the last one is.
    """
    if len(data) > MAX_BYTES:
        raise _refusal("IMPORT_TOO_LARGE", f"The file has {len(data)} bytes; at most {MAX_BYTES} are read.")
    lines = _Lines(data)
    rows = _read(data, lines)
    columns = next(rows, None)
    if columns is None or not any(columns):
        raise _refusal("IMPORT_EMPTY", "The file has no header.")
    columns = [column.strip() for column in columns]
    _require_header(columns)
    return Upload(columns, _pieces(rows, lines, columns.index(HANDLE)))


class _Lines:
    """The lines of a file, each kept until the piece that it belongs to is closed."""

    def __init__(self, data: bytes) -> None:
        encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        self._text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
        self.number = 0
        self._taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.number += 1
        self._taken.append(line)
        return line

    def take(self) -> str:
        """The lines since the last time."""
        taken = "".join(self._taken)
        self._taken.clear()
        return taken


def _read(data: bytes, lines: _Lines) -> Iterator[list[str]]:
    """The rows; what cannot be read at all refuses the file."""
    try:
        yield from csv.reader(lines, strict=True)
    except UnicodeDecodeError as error:
        line = _line_of_fault(data, lines.number)
        message = f"The file is not UTF-8 at line {line}: {error.reason}."
        raise _refusal("IMPORT_ENCODING_INVALID", message) from None
    except csv.Error as error:
        message = f"The file is no CSV at line {lines.number}: {error}."
        raise _refusal("IMPORT_CSV_INVALID", message) from None


def _line_of_fault(data: bytes, read: int) -> int:
    """The line of the first bytes that are not UTF-8; `read` where the file claimed another encoding."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return read


def _require_header(columns: list[str]) -> None:
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        message = f"The header lacks {', '.join(missing)}: this is no Shopify product export."
        raise _refusal("IMPORT_HEADER_INVALID", message)


def _pieces(rows: Iterator[list[str]], lines: _Lines, handle_at: int) -> Iterator[Piece]:
    lines.take()
    first_line = end = lines.number + 1
    count, handle = 0, ""
    text: list[str] = []
    for row in rows:
        next_handle = row[handle_at] if len(row) > handle_at else ""
        if (count >= ROWS_IN_PIECE and next_handle != handle) or count >= 10 * ROWS_IN_PIECE:
            yield Piece(first_line, count, "".join(text))
            first_line, count, text = end, 0, []
        text.append(lines.take())
        count, handle, end = count + 1, next_handle, lines.number + 1
    if count:
        yield Piece(first_line, count, "".join(text))


def _refusal(reason: str, message: str) -> InvalidArgument:
    return InvalidArgument(reason, message, fields={"file": message})
