"""The countries."""

from mesh.countries import COUNTRIES


class TestCountries:
    def test_are_all_that_are_assigned(self) -> None:
        """ISO 3166-1 has 249 codes; UK and EU are reserved, not assigned."""
        assert len(COUNTRIES) == 249
        assert {"DE", "GB", "JP", "US"} <= COUNTRIES
        assert not {"UK", "EU", "XX"} & COUNTRIES
