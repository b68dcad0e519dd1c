"""Bracket nesting as Stripe's clients write it."""

import pytest

from sandbox.forms import MalformedFormError, decode


class TestDecode:
    def test_nests_maps_and_lists(self) -> None:
        pairs = [("a", "1"), ("m[x]", "2"), ("m[y][z]", "3"), ("l[0]", "p"), ("l[1]", "q"), ("e[]", "r"), ("e[]", "s")]
        assert decode(pairs) == {"a": "1", "m": {"x": "2", "y": {"z": "3"}}, "l": ["p", "q"], "e": ["r", "s"]}

    @pytest.mark.parametrize("pairs", [[("a[b", "1")], [("[a]", "1")], [("a", "1"), ("a[b]", "2")]])
    def test_refuses_what_does_not_nest(self, pairs: list[tuple[str, str]]) -> None:
        with pytest.raises(MalformedFormError):
            decode(pairs)
