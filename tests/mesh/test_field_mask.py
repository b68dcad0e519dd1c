"""Which fields an update changes."""

import pytest
from souk.identity.v1.identity_service_pb2 import UpdateProfileRequest

from mesh.errors import InvalidArgument
from mesh.field_mask import changes

FIELDS = ("display_name", "given_name", "phone")


class TestChanges:
    def test_are_the_fields_present_without_a_mask(self) -> None:
        """An empty value that was sent is a change; what was not sent is none."""
        assert changes(UpdateProfileRequest(given_name="Ada", phone=""), FIELDS) == {"given_name": "Ada", "phone": ""}

    def test_are_the_fields_of_the_mask(self) -> None:
        """A field that the mask names and the request lacks is emptied."""
        request = UpdateProfileRequest(given_name="Ada")
        request.update_mask.paths.append("phone")
        assert changes(request, FIELDS) == {"phone": ""}

    def test_are_all_fields_of_a_replacement(self) -> None:
        """What is not sent is emptied."""
        changed = changes(UpdateProfileRequest(display_name="Ada"), FIELDS, replace=True)
        assert changed == {"display_name": "Ada", "given_name": "", "phone": ""}

    def test_are_of_fields_that_can_be_changed(self) -> None:
        """Anything else in the mask is refused by name."""
        request = UpdateProfileRequest()
        request.update_mask.paths.append("email")
        with pytest.raises(InvalidArgument, match="UNKNOWN_FIELD") as refused:
            changes(request, FIELDS)
        assert refused.value.fields == {"updateMask": "email cannot be changed here"}
