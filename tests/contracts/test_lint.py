"""Each rule is seen to fail on a contract that breaks it, and the shipped contracts break none."""

import pytest

from contracts.lint import lint
from contracts.sources import load_sources
from tests.contracts.compiled import compiled

SOUND = {
    "comment": "// Returns a book. Reasons: BOOK_NOT_FOUND (NOT_FOUND).",
    "http": 'option (google.api.http) = {get: "/api/v1/books/{book_id}"};',
    "policy": "option (souk.options.v1.policy) = {who: PUBLIC};",
    "idempotency": "option (souk.options.v1.idempotency) = SAFE;",
    "deadline": "option (souk.options.v1.deadline_ms) = 1000;",
    "owner": 'option (souk.options.v1.owner) = "book_id";',
    "cache": "option (souk.options.v1.cache) = {max_age_seconds: 5};",
    "rate": "option (souk.options.v1.rate) = {limit: 5 window_seconds: 60 by: IP};",
    "reason": 'option (souk.options.v1.reason) = "BOOK_NOT_FOUND";',
}
MESSAGES = "message GetBookRequest { string book_id = 1; } message Book { string title = 1; }"
SERVICE_ONLY = 'option (souk.options.v1.policy) = {who: SERVICE services: "order"};'


def faults(messages: str = MESSAGES, more: str = "", **changes: str) -> list[str]:
    """The faults of a service with one sound method, of which `changes` replace parts."""
    parts = SOUND | changes
    comment = parts.pop("comment")
    method = f"{comment}\nrpc GetBook(GetBookRequest) returns (Book) {{ {' '.join(parts.values())} }}"
    return [str(each) for each in lint(compiled(f"service BookService {{\n{method}\n{more}\n}}\n{messages}"))]


def test_the_shipped_contracts_are_sound() -> None:
    assert lint(load_sources()) == []


def test_a_sound_contract_has_no_fault() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"policy": ""}, "no policy says who may call"),
        ({"policy": "option (souk.options.v1.policy) = {};"}, "a policy names no role"),
        (
            {"policy": "option (souk.options.v1.policy) = {who: SERVICE};", "http": "", "cache": ""},
            "names its services",
        ),
        ({"idempotency": "", "cache": ""}, "no idempotency level"),
        ({"idempotency": "option (souk.options.v1.idempotency) = SAFE; option (souk.options.v1.saga) = true;"}, "saga"),
        ({"deadline": ""}, "no deadline"),
        ({"comment": "", "reason": ""}, "no comment"),
        ({"comment": "// Returns a book."}, "does not name the reason BOOK_NOT_FOUND"),
        ({"reason": 'option (souk.options.v1.reason) = "notFound";'}, "is not UPPER_SNAKE_CASE"),
        ({"http": ""}, "needs a REST path"),
        ({"policy": SERVICE_ONLY, "cache": ""}, "so it has no REST path"),
        ({"http": 'option (google.api.http) = {get: "/books/{book_id}"};'}, "does not begin with /api/v1/"),
        ({"http": 'option (google.api.http) = {get: "/api/v1/books/{id}"};'}, "names 'id', which is no field"),
        (
            {"http": 'option (google.api.http) = {post: "/api/v1/books" body: "file"};'},
            "names 'file', which is no field",
        ),
        ({"owner": 'option (souk.options.v1.owner) = "shop_id";'}, "the owner names 'shop_id', which is no field"),
        ({"policy": "option (souk.options.v1.policy) = {who: CUSTOMER};"}, "PUBLIC and SAFE may be cached"),
        ({"idempotency": "option (souk.options.v1.idempotency) = NONE;"}, "PUBLIC and SAFE may be cached"),
        ({"cache": 'option (souk.options.v1.cache) = {vary: "accept"};'}, "the cache has no age"),
        ({"rate": "option (souk.options.v1.rate) = {limit: 5};"}, "a rate has a limit, a window"),
        ({"deadline": SOUND["deadline"] + 'option (souk.options.v1.sunset) = "soon";'}, "the sunset 'soon' is no date"),
        ({"deadline": SOUND["deadline"] + 'option (souk.options.v1.sunset) = "2027-06-30";'}, "is not deprecated"),
    ],
)
def test_a_method_that_breaks_a_rule_is_named(changes: dict[str, str], what: str) -> None:
    found = faults(**changes)
    assert any(what in each and each.startswith("souk.shelf.v1.BookService.GetBook:") for each in found), found


def test_two_methods_at_one_path() -> None:
    parts = {**SOUND, "http": 'option (google.api.http) = {get: "/api/v1/books/{title}"};', "owner": ""}
    comment = parts.pop("comment")
    other = f"{comment}\nrpc FindBook(Book) returns (Book) {{ {' '.join(parts.values())} }}"
    assert any("GetBook's already" in each for each in faults(more=other))


class TestMessages:
    def test_a_rule_that_does_not_fit_its_field(self) -> None:
        field = "message Shelf { int32 width = 1 [(souk.options.v1.rules) = {max_len: 3}]; }"
        assert any("width" in each for each in faults(MESSAGES + field))

    @pytest.mark.parametrize("name", ["email", "contact_email", "phone", "password", "display_name", "postal_code"])
    def test_personal_data_without_its_kind(self, name: str) -> None:
        assert any(
            "promises personal data" in each for each in faults(f"{MESSAGES} message A {{ string {name} = 1; }}")
        )
        flagged = f"{MESSAGES} message A {{ string {name} = 1 [(souk.options.v1.personal) = NAME]; }}"
        assert faults(flagged) == []

    def test_an_event_whose_key_is_no_field(self) -> None:
        event = (
            'message Moved { option (souk.options.v1.event) = {subject: "book.moved" key: "id"}; string book_id = 1; }'
        )
        assert any("the key 'id' is no string field" in each for each in faults(MESSAGES + event))

    def test_an_event_without_a_sound_subject(self) -> None:
        event = 'message Moved { option (souk.options.v1.event) = {subject: "Moved" key: "id"}; string id = 1; }'
        assert any("'Moved' is not like" in each for each in faults(MESSAGES + event))

    def test_two_events_of_one_subject(self) -> None:
        event = 'message {} {{ option (souk.options.v1.event) = {{subject: "book.moved" key: "id"}}; string id = 1; }}'
        assert any(
            "is souk.shelf.v1.A's already" in each for each in faults(MESSAGES + event.format("A") + event.format("B"))
        )
