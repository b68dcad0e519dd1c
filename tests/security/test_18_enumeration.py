"""18: a login tells nobody whether an address has an account, neither by its words nor by its time."""

import statistics
import time

import httpx

from tests.goods import a_mail_address
from tests.security.conftest import Town

_ROUNDS = 9


def test_an_unknown_address_and_a_wrong_password_look_and_last_the_same(http: httpx.Client, town: Town) -> None:
    """Without a hash to compare with, an unknown address would be answered in a small part of the time."""
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    answers = set()
    for _ in range(_ROUNDS):
        for name, email in (("known", town.buyer.email), ("unknown", a_mail_address())):
            started = time.perf_counter()
            answer = http.post("/auth/login", json={"email": email, "password": "not this one at all"})
            seconds[name].append(time.perf_counter() - started)
            answers.add((answer.status_code, answer.text))
    assert len(answers) == 1
    assert {status for status, _ in answers} == {401}
    known, unknown = (statistics.median(each) for each in seconds.values())
    assert 0.5 < known / unknown < 2
