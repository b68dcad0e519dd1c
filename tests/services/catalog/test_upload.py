import pytest

from mesh.errors import InvalidArgument
from services.catalog.domain.upload import ROWS_IN_PIECE, read_upload

HEADER = "Handle,Title,Variant Price\n"


def reason_of(data: bytes) -> str:
    """Why a file is refused, at its header or on the way to its end."""
    with pytest.raises(InvalidArgument) as caught:
        list(read_upload(data).pieces)
    assert caught.value.fields["file"]
    return caught.value.reason


class TestRefusal:
    def test_nothing(self) -> None:
        assert reason_of(b"") == "IMPORT_EMPTY"

    def test_other_columns(self) -> None:
        assert reason_of(b"name,cost\npot,9\n") == "IMPORT_HEADER_INVALID"

    def test_bytes_that_are_no_text_name_their_line(self) -> None:
        with pytest.raises(InvalidArgument, match="line 3") as caught:
            list(read_upload(HEADER.encode() + b"pot,Pot,9\nkr\xfcg,Krug,9\n").pieces)
        assert caught.value.reason == "IMPORT_ENCODING_INVALID"

    def test_quote_that_is_never_closed(self) -> None:
        assert reason_of((HEADER + 'pot,"Pot,9\njug,Jug,9\n').encode()) == "IMPORT_CSV_INVALID"

    def test_picture(self) -> None:
        assert reason_of(b"\x89PNG\r\n\x1a\n\x00\x00") == "IMPORT_ENCODING_INVALID"


class TestPieces:
    def test_byte_order_mark_and_other_line_ends(self) -> None:
        upload = read_upload(b"\xef\xbb\xbf" + HEADER.replace("\n", "\r\n").encode() + b"pot,Pot,9\r\n")
        [piece] = upload.pieces
        assert upload.columns[0] == "Handle"
        assert (piece.first_line, piece.row_count, piece.text) == (2, 1, "pot,Pot,9\r\n")

    def test_utf_16(self) -> None:
        [piece] = read_upload((HEADER + "krug,Krüge,9\n").encode("utf-16")).pieces
        assert piece.text == "krug,Krüge,9\n"

    def test_header_alone_has_no_piece(self) -> None:
        assert list(read_upload(HEADER.encode()).pieces) == []

    def test_products_are_never_cut(self) -> None:
        rows = "".join(f'p{number // 3},"A\nB",9\n' for number in range(2000))
        pieces = list(read_upload((HEADER + rows).encode()).pieces)
        assert sum(piece.row_count for piece in pieces) == 2000
        assert all(piece.row_count <= ROWS_IN_PIECE + 2 for piece in pieces)
        assert "".join(piece.text for piece in pieces) == rows
        assert pieces[1].first_line == 2 + 2 * pieces[0].row_count
        handles = [{line.partition(",")[0] for line in piece.text.split("\n") if line[:1] == "p"} for piece in pieces]
        assert not handles[0] & handles[1]
