import httpx

from tests.edge.conftest import Edge
from tests.edge.echo import ETAG

THING = "/api/v1/things/7"


def test_what_the_contract_lets_be_kept_says_how_long(edge: Edge) -> None:
    answer = httpx.get(edge.url + THING)
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["etag"] == ETAG
    assert "accept-language" in answer.headers["vary"]


def test_who_holds_the_answer_gets_304(edge: Edge) -> None:
    for held in (ETAG, ETAG.removeprefix("W/"), f'"other", {ETAG}', "*"):
        answer = httpx.get(edge.url + THING, headers={"if-none-match": held})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == ETAG
        assert "content-type" not in answer.headers


def test_the_connection_goes_on_after_a_304(edge: Edge) -> None:
    """A 304 with a body would leave bytes that the next answer begins with."""
    with httpx.Client() as client:
        assert client.get(edge.url + THING, headers={"if-none-match": ETAG}).status_code == 304
        assert client.get(edge.url + THING).json()["thingId"] == "7"


def test_who_holds_another_gets_the_answer(edge: Edge) -> None:
    assert httpx.get(edge.url + THING, headers={"if-none-match": '"other"'}).status_code == 200


def test_an_answer_that_its_service_has_not_named_is_named_by_its_content(edge: Edge) -> None:
    def etag(thing: str) -> str:
        return httpx.get(f"{edge.url}/api/v1/things/{thing}").headers["etag"]

    name = etag("unnamed-1")
    assert name == etag("unnamed-1") != etag("unnamed-2")
    assert httpx.get(edge.url + "/api/v1/things/unnamed-1", headers={"if-none-match": name}).status_code == 304


def test_an_answer_to_somebody_is_not_kept(edge: Edge, bearer: dict[str, str]) -> None:
    assert httpx.get(edge.url + THING, headers=bearer).headers["cache-control"] == "no-store"


def test_grpc_answers_are_left_alone(edge: Edge) -> None:
    headers = {"content-type": "application/grpc-web+proto", "if-none-match": ETAG}
    answer = httpx.post(edge.url + "/souk.echo.v1.EchoService/GetThing", content=b"\0\0\0\0\0", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


def test_errors_are_not_kept(edge: Edge) -> None:
    assert httpx.get(edge.url + "/api/v1/things/7?nope=1").headers["cache-control"] == "no-store"


def test_large_answers_are_compressed(edge: Edge) -> None:
    headers = {"accept-encoding": "gzip"}
    assert httpx.get(edge.url + "/api/v1/act?name=large", headers=headers).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in httpx.get(edge.url + THING, headers=headers).headers
