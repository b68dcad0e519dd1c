"""The page can be read without a network, and every link on it leads somewhere."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from contracts.openapi.document import build
from contracts.openapi.markup import inline, paragraphs
from contracts.openapi.reference import page
from contracts.openapi.source import Source

_VOID = {"meta", "br", "link", "img"}


class Reader(HTMLParser):
    """Gathers tags, ids and links, and sees that every tag is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in _VOID:
            self.open.append(tag)
        named = dict(attrs)
        if identifier := named.get("id"):
            self.ids.append(identifier)
        if link := named.get("href"):
            self.links.add(link)
        assert "src" not in named
        assert "style" not in named
        assert not any(name.startswith("on") for name in named)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build(Source.load())


@pytest.fixture(scope="module")
def reader(document: dict[str, Any]) -> Reader:
    reader = Reader()
    reader.feed(page(document))
    return reader


class TestPage:
    def test_every_tag_is_closed(self, reader: Reader) -> None:
        assert reader.open == []

    def test_loads_nothing_and_runs_nothing(self, reader: Reader) -> None:
        assert not reader.tags & {"script", "link", "img", "iframe", "object"}

    def test_every_link_leads_somewhere(self, reader: Reader) -> None:
        inside = {link[1:] for link in reader.links if link.startswith("#")}
        assert inside <= set(reader.ids)
        assert reader.links - {f"#{each}" for each in inside} == {"/openapi.json"}

    def test_ids_are_unique(self, reader: Reader) -> None:
        assert len(reader.ids) == len(set(reader.ids))

    def test_shows_every_operation(self, document: dict[str, Any], reader: Reader) -> None:
        operations = {each["operationId"] for path in document["paths"].values() for each in path.values()}
        assert operations <= set(reader.ids)


class TestMarkup:
    def test_text_cannot_become_markup(self) -> None:
        assert inline("<b> & `<i>`") == "&lt;b&gt; &amp; <code>&lt;i&gt;</code>"

    def test_paragraphs_and_lists(self) -> None:
        text = paragraphs("One.\n\nTwo:\n- a\n- b")
        assert re.sub(r"\s", "", text) == "<p>One.</p><p>Two:</p><ul><li>a</li><li>b</li></ul>"
