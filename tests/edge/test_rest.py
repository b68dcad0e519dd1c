import httpx
import pytest

from tests.edge.conftest import Edge

API = "/api/v1"


class TestTranscoding:
    def test_prints_zeros_and_empty_lists(self, edge: Edge) -> None:
        """Clients never have to guess what a field that vanished means."""
        body = httpx.get(f"{edge.url}{API}/things/7").json()
        assert body["thingId"] == "7"
        assert body["count"] == "0"
        assert body["entries"] == []
        assert body["displayName"] == ""

    def test_reads_camel_case_bodies(self, edge: Edge, bearer: dict[str, str]) -> None:
        answer = httpx.post(f"{edge.url}{API}/things", json={"displayName": "Maya"}, headers=bearer)
        assert answer.status_code == 200
        assert answer.json()["displayName"] == "Maya"

    def test_serves_additional_bindings(self, edge: Edge, bearer: dict[str, str]) -> None:
        answer = httpx.post(f"{edge.url}{API}/things:make", json={"thingId": "9"}, headers=bearer)
        assert answer.json()["thingId"] == "9"

    def test_prints_details_of_errors(self, edge: Edge) -> None:
        """The reason that programs decide by reaches REST callers."""
        answer = httpx.get(f"{edge.url}{API}/act?name=fail")
        assert answer.status_code == 400
        assert answer.json()["code"] == 9
        assert answer.json()["details"][0]["reason"] == "NOT_TODAY"
        assert answer.json()["details"][0]["metadata"] == {"day": "monday"}

    def test_streams_as_a_list(self, edge: Edge) -> None:
        answer = httpx.get(f"{edge.url}{API}/count?to=3")
        assert [each["count"] for each in answer.json()] == ["0", "1", "2"]

    def test_large_answers_pass(self, edge: Edge) -> None:
        """An answer over the buffer of a connection would be a 500 by default."""
        assert len(httpx.get(f"{edge.url}{API}/act?name=large").json()["entries"]) == 3000

    def test_declared_headers_reach_the_service(self, edge: Edge, bearer: dict[str, str]) -> None:
        inputs = {"idempotency-key": "k1", "x-cart-token": "c1", "accept-language": "de"}
        heard = httpx.post(f"{edge.url}{API}/things", json={}, headers=bearer | inputs).json()["heard"]
        assert inputs.items() <= heard.items()

    def test_the_service_learns_the_path_that_was_called(self, edge: Edge) -> None:
        """The path-binding check of the mesh needs it, with its query."""
        heard = httpx.get(f"{edge.url}{API}/things/7?thing_id=9").json()["heard"]
        assert heard["x-envoy-original-path"] == f"{API}/things/7?thing_id=9"


class TestRawBodies:
    def test_reach_the_service_with_their_type(self, edge: Edge) -> None:
        answer = httpx.post(
            f"{edge.url}{API}/shops/5/things:import",
            content=b"a,b\n1,2\n",
            headers={"content-type": "text/csv; charset=utf-8", "stripe-signature": "t=1,v1=ab"},
        )
        assert answer.json()["thingId"] == "5"
        assert answer.json()["count"] == "8"
        assert answer.json()["heard"]["stripe-signature"] == "t=1,v1=ab"

    def test_may_be_as_large_as_the_contract_says(self, edge: Edge) -> None:
        csv = {"content-type": "text/csv"}
        url = f"{edge.url}{API}/shops/5/things:import"
        assert httpx.post(url, content=b"x" * 4_000_000, headers=csv).json()["count"] == "4000000"
        assert httpx.post(url, content=b"x" * (5 << 20), headers=csv).status_code == 413


class TestFiles:
    def test_the_document_the_page_and_the_keys_are_public(self, edge: Edge) -> None:
        assert httpx.get(f"{edge.url}/openapi.json").json()["openapi"] == "3.1.0"
        assert httpx.get(f"{edge.url}/docs").headers["content-type"].startswith("text/html")
        assert httpx.get(f"{edge.url}/.well-known/jwks.json").json()["keys"][0]["crv"] == "Ed25519"

    def test_there_is_no_mailbox_without_a_sandbox(self, edge: Edge) -> None:
        assert httpx.get(f"{edge.url}/dev/mailbox").status_code == 404


class TestMedia:
    def test_pictures_come_from_the_folder(self, edge: Edge) -> None:
        assert edge.placement.media_folder is not None
        (edge.placement.media_folder / "seed").mkdir()
        (edge.placement.media_folder / "seed" / "mug.svg").write_text("<svg/>")
        answer = httpx.get(f"{edge.url}/media/seed/mug.svg")
        assert (answer.status_code, answer.text) == (200, "<svg/>")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["cache-control"] == "public, max-age=3600"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")

    @pytest.mark.parametrize("path", ["none.svg", "../envoy.json", "%2e%2e/envoy.json", "seed/../../envoy.json"])
    def test_what_is_not_there_or_not_below_the_folder_is_404(self, edge: Edge, path: str) -> None:
        answer = httpx.get(f"{edge.url}/media/{path}")
        assert answer.status_code == 404
        assert answer.json()["details"][0]["reason"] == "NO_SUCH_METHOD"

    def test_a_folder_is_not_listed(self, edge: Edge) -> None:
        assert httpx.get(f"{edge.url}/media/").status_code in {400, 403, 404}
