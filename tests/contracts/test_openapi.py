"""The document is valid and says what the contracts say."""

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from contracts.openapi.document import build
from contracts.openapi.files import TARGET
from contracts.openapi.source import Source
from tests.contracts.compiled import compiled

CONTRACT = """
// Lends books.
service BookService {
  // Lends a book. It comes back. Reasons: BOOK_NOT_FOUND, SHELF_NOT_FOUND (NOT_FOUND) when gone; BOOK_LENT (ABORTED).
  rpc LendBook(LendBookRequest) returns (Book) {
    option (google.api.http) = {
      post: "/api/v1/books/{book_id}:lend"
      body: "*"
      additional_bindings { get: "/api/v1/lend/{book_id}" }
    };
    option (souk.options.v1.policy) = {who: CUSTOMER};
    option (souk.options.v1.policy) = {who: SERVICE services: "order"};
    option (souk.options.v1.idempotency) = KEY_REQUIRED;
    option (souk.options.v1.deadline_ms) = 1500;
    option (souk.options.v1.rate) = {limit: 5 window_seconds: 60 by: USER};
    option (souk.options.v1.reason) = "BOOK_NOT_FOUND";
    option (souk.options.v1.reason) = "SHELF_NOT_FOUND";
    option (souk.options.v1.reason) = "BOOK_LENT";
  }
  // Reads a book aloud.
  rpc ReadBook(ReadBookRequest) returns (stream Book) {
    option (google.api.http) = {get: "/api/v1/books/{book_id}"};
    option (souk.options.v1.policy) = {who: PUBLIC};
    option (souk.options.v1.idempotency) = SAFE;
    option (souk.options.v1.deadline_ms) = 1000;
    option (souk.options.v1.cache) = {max_age_seconds: 60};
    option (souk.options.v1.header) = {name: "accept-language" description: "The language."};
  }
  // Takes a file.
  rpc ImportBooks(ImportBooksRequest) returns (Book) {
    option (google.api.http) = {post: "/api/v1/books:import" body: "file"};
    option (souk.options.v1.policy) = {who: ADMIN};
    option (souk.options.v1.idempotency) = NONE;
    option (souk.options.v1.deadline_ms) = 1000;
    option (souk.options.v1.accepts) = "text/csv";
  }
  // For services.
  rpc BurnBook(ReadBookRequest) returns (Book) {
    option (souk.options.v1.policy) = {who: SERVICE services: "order"};
    option (souk.options.v1.idempotency) = NONE;
    option (souk.options.v1.deadline_ms) = 1000;
  }
}
// Asks.
message LendBookRequest {
  // The book.
  string book_id = 1 [(souk.options.v1.rules) = {required: true uuid: true}];
  // How many days.
  int32 day_count = 2 [(souk.options.v1.rules) = {gte: 1 lte: 30}];
  // Whom to tell.
  string email = 3 [
    (souk.options.v1.rules) = {required: true email: true max_len: 100},
    (souk.options.v1.personal) = EMAIL
  ];
}
message ReadBookRequest { string book_id = 1; State.Value state = 2; Shelf shelf = 3; }
message ImportBooksRequest { google.api.HttpBody file = 1; bool dry_run = 2; }
// The state of a book.
message State {
  // The states.
  enum Value {
    // Not known.
    UNSPECIFIED = 0;
    // On its shelf.
    HERE = 1;
  }
}
message Shelf { string room = 1; }
// A book.
message Book {
  // Its title.
  string display_title = 1;
  int64 page_count = 2;
  souk.money.v1.Money price = 3;
  google.protobuf.Timestamp lend_time = 4;
  map<string, string> options = 5;
  repeated Book sequels = 6 [(souk.options.v1.rules) = {max_items: 3}];
  State.Value state = 7;
}
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build(Source.of(compiled(CONTRACT)))


@pytest.fixture
def lend(document: dict[str, Any]) -> dict[str, Any]:
    return dict(document["paths"]["/api/v1/books/{bookId}:lend"]["post"])


class TestDocument:
    def test_is_valid(self, document: dict[str, Any]) -> None:
        validate(document)

    def test_the_shipped_one_is_valid_and_up_to_date(self) -> None:
        """`make gen` leaves no diff."""
        shipped = json.loads((TARGET / "souk.json").read_text())
        validate(shipped)
        assert shipped == build(Source.load())

    def test_leaves_out_what_services_alone_may_call(self, document: dict[str, Any]) -> None:
        assert "BurnBook" not in json.dumps(document)
        assert "SERVICE" not in json.dumps(document["paths"])

    def test_every_operation_has_an_example_and_a_sentence(self) -> None:
        shipped = json.loads((TARGET / "souk.json").read_text())
        for path, operations in shipped["paths"].items():
            for operation in operations.values():
                assert operation["description"], path
                if path.startswith("/api/v1"):
                    content = operation["responses"]["200"]["content"]
                    assert all("example" in each or "binary" in json.dumps(each) for each in content.values()), path


class TestOperations:
    def test_say_what_they_do(self, lend: dict[str, Any]) -> None:
        assert lend["summary"] == "Lends a book"
        assert lend["description"] == "Lends a book. It comes back."
        assert lend["operationId"] == "LendBook"
        assert lend["x-souk-grpc"] == "/souk.shelf.v1.BookService/LendBook"

    def test_say_who_may_call_and_how_often(self, lend: dict[str, Any]) -> None:
        assert lend["security"] == [{"bearer": []}]
        assert lend["x-souk-policy"] == [{"who": "CUSTOMER"}]
        assert lend["x-souk-rate-limits"] == [{"limit": 5, "windowSeconds": 60, "by": "USER"}]
        assert lend["x-souk-deadline-ms"] == 1500

    def test_require_the_key_where_the_contract_does(self, lend: dict[str, Any]) -> None:
        (key,) = (each for each in lend["parameters"] if each["in"] == "header")
        assert (key["name"], key["required"]) == ("Idempotency-Key", True)

    def test_bodies_leave_out_what_the_path_says(self, lend: dict[str, Any]) -> None:
        body = lend["requestBody"]["content"]["application/json"]
        assert set(body["schema"]["properties"]) == {"dayCount", "email"}
        assert set(body["example"]) == {"dayCount", "email"}

    def test_reasons_have_the_codes_of_the_comment(self, lend: dict[str, Any]) -> None:
        reasons = {each["reason"]: (each["code"], each["http"]) for each in lend["x-souk-reasons"]}
        assert reasons == {
            "BOOK_NOT_FOUND": ("NOT_FOUND", 404),
            "SHELF_NOT_FOUND": ("NOT_FOUND", 404),
            "BOOK_LENT": ("ABORTED", 409),
        }
        assert set(lend["responses"]["404"]["content"]["application/json"]["examples"]) == {
            "BOOK_NOT_FOUND",
            "SHELF_NOT_FOUND",
        }

    def test_additional_bindings_are_operations_too(self, document: dict[str, Any]) -> None:
        get = document["paths"]["/api/v1/lend/{bookId}"]["get"]
        assert get["operationId"] == "LendBook2"
        assert {each["name"] for each in get["parameters"] if each["in"] == "query"} == {"dayCount", "email"}

    def test_public_ones_say_so_and_how_long_they_may_be_kept(self, document: dict[str, Any]) -> None:
        read = document["paths"]["/api/v1/books/{bookId}"]["get"]
        assert {} in read["security"]
        assert "304" in read["responses"]
        assert "max-age=60" in read["responses"]["200"]["headers"]["cache-control"]["description"]
        names = {each["name"] for each in read["parameters"]}
        assert names == {"bookId", "state", "shelf.room", "accept-language", "If-None-Match"}

    def test_raw_bodies_have_the_types_that_are_accepted(self, document: dict[str, Any]) -> None:
        take = document["paths"]["/api/v1/books:import"]["post"]
        assert list(take["requestBody"]["content"]) == ["text/csv"]
        assert {each["name"] for each in take["parameters"] if each["in"] == "query"} == {"dryRun"}


class TestSchemas:
    def test_fields_are_as_json_has_them(self, document: dict[str, Any]) -> None:
        book = document["components"]["schemas"]["Book"]["properties"]
        assert book["displayTitle"] == {"type": "string", "description": "Its title."}
        assert (book["pageCount"]["type"], book["pageCount"]["format"]) == ("string", "int64")
        assert book["lendTime"]["format"] == "date-time"
        assert book["options"]["additionalProperties"] == {"type": "string"}
        assert book["price"] == {"$ref": "#/components/schemas/Money"}
        assert book["sequels"] == {"type": "array", "items": {"$ref": "#/components/schemas/Book"}, "maxItems": 3}

    def test_enums_are_named_for_their_message_and_tell_their_values(self, document: dict[str, Any]) -> None:
        state = document["components"]["schemas"]["State"]
        assert state["enum"] == ["UNSPECIFIED", "HERE"]
        assert "- `HERE`: On its shelf." in state["description"]

    def test_rules_and_personal_data_are_told(self, lend: dict[str, Any]) -> None:
        fields = lend["requestBody"]["content"]["application/json"]["schema"]
        assert fields["required"] == ["email"]
        assert fields["properties"]["email"]["format"] == "email"
        assert fields["properties"]["email"]["maxLength"] == 100
        assert fields["properties"]["email"]["x-souk-personal"] == "EMAIL"
        assert (fields["properties"]["dayCount"]["minimum"], fields["properties"]["dayCount"]["maximum"]) == (1, 30)
