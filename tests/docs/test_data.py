"""docs/data.md names events that the contracts have."""

import re
from pathlib import Path

from souk.options.v1 import options_pb2

from contracts.sources import load_sources

_TABLE = Path(__file__).parents[2] / "docs" / "data.md"


def events_of_the_table() -> set[str]:
    """The events that the table of copies names, as `order.order.paid`."""
    return set(re.findall(r"`(\w+\.\w+\.\w+)`", _TABLE.read_text()))


class TestTableOfCopies:
    def test_names_only_events_that_exist(self) -> None:
        exist = {
            f"{file.package.split('.')[1]}.{message.options.Extensions[options_pb2.event].subject}"
            for file in load_sources().file
            for message in file.message_type
            if message.options.HasExtension(options_pb2.event)
        }
        assert events_of_the_table()
        assert events_of_the_table() <= exist
